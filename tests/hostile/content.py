"""Text that wants to be a script, sent through every form of the desk that a question passes, and through a letter."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Comment, Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from qa.models import Expert, QuestionPage, Topic, VainSearch
from tests.letter_files import write
from tests.question_form import add_address, form, table

#: Everything that was one of ours and runs, or is an attribute that would, has this in it.
MARK = "zqx"
SHORT = f"<img src=x onerror=alert('{MARK}')>"
#: By what it tries to get out of: an element, an attribute, a text area, a script, a template, a sanitiser, an address.
PAYLOADS = [
    SHORT,
    f"\"><svg onload=alert('{MARK}')>",
    f"' autofocus onfocus=alert('{MARK}') x='",
    f"</textarea></title></style><script>alert('{MARK}')</script>",
    f"</script><script>alert('{MARK}')</script>",
    f"${{alert('{MARK}')}} {{{{constructor.constructor('alert(`{MARK}`)')()}}}}",
    f"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert('{MARK}')&gt;\">",
    f"<noscript><p title=\"</noscript><img src=x onerror=alert('{MARK}')>\">",
    f"<iframe srcdoc=\"<script>parent.alert('{MARK}')</script>\"></iframe><a href=\"javascript:alert('{MARK}')\">a</a>",
    f"\u202e<details open ontoggle=alert('{MARK}')>\u2066",
]
ALL = " ".join(PAYLOADS)
MARKDOWN = (
    f"{ALL}\n\n[a](javascript:alert('{MARK}')) ![a](javascript:alert('{MARK}')) <javascript:alert('{MARK}')>\n\n"
    f'[b](data:text/html,<script>alert(\'{MARK}\')</script> "{PAYLOADS[1]}") [c]: https://example.org/"onclick=alert\n\n'
    f"```{MARK}\"onload=alert('{MARK}')\n{ALL}\n```\n\n| {SHORT} | b |\n|--|--|\n| {PAYLOADS[1]} | `{SHORT}` |\n\n"
    f"- [ ] {ALL}\n\n[^1]\n\n[^1]: {ALL}\n\n## {SHORT}\n\n<kbd onclick=\"alert('{MARK}')\">a</kbd>\n"
)
ADDRESS = f"https://example.org/?a=%22onmouseover=alert('{MARK}')"


def _blocks(image: Any, document: Any, related: QuestionPage) -> list[tuple[str, Any]]:
    code = {"code": ALL, "language": "html", "filename": SHORT, "caption": SHORT, "highlight_lines": "1"}
    picture = {"image": str(image.pk), "decorative": "", "alt_text": PAYLOADS[1]}
    steps = streamfield([("item", {"title": PAYLOADS[1], "text": MARKDOWN, "stop": PAYLOADS[2]})])
    return [
        ("paragraph", rich_text(f"<p>{escape(ALL)} <b>{escape(ALL)}</b></p>")),
        ("heading", {"text": SHORT, "level": "h2"}),
        ("markdown", MARKDOWN),
        ("quote", {"text": MARKDOWN, "who": SHORT, "source": ADDRESS}),
        ("short_answer", MARKDOWN),
        ("steps", steps),
        ("pushback", {"objection": PAYLOADS[1], "reply": streamfield([("markdown", MARKDOWN), ("code", code)])}),
        ("comparison", table(SHORT, [("text", SHORT), ("verdict", SHORT)], [[ALL, "yes"], [MARKDOWN, "depends"]])),
        ("callout", {"kind": "correction", "date": "2026-02-03", "text": MARKDOWN}),
        ("code", code),
        ("image", {"image": picture, "caption": PAYLOADS[3], "credit": SHORT}),
        ("embed", {"address": ADDRESS, "title": SHORT}),
        ("document", {"document": str(document.pk), "title": SHORT}),
        ("related", {"question": str(related.pk), "note": PAYLOADS[1]}),
    ]


def _post(client: Client, address: str, data: dict[str, Any]) -> None:
    answer = client.post(address, data)
    assert answer.status_code == 302, (address, answer.status_code, _errors(answer))


def _errors(answer: Any) -> str:
    found = {str(one["form"].errors.as_data()) for one in answer.context or [] if hasattr(one.get("form"), "errors")}
    text = " ".join(found)
    return f"{text[:400]} … {text[-400:]}" if found else answer.content.decode()[:300]


def fill(client: Client, column: QuestionPage, other: QuestionPage, folder: Path) -> QuestionPage:
    """Send it all, as whoever is signed in; return the question, which is published, with a draft that is newer."""
    _post(
        client,
        reverse(Topic.snippet_viewset.get_url_name("add")),
        {"name": SHORT, "slug": "hostile", "description": ALL[:200]},
    )
    expert = {"name": SHORT, "slug": "hostile", "role": SHORT, "biography": rich_text(f"<p>{escape(ALL)}</p>")}
    _post(
        client,
        reverse(Expert.snippet_viewset.get_url_name("add")),
        nested_form_data(expert | {"links": inline_formset([])}),
    )
    topic, expert = Topic.objects.get(slug="hostile"), Expert.objects.get(slug="hostile")
    name = f"{SHORT[:20]}{MARK}.png"
    upload = SimpleUploadedFile(name, get_test_image_file().file.getvalue(), content_type="image/png")
    _post(
        client,
        "/admin/images/add/",
        {"title": ALL[:255], "file": upload, "description": PAYLOADS[1], "tags": f'"{SHORT}"'},
    )
    text = SimpleUploadedFile(f"{MARK}'onx=.txt", b"a", content_type="text/plain")
    _post(client, "/admin/documents/add/", {"title": ALL[:255], "file": text, "tags": f'"{SHORT}"'})
    image, document = get_image_model().objects.latest("pk"), get_document_model().objects.latest("pk")
    fields = {
        "title": f"Why {PAYLOADS[0]} {PAYLOADS[1]}?", "slug": "hostile", "asker_name": SHORT, "question": MARKDOWN,
        "summary": ALL[:200], "seo_title": PAYLOADS[1], "search_description": ALL[:300], "notes": ALL,
        "answered_by": str(expert.pk), "question_topics": inline_formset([{"topic": str(topic.pk)}]),
        "updates": inline_formset([{"date": "2026-03-01", "note": SHORT}]), "action-publish": "1",
    }  # fmt: skip
    sent = form(*_blocks(image, document, other), **{k: v for k, v in fields.items() if not isinstance(v, dict)})
    sent |= nested_form_data({k: v for k, v in fields.items() if isinstance(v, dict)})
    _post(client, add_address(column), sent)
    page = QuestionPage.objects.get(slug="hostile")
    user = page.owner
    Comment.objects.create(page=page, user=user, text=ALL, contentpath="title")
    page.refresh_from_db()
    page.get_latest_revision_as_object().save_revision(user=user)
    user.first_name, user.last_name = SHORT, PAYLOADS[1][:100]
    user.save()
    VainSearch.objects.create(words=PAYLOADS[4][:100], last_on="2026-01-01")
    _a_letter(folder)
    return page


def _a_letter(folder: Path) -> None:
    """Import one, as it comes from somebody else's system."""
    write(
        folder,
        "a-letter",
        f"::: question\n{MARKDOWN}\n:::\n\n{MARKDOWN}",
        title=f'"Letter {SHORT}"',
        asker=f'"{SHORT}"',
    )
    call_command("import_letters", str(folder), verbosity=0)
    assert QuestionPage.objects.filter(title__startswith="Letter").exists()


def set_up_the_site() -> None:
    """Put it into the settings of the site, too."""
    from home.models import SiteSettings

    settings = SiteSettings.for_site(Site.objects.get())
    settings.brand_name, settings.tagline, settings.footer_text = SHORT[:60], ALL[:200], f"<p>{escape(ALL)}</p>"
    settings.save()
