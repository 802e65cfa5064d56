"""What `make audit` says: that it has asked, and what is known, or that it could not ask."""

import json
import sys

import pytest

from tests import known_holes

pytestmark = pytest.mark.same_on_every_database
HOLE = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": ""}


@pytest.fixture
def audit(tmp_path, monkeypatch, capsys):
    """A function that audits a lock of two packages with a tool that reports what it is given."""
    lock = tmp_path / "requirements.lock"
    lock.write_text("one==1.0 \\\n    --hash=sha256:0\nextra[of-it]==2.0 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(known_holes, "LOCK", lock)
    monkeypatch.setattr(known_holes, "behind", lambda: ["  one 1.0: 1.1 is out"])

    def run(output):
        tool = tmp_path / "pip-audit"
        tool.write_text(f"#!{sys.executable}\nprint({output!r})\n")
        tool.chmod(0o700)
        return known_holes.main(str(tool)), capsys.readouterr().out

    return run


def report(**holes):
    packages = [{"name": name, "version": "1.0", "vulns": found} for name, found in holes.items() if found is not None]
    packages += [{"name": name, "skip_reason": "not found"} for name, found in holes.items() if found is None]
    return json.dumps({"dependencies": packages, "fixes": []})


@pytest.mark.parametrize(
    ("output", "code", "begins", "has"),
    [
        (report(one=[], extra=[]), 0, "ASKED about all 2", "0 known holes"),
        (report(one=[HOLE], extra=[]), 1, "ASKED about all 2", "one 1.0: PYSEC-1, mended in 1.1"),
        (report(one=None, extra=None), 2, "NOT ASKED about 2 of 2", "1.1 is out"),
        (report(one=None, extra=[]), 2, "NOT ASKED about 1 of 2", "1.1 is out"),
        (report(one=[HOLE], extra=None), 1, "NOT ASKED about 1 of 2", "PYSEC-1"),
        ("no network", 2, "NOT ASKED about 2 of 2", "1.1 is out"),
    ],
)
def test_it_says_first_whether_it_has_asked(audit, output, code, begins, has):
    exit_code, said = audit(output)
    assert exit_code == code
    assert said.startswith(begins)
    assert has in said
