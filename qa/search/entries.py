"""Index of the readers' search: one entry for each published question, none for any other.

An entry is written in the transaction that changes its question, so that both are there or neither, even if the process
is killed in between.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import translation
from django_tasks import task

from qa.models import QuestionPage, SearchEntry, SearchWord
from qa.search import tables
from qa.search.passages import letter_passages, passages
from qa.search.words import can_be_meant, indexed, own_key, spelling_keys
from qa.tasks.queue import QUEUE, later
from site_config.after_commit import after_commit

logger = logging.getLogger(__name__)

_FIELDS = [field.name for field in SearchEntry._meta.concrete_fields if not field.primary_key]
_AT_ONCE = 100  # questions
_LONGEST = 200_000  # characters of one text: PostgreSQL's vectors hold a megabyte, and no letter has a tenth of it


def refresh(page_ids: Iterable[int]) -> None:
    """Rewrite the entries of these questions: of those that are published; the others are removed."""
    for some in _batches(sorted(set(page_ids)), _AT_ONCE):
        with transaction.atomic():
            _write(_published(some))


@task(backend=QUEUE)
def refresh_again(page_ids: list[int]) -> None:
    """Do what ``refresh`` could not; raises what goes wrong with any of them, and all are tried again."""
    for some in _batches(page_ids, _AT_ONCE):
        with transaction.atomic():
            entries = [entry_of(page) for page in _published(some)]
            _store(entries)
        learn(entries)


def _published(page_ids: list[int]) -> list[QuestionPage]:
    """Return those of some questions that have an entry, and delete the entries of the others."""
    pages = list(QuestionPage.objects.published().filter(pk__in=page_ids).with_topics())
    SearchEntry.objects.filter(page__in=set(page_ids).difference(page.pk for page in pages)).delete()
    return pages


def refresh_saved(page: QuestionPage) -> None:
    """The same for a question that is just being saved: its topics are right in the object, not yet in the database."""
    if page.live and QuestionPage.objects.published().filter(pk=page.pk).exists():
        _write([page])
    else:
        SearchEntry.objects.filter(page=page.pk).delete()


def rebuild(progress: Callable[[list[list[int]]], Iterable[list[int]]] = iter) -> int:
    """Make every entry and the index right, also after LANGUAGE_CODE has changed; return the number of entries.

    Readers can search meanwhile. ``progress`` wraps the iteration over batches of questions (tqdm).
    """
    if not tables.is_current(connection):
        with transaction.atomic():
            tables.drop(connection)
            tables.create(connection)
    published = QuestionPage.objects.published()
    SearchEntry.objects.exclude(page__in=published.order_by().values("pk")).delete()
    ids = list(published.order_by("pk").values_list("pk", flat=True))
    for some in progress(list(_batches(ids, _AT_ONCE))):
        refresh(some)
    _forget()
    return SearchEntry.objects.count()


def complete(apps: Apps = current_apps, verbosity: int = 0, **kwargs: Any) -> None:
    """Make the entries that are missing: after ``migrate``, which may have brought the search to a site with questions.

    A receiver of ``post_migrate``; where nothing is missing it costs two queries. ``apps`` holds the models as the
    database has them: where that is an older state than the code's, nothing is done.
    """
    if not all(_same_columns(model, apps) for model in (QuestionPage, SearchEntry, SearchWord)):
        return
    missing = list(QuestionPage.objects.published().filter(search_entry=None).values_list("pk", flat=True))
    if not missing:
        return
    if verbosity:
        print(f"  Making {len(missing)} entries of the readers' search")  # noqa: T201 - as migrate itself does
    refresh(missing)


def _same_columns(model: type[Model], apps: Apps) -> bool:
    try:
        stored = apps.get_model(model._meta.label)
    except LookupError:
        return False
    return {field.column for field in stored._meta.local_concrete_fields} == {
        field.column for field in model._meta.local_concrete_fields
    }


def entry_of(page: QuestionPage) -> SearchEntry:
    """Return the entry that a question should have, unsaved; all of it comes from the object, topics included."""
    with translation.override(settings.LANGUAGE_CODE):  # an editor's own language must not decide what is found
        answer = passages(page.answer, page.question)
        letter = letter_passages(page.answer, page.question)
    topics = [topic.name for topic in _topics(page)]
    return SearchEntry(
        page_id=page.pk,
        asked_on=page.asked_on,
        headline=_words([page.title, *topics]),
        emphasis=_words([page.short_answer, *{passage.anchor: passage.heading for passage in answer}.values()]),
        letter=_words([*(passage.text for passage in letter), page.asker_name]),
        body=_words(passage.text for passage in answer),
        topics=topics,
        passages=[list(passage) for passage in (*answer, *letter)],
    )


def _topics(page: QuestionPage) -> list[Any]:
    # Not ``page.topics``, which remembers what the topics were when somebody asked first.
    rows = sorted(page.question_topics.all(), key=lambda filed: filed.sort_order or 0)  # in memory they have no order
    return list(dict.fromkeys(filed.topic for filed in rows))


def _words(texts: Iterable[str]) -> str:
    return indexed("\n".join(texts)[:_LONGEST].replace("\x00", ""))


def _write(pages: list[QuestionPage]) -> None:
    """Write the entries that have changed. What fails is logged and queued, and the publication goes on."""
    stored = SearchEntry.objects.in_bulk([page.pk for page in pages])
    entries = [entry for entry in _entries(pages) if not _same(entry, stored.get(entry.pk))]
    if not entries:
        return
    try:
        with transaction.atomic():
            _store(entries)
    except Exception:  # noqa: BLE001 - logged there
        _try_again([entry.pk for entry in entries])
        return
    # Afterwards: two publications that wait for each other's new words would be one publication.
    after_commit(_learn_or_queue, entries)


def _store(entries: list[SearchEntry]) -> None:
    SearchEntry.objects.bulk_create(entries, update_conflicts=True, unique_fields=["page"], update_fields=_FIELDS)


def _try_again(page_ids: list[int]) -> None:
    """Queue entries that could not be made; to be called from the handler of the exception."""
    logger.exception(
        "The search entries of %s could not be made. The worker tries again; or run manage.py rebuild_search.",
        ", ".join(map(str, page_ids)),
    )
    later(refresh_again, page_ids)


def _learn_or_queue(entries: list[SearchEntry]) -> None:
    try:
        learn(entries)
    except Exception:
        later(refresh_again, [entry.pk for entry in entries])
        raise


def _entries(pages: Iterable[QuestionPage]) -> Iterator[SearchEntry]:
    for page in pages:
        try:
            yield entry_of(page)
        except Exception:  # noqa: BLE001 - logged there
            _try_again([page.pk])


def _same(entry: SearchEntry, stored: SearchEntry | None) -> bool:
    return stored is not None and all(getattr(entry, name) == getattr(stored, name) for name in _FIELDS)


def learn(entries: Iterable[SearchEntry]) -> None:
    """Add the words of the entries to those that a typo may have meant."""
    words = _words_of((entry.headline, entry.emphasis, entry.letter, entry.body) for entry in entries)
    new: list[str] = []
    for some in _batches(sorted(words), 500):
        known = SearchWord.objects.filter(key__in={own_key(word) for word in some}, word__in=some)
        new += sorted(set(some) - set(known.values_list("word", flat=True)))
    _add(new)


def _forget() -> None:
    """Drop the words that no entry has any more, and add those that are missing."""
    words = _words_of(SearchEntry.objects.values_list("headline", "emphasis", "letter", "body").iterator(_AT_ONCE))
    stored = dict(SearchWord.objects.values_list("pk", "word"))
    for some in _batches([pk for pk, word in stored.items() if word not in words], 500):
        SearchWord.objects.filter(pk__in=some).delete()
    _add(sorted(words - set(stored.values())))


def _words_of(entries: Iterable[Iterable[str]]) -> set[str]:
    return {word for text in chain.from_iterable(entries) for word in text.split() if can_be_meant(word)}


def _add(words: list[str]) -> None:
    rows = [SearchWord(key=key, word=word) for word in words for key in sorted(spelling_keys(word))]
    SearchWord.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
