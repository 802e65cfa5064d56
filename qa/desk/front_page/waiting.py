"""To-do lists of an account at the desk: the first lines of each, and how many there are."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractUser
from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, Revision, TaskState, WorkflowState
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import policy_registry

from qa.desk.front_page.comments import last_word, unanswered
from qa.desk.reach import questions_for
from qa.models import QuestionPage, VainSearch
from qa.scheduling.due import due_changes
from qa.scheduling.health import OVERDUE_AFTER
from qa.search.vain_searches import found_by_now

#: How far ahead the front page looks.
AHEAD = timedelta(days=14)
#: Lines of one list; how many there are altogether is said beside them.
MOST_SHOWN = 8


@dataclass(frozen=True)
class Line:
    """One thing that waits, the page that opens for it, and what there is to know about it."""

    title: str
    url: str
    note: str = ""
    moment: datetime | Any = None  # a moment (aware) or a day


@dataclass(frozen=True)
class Waiting:
    """One list: its first lines, how many there are, and where all of them are, if there is such a place."""

    name: str
    heading: str
    icon: str
    lines: list[Line]
    count: int
    all_url: str = ""

    @property
    def more(self) -> int:
        """How many are not among the lines."""
        return self.count - len(self.lines)


def waiting_for(user: AbstractUser, now: datetime) -> list[Waiting]:
    """Return the lists that concern ``user`` and are not empty, the most urgent first.

    The number of queries does not depend on how much waits. What needs the right to publish is shown for the pages
    that the account may publish; what readers searched in vain, to those who may see that report.
    """
    lists: list[Callable[[], Waiting]] = []
    publishable = _publishable(user)
    if publishable is not None:
        lists.append(lambda: _overdue(publishable, now))
    lists.append(lambda: _to_review(user))
    lists.append(lambda: _sent_back(user))
    lists.append(lambda: _comments(user))
    lists.append(lambda: _drafts(user))
    if publishable is not None:
        lists += [
            lambda: _scheduled(publishable, now),
            lambda: _past_review(publishable, now),
            lambda: _without_topic(publishable),
        ]
    if ModelPermissionPolicy(VainSearch).user_has_permission(user, "view"):
        lists.append(_searched_in_vain)
    return [found for make in lists if (found := make()).count]


def _publishable(user: AbstractUser) -> QuerySet[QuestionPage] | None:
    """Return the questions that ``user`` may publish, ``None`` if the account may publish nothing."""
    policy = policy_registry.get_by_type(Page)
    if not policy.user_has_permission(user, "publish"):
        return None
    return questions_for(user, frozenset({"publish"}))


def _edit(page_id: Any) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page_id])


def _first(found: QuerySet, *fields: str) -> tuple[list[dict[str, Any]], int]:
    """Return the first rows, without the answers, and the number of all of them."""
    return list(found.values("pk", "draft_title", *fields)[:MOST_SHOWN]), found.order_by().count()


# Mine


def _is_in_review() -> Q:
    states = WorkflowState.objects.active().filter(base_content_type=ContentType.objects.get_for_model(Page))
    return Q(pk__in=states.order_by().values(page_number=Cast("object_id", IntegerField())))


def is_scheduled() -> Q:
    """Return the condition that a question has a scheduled revision.

    It is one set of numbers: asked for each question by itself, it took seconds with some thousands of them.
    """
    return Q(pk__in=scheduled_revisions().order_by().values("page_number"))


def scheduled_revisions() -> QuerySet[Revision]:
    """Return the scheduled revisions of questions, without their content; ``page_number`` is the question's number."""
    question = ContentType.objects.get_for_model(QuestionPage)
    revisions = Revision.objects.filter(content_type=question, approved_go_live_at__isnull=False)
    return revisions.annotate(page_number=Cast("object_id", IntegerField())).defer("content")


def never_approved(questions: QuerySet[QuestionPage], now: datetime) -> QuerySet[QuestionPage]:
    """Return the drafts among ``questions`` whose time passed without anybody scheduling them."""
    return questions.filter(live=False, first_published_at=None, go_live_at__lt=now).exclude(is_scheduled())


def _drafts(user: AbstractUser) -> Waiting:
    mine = QuestionPage.objects.filter(Q(owner=user, live=False) | Q(latest_revision__user=user), expired=False)
    unfinished = mine.filter(Q(live=False) | Q(has_unpublished_changes=True), alias_of=None)
    found = unfinished.exclude(_is_in_review()).exclude(is_scheduled()).order_by("-latest_revision_created_at", "-pk")
    rows, count = _first(found, "live", "latest_revision_created_at")
    lines = [
        Line(
            row["draft_title"],
            _edit(row["pk"]),
            _("changes of a published question") if row["live"] else _("draft"),
            row["latest_revision_created_at"],
        )
        for row in rows
    ]
    url = f"{reverse('questions:index')}?owner={user.pk}"
    return Waiting("drafts", _("Drafts of mine"), "edit", lines, count, url)


def _to_review(user: AbstractUser) -> Waiting:
    tasks = TaskState.objects.reviewable_by(user).select_related("revision", "revision__user")
    tasks = tasks.defer("revision__content").order_by("started_at", "pk")
    lines = [
        Line(
            task.revision.object_str,
            _edit(task.revision.object_id),
            _("from %(name)s") % {"name": _name(task.revision.user)} if task.revision.user else "",
            task.started_at,
        )
        for task in tasks[:MOST_SHOWN]
    ]
    url = reverse("wagtailadmin_reports:workflow_tasks")
    return Waiting("review", _("To review"), "glasses", lines, tasks.count(), url)


