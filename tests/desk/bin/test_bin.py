"""A deleted question, topic or expert comes back with all that it had, and until then it is nowhere."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import (
    Comment,
    CommentReply,
    Page,
    PageLogEntry,
    Revision,
    WorkflowState,
    get_default_page_content_type,
)
from wagtail.search.backends import get_search_backend

from home.models import HomePage
from qa.models import (
    BinnedItem,
    Expert,
    QuestionPage,
    QuestionTopic,
    QuestionUpdate,
    RelatedQuestion,
    SearchEntry,
    Topic,
)
from qa.models.expert import ExpertLink
from qa.publishing.merging import merge
from qa.scheduling.scheduler import look_after
from tests.factories import ExpertFactory, TopicFactory, fresh, make_question
from tests.question_form import PARAGRAPH, edit_address, form

pytestmark = pytest.mark.django_db


def delete(client, question):
    return client.post(reverse("wagtailadmin_pages:delete", args=[question.pk]), follow=True)


def take_back(client):
    """Take back the newest item of the bin; return the page that follows."""
    return client.post(reverse("qa_take_back", args=[BinnedItem.objects.first().pk]), follow=True)


@pytest.fixture
def topic(column):
    return TopicFactory(name="Django")


@pytest.fixture
def question(column, topic, editor):
    """A live question with everything that one can have."""
    expert = ExpertFactory(name="Maren")
    question = make_question("Is it gone?", topics=[topic], slug="is-it-gone", answered_by=expert, notes="Ask legal.")
    comment = Comment.objects.create(page=question, user=editor, text="Too long?", contentpath="summary")
    CommentReply.objects.create(comment=comment, user=editor, text="No.")
    QuestionUpdate.objects.create(page=question, note="A word")
    RelatedQuestion.objects.create(page=question, question=make_question("Another?"))
    Redirect.add_redirect("/questions/before", question)
    question.title = "Is it really gone?"
    question.save_revision(user=editor)
    return question


@pytest.mark.indexed
def test_a_question_comes_back_with_all_that_it_had(client, question, topic, editor):
    follow_up = make_question("And then?", follow_up_to=question)
    recommending = make_question("See also?")
    RelatedQuestion.objects.create(page=recommending, question=question)
    HomePage.objects.update(featured_question=question)
    before = {
        "revisions": list(Revision.objects.for_instance(question).order_by("pk").values("pk", "created_at", "content")),
        "comments": list(Comment.objects.values("pk", "text", "user")),
        "replies": list(CommentReply.objects.values("pk", "text")),
        "topics": list(QuestionTopic.objects.values("pk", "topic", "page")),
        "updates": list(QuestionUpdate.objects.values("pk", "note")),
        "related": list(RelatedQuestion.objects.values("pk", "page", "question")),
        "redirects": list(Redirect.objects.values("pk", "old_path", "redirect_page")),
        "log": set(PageLogEntry.objects.filter(page=question.pk).values_list("pk", flat=True)),
    }
    old = fresh(question)
    client.force_login(editor)
    assert "in the bin" in delete(client, question).content.decode()
    assert not QuestionPage.objects.filter(pk=question.pk).exists()
    assert client.get("/questions/is-it-gone/").status_code == 410

    html = client.get(reverse("qa_bin")).content.decode()
    assert "Is it really gone?" in html
    assert "/questions/is-it-gone/" in html
    assert "editor" in html
    said = take_back(client).content.decode()
    assert "is back" in said
    assert "It was live, and is a draft now" in said

    back = fresh(question)
    assert (back.pk, back.slug, back.live) == (old.pk, "is-it-gone", False)
    assert (back.notes, back.answered_by, back.asked_on) == ("Ask legal.", Expert.objects.get(), old.asked_on)
    assert back.first_published_at == old.first_published_at
    assert back.latest_revision_id == old.latest_revision_id
    assert back.get_latest_revision_as_object().title == "Is it really gone?"
    assert [block.value for block in back.answer] == ["The answer."]
    after = {
        "revisions": list(Revision.objects.for_instance(question).order_by("pk").values("pk", "created_at", "content")),
        "comments": list(Comment.objects.values("pk", "text", "user")),
        "replies": list(CommentReply.objects.values("pk", "text")),
        "updates": list(QuestionUpdate.objects.values("pk", "note")),
        "related": list(RelatedQuestion.objects.order_by("pk").values("pk", "page", "question")),
        "redirects": list(Redirect.objects.values("pk", "old_path", "redirect_page")),
    }
    assert after == {name: before[name] for name in after}
    assert list(back.question_topics.values_list("topic", flat=True)) == [topic.pk]
    assert before["log"] < set(PageLogEntry.objects.filter(page=question.pk).values_list("pk", flat=True))
    assert fresh(follow_up).follow_up_to_id == HomePage.objects.get().featured_question_id == question.pk
    assert not BinnedItem.objects.exists()
    assert not Page.find_problems() or not any(Page.find_problems())
    assert back in get_search_backend().autocomplete("gone", QuestionPage)

    assert client.get(edit_address(question)).status_code == 200
    sent = form(PARAGRAPH, title="It is back", slug="is-it-gone") | {"action-publish": "on"}
    assert client.post(edit_address(question), sent).status_code == 302
    assert client.get("/questions/is-it-gone/").status_code == 200


def test_what_is_in_the_bin_is_in_no_channel(client, question, editor, administrator):
    client.force_login(administrator)
    delete(client, question)
    addresses = ["/", "/questions/", "/questions/feed/", "/sitemap.xml", "/search/?q=gone", "/questions/is-it-gone.md"]
    addresses += [reverse("questions:index"), reverse("qa_calendar"), reverse("wagtailadmin_home")]
    addresses += [
        reverse("wagtailadmin_choose_page"),
        reverse("report_past_review"),
        reverse("wagtailadmin_explore_root"),
    ]
    for address in addresses:
        assert "really gone" not in client.get(address).content.decode().lower().replace("is deleted", ""), address
    assert not SearchEntry.objects.filter(page=question.pk).exists()
    assert not Comment.objects.exists()


def test_an_address_that_is_taken_is_not_taken_away(client, question, editor):
    client.force_login(editor)
    delete(client, question)
    make_question("New?", slug="is-it-gone")
    assert "“is-it-gone-2”" in take_back(client).content.decode()
    back = fresh(question)
    assert back.slug == back.get_latest_revision_as_object().slug == "is-it-gone-2"
    assert back.url_path.endswith("/is-it-gone-2/")
    assert client.get("/questions/is-it-gone/").status_code == 200


def test_what_was_scheduled_is_no_longer_and_what_is_in_review_still_is(client, question, editor, writer):
    scheduled = make_question("Soon?", publish=False, go_live_at=timezone.now() + timedelta(days=1))
    scheduled.latest_revision.publish()
    reviewed = make_question("Good?", publish=False, owner=writer)
    reviewed.get_workflow().start(reviewed, writer)
    client.force_login(editor)
    for page in (scheduled, reviewed):
        page.delete(user=editor)
    assert (
        "It was scheduled, and no longer is"
        in client.post(
            reverse("qa_take_back", args=[BinnedItem.objects.get(title="Soon?").pk]), follow=True
        ).content.decode()
    )
    assert not Revision.objects.exclude(approved_go_live_at=None).exists()
    take_back(client)
    assert WorkflowState.objects.get().content_object.pk == reviewed.pk
    assert fresh(reviewed).workflow_in_progress
    assert fresh(reviewed).current_workflow_task_state


def test_what_referred_to_something_that_is_gone_for_good_stays_away(client, question, topic, editor):
    client.force_login(editor)
    delete(client, question)
    topic.delete()
    Expert.objects.all().delete()
    BinnedItem.objects.exclude(model="qa.questionpage").delete()
    QuestionPage.objects.all().delete()  # the one that it recommended
    BinnedItem.objects.filter(title="Another?").delete()
    assert "no longer there was left out" in take_back(client).content.decode()
    back = fresh(question)
    assert back.answered_by is None
    assert not back.topics
    assert not back.related_questions.exists()
    assert client.get(edit_address(question)).status_code == 200
    assert client.post(edit_address(question), form(PARAGRAPH, title="Here", slug="is-it-gone")).status_code == 302


def test_the_whole_list_of_a_bulk_action_goes_to_the_bin(client, question, editor):
    other = make_question("This too?")
    client.force_login(editor)
    address = reverse("wagtail_bulk_action", args=["qa", "questionpage", "delete"])
    address += f"?id={question.pk}&id={other.pk}&next=/admin/"
    assert "goes to the bin for 30 days" in client.get(address).content.decode()
    response = client.post(address)
    assert response.status_code == 302
    assert BinnedItem.objects.count() == 2
    assert {item.deleted_by for item in BinnedItem.objects.all()} == {editor}


@pytest.mark.parametrize("kind", ["topic", "expert"])
def test_a_topic_and_an_expert_come_back(client, column, editor, kind):
    client.force_login(editor)
    made = (
        TopicFactory(name="Django", description="Words") if kind == "topic" else ExpertFactory(name="Maren", role="R")
    )
    if kind == "expert":
        ExpertLink.objects.create(expert=made, label="Blog", url="https://example.org/")
    version = made.save_revision(user=editor)
    address = reverse(f"wagtailsnippets_qa_{kind}:delete", args=[made.pk])
    assert "goes to the bin for 30 days" in client.get(address).content.decode()
    assert "in the bin" in client.post(address, follow=True).content.decode()
    assert not type(made).objects.exists()
    assert not Revision.objects.for_instance(made).exists()
    assert "is back" in take_back(client).content.decode()
    back = fresh(made)
    assert (back.pk, back.name, back.latest_revision) == (made.pk, made.name, version)
    if kind == "expert":
        assert [link.url for link in back.links.all()] == ["https://example.org/"]
    history = client.get(reverse(f"wagtailsnippets_qa_{kind}:history", args=[made.pk])).content.decode()
    assert "Taken back from the bin" in history


def test_a_topic_comes_back_beside_one_of_its_name(client, column, editor):
    client.force_login(editor)
    TopicFactory(name="Django").delete()
    TopicFactory(name="Django")
    assert "“Django (2)”" in take_back(client).content.decode()
    assert {topic.slug for topic in Topic.objects.all()} == {"django", "django-2"}


def test_a_merged_topic_is_not_in_the_bin(column):
    merge(TopicFactory(name="A"), TopicFactory(name="B"))
    assert not BinnedItem.objects.exists()


# Who, and for how long


def test_a_writer_has_her_own_drafts_and_nobody_elses(client, column, writer, editor):
    hers = make_question("Hers?", publish=False, owner=writer)
    others = [make_question("Live?", owner=writer), make_question("His?", publish=False, owner=editor)]
    for page in (hers, *others):
        page.delete(user=editor)
    TopicFactory(name="Django").delete()
    client.force_login(writer)
    html = client.get(reverse("qa_bin")).content.decode()
    assert "Hers?" in html
    assert not any(title in html for title in ("Live?", "His?", "Django"))
    for item in BinnedItem.objects.exclude(title="Hers?"):
        for name in ("qa_take_back", "qa_delete_for_good"):
            assert client.post(reverse(name, args=[item.pk])).status_code in (302, 403)
    assert BinnedItem.objects.count() == 4
    client.post(reverse("qa_take_back", args=[BinnedItem.objects.get(title="Hers?").pk]))
    assert fresh(hers).owner == writer


def test_the_list_asks_no_more_however_long_it_is(client, column, editor, django_assert_max_num_queries):
    client.force_login(editor)
    asked = []
    for number in (2, 8):
        for n in range(number):
            make_question(f"Gone {number} {n}?", owner=editor, publish=n % 2 == 0).delete(user=editor)
        client.get(reverse("qa_bin"))
        with django_assert_max_num_queries(60) as queries:
            assert client.get(reverse("qa_bin")).content.decode().count("Take back") >= number
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_nobody_else_sees_the_bin(client, column, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", password="a password"))
    assert client.get(reverse("qa_bin")).status_code in (302, 403)


def test_what_is_deleted_for_good_is_gone_and_the_bin_empties_itself(client, question, editor, settings):
    client.force_login(editor)
    delete(client, question)
    client.post(reverse("qa_delete_for_good", args=[BinnedItem.objects.get().pk]))
    assert not BinnedItem.objects.exists()
    make_question("Old?").delete()
    look_after(timezone.now() + timedelta(days=29)).join()
    assert BinnedItem.objects.count() == 1
    look_after(timezone.now() + timedelta(days=30, minutes=1)).join()
    assert not BinnedItem.objects.exists()
    settings.BIN_DAYS = 0
    make_question("Away?").delete()
    assert not BinnedItem.objects.exists()


def test_the_page_that_asks_says_where_it_goes_and_who_is_in_it(client, question, editor, writer):
    EditingSession.objects.create(
        user=writer, content_type=get_default_page_content_type(), object_id=question.pk, last_seen_at=timezone.now()
    )
    client.force_login(editor)
    html = client.get(reverse("wagtailadmin_pages:delete", args=[question.pk])).content.decode()
    assert "goes to the bin for 30 days" in html
    assert "writer has it open right now" in html


def test_two_who_take_the_same_back(client, question, editor):
    client.force_login(editor)
    delete(client, question)
    address = reverse("qa_take_back", args=[BinnedItem.objects.get().pk])
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 404
    assert QuestionPage.objects.filter(pk=question.pk).count() == 1
