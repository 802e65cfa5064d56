"""What readers are promised while something is broken."""

import json

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from tests.processes import PRODUCTION, manage

pytestmark = [pytest.mark.slow, pytest.mark.same_on_every_database]


@pytest.fixture
def patient_client():
    """A client that gets the error page instead of the exception."""
    return Client(raise_request_exception=False, headers={"host": "localhost"})


@pytest.mark.django_db
def test_a_database_that_fails_halfway_is_a_short_break_not_an_error(patient_client, column):
    def fail(*arguments):
        raise OperationalError("server closed the connection unexpectedly")

    for address in ("/", "/questions/", "/nothing/"):
        with connection.execute_wrapper(fail):
            response = patient_client.get(address)
        assert (response.status_code, response["Retry-After"]) == (503, "60"), address
        assert "We will be right back" in response.content.decode()
        assert "server closed" not in response.content.decode()
    assert patient_client.get("/").status_code == 200


@pytest.mark.django_db
def test_any_other_fault_is_an_error_page_without_the_reason(patient_client, column):
    def fail(*arguments):
        raise ValueError("a secret reason")

    with connection.execute_wrapper(fail):
        response = patient_client.get("/")
    assert response.status_code == 500
    assert "Retry-After" not in response
    assert "Something went wrong" in response.content.decode()
    assert "secret" not in response.content.decode()


def test_with_no_database_and_no_collected_files_readers_still_get_a_page(tmp_path):
    program = (
        "import json; from django.test import Client;"
        "client = Client(raise_request_exception=False, headers={'host': 'example.org'});"
        "answers = [client.get(path, secure=True) for path in ('/', '/nothing/at/all/', '/wp-login.php')];"
        "print(json.dumps([(a.status_code, a.get('Retry-After'), b'right back' in a.content) for a in answers]))"
    )
    away = {"DATABASE_URL": "postgres://somebody:hunter2@127.0.0.1:1/column", "VAR_DIR": str(tmp_path)}
    done = manage("shell", "--no-imports", "-c", program, **PRODUCTION | away)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [[503, "60", True]] * 3
    assert "hunter2" not in done.stderr