def _sent_back(user: AbstractUser) -> Waiting:
    """List what I handed in: first what came back with a wish for changes."""
    pages = Page.objects.filter(owner=user, pk=Cast(OuterRef("object_id"), IntegerField()))
    mine = WorkflowState.objects.active().filter(base_content_type=ContentType.objects.get_for_model(Page))
    mine = mine.filter(Q(requested_by=user) | Exists(pages))
    mine = mine.select_related("current_task_state__task", "current_task_state__revision")
    mine = mine.defer("current_task_state__revision__content").order_by("-status", "-created_at", "-pk")
    lines = []
    for state in mine[:MOST_SHOWN]:
        task = state.current_task_state
        if task is None:
            continue
        if state.status != WorkflowState.STATUS_NEEDS_CHANGES:
            note, moment = _("in review"), task.started_at
        else:
            remark = {"remark": _excerpt(task.comment)}
            note = _("changes asked for: “%(remark)s”") % remark if task.comment else _("changes asked for")
            moment = task.finished_at
        lines.append(Line(task.revision.object_str, _edit(state.object_id), note, moment))
    url = reverse("wagtailadmin_reports:workflow")
    return Waiting("handed-in", _("Handed in by me"), "resubmit", lines, mine.count(), url)


def _comments(user: AbstractUser) -> Waiting:
    """List all of them: comments have no other list."""
    lines = []
    for comment in unanswered(user):
        word = last_word(comment)
        note = _("%(name)s: “%(words)s”") % {"name": _name(word.user), "words": _excerpt(word.text)}
        url = f"{_edit(comment.page_id)}?{urlencode({'comment': comment.pk})}"  # opens the form with this comment
        lines.append(Line(comment.page.draft_title, url, note, word.created_at))
    return Waiting("comments", _("Comments to answer"), "comment", lines, len(lines))


def _name(user: AbstractUser) -> str:
    return user.get_full_name() or user.get_username()


def _excerpt(text: str) -> str:
    return Truncator(text).words(25)


# For those who publish


def _overdue(questions: QuerySet[QuestionPage], now: datetime) -> Waiting:
    """List what should have happened: the clock's changes, and drafts whose time passed without an approval."""
    changes = [change for change in due_changes(now - OVERDUE_AFTER) if change.model is Page]
    numbers = {int(change.object_id) for change in changes}
    changed = set(questions.filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()
    lines = [
        Line(
            change.title,
            _edit(change.object_id),
            _("should be published") if change.revision_id else _("should be taken down"),
            change.due_at,
        )
        for change in changes
        if int(change.object_id) in changed
    ]
    rows, count = _first(never_approved(questions, now).order_by("go_live_at", "pk"), "go_live_at")
    count += len(lines)
    lines += [
        Line(row["draft_title"], _edit(row["pk"]), _("its time passed, and nobody approved it"), row["go_live_at"])
        for row in rows
    ]
    url = f"{reverse('report_scheduled')}?what=overdue"
    return Waiting("overdue", _("Overdue"), "warning", lines[:MOST_SHOWN], count, url)


def _scheduled(questions: QuerySet[QuestionPage], now: datetime) -> Waiting:
    until = now + AHEAD
    revisions = scheduled_revisions().filter(
        approved_go_live_at__range=(now, until), page_number__in=questions.values("pk")
    )
    expiring = questions.filter(live=True, expire_at__range=(now, until)).order_by("expire_at", "pk")
    rows, count = _first(expiring, "expire_at")
    lines = [Line(row["draft_title"], _edit(row["pk"]), _("expires"), row["expire_at"]) for row in rows]
    lines += [
        Line(revision.object_str, _edit(revision.object_id), _("goes live"), revision.approved_go_live_at)
        for revision in revisions.order_by("approved_go_live_at", "pk")[:MOST_SHOWN]
    ]
    lines = sorted(lines, key=lambda line: line.moment)[:MOST_SHOWN]
    heading = _("Scheduled for the next %(days)s days") % {"days": AHEAD.days}
    return Waiting("scheduled", heading, "calendar-check", lines, count + revisions.count(), reverse("qa_calendar"))


def _past_review(questions: QuerySet[QuestionPage], now: datetime) -> Waiting:
    due = questions.overdue_for_review(timezone.localdate(now)).order_by("review_after", "pk")
    rows, count = _first(due, "review_after")
    lines = [Line(row["draft_title"], _edit(row["pk"]), _("review due"), row["review_after"]) for row in rows]
    return Waiting(
        "past-review",
        _("Past their review date"),
        "history",
        lines,
        count,
        reverse("report_past_review"),
    )


def _without_topic(questions: QuerySet[QuestionPage]) -> Waiting:
    found = questions.without_topic().order_by("-live", "-latest_revision_created_at", "-pk")
    rows, count = _first(found, "live")
    lines = [Line(row["draft_title"], _edit(row["pk"]), _("published") if row["live"] else _("draft")) for row in rows]
    url = f"{reverse('questions:index')}?status=without-topic"
    return Waiting("without-topic", _("Questions without topic"), "tag", lines, count, url)


def _searched_in_vain() -> Waiting:
    searches = VainSearch.objects.all()
    report = reverse("vain_searches")
    first = list(searches[:MOST_SHOWN])
    answered = found_by_now(first)
    lines = []
    for found in first:
        note = ngettext("once", "%(times)s times", found.times) % {"times": found.times}
        if found.pk in answered:
            note = _("%(times)s; readers find something by now") % {"times": note}
        lines.append(Line(found.words, f"{report}?{urlencode({'q': found.words})}", note, found.last_on))
    return Waiting("vain", _("Searched in vain"), "search", lines, searches.count(), report)
