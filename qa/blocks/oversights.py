"""Sentences on what an editor may have overlooked in code and Markdown, for the content checks of the desk."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from qa.rendering.languages import has_colours
from qa.rendering.markdown import hidden_parts

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)", re.MULTILINE)


def in_code(language: str) -> Iterator[str]:
    """Yield what is missing for the colours of a code block in this language."""
    if not language:
        yield _("A code block names no language: it is shown without colours.")
    elif not has_colours(language):
        yield _without_colours(language)


def in_markdown(source: str) -> Iterator[str]:
    """Yield what is odd about the code and the hidden remarks in a text."""
    for name in _languages(source):
        if not name:
            yield _("Code in Markdown names no language: write it behind the ```.")
        elif not has_colours(name):
            yield _without_colours(name)
    outcomes = {part.outcome for part in hidden_parts(source)}
    if "unclosed" in outcomes:
        yield _("A comment (<!--) is never closed: readers see nothing of what follows it in this block.")
    if "broken" in outcomes:
        yield _("A comment (<!--) has no end in its paragraph: readers see it as text. An empty line ends a paragraph.")
    if "shown" in outcomes:
        yield _("HTML that should hide something is shown to readers as text; only a comment (<!-- -->) hides.")


def _without_colours(language: str) -> str:
    message = _("Code in “%(language)s” is shown without colours: that is none of the languages that have them.")
    return message % {"language": language}


def _languages(source: str) -> Iterator[str]:
    """Yield what stands behind the fences that begin a code block, of the lines that look like one."""
    inside = ""
    for mark, name in _FENCE.findall(source):
        if not inside:
            inside = mark
            yield name
        elif mark.startswith(inside) and not name:
            inside = ""
