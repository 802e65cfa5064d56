"""The site in other languages than English: every text is translated, and the catalogues that hold them are whole."""

import ast
import gettext
import re
from collections import Counter
from datetime import date
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from wagtail.models import Page, Site, Workflow

from home.first_pages import create_first_pages
from home.models import HomePage
from qa.desk.roles import EDITORS, WRITERS, ensure_roles
from qa.models import QuestionIndexPage, QuestionPage
from site_config import env
from tests import messages
from tests.factories import TopicFactory, make_question

TEMPLATES = sorted((messages.ROOT / "templates").rglob("*.html"))
#: What a translation must have as its original has it: places for values, and HTML.
_FIXED = re.compile(r"%\(\w+\)s|%%?[sd]|</?\w+[^>]*>")
_SPOKEN = {"aria-label", "title", "placeholder", "alt", "label"}


class _Texts(HTMLParser):
    """Collects what readers see or hear of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data):
        self.found.append(data)

    def handle_starttag(self, tag, attrs):
        self.found += [value or "" for name, value in attrs if name in _SPOKEN]


def texts_outside_of_tags(source):
    """Return the texts of a template that no template tag makes."""
    source = re.sub(r"\{#.*?#\}", "", source)
    source = re.sub(r"\{% (comment|blocktranslate)\b.*?%\}.*?\{% end\1 %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"(</?)\{\{.*?\}\}", r"\1x", source)  # an element whose name is a variable
    parser = _Texts()
    parser.feed(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source, flags=re.DOTALL))
    return [text.strip() for text in parser.found if re.search(r"[^\W\d_]", text)]


@pytest.mark.same_on_every_database
def test_no_template_has_a_text_that_cannot_be_translated():
    found = {str(path): texts_outside_of_tags(path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert found
    assert not {path: texts for path, texts in found.items() if texts}


@pytest.mark.same_on_every_database
def test_the_search_for_untranslated_texts_finds_them():
    source = (
        '{# a #}<p title="b">{% translate "c" %} d{{ e }}<i>{% blocktranslate %}f{% endblocktranslate %} 1 ·</i></p>'
    )
    assert texts_outside_of_tags(source) == ["b", "d"]


@pytest.mark.same_on_every_database
def test_no_text_stands_inside_an_f_string():
    """Before Python 3.12 an f-string is one token: what collects the texts sees none in it."""
    found = [
        f"{path.relative_to(messages.ROOT)}:{part.lineno}"
        for folder in messages.CODE
        for path in (messages.ROOT / folder).rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for part in ast.walk(string)
        if isinstance(part, ast.Call) and getattr(part.func, "id", "") in messages.KEYWORDS
    ]
    assert found == []


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parts[-3])
def test_a_translation_is_complete_and_fits_its_originals(path):
    """`make messages` adds what is new; the translation is somebody's work."""
    catalog = messages.read(path)
    translated = {(message.context, message.id): message for message in catalog if message.id}
    wanted = {(message.context, message.id) for message in messages.current() if message.id}
    assert sorted(wanted ^ translated.keys(), key=str) == []
    for message in translated.values():
        originals = [message.id] if isinstance(message.id, str) else [message.id[0], *[message.id[1]] * 5]
        strings = [message.string] if isinstance(message.string, str) else message.string
        assert not message.fuzzy, message.id
        assert all(strings), message.id
        for original, string in zip(originals, strings, strict=False):
            assert Counter(_FIXED.findall(string)) == Counter(_FIXED.findall(original)), message.id


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("path", messages.catalogues(), ids=lambda path: path.parts[-3])
def test_what_a_machine_without_gettext_shows_is_what_the_catalogue_says(path):
    """The .mo files are in the repository, and are those of the .po files."""
    wanted = {}
    for message in messages.read(path):
        if message.id and isinstance(message.id, str):
            wanted[f"{message.context}\x04{message.id}" if message.context else message.id] = message.string
        elif message.id:
            wanted |= {(message.id[0], number): string for number, string in enumerate(message.string)}
    with path.with_suffix(".mo").open("rb") as file:
        stored = gettext.GNUTranslations(file)._catalog
    assert {key: value for key, value in stored.items() if key} == wanted


