"""Whoever follows a recipe of docs/extending.md gets what it promises: its code is read there, and nothing is added."""

import re
from contextlib import contextmanager
from importlib import import_module, reload
from pathlib import Path
from unittest.mock import patch

import feedparser
import pytest
from babel.messages.frontend import CommandLineInterface
from django.template import Context, Template
from django.urls import clear_url_caches, reverse
from django.utils import translation
from wagtail import hooks
from wagtail.admin.menu import reports_menu
from wagtail.admin.viewsets import viewsets
from wagtail.contrib.redirects.models import Redirect
from wagtail.signals import page_published

from qa.blocks import answer as answer_module
from qa.blocks import text
from qa.desk.form.checks import findings
from qa.desk.questions.filters import STATES
from qa.desk.reports import menu
from qa.letters.blocks.registry import FORMS
from qa.letters.exporting import letter_of
from qa.letters.form import dump, parse
from qa.models import Inspection, QuestionIndexPage, QuestionPage, index
from qa.publishing import signal_handlers
from qa.publishing.outer_caches import lists
from qa.querysets import QuestionPageQuerySet
from tests import messages
from tests.factories import ExpertFactory, make_question
from tests.letter_files import get, run, the, write
from tests.publishing.test_events import connected, written
from tests.question_form import add, add_address, edit_address, saved

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
RECIPES = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
STREAM = QuestionPage.answer.field.stream_block
CODE = "```\nx = 1\n```"


def snippets():
    """Return the code of the recipes by what its first line says: the file, and the place in it."""
    found = re.findall(r"^```\w+\n(.*?)^```$", RECIPES, re.MULTILINE | re.DOTALL)
    return {re.sub(r"^(# |\{# )|( #\})$", "", code.partition("\n")[0]): code for code in found}


SNIPPETS = snippets()


def made(place, known=None):
    """Return what the code for a place defines; ``known`` are those that the file has."""
    before = {"__name__": place.partition(".py")[0].replace("/", "."), **(known or {})}
    names = dict(before)
    exec(compile(SNIPPETS[place], place, "exec"), names)  # noqa: S102 - the code of our own handbook
    return {name: value for name, value in names.items() if value is not before.get(name) and name != "__builtins__"}


def entries(place, known):
    """Return what the lines for a dictionary or a tuple add to it."""
    opening, closing = "()" if ":" not in SNIPPETS[place] else "{}"
    return eval(opening + SNIPPETS[place] + closing, dict(known))  # noqa: S307 - the same


@pytest.fixture
def term(monkeypatch, settings, tmp_path):
    """The block of the recipe, as an answer has it that was made by the recipe."""
    template = tmp_path / "templates" / "qa" / "blocks" / "term.html"
    template.parent.mkdir(parents=True)
    template.write_text(SNIPPETS["templates/qa/blocks/term.html"])
    settings.TEMPLATES = [
        {**engine, "DIRS": [tmp_path / "templates", *engine["DIRS"]]} for engine in settings.TEMPLATES
    ]
    defined = made("qa/blocks/text.py", vars(text))
    for name, block in made("qa/blocks/answer.py, in AnswerBlock", vars(answer_module) | defined).items():
        assert name not in dir(STREAM)
        block.set_name(name)
        monkeypatch.setitem(STREAM.child_blocks, name, block)
    known = vars(import_module("qa.letters.blocks.texts"))
    forms = entries("qa/letters/blocks/registry.py, in FORMS", made("qa/letters/blocks/texts.py", known))
    for name, form_of_block in forms.items():
        monkeypatch.setitem(FORMS, name, form_of_block)
    return STREAM.child_blocks["term"]


def block(meaning, word="MVCC"):
    return ("term", {"term": word, "meaning": meaning})


def test_a_block_is_offered_in_the_form_with_a_preview_and_kept_as_it_was_typed(client, column, editor, term):
    client.force_login(editor)
    page = client.get(add_address(column)).content.decode()
    assert "A word of the trade, explained beside the text." in page
    shown = client.get(reverse("wagtailadmin_block_preview"), {"id": term.definition_prefix}).content.decode()
    assert "<dfn>MVCC</dfn>" in shown
    assert "<em>old</em> row" in shown
    assert add(client, editor, column, block("\r\nOld *rows*.\r\n")).status_code == 302
    assert dict(saved().answer[0].value) == {"term": "MVCC", "meaning": "Old *rows*."}
    assert "Old *rows*." in client.get(edit_address(saved())).content.decode()


def test_readers_find_a_block_on_its_page_in_the_search_and_in_the_feed(client, column, editor, term):
    add(client, editor, column, block("The *quokka* stays."), publish=True)
    question = QuestionPage.objects.get(slug="a-question")
    html = get(client, question.url).content.decode()
    assert '<aside class="term" role="note">' in html
    assert "<dfn>MVCC</dfn>" in html
    assert "The <em>quokka</em> stays." in html
    assert question.title in get(client, "/search/?q=quokka").content.decode()
    assert question.title in get(client, "/search/?q=mvcc").content.decode()
    assert "Nothing was found." in get(client, "/search/?q=in+plain+words").content.decode()
    (entry,) = feedparser.parse(get(client, f"{column.url}feed/").content).entries
    assert "The <em>quokka</em> stays." in entry.content[0].value


