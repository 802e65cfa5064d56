"""Usage of topics and experts: the questions that readers see and those that are being written."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from wagtail.models import Revision

from qa.models import Expert, QuestionPage, QuestionTopic, Topic


@dataclass
class Usage:
    """Primary keys of the questions that use something."""

    live: set[int] = field(default_factory=set)
    drafts: set[int] = field(default_factory=set)  # not live, or live without it and with it in a newer version

    def add(self, question: int, *, live: bool) -> None:
        """Note that a question uses it."""
        (self.live if live else self.drafts).add(question)

    def __bool__(self) -> bool:
        return bool(self.live or self.drafts)


def usage_of_topics(topics: Iterable[Topic]) -> dict[int, Usage]:
    """Return the usage of each topic by its number: two queries, however many topics."""
    wanted = {topic.pk for topic in topics}
    found: dict[int, Usage] = defaultdict(Usage)
    rows = QuestionTopic.objects.filter(topic__in=wanted).select_related(None)
    for topic, question, live in rows.values_list("topic_id", "page_id", "page__live"):
        found[topic].add(question, live=live)
    for question, filed in _versions("question_topics"):
        for topic in {row["topic"] for row in filed or ()} & wanted:
            found[topic].add(question, live=False)
    return _without_doubles(found)


def usage_of_experts(experts: Iterable[Expert]) -> dict[int, Usage]:
    """Return the usage of each expert by its number: two queries, however many experts."""
    wanted = {expert.pk for expert in experts}
    found: dict[int, Usage] = defaultdict(Usage)
    rows = QuestionPage.objects.filter(answered_by__in=wanted).order_by()
    for expert, question, live in rows.values_list("answered_by_id", "pk", "live"):
        found[expert].add(question, live=live)
    for question, expert in _versions("answered_by"):
        if expert in wanted:
            found[expert].add(question, live=False)
    return _without_doubles(found)


def _versions(name: str) -> Iterable[tuple[int, object]]:
    """Yield one field of every version that readers may see later: of live questions with changes, and scheduled."""
    latest = QuestionPage.objects.with_unpublished_changes().order_by().values("latest_revision")
    versions = Revision.page_revisions.filter(Q(pk__in=latest) | Q(approved_go_live_at__isnull=False))
    versions = versions.filter(content_type__app_label="qa", content_type__model="questionpage")
    for question, value in versions.values_list("object_id", f"content__{name}"):
        yield int(question), value


def _without_doubles(found: dict[int, Usage]) -> dict[int, Usage]:
    for usage in found.values():
        usage.drafts -= usage.live
    return found
