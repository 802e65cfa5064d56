"""Import of letter files into the column."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from traceback import format_exception
from urllib.parse import unquote

from django.contrib.auth.models import AbstractBaseUser
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.fields.files import FieldFile
from django.utils.text import slugify

from qa.letters.blocks.registry import (
    FORMS,
    changed,
    every_block,
    letters_named_in,
    naming_only,
    with_letters_renamed,
    with_texts,
)
from qa.letters.blocks.values import Block
from qa.letters.errors import LetterError
from qa.letters.files import read as read_file
from qa.letters.form import Letter, read
from qa.letters.front_matter import Entry, as_date
from qa.letters.placing import ImportTarget, place, slug_of
from qa.letters.remarks import hidden_remarks
from qa.letters.uploads import delete_files
from qa.models import QuestionIndexPage, QuestionPage
from qa.rendering.languages import has_colours, is_language

#: Keys that other systems' front matter has for what a letter calls by another name.
SYNONYMS = {"date": "asked", "permalink": "slug", "description": "summary"}
_LARGEST_FILE = 2_000_000  # bytes; the longest letter there is has a hundredth of it
_LONGEST_REASON = 300  # characters of an error that nobody has foreseen

#: Wraps an iteration over letters, and is told what they are.
Progress = Callable[[list[Letter], str], Iterable[Letter]]


def all_of(letters: list[Letter], unit: str) -> Iterable[Letter]:
    """Return the letters as they are: the iteration of whom nobody watches."""
    return letters


@dataclass(frozen=True)
class Options:
    """How to import: where topics come from, the status of letters that say none, and how strict to be."""

    topics_from: str = ""
    status: str = ""
    strict: bool = False
    dry_run: bool = False
    user: AbstractBaseUser | None = None
    files_from: Path | None = None  # where the files that letters name must lie; else in the folder of the letter


@dataclass
class Report:
    """What an import did: how many letters were created, updated, unchanged; errors and warnings with path and line.

    ``tracebacks`` are those of errors that nobody has foreseen.
    """

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    warnings: dict[str, list[str]] = field(default_factory=dict)
    tracebacks: list[str] = field(default_factory=list)

    def wrong(self, path: Path, error: LetterError) -> None:
        """Note why a letter was not imported."""
        self.errors.append(f"{path}:{error.line}: {error.reason}" if error.line else f"{path}: {error.reason}")
        if error.__cause__:
            self.tracebacks.append("".join(format_exception(error.__cause__)))

    def warn(self, message: str, place: str) -> None:
        """Note something that was left out; one message for all the places it concerns."""
        self.warnings.setdefault(message, []).append(place)


def import_files(
    files: dict[Path, Path],
    column: QuestionIndexPage,
    options: Options,
    progress: Progress = all_of,
    report: Report | None = None,
) -> Report:
    """Import letters, each from its folder; a file that is wrong is reported and the others are imported.

    ``progress`` wraps the iterations over letters. What is done is in ``report`` at any time, also when something ends
    the import early. Running it again with the same files changes nothing.
    """
    report = report or Report()
    uploaded: list[FieldFile] = []
    try:
        with transaction.atomic() if options.dry_run else nullcontext():
            _import(files, column, options, progress, report, uploaded)
            if options.dry_run:
                transaction.set_rollback(True)
    finally:
        if options.dry_run:
            delete_files(uploaded)
    return report


def _import(
    files: dict[Path, Path],
    column: QuestionIndexPage,
    options: Options,
    progress: Progress,
    report: Report,
    uploaded: list[FieldFile],
) -> None:
    letters_by_id, known = _by_id(_readable(files, options, report), column, report)
    letters = [_linked(letter, known) for letter, _path in letters_by_id.values()]

    def target_of(letter: Letter) -> ImportTarget:
        path = letters_by_id[letter.id][1]
        return ImportTarget(column, options.user, path.parent, options.files_from or files[path], uploaded)

    for letter, outcome in place_all(letters, target_of, progress):
        if isinstance(outcome, LetterError):
            path = letters_by_id[letter.id][1]
            _locate(outcome, path, files[path])
            report.wrong(path, outcome)
        else:
            report.counts[outcome] += 1
    present = _present_ids()
    for letter in letters:
        for letter_id in sorted(_named(letter) - present):
            report.warn(f"no letter is called {letter_id!r}, link left out", str(letters_by_id[letter.id][1]))


def _readable(files: dict[Path, Path], options: Options, report: Report) -> Iterator[tuple[Letter, Path]]:
    """Yield the letters that can be read; report files that hold none."""
    for path, folder in files.items():
        try:
            with _one_letter_only():
                letter = _read_file(path, folder, options, report)
        except LetterError as error:
            report.wrong(path, error)
        else:
            yield letter, path


@contextmanager
def _one_letter_only() -> Iterator[None]:
    """Turn whatever the work on one letter raises into a ``LetterError``: the other letters do not suffer from it.

    Only a database that is gone is none of the letter's faults.
    """
    try:
        yield
    except LetterError:
        raise
    except Exception as error:
        if isinstance(error, (OperationalError, InterfaceError)) and not connection.is_usable():
            raise
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_REASON].rstrip(": ")
        raise LetterError(f"cannot be imported ({reason})") from error


def _locate(error: LetterError, path: Path, folder: Path) -> None:
    """Fill in the line of an error that only knows the words that stand there."""
    if error.line or not error.quoted:
        return
    with suppress(LetterError):  # the file may be gone meanwhile
        lines = read_file(path, folder, _LARGEST_FILE).decode("utf-8", "replace").splitlines()
        forms = (error.quoted, json.dumps(error.quoted, ensure_ascii=False)[1:-1])
        named = (n for n, line in enumerate(lines, 1) if any(form in line or form in unquote(line) for form in forms))
        error.line = next(named, None)


def _read_file(path: Path, folder: Path, options: Options, report: Report) -> Letter:
    try:
        text = read_file(path, folder, _LARGEST_FILE).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise LetterError("the file is not UTF-8", line=line) from None
    letter, entries, unknown = read(text)
    complaints = [
        (f"unknown key `{key}`, ignored", entry.line)
        for key, entry in unknown.items()
        if key not in SYNONYMS and key != options.topics_from
    ]
    letter = _with_synonyms(letter, entries, options, complaints)
    letter = _with_known_languages(letter, complaints)
    for language in sorted(_without_colours(letter.blocks)):
        report.warn(f"code in `{language}` has no colours and is shown plain", str(path))
    for message, line in hidden_remarks(text):
        report.warn(message, f"{path}:{line}")
    for message, line in complaints:
        if options.strict:
            raise LetterError(message.removesuffix(", ignored"), line=line)
        report.warn(message, f"{path}:{line}" if line else str(path))
    stem = _stem(entries["permalink"].value if "permalink" in entries else path.name)
    return replace(letter, id=letter.id or stem, status=letter.status or options.status)


def _by_id(
    found: Iterable[tuple[Letter, Path]], column: QuestionIndexPage, report: Report
) -> tuple[dict[str, tuple[Letter, Path]], dict[str, str]]:
    """Return letters with their paths by id, and the ids by every name that a letter may be called.

    A page made at the desk has an id of its own: a letter that is found to be its text by the slug gets that id, and
    whoever names the letter then names the page. Two files for one page would overwrite each other at every run: the
    second is an error.
    """
    pages = QuestionPage.objects.child_of(column).filter(alias_of=None)
    id_by_slug = dict(pages.values_list("slug", "letter_id"))
    ids = {letter_id: letter_id for letter_id in _present_ids()}
    stems: dict[str, str] = {}
    path_by_slug: dict[str, Path] = {}
    letters: dict[str, tuple[Letter, Path]] = {}
    for letter, path in found:
        slug = slug_of(letter)
        letter_id = letter.id if letter.id in id_by_slug.values() else id_by_slug.get(slug, letter.id)
        other = letters[letter_id][1] if letter_id in letters else path_by_slug.get(slug)
        if other:
            report.wrong(path, LetterError(f"{other} has the same id or slug"))
            continue
        letters[letter_id] = replace(letter, id=letter_id), path
        ids[letter.id] = stems[path.stem] = letter_id
        if slug:
            path_by_slug[slug] = path
    for letter_id, (letter, path) in letters.items():
        related = [ids.get(name, name) for name in letter.related]
        follows = ids.get(letter.follows, letter.follows)
        blocks = with_letters_renamed(letter.blocks, lambda name: ids.get(name, name))
        letters[letter_id] = replace(letter, follows=follows, related=related, blocks=blocks), path
    return letters, stems | ids


def _with_synonyms(
    letter: Letter, entries: dict[str, Entry], options: Options, complaints: list[tuple[str, int | None]]
) -> Letter:
    """Return the letter with what other systems' keys say, where its own keys say nothing."""
    if not letter.asked and "date" in entries:
        try:
            letter = replace(letter, asked=as_date(entries["date"], "date"))
        except LetterError as error:
            complaints.append((f"{error.reason}, ignored", error.line))
    if not letter.summary and "description" in entries and isinstance(entries["description"].value, str):
        letter = replace(letter, summary=entries["description"].value)
    if not letter.slug and "permalink" in entries:
        letter = replace(letter, slug=slugify(_stem(entries["permalink"].value)))
    key = options.topics_from
    if key in entries and not letter.topics:
        value = entries[key].value
        names = value if isinstance(value, list) else [value]
        letter = replace(letter, topics=[str(name) for name in names if name])
    return letter