@pytest.mark.django_db
def test_a_german_site_speaks_german_to_readers_and_writes_its_dates(client, column, settings):
    settings.LANGUAGE_CODE = "de"
    topic = TopicFactory(name="Django")
    question = make_question("Wann Django?", asked_on=date(2025, 9, 12), topics=[topic], asker_name="Robert B.")
    html = client.get(question.url, headers={"host": "localhost"}).content.decode()
    assert '<html lang="de" dir="ltr">' in html
    assert '<time datetime="2025-09-12">12. September 2025</time>' in html
    assert "<bdi>Robert B.</bdi> fragt" in html
    assert "1 Minute Lesezeit" in html
    html = client.get(f"{column.url}topics/", headers={"host": "localhost"}).content.decode()
    assert "1 Frage<" in html
    make_question(topics=[topic])
    html = client.get(f"{column.url}topics/", headers={"host": "localhost"}).content.decode()
    assert "2 Fragen<" in html
    assert "Unter dieser Adresse gibt es keine Seite" in client.get("/nothing/").content.decode()


@pytest.fixture
def _fresh_forms():
    """Wagtail names the parts of an editing form in the language of whoever opens it first, and keeps them."""
    QuestionPage.get_edit_handler.cache_clear()
    yield
    QuestionPage.get_edit_handler.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("_fresh_forms")
def test_a_german_desk_speaks_german_in_wagtails_words_and_in_ours(client, column, settings, editor):
    settings.LANGUAGE_CODE = "de"
    client.force_login(editor)
    html = client.get(f"/admin/pages/add/qa/questionpage/{column.pk}/").content.decode()
    assert '<html lang="de"' in html
    for words in ("Entwurf", "Leserbrief", "Verwandte Fragen", "Einwand"):
        assert words in html


@pytest.mark.django_db
def test_a_new_german_site_has_german_pages_and_a_german_review_but_the_groups_that_code_knows(settings):
    Workflow.objects.all().delete()
    HomePage.objects.all().delete()
    welcome = Page.get_first_root_node().add_child(instance=Page(title="Welcome", slug="welcome"))
    Site.objects.update_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": welcome})
    settings.LANGUAGE_CODE = "de"
    with translation.override(None):  # as `migrate` runs its receivers
        create_first_pages(sender=None)
        ensure_roles()
    column = QuestionIndexPage.objects.get()
    assert (column.get_parent().title, column.title) == ("Fragen und Antworten", "Alle Fragen")
    assert column.get_workflow().name == "Prüfung durch die Redaktion"
    assert column.get_workflow().tasks.get().specific.groups.get().name == EDITORS
    assert WRITERS == "Writers"
    # The language is changed afterwards: what is there stays, nothing is made twice.
    settings.LANGUAGE_CODE = "en"
    ensure_roles()
    assert Workflow.objects.count() == 1


@pytest.mark.same_on_every_database
@pytest.mark.parametrize(("given", "code"), [("de", "de"), ("PT-BR", "pt-br"), ("de-at", "de-at"), ("", "en")])
def test_the_language_is_a_code_that_django_knows(monkeypatch, given, code):
    monkeypatch.setenv("LANGUAGE_CODE", given)
    assert env.language("LANGUAGE_CODE", "en") == code


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("given", ["german", "xx", "de_DE", "../de", "d", "de\x00", "de-" + "x" * 10_000])
def test_any_other_language_is_refused_in_one_sentence(monkeypatch, given):
    monkeypatch.setattr("os.environ", {"LANGUAGE_CODE": given})
    with pytest.raises(ImproperlyConfigured, match="LANGUAGE_CODE must be the code of a language"):
        env.language("LANGUAGE_CODE", "en")


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("given", ["Berlin", "Europe", "../etc/passwd", "UTC+25", "Europe/Berlin\x00"])
def test_a_time_zone_that_is_none_is_refused_in_one_sentence(monkeypatch, given):
    monkeypatch.setattr("os.environ", {"TIME_ZONE": given})
    with pytest.raises(ImproperlyConfigured, match="TIME_ZONE must be a time zone"):
        env.time_zone("TIME_ZONE", "UTC")
