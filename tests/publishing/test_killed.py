"""A process that is killed while it publishes leaves the question as it was, or wholly published."""

import pytest
from django.urls import get_resolver

from tests.killing import torn_states, ways

pytestmark = pytest.mark.slow

#: Statements between two deaths; ``python -m benchmarks.publish_kill`` dies after each.
STEP = 11


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["publish a change", "approve in review", "the clock publishes"])
def test_no_state_is_torn(administrator, name, settings):
    settings.TASKS = settings.TASKS | {"queue": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    states = dict(torn_states(ways()[name], STEP))
    assert len(states) >= 4
    assert {number: state for number, state in states.items() if state} == {}


@pytest.mark.same_on_every_database
def test_every_view_of_the_desk_is_guarded():
    def views(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from views(pattern.url_patterns)
            else:
                yield pattern.callback

    desks = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "admin/"]
    found = list(views(desks))
    unguarded = {
        getattr(view, "view_class", view).__name__ for view in found if not getattr(view, "writes_are_atomic", False)
    }
    assert len(found) > 100
    # Doors: a slow hash must not hold the one writer of SQLite, and a mistake is counted whatever comes after it.
    assert unguarded == {"DeskDoor", "SecondStep", "PasswordReset", "begin", "finish"}
