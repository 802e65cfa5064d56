"""The command that compares our Markdown with the CommonMark specification tells a mistake from an intention."""

import json
import sys

import pytest

from benchmarks import commonmark

pytestmark = pytest.mark.same_on_every_database

AS_SPECIFIED = (
    "# A *title*\n\n1. one\n\n       code  \n",
    "<h1>A <em>title</em></h1>\n<ol>\n<li>\n<p>one</p>\n<pre><code>code  \n</code></pre>\n</li>\n</ol>\n",
)
ON_PURPOSE = [
    ("a <blink>b</blink>", "<p>a <blink>b</blink></p>"),
    ("![a](b.png)", '<p><img src="b.png" alt="a" /></p>'),
    ("[a](irc:b)", '<p><a href="irc:b">a</a></p>'),
    ("https://example.org", "<p>https://example.org</p>"),
]


def run(monkeypatch, tmp_path, *pairs):
    path = tmp_path / "examples.json"
    path.write_text(json.dumps([{"markdown": source, "html": html} for source, html in pairs]))
    monkeypatch.setattr(sys, "argv", ["commonmark", str(path)])
    return commonmark.main()


def test_agreement_and_intended_differences_pass(monkeypatch, tmp_path, capsys):
    assert run(monkeypatch, tmp_path, AS_SPECIFIED, *ON_PURPOSE) == 0
    assert "5 examples: 1 agree, 4 differ on purpose, 0 for no reason" in capsys.readouterr().out


def test_a_difference_that_nothing_explains_fails_and_is_shown(monkeypatch, tmp_path, capsys):
    assert run(monkeypatch, tmp_path, ("*a* <b>", "<p>*a* <b></p>")) == 1
    assert "--- example 1" in capsys.readouterr().out


def test_the_specifications_own_text_is_read():
    fence = "`" * 32
    text = f"Words\n\n{fence} example\n→a\n.\n<pre><code>a\n</code></pre>\n{fence}\n"
    assert commonmark.examples(text) == [("\ta\n", "<pre><code>a\n</code></pre>\n")]
