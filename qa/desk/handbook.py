"""The handbook for editors at the desk: ``docs/editing.md`` with its pictures, as a page under *Help*.

It is about this desk, which Wagtail's own guide is not; the links to that guide are taken out, and nothing of it is
loaded from another host.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from qa.rendering.markdown import to_html
from qa.rendering.outline import Entry, Outline

_TEXT = Path(settings.BASE_DIR, "docs/editing.md")
_PICTURES = Path(settings.BASE_DIR, "docs/screenshots")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(screenshots/([\w-]+)\.png\)")
#: What a picture is while Markdown is rendered: our renderer shows pictures of the library only.
_MARK = re.compile(r"<p>handbook-picture-(\d+)</p>")
_WAGTAILS = ("editor-guide", "whats-new")  # how the names of its items in the menu begin
_A_DAY = 24 * 3600  # seconds


class Handbook(NamedTuple):
    """The text as HTML, its title, and its sections."""

    html: SafeString
    title: str
    sections: list[Entry]


@lru_cache(maxsize=2)
def _read(changed_at: float) -> Handbook:
    """Return the handbook; read anew when the file has changed."""
    text = _TEXT.read_text(encoding="utf-8")
    title, _end, text = text.removeprefix("# ").partition("\n")
    pictures: list[re.Match[str]] = []

    def mark(picture: re.Match[str]) -> str:
        pictures.append(picture)
        return f"handbook-picture-{len(pictures) - 1}"

    outline = Outline()
    html = to_html(_PICTURE.sub(mark, text), outline=outline)
    html = _MARK.sub(lambda found: _figure(*pictures[int(found[1])].groups()), html)
    # Ours, escaped, in what has been through the gate.
    return Handbook(mark_safe(html), title, [entry for entry in outline.entries if entry.level == 2])  # noqa: S308


def _figure(words: str, name: str) -> str:
    """Return a picture, small, which is a link to itself in full size."""
    address = escape(reverse("handbook_picture", args=[name]))
    picture = f'<img src="{address}" alt="{escape(words)}" loading="lazy">'
    return f'<p class="desk-handbook__picture"><a href="{address}">{picture}</a></p>'


class HandbookView(WagtailAdminTemplateMixin, TemplateView):
    """The handbook, for everybody who may enter the desk."""

    template_name = "qa/desk/handbook.html"
    page_title = _("Handbook")
    header_icon = "help"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the text; 404 where the site runs without its ``docs/``."""
        if not _TEXT.is_file():
            raise Http404
        return {**super().get_context_data(**kwargs), "handbook": _read(_TEXT.stat().st_mtime)}


@require_safe
@cache_control(private=True, max_age=_A_DAY)
def picture(request: HttpRequest, name: str) -> FileResponse:
    """Serve a picture of the handbook; 404 for any other name."""
    file = _PICTURES / f"{name}.png"
    if name not in {found.stem for found in _PICTURES.glob("*.png")}:
        raise Http404
    return FileResponse(file.open("rb"), content_type="image/png")


def urls() -> list[URLPattern]:
    """Return the addresses of the handbook and its pictures."""
    return [
        path("handbook/", HandbookView.as_view(), name="handbook"),
        path("handbook/<slug:name>.png", picture, name="handbook_picture"),
    ]


def menu_item() -> MenuItem:
    """Return the entry in the menu *Help*."""
    return MenuItem(_("Handbook"), reverse("handbook"), name="handbook", icon_name="help", order=100)


def without_wagtails_guide(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take Wagtail's guide and its news out of the menu *Help*: they are about another desk, on another host."""
    items[:] = [item for item in items if not item.name.startswith(_WAGTAILS)]
