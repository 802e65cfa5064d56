"""What whoever takes a photograph is promised: nobody learns from the site where it was taken, however it came."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.models import UploadedFile
from wagtail.users.models import UserProfile

from qa.pictures.metadata import without_metadata
from qa.rendering.references import picture_html, settle
from tests.letter_files import run, run_failing, write
from tests.pictures.photographs import FORMATS, opened, photograph, told

pytestmark = pytest.mark.django_db


def upload(content=None, ending="jpg"):
    return SimpleUploadedFile(f"plan.{ending}", content or photograph(ending), f"image/{ending}")


def stored():
    """Return every uploaded file that a web server would find."""
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*.*") if path.is_file())


def by_the_form(client, content=None):
    client.post(reverse("wagtailimages:add"), {"title": "A plan", "file": upload(content)})


def by_many_at_once(client, content=None):
    client.post(reverse("wagtailimages:add_multiple"), {"title": "A plan", "files[]": upload(content)})


def by_many_and_completed(client, content=None):
    """What lacks a title is kept aside until it has one."""
    client.post(reverse("wagtailimages:add_multiple"), {"title": "", "files[]": upload(content)})
    kept = UploadedFile.objects.get()
    field = f"uploaded-image-{kept.pk}-title"
    client.post(reverse("wagtailimages:create_multiple_from_uploaded_image", args=[kept.pk]), {field: "A plan"})


def by_the_chooser(client, content=None):
    fields = {"image-chooser-upload-title": "A plan", "image-chooser-upload-file": upload(content)}
    client.post(reverse("wagtailimages_chooser:create"), fields)


def in_place_of_another(client, content=None):
    by_the_form(client, photograph("jpg", size=(20, 20)))
    image = get_image_model().objects.get()
    client.post(reverse("wagtailimages:edit", args=[image.pk]), {"title": "A plan", "file": upload(content)})


ROADS = [by_the_form, by_many_at_once, by_many_and_completed, by_the_chooser, in_place_of_another]


@pytest.mark.parametrize("road", ROADS)
def test_an_uploaded_picture_tells_nothing(client, editor, road):
    client.force_login(editor)
    road(client)
    image = get_image_model().objects.get()
    content = image.file.open().read()
    assert told(content) == []
    assert (image.width, image.height) == (64, 32)
    assert image.file_size == len(content)
    before = image.file_hash
    image._set_file_hash()
    assert image.file_hash == before
    picture_html(image, "A plan")
    assert stored()
    assert [(path.name, found) for path in stored() if (found := told(path.read_bytes()))] == []


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "avif"])
@pytest.mark.parametrize("road", [road for road in ROADS if road is not by_many_and_completed])
def test_a_picture_that_breaks_off_is_refused_with_a_sentence(client, editor, road, ending):
    client.force_login(editor)
    whole = photograph(ending)
    road(client, whole[: len(whole) * 2 // 3])
    assert [image.file.size for image in get_image_model().objects.all()] == (
        [len(without_metadata(photograph("jpg", size=(20, 20))))] if road is in_place_of_another else []
    )


@pytest.mark.parametrize("ending", ["jpg", "png"])
def test_a_letter_with_a_picture_that_breaks_off_is_wrong(folder, ending):
    whole = photograph(ending)
    (folder / f"plan.{ending}").write_bytes(whole[: len(whole) * 2 // 3])
    write(folder, "a.md", f"---\ntitle: A question?\n---\n\n![A plan](plan.{ending})\n")
    assert f"plan.{ending}" in run_failing(folder)
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize("road", ROADS)
def test_a_picture_that_lies_on_its_side_is_stored_upright(client, editor, road):
    client.force_login(editor)
    road(client, photograph("jpg", 6))
    image = get_image_model().objects.get()
    assert (image.width, image.height) == opened(image.file.open().read()).size == (32, 64)
    assert told(image.file.open().read()) == []


@pytest.mark.parametrize("ending", FORMATS)
def test_a_picture_of_a_letter_tells_nothing_and_is_known_again(folder, ending):
    (folder / f"plan.{ending}").write_bytes(photograph(ending))
    write(folder, "one", f"![A plan](plan.{ending})", status="published")
    run(folder)
    assert told(get_image_model().objects.get().file.open().read()) == []
    assert "1 unchanged" in run(folder)
    assert get_image_model().objects.count() == 1


def test_a_profile_picture_tells_nothing(client, writer):
    client.force_login(writer)
    fields = {"name_email-first_name": "W", "name_email-last_name": "R", "name_email-email": "w@example.org",
              "theme-theme": "system", "theme-contrast": "system", "theme-density": "default"}  # fmt: skip
    client.post(reverse("wagtailadmin_account"), fields | {"avatar-avatar": upload()})
    assert told(UserProfile.objects.get().avatar.open().read()) == []


@pytest.fixture
def as_before(writer):
    """Pictures of each kind as they were stored before metadata was removed, with what was made of them."""
    images = []
    for ending in FORMATS:
        image = get_image_model().objects.create(
            title=ending, file=ContentFile(photograph(ending), f"{ending}.{ending}")
        )
        image.get_rendition("width-40")
        images.append(image)
    profile, _ = UserProfile.objects.get_or_create(user=writer)
    profile.avatar.save("me.jpg", ContentFile(photograph("jpg")))
    for path in stored():
        path.write_bytes(photograph(path.suffix.removeprefix("."), 6))
    get_image_model().objects.update(file_hash="0" * 40)
    return images


def clean():
    out, err = StringIO(), StringIO()
    call_command("clean_pictures", stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def test_what_is_stored_already_is_cleaned_where_it_lies(as_before):
    before = stored()
    assert clean() == f"Removed metadata from {len(before)} of {len(before)} files.\n"
    assert stored() == before
    assert [(path.name, found) for path in before if (found := told(path.read_bytes()))] == []
    for image in get_image_model().objects.all():
        content = image.file.open().read()
        assert (image.width, image.height) == opened(content).size
        assert image.file_size == len(content)
        assert image.file_hash != "0" * 40
    contents = [path.read_bytes() for path in before]
    assert clean() == f"Removed metadata from 0 of {len(before)} files.\n"
    assert [path.read_bytes() for path in before] == contents


def test_a_file_that_is_gone_or_broken_is_named_and_stops_nothing(as_before):
    gone, broken = as_before[0], as_before[1]
    gone.file.storage.delete(gone.file.name)
    Path(broken.file.path).write_bytes(b"no picture")
    said = clean()
    assert f"{gone.file.name} cannot be read" in said
    assert f"Removed metadata from {len(stored()) - 1} of {len(stored()) + 1} files." in said


def test_originals_are_for_the_desk(client, writer, as_before):
    image = as_before[0]
    original = image.get_rendition("original")
    smaller = image.get_rendition("width-40")
    for address in (image.file.url, original.url):
        assert client.get(address).status_code == 404
    assert client.get(smaller.url).status_code == 200
    client.force_login(writer)
    for address in (image.file.url, original.url):
        response = client.get(address)
        assert response.status_code == 200
        assert response["Cache-Control"] == "private, no-store"
        assert response["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Cookie" in response["Vary"]


def test_a_link_to_a_picture_leads_to_one_that_readers_get(client, as_before):
    html = settle(f'<a data-reference="image:{as_before[0].pk}">the plan</a>')
    address = html.split('"')[1]
    assert "original" not in address
    assert client.get(address).status_code == 200
    assert settle('<a data-reference="image:999">the plan</a>') == "the plan"


def test_the_public_html_names_no_original(client, as_before):
    shown = "".join(picture_html(image, "") for image in get_image_model().objects.all())
    assert shown.count("<picture>") == len(as_before)
    assert "original" not in shown
