"""Runs the tests on the next Wagtail and on the next Django, in virtual environments of their own: `make test-next`.

Without a browser, on SQLite. Each row ends with one line; the exit code is 1 if one that must pass did not.
docs/upgrading.md says what for. Needs no package: it makes the environments that have them.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv-next"
LOCK = ROOT / "requirements-dev.lock"
LOCK_TESTS = ROOT / "tests/site_config/test_locks.py"


@dataclass(frozen=True)
class Row:
    """One package that is newer than the lock file has it."""

    name: str
    requirement: str  # with "rc1" in its bound it takes candidates, until there is a release
    python: tuple[int, int]
    must_pass: bool


ROWS = (
    Row("Wagtail", "wagtail>=8.1rc1,<8.2", (3, 11), must_pass=True),
    Row("Django", "django>=6.1,<6.2", (3, 12), must_pass=False),
)


def main() -> int:
    """Run the rows and say what became of each; return the exit code."""
    lines, failed = [], False
    for row in ROWS:
        passed, line = _run(row)
        lines.append(line)
        failed |= row.must_pass and not passed
    print("\n".join(["", "== The next versions", *lines]))  # noqa: T201
    return int(failed)


def python_for(version: tuple[int, int]) -> str | None:
    """Return a Python that is new enough: `NEXT_PYTHON`, this one, one on the PATH, or one of pyenv's."""
    named = os.environ.get("NEXT_PYTHON")
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    on_path = [found for minor in range(20, version[1] - 1, -1) if (found := shutil.which(f"python3.{minor}"))]
    candidates = [sys.executable, *on_path, *map(str, sorted(pyenv.glob("versions/3.*/bin/python"), reverse=True))]
    for candidate in [named] if named else candidates:
        if _version_of(candidate) >= version:
            return candidate
    return None


def _version_of(python: str) -> tuple[int, int]:
    """Return the version of an interpreter, (0, 0) if it does not run: pyenv has names on the PATH that do not."""
    code = "import ensurepip, sys, venv; print(*sys.version_info[:2])"
    try:
        result = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603
        major, minor = map(int, result.stdout.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0, 0
    return major, minor


def _run(row: Row) -> tuple[bool, str]:
    python = python_for(row.python)
    if python is None:
        needed = "{}.{}".format(*row.python)
        return (
            False,
            f"{row.name}: not run: no Python {needed} or newer was found (NEXT_PYTHON=/path/to/python names one)",
        )
    print(f"== {row.requirement}, with {python}", flush=True)  # noqa: T201
    folder = FOLDER / row.name.lower()
    try:
        binary = _install(row, python, folder)
        versions = _versions(binary)
    except subprocess.CalledProcessError as error:
        return False, f"{row.name}: not run: `{' '.join(map(str, error.cmd[-3:]))}` failed, see above"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "site_config.settings.test",
        "TEST_DATABASE_URL": "",
        "VAR_DIR": str(folder / "var"),
        "PATH": f"{binary}{os.pathsep}{os.environ['PATH']}",
    }
    workers = os.environ.get("WORKERS") or "auto"
    command = [binary / "python", "-m", "pytest", "-n", workers, "--maxprocesses", "8", "--dist", "worksteal"]
    # The tests of the locks install what is locked: here that would take the newer package away again.
    options = ["-o", f"cache_dir={folder / 'pytest_cache'}", "-m", "not browser", f"--ignore={LOCK_TESTS}"]
    with (
        subprocess.Popen(  # noqa: S603
            [*command, *options, *sys.argv[1:]], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as tests
    ):
        last = ""
        for line in tests.stdout or ():
            print(line, end="", flush=True)  # noqa: T201
            last = line if re.search(r"\d+ (passed|failed|error)", line) else last
    return tests.returncode == 0, _line(row, versions, tests.returncode, last)


def _install(row: Row, python: str, folder: Path) -> Path:
    """Bring an environment up to the lock file and the newer package; return where its programs are."""
    binary, stamp = folder / "bin", folder / "lock"
    made_of = f"{python} {hashlib.sha256(LOCK.read_bytes()).hexdigest()}"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != made_of:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([python, "-m", "venv", folder], check=True)  # noqa: S603
        subprocess.run([binary / "python", "-m", "site_config.installing", LOCK.name], cwd=ROOT, check=True)  # noqa: S603
        stamp.write_text(made_of, encoding="utf-8")
    pip = [binary / "python", "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--upgrade"]
    subprocess.run([*pip, row.requirement], check=True)  # noqa: S603
    return binary


def _versions(binary: Path) -> str:
    code = "import sys, django, wagtail; print(wagtail.__version__, django.__version__, sys.version.split()[0])"
    result = subprocess.run([binary / "python", "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return "Wagtail {}, Django {}, Python {}".format(*result.stdout.split())


def _line(row: Row, versions: str, code: int, last: str) -> str:
    """Return what became of a row: pytest's own count, or that there is none."""
    outcome = "passed" if code == 0 else "FAILED" if row.must_pass else "FAILED, which it may"
    said = last.strip(" =\n") or f"pytest ended with {code}"
    return f"{row.name}: {outcome}: {versions}: {said}"


if __name__ == "__main__":
    sys.exit(main())
