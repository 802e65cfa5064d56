"""Template tags of the public pages."""

from typing import Any

from django import template
from django.utils.encoding import escape_uri_path
from wagtail.models import Site
from wagtail.rich_text import get_text_for_indexing

from qa.models import QuestionIndexPage
from qa.querysets import published_pages

register = template.Library()


@register.filter
def plain_text(rich_text: str) -> str:
    """Return rich text without its markup, for attributes such as a page's description."""
    return " ".join(get_text_for_indexing(rich_text).split())


@register.simple_tag(takes_context=True)
def the_column(context: dict[str, Any]) -> QuestionIndexPage | None:
    """Return the question index: the one that the page has found already, else the site's (404, sign-in)."""
    return context.get("column") or published_pages(QuestionIndexPage.objects.all()).first()


@register.simple_tag(takes_context=True)
def canonical_address(context: dict[str, Any]) -> str:
    """Return the absolute address under which this page is to be known, ``""`` for what is no page.

    Only the page number of a list belongs to it (each of its pages stands for itself); every other parameter, such as
    the topic that a reader came from, shows the same page.
    """
    request, page, listing = context.get("request"), context.get("page"), context.get("listing")
    site = Site.find_for_request(request) if request and page else None
    if site is None:
        return ""
    number = f"?page={listing.number}" if listing and listing.number > 1 else ""
    return f"{site.root_url}{escape_uri_path(request.path)}{number}"
