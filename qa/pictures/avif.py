"""Removal of metadata from AVIF, in which every place is named by its distance from the beginning of the file.

So nothing is taken out: Exif and XMP are written over, with as many bytes that say nothing. The orientation is a
property of the picture there, and stays.
"""

from collections.abc import Iterator
from typing import NamedTuple

_NO_EXIF = bytes(4) + b"II*\0\x08\0\0\0" + bytes(6)  # the distance of the header, the header, and no entry
_ASIDE = (b"uuid", b"free", b"skip", b"udta")  # boxes that show nothing


class Box(NamedTuple):
    """A box by its name, and where what it holds begins and ends."""

    name: bytes
    start: int
    end: int


class _Reader:
    """A place in the file from which numbers are read, one after the other."""

    def __init__(self, content: bytes | bytearray, at: int) -> None:
        self.content, self.at = content, at

    def number(self, size: int) -> int:
        self.at += size
        if self.at > len(self.content):
            raise ValueError("it breaks off")
        return int.from_bytes(self.content[self.at - size : self.at])


def avif(content: bytes) -> bytes:
    """Return the file with empty metadata; raises ``ValueError`` for one that cannot be read."""
    written = bytearray(content)
    for box in _boxes(content, 0, len(content)):
        if box.name in _ASIDE:
            written[box.start : box.end] = bytes(box.end - box.start)
        if box.name == b"meta":
            inner = {inside.name: inside for inside in _boxes(content, box.start + 4, box.end)}
            if b"iinf" in inner and b"iloc" in inner:
                kinds = dict(_items(content, inner[b"iinf"]))
                for item, start, length in _places(content, inner[b"iloc"], inner.get(b"idat")):
                    _write_over(written, kinds.get(item, b""), start, length)
    return bytes(written)


def _write_over(written: bytearray, kind: bytes, start: int, length: int) -> None:
    if start + length > len(written):
        raise ValueError("it breaks off")
    if kind == b"Exif":
        nothing = _NO_EXIF if length >= len(_NO_EXIF) else b""
        written[start : start + length] = nothing.ljust(length, b"\0")
    elif kind == b"mime":
        written[start : start + length] = b" " * length


def _boxes(content: bytes, at: int, end: int) -> Iterator[Box]:
    while at + 8 <= end:
        reader = _Reader(content, at)
        size, name = reader.number(4), content[at + 4 : at + 8]
        reader.at += 4
        if size == 1:
            size = reader.number(8)
        following = at + size if size else end
        if following < reader.at or following > end:
            raise ValueError("a box is larger than what it is in")
        yield Box(name, reader.at, following)
        at = following


def _items(content: bytes, box: Box) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the kind of each item of a picture."""
    entries = box.start + (6 if content[box.start] == 0 else 8)
    for entry in _boxes(content, entries, box.end):
        version = content[entry.start]
        reader = _Reader(content, entry.start + 4)
        item = reader.number(4 if version == 3 else 2)
        yield item, content[reader.at + 2 : reader.at + 6]


def _places(content: bytes, box: Box, data: Box | None) -> Iterator[tuple[int, int, int]]:
    """Yield number, beginning and length of each piece of each item that lies in this file."""
    version, reader = content[box.start], _Reader(content, box.start + 4)
    sizes = reader.number(2)
    of_offset, of_length, of_base, of_index = ((sizes >> shift) & 15 for shift in (12, 8, 4, 0))
    for _ in range(reader.number(4 if version == 2 else 2)):
        item = reader.number(4 if version == 2 else 2)
        method = reader.number(2) & 15 if version else 0
        elsewhere = reader.number(2)
        base = reader.number(of_base)
        for _ in range(reader.number(2)):
            if version:
                reader.number(of_index)
            offset, length = reader.number(of_offset), reader.number(of_length)
            beginning = {0: 0, 1: data.start if data else None}.get(method)
            if beginning is not None and not elsewhere:
                yield item, beginning + base + offset, length
