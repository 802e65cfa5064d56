"""Pages in a language with long words, and in a made-up one that is written from right to left."""

from datetime import date

import pytest
from babel.messages.catalog import Catalog
from wagtail.models import Site

from home.models import HomePage, SiteSettings
from qa.models import listing
from tests import messages
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Stands in everything that an editor or a reader would have written.
CONTENT = "¤"
#: Around every text of ours in the made-up language: brackets, and the marks that isolate a right-to-left text in
#: Unicode's bidirectional algorithm (UAX 9: RLI, PDI).
OPENING, CLOSING = "\u2067⟦", "⟧\u2069"

#: Texts that were neither translated nor written by anybody: letters without a mark, in text or in what is read aloud.
LEFT_OUT = """() => {
  const ours = (text) => !/\\p{L}/u.test(text.replace(/https?:\\S+/g, "")) || /[⟦⟧¤]/.test(text);
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data;
    // Months are Django's words, initials are made of a name; code and found words are content.
    if (!ours(text) && !walker.currentNode.parentElement.closest("time, .avatar, pre, mark")) found.push(text.trim());
  }
  for (const element of document.querySelectorAll("body :is([aria-label], [title], [placeholder])")) {
    for (const name of ["aria-label", "title", "placeholder"]) {
      if (!ours(element.getAttribute(name) || "")) found.push(`${name}=${element.getAttribute(name)}`);
    }
  }
  return found;
}"""
SHAPE = """() => ({
  wide: [...document.querySelectorAll("body *")]
    .filter((each) => !each.closest("pre, .table-scroll, .spoken, .skip-link"))
    .filter((each) => {
      const box = each.getBoundingClientRect();
      return box.right > innerWidth + 1 || box.left < -1;
    })
    .map((each) => `${each.localName}.${each.className}`),
  direction: document.documentElement.dir,
  width: document.documentElement.scrollWidth,
  brand: document.querySelector(".brand").getBoundingClientRect().toJSON(),
  code: [...document.querySelectorAll("pre, .code-name")].map((each) => getComputedStyle(each).direction),
  covered: [...document.querySelectorAll(".code-sample.copyable")].some((box) => {
    const [name, button] = [box.querySelector(".code-name code"), box.querySelector(".copy")];
    if (!name) return false;
    const [one, other] = [name.getBoundingClientRect(), button.getBoundingClientRect()];
    return one.right > other.left && one.left < other.right && one.bottom > other.top;
  }),
})"""


@pytest.fixture
def addresses(column, settings, monkeypatch):
    """Front page, index, question, topics, search and a page that is not there, in the site's language."""

    def make(language):
        settings.LANGUAGE_CODE = language
        monkeypatch.setattr(listing, "PER_PAGE", 2)
        column.title = f"{CONTENT} All"
        column.save_revision().publish()
        topic = TopicFactory(name=f"{CONTENT} Softwarearchitekturentscheidungen", slug="topic")
        answer = [
            ("paragraph", f"<p>{CONTENT} Hi, <code>{CONTENT} code</code>.</p>"),
            ("short_answer", f"{CONTENT} Yes."),
            ("heading", {"text": f"{CONTENT} Why", "level": "h2"}),
            ("code", {"code": "x = 1  # one", "language": "python", "filename": f"{CONTENT}.py"}),
            ("steps", [{"title": f"{CONTENT}?", "text": f"{CONTENT}.", "stop": f"{CONTENT} done."}]),
            ("pushback", {"objection": f"{CONTENT} But", "reply": [("markdown", f"```\n{CONTENT} y\n```")]}),
            ("pushback", {"objection": f"{CONTENT} And", "reply": [("markdown", f"| {CONTENT} |\n|--|\n| 1 |")]}),
            ("callout", {"kind": "warning", "text": f"{CONTENT} Careful."}),
            ("embed", {"address": "https://vimeo.com/1", "title": CONTENT}),
        ]
        name = f"{CONTENT} Maren"
        questions = [
            make_question(
                f"{CONTENT} Geschwindigkeitsbeschränkungsüberprüfung?",
                asked_on=date(2025, 1, day),
                topics=[topic],
                asker_name=name if day % 2 else "",
                question=f"{CONTENT} The letter.",
                answer=answer,
                answered_by=ExpertFactory(name=name, slug="maren") if day == 3 else None,
                reviewed_on=date(2025, 2, 1),
                review_after=date(2025, 3, 1),
            )
            for day in range(1, 6)
        ]
        front = HomePage.objects.get()
        front.title, front.featured_question = f"{CONTENT} Front", questions[4]
        front.save_revision().publish()
        brand = SiteSettings.for_site(Site.objects.get())
        brand.brand_name = f"{CONTENT} & {CONTENT}"
        brand.save()
        return [
            "/",
            column.url,
            f"{questions[2].url}?topic=topic",
            f"{column.url}topics/",
            f"{column.url}topics/topic/",
            "/search/?q=Hi",
            "/search/?q=nothing-like-it",
            "/nothing/",
        ]

    return make


@pytest.fixture
def mirrored(tmp_path, settings):
    """A language that is written from right to left and has Arabic's six plural forms, made of the English texts."""
    catalog = Catalog(locale="ar", domain="django")
    for message in messages.current():
        if isinstance(message.id, str) and message.id:
            catalog.add(message.id, f"{OPENING}{message.id}{CLOSING}", context=message.context)
        elif message.id:
            catalog.add(message.id, [f"{OPENING}{message.id[1]}{CLOSING}"] * catalog.num_plurals)
    folder = tmp_path / "locale" / "ar_XB" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(messages.compiled(catalog))
    settings.LOCALE_PATHS = [str(tmp_path / "locale")]
    return "ar-xb"


def test_a_mirrored_page_is_whole_and_no_text_of_it_is_left_untranslated(browser_page, addresses, mirrored):
    for address in addresses(mirrored):
        browser_page.goto(address)
        for width in (360, 1280):
            browser_page.set_viewport_size({"width": width, "height": 900})
            shape = browser_page.evaluate(SHAPE)
            where = f"{address} at {width}"
            assert shape["direction"] == "rtl", where
            assert shape["width"] <= width, f"{where}: {shape['wide']}"
            assert shape["brand"]["right"] > width * 0.8, where
            assert set(shape["code"]) <= {"ltr"}, where
            assert not shape["covered"], where
        assert browser_page.evaluate(LEFT_OUT) == [], address


def test_german_words_fit_on_a_phone(browser_page, addresses):
    for address in addresses("de")[:5]:
        browser_page.goto(address)
        for width in (360, 1280):
            browser_page.set_viewport_size({"width": width, "height": 900})
            shape = browser_page.evaluate(SHAPE)
            assert shape["direction"] == "ltr"
            assert shape["width"] <= width, f"{address} at {width}: {shape['wide']}"
