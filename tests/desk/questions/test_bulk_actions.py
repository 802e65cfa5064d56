"""What editors do to many questions at once does what it says, and nothing besides."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from wagtail.models import PageLogEntry, Workflow

from qa.models import QuestionPage, QuestionTopic, SearchEntry
from qa.models.question import today
from tests.factories import TopicFactory, make_question

pytestmark = pytest.mark.django_db

BULK = "/admin/bulk/qa/questionpage"


def do(client, action, *questions, query="", **data):
    """Choose questions in the list, confirm, and return the text of the page that follows."""
    chosen = query or "&".join(f"id={question.pk}" for question in questions)
    address = f"{BULK}/{action}/?{chosen}&next=/admin/questions/"
    asked = client.get(address)
    answer = client.post(address, data, follow=True, headers={"host": "localhost"})
    assert answer.status_code == 200
    pages = [page.content.decode() for page in (asked, answer) if hasattr(page, "content")]
    return " ".join(" ".join(pages).replace("&quot;", '"').split())


def topics_of(question):
    """Return the topics that readers see, and those of the latest version."""
    live = QuestionPage.objects.get(pk=question.pk)
    draft = live.get_latest_revision_as_object()
    return [[str(filed) for filed in page.question_topics.all()] for page in (live, draft)]


def test_adding_a_topic_publishes_the_topic_and_not_the_draft(client, column, editor):
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers")
    plain = make_question("Plain?", topics=[careers])
    changed = make_question("As published?", topics=[careers], summary="Published.")
    changed.title, changed.summary = "As drafted?", "Drafted."
    draft_of_changed = changed.save_revision()
    draft = make_question("Draft?", publish=False)
    has_it = make_question("Has it?", topics=[django])
    before = PageLogEntry.objects.count()
    client.force_login(editor)

    text = do(client, "add_topic", plain, changed, draft, has_it, topic=django.pk)

    assert "“Django” was added to 3 questions." in text
    assert "1 of them is a draft" in text
    assert "1 was so already." in text
    assert topics_of(plain) == [["Careers", "Django"]] * 2
    assert topics_of(changed) == [["Careers", "Django"]] * 2
    changed.refresh_from_db()
    assert (changed.title, changed.summary) == ("As published?", "Published.")
    assert changed.has_unpublished_changes
    latest = changed.get_latest_revision()
    assert latest.pk != draft_of_changed.pk
    assert (latest.as_object().title, latest.as_object().summary) == ("As drafted?", "Drafted.")
    assert topics_of(draft)[1] == ["Django"]
    assert not QuestionPage.objects.get(pk=draft.pk).live
    # The readers' search knows at once.
    assert SearchEntry.objects.get(page=plain).topics == ["Careers", "Django"]
    assert SearchEntry.objects.get(page=changed).topics == ["Careers", "Django"]
    assert not SearchEntry.objects.filter(page=draft).exists()
    logged = PageLogEntry.objects.all()[: PageLogEntry.objects.count() - before]
    assert {(entry.page_id, entry.action) for entry in logged} == {
        (plain.pk, "wagtail.edit"),
        (plain.pk, "wagtail.publish"),
        (changed.pk, "wagtail.edit"),
        (changed.pk, "wagtail.publish"),
        (draft.pk, "wagtail.edit"),
    }
    assert {entry.user_id for entry in logged} == {editor.pk}


def test_removing_a_topic_and_marking_as_reviewed(client, column, editor):
    django = TopicFactory(name="Django")
    first = make_question(topics=[django], review_after=date(2020, 1, 1))
    second = make_question(publish=False)
    client.force_login(editor)

    assert "“Django” was removed from 1 question. 1 was so already." in do(
        client, "remove_topic", first, second, topic=django.pk
    )
    assert topics_of(first) == [[], []]
    assert SearchEntry.objects.get(page=first).topics == []

    assert QuestionPage.objects.overdue_for_review(today()).exists()
    assert "2 questions are marked as reviewed." in do(client, "mark_as_reviewed", first, second)
    assert QuestionPage.objects.get(pk=first.pk).reviewed_on == today()
    assert not QuestionPage.objects.overdue_for_review(today()).exists()


def test_what_waits_for_its_time_or_for_a_decision_is_left_alone_and_says_why(client, column, editor, writer):
    django = TopicFactory(name="Django")
    scheduled = make_question(go_live_at=timezone.now() + timedelta(days=1))
    review = make_question(publish=False)
    Workflow.objects.get().start(review, writer)
    client.force_login(editor)
    revisions = scheduled.revisions.count(), review.revisions.count()

    for action in ("add_topic", "remove_topic", "mark_as_reviewed", "publish"):
        text = do(client, action, scheduled, review, topic=django.pk)
        assert "it is scheduled: take it off the schedule first" in text
        assert "it is in review: decide on that first" in text

    scheduled.refresh_from_db()
    assert scheduled.approved_schedule
    assert QuestionPage.objects.get(pk=review.pk).workflow_in_progress
    assert (scheduled.revisions.count(), review.revisions.count()) == revisions


def test_publishing_and_unpublishing_many(client, column, editor):
    ready, live = make_question(publish=False), make_question()
    later = make_question(publish=False, go_live_at=timezone.now() + timedelta(days=1))
    unfinished = make_question("Unfinished?", publish=False)
    unfinished.answer = [("short_answer", "")]
    unfinished.save_revision(clean=False)
    client.force_login(editor)

    text = do(client, "publish", ready, later, unfinished)
    assert "1 question is published. 1 is scheduled for its date." in text
    assert "Unfinished? – open it and mend its answer" in text
    assert QuestionPage.objects.published().filter(pk=ready.pk).exists()
    assert SearchEntry.objects.filter(page=ready).exists()
    assert not QuestionPage.objects.get(pk=unfinished.pk).live

    text = do(client, "unpublish", ready, live, unfinished)
    assert "2 questions are no longer published." in text
    assert "Unfinished? – it is not live" in text
    assert not QuestionPage.objects.published().exists()
    assert not SearchEntry.objects.exists()


def test_a_writer_changes_drafts_only(client, column, writer):
    django = TopicFactory(name="Django")
    live, draft = make_question(), make_question(publish=False, owner=writer)
    client.force_login(writer)

    assert "2 of them are drafts" in do(client, "add_topic", live, draft, topic=django.pk)
    assert topics_of(live) == [[], ["Django"]]
    assert SearchEntry.objects.get(page=live).topics == []
    for action in ("publish", "unpublish"):
        assert "you may not" in do(client, action, live)
    live.refresh_from_db()
    assert live.live
    assert live.has_unpublished_changes


@pytest.mark.indexed
def test_all_of_a_filtered_list_are_those_that_the_filter_lets_through(client, column, editor):
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers")
    inside, outside = make_question("Apples?", topics=[django]), make_question("Pears?")
    another = make_question("Plums?", topics=[django])
    client.force_login(editor)

    do(client, "add_topic", query=f"id=all&topic={django.pk}&q=apples", topic=careers.pk)

    assert topics_of(inside)[0] == ["Django", "Careers"]
    assert topics_of(outside)[0] == []
    assert topics_of(another)[0] == ["Django"]


def test_too_many_none_and_nonsense_are_refused_with_a_sentence(client, column, editor, monkeypatch):
    monkeypatch.setattr("qa.desk.questions.bulk_actions.AT_MOST", 2)
    questions = [make_question() for _ in range(3)]
    client.force_login(editor)

    assert "3 questions are too many at once" in do(client, "unpublish", *questions)
    for query in ("id=", "id=999999", f"id={'9' * 10_000}", "id=x", "id=%00", "id=-1", ""):
        assert "No such question is there any more" in do(client, "unpublish", query=query or "x=1")
    assert QuestionPage.objects.published().count() == 3
    assert client.post(f"{BULK}/add_topic/?id={questions[0].pk}", {"topic": "9" * 100}).status_code == 200


def test_an_action_without_a_way_back_leads_to_the_list_and_not_to_itself_for_ever(client, column, editor):
    question = make_question()
    client.force_login(editor)
    for next_url in ("", "&next=https://elsewhere.example/", "&next=//elsewhere.example/"):
        for chosen in ("id=999999", f"id={question.pk}"):
            address = f"/admin/bulk/qa/questionpage/mark_as_reviewed/?{chosen}{next_url}"
            answer = client.post(address, headers={"host": "localhost"})
            assert answer.headers["Location"] == "/admin/questions/"


def test_a_draft_stands_in_the_list_as_it_is_written(client, column, editor):
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers")
    draft = make_question("Draft?", publish=False)
    for topics in ([django], [careers, django]):
        draft = draft.get_latest_revision_as_object()
        draft.asker_name = "Rosa"
        draft.question_topics = [QuestionTopic(topic=t, sort_order=n) for n, t in enumerate(topics)]
        draft.save_revision()
    client.force_login(editor)

    page = client.get(f"/admin/questions/?topic={careers.pk}&asker=rosa", headers={"host": "localhost"})
    assert [question.title for question in page.context["object_list"]] == ["Draft?"]
    assert "Careers, Django" in page.content.decode()

    draft.get_latest_revision().publish()
    assert topics_of(draft) == [["Careers", "Django"]] * 2
