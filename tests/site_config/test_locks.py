"""What a newcomer is promised of an installation: the same packages on any day, and nothing that the locks do not name.

What pip finds out by itself is true only on the day on which it is asked. So everything that anything locked asks for,
extras included, is looked up in the metadata of what is installed, and has to stand in the lock.
"""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
_ENTRY = re.compile(r"^([^\s#][^\\\n]*?)\s*\\\n((?:\s+--hash=sha256:[0-9a-f]{64}(?:\s*\\)?\n)+)", re.MULTILINE)


def locked(lock):
    """Return the requirements that a lock file names, those for other machines left out."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = [Requirement(entry) for entry, _hashes in _ENTRY.findall(text)]
    starts = [line for line in text.splitlines() if re.match(r"[\w-]", line)]
    assert len(entries) == len(starts), "every entry has a version and hashes"
    return {canonicalize_name(entry.name): entry for entry in entries if holds(entry)}


def wanted(lock):
    """Return the requirements of the project itself that a lock answers."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    more = project["optional-dependencies"]["dev"] if "dev" in lock else []
    return [one for one in map(Requirement, (*project["dependencies"], *more)) if holds(one)]


def holds(requirement, extra=""):
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def asked_for(requirement):
    """Return what an installed distribution asks for, given the extras that it is asked with."""
    metadata = distribution(requirement.name)
    for one in map(Requirement, metadata.requires or ()):
        if any(holds(one, extra) for extra in (*requirement.extras, "")):
            yield one


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_that_is_asked_for_is_locked_with_its_extras(lock):
    entries, missing, seen = locked(lock), [], set()
    waiting = [("pyproject.toml", one) for one in wanted(lock)]
    while waiting:
        who, requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        entry = entries.get(name)
        if entry is None or not requirement.specifier.contains(str(entry.specifier).removeprefix("==")):
            missing.append(f"{who}: {requirement}")
        elif not requirement.extras <= entry.extras:
            # Old pip, told of `coverage` only, looks for `coverage[toml]` on its own and meets a newer release.
            missing.append(f"{who}: {requirement}, but the lock says {entry}")
        elif (name, frozenset(requirement.extras)) not in seen:
            seen.add((name, frozenset(requirement.extras)))
            waiting += [(name, one) for one in asked_for(requirement)]
    assert not missing
    assert {name for name, _extras in seen} == entries.keys(), "nothing is locked that nobody asks for"


@pytest.mark.parametrize("lock", LOCKS)
def test_an_extra_that_is_locked_exists(lock):
    for entry in locked(lock).values():
        offered = distribution(entry.name).metadata.get_all("Provides-Extra") or []
        assert entry.extras <= set(offered), entry


def test_what_is_installed_is_what_is_locked():
    for name, entry in locked("requirements-dev.lock").items():
        assert entry.specifier == f"=={distribution(name).version}", entry


def test_both_locks_agree():
    both = locked("requirements-dev.lock")
    assert {name: str(entry) for name, entry in locked("requirements.lock").items()} == {
        name: str(both[name]) for name in locked("requirements.lock")
    }


@pytest.mark.parametrize("lock", [*LOCKS, "requirements-audit.lock"])
def test_a_lock_names_no_address_and_no_option(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert locked(lock)
    assert "://" not in text
    assert not re.findall(r"^\s*-(?!-hash=)", text, re.MULTILINE)


def install(lock, *python_options):
    return subprocess.run(  # noqa: S603
        [sys.executable, *python_options, "-m", "site_config.installing", str(lock)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_installation_says_how_far_it_is():
    done = install("requirements-dev.lock")  # all of it is there already, so that nothing is fetched
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ +\d+ packages of requirements-dev.lock", done.stdout)
    assert re.search(r"^ +45 of \d+: [\w.-]+$", done.stdout, re.MULTILINE)
    assert "WARNING" not in done.stdout + done.stderr


def test_an_installation_that_fails_says_why(tmp_path):
    lock = tmp_path / "wrong.lock"
    entry = next(_ENTRY.finditer((ROOT / "requirements.lock").read_text(encoding="utf-8")))
    lock.write_text(f"--no-index\n{entry[1]}9 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    done = install(lock)
    assert done.returncode == 1
    assert "No matching distribution" in done.stderr
    assert done.stderr.rstrip().endswith("could not be installed; pip says why above.")