@pytest.mark.parametrize(
    "meaning", ["Old *rows*.", "", "::: tip\nA fence.\n:::", "- one\n\n      two\n\n[a]: b", ":::"]
)
@pytest.mark.parametrize("word", ["MVCC", "two words", "", "::: odd", '“{}" #'])
def test_a_block_travels_in_a_letter_and_comes_back_as_it_was(column, folder, term, word, meaning):
    question = make_question(
        slug="one", answer=[("markdown", "Before."), block(meaning, word), ("markdown", "Behind.")]
    )
    letter = letter_of(question)
    assert letter.blocks[1].value == {"term": word, "meaning": meaning}
    assert parse(dump(letter)) == letter
    assert ("::: term MVCC\nOld *rows*.\n:::" in dump(letter)) == (word == "MVCC" and meaning == "Old *rows*.")
    (folder / "one.md").write_text(dump(letter), encoding="utf-8")
    assert "1 unchanged, 0 wrong" in run(folder)
    if not (word and meaning):  # a draft, which no letter makes a page of
        return
    question.delete()
    assert "1 created" in run(folder)
    assert letter_of(the(letter.id)).blocks == letter.blocks


def test_links_between_files_in_a_block_follow_their_letter(folder, term):
    write(folder, "one", "::: term MVCC\nSee [two](two.md).\n:::")
    write(folder, "two")
    run(folder)
    assert the("one").answer[0].value["meaning"] == "See [two](letter:two)."


def test_a_link_that_leads_nowhere_is_told_of_wherever_editors_look(client, column, editor, term):
    response = add(client, editor, column, block("See [that](page:999999)."))
    assert "page:999999" in client.get(response.url).content.decode()
    add(client, editor, column, block("See [that](page:999999)."), publish=True)
    assert not QuestionPage.objects.get(slug="a-question").live
    question = make_question("Which?", answer=[block("See [here](/questions/none/) and [there](https://e.example/).")])
    place = f"answer.{question.answer[0].id}"
    assert Inspection.objects.get(page=question).links == [
        ["/questions/none/", place],
        ["https://e.example/", place],
    ]
    report = client.get("/admin/reports/broken-links/").content.decode()
    assert "There is nothing for readers at /questions/none/." in report


def test_the_words_of_a_block_are_checked_and_so_is_what_only_the_block_knows(column, monkeypatch, term):
    question = make_question(
        publish=False, answer=[block(f"Read it [here](https://e.example/).\n\n{CODE}", "a b c d e")]
    )
    for name, method in made("qa/blocks/text.py, in TermBlock", vars(text)).items():
        monkeypatch.setattr(type(term), name, method, raising=False)
    said = " ".join(finding.message for finding in findings(question))
    assert "this one is a sentence" in said
    assert "“here” does not say where it leads" in said
    assert "Code in Markdown names no language" in said
    assert "this one is a sentence" not in str(findings(make_question(publish=False, answer=[block("Yes.")])))
    assert findings(make_question(publish=False, answer=[("term", {})]))


@pytest.fixture
def report(monkeypatch):
    """The report of the recipe, at its address and in the menu."""
    defined = made("qa/desk/reports/long_answers.py")
    added = entries("qa/desk/reports/menu.py, in REPORTS", vars(menu) | defined)
    monkeypatch.setattr(menu, "REPORTS", (*menu.REPORTS, *added))
    with addresses_read_anew(), hooks.register_temporarily("register_reports_menu_item", menu.menu_items()[-1]):
        monkeypatch.delitem(vars(reports_menu), "registered_menu_items", raising=False)
        yield
        vars(reports_menu).pop("registered_menu_items", None)


@contextmanager
def addresses_read_anew():
    """In the ``with`` block the desk has the addresses that its rooms name now."""

    def read():
        with patch.object(viewsets, "populate"):  # they are registered already, and would be twice
            reload(import_module("wagtail.admin.urls"))
        reload(import_module("site_config.urls"))
        clear_url_caches()

    read()
    try:
        yield
    finally:
        read()


def test_a_report_stands_in_the_menu_lists_what_it_says_and_can_be_taken_along(client, column, writer, report):
    client.force_login(writer)
    address = "/admin/reports/long-answers/"
    assert "No answer is too long." in client.get(address).content.decode()
    make_question("Long?", answer=[("markdown", "word " * 2001)])
    make_question("Short?")
    page = client.get(address)
    assert [question.title for question in page.context["object_list"]] == ["Long?"]
    assert "Live answers of more than 2,000 words." in page.content.decode()
    assert address in client.get("/admin/").content.decode()
    assert b"".join(client.get(f"{address}?export=csv").streaming_content).decode().split() == [
        "Question,Words", "Long?,2001"
    ]  # fmt: skip
    client.logout()
    assert client.get(address).status_code == 302


