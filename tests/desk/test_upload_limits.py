"""What operators are promised of uploads: none fills the memory, and whoever is refused reads why."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from qa.models import QuestionPage
from tests.letter_files import run_failing, write

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),  # Pillow's own limit is twice ours
]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def bomb():
    """A picture of 15 kB and 128 million pixels, each of which is a byte or four once it is looked at."""
    content = io.BytesIO()
    Image.new("1", (11_300, 11_300)).save(content, "PNG", optimize=True)
    assert len(content.getvalue()) < 20_000
    return content.getvalue()


@pytest.fixture(autouse=True)
def _undecoded(monkeypatch):
    """Fail where pixels are decoded; the size of a picture stands in its head."""

    def load(self):
        assert self.width * self.height < 1_000_000, "decoded"
        return original(self)

    original = Image.Image.load
    monkeypatch.setattr(Image.Image, "load", load)  # which the load() of each format calls


def upload(name, content, content_type="image/png"):
    return SimpleUploadedFile(name, content, content_type)


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("view", ["wagtailimages:add", "wagtailimages:add_multiple", "wagtailimages_chooser:create"])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(client, writer, view, bomb):
    client.force_login(writer)
    name = "image-chooser-upload-file" if "chooser" in view else "files[]" if "multiple" in view else "file"
    title = "image-chooser-upload-title" if "chooser" in view else "title"
    response = client.post(reverse(view), {title: "A bomb", name: upload("bomb.png", bomb)})
    assert response.status_code == 200
    assert "too many pixels (127690000)" in text_of(response)
    assert not get_image_model().objects.exists()


def test_a_profile_picture_is_held_to_the_same(client, writer, bomb):
    client.force_login(writer)
    address = reverse("wagtailadmin_account")
    fields = {"name_email-first_name": "W", "name_email-last_name": "R", "name_email-email": "w@example.org",
              "theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}  # fmt: skip
    for content, reason in ((bomb, "too many pixels"), (bytes(16 * 1024 * 1024), "valid image"),
                            (small_picture() + bytes(16 * 1024 * 1024), "too big")):  # fmt: skip
        response = client.post(address, fields | {"avatar-avatar": upload("me.png", content)})
        assert reason in text_of(response)
    assert not UserProfile.objects.exclude(avatar="").exists()
    client.post(address, fields | {"avatar-avatar": upload("me.png", small_picture())})
    assert UserProfile.objects.get().avatar


def small_picture():
    content = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(content, "PNG")
    return content.getvalue()


def test_a_letter_brings_no_such_picture_along(folder, bomb):
    (folder / "bomb.png").write_bytes(bomb)
    write(folder, "one", "![A bomb](bomb.png)", status="published")
    assert "too many pixels" in run_failing(folder)
    assert not QuestionPage.objects.exists()
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize("view", ["wagtaildocs:add", "wagtaildocs:add_multiple", "wagtaildocs_chooser:create"])
def test_a_document_has_a_limit(client, writer, view, settings):
    settings.WAGTAILDOCS_MAX_UPLOAD_SIZE = 1000
    client.force_login(writer)
    name = "document-chooser-upload-file" if "chooser" in view else "files[]" if "multiple" in view else "file"
    title = "document-chooser-upload-title" if "chooser" in view else "title"
    response = client.post(reverse(view), {title: "Slides", name: upload("a.pdf", bytes(1001), "application/pdf")})
    assert "This file is too big" in text_of(response)
    assert not get_document_model().objects.exists()


def test_documents_and_pictures_have_limits(settings):
    assert settings.WAGTAILDOCS_MAX_UPLOAD_SIZE <= 60_000_000
    assert settings.WAGTAILIMAGES_MAX_UPLOAD_SIZE <= 15 * 1024 * 1024
    assert settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS <= 40_000_000


def test_a_table_of_redirects_has_a_limit_packed_or_not(client, administrator):
    client.force_login(administrator)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as workbook:
        workbook.writestr("xl/worksheets/sheet1.xml", bytes(50 * 1024 * 1024))
    assert len(packed.getvalue()) < 100_000
    address = reverse("wagtailredirects:start_import")
    for name, content, kind in (("a.csv", b"/a,/b\n" * 200_000, "text/csv"), ("a.xlsx", packed.getvalue(), XLSX)):
        response = client.post(address, {"import_file": upload(name, content, kind)})
        assert "This file is too big" in text_of(response)
    response = client.post(address, {"import_file": upload("a.csv", b"from,to\n/a,/b\n", "text/csv")})
    assert "too big" not in text_of(response)
    assert "/a" in text_of(response)


@pytest.mark.parametrize("view", ["wagtaildocs:add_multiple", "wagtaildocs:add"])
def test_what_is_no_document_is_refused_for_one_reason(client, writer, view):
    client.force_login(writer)
    sent = {"title": "Nothing", "file": upload("zero.pdf", b"", "application/pdf"), "collection": 1}
    answer = text_of(client.post(reverse(view), sent | {"files[]": upload("zero.pdf", b"", "application/pdf")}))
    assert "The submitted file is empty" in answer
    assert "is not allowed" not in answer


def test_the_form_of_documents_names_formats_and_size(client, writer):
    client.force_login(writer)
    form = text_of(client.get(reverse("wagtaildocs:add")))
    assert "CSV, DOCX, ODT, PDF" in form
    assert "57.2" in form  # MB as Django counts them
