"""Looks for known holes in what ``requirements.lock`` names: ``make audit``. It asks another host, so no test runs it.

``pip-audit``, from an environment of its own, asks PyPI's data of known holes. Where that cannot be reached, the
packages that are behind their newest release are named instead, which says less; the first line tells which of the two
it is. Exits 0 when no hole is known, 1 when one is, 2 when nobody could be asked.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
_PINNED = re.compile(r"^([\w.-]+)(?:\[[\w,.-]+\])?==", re.MULTILINE)
_LONGEST_WAIT = 15  # seconds for one answer


def main(tool: str) -> int:
    """Ask ``tool`` (the path of ``pip-audit``) and print what it knows; return the exit code."""
    command = [tool, "--requirement", str(LOCK), "--require-hashes", "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", "--timeout", str(_LONGEST_WAIT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    try:
        asked, holes, skipped = read(json.loads(done.stdout))
    except (ValueError, KeyError):  # no report, but a sentence
        asked, holes, skipped = 0, [], done.stderr.strip().splitlines()[-1:]
    wanted = len(_PINNED.findall(LOCK.read_text(encoding="utf-8")))
    if asked == wanted:
        say(f"ASKED about all {wanted} packages of {LOCK.name}: {len(holes)} known holes.", *holes)
        return int(bool(holes))
    say(
        f"NOT ASKED about {wanted - asked} of {wanted} packages: the data of known holes cannot be reached"
        f" ({skipped[0][:200] if skipped else 'no reason is given'}). Of the others: {len(holes)} known holes.",
        *holes,
        "Behind their newest release:",
        *behind(),
    )
    return 1 if holes else 2


def read(report: dict) -> tuple[int, list[str], list[str]]:
    """Return of a report how many packages it is about, their holes, and why it skipped the others."""
    asked = [package for package in report["dependencies"] if "skip_reason" not in package]
    holes = [
        f"  {package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
        for package in asked
        for hole in package["vulns"]
    ]
    return len(asked), holes, [package["skip_reason"] for package in report["dependencies"] if package not in asked]


def behind() -> Iterator[str]:
    """Yield a line for each package of the lock of which there is a newer release, as pip finds it."""
    command = [sys.executable, "-m", "pip", "list", "--outdated", "--format", "json", "--disable-pip-version-check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        yield "  this cannot be said either: pip reaches no index"
        return
    lock = LOCK.read_text(encoding="utf-8")
    named = {name.lower().replace("_", "-") for name in _PINNED.findall(lock)}
    for package in json.loads(done.stdout):
        if package["name"].lower().replace("_", "-") in named:
            yield f"  {package['name']} {package['version']}: {package['latest_version']} is out"


def say(*lines: str) -> None:
    """Print lines."""
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
