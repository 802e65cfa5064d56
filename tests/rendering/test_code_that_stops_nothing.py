"""A few characters of code that kept a lexer busy for ever: the page with them is a page like any other."""

import re
import signal
import time
from datetime import UTC, datetime, timedelta
from html import unescape

import feedparser
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.urls import reverse

from qa.letters.exporting import letter_of
from qa.letters.form import dump
from qa.rendering.highlighting import highlight
from qa.rendering.languages import LONGEST
from tests.factories import make_question
from tests.letter_files import get, run, the, write
from tests.question_form import add, form, saved

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CODE = {
    "tnt": "!",
    "mcschema": "<!--",
    "scala": '"' + "\\" * 48,
    "tads3": "//" + "\\" * 60,
    "rst": "\n" * 10_000 + "x",
    "md": "\n" * 10_000 + "x",
    "bash": "$'" + "\\" * 48,
    "psql": "db=# DO $$ ! $$ LANGUAGE tnt;",
    "http": 'HTTP/1.1 200 OK\nContent-Type: text/x-scala\n\n"' + "\\" * 48,
}
BLOCKS = [
    pytest.param((kind, value), code, id=f"{language}-{kind}")
    for language, code in CODE.items()
    for kind, value in (
        ("code", {"code": code, "language": language}),
        ("markdown", f"Before.\n\n```{language}\n{code}\n```\n\nBehind."),
    )
]


@pytest.fixture(autouse=True)
def _limit_of_time():
    """Fail after thirty seconds of processor time, whatever loops: the other tests shall have their turn."""

    def stop(_number, _frame):
        raise TimeoutError("the code keeps a lexer busy")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 30)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


def code_of(html):
    return BeautifulSoup(html, "html.parser").find("code").get_text().rstrip("\n")


@pytest.mark.parametrize(("block", "code"), BLOCKS)
def test_the_page_and_its_feed_are_served(client, column, block, code):
    question = make_question(answer=[block])
    assert code_of(get(client, question.url).content) == code
    entry = feedparser.parse(get(client, f"{column.url}feed/").content).entries[0]
    assert code_of(entry.content[0].value).strip() == code.strip()


@pytest.mark.parametrize(("block", "code"), BLOCKS)
def test_a_draft_is_checked_and_previewed(client, column, writer, block, code):
    draft = make_question(answer=[block], publish=False)
    client.force_login(writer)
    assert client.get(reverse("question_checks", args=[draft.pk])).status_code == 200
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[draft.pk])
    kind, value = block
    typed = {"code": code, "language": value["language"], "filename": "", "caption": ""} if kind == "code" else value
    assert client.post(address, form((kind, typed))).json()["is_valid"]
    for mode in ("", "feed", "letter"):
        assert client.get(address, {"mode": mode}).status_code == 200


@pytest.mark.parametrize(("block", "code"), BLOCKS)
def test_a_letter_is_imported_published_and_exported(client, folder, block, code):
    kind, value = block
    text = f"```{value['language']}\n{code}\n```" if kind == "code" else f"::: markdown\n{value}\n:::"
    write(folder, "one", text, status="published")
    run(folder)
    assert code_of(get(client, the("one").url).content) == code
    assert code in dump(letter_of(the("one")))
    assert "1 unchanged" in run(folder)


@pytest.mark.parametrize(("block", "code"), BLOCKS)
def test_the_clock_publishes_it_and_what_comes_after_it(client, block, code):
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as clock:
        due = [make_question(answer=[each], go_live_at=NOON) for each in (block, ("markdown", "Harmless."))]
        clock.move_to(NOON)
        call_command("run_scheduler", "--once")
        assert [get(client, question.url).status_code for question in due] == [200, 200]


# One step of a lexer is stopped by nobody: none may look through the rest of the text again and again

LIMIT = 0.6  # seconds of processor time: the lexer's quarter, and as much again for a busy machine
AGAIN_AND_AGAIN = [
    ("apacheconf", "<a\n", " "),
    ("html+django", "", "{#"),
    ("ini", "a:", " "),
    ("terraform", "x", " "),
    ("terraform", "x", "\n"),
    ("yaml+jinja", "", "{#"),
]


@pytest.mark.parametrize(("language", "beginning", "piece"), AGAIN_AND_AGAIN)
def test_code_of_the_greatest_length_with_colours_is_done_in_time(language, beginning, piece):
    code = (beginning + piece * LONGEST)[:LONGEST]
    started = time.thread_time()
    html = highlight(code, language)
    assert time.thread_time() - started < LIMIT
    assert unescape(re.sub("<[^>]*>", "", html)) == code


def test_what_is_repaired_keeps_its_colours():
    """What the regular expressions that were changed have found before, they find now."""
    assert 'hl-c">{# a #}' in highlight("x {# a #} {{ b }}", "jinja")
    assert "hl-nv" in highlight("{% raw %}{{ a }}{% endraw %}{{ b }}", "jinja")
    assert 'hl-k">endcomment' in highlight("{% comment %}a{% endcomment %}", "jinja")
    assert 'hl-nt">&lt;VirtualHost' in highlight("<VirtualHost  *:80>\n</VirtualHost>", "apacheconf")
    assert 'hl-s">b c' in highlight("a =  b c", "ini")
    assert 'hl-nb">locals' in highlight("locals {\n a = 1\n}", "terraform")


# Languages without colours


def test_code_in_a_language_without_colours_is_published_plain_and_the_editor_is_told(client, column, editor):
    code = {"code": "val x = 1", "language": "scala", "filename": "", "caption": ""}
    add(client, editor, column, ("code", code), ("markdown", "```fish\nset x 1\n```"), publish=True)
    page = saved()
    assert page.live
    assert page.answer[0].value["language"] == "scala"
    shown = BeautifulSoup(get(client, page.url).content, "html.parser").find(id="letter").find_all("code")
    assert [code.get_text().strip() for code in shown] == ["val x = 1", "set x 1"]
    assert not [code for code in shown if code.find("span")]
    checks = client.get(reverse("question_checks", args=[page.pk])).content.decode()
    assert "Code in “scala” is shown without colours" in checks
    assert "Code in “fish” is shown without colours" in checks


def test_an_import_keeps_the_language_and_says_that_it_has_no_colours(folder):
    path = write(folder, "one", "```scala\nval x = 1\n```", status="published")
    inside = write(folder, "two", "::: pushback But\n```fish\nx\n```\n:::\n\n```python\nx\n```")
    printed = run(folder, strict=True)
    assert f"{path}: code in `scala` has no colours and is shown plain" in printed
    assert f"{inside}: code in `fish` has no colours and is shown plain" in printed
    assert "python" not in printed
    assert the("one").answer[0].value["language"] == "scala"
