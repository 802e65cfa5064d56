"""What the desk says of a draft before readers see it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from qa.desk.form.checks import findings
from tests.factories import make_question

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]
GOOD = {"summary": "Yes.", "review_after": date(2030, 1, 1)}
LONG = " ".join(["word"] * 41) + "."


def said(*blocks, **fields):
    """Return what is said of a draft with these blocks and without other flaws."""
    question = make_question(answer=list(blocks), publish=False, **(GOOD | fields))
    return [finding.message for finding in findings(question)]


def test_of_a_good_answer_nothing_is_said(column):
    text = "## A section\n\nSee [the manual](https://example.org/).\n\n```python\nx = 1\n```\n\n### More\n\nShort."
    code = {"code": LONG, "language": "text"}
    assert said(("heading", {"text": "First", "level": "h2"}), ("markdown", text), ("code", code)) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"summary": " "}, "no short answer"),
        ({"review_after": None}, "no review date"),
        ({"asked_on": timezone.localdate() + timedelta(days=2)}, "in the future"),
    ],
)
def test_fields_that_are_missing_or_wrong_are_named(column, fields, message):
    (only,) = said(("markdown", "Words."), **fields)
    assert message in only


def test_a_short_answer_among_the_blocks_is_one(column):
    assert said(("short_answer", "Yes."), summary="") == []


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (("code", {"code": "x = 1", "language": ""}), "names no language"),
        (("pushback", {"objection": "But", "reply": [("code", {"code": "x"})]}), "names no language"),
        (("markdown", "```\nx = 1\n```"), "names no language"),
        (("steps", [{"title": "One", "text": "```\nx = 1\n```", "stop": ""}]), "names no language"),
        (("callout", {"kind": "tip", "date": None, "text": "Words.\n\n<!-- Nobody sees"}), "never closed"),
        (("heading", {"text": "Deep", "level": "h3"}), "skips a level"),
        (("markdown", "## One\n\n#### Three"), "skips a level"),
        (("markdown", "![](image:1)"), "no alternative text"),
        (("markdown", "Read it [here](https://example.org/)."), "“here” does not say where"),
        (("paragraph", '<p><a href="https://example.org/">Click here</a></p>'), "“Click here” does not say where"),
        (("markdown", f"Short. {LONG} Short."), "41 words"),
        (("quote", {"text": LONG, "who": "", "source": ""}), "41 words"),
    ],
)
def test_what_readers_would_stumble_over_is_named_with_its_block(column, block, message):
    question = make_question(answer=[block], publish=False, **GOOD)
    (only,) = findings(question)
    assert message in only.message
    assert only.place == f"block-{question.answer[0].id}-section"


def test_a_picture_without_alternative_text_is_named_unless_it_is_decorative(column):
    picture = get_image_model().objects.create(title="A plan", file=get_test_image_file())
    for alternative, decorative, expected in (("", False, 1), ("", True, 0), ("A plan", False, 0)):
        picture.contextual_alt_text, picture.decorative = alternative, decorative
        assert len(said(("image", {"image": picture, "caption": "", "credit": ""}))) == expected


def test_a_draft_with_nothing_in_it_is_no_error(column):
    empty = [("code", {}), ("heading", {}), ("image", {}), ("pushback", {}), ("quote", {}), ("steps", [])]
    assert said(*empty, ("callout", {}))


def test_the_form_shows_what_the_newest_draft_has(client, writer, editor, column):
    question = make_question(**GOOD)
    question.summary = ""
    question.save_revision()
    client.force_login(writer)
    html = client.get(reverse("question_checks", args=[question.pk])).content.decode()
    assert "no short answer" in html
    assert 'href="#id_summary"' in html
    form = client.get(reverse("wagtailadmin_pages:edit", args=[question.pk])).content.decode()
    assert f'data-column-checks="{reverse("question_checks", args=[0])}" data-page="{question.pk}"' in form
    for page in (0, column.pk, 10**30):
        assert client.get(reverse("question_checks", args=[page])).status_code == 404


def test_only_those_who_may_edit_are_told(client, column, django_user_model):
    question = make_question()
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.get(reverse("question_checks", args=[question.pk])).status_code == 302
