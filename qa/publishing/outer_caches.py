"""Purging of the addresses that show a change from the cache in front of the site (``CACHE_PURGE_URL``).

The addresses are collected before a question is saved and after it, so that the ones it leaves go as well, and queued
in its transaction; the worker purges them, and tries again what the cache does not take.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import urlopen

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal
from django.urls import reverse
from django_tasks import task
from wagtail.contrib.frontend_cache.backends.http import HTTPBackend, PurgeRequest
from wagtail.contrib.frontend_cache.utils import get_backends
from wagtail.contrib.settings.models import AbstractSetting
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction, Site
from wagtail.signals import page_published, page_unpublished, post_page_move, pre_page_move

from qa.models import Expert, QuestionIndexPage, QuestionPage, Topic
from qa.models.index import ENDINGS
from qa.publishing.shown_on import ListingPosition, linking_to, surroundings_of, users_of
from qa.querysets import QuestionPageQuerySet
from qa.tasks.queue import QUEUE, later
from site_config.after_commit import may_fail

#: What a cache answers when it does not have the address: Varnish 200 or 404, nginx's purge modules 404 or 412.
_NOT_THERE = frozenset({404, 412})
_TIMEOUT = 5  # seconds for one address
_AT_ONCE = 100  # addresses of one task


class PurgingBackend(HTTPBackend):
    """Sends PURGE for each address and raises what goes wrong; Wagtail's only writes it to the log."""

    def purge(self, url: str) -> None:
        """Purge one address; raises ``OSError`` when the cache does not answer or refuses."""
        address = urlsplit(url)
        location = urlunsplit((self.cache_scheme, self.cache_netloc, address.path, address.query, ""))
        try:
            urlopen(PurgeRequest(location, headers={"Host": address.netloc}), timeout=_TIMEOUT).close()  # noqa: S310 - checked in env
        except HTTPError as error:
            if error.code not in _NOT_THERE:
                raise


@task(backend=QUEUE)
def purge(addresses: list[str]) -> None:
    """Purge absolute addresses; raises ``OSError`` at the first that fails, and all are tried again."""
    for backend in get_backends().values():
        for address in addresses:
            backend.purge(address)


@task(backend=QUEUE)
def purge_everything() -> None:
    """Queue every address of the column: what changed stands on every page."""
    _queue(address for page in QuestionPage.objects.published().with_topics() for address in _own(page))
    _queue(lists(Topic.objects.all(), Expert.objects.all(), _years()))


@task(backend=QUEUE)
def purge_surroundings(positions: list[dict[str, Any]]) -> None:
    """Queue the addresses of what else shows some questions, by their positions (``ListingPosition.as_json``)."""
    surroundings = surroundings_of([ListingPosition(**position) for position in positions])
    _queue([*_own_of(surroundings.questions), *_further_pages(surroundings.further_pages)])


def connect() -> None:
    """Connect the receivers, if there is a cache to purge; called by ``signal_handlers.connect``."""
    if settings.WAGTAILFRONTENDCACHE:
        for signal, receiver, sender in _receivers():
            signal.connect(receiver, sender=sender)


def disconnect() -> None:
    """Undo ``connect``."""
    for signal, receiver, sender in _receivers():
        signal.disconnect(receiver, sender=sender)


def _receivers() -> Iterator[tuple[Signal, Callable[..., None], type[Model] | None]]:
    yield pre_save, about_to_change, QuestionPage
    yield pre_delete, about_to_be_deleted, QuestionPage
    yield page_published, page_changed, None
    yield page_unpublished, page_changed, None
    yield pre_page_move, page_moves, None
    yield post_page_move, page_moves, None
    for signal in (post_save, post_delete):
        yield signal, restriction_changed, PageViewRestriction
        for model in (Site, *_setting_models()):
            yield signal, shown_everywhere, model
        for model in (Topic, Expert):
            yield signal, filed_under_changed, model
    for signal in (post_save, pre_delete):
        for model in (get_image_model(), get_document_model()):
            yield signal, file_changed, model


def _setting_models() -> Iterator[type[Model]]:
    return (model for model in apps.get_models() if issubclass(model, AbstractSetting))


# What changed


def purge_all_later(sender: type[Model], **kwargs: Any) -> None:
    """Queue everything: what should be purged could not be found out."""
    later(purge_everything)


@may_fail(instead=purge_all_later)
def about_to_change(
    sender: type[QuestionPage], instance: QuestionPage, update_fields: Any = None, **kwargs: Any
) -> None:
    """Queue where readers see the question as it is until now."""
    if update_fields is None and instance.pk:
        purge_questions(_online(QuestionPage.objects.filter(pk=instance.pk)))


@may_fail(instead=purge_all_later)
def about_to_be_deleted(sender: type[QuestionPage], instance: QuestionPage, **kwargs: Any) -> None:
    """Queue the same, and what refers to it while that is still known."""
    about_to_change(sender, instance)
    _queue(_own_of(linking_to([instance.pk])))


