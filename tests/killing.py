"""Kills a process after its n-th SQL statement, and tells whether what it leaves behind is whole."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.models import Page, PageLogEntry, Revision

from qa.models import ContentChange, QuestionPage, ScheduleTrouble, SearchEntry
from qa.scheduling.publisher import publish_due
from tests.factories import make_question
from tests.question_form import form_of

KILLED = 9


@dataclass(frozen=True)
class Way:
    """One way on which a question is published, scheduled or taken down."""

    prepare: Callable[[], QuestionPage]
    go: Callable[[QuestionPage], None]


def statements_of(work: Callable[[], None], die_after: int | None = None) -> bool:
    """Run ``work`` in a process of its own; return whether it was killed before it came to its end.

    It dies without a word, as by SIGKILL: nothing is rolled back by Python, nothing is closed.
    """
    connections.close_all()  # a connection must not be shared with a child
    child = os.fork()
    if child == 0:
        count = 0

        def counting(execute: Callable, *arguments: Any) -> Any:
            nonlocal count
            result = execute(*arguments)
            count += 1
            if count == die_after:
                os._exit(KILLED)
            return result

        try:
            with connection.execute_wrapper(counting):
                work()
        except BaseException:  # noqa: BLE001 - the child must never come back into the test run
            traceback.print_exc(file=sys.stderr)
            os._exit(1)
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, KILLED):
        raise RuntimeError(f"The child ended with {code}.")
    return code == KILLED


def state_of(page: QuestionPage, version: int) -> dict[str, Any]:
    """Return all that has to agree about a question, without what differs between two runs: numbers and moments.

    ``version`` is the content version from which it is counted.
    """
    stored = QuestionPage.objects.get(pk=page.pk)
    revisions = list(Revision.objects.for_instance(stored).order_by("pk"))
    place = {revision.pk: number for number, revision in enumerate(revisions)}
    return {
        "page": [stored.title, stored.live, stored.expired, stored.has_unpublished_changes],
        "published": [stored.first_published_at is not None, place.get(stored.live_revision_id)],
        "latest": place.get(stored.latest_revision_id),
        "revisions": [(revision.content["title"], revision.approved_go_live_at is not None) for revision in revisions],
        "log": list(PageLogEntry.objects.filter(page=page.pk).order_by("pk").values_list("action", flat=True)),
        "search": list(SearchEntry.objects.filter(page=page.pk).values_list("headline", flat=True)),
        "review": list(stored.workflow_states.values_list("status", flat=True)),
        "tasks": [list(state.task_states.values_list("status", flat=True)) for state in stored.workflow_states.all()],
        "trouble": ScheduleTrouble.objects.count(),
        "version": ContentChange.version() - version,
        "queued": [row["args"] == [page.pk] for row in _queued()].count(True),
    }


def torn_states(way: Way, step: int = 1) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """Kill one way after each ``step``-th statement; yield the number, and the state if it is torn.

    Whole is what the question was before, and what it becomes when nobody kills.
    """
    page = way.prepare()
    version = ContentChange.version()
    before = state_of(page, version)
    way.go(page)  # here: the children then start with everything loaded
    after = state_of(page, version)
    if before == after:
        raise RuntimeError("nothing happened")
    page, version, number = way.prepare(), ContentChange.version(), step
    while statements_of(partial(way.go, page), die_after=number):
        state = state_of(page, version)
        yield number, (None if state in (before, after) else state)
        if state != before:
            page, version = way.prepare(), ContentChange.version()
        number += step


def _queued() -> list[dict[str, Any]]:
    return list(DBTaskResult.objects.values_list("args_kwargs", flat=True))


def _client() -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(get_user_model().objects.get(username="admin"))
    return client


def _post(page: QuestionPage, name: str, data: dict, client: Client) -> None:
    response = client.post(reverse(name, args=[page.pk]), data)
    if response.status_code != 302:
        raise RuntimeError(f"{name} answered {response.status_code}.")


def ways() -> dict[str, Way]:
    """Return the ways by name; they need the account ``admin`` and the roles."""
    client = _client()

    def draft() -> QuestionPage:
        return make_question("Draft?", publish=False)

    def published() -> QuestionPage:
        return make_question("Published?")

    def in_review() -> QuestionPage:
        page = draft()
        page.get_workflow().start(page, get_user_model().objects.get(username="admin"))
        return page

    def due() -> QuestionPage:
        page = make_question("Due?", go_live_at=timezone.now() + timedelta(days=1))
        Revision.objects.for_instance(page).update(approved_go_live_at=timezone.now())
        revision = Revision.objects.for_instance(page).get()
        revision.content["go_live_at"] = None
        revision.save()
        return page

    def expired() -> QuestionPage:
        page = published()
        Page.objects.filter(pk=page.pk).update(expire_at=timezone.now())
        return page

    def edit(page: QuestionPage, **fields: Any) -> None:
        _post(page, "wagtailadmin_pages:edit", form_of(page, [], title="Changed?", **fields), client)

    def approve(page: QuestionPage) -> None:
        fields = {"action-publish": "", "action-workflow-action": "1", "workflow-action-name": "approve"}
        data = form_of(page, [], title="Changed?") | fields
        data.pop("action-publish")
        _post(page, "wagtailadmin_pages:edit", data, client)

    later = f"{timezone.now() + timedelta(days=1):%Y-%m-%d %H:%M}"
    return {
        "publish a draft": Way(draft, edit),
        "publish a change": Way(published, edit),
        "schedule a draft": Way(draft, lambda page: edit(page, go_live_at=later)),
        "schedule a change": Way(published, lambda page: edit(page, go_live_at=later)),
        "approve in review": Way(in_review, approve),
        "unpublish": Way(published, lambda page: _post(page, "wagtailadmin_pages:unpublish", {}, client)),
        "the clock publishes": Way(due, lambda page: publish_due()),
        "the clock takes down": Way(expired, lambda page: publish_due()),
    }
