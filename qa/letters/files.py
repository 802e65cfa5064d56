"""The files that letters are, and the files that they name: none from outside the folder that was given.

Letters may come from anybody, while the import runs with the rights of an operator: whatever a letter names, and
wherever a link leads, only regular files inside that folder are opened, and none is read that is too large.
"""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from qa.letters.errors import LetterError


def letter_files(paths: Iterable[Path]) -> dict[Path, Path]:
    """Return the Markdown files among ``paths`` and in the folders among them, in order, each with its folder.

    That folder is the one among ``paths`` in which the file was found, for a path to a file the one that it stands in;
    of several it is the outermost. Raises ``LetterError`` for a path that does not exist.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if is_folder(path):
            folder, files = path, sorted(file for file in path.rglob("*.md") if not is_folder(file))
        elif os.path.lexists(path):
            folder, files = path.parent, [path]
        else:
            raise LetterError(f"{path} does not exist")
        for file in files:
            if file not in found or found[file].is_relative_to(folder):
                found[file] = folder
    return found


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder, or a link to one; unlike ``Path.is_dir()``, it tolerates unreadable paths."""
    return os.path.isdir(path)  # noqa: PTH112


def read(path: Path, folder: Path, largest: int) -> bytes:
    """Return the content of a regular file that lies in ``folder`` when every link is followed.

    Raises ``LetterError``, whose reason continues a sentence that begins with the file's name; ``largest`` is the
    number of bytes that it may have.
    """
    try:
        real = Path(os.path.realpath(path))  # unlike Path.resolve(), it bears links that lead round in a circle
        if not real.is_relative_to(os.path.realpath(folder)):
            raise LetterError(f"lies outside the folder that is imported ({folder})")
        _refuse_unless_regular(real.stat(), largest)  # before it is opened: a device may act upon that
        with os.fdopen(os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as file:
            _refuse_unless_regular(os.fstat(file.fileno()), largest)
            content = file.read(largest + 1)
    except OSError as error:
        raise LetterError(f"cannot be read: {error.strerror}") from None
    except LetterError:
        raise
    except ValueError:  # a NUL character, or half of a surrogate pair
        raise LetterError("cannot be read: no file can have that name") from None
    if len(content) > largest:  # it grows, or says that it is empty, as files of /proc do
        raise LetterError(_too_large(largest))
    return content


def _refuse_unless_regular(status: os.stat_result, largest: int) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise LetterError("cannot be read: it is no regular file")
    if status.st_size > largest:
        raise LetterError(_too_large(largest))


def _too_large(largest: int) -> str:
    return f"is larger than {largest / 1_000_000:.0f} MB"
