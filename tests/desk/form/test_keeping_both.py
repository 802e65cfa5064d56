"""What two people made of the same version is kept together, and only what both have changed is asked about."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from wagtail.models import Comment, Revision
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from qa.models import OpenedVersion, QuestionPage
from tests.desk.form.test_conflicts import changed_by, newest, opened, sent_again
from tests.factories import TopicFactory, make_question
from tests.question_form import edit_address, form

pytestmark = pytest.mark.django_db

ONE, TWO, THREE = (f"{n}2345678-1234-1234-1234-123456789012" for n in "123")
TEXTS = {ONE: "<p>One</p>", TWO: "<p>Two</p>", THREE: "<p>Three</p>"}


@pytest.fixture
def question(column):
    """A published question with three paragraphs, which no form has saved yet: they have no keys of the editor's."""
    blocks = [{"type": "paragraph", "value": text, "id": number} for number, text in TEXTS.items()]
    return make_question("A question?", slug="a-question", asker_name="Ann", answer=blocks)


def blocks(**changes):
    """Return the answer as the form sends it; ``None`` removes a paragraph, ``new`` adds one at the end."""
    texts = TEXTS | {globals()[name.upper()]: text for name, text in changes.items() if name != "new"}
    data = streamfield([("paragraph", rich_text(text)) for text in texts.values() if text] + [
        ("paragraph", rich_text(text)) for text in [changes.get("new")] if text
    ])  # fmt: skip
    for position, number in enumerate(number for number, text in texts.items() if text):
        data[str(position)]["id"] = number
    return data


def sent(version, topics=(), **fields):
    blocks_sent = {name: fields.pop(name) for name in ("one", "two", "three", "new") if name in fields}
    data = {"asker_name": "Ann", "answer": blocks(**blocks_sent)} | fields
    return form(topics=topics, **data) | version


def save(client, question, version, **fields):
    return client.post(edit_address(question), sent(version, **fields))


def keep_both(client, question, response, **answers):
    address = reverse("qa_keep_both", args=[question.pk])
    assert address in response.content.decode()
    data = sent_again(response) | {f"keep-{name.replace('__', ':')}": answer for name, answer in answers.items()}
    return client.post(address, data)


def texts(page):
    return [re.sub("<.*?>", "", block.value.source) for block in page.answer]


@pytest.fixture
def both(client, question, editor, writer):
    """A function: the writer saves her changes, then the editor his of the same version; returns the response."""

    def both_save(theirs, mine):
        client.force_login(editor)
        version = opened(client, question)
        client.force_login(writer)
        assert save(client, question, opened(client, question), **theirs).status_code == 302
        client.force_login(editor)
        response = save(client, question, version, **mine)
        assert response.status_code == 409
        return response

    return both_save


def test_different_fields_and_different_blocks_are_kept_together(client, question, both):
    topic, other = TopicFactory(name="Django"), TopicFactory(name="SQL")
    theirs = {"summary": "In short.", "one": "<p>One, by the writer</p>", "topics": [topic]}
    mine = {"asker_name": "Bob", "three": None, "new": "<p>Four</p>", "topics": [other]}
    response = both(theirs, mine)
    html = response.content.decode()
    assert re.findall(r'class="title">(.*?)</th>\s*<td>(.*?)</td>', html) == [
        ("Asker", "you"),
        ("Topics", "writer"),
        ("Topics", "you"),
        *[("Answer: Paragraph", who) for who in ("writer", "you", "you")],
        ("Short answer", "writer"),
    ]
    assert "<fieldset" not in html
    assert html.index("Keep both") < html.index("Save my version over it")
    assert keep_both(client, question, response).status_code == 302
    kept = newest(question)
    assert texts(kept) == ["One, by the writer", "Two", "Four"]
    assert (kept.title, kept.summary, kept.asker_name) == ("A question?", "In short.", "Bob")
    assert {filed.topic for filed in kept.question_topics.all()} == {topic, other}
    assert QuestionPage.objects.get().summary == ""  # readers see what they saw


