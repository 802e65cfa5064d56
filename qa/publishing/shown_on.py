"""Queries for the pages that show a question, a picture or a document."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from wagtail.models import Page, ReferenceIndex

from qa.models import Expert, QuestionPage, QuestionTopic
from qa.models.listing import PER_PAGE

#: A list of the column: ``("column", None)``, ``("topic", id)``, ``("year", year)`` or ``("expert", id)``.
List = tuple[str, int | None]
_COLUMN: List = ("column", None)


@dataclass(frozen=True)
class ListingPosition:
    """Position of a question in the listings at a moment: its neighbours can be found by it even after it has left."""

    question: int
    asked_on: str  # ISO 8601: it is kept in the queue as JSON
    topics: Sequence[int]
    expert: int | None
    follow_up_to: int | None

    @classmethod
    def of(cls, page: QuestionPage) -> Self:
        """Return the position of a question, as the object says."""
        topics = [topic.pk for topic in page.topics]
        return cls(page.pk, page.asked_on.isoformat(), topics, page.answered_by_id, page.follow_up_to_id)

    def as_json(self) -> dict[str, Any]:
        """Return it as the queue stores it."""
        return asdict(self)


def _lists(asked_on: date, topics: Iterable[int], expert: int | None, own_experts: list[int]) -> list[List]:
    """Return the lists that a question is in."""
    experts = [expert] if expert else own_experts
    topical = (("topic", topic) for topic in topics)
    return [_COLUMN, ("year", asked_on.year), *topical, *(("expert", one) for one in experts)]


@dataclass
class Surroundings:
    """What else shows some questions."""

    questions: set[int]
    further_pages: set[tuple[List, int]]  # the page of a list, from the second on, on which each of them stands


def surroundings_of(positions: Sequence[ListingPosition]) -> Surroundings:
    """Return the published questions whose pages link to some, and the list pages that name them: five queries.

    These are the previous and the next question, of all and of each topic; those that the editor linked in an answer,
    as related, or as the earlier part of the same story; and the one that it continues. Not among them are questions
    that only share a topic.
    """
    published = QuestionPage.objects.published()
    order = list(published.order_by("asked_on", "pk").values_list("asked_on", "pk", "answered_by"))
    own_experts = list(Expert.of_all_columns().values_list("pk", flat=True))
    rows = _rows(order, {topic for position in positions for topic in position.topics}, own_experts)
    beside, further = set(), set()
    for position in positions:
        asked_on = date.fromisoformat(position.asked_on)
        key = (asked_on, position.question)
        for listing in _lists(asked_on, position.topics, position.expert, own_experts):
            row = rows[listing]
            first, end = bisect_left(row, key), bisect_right(row, key)
            if listing[0] in ("column", "topic"):
                beside |= {row[index][1] for index in (first - 1, end) if 0 <= index < len(row)}
            further.add((listing, (len(row) - end) // PER_PAGE + 1))
    own = [position.question for position in positions]
    beside |= linking_to(own) | {position.follow_up_to for position in positions if position.follow_up_to}
    public = {pk for _asked_on, pk, _expert in order}
    return Surroundings((beside & public).difference(own), {entry for entry in further if entry[1] > 1})


def _rows(
    order: list[tuple[date, int, int | None]], topics: set[int], own_experts: list[int]
) -> dict[List, list[tuple[date, int]]]:
    """Sort all published questions into the lists, each in the order that it has."""
    filed = defaultdict(set)
    rows = QuestionTopic.objects.filter(topic__in=topics).select_related(None)
    for topic, question in rows.values_list("topic", "page"):
        filed[question].add(topic)
    rows_by_list: dict[List, list[tuple[date, int]]] = defaultdict(list)
    for asked_on, question, expert in order:
        for listing in _lists(asked_on, filed[question], expert, own_experts):
            rows_by_list[listing].append((asked_on, question))
    return rows_by_list


def linking_to(questions: Iterable[int]) -> set[int]:
    """Return the pages that refer to some questions in what readers see of them, published or not: one query."""
    kind = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.objects.filter(to_content_type=kind, to_object_id__in=[str(pk) for pk in questions])
    return {int(pk) for pk in references.filter(base_content_type=kind).values_list("object_id", flat=True)}


def users_of(thing: Model) -> dict[type[Model], list[str]]:
    """Return what refers to a picture or a document, by model, pages as ``Page``: one query."""
    users: dict[type[Model], list[str]] = defaultdict(list)
    references = ReferenceIndex.get_references_to(thing).values_list("base_content_type", "object_id").distinct()
    for kind, pk in references:
        model = ContentType.objects.get_for_id(kind).model_class()
        if model is not None:  # its app is no longer installed
            users[model].append(pk)
    return users
