"""Pictures with everything that cameras and programs write into them, for the tests."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageCms, PngImagePlugin

#: What must not be found in what readers get.
SECRETS = (b"Canon", b"48.8584", b"Jane Doe", b"a secret", b"GPSLatitude")
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
_XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>48.8584</exif:GPSLatitude></x:xmpmeta>'
FORMATS = ("jpg", "png", "webp", "avif", "gif")


def pixels(size=(64, 32)):
    """Return a picture in which left is not right and up not down."""
    picture = Image.new("RGB", size)
    picture.putdata([(x * 4 % 256, y * 8 % 256, (x + y) % 256) for y in range(size[1]) for x in range(size[0])])
    return picture


def exif(orientation=None):
    """Return Exif data with a camera, an author and a place."""
    data = Image.Exif()
    data[0x010F], data[0x013B], data[0x010E] = "Canon", "Jane Doe", "a secret 48.8584"
    if orientation:
        data[0x0112] = orientation
    data.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    return data.tobytes()


def photograph(ending, orientation=None, size=(64, 32)):
    """Return a file of this kind with metadata in every place that it has for some."""
    output = BytesIO()
    options = {"exif": exif(orientation), "icc_profile": PROFILE, "xmp": _XMP}
    if ending == "png":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", "Jane Doe")
        text.add_text("Comment", "a secret", zip=True)
        text.add_itxt("XML:com.adobe.xmp", _XMP.decode())
        options = {"exif": exif(orientation), "icc_profile": PROFILE, "pnginfo": text}
    if ending == "gif":
        options = {"comment": b"a secret by Jane Doe, 48.8584", "save_all": True, "loop": 3, "duration": [70, 80],
                   "append_images": [pixels(size).rotate(180)]}  # fmt: skip
    if ending == "jpg":
        options |= {"comment": b"a secret", "quality": 90, "subsampling": 0}
    if ending in ("webp", "avif"):
        options["quality"] = 90
    pixels(size).save(output, {"jpg": "JPEG"}.get(ending, ending), **options)
    content = output.getvalue()
    if ending == "jpg":
        content += b"a secret behind the end"
    if ending == "gif":  # XMP as Adobe writes it: the text is no chain of blocks, so it ends in one that leads out
        magic = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
        content = content[:-1] + b"\x21\xff\x0bXMP DataXMP" + _XMP + magic + b"\x3b"
    if ending == "png":  # one of a kind that nobody knows
        chunk = b"prVt" + b"a secret"
        content = content[:33] + struct.pack(">I", 8) + chunk + struct.pack(">I", zlib.crc32(chunk)) + content[33:]
    return content


def opened(content):
    """Return a decoded picture."""
    picture = Image.open(BytesIO(content))
    picture.load()
    return picture


def told(content):
    """Return the secrets in a file, and whatever Pillow finds told in it."""
    found = [secret for secret in SECRETS if secret in content]
    picture = opened(content)
    exif_data = {tag: value for tag, value in picture.getexif().items() if tag != 0x0112}
    texts = getattr(picture, "text", {})
    return [*found, *exif_data, *texts, *(name for name in ("xmp", "comment") if picture.info.get(name, b"").strip())]
