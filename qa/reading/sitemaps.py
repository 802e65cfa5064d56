"""Sitemaps (sitemaps.org) and robots.txt (RFC 9309)."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from wagtail.models import Page, Site

from qa.models import QuestionIndexPage, QuestionPage
from qa.querysets import published_pages


class _OfTheSite(Sitemap):
    """Addresses under the one host that the site's settings name, whichever host was asked."""

    limit = 10_000  # addresses in one file; the format's own limit is 50,000 and 50 MB

    def get_urls(self, page: int = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        root = urlsplit(Site.objects.get(is_default_site=True).root_url)
        return super().get_urls(page, SimpleNamespace(domain=root.netloc), root.scheme)

    def location(self, item: tuple[str, datetime | None]) -> str:
        return item[0]

    def lastmod(self, item: tuple[str, datetime | None]) -> datetime | None:
        return item[1]


class Questions(_OfTheSite):
    """The published questions, in the order of their numbers: an address stays in its file."""

    def items(self) -> Any:
        fields = ("url_path", "last_published_at", "locale")
        return QuestionPage.objects.published().select_related("locale").order_by("pk").only(*fields)

    def location(self, item: Page) -> str:
        return item.url

    def lastmod(self, item: Page) -> datetime | None:
        return item.last_published_at


class Lists(_OfTheSite):
    """The front page, the index, and what it lists by topic, year and expert; only their first pages."""

    def items(self) -> list[tuple[str, datetime | None]]:
        column = published_pages(QuestionIndexPage.objects.all()).first()
        if column is None:
            return []
        paths = ["", column.reverse_subpage("topics")]
        paths += [column.reverse_subpage("topic", args=[topic.slug]) for topic in column.topics]
        paths += [column.reverse_subpage("year", args=[year]) for year, _number in column.questions.years()]
        paths += [column.reverse_subpage("expert", args=[expert.slug]) for expert in column.experts]
        return [("/", None), *((f"{column.url}{path}", None) for path in paths)]


SECTIONS = {"lists": Lists, "questions": Questions}


def robots(request: HttpRequest) -> HttpResponse:
    """Say where the sitemap is, and what is not worth a program's time: the desk, searches, a random question."""
    site = Site.find_for_request(request)
    column = published_pages(QuestionIndexPage.objects.all()).first()
    lines = ["User-agent: *", "Disallow: /admin/", "Disallow: /search/"]
    lines += [f"Disallow: {column.url}random/"] if column else []
    lines += ["", f"Sitemap: {site.root_url}/sitemap.xml"] if site else []
    response = HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