def _with_known_languages(letter: Letter, complaints: list[tuple[str, int | None]]) -> Letter:
    """Return the letter with code in languages that cannot be highlighted as plain text."""

    def known(block: Block) -> Block:
        name = FORMS[block.type].language_field
        language = block.value[name] if name else ""
        if not language or is_language(language):
            return block
        complaints.append((f"code in the unknown language `{language}` is shown as plain text", None))
        return Block(block.type, {**block.value, name: ""})

    return replace(letter, blocks=changed(letter.blocks, known))


def _without_colours(blocks: list[Block]) -> set[str]:
    """Return the languages of the code in blocks that have no colours."""
    named = ((block, FORMS[block.type].language_field) for block in every_block(blocks))
    found = {block.value[name] for block, name in named if name}
    return {language for language in found if language and not has_colours(language)}


def place_all(
    letters: list[Letter], target_of: Callable[[Letter], ImportTarget], progress: Progress = all_of
) -> Iterator[tuple[Letter, str | LetterError]]:
    """Place letters one by one and yield each with its outcome, or with what was wrong with it.

    Two letters may name each other: the one placed first gets its link once the other is there. Should that go wrong,
    it is yielded once more.
    """
    present = _present_ids()
    waiting = []
    for letter in progress(in_order(letters), "letter"):
        outcome = _placed(_naming_only(letter, present), target_of)
        if not isinstance(outcome, LetterError):
            if not _named(letter) <= present:
                waiting.append(letter)
            present.add(letter.id)
        yield letter, outcome
    for letter in progress(waiting, "cross-reference"):
        outcome = _placed(_naming_only(letter, present), target_of)
        if isinstance(outcome, LetterError):
            outcome.reason = f"without its links to later letters: {outcome.reason}"
            yield letter, outcome


