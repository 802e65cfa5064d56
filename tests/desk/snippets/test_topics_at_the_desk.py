"""Topics and experts: counted rightly, deleted safely, merged wholly."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, ReferenceIndex, Revision

from qa.models import QuestionPage, QuestionTopic, SearchEntry, Topic
from qa.scheduling.publisher import publish_due
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db

TOPICS, EXPERTS = "/admin/snippets/qa/topic/", "/admin/snippets/qa/expert/"


def counts(client, address):
    """Return name → numbers of live questions and drafts, as the list shows them."""
    answer = client.get(address)
    assert answer.status_code == 200
    return {str(row): (len(row.usage.live), len(row.usage.drafts)) for row in answer.context["object_list"]}


def draft_with(question, *topics, **fields):
    """Save a newer version of a question with these topics; readers keep the old one."""
    draft = question.get_latest_revision_as_object()
    draft.question_topics = [QuestionTopic(topic=topic, sort_order=n) for n, topic in enumerate(topics)]
    for name, value in fields.items():
        setattr(draft, name, value)
    return draft.save_revision()


def merge(client, source, target):
    return client.post(f"/admin/topics/{source.pk}/merge/", {"into": target.pk}, follow=True)


def test_usage_counts_what_is_live_and_what_is_being_written(client, column, editor):
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers")
    ada, bob = ExpertFactory(name="Ada"), ExpertFactory(name="Bob")
    make_question(topics=[django], answered_by=ada)
    make_question(topics=[django], publish=False)
    changed = make_question(topics=[django], answered_by=ada)
    draft_with(changed, django, careers, answered_by=bob)
    scheduled = make_question(topics=[careers], go_live_at=timezone.now() + timedelta(days=1))
    assert scheduled.approved_schedule
    client.force_login(editor)

    assert counts(client, TOPICS) == {"Django": (2, 1), "Careers": (0, 2)}
    assert counts(client, EXPERTS) == {"Ada": (2, 0), "Bob": (0, 1)}
    assert counts(client, f"{TOPICS}?q=djan") == {"Django": (2, 1)}
    assert counts(client, f"{EXPERTS}?q=bo") == {"Bob": (0, 1)}


def test_what_is_in_use_is_not_deleted_and_says_where(client, column, editor):
    used, drafted, free = TopicFactory(name="Used"), TopicFactory(name="Drafted"), TopicFactory(name="Free")
    ada = ExpertFactory(name="Ada")
    live = make_question("A live one?", topics=[used])
    draft_with(live, used, drafted, answered_by=ada)
    client.force_login(editor)

    def delete(address, *objects):
        answers = [client.post(f"{address}delete/{found.pk}/", follow=True) for found in objects]
        many = "&".join(f"id={found.pk}" for found in objects)
        kind = objects[0]._meta.model_name
        answers.append(client.post(f"/admin/bulk/qa/{kind}/delete/?{many}", follow=True))
        return [" ".join(answer.content.decode().split()) for answer in answers]

    for page in delete(TOPICS, used, drafted):
        assert "was not deleted: 1 question uses it." in page
        assert f'<a href="{reverse("wagtailadmin_pages:edit", args=[live.pk])}">A live one?</a>' in page
    assert "“Ada” was not deleted" in delete(EXPERTS, ada)[0]
    assert client.get(f"{TOPICS}delete/{used.pk}/").status_code == 302
    client.post(f"{TOPICS}delete/{free.pk}/")
    assert set(Topic.objects.values_list("name", flat=True)) == {"Used", "Drafted"}


def test_an_earlier_version_opens_when_its_topic_and_expert_are_gone(client, column, editor):
    topic, ada = TopicFactory(name="Gone"), ExpertFactory(name="Ada")
    question = make_question(topics=[topic], answered_by=ada)
    earlier = question.latest_revision
    draft_with(question, answered_by=None).publish()
    client.force_login(editor)

    client.post(f"{TOPICS}delete/{topic.pk}/")
    client.post(f"{EXPERTS}delete/{ada.pk}/")

    assert not Topic.objects.exists()
    assert client.get(f"/admin/pages/{question.pk}/revisions/{earlier.pk}/revert/").status_code == 200
    version = Revision.objects.get(pk=earlier.pk).as_object()
    assert (version.answered_by, list(version.question_topics.all())) == (None, [])


def test_the_expert_of_the_column_is_not_deleted(client, column, editor):
    from wagtail.models import Site

    from home.models import SiteSettings

    ada = ExpertFactory(name="Ada")
    settings = SiteSettings.for_site(Site.objects.get())
    settings.expert = ada
    settings.save()
    client.force_login(editor)
    answer = client.post(f"{EXPERTS}delete/{ada.pk}/", follow=True)
    assert "“Ada” is the expert of the site settings" in answer.content.decode()
    ada.refresh_from_db()


def test_merging_takes_every_version_over_and_redirects_readers(
    client, column, editor, django_capture_on_commit_callbacks
):
    old, new, other = (TopicFactory(name=name) for name in ("Old", "New", "Other"))
    plain = make_question("Plain?", topics=[other, old])
    both = make_question("Both?", topics=[old, other, new])
    drafted = make_question("Drafted?", topics=[other])
    draft_with(drafted, old, title="Drafted anew?")
    unpublished = make_question("Unpublished?", topics=[old], publish=False)
    soon = timezone.now() + timedelta(days=1)
    scheduled = make_question("Scheduled?", topics=[old], go_live_at=soon)
    client.force_login(editor)
    old_address, new_address = (f"{column.url}topics/{topic.slug}/" for topic in (old, new))

    with django_capture_on_commit_callbacks(execute=True):
        page = merge(client, old, new).content.decode()

    assert "“Old” is now “New”: 4 questions went over" in page
    assert not Topic.objects.filter(pk=old.pk).exists()
    # What readers see, in the editor's order: a main topic stays the main one.
    assert [str(row) for row in QuestionPage.objects.get(pk=plain.pk).question_topics.all()] == ["Other", "New"]
    assert [str(row) for row in QuestionPage.objects.get(pk=both.pk).question_topics.all()] == ["New", "Other"]
    assert SearchEntry.objects.get(page=plain).topics == ["Other", "New"]
    assert SearchEntry.objects.get(page=both).topics == ["New", "Other"]
    # Every version, whoever publishes it and when.
    for revision in Revision.page_revisions.filter(content_type__model="questionpage"):
        assert old.pk not in [row["topic"] for row in revision.content["question_topics"]]
    for question in (drafted, unpublished):
        QuestionPage.objects.get(pk=question.pk).get_latest_revision().publish()
        assert [str(row) for row in QuestionPage.objects.get(pk=question.pk).question_topics.all()] == ["New"]
    publish_due(soon + timedelta(minutes=1))
    assert [str(row) for row in QuestionPage.objects.get(pk=scheduled.pk).question_topics.all()] == ["New"]
    # Addresses, and who did it.
    for end in ("", "feed/"):
        answer = client.get(f"{old_address}{end}", headers={"host": "localhost"})
        assert (answer.status_code, answer["Location"]) == (301, f"{new_address}{end}")
        assert client.get(f"{new_address}{end}", headers={"host": "localhost"}).status_code == 200
    entry = ModelLogEntry.objects.get(action="qa.merge_topic")
    assert (entry.user, entry.object_id, entry.data["name"]) == (editor, str(new.pk), "Old")
    assert "The topic “Old” was merged into this one" in client.get(f"{TOPICS}history/{new.pk}/").content.decode()
    assert ReferenceIndex.get_references_to(new).filter(object_id=plain.pk).exists()


def test_a_chain_of_merges_redirects_in_one_step(client, column, editor):
    first, second, third = (TopicFactory(name=name) for name in ("First", "Second", "Third"))
    make_question(topics=[first])
    client.force_login(editor)
    merge(client, first, second)
    merge(client, second, third)
    for topic in (first, second):
        answer = client.get(f"{column.url}topics/{topic.slug}/", headers={"host": "localhost"})
        assert answer["Location"] == f"{column.url}topics/{third.slug}/"


def test_only_editors_merge_and_nothing_but_another_topic(client, column, editor, writer):
    topic, other = TopicFactory(name="One"), TopicFactory(name="Two")
    address = f"/admin/topics/{topic.pk}/merge/"
    client.force_login(writer)
    client.post(address, {"into": other.pk})
    assert Topic.objects.count() == 2

    client.force_login(editor)
    assert address in client.get(TOPICS).content.decode()
    for wrong in (topic.pk, 999_999, "9" * 1_000, "\x00", "x", ""):
        assert client.post(address, {"into": wrong}).status_code == 200
    assert client.get("/admin/topics/999999/merge/").status_code == 404
    assert client.get(f"/admin/topics/{'9' * 30}/merge/").status_code == 404
    assert Topic.objects.count() == 2
