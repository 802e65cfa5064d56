"""How far our Markdown agrees with the CommonMark specification: ``python -m benchmarks.commonmark spec.txt``.

Takes the specification's text (``spec.txt`` of https://spec.commonmark.org/) or its examples as JSON. Neither is in
this repository: their licence (CC BY-SA) is not ours. Each example goes through ``qa.rendering.markdown`` and is
compared with what the specification expects, as elements, their attributes and text. What we add to every text
(classes, ids, roles, scrolling wrappers, colours; headings from h2 on) does not count, nor do comments, which no reader
sees. Where they differ, a plain CommonMark renderer has to give what is expected, and what we give once it is changed
in the ways that are intended: only then the difference is explained. Prints the figures and every example that is not;
exits 1 if there are any.
"""

import json
import os
import re
import sys
from collections import Counter
from collections.abc import Sequence
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings.dev")
django.setup()

from linkify_it import LinkifyIt  # noqa: E402
from markdown_it import MarkdownIt  # noqa: E402
from markdown_it.renderer import RendererHTML  # noqa: E402
from markdown_it.token import Token  # noqa: E402

from qa.rendering.markdown import to_html  # noqa: E402

_EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n(.*?)^`{32}$", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"<!--(?:-?>|.*?(?:-->|\Z))", re.DOTALL)
_WRAPPERS = {"span", "div", "section"}  # colours and what scrolls
_OURS = {"class", "id", "rel", "role", "tabindex", "aria-label"}
_HTTP = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^(?!(?:https?|mailto|tel):)[a-z][a-z0-9+.-]*:", re.IGNORECASE)

RAW = "raw HTML is shown as text"
SCHEME = "a link with another scheme than http, https, mailto and tel is its text"
PICTURE = "a picture that is not in the library is its text, one of another host a link"
BARE = "a bare address is a link"


class _Changed(RendererHTML):
    """The plain renderer with our intended differences; notes in ``env`` which of them it met."""

    def html_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["reasons"].add(RAW)
        return escape(unescape(_COMMENT.sub("", tokens[idx].content)))

    html_block = html_inline

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        env["reasons"].add(PICTURE)
        words = escape(self.renderInlineAsText(tokens[idx].children, options, env))
        address = str(tokens[idx].attrGet("src") or "")
        return f'<a href="{escape(address)}">{words or escape(address)}</a>' if _HTTP.match(address) else words

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        leads_nowhere = bool(_OTHER_SCHEME.match(str(tokens[idx].attrGet("href") or "")))
        env.setdefault("dropped", []).append(leads_nowhere)
        if leads_nowhere:
            env["reasons"].add(SCHEME)
            return ""
        if tokens[idx].markup == "linkify":
            env["reasons"].add(BARE)
        return self.renderToken(tokens, idx, options, env)

    def link_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "" if env["dropped"].pop() else self.renderToken(tokens, idx, options, env)


def changed(source: str) -> tuple[str, set[str]]:
    """Return the HTML of a plain CommonMark renderer with our intended differences, and those that mattered."""
    plain = MarkdownIt("commonmark", {"linkify": True}, renderer_cls=_Changed).enable("linkify")
    plain.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    env: dict[str, Any] = {"reasons": set()}
    return plain.render(source, env), env["reasons"]


def examples(text: str) -> list[tuple[str, str]]:
    """Return pairs of Markdown and HTML from the specification, as text or as JSON."""
    if text.lstrip().startswith("["):
        return [(example["markdown"], example["html"]) for example in json.loads(text)]
    return [(source.replace("→", "\t"), html.replace("→", "\t")) for source, html in _EXAMPLE.findall(text)]


class _Parts(HTMLParser):
    """HTML as a flat list of elements and texts, without what we add to every text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _WRAPPERS:
            kept = sorted((name, value) for name, value in attrs if name not in _OURS)
            self.parts.append(("open", f"{_element(tag)} {kept}"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _WRAPPERS:
            self.parts.append(("close", _element(tag)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # "<hr />" is "<hr>"

    def handle_data(self, data: str) -> None:
        if self.parts and self.parts[-1][0] == "text":
            data = self.parts.pop()[1] + data
        self.parts.append(("text", data))


def _element(tag: str) -> str:
    return "h2" if tag == "h1" else tag  # the page's title is its only h1


def canonical(html: str) -> list[tuple[str, str]]:
    """Return HTML as parts to compare; outside code, line ends next to elements say nothing."""
    parts, inside_code = [], 0
    for kind, value in _Parts(html).parts:
        inside_code += (kind == "open" and value.startswith("pre ")) - ((kind, value) == ("close", "pre"))
        text = value if inside_code else value.strip("\n")
        if text:
            parts.append((kind, text))
    return parts


def main() -> int:
    """Print the figures; return the exit code."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    found = examples(Path(sys.argv[1]).read_text(encoding="utf-8"))
    agree, explained, unexplained = 0, Counter(), 0
    for number, (source, expected) in enumerate(found, 1):
        ours = canonical(to_html(source))
        if ours == canonical(expected):
            agree += 1
            continue
        html, reasons = changed(source)
        as_specified = canonical(MarkdownIt("commonmark").render(source)) == canonical(expected)
        if as_specified and reasons and ours == canonical(html):
            explained[" + ".join(sorted(reasons))] += 1
            continue
        unexplained += 1
        print(f"--- example {number}\n{source}\n--- specification\n{expected}\n--- ours\n{to_html(source)}")
    print(f"{len(found)} examples: {agree} agree, {explained.total()} differ on purpose, {unexplained} for no reason")
    for reasons, count in explained.most_common():
        print(f"  {count:4}  {reasons}")
    return 1 if unexplained or not found else 0


if __name__ == "__main__":
    sys.exit(main())
