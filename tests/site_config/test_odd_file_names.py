"""What strangers are promised who ask for files by odd names: there is nothing, and nothing breaks."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.test import Client, override_settings
from wagtail.documents import get_document_model
from whitenoise.middleware import WhiteNoiseMiddleware

from tests.letter_files import run_failing, write

pytestmark = pytest.mark.django_db

#: Parts of an address by what is odd about them; most servers take no address of more than some 8,000 characters.
NAMES = {
    "too long": "a" * 300,
    "too long, with an ending": "a" * 300 + ".png",
    "too long to be a path": "a/" * 3000 + "a.png",
    "NUL": "a%00.png",
    "not UTF-8": "%FF%FE.png",
    "half of a surrogate pair": "%ED%A0%80.png",
    "way out": "..%2f..%2f..%2fetc/passwd",
    "way out of Windows": "..%5C..%5Cwin.ini",
    "absolute": "%2Fetc/passwd",
    "a folder": ".",
    "a file as a folder": "there.png/there.png",
}
FOLDERS = ("/media/images/", "/media/original_images/", "/media/avatar_images/", "/media/documents/", "/media/",
           "/static/", "/documents/1/", "/documents/" + "9" * 30 + "/")  # fmt: skip


@pytest.fixture
def files(column, settings):
    """A picture in each folder, and a document."""
    for folder in ("images", "original_images", "avatar_images"):
        path = Path(settings.MEDIA_ROOT) / folder / "there.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"a picture")
    return get_document_model().objects.create(pk=1, title="Slides", file=ContentFile(b"%PDF", name="slides.pdf"))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_an_odd_name_is_not_there(files, name):
    client = Client(raise_request_exception=False)
    for folder in FOLDERS:
        response = client.get(f"{folder}{name}", follow=True)
        assert response.status_code == 404, f"{folder}{name[:30]}"


@pytest.mark.parametrize("desk", [False, True])
@pytest.mark.parametrize("folder", ["images", "avatar_images", "original_images"])
def test_no_public_folder_leads_into_a_private_one(files, settings, client, administrator, folder, desk):
    for name in ("documents/slides.pdf", "original_images/there.png", "images/there.original.png"):
        path = Path(settings.MEDIA_ROOT, name)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    if desk:
        client.force_login(administrator)
    targets = ["documents/slides.pdf"] if desk else ["documents/slides.pdf", "original_images/there.png"]
    steps = ["../", "%2e%2e/", "..%2f", "%2e%2e%2f", "a/../../", "./../", "..//", "..%5c", "%2e%2e%5c", "../images/../"]
    tried = [f"{step}{target}" for step in steps for target in targets]
    if folder != "original_images" and not desk:
        names = ("./", "", "x/../", ".%2f", "%2e/", "..%2fimages%2f", "%2e%2e/images/")
        tried += [f"{name}{slash}there.original.png" for name in names for slash in ("", "/")]
    for name in tried:
        answer = client.get(f"/media/{folder}/{name}")
        assert answer.status_code == 404, f"/media/{folder}/{name}"


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_static_files_as_production_finds_them_do_the_same(files, name, settings, rf):
    """Without looking into folders at each request."""
    Path(settings.MEDIA_ROOT, "static").mkdir()
    with override_settings(STATIC_ROOT=f"{settings.MEDIA_ROOT}/static", WHITENOISE_AUTOREFRESH=False):
        found = WhiteNoiseMiddleware(lambda request: "nothing")(rf.get(f"/static/{name}"))
    assert found == "nothing"


def test_a_picture_is_served_and_a_document_whose_file_is_gone_is_not_there(files, client):
    assert client.get("/media/images/there.png").getvalue() == b"a picture"
    assert client.get(files.url).getvalue() == b"%PDF"
    files.file.storage.delete(files.file.name)
    assert client.get(files.url).status_code == 404
    get_document_model().objects.update(file="documents/" + "a/" * 40 + "slides.pdf")
    assert client.get(files.url).status_code == 404


@pytest.mark.parametrize("name", ["a" * 300, "a\x00b", "a/" * 3000])
def test_an_import_says_that_no_folder_can_have_the_name(folder, name):
    write(folder, "one")
    assert "no folder" in run_failing(folder, files_from=Path(name))
