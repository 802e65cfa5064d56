"""Markdown renderer, the only one: CommonMark with GitHub's tables, task lists, strikethrough and bare addresses.

Safe for text of any origin: raw HTML is escaped except for a short list of tags, which lose their attributes; ids and
classes come only from here, addresses of other hosts are never loaded, and nh3 is the last gate. It asks no database:
``page:12``, ``letter:some-id``, ``document:3`` and ``image:5`` are only marked; ``qa.rendering.references`` settles
them.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import render_footnote_anchor
from mdit_py_plugins.tasklists import tasklists_plugin

from qa.rendering.cjk_emphasis import cjk_emphasis_plugin
from qa.rendering.highlighting import highlight
from qa.rendering.outline import Outline
from qa.rendering.raw_html import RAW_TAGS, Hidden, allowed_html, broken_in, hidden_in, words_of

#: A reference in the address of a link or picture: ``page:12``, ``letter:django-or-fastapi``.
REFERENCE = re.compile(r"^(page|letter|document|image):([\w.-]{1,120})$")
_MAY_REFER = re.compile(r"(?:page|letter|document|image):", re.IGNORECASE)
_UNESCAPED_COMMENT = re.compile(r"(?<!\\)<!--")
_MAY_HIDE = re.compile(r"<(?:!--|template|script|style|noscript|[a-z][^<>]{0,300}\s(?:hidden|style))", re.IGNORECASE)
_MAY_LEAD = re.compile(r"\]\(|\]:|://|<")
_TASK_BOX = re.compile(
    r'<input class="task-list-item-checkbox" (checked="checked" )?disabled="disabled" type="checkbox">'
)
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_OTHER_HOST = re.compile(r"^(?:https?:)?//", re.IGNORECASE)
_MAX_NESTING = 40  # deeper lists and quotes than any letter has; keeps hostile input linear


class Lead(NamedTuple):
    """Where a link leads, or where a picture comes from: the address, its words, and which of the two it is."""

    address: str
    words: str
    is_picture: bool = False


class _Renderer(RendererHTML):
    """markdown-it's renderer with our rules for code, tables, raw HTML, headings, links and pictures."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
        return code_html(token.content, language)

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return code_html(tokens[idx].content, "")

    def html_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        content = tokens[idx].content
        if match := _TASK_BOX.fullmatch(content):  # written by the task list plugin
            return f'<span class="task-box">{"☑" if match[1] else "☐"}</span>'
        return allowed_html(content)

    def html_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return allowed_html(tokens[idx].content)

    def table_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        # A wide table scrolls by itself and must then be reachable by keyboard (WCAG 2.1.1).
        label = escape(gettext("Table"))
        return f'<div class="table-scroll" role="group" tabindex="0" aria-label="{label}"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</table></div>\n"

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        tag = tokens[idx].tag
        anchor = env["outline"].add(" ".join(_inline_text(tokens[idx + 1]).split()), int(tag[1]))
        return f'<{tag} id="{escape(anchor)}">'

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        token = tokens[idx]
        alternative = _alternative(token)
        source = str(token.attrGet("src") or "")
        if (reference := REFERENCE.match(source)) and reference[1] == "image":
            return f'<img data-reference="{escape(source)}" alt="{escape(alternative)}">'
        if _OTHER_HOST.match(source):
            # A picture of another host would tell that host who reads: it becomes a link.
            return f'<a href="{escape(source)}" rel="external noopener">{escape(alternative or source)}</a>'
        return escape(alternative)