@may_fail(instead=purge_all_later)
def page_changed(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Queue where readers see a question now; another page's title stands in everybody's breadcrumbs."""
    if isinstance(instance, QuestionPage):
        purge_questions([instance] if instance.live else [])
    elif instance.live or not kwargs.get("revision"):
        later(purge_everything)


@may_fail(instead=purge_all_later)
def page_moves(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Queue the old addresses and then the new ones, of all questions below."""
    purge_questions(_online(QuestionPage.objects.descendant_of(instance, inclusive=True)))


@may_fail(instead=purge_all_later)
def restriction_changed(sender: type[PageViewRestriction], instance: PageViewRestriction, **kwargs: Any) -> None:
    """Queue the questions that are private from now on, or no longer."""
    purge_questions(_online(QuestionPage.objects.descendant_of(instance.page, inclusive=True)))


@may_fail(instead=purge_all_later)
def filed_under_changed(sender: type[Model], instance: Topic | Expert, **kwargs: Any) -> None:
    """Queue a topic's or expert's own page, the old one as well, and the questions that name it."""
    condition = Q(question_topics__topic=instance.pk) if sender is Topic else Q(answered_by=instance.pk)
    purge_questions(_online(QuestionPage.objects.filter(condition)))
    before = getattr(instance, "slug_before", None)
    things = [instance, *([sender(slug=before)] if before and before != instance.slug else [])]
    _queue(lists(*((things, ()) if sender is Topic else ((), things))))


@may_fail(instead=purge_all_later)
def file_changed(sender: type[Model], instance: Model, created: bool = False, **kwargs: Any) -> None:
    """Queue what shows a picture or a document that is replaced, renamed or about to be deleted."""
    if created:
        return
    for model, keys in users_of(instance).items():
        if model is Page:
            _queue(_own_of({int(key) for key in keys}))
        elif model is Expert:
            for expert in Expert.objects.filter(pk__in=keys):
                filed_under_changed(Expert, expert)
        else:  # a setting: a logo, a picture for links
            later(purge_everything)


@may_fail(instead=purge_all_later)
def shown_everywhere(sender: type[Model], **kwargs: Any) -> None:
    """Queue everything."""
    later(purge_everything)


# Where readers see it


def _online(questions: QuestionPageQuerySet) -> QuestionPageQuerySet:
    """Return those that readers may have met, restricted ones as well, with what their addresses are made of."""
    return questions.online().with_topics().select_related("answered_by")


def purge_questions(pages: Iterable[QuestionPage]) -> None:
    """Queue the addresses of questions, of their lists, of what machines fetch, and what else shows them."""
    pages = list(pages)
    if pages:
        topics = {topic for page in pages for topic in page.topics}
        experts = {page.answered_by for page in pages if page.answered_by}
        if not all(page.answered_by_id for page in pages):
            experts |= set(Expert.of_all_columns())
        own = [address for page in pages for address in _own(page)]
        _queue([*own, *lists(topics, experts, {page.asked_on.year for page in pages})])
        for start in range(0, len(pages), _AT_ONCE):
            some = pages[start : start + _AT_ONCE]
            later(purge_surroundings, [ListingPosition.of(page).as_json() for page in some])


def _own(page: QuestionPage) -> Iterator[str]:
    """Yield the addresses of a question: its own, and the ones on which lists of a topic lead to it."""
    if address := page.get_full_url():
        yield address
        yield from (f"{address}?topic={quote(topic.slug)}" for topic in page.topics)


def _own_of(questions: Iterable[int]) -> Iterator[str]:
    for page in QuestionPage.objects.published().filter(pk__in=questions).with_topics():
        yield from _own(page)


def _further_pages(pages: Iterable[tuple[tuple[str, int | None], int]]) -> Iterator[str]:
    """Yield the addresses of ``?page=2`` and so on of lists, as ``Surroundings.further_pages`` names them."""
    pages = list(pages)
    slugs = {
        (kind, pk): slug
        for kind, model in (("topic", Topic), ("expert", Expert))
        for pk, slug in model.objects.filter(pk__in=[key for (of, key), _number in pages if of == kind]).values_list(
            "pk", "slug"
        )
    }
    for column in QuestionIndexPage.objects.filter(live=True) if pages else ():
        if address := column.get_full_url():
            for (kind, key), number in pages:
                argument = str(key) if kind == "year" else slugs.get((kind, key))
                route = column.reverse_subpage(kind, args=[argument]) if argument else ""
                if route or kind == "column":
                    yield f"{address}{route}?page={number}"


def _years() -> set[int]:
    return set(QuestionPage.objects.published().order_by().values_list("asked_on__year", flat=True))


def lists(topics: Iterable[Topic] = (), experts: Iterable[Expert] = (), years: Iterable[int] = ()) -> Iterator[str]:
    """Yield the addresses of the lists, the feeds, the sitemap and the front pages of every site."""
    for site in Site.objects.all():
        yield f"{site.root_url}/"
        for name, arguments in (("sitemap", []), ("sitemap_section", ["questions"]), ("sitemap_section", ["lists"])):
            yield site.root_url + reverse(name, args=arguments)
    routes = [("topics", [], ""), ("feed", [], "")]
    routes += [("topic", [topic.slug], end) for topic in topics for end in ENDINGS["topics"]]
    routes += [("expert", [expert.slug], end) for expert in experts for end in ENDINGS["experts"]]
    routes += [("year", [str(year)], end) for year in years for end in ENDINGS["archive"]]
    for column in QuestionIndexPage.objects.filter(live=True):
        if address := column.get_full_url():
            yield address
            yield from (f"{address}{column.reverse_subpage(name, args=names)}{end}" for name, names, end in routes)


def _queue(addresses: Iterable[str]) -> None:
    distinct = list(dict.fromkeys(addresses))
    for start in range(0, len(distinct), _AT_ONCE):
        later(purge, distinct[start : start + _AT_ONCE])
