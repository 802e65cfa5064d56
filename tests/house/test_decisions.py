"""What a newcomer is promised of docs/decisions/: a complete list, whole records, and tests that are really there."""

import ast
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs/decisions"
RECORDS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md")) if path.stem != "README"}
SECTIONS = ["Context", "Decision", "Alternatives", "Consequences"]
_HEAD = re.compile(
    r"# (?P<number>\d{4})\. (?P<title>.+)\n\n"
    r"- \*\*Date\*\*: (?P<date>\d{4}-\d\d-\d\d)\n"
    r"- \*\*Status\*\*: (?P<status>.+)\n"
)
_STATUS = re.compile(r"accepted|superseded by \[\d{4}\]\((\d{4}-[\w-]+\.md)\)")
#: A file of tests or benchmarks, perhaps with the name of a test, or a benchmark as it is run.
_PATH = re.compile(r"`((?:tests|benchmarks)/[\w/.-]+?\.(?:py|tsv))(?:::(\w+))?`|python -m ((?:tests|benchmarks)\.\w+)")


def links(text):
    return re.findall(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)", text)


def names_in(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if hasattr(node, "name")}


def lacks(name, text):
    """Yield what a record lacks."""
    head = _HEAD.match(text)
    if not head:
        yield "a title, a date and a status"
        return
    date.fromisoformat(head["date"])
    if not name.startswith(f"{head['number']}-"):
        yield "the number of its file"
    if not _STATUS.fullmatch(head["status"]):
        yield "a status that is known"
    if re.findall(r"^## (.+)$", text, re.MULTILINE) != SECTIONS:
        yield "the sections of all records"
    yield from (mark for mark in ("**Held by**", "**Looked at again**") if f"\n{mark}" not in text)


def test_every_record_has_a_date_a_status_and_all_sections():
    assert not [f"{name}: {what}" for name, text in RECORDS.items() for what in lacks(name, text)]


def test_numbers_are_given_once_and_follow_the_days():
    assert [int(name[:4]) for name in RECORDS] == list(range(1, len(RECORDS) + 1))
    days = [_HEAD.match(text)["date"] for text in RECORDS.values()]
    assert days == sorted(days)


def test_the_list_names_every_record_with_its_title_and_day():
    heads = {name: _HEAD.match(text) for name, text in RECORDS.items()}
    lines = re.findall(r"^- \[.+$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert lines == [f"- [{head['number']}]({name}) {head['title']} ({head['date']})" for name, head in heads.items()]


def test_the_rules_name_every_record_that_holds_once():
    architecture = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rules = architecture[architecture.index("\n## Rules\n") : architecture.index("\n## Tests\n")]
    named = Counter(re.findall(r"\(decisions/(\d[\w-]+\.md)\)", rules))
    assert named == Counter(name for name, text in RECORDS.items() if _HEAD.match(text)["status"] == "accepted")


def test_what_a_record_names_is_there():
    missing = []
    for name, text in RECORDS.items():
        missing += [f"{name}: {link}" for link in links(text) if "://" not in link and not (FOLDER / link).exists()]
        named = [match.groups() for match in _PATH.finditer(" ".join(text.split()))]
        for file, test, module in named:
            path = ROOT / (file or f"{module.replace('.', '/')}.py")
            if not path.is_file() or (test and test not in names_in(path)):
                missing.append(f"{name}: {path.relative_to(ROOT)} {test or ''}")
        if not named:
            missing.append(f"{name}: no test and no benchmark")
    assert not missing
