"""What readers of code are promised: every character of it, and a site that no code can stop."""

import inspect
import re

import pytest
from bs4 import BeautifulSoup
from pygments.lexer import Lexer
from pygments.lexers import LEXERS

from benchmarks import lexers
from benchmarks.lexers import Input, Task
from qa.rendering import highlighting
from qa.rendering.highlighting import highlight, highlight_by_line
from qa.rendering.languages import LANGUAGES, has_colours, is_language, lexer_of, longest

pytestmark = pytest.mark.same_on_every_database

SAMPLES = [
    "",
    "\n",
    "\n\n",
    "x",
    "x\n",
    "\n\nx\n\n",
    "$ pip install django",
    "$ pip install django\nDone.",
    "$ ",
    "$",
    ">>> ",
    '>>> 1 / 0\nTraceback (most recent call last):\n  File "<stdin>"\nZeroDivisionError: division by zero',
    "... x",
    "db=# select 1;",
    "db=# select 1\ndb-# from a;\n ?column?\n--------\n 1\n(1 row)",
    "sqlite> select 1;\n1",
    "sqlite> ",
    "PS C:\\> Get-ChildItem",
    "irb(main):001:0> 1 + 1\n=> 2",
    "root@host:~# ls -l \\\n> /tmp",
    "(venv) $ make\nok",
    "    indented\n\tby a tab\n  \n",
    "   ",
    "\t",
    "a\rb\r\nc\r",
    "\ufeffa = 1",
    "a\u2028b\x0cc\x0bd\x85e",
    "x\x00y\x1b[0m",
    "ä = '日本語' # 😀 e\u0301",
    "<b>&amp;</b> \"quoted\" 'too'",
    '"never closed',
    "'''never\nclosed",
    "/* never",
    "<!-- never",
    "```python\nx = 1\n```",
    "~~~\nx",
    "cat <<EOF\n$HOME\nEOF",
    '{% if a %}{{ b|c:"d" }}',
    'HTTP/1.1 200 OK\nA: b\n\n{"a": 1}',
    "diff --git a b\n@@ -1 +1 @@\n-a\n+b",
    "[section]\nkey = value ; why\n= none\nalone",
    "key: |\n  text\n- &a *b !c",
    "FROM a AS b\nRUN echo $'a\\'b' && \\\n  ls",
    "all: a\n\techo $(HOME)",
    "DO $$ begin null; end $$ LANGUAGE plpgsql;",
    ".. code-block:: python\n\n   x = 1\n",
    "<script>let a = `${b}`;</script><style>a { b: c }</style>",
    "\\",
    "$'",
    "#",
    "%",
]

#: What stopped the site or slowed it down: with other lexers, or with these before they were repaired.
HOSTILE = [
    *(Input("", character, "") for character in '!~"\\\n #:;<&('),
    *(Input(quote, "\\", "") for quote in ('"', "'", "`", "/", "//", "$'", "<", "[", "\\'")),
    *(Input(beginning, " ", "") for beginning in ("$ ", "/*", "a = ", "# ")),
    Input("<!--", '"', ""),
    Input("<<", "0", ""),
    Input('r"', ":", ""),
    Input("", "\n", "x"),
    Input("", " \n", ""),
    Input('"', "\\0", ""),
]


def text_of(html):
    return BeautifulSoup(f"<pre>{html}</pre>", "html.parser").get_text()


@pytest.mark.parametrize("language", ["", "no-such-language", "scala", *LANGUAGES])
def test_the_text_of_highlighted_code_is_the_code(language):
    for code in SAMPLES:
        assert text_of(highlight(code, language)) == code
        assert text_of(highlight_by_line(code, language, [range(1, 3)])) == code


@pytest.mark.parametrize(
    ("language", "code", "first"),
    [
        ("console", "$ pip install django", "hl-gp"),
        ("pycon", ">>> 1", "hl-gp"),
        ("psql", "db=# select 1;", "hl-gp"),
        ("sqlite3", "sqlite> select 1;", "hl-gp"),
        ("pwsh-session", "PS C:\\> dir", "hl-gp"),
        ("rbcon", "irb(main):001:0> 1", "hl-gp"),
    ],
)
def test_a_session_of_one_line_has_its_colours(language, code, first):
    assert f'<span class="{first}">' in highlight(code, language)