def test_a_status_narrows_the_list_of_questions(client, column, writer, monkeypatch):
    for name, rule in made("qa/querysets.py, in QuestionPageQuerySet", vars(import_module("qa.querysets"))).items():
        monkeypatch.setattr(QuestionPageQuerySet, name, rule, raising=False)
    known = vars(import_module("qa.desk.questions.filters"))
    for value, status in entries("qa/desk/questions/filters.py, in STATES", known).items():
        monkeypatch.setitem(STATES, value, status)
    make_question("Whose?", asker_name="")
    make_question("Mine?", asker_name="Zoë")
    client.force_login(writer)
    page = client.get("/admin/questions/?status=anonymous")
    assert [question.title for question in page.context["object_list"]] == ["Whose?"]
    assert "Without a name" in page.content.decode()


@pytest.fixture
def feed(monkeypatch):
    """The feed of the recipe."""
    for name, view in made("qa/models/index.py, in QuestionIndexPage", vars(index)).items():
        monkeypatch.setattr(QuestionIndexPage, name, view, raising=False)
    for folder, endings in entries("qa/models/index.py, in ENDINGS", {}).items():
        monkeypatch.setitem(index.ENDINGS, folder, endings)
    monkeypatch.setattr(QuestionIndexPage, "_routablepage_urlresolver", None, raising=False)
    del QuestionIndexPage._routablepage_urlresolver  # it is made anew, with the route


def test_a_feed_is_read_linked_to_and_known_to_whoever_knows_addresses(client, column, editor, feed):
    expert = ExpertFactory(name="Maren", slug="maren")
    make_question("Hers?", answered_by=expert)
    make_question("Another's?", answered_by=ExpertFactory())
    address = f"{column.url}experts/maren/feed/"
    found = feedparser.parse(get(client, address).content)
    assert [entry.title for entry in found.entries] == ["Hers?"]
    assert found.feed.title.endswith(": Maren")
    assert found.feed.id.endswith(f":expert/{expert.pk}")
    assert found.feed.links[1].href.endswith(address)
    assert get(client, f"{column.url}experts/nobody/feed/").status_code == 404
    link = next(code for code in SNIPPETS.values() if code.startswith("<a "))
    shown = Template(f"{{% load i18n wagtailroutablepage_tags %}}{link}").render(
        Context({"column": column, "expert": expert, "request": None})
    )
    assert f'href="{address}"' in shown
    # Whoever knows addresses.
    assert any(purged.endswith(address) for purged in lists(experts=[expert]))
    assert "/experts/maren/feed/" in column.get_route_paths()
    make_question("A link?", answer=[("markdown", f"[it]({address}), [gone]({column.url}experts/maren/fee/)")])
    client.force_login(editor)
    report = client.get("/admin/reports/broken-links/").content.decode()
    assert "experts/maren/fee/." in report
    assert "experts/maren/feed/." not in report
    expert.slug = "holloway"
    expert.save()
    assert Redirect.objects.filter(old_path="/questions/experts/maren/feed").exists()


def test_a_receiver_acts_on_a_publication_and_is_missed_in_the_table_of_events(client, column, editor, caplog):
    defined = made("qa/publishing/signal_handlers.py", vars(signal_handlers))
    made("qa/publishing/signal_handlers.py, in connect", vars(signal_handlers) | defined)
    try:
        event = ("page_published", "QuestionPage")
        assert connected()[event] == [*written()[event][:1], "publishing.signal_handlers.announce"]
        caplog.set_level("INFO")
        add(client, editor, column, ("markdown", "Yes."), publish=True)
        assert f"Published: {QuestionPage.objects.get().full_url}" in caplog.messages
        assert defined["announce"].may_fail
    finally:
        assert page_published.disconnect(sender=QuestionPage, dispatch_uid="qa.announce")


@pytest.mark.same_on_every_database
def test_a_language_is_a_catalogue_that_is_filled_translated_and_compiled(settings, tmp_path):
    command = re.search(r"`pybabel (init [^`]+)`", (ROOT / "docs" / "operating.md").read_text(encoding="utf-8"))[1]
    CommandLineInterface().run(["pybabel", *command.replace("-d locale", f"-d {tmp_path}").split()])
    (catalogue,) = tmp_path.glob("*/LC_MESSAGES/django.po")
    messages.update(catalogue)
    assert {message.id for message in messages.read(catalogue)} >= {message.id for message in messages.current()}
    text = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(text.replace('msgid "Short answer"\nmsgstr ""', 'msgid "Short answer"\nmsgstr "En bref"'))
    messages.update(catalogue)
    settings.LOCALE_PATHS = [tmp_path]
    with translation.override("fr"):
        assert translation.gettext("Short answer") == "En bref"


def test_each_place_that_a_recipe_names_is_there():
    named = re.findall(r"`((?:qa|tests|templates|static|docs|locale|site_config)/[\w./-]*)`", RECIPES)
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]
    for place in SNIPPETS:
        file, _comma, within = place.partition(", in ")
        if within:
            known = (ROOT / file).read_text(encoding="utf-8") + SNIPPETS.get(file, "")
            assert re.search(rf"^(class |def )?{within}\b", known, re.MULTILINE)
