"""What `make test-next` says where it cannot run, and that its rows are ahead of the lock file."""

import os
import re
import subprocess
import sys

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from tests import next_versions

pytestmark = pytest.mark.same_on_every_database


def test_a_row_without_a_python_is_not_passed_over_in_silence(tmp_path):
    environment = os.environ | {"NEXT_PYTHON": str(tmp_path / "python3")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.next_versions"],
        cwd=next_versions.ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1  # Wagtail must pass
    for row in next_versions.ROWS:
        assert f"{row.name}: not run: no Python {row.python[0]}.{row.python[1]} or newer was found" in done.stdout


def test_the_python_that_is_named_is_taken_if_it_is_new_enough(monkeypatch):
    monkeypatch.setenv("NEXT_PYTHON", sys.executable)
    assert next_versions.python_for(sys.version_info[:2]) == sys.executable
    assert next_versions.python_for((sys.version_info[0], sys.version_info[1] + 1)) is None


@pytest.mark.parametrize(("code", "must_pass", "said"), [(0, True, "passed"), (1, True, "FAILED:"), (1, False, "may:")])
def test_each_row_ends_with_its_outcome_and_pytests_own_count(code, must_pass, said):
    row = next_versions.Row("Wagtail", "wagtail>=9", (3, 11), must_pass)
    line = next_versions._line(row, "Wagtail 9", code, "==== 1 failed, 2 passed in 3s ====\n")
    assert said in line
    assert line.endswith("Wagtail 9: 1 failed, 2 passed in 3s")


def test_every_row_is_ahead_of_the_lock_file():
    """Once an upgrade has reached it, a row names the version after that."""
    lock = next_versions.LOCK.read_text(encoding="utf-8")
    for row in next_versions.ROWS:
        name, bounds = re.fullmatch(r"([a-z]+)(.+)", row.requirement).groups()
        locked = re.search(rf"^{name}==([\w.]+)", lock, re.MULTILINE)[1]
        assert Version(locked) not in SpecifierSet(bounds, prereleases=True), f"{row.requirement}: {locked} is locked"
