"""Removal of metadata from a picture: where it was taken and with what, by whom, and what programs wrote into it.

The pixels stay as they are, byte for byte. Only a picture that is turned by its metadata is turned and written anew,
in high quality. The colour profile stays.
"""

import struct
from collections.abc import Callable
from io import BytesIO

from PIL import ExifTags, Image, ImageOps, JpegImagePlugin

from qa.pictures.avif import avif
from qa.pictures.containers import gif, jpeg, png, webp

_CLEANERS = {"JPEG": jpeg, "MPO": jpeg, "PNG": png, "WEBP": webp, "GIF": gif, "AVIF": avif}  # MPO: two JPEGs in one
#: What Pillow raises for a file that is no picture, or a broken one.
BROKEN = (ArithmeticError, EOFError, LookupError, OSError, RuntimeError, SyntaxError, TypeError, ValueError)
BROKEN += (struct.error, Image.DecompressionBombError)


def without_metadata(content: bytes) -> bytes:
    """Return a picture without metadata; raises ``ValueError`` if it can be neither cleaned nor written anew.

    What is no picture of a kind that the library takes is given back. Twice does the same as once.
    """
    try:
        with Image.open(BytesIO(content)) as picture:
            kind = picture.format
            turned = _is_turned(picture)
    except BROKEN:
        return content
    if kind not in _CLEANERS:
        return content
    clean = _CLEANERS[kind]
    try:
        return clean(_written_anew(content)) if turned else clean(content)
    except BROKEN:  # pixels that cannot be decoded, or a container that is put together oddly: the other may work
        return _by_the_other_way(content, clean, turned)


def is_whole(content: bytes) -> bool:
    """Return whether a picture can be shown to its last pixel, and ``without_metadata`` would raise nothing.

    Its pixels are decoded; whoever asks has counted them.
    """
    try:
        with Image.open(BytesIO(content)) as picture:
            for frame in range(getattr(picture, "n_frames", 1)):
                picture.seek(frame)
                picture.load()
        without_metadata(content)
    except BROKEN:
        return False
    return True


def _is_turned(picture: Image.Image) -> bool:
    if picture.format == "AVIF" or (picture.format != "MPO" and getattr(picture, "n_frames", 1) > 1):
        return False  # the orientation of an AVIF is no metadata; nothing turns an animation
    return picture.getexif().get(ExifTags.Base.Orientation, 1) in range(2, 9)


def _by_the_other_way(content: bytes, clean: Callable[[bytes], bytes], turned: bool) -> bytes:
    try:
        return clean(content) if turned else clean(_written_anew(content))
    except BROKEN as error:
        raise ValueError(str(error)) from error


def _written_anew(content: bytes) -> bytes:
    """Return a picture as it is shown, in its own format."""
    with Image.open(BytesIO(content)) as picture:
        options = {"icc_profile": picture.info.get("icc_profile")}
        kind = "JPEG" if picture.format == "MPO" else str(picture.format)
        if kind == "JPEG":
            sampling = JpegImagePlugin.get_sampling(picture)
            options |= {"quality": 95, "optimize": True, "subsampling": max(sampling, 0)}
        elif kind == "WEBP":
            options |= {"lossless": b"VP8L" in content[:65536], "quality": 95}
        upright = ImageOps.exif_transpose(picture)
        output = BytesIO()
        upright.save(output, kind, **{name: value for name, value in options.items() if value is not None})
    return output.getvalue()