def test_the_same_block_is_asked_about_and_no_other(client, question, both):
    response = both({"one": "<p>Theirs</p>", "two": "<p>Two!</p>"}, {"one": "<p>Mine</p>", "summary": "In short."})
    html = response.content.decode()
    assert re.findall(r"<legend>(.*?)</legend>", html) == ["Answer: Paragraph"]
    assert changed_by(html) == {"Answer: Paragraph": "writer", "Short answer": "you"}
    unanswered = keep_both(client, question, response)
    assert unanswered.status_code == 409
    assert "Choose one of the two" in unanswered.content.decode()
    assert texts(newest(question)) == ["Theirs", "Two!", "Three"]
    assert keep_both(client, question, unanswered, **{f"answer__{ONE}": "mine"}).status_code == 302
    assert texts(newest(question)) == ["Mine", "Two!", "Three"]
    assert newest(question).summary == "In short."


def test_a_block_that_one_removed_and_the_other_changed_is_asked_about(client, question, both):
    response = both({"one": None}, {"one": "<p>Mine</p>"})
    assert keep_both(client, question, response, **{f"answer__{ONE}": "theirs"}).status_code == 302
    assert texts(newest(question)) == ["Two", "Three"]


def test_what_was_never_saved_by_the_form_counts_as_changed_by_nobody(client, question, both):
    html = both({"title": "Theirs?"}, {"summary": "In short."}).content.decode()
    assert changed_by(html) == {"Title": "writer", "Short answer": "you"}


def test_both_together_are_published_at_once(client, question, both):
    response = both({"one": "<p>Theirs</p>"}, {"two": "<p>Mine</p>", "action-publish": "on"})
    assert "Keep both and publish" in response.content.decode()
    assert keep_both(client, question, response).status_code == 302
    assert texts(QuestionPage.objects.get()) == ["Theirs", "Mine", "Three"]


def test_what_is_not_ready_as_a_whole_is_kept_as_a_draft(client, question, both):
    theirs = {"one": "<p>Theirs</p>", "new": "<p></p>"}
    response = both(theirs, {"two": "<p>Mine</p>", "action-publish": "on"})
    again = keep_both(client, question, response)
    said = client.get(again.url).content.decode()
    assert "Both versions are kept" in said
    assert "It is saved as a draft" in said
    assert texts(newest(question))[:3] == ["Theirs", "Mine", "Three"]
    assert texts(QuestionPage.objects.get()) == ["One", "Two", "Three"]


def test_whoever_saves_meanwhile_is_seen_too(client, question, both, writer, editor):
    response = both({"one": "<p>Theirs</p>"}, {"two": "<p>Mine</p>"})
    client.force_login(writer)
    assert (
        save(client, question, opened(client, question), one="<p>Theirs</p>", three="<p>Later</p>").status_code == 302
    )
    client.force_login(editor)
    again = keep_both(client, question, response)
    assert again.status_code == 409
    assert keep_both(client, question, again).status_code == 302
    assert texts(newest(question)) == ["Theirs", "Mine", "Later"]


def test_a_remark_that_was_written_meanwhile_is_kept(client, question, both):
    remark = {"id": "", "contentpath": "summary", "text": "Too long?", "position": "", "resolved": ""}
    remark |= {"replies": inline_formset([])}
    response = both({"title": "Theirs?"}, {"summary": "In short.", "comments": inline_formset([remark])})
    assert keep_both(client, question, response).status_code == 302
    assert [comment.text for comment in Comment.objects.filter(page=question)] == ["Too long?"]


def test_the_version_that_a_form_shows_is_remembered_when_its_author_saves_over_it(client, question, editor, writer):
    client.force_login(writer)
    data = sent(opened(client, question), one="<p>Draft</p>")
    answer = client.post(edit_address(question), data, headers={"Accept": "application/json"}).json()
    client.force_login(editor)
    version = opened(client, question)  # of the draft as it is now
    client.force_login(writer)
    data = sent({"overwrite_revision_id": str(answer["revision_id"])}, one="<p>Draft</p>", two="<p>More</p>")
    assert client.post(edit_address(question), data, headers={"Accept": "application/json"}).json()["success"]
    assert OpenedVersion.objects.exclude(content__isnull=True).count() == 1
    client.force_login(editor)
    response = save(client, question, version, one="<p>Draft</p>", three="<p>Mine</p>")
    assert changed_by(response.content.decode()) == {"Answer: Paragraph": "you"}  # the last of two of that name
    assert keep_both(client, question, response).status_code == 302
    assert texts(newest(question)) == ["Draft", "More", "Mine"]


