"""What operators are promised of the configuration in deploy/: the web server hands out what everybody may see."""

import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.users.models import UserProfile

from site_config.uploads import PUBLIC_FOLDERS

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = re.sub(r"#.*", "", (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8"))
LOCATIONS = re.findall(r"location\s+(~\s+)?(\S+)\s*{([^}]*)}", CONFIGURATION)


def served_from(address):
    """Return the file that nginx would serve at an address, nothing if it asks the column: as nginx chooses."""
    patterns = [body for kind, pattern, body in LOCATIONS if kind and re.search(pattern, address)]
    folders = [(folder, body) for kind, folder, body in LOCATIONS if not kind and address.startswith(folder)]
    folder, body = max(folders, key=lambda found: len(found[0]))
    if patterns:
        folder, body = "", patterns[0]
    alias = re.search(r"alias\s+(\S+);", body)
    assert alias or "proxy_pass http://column;" in body
    return alias[1] + address.removeprefix(folder) if alias else ""


@pytest.mark.same_on_every_database
def test_every_public_folder_is_served_and_no_other():
    assert {folder for kind, folder, body in LOCATIONS if "alias" in body} == {
        f"/media/{folder}/" for folder in PUBLIC_FOLDERS
    }
    for folder in PUBLIC_FOLDERS:
        assert served_from(f"/media/{folder}/a.png") == f"/srv/column/var/media/{folder}/a.png"
    for private in ("documents/plan.pdf", "original_images/a.png", "wagtail_uploads/a.png", "", "a.png",
                    "images/a.original.png", "images/a.2-2-fill.original.format-webp.webp"):  # fmt: skip
        assert served_from(f"/media/{private}") == ""
    assert served_from("/media/images/my.original.width-480.jpegquality-80.jpg")  # a picture with such a name
    for address in ("/", "/documents/1/plan.pdf", "/var/db.sqlite3", "/static/css/site.css", "/admin/"):
        assert served_from(address) == ""


@pytest.mark.same_on_every_database
def test_nothing_leads_out_of_those_folders():
    assert not re.search(r"^\s*(root|autoindex|try_files)\b", CONFIGURATION, re.MULTILINE)
    for _kind, folder, body in LOCATIONS:
        if alias := re.search(r"alias\s+(\S+);", body):
            assert folder.endswith("/")  # else "/media/images../documents/" would be served
            assert alias[1].endswith(f"/var{folder}")
            assert "disable_symlinks on from=" in body
            assert "nosniff" in body
            assert "default-src 'none'" in body
            assert "Cross-Origin-Resource-Policy cross-origin" in body


@pytest.mark.same_on_every_database
def test_the_column_is_told_what_it_needs_and_uploads_fit():
    asked = [body for _kind, _folder, body in LOCATIONS if "proxy_pass" in body]
    assert len(asked) == len(LOCATIONS) - len(PUBLIC_FOLDERS)
    for body in asked:
        assert "proxy_set_header Host $host;" in body
        # BEHIND_PROXY: both must always be overwritten.
        assert "proxy_set_header X-Forwarded-Proto $scheme;" in body
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in body
    assert "client_max_body_size 64m;" in CONFIGURATION


@pytest.mark.django_db
def test_what_is_uploaded_lands_where_the_configuration_takes_it_for(client, writer, settings):
    settings.SERVE_MEDIA = True
    document = get_document_model().objects.create(title="Plan", file=ContentFile(b"%PDF", "plan.pdf"))
    image = get_image_model().objects.create(title="Plan", file=get_test_image_file())
    profile, _made = UserProfile.objects.get_or_create(user=writer)
    profile.avatar.save("me.png", get_test_image_file())
    public = (image.get_rendition("width-10").file, profile.avatar)
    private = (document.file, image.file, image.get_rendition("original").file)
    for file in public:
        assert served_from(file.url).endswith(file.url)
        assert client.get(file.url).status_code == 200
    for file in private:
        assert served_from(file.url) == ""
        assert client.get(file.url).status_code == 404


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("path", ["README.md", "docs/operating.md", ".env.example", "docs/editing.md"])
def test_no_document_invites_to_serve_the_whole_folder(path):
    text = " ".join((ROOT / path).read_text(encoding="utf-8").split())
    assert not re.search(r"(nginx|CDN|web server)[^.|]{0,40}serves? (all of )?`?var/media`?(?!/)", text)
