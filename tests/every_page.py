"""One page of each type that readers meet, for the tests that look at all of them."""

from datetime import date, timedelta

from django.core.files.base import ContentFile
from django.core.management import call_command
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction, Site

from home.models import SiteSettings
from qa.models import QuestionIndexPage, QuestionPage, QuestionUpdate
from tests.factories import ExpertFactory, TopicFactory, make_question

LONG_CODE = f"import this\n# {'long ' * 60}\nprint(this)"
TABLE = "| a | b |\n|---|--:|\n| 1 | 2 |\n"
LETTER = f"""A [link](https://example.org), `code`, <kbd>F5</kbd> and a note.[^1]

{TABLE}
{TABLE}
- [x] done
- [ ] open

```python
x = 1
```

[^1]: Note."""


def whole_answer(other: QuestionPage) -> list[tuple]:
    """Return an answer with every kind of block, twice where two of a kind may get into each other's way."""
    image = get_image_model().objects.create(title="A plan", file=get_test_image_file(size=(1600, 800)))
    image.contextual_alt_text = "A plan"
    document = get_document_model().objects.create(title="Slides", file=ContentFile(b"a", "a.txt"), file_size=2048)
    columns = [{"type": "text", "heading": "What"}, {"type": "verdict", "heading": "Django"}]
    rows = [{"values": ["An *evening*", kind]} for kind in ("yes", "no", "depends")]
    pushback = {"objection": "But `why`…", "reply": [("markdown", "Because."), ("code", {"code": "x", "language": ""})]}
    return [
        ("paragraph", "<p>Hi Robert, <b>yes</b>.</p>"),
        ("heading", {"text": "Why", "level": "h2"}),
        ("heading", {"text": "Why exactly", "level": "h3"}),
        ("markdown", LETTER),
        ("short_answer", "Yes, **if** it is yours."),
        ("code", {"code": "def f():\n    return 1  # one", "language": "python", "filename": "a.py", "caption": "C"}),
        ("code", {"code": LONG_CODE, "language": "python", "highlight_lines": "1-2", "line_numbers": True}),
        ("embed", {"address": "https://vimeo.com/123456", "title": "A talk"}),
        ("embed", {"address": "https://example.org/" + "long" * 40, "title": "A talk elsewhere"}),
        ("steps", [{"title": "First?", "text": "Then this.", "stop": "done."}, {"title": "Second?", "text": "That."}]),
        ("callout", {"kind": "warning", "date": None, "text": "Careful."}),
        ("callout", {"kind": "correction", "date": "2026-02-03", "text": "It was wrong."}),
        ("quote", {"text": "Words.", "who": "Somebody", "source": "https://example.org"}),
        ("comparison", {"caption": "What each costs", "columns": columns, "rows": rows}),
        ("comparison", {"caption": "", "columns": columns, "rows": rows}),
        ("pushback", pushback),
        ("pushback", pushback),
        ("image", {"image": image, "caption": "The plan.", "credit": "Somebody"}),
        ("document", {"document": document, "title": "What I showed"}),
        ("related", {"question": other, "note": "It goes on there."}),
        ("related", {"question": other, "note": ""}),
    ]


def make_every_page(column: QuestionIndexPage) -> dict[str, str]:
    """Fill a column and return the addresses of one page of each type, by what it is."""
    topic = TopicFactory(name="Django", description="The framework.")
    careers = TopicFactory(name="Careers & Co", slug="careers")
    expert = ExpertFactory(name="Maren Holloway", slug="maren", role="answers", biography="<p>Long ago.</p>")
    settings = SiteSettings.for_site(Site.objects.get())
    settings.expert, settings.contact_email, settings.footer_text = expert, "a@example.org", "<p>The end.</p>"
    settings.tagline = "Straight answers"
    settings.save()
    column.introduction = "<p>All of them &amp; more.</p>"
    column.save_revision().publish()
    for number in range(21):
        day = date(2024, 12, 20) + timedelta(days=number)
        make_question(asked_on=day, topics=[topic], asker_name="Robert B.", summary="Yes.")
    other = make_question("The other one?", topics=[topic, careers], asked_on=date(2025, 1, 20), slug="other")
    question = make_question(
        "Is this the whole of it?",
        answer=whole_answer(other),
        question="We have a **question**.\n\n" + "It is long. " * 80,
        summary="Yes, it is.",
        asker_name="Zoë K.",
        topics=[topic, careers],
        asked_on=date(2025, 1, 10),
        reviewed_on=date(2025, 2, 2),
        review_after=date(2025, 6, 1),
        slug="whole",
        follow_up_to=other,
    )
    question.updates = [QuestionUpdate(date=date(2026, 3, 1), note="New.")]
    question.save_revision().publish()
    make_question("A follow-up?", asked_on=date(2025, 1, 11), follow_up_to=question, slug="follow-up")
    private = make_question(private=True, slug="private")
    locked = make_question(slug="locked")
    PageViewRestriction.objects.create(page=locked, restriction_type="password", password="a word")
    gone = make_question(slug="gone", topics=[topic])
    gone.unpublish()
    SearchPromotion.objects.create(query=Query.get("whole"), page=question, sort_order=0)
    call_command("rebuild_search", verbosity=0)
    return {
        "front": "/",
        "index": column.url,
        "second page": f"{column.url}?page=2",
        "topics": f"{column.url}topics/",
        "topic": f"{column.url}topics/django/",
        "year": f"{column.url}archive/2025/",
        "expert": f"{column.url}experts/maren/",
        "question": question.url,
        "question within a topic": f"{question.url}?topic=django",
        "search": "/search/",
        "search with results": "/search/?q=whole",
        "search narrowed": "/search/?q=answer&topic=django&year=2025",
        "search in vain": "/search/?q=xylophone",
        "not found": "/nothing-here/",
        "gone": gone.url,
        "sign in": private.url,
        "password": locked.url,
    }