def test_of_a_version_that_is_no_longer_kept_each_difference_is_asked_about(client, question, editor, writer):
    client.force_login(editor)
    version = opened(client, question)
    client.force_login(writer)
    save(client, question, opened(client, question), title="Theirs?")
    Revision.objects.filter(pk=version["loaded_revision_id"]).delete()
    client.force_login(editor)
    response = save(client, question, version, summary="In short.")
    html = response.content.decode()
    assert re.findall(r"<legend>(.*?)</legend>", html) == ["Title", "Short answer"]
    assert "no longer kept" in html
    assert keep_both(client, question, response, title="theirs", summary="mine").status_code == 302
    assert (newest(question).title, newest(question).summary) == ("Theirs?", "In short.")


def test_the_rows_below_a_question_are_kept_together(client, question, both):
    def updates(*notes):
        return inline_formset([{"date": "2026-02-01", "note": note} for note in notes])

    response = both({"updates": updates("Theirs")}, {"updates": updates("Mine")})
    assert keep_both(client, question, response).status_code == 302
    assert {update.note for update in newest(question).updates.all()} == {"Theirs", "Mine"}


def test_whoever_may_not_edit_may_not_keep_both(client, question, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", password="a password"))
    address = reverse("qa_keep_both", args=[question.pk])
    assert client.post(address, nested_form_data({})).status_code in (302, 403)
    assert client.get(address).status_code in (302, 403)


def test_a_schedule_is_one_thing_and_is_named_in_the_editors_words(client, question, both):
    response = both({"go_live_at": "2099-05-04 12:00"}, {"expire_at": "2099-06-04 12:00", "summary": "In short."})
    html = response.content.decode()
    assert re.findall(r"<legend>(.*?)</legend>", html) == ["Schedule"]
    assert "goes live May 4, 2099, noon (UTC)" in html
    assert keep_both(client, question, response, schedule="mine").status_code == 302
    kept = newest(question)
    assert (kept.go_live_at, kept.expire_at.year, kept.summary) == (None, 2099, "In short.")


def test_the_front_page_is_merged_as_well(client, column, editor, administrator):
    front = column.get_parent().specific
    address = edit_address(front)

    def page(**fields):
        data = {"title": front.title, "slug": front.slug, "introduction": rich_text(""), "featured_question": ""}
        return nested_form_data(data | {"comments": inline_formset([])} | fields)

    client.force_login(editor)
    version = opened(client, front)
    client.force_login(administrator)
    theirs = page(introduction=rich_text("<p>Welcome</p>")) | opened(client, front)
    assert client.post(address, theirs).status_code == 302
    client.force_login(editor)
    response = client.post(address, page(title="Ask us") | version)
    assert changed_by(response.content.decode()) == {"Title": "you", "Introduction": "admin"}
    assert keep_both(client, front, response).status_code == 302
    front.refresh_from_db()
    kept = front.get_latest_revision_as_object()
    assert (kept.title, "Welcome" in kept.introduction) == ("Ask us", True)


@pytest.mark.same_on_every_database
@pytest.mark.browser
def test_two_people_in_two_browsers_keep_both(open_window, editor, writer, question):
    """The form's own scripts send every block back in their own way; only what was typed counts as changed."""
    hers, his = open_window(user=writer), open_window(user=editor)
    for page in (hers, his):
        page.goto(edit_address(question))
        expect(page.locator(".public-DraftEditor-content")).to_have_count(3)
    hers.locator("[name=summary]").fill("In short.")
    with hers.expect_navigation():
        hers.keyboard.press("Control+s")
    his.locator(".public-DraftEditor-content").nth(1).click()
    his.keyboard.press("End")
    his.keyboard.type(", typed by the editor", delay=20)
    his.wait_for_timeout(400)  # milliseconds: Draftail writes its field a quarter of a second after the last key
    with his.expect_navigation():
        his.keyboard.press("Control+s")
    rows = his.locator("table.conflict__places tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Two, typed by the editor")
    expect(rows.nth(1)).to_contain_text("In short.")
    with his.expect_navigation():
        his.get_by_role("button", name="Keep both").click()
    expect(his.locator(".messages .success")).to_contain_text("Both versions are kept")
    assert texts(newest(question)) == ["One", "Two, typed by the editor", "Three"]
    assert newest(question).summary == "In short."
