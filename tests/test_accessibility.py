"""Every page type without a violation that axe-core finds, at phone and desktop width, in both colour schemes."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Site

from home.models import SiteSettings
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ANSWER = [
    ("paragraph", "<p>Hi Robert, <b>yes</b>.</p>"),
    ("heading", {"text": "Why", "level": "h2"}),
    (
        "markdown",
        "A [link](https://example.org), `code` and a note.[^1]\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\n[^1]: Note.",
    ),
    (
        "code",
        {"code": "def f() -> int:\n    return 1  # one", "language": "python", "filename": "a.py", "caption": "C"},
    ),
    (
        "code",
        {
            "code": f"import this\n# {'long ' * 60}\nprint(this)",
            "language": "python",
            "highlight_lines": "1-2",
            "line_numbers": True,
        },
    ),
    ("embed", {"address": "https://vimeo.com/123456", "title": "A talk"}),
    ("embed", {"address": "https://example.org/" + "long" * 40, "title": "A talk elsewhere"}),
    ("steps", [{"title": "First?", "text": "Then this.", "stop": "done."}, {"title": "Second?", "text": "That."}]),
    ("callout", {"kind": "warning", "text": "Careful."}),
    ("quote", {"text": "Words.", "who": "Somebody", "source": "https://example.org"}),
    (
        "pushback",
        {"objection": "But why…", "reply": [("markdown", "Because."), ("code", {"code": "x", "language": "sql"})]},
    ),
]


@pytest.fixture
def addresses(column):
    """The addresses of one page of each type."""
    topic = TopicFactory(name="Django")
    expert = ExpertFactory(name="Maren", role="answers", biography="<p>Long ago.</p>")
    settings = SiteSettings.for_site(Site.objects.get())
    settings.expert, settings.contact_email, settings.footer_text = expert, "a@example.org", "<p>The end.</p>"
    settings.save()
    for day in range(1, 26):
        make_question(asked_on=date(2025, 1, day), topics=[topic], asker_name="Robert B.", summary="Yes.")
    image = get_image_model().objects.create(title="A plan", file=get_test_image_file(size=(1600, 800)))
    document = get_document_model().objects.create(title="Slides", file=ContentFile(b"a", "a.txt"), file_size=2048)
    media = [
        ("image", {"image": image, "caption": "The plan.", "credit": "Somebody"}),
        ("document", {"document": document, "title": "What I showed"}),
    ]
    question = make_question(
        answer=[*ANSWER, *media],
        question="We have a **question**.",
        topics=[topic],
        asked_on=date(2025, 1, 10),
        slug="whole",
        reviewed_on=date(2025, 2, 2),
        review_after=date(2025, 3, 3),
    )
    gone = make_question()
    gone.unpublish()
    private = make_question(private=True, slug="private")
    return {
        "front": "/",
        "index": column.url,
        "second page": f"{column.url}?page=2",
        "topics": f"{column.url}topics/",
        "topic": f"{column.url}topics/django/",
        "year": f"{column.url}archive/2025/",
        "expert": f"{column.url}experts/maren/",
        "question": question.url,
        "search": "/search/?q=careful",
        "nothing found": "/search/?q=zyzzyva",
        "question in its topic": f"{question.url}?topic=django",
        "gone": gone.url,
        "not found": "/nothing-here/",
        "sign in": private.url,
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(browser_page, addresses, scheme):
    browser_page.emulate_media(color_scheme=scheme)
    faults = []
    for name, address in addresses.items():
        browser_page.goto(address)
        browser_page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
        for width in (360, 1280):
            browser_page.set_viewport_size({"width": width, "height": 800})
            found = Axe().run(browser_page)
            for violation in found.response["violations"]:
                faults.append(f"{name}, {width}px: {violation['id']}: {violation['nodes'][0]['html']}")
            if browser_page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append(f"{name}, {width}px: wider than the window")
    assert not faults
