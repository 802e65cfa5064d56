"""The column as an Atom feed (RFC 4287), with whole answers. Takes questions, knows no model of the column."""

import hashlib
import re
from datetime import date, datetime, time
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.handler import ContentHandler

import nh3
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language
from wagtail.models import Page, Site

from qa.querysets import QuestionPageQuerySet
from qa.registered_models import site_settings
from qa.rendering.answers import RenderedAnswer, render_all

ENTRIES = 20
MAX_AGE = 600  # seconds; feed readers ask once an hour at most
#: What XML 1.0 (section 2.2) has no place for, also not as a reference.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = nh3.ALLOWED_TAGS - {"span"}  # the colours of code need the site's style
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}


class Section(NamedTuple):
    """A part of the column with a list and a feed of its own, such as a topic."""

    key: str  # stands in the feed's id, and must outlive a renaming: ``topic/12``
    route: str  # of its list, below the column; the feed is at ``feed/`` below that
    name: str
    description: str = ""


class _WholeAnswers(Atom1Feed):
    """Django's Atom feed, with the answers themselves."""

    def latest_post_date(self) -> datetime:
        """Return when the feed changed last; an empty one has not changed since the column began."""
        return max((item["updateddate"] for item in self.items), default=self.feed["since"])

    def add_item_elements(self, handler: ContentHandler, item: dict) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def atom_feed(
    request: HttpRequest,
    column: Page,
    questions: QuestionPageQuerySet,
    *,
    answers: Model | None,
    section: Section | None = None,
) -> HttpResponse:
    """Return the feed of the latest ``questions`` (published ones), or 304 if the reader has it already.

    ``answers`` is who answers where a question names nobody, ``section`` a part of the column with a feed of its own.
    ``updated`` of an entry is its first publication or its
    latest announced update: feed readers show an entry again when it moves, and a corrected comma is no reason.
    ``first_published`` says which date stands for one that is missing.
    """
    latest = questions.latest_answered().select_related("answered_by").prefetch_related("updates")
    pages = list(latest[:ENTRIES])
    feed = _empty_feed(request, column, section)
    for page, rendered in zip(pages, render_all((page.answer, page.question) for page in pages), strict=True):
        feed.add_item(**_entry(request, page, rendered, page.answered_by or answers))
    body = feed.writeString("utf-8").encode()
    response = HttpResponse(body, content_type=feed.content_type)
    response["ETag"] = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    changes = (page.last_published_at or first_published(page) for page in pages)
    changed = int(max(changes, default=feed.feed["since"]).timestamp())
    response["Last-Modified"] = http_date(changed)
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=response["ETag"], last_modified=changed, response=response)


def _empty_feed(request: HttpRequest, column: Page, section: Section | None) -> _WholeAnswers:
    settings = site_settings.model.for_request(request)
    brand = _text(settings.brand_name)
    address = f"{column.get_full_url(request)}{section.route if section else ''}"
    since = column.first_published_at or column.latest_revision_created_at or timezone.now()
    feed = _WholeAnswers(
        title=_text(f"{brand}: {section.name}") if section else brand,
        link=address,
        description=_text(section.description if section else settings.tagline) or None,
        language=get_language(),
        author_name=brand,
        feed_url=f"{address}feed/",
        feed_guid=_tag(request, since, section.key if section else "column"),
    )
    feed.feed["since"] = since
    return feed


def _entry(request: HttpRequest, page: Page, rendered: RenderedAnswer, expert: Model | None) -> dict:
    """Return what ``SyndicationFeed.add_item`` wants to know of a question."""
    address = page.get_full_url(request)
    published = first_published(page)
    days = [_beginning(update.date) for update in page.updates.all()]
    content = render_to_string("qa/feed_content.html", {"page": page, "rendered": rendered})
    # An alias shares the letter of its original, but is another entry.
    letter = f"{page.letter_id}/{page.pk}" if page.alias_of_id else page.letter_id
    return {
        "title": _text(page.title),
        "link": address,
        "description": escape(_text(page.short_answer)),  # declared as HTML
        "author_name": _text(expert.name) if expert else None,
        "pubdate": published,
        "updateddate": max([published, *days]),
        "unique_id": _tag(request, published, f"question/{letter}"),
        "categories": [_text(topic.name) for topic in page.topics],
        "content": portable(_text(content), address),
    }


def first_published(page: Page) -> datetime:
    """Return when readers could read a question first.

    A row that came by SQL from another site may have no such date. The last publication stands for it then, or else
    the beginning of the day on which the question was asked, which never changes by itself: an entry's id is made
    of the date, and a feed reader shows an entry again whose id it does not know.
    """
    return page.first_published_at or page.last_published_at or _beginning(page.asked_on)


def _beginning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def portable(html: str, address: str) -> str:
    """Return HTML that makes sense away from its page: absolute addresses, no ids, classes, scripts or forms."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative=("rewrite_with_base", address),
    )


def _tag(request: HttpRequest, since: datetime, what: str) -> str:
    """Return an id that stays when addresses change (RFC 4151)."""
    site = Site.find_for_request(request)
    return f"tag:{site.hostname},{since.date().isoformat()}:{quote(what, safe='/')}"


def _text(words: str) -> str:
    return _NO_XML.sub("", words)
