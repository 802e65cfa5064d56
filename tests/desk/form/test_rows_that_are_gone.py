"""A form may name rows that are gone meanwhile: it is saved nevertheless. What cannot be saved says why."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Comment, Site

from home.models import SiteSettings
from qa.letters.exporting import letter_of
from qa.letters.form import Update
from qa.letters.placing import ImportTarget, place
from qa.models import QuestionPage, QuestionTopic, QuestionUpdate, RelatedQuestion
from tests.desk.form.test_conflicts import newest, sent_again
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.question_form import PARAGRAPH, edit_address, form

pytestmark = pytest.mark.django_db

ROWS = ("question_topics", "updates", "related_questions", "loaded_revision")


class Fields(HTMLParser):
    """The named fields of a page, with their values, as far as a browser would send them as they are."""

    def __init__(self, html: str):
        super().__init__()
        self.values: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "input" and "__prefix__" not in found.get("name", "__prefix__"):
            self.values[found["name"]] = found.get("value") or ""


def opened(client, address, *prefixes):
    """Open a form; return the fields of its rows, and which version it is a change of."""
    response = client.get(address)
    assert response.status_code == 200
    values = Fields(response.content.decode()).values
    return {name: value for name, value in values.items() if name.startswith(prefixes or ROWS)}


def save(client, question, fields, address=None, **others):
    return client.post(address or edit_address(question), form(PARAGRAPH) | fields | others)


def assert_saved(response):
    assert response.status_code == 302, re.findall(r'class="error.*?</', response.content.decode(), re.DOTALL)


def stored(question):
    return {
        "topics": [row.topic.name for row in QuestionTopic.objects.filter(page=question.pk)],
        "updates": [row.note for row in QuestionUpdate.objects.filter(page=question.pk)],
        "related": [row.question.title for row in RelatedQuestion.objects.filter(page=question.pk)],
    }


@pytest.fixture
def django(column):
    return TopicFactory(name="Django")


@pytest.fixture
def careers(column):
    return TopicFactory(name="Careers")


@pytest.fixture
def postgres(column):
    return TopicFactory(name="PostgreSQL")


# Two versions of a draft


@pytest.fixture
def conflict(client, django, postgres, careers, editor, writer):
    """A draft, and the answer to an editor who has other topics than what a writer has saved meanwhile."""
    question = make_question("A question?", slug="a-question", publish=False, topics=[django, postgres])
    client.force_login(editor)
    mine = opened(client, edit_address(question))
    client.force_login(writer)
    assert_saved(save(client, question, opened(client, edit_address(question)), summary="Theirs"))
    client.force_login(editor)
    mine |= {"question_topics-TOTAL_FORMS": "3", "question_topics-0-DELETE": "on"}
    mine |= {"question_topics-2-topic": str(careers.pk), "question_topics-2-ORDER": "3", "question_topics-2-id": ""}
    response = save(client, question, mine)
    assert response.status_code == 409
    return question, response


def test_a_version_that_is_set_aside_changes_no_row(client, conflict):
    question, _response = conflict
    assert stored(question)["topics"] == ["Django", "PostgreSQL"]
    ids = {row.pk for row in newest(question).question_topics.all()}
    assert ids == set(QuestionTopic.objects.filter(page=question.pk).values_list("pk", flat=True))


def test_whoever_takes_the_newest_version_can_save_and_publish_it(client, conflict):
    question, _response = conflict
    assert_saved(save(client, question, opened(client, edit_address(question)), summary="Theirs and more"))
    fields = opened(client, edit_address(question))
    assert_saved(save(client, question, fields, **{"action-publish": "on"}))
    assert stored(question)["topics"] == ["Django", "PostgreSQL"]


def test_whoever_insists_can_save_and_save_again(client, conflict):
    question, response = conflict
    assert_saved(client.post(edit_address(question), sent_again(response)))
    assert stored(question)["topics"] == ["PostgreSQL", "Careers"]
    assert_saved(save(client, question, opened(client, edit_address(question)), summary="More"))
    assert stored(question)["topics"] == ["PostgreSQL", "Careers"]


def test_an_older_version_that_is_approved_changes_no_row(column, django, careers):
    question = make_question("A question?", publish=False, topics=[django])
    older = question.get_latest_revision()
    draft = question.get_latest_revision_as_object()
    draft.question_topics, draft.asker_name = [QuestionTopic(topic=careers)], "Newer"
    draft.save_revision()
    assert stored(question)["topics"] == ["Careers"]
    older.approved_go_live_at = timezone.now() + timedelta(days=1)
    older.save()
    assert stored(question)["topics"] == ["Careers"]
    assert QuestionPage.objects.get().asker_name == "Newer"


def test_a_draft_that_names_rows_that_are_gone_is_saved(client, editor, django, careers):
    question = make_question("A question?", slug="a-question", publish=False, topics=[django, careers])
    client.force_login(editor)
    assert_saved(save(client, question, opened(client, edit_address(question))))
    QuestionTopic.objects.filter(page=question.pk).delete()  # as an earlier version of this software did it
    QuestionTopic.objects.create(page=question, topic=careers)
    for action in ({}, {}, {"action-publish": "on"}):
        assert_saved(save(client, question, opened(client, edit_address(question)), summary="Mended", **action))
        assert stored(question)["topics"] == ["Django", "Careers"]
        assert [topic.name for topic in newest(question).topics] == ["Django", "Careers"]
    assert QuestionPage.objects.get().live


# Versions of what is published


@pytest.fixture
def restored(client, editor, django, careers, postgres):
    """A published question whose first version has rows of every kind, all of them gone; and that first version."""
    other = make_question("Another one?")
    question = make_question("A question?", slug="a-question", publish=False, topics=[django, careers])
    draft = question.get_latest_revision_as_object()
    draft.updates = [QuestionUpdate(date=date(2026, 1, 2), note="First")]
    draft.related_questions = [RelatedQuestion(question=other)]
    draft.save_revision()
    client.force_login(editor)
    assert_saved(save(client, question, opened(client, edit_address(question))))
    assert_saved(save(client, question, opened(client, edit_address(question)), **{"action-publish": "on"}))
    version = QuestionPage.objects.get(pk=question.pk).get_latest_revision()
    rows = [row for relation in ROWS[:3] for row in version.content[relation]]
    assert len([row["pk"] for row in rows if row["pk"]]) == 4  # numbers that will be gone
    letter = letter_of(QuestionPage.objects.get(pk=question.pk))
    changed = replace(letter, topics=["PostgreSQL"], updates=[Update(date(2026, 2, 3), "Second")], related=[])
    assert place(changed, ImportTarget(column=question.get_parent().specific)) == "updated"
    assert stored(question) == {"topics": ["PostgreSQL"], "updates": ["Second"], "related": []}
    return question, version


@pytest.mark.parametrize("action", [{}, {"action-publish": "on"}])
def test_an_old_version_is_restored_with_every_row_that_it_had(client, restored, action):
    question, version = restored
    address = reverse("wagtailadmin_pages:revisions_revert", args=[question.pk, version.pk])
    html = client.get(address).content.decode()
    target = re.search(r'id="page-edit-form"\s+action="([^"]+)"', html)[1]
    assert_saved(save(client, question, opened(client, address), target, **action))
    for again in ({}, {}, {"action-publish": "on"}):
        assert_saved(save(client, question, opened(client, edit_address(question)), **again))
    assert stored(question) == {"topics": ["Django", "Careers"], "updates": ["First"], "related": ["Another one?"]}


def test_a_form_that_was_open_for_long_may_still_insist(client, editor, restored):
    question, version = restored
    rows = version.content["question_topics"]
    topics = {"TOTAL_FORMS": "2", "INITIAL_FORMS": "2"}
    for number, row in enumerate(rows):
        topics |= {f"{number}-topic": row["topic"], f"{number}-id": row["pk"], f"{number}-ORDER": number + 1}
    fields = {f"question_topics-{name}": str(value) for name, value in topics.items()}
    assert_saved(save(client, question, fields, **{"action-publish": "on"}))
    assert stored(question)["topics"] == ["Django", "Careers"]


def test_what_was_added_behind_ones_back_is_not_in_the_version_that_one_insists_on(client, editor, django, careers):
    question = make_question("A question?", slug="a-question", publish=False, topics=[django])
    client.force_login(editor)
    assert_saved(save(client, question, opened(client, edit_address(question))))
    mine = opened(client, edit_address(question))
    theirs = question.get_latest_revision_as_object()
    theirs.question_topics.add(QuestionTopic(topic=careers, sort_order=1))
    theirs.save_revision()
    response = save(client, question, mine, summary="Mine")
    assert response.status_code == 409
    assert_saved(client.post(edit_address(question), sent_again(response)))
    assert stored(question)["topics"] == ["Django"]


@pytest.mark.parametrize("number", ["9" * 40, "-1", "x", "\x00", "1e3", " "])
def test_what_never_was_the_number_of_a_row_is_a_new_row(client, editor, django, number):
    question = make_question("A question?", slug="a-question", topics=[django])
    client.force_login(editor)
    fields = opened(client, edit_address(question)) | {"question_topics-0-id": number}
    assert_saved(save(client, question, fields, **{"action-publish": "on"}))
    assert stored(question)["topics"] == ["Django"]


def test_the_row_of_another_question_stays_there(client, editor, django, careers):
    question = make_question("A question?", slug="a-question", topics=[django])
    theirs = make_question("Another one?", topics=[careers])
    row = QuestionTopic.objects.get(page=theirs)
    client.force_login(editor)
    fields = opened(client, edit_address(question)) | {"question_topics-0-id": str(row.pk)}
    assert_saved(save(client, question, fields, **{"action-publish": "on"}))
    assert stored(theirs)["topics"] == ["Careers"]


# Remarks


def remarks(question, *comments, **changes):
    """Return what the form sends of the remarks on a question."""
    data = {"TOTAL_FORMS": len(comments), "INITIAL_FORMS": len(comments), "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""}
    for number, comment in enumerate(comments):
        data |= {f"{number}-id": comment.pk, f"{number}-text": comment.text, f"{number}-contentpath": "title"}
        data |= {f"{number}-position": "", f"{number}-replies-TOTAL_FORMS": 0, f"{number}-replies-INITIAL_FORMS": 0}
    return {f"comments-{name}": str(value) for name, value in (data | changes).items()}


def test_a_remark_that_somebody_has_deleted_stays_deleted(client, editor, writer, column):
    question = make_question("A question?", slug="a-question", publish=False)
    gone, kept = (
        Comment.objects.create(page=question, user=writer, text=text, contentpath="title") for text in ("Gone", "Kept")
    )
    sent = remarks(question, gone, kept)
    Comment.objects.filter(pk=gone.pk).delete()
    client.force_login(editor)
    assert_saved(save(client, question, opened(client, edit_address(question)), **sent))
    assert [(remark.text, remark.user) for remark in Comment.objects.all()] == [("Kept", writer)]


# Other forms with rows


def test_the_links_of_an_expert_and_of_the_site_may_be_gone_as_well(client, administrator, column):
    expert = ExpertFactory(name="Ada")
    settings = SiteSettings.for_site(Site.objects.get())
    for owner, relation, address in (
        (expert, "links", f"/admin/snippets/qa/expert/edit/{expert.pk}/"),
        (settings, "social_links", f"/admin/settings/home/sitesettings/{settings.site_id}/"),
    ):
        links = getattr(owner, relation)
        links.add(links.model(label="Elsewhere", url="https://example.org/"))
        owner.save()
        client.force_login(administrator)
        response = client.get(address, follow=True)
        fields = Fields(response.content.decode()).values
        fields |= {"biography": "null", "footer_text": "null", "expert": ""}
        type(links.first()).objects.all().delete()
        fields = {name: value for name, value in fields.items() if name and not name.startswith("wagtail")}
        del fields["as_opened"]  # as if the form were of a version from before: else it would be asked about first
        assert_saved(client.post(address, fields))
        assert type(owner).objects.get(pk=owner.pk).serializable_data()[relation][0]["label"] == "Elsewhere"


# Mistakes that no field shows


def mistakes(response):
    """Return what is said above the form."""
    assert response.status_code == 200
    html = response.content.decode()
    return " ".join(re.findall(r'<ul class="errorlist">.*?</ul>', html, re.DOTALL))


def test_a_mistake_in_a_hidden_field_is_said_above_the_form(client, editor, django):
    question = make_question("A question?", slug="a-question", topics=[django])
    client.force_login(editor)
    fields = opened(client, edit_address(question)) | {"question_topics-0-ORDER": "first"}
    assert "Question topic 1: Enter a whole number." in mistakes(save(client, question, fields))


def test_a_refused_remark_is_said_above_the_form(client, editor, writer, column):
    question = make_question("A question?", slug="a-question", publish=False)
    theirs = Comment.objects.create(page=question, user=writer, text="Theirs", contentpath="title")
    client.force_login(editor)
    sent = remarks(question, theirs, **{"0-text": "Mine"})
    response = save(client, question, opened(client, edit_address(question)), **sent)
    assert "Comment 1: You cannot edit another user&#x27;s comment." in mistakes(response)
    assert Comment.objects.get().text == "Theirs"


@pytest.mark.parametrize("of", ["question", "front page"])
def test_a_wrong_schedule_is_said_above_the_form(client, administrator, column, of):
    page = make_question("A question?", slug="a-question") if of == "question" else column.get_parent()
    client.force_login(administrator)
    fields = {"expire_at": "2020-01-01 00:00", "introduction": "null", "action-publish": "on"}
    said = mistakes(save(client, page, opened(client, edit_address(page)), **fields))
    assert "change it in the status panel" in said
    assert "Expiry date/time must be in the future." in said
