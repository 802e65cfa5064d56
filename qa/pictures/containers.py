"""Removal of metadata from the containers of JPEG, PNG, WebP and GIF, without a look at the pixels.

Each function returns the file with the parts that show something, and with the colour profile; what it does not know,
and what stands behind the end of the picture, is left out. A file that breaks off stays so. ``ValueError`` says that it
is no such file.
"""

import re

_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # in the data of a scan, FF 00 is a byte and FF D0 to D7 a mark

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
_WEBP_CHUNKS = frozenset((b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"))
_WEBP_METADATA = 0x08 | 0x04  # flags of VP8X: there is Exif, there is XMP
_GIF_APPLICATIONS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")  # repetition, twice, and the colour profile


def jpeg(content: bytes) -> bytes:
    """Keep what decodes the picture, JFIF's density, the colour profile, and Adobe's note on the kind of colours."""
    kept, at = [content[:2]], 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise ValueError("no marker where one must be")
        marker = content[at + 1]
        if marker == 0xFF:  # a filler
            at += 1
            continue
        if marker == 0xD9:
            break
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == 0xDA and (found := _NEXT_MARKER.search(content, end)):
            end = found.start()
        elif marker == 0xDA:
            end = len(content)
        if _jpeg_segment_shows(marker, content[at + 4 : at + 16]):
            kept.append(content[at:end])
        at = end
    return b"".join([*kept, b"\xff\xd9"])


def _jpeg_segment_shows(marker: int, beginning: bytes) -> bool:
    names = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
    if marker in names:
        return beginning.startswith(names[marker])
    return not 0xE0 <= marker <= 0xEF and marker != 0xFE  # applications and comments


def png(content: bytes) -> bytes:
    """Keep pixels, frames, transparency and colours: no text, no Exif, no time."""
    kept, at = [_PNG], len(_PNG)
    while at + 8 <= len(content):
        name = content[at + 4 : at + 8]
        end = at + 12 + int.from_bytes(content[at : at + 4])
        if name in _PNG_CHUNKS:
            kept.append(content[at:end])
        if name == b"IEND":
            break
        at = end
    return b"".join(kept)


def webp(content: bytes) -> bytes:
    """Keep pixels, frames, transparency and the colour profile."""
    kept, at = [], 12
    while at + 8 <= len(content):
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if name == b"VP8X":
            kept.append(content[at : at + 8] + bytes([content[at + 8] & ~_WEBP_METADATA]) + content[at + 9 : end])
        elif name in _WEBP_CHUNKS:
            kept.append(content[at:end])
        at = end
    chunks = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(chunks).to_bytes(4, "little") + chunks


def gif(content: bytes) -> bytes:
    """Keep frames, their times and repetition, and the colour profile: no comment, no XMP, no text on the picture."""
    try:
        at = 13 + _gif_colours(content[10])
        kept = [content[:at]]
        while content[at] != 0x3B:
            start = at
            if content[at] == 0x2C:
                at += 10 + _gif_colours(content[at + 9]) + 1
                shows = True
            elif content[at] == 0x21:
                application = content[at + 1] == 0xFF and content[at + 3 : at + 14] in _GIF_APPLICATIONS
                shows = application or content[at + 1] == 0xF9
                at += 2
            else:
                raise ValueError("no block where one must be")
            while content[at]:
                at += content[at] + 1
            at += 1
            if shows:
                kept.append(content[start:at])
    except IndexError:
        raise ValueError("it breaks off") from None
    return b"".join([*kept, b"\x3b"])


def _gif_colours(flags: int) -> int:
    """Return how many bytes the table of colours has that follows, by the flags that announce it."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0