def test_lines_are_counted_as_they_are_seen():
    lines = BeautifulSoup(highlight_by_line("a\n\nb\n", "python", [range(2, 3)]), "html.parser").find_all(
        "span", "line"
    )
    assert [line.get_text() for line in lines] == ["a\n", "\n", "b\n"]
    assert [line["class"] for line in lines] == [["line"], ["line", "marked"], ["line"]]


def test_no_language_with_colours_can_be_kept_busy():
    tasks = [Task(language, shape, 600) for language in LANGUAGES for shape in HOSTILE]
    done = list(lexers.outcomes(tasks))  # in one child process, which is killed after some seconds
    assert [outcome for outcome in done if outcome.fault or outcome.seconds > lexers.LIMIT] == []
    assert len(done) == len(tasks)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("mcschema", "<!--"),
        ("scala", '"' + "\\" * 48),
        ("tads3", "//" + "\\" * 60),
        ("fish", '"' + "\\" * 60),
    ],
)
def test_the_measurement_finds_those_that_stopped_the_site(monkeypatch, language, code):
    monkeypatch.setattr(lexers, "KILLED_AFTER", 0.2)
    monkeypatch.setattr(highlighting, "_LONGEST_TIME", 60)  # seconds: the site itself would stop some of them
    (outcome,) = lexers.outcomes([Task(language, Input(code, " ", ""), len(code))], of_pygments=True)
    assert outcome.fault == "killed"
    assert not has_colours(language)
    assert is_language(language)


def test_code_that_takes_too_long_or_is_too_long_is_plain(monkeypatch):
    slow = "\n ".join([""] * 9_000)
    assert highlight(slow, "python") == slow
    long = "x = 1\n" * (longest("python") // 6 + 1)
    assert "<span" not in highlight(long, "python")
    monkeypatch.setattr(highlighting, "_LONGEST_TIME", 30)  # seconds: a busy machine is slow, which is no fault of it
    assert "<span" in highlight(long[: longest("python")], "python")


@pytest.mark.parametrize(
    "name", ["python", "Python", "py", "js", "yml", "sh", "shell", "dockerfile", "postgres", "jinja2"]
)
def test_a_language_is_known_by_all_its_names(name):
    assert has_colours(name) == (name != "jinja2")


#: A wish for another lexer, in every form that a lexer of Pygments understands.
WISHES = [
    "```{}\nx\n```\n",
    "~~~ {}\nx\n~~~\n",
    ".. code-block:: {}\n\n   x\n\n.. {}::\n\n   x\n",
    "#!/usr/bin/env {}\nx\n",
    "DO $$ x $$ LANGUAGE {};\n",
    "db=# DO $a$ x $a$ LANGUAGE '{}';\n",
    "$ {}\nx\n",
    '<script type="text/{}">x</script>\n',
    "<script lang='{}'>x</script><style lang=\"{}\">x</style>\n",
    "HTTP/1.1 200 OK\nContent-Type: text/x-{}\n\nx\n",
    "HTTP/1.1 200 OK\nContent-Type: application/{}+x\n\nx\n",
    "{{% highlight {} %}}x{{% endhighlight %}}\n",
    "# -*- mode: {} -*-\n",
    "<<{}\nx\n{}\n",
    "---\n{}: |\n  x\n---\n",
    "vim: ft={}\n",
]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_with_colours_reaches_no_other_by_name(monkeypatch, language):
    made = []
    initialise = Lexer.__init__
    monkeypatch.setattr(
        Lexer, "__init__", lambda self, **options: made.append(type(self)) or initialise(self, **options)
    )
    for wish in WISHES:
        for name in ("scala", "tnt", "fish", "registry"):
            highlight(wish.replace("{}", name).replace("{{", "{").replace("}}", "}"), language)
    assert made
    assert {lexer.__name__ for lexer in made}.isdisjoint({"ScalaLexer", "TNTLexer", "FishShellLexer", "RegeditLexer"})


#: Lexers of the list whose code looks for others, and that are given none (``qa.rendering.languages``).
TAMED = {"HttpLexer", "MarkdownLexer", "RstLexer", "PostgresBase", "PostgresConsoleLexer"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_lexer_looks_for_others_unless_that_was_looked_at(language):
    lookup = re.compile(r"get_lexer_(?:by_name|for_\w+)|guess_lexer|find_lexer_class")
    bases = [base for base in type(lexer_of(language)).__mro__ if base.__module__.startswith("pygments.lexers.")]
    assert {base.__name__ for base in bases if lookup.search(inspect.getsource(base))} <= TAMED
    assert language in LEXERS[LANGUAGES[language]][2]