def _footnote_anchor(self: RendererHTML, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
    """The way back from a note: an arrow to the eye, which a screen reader needs in words."""
    link = render_footnote_anchor(self, tokens, idx, options, env)
    name = gettext("Back to the text")
    return link.replace(' class="', f' aria-label="{escape(name)}" class="')


def _parser() -> MarkdownIt:
    """Return the configured parser; it keeps no state between texts."""
    md = MarkdownIt("commonmark", {"html": True, "linkify": True, "maxNesting": _MAX_NESTING}, renderer_cls=_Renderer)
    md.enable(["table", "strikethrough", "linkify"])
    # Only addresses with a scheme: "models.py" is a file, not a host in Paraguay.
    md.linkify = LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    md.use(footnote_plugin).use(tasklists_plugin).use(cjk_emphasis_plugin)
    md.add_render_rule("footnote_anchor", _footnote_anchor)
    md.add_render_rule("footnote_caption", _footnote_number)
    return md


def _footnote_number(renderer: RendererHTML, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
    """Return the number that stands for a note: gathered notes count on from text to text."""
    meta = tokens[idx].meta
    number = env.get("notes_before", 0) + int(meta["id"]) + 1
    return f"[{number}:{meta['subId']}]" if meta.get("subId", -1) > 0 else f"[{number}]"


_MARKDOWN = _parser()
_SANITISER = nh3.Cleaner(
    tags={
        *RAW_TAGS,
        *("b", "i"),  # what rich text is stored with; in Markdown they are escaped before they come here
        *("p", "br", "hr", "em", "strong", "s", "code", "pre", "span", "blockquote", "ul", "ol", "li", "a", "img"),
        *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "div", "section"),
    },
    attributes={
        "*": {"class"},  # ours alone: raw tags keep no attribute but abbr's title
        "a": {"href", "title", "rel", "id", "aria-label", "data-reference"},
        "abbr": {"title"},
        "img": {"alt", "data-reference"},
        "ol": {"start"},
        "li": {"id"},
        "div": {"role", "tabindex", "aria-label"},
        "pre": {"tabindex", "role", "aria-label"},
        "section": {"aria-label"},
        **{f"h{level}": {"id"} for level in range(2, 7)},
    },
    url_schemes=set(_SCHEMES),
    link_rel=None,  # set here for links to other hosts only
)


def code_html(code: str, language: str) -> SafeString:
    """Return a code sample as it stands on the page; it scrolls by itself, so the keyboard must reach it."""
    # A group, not a region: twenty landmarks on a page help nobody to find their way.
    label = escape(gettext("Code sample"))
    name = re.sub(r"[^\w+#.-]", "", language)[:30]
    attribute = f' class="language-{name}"' if name else ""
    body = highlight(code, language)
    return mark_safe(  # noqa: S308 - every part is escaped or made by Pygments
        f'<pre class="code" role="group" tabindex="0" aria-label="{label}"><code{attribute}>{body}</code></pre>\n'
    )


def to_html(source: str, *, outline: Outline | None = None, top_level: int = 2) -> SafeString:
    """Return Markdown as safe HTML, in which references still have to be settled (``qa.rendering.references.settle``).

    ``outline`` keeps ids unique when several texts share a page, and takes note of the headings; ``top_level`` is the
    level of the highest heading (2 to 4).
    """
    outline = outline if outline is not None else Outline()
    env = {"outline": outline, "docId": outline.next_text(), "notes_before": outline.footnote_count}
    tokens = _MARKDOWN.parse(source, env)
    _adapt(tokens, top_level)

    def rendered(some: list[Token]) -> SafeString:
        return clean(_MARKDOWN.renderer.render(some, _MARKDOWN.options, env))

    notes = next((idx for idx, token in enumerate(tokens) if token.type == "footnote_block_open"), None)
    if notes is None or outline.footnotes is None:
        return rendered(tokens)
    body = rendered(tokens[:notes])
    outline.gather(rendered(tokens[notes + 1 : -1]), _count(tokens))  # without its frame: there is one for all
    return body


def _count(tokens: Sequence[Token]) -> int:
    return sum(token.type == "footnote_open" for token in tokens)


def clean(html: str) -> SafeString:
    """Return HTML with nothing but the elements, attributes and schemes that an answer may have."""
    return mark_safe(_SANITISER.clean(html))  # noqa: S308 - this is the gate


@lru_cache(maxsize=512)  # one publication indexes the same text a dozen times
def to_text(source: str) -> str:
    """Return the words of a Markdown text without its markup, for search, summaries and word counts."""
    return " ".join(" ".join(_plain(_MARKDOWN.parse(source, {}))).split())


def inline_html(source: str, *, outline: Outline | None = None) -> SafeString:
    """Return one line of Markdown as HTML without a paragraph around it; its references still have to be settled.

    Footnotes are left out, unless there is an ``outline`` that gathers them.
    """
    outline = outline if outline is not None and outline.footnotes is not None else None
    env: dict[str, Any] = {}
    if outline is not None:
        env = {"docId": outline.next_text(), "notes_before": outline.footnote_count}
    line, *notes = _MARKDOWN.parseInline(source, env)  # behind the line stand its footnotes
    children = [child for child in line.children or [] if outline is not None or child.type != "footnote_ref"]
    if notes and outline is not None:
        outline.gather(clean(_MARKDOWN.renderer.render(_marked(notes[1:-1]), _MARKDOWN.options, env)), _count(notes))
    return clean(_MARKDOWN.renderer.renderInline(_marked_links(children), _MARKDOWN.options, env))


def inline_text(source: str) -> str:
    """Return the words of one line of Markdown: what ``inline_html`` shows, without the markup."""
    return " ".join(_inline_text(_MARKDOWN.parseInline(source, {})[0]).split())


def references(source: str) -> set[tuple[str, str]]:
    """Return the references of a text as ``(kind, key)``, such as ``("page", "12")``; those in code do not count."""
    matches = (REFERENCE.match(address) for address in reference_addresses(source))
    return {match.groups() for match in matches if match}


def may_refer(address: str) -> bool:
    """Return whether an address is a reference, or begins like one and is none."""
    return bool(_MAY_REFER.match(address))


def reference_addresses(source: str) -> list[str]:
    """Return the addresses of links and pictures that begin like a reference, in reading order, each once.

    That includes those that are none, such as ``page:12#part``: readers get plain text in their place.
    """
    if not _MAY_REFER.search(source):  # parsing is what costs
        return []
    children = (child for token in _MARKDOWN.parse(source, {}) for child in token.children or [])
    addresses = (str(child.attrGet("href") or child.attrGet("src") or "") for child in children)
    return list(dict.fromkeys(address for address in addresses if _MAY_REFER.match(address)))


def leads(source: str) -> list[Lead]:
    """Return the links and pictures of a text in reading order, bare addresses among them; none of those in code."""
    if not _MAY_LEAD.search(source):  # parsing is what costs
        return []
    found: list[Lead] = []
    for token in _MARKDOWN.parse(source, {}):
        for child in token.children or ():
            if child.type == "image":
                found.append(Lead(str(child.attrGet("src") or ""), _alternative(child).strip(), is_picture=True))
            elif child.type == "link_open":
                found.append(Lead(str(child.attrGet("href") or ""), ""))
    return found


def _adapt(tokens: list[Token], top_level: int) -> None:
    """Move headings below the page's own, turn alignment into classes, and mark links; works in place."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            level = max(int(token.tag[1]), 2) - 2 + top_level
            token.tag = f"h{min(level, 6)}"
        elif token.type in ("th_open", "td_open") and (style := token.attrs.pop("style", None)):
            token.attrSet("class", f"align-{str(style).rpartition(':')[2]}")
    _marked(tokens)


def _marked(tokens: list[Token]) -> list[Token]:
    """Mark the links in block tokens, in place; return the tokens."""
    for token in tokens:
        if token.children:
            token.children = _marked_links(token.children)
    return tokens


def _marked_links(children: list[Token]) -> list[Token]:
    """Return inline tokens with references and links to other hosts marked, and links that lead nowhere as text."""
    kept: list[Token] = []
    dropped: list[bool] = []
    for token in children:
        if token.type == "link_open":
            address = str(token.attrGet("href") or "")
            leads_nowhere = False
            if REFERENCE.match(address):
                token.attrs = {"data-reference": address}
            elif (scheme := _SCHEME.match(address)) and scheme[1].lower() not in _SCHEMES:
                leads_nowhere = True  # "page:" or "page:12#part": the sanitiser would leave a link without address
            elif _OTHER_HOST.match(address):
                token.attrSet("rel", "external noopener")
            dropped.append(leads_nowhere)
            if leads_nowhere:
                continue
        elif token.type == "link_close" and dropped.pop():
            continue
        kept.append(token)
    return kept


def hidden_parts(source: str) -> list[Hidden]:
    """Return what the author of a text wanted to hide, with its lines; what stands in code does not count."""
    if not _MAY_HIDE.search(source):  # parsing is what costs
        return []
    found: list[Hidden] = []
    may_be_broken = bool(_UNESCAPED_COMMENT.search(source))
    for token in _MARKDOWN.parse(source, {}):
        line = token.map[0] if token.map else 0
        if token.type == "html_block":
            found += [part._replace(line=line + part.line) for part in hidden_in(token.content)]
        for child in token.children or ():
            if child.type == "html_inline":
                found += [part._replace(line=line + part.line) for part in hidden_in(child.content)]
                line += child.content.count("\n")
            elif child.type == "text" and may_be_broken:
                found += [part._replace(line=line) for part in broken_in(child.content)]
            line += child.type in ("softbreak", "hardbreak")
    return found


def _inline_text(token: Token) -> str:
    return "".join(_plain([token]))


def _alternative(picture: Token) -> str:
    """Return the words that stand for a picture."""
    return "".join(map(_inline_piece, picture.children or ()))


def _plain(tokens: Sequence[Token]) -> list[str]:
    """Return the text pieces of block tokens in reading order."""
    words: list[str] = []
    for token in tokens:
        if token.type in ("fence", "code_block"):
            words.append(token.content)
        elif token.type in ("html_block", "html_inline"):
            words.append("" if _TASK_BOX.fullmatch(token.content) else words_of(token.content))
        elif token.children:
            words.append("".join(_inline_piece(child) for child in token.children))
    return words


def _inline_piece(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return _alternative(token)
    if token.type == "html_inline":
        return _plain([token])[0].strip()
    return token.content if token.type in ("text", "code_inline", "text_special") else ""
