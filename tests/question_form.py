"""What the question form of the desk posts, and what comes of it."""

from http import HTTPStatus

from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from qa.models import QuestionPage, QuestionTopic

PARAGRAPH = ("paragraph", rich_text("<p>Words</p>"))


def form(*blocks, topics=(), **fields):
    """Return what the browser posts for a question with these blocks."""
    data = {
        "title": "A question?",
        "slug": "a-question",
        "asker_name": "",
        "asked_on": "2026-01-15",
        "question": "",
        "answer": streamfield(blocks),
        "summary": "",
        "answered_by": "",
        "reviewed_on": "",
        "review_after": "",
        "follow_up_to": "",
        "question_topics": inline_formset([{"topic": str(topic.pk)} for topic in topics]),
        "updates": inline_formset([]),
        "related_questions": inline_formset([]),
        "comments": inline_formset([]),
    }
    return nested_form_data(data | fields)


def form_of(page, topics, **fields):
    """Return what the editing form posts, with other topics and other ``fields``."""
    rows = [{"id": "", "topic": str(topic.pk)} for topic in topics]
    old = list(QuestionTopic.objects.filter(page=page))
    rows = [{"id": str(row.pk), "topic": str(row.topic_id), "DELETE": "1"} for row in old] + rows
    empty = {name: inline_formset([]) for name in ("updates", "related_questions", "comments")}
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "asker_name": "",
            "asked_on": "2026-01-15",
            "question": "",
            "answer": streamfield([("markdown", "The answer.")]),
            "summary": "",
            "question_topics": inline_formset(rows, initial=len(old)),
            "action-publish": "1",
            **empty,
            **fields,
        }
    )


def add_address(column):
    return reverse("wagtailadmin_pages:add", args=["qa", "questionpage", column.pk])


def edit_address(question):
    return reverse("wagtailadmin_pages:edit", args=[question.pk])


def add(client, user, column, *blocks, publish=False, **fields):
    """Post the form of a new question; return the response, which is a redirect if it was accepted."""
    client.force_login(user)
    return client.post(add_address(column), form(*blocks, **fields) | ({"action-publish": "on"} if publish else {}))


def saved():
    """Return the question that was posted, as the desk opens it."""
    return QuestionPage.objects.get(slug="a-question").get_latest_revision_as_object()


def assert_refused(response, message):
    assert response.status_code == HTTPStatus.OK
    assert message in response.content.decode()
    assert not QuestionPage.objects.filter(live=True).exists()


def table(caption, columns, rows):
    """Return what the browser posts for a comparison; ``columns`` are pairs of type and heading."""
    return {
        "caption": caption,
        "column-count": str(len(columns)),
        "column": {
            str(n): {"type": kind, "heading": heading, "order": str(n), "deleted": ""}
            for n, (kind, heading) in enumerate(columns)
        },
        "row-count": str(len(rows)),
        "row": {str(n): {"order": str(n), "deleted": ""} for n in range(len(rows))},
        "cell": {str(n): {str(m): cell for m, cell in enumerate(row)} for n, row in enumerate(rows)},
    }


COMPARISON = table("What each has", [("text", ""), ("verdict", "Django")], [["Forms", "yes"], ["Chat", "depends"]])


def library():
    """Return a picture and a document of the library."""
    image = get_image_model().objects.create(title="A plan", file=get_test_image_file())
    return image, get_document_model().objects.create(title="Slides", file=ContentFile(b"a", "slides.txt"))


def every_block(image, document, related=None):
    code = {"code": "    x = 1\r\n\r\n\ty = 2\r\n", "language": "python", "filename": "a.py", "caption": "A caption"}
    code |= {"highlight_lines": "1, 3", "line_numbers": "on"}
    picture = {"image": str(image.pk), "decorative": "", "alt_text": "A plan"}
    return [
        ("paragraph", rich_text('<p>Some <b>bold</b> <a href="https://example.org/">words</a></p><ul><li>one</li></ul>')),
        ("heading", {"text": "What `EXPLAIN` says", "level": "h3"}),
        ("markdown", "\r\nOne\r\n\r\n- two  \r\n  - three\r\n"),
        ("quote", {"text": "It works.\r\nHere.", "who": "Everybody", "source": "https://example.org/"}),
        ("short_answer", "\r\nNo,\r\n*never*.\r\n"),
        (
            "steps",
            streamfield(
                [
                    ("item", {"title": "First", "text": "a\r\nb", "stop": "done"}),
                    ("item", {"title": "Second", "text": "", "stop": ""}),
                ]
            ),
        ),
        ("pushback", {"objection": "But…", "reply": streamfield([("markdown", "No.\r\nNever."), ("code", code)])}),
        ("comparison", COMPARISON),
        ("callout", {"kind": "correction", "date": "2026-02-03", "text": "Wrong:\r\nright."}),
        ("code", code),
        ("image", {"image": picture, "caption": "A caption", "credit": "A person"}),
        ("embed", {"address": "https://example.org/talks/42", "title": "A talk"}),
        ("document", {"document": str(document.pk), "title": "The slides"}),
        ("related", {"question": str(related.pk) if related else "", "note": "The other side"}),
    ]  # fmt: skip


#: Blocks that may be drafted as they are, but not published.
INCOMPLETE = {
    "heading": ("heading", {"text": "", "level": "h2"}),
    "markdown": ("markdown", "  \r\n"),
    "quote": ("quote", {"text": "", "who": "", "source": ""}),
    "step": ("steps", streamfield([("item", {"title": "", "text": "", "stop": ""})])),
    "pushback": ("pushback", {"objection": "But…", "reply": streamfield([])}),
    "objection": ("pushback", {"objection": "", "reply": streamfield([("markdown", "No.")])}),
    "callout": ("callout", {"kind": "note", "date": "", "text": ""}),
    "code": ("code", {"code": "", "language": "", "filename": "", "caption": ""}),
    "image": ("image", {"image": {"image": "", "decorative": "", "alt_text": ""}, "caption": "", "credit": ""}),
    "embed": ("embed", {"address": "", "title": ""}),
    "document": ("document", {"document": "", "title": ""}),
    "paragraph": ("paragraph", rich_text("")),
    "short answer": ("short_answer", ""),
    "related": ("related", {"question": "", "note": ""}),
}
