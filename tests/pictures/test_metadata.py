"""What readers are promised of a picture without metadata: it looks the same; and authors, that it tells nothing."""

from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageSequence

from qa.pictures.metadata import is_whole, without_metadata
from tests.pictures.photographs import FORMATS, PROFILE, opened, photograph, pixels, told

pytestmark = pytest.mark.same_on_every_database


@pytest.mark.parametrize("ending", FORMATS)
def test_nothing_is_told_any_more_and_not_a_pixel_has_changed(ending):
    content = photograph(ending)
    assert told(content)
    clean = without_metadata(content)
    assert told(clean) == []
    before, after = Image.open(BytesIO(content)), Image.open(BytesIO(clean))
    frames = [
        [(frame.convert("RGBA").tobytes(), frame.info.get("duration")) for frame in ImageSequence.Iterator(picture)]
        for picture in (before, after)
    ]
    assert frames[0] == frames[1]
    assert len(frames[0]) == (2 if ending == "gif" else 1)
    assert after.info.get("loop") == before.info.get("loop")
    if ending != "gif":
        assert after.info["icc_profile"] == PROFILE


@pytest.mark.parametrize("ending", FORMATS)
def test_twice_does_the_same_as_once(ending):
    for orientation in (None, 6):
        once = without_metadata(photograph(ending, orientation))
        assert without_metadata(once) == once


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "avif"])
def test_a_picture_that_its_metadata_turn_is_turned(ending, orientation):
    """As browsers show it; an AVIF has the orientation elsewhere, and keeps it."""
    content = photograph(ending, orientation)
    clean = without_metadata(content)
    assert told(clean) == []
    shown = opened(clean)
    if ending != "avif":
        assert 0x0112 not in shown.getexif()
        wanted = upright(pixels(), orientation)
        assert shown.size == wanted.size
        difference = ImageChops.difference(shown.convert("RGB"), wanted)
        assert max(high for _low, high in difference.getextrema()) < (1 if ending == "png" else 60)
        assert shown.info["icc_profile"] == PROFILE
    else:
        assert shown.getexif().get(0x0112, 1) == opened(content).getexif().get(0x0112, 1)


def upright(picture, orientation):
    by_orientation = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
                      4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
                      6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
                      8: Image.Transpose.ROTATE_90}  # fmt: skip
    return picture.transpose(by_orientation[orientation]) if orientation > 1 else picture


@pytest.mark.parametrize("mode", ["L", "CMYK", "1", "P", "RGBA", "LA", "I;16"])
def test_other_kinds_of_colours_stay(mode):
    for kind in ("JPEG", "PNG", "WEBP", "GIF"):
        output = BytesIO()
        try:
            Image.new(mode, (8, 8)).save(output, kind)
        except (OSError, KeyError, ValueError):  # this kind of file has no such colours
            continue
        clean = without_metadata(output.getvalue())
        assert opened(clean).mode == opened(output.getvalue()).mode
        assert opened(clean).tobytes() == opened(output.getvalue()).tobytes()


def test_a_progressive_picture_and_one_with_another_behind_it_stay_whole():
    output = BytesIO()
    pixels((300, 200)).save(output, "JPEG", progressive=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    assert opened(without_metadata(output.getvalue())).tobytes() == opened(output.getvalue()).tobytes()
    output = BytesIO()
    pixels().save(output, "MPO", save_all=True, append_images=[pixels().rotate(90)])
    clean = without_metadata(output.getvalue())
    assert opened(clean).format == "JPEG"
    assert opened(clean).tobytes() == opened(output.getvalue()).tobytes()


def test_what_is_no_picture_is_left_alone():
    for content in (b"", b"text", b"\xff\xd8", b"GIF89a", b"\x89PNG\r\n\x1a\n"):
        assert without_metadata(content) == content
        assert not is_whole(content)


@pytest.mark.parametrize("ending", FORMATS)
@given(data=st.data())
@settings(deadline=None, max_examples=60)
@example(data=None)
def test_a_picture_that_is_broken_breaks_nothing(ending, data):
    content = bytearray(photograph(ending, 6))
    if data:
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        del content[data.draw(st.integers(len(content) // 4, len(content))) :]
    try:
        without_metadata(bytes(content))
    except ValueError:
        assert not is_whole(bytes(content))