def _placed(letter: Letter, target_of: Callable[[Letter], ImportTarget]) -> str | LetterError:
    try:
        with _one_letter_only():
            return place(letter, target_of(letter))
    except LetterError as error:
        return error


def _present_ids() -> set[str]:
    return set(QuestionPage.objects.filter(alias_of=None).values_list("letter_id", flat=True))


def _named(letter: Letter) -> set[str]:
    """Return the ids of the letters that a letter names: in its front matter and in its blocks."""
    return {letter.follows, *letter.related, *letters_named_in(letter.blocks)} - {""}


def _naming_only(letter: Letter, present: set[str]) -> Letter:
    """Return the letter without links to letters that are not there."""
    follows = letter.follows if letter.follows in present else ""
    related = [name for name in letter.related if name in present]
    return replace(letter, follows=follows, related=related, blocks=naming_only(letter.blocks, {"", *present}))


def in_order(letters: list[Letter]) -> list[Letter]:
    """Return the letters so that each comes after those it names, as far as they do not name each other."""
    by_id = {letter.id: letter for letter in letters}
    ordered: dict[str, Letter] = {}
    visited: set[str] = set()
    for first in letters:
        # Not by recursion: thousands may follow one another.
        path = [] if first.id in visited else [(first, iter(sorted(_named(first) & by_id.keys())))]
        visited.add(first.id)
        while path:
            letter, names = path[-1]
            name = next((name for name in names if name not in visited), None)
            if name is None:
                ordered[letter.id] = letter
                path.pop()
            else:
                visited.add(name)
                path.append((by_id[name], iter(sorted(_named(by_id[name]) & by_id.keys()))))
    return list(ordered.values())


_RELATIVE_LINK = re.compile(
    r"(\]\(|^\[[^\]\n]+\]:[ ]*)(?:\./|/)?([\w.-]+?)(?:\.md)?(?:#[\w-]*)?(?=[)\s]|$)", re.MULTILINE
)


def _linked(letter: Letter, known: dict[str, str]) -> Letter:
    """Return the letter with links to other files of the same column as ``letter:ID``, which follow their page."""

    def link(match: re.Match[str]) -> str:
        target = known.get(match[2])
        return f"{match[1]}letter:{target}" if target else match[0]

    question = _RELATIVE_LINK.sub(link, letter.question)
    blocks = with_texts(letter.blocks, lambda text: _RELATIVE_LINK.sub(link, text))
    return replace(letter, question=question, blocks=blocks)


def _stem(address: str) -> str:
    """Return the last part of a path without ``.md``, as an id may be."""
    last = str(address).rstrip("/").rpartition("/")[2].removesuffix(".md")
    return re.sub(r"[^\w.-]+", "-", last)[:120]
