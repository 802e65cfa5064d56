"""What becomes of imported letters: who may read them and when, where their links lead, their pictures."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction, ReferenceIndex, WorkflowPage
from wagtail.signals import page_published

from qa.desk.roles import ensure_roles
from qa.models import QuestionPage, Topic
from tests.factories import make_question
from tests.letter_files import get, picture, run, run_failing, the, write

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

TEXFAQ = Path(settings.BASE_DIR).parent / "shared" / "data" / "texfaq"
TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()


def status_code(client, letter_id):
    return get(client, the(letter_id).get_url() or "/questions/nowhere/").status_code


def html_of(client, letter_id):
    return get(client, the(letter_id).url).content.decode()


def test_a_published_letter_can_be_read_and_has_a_live_revision(client, folder):
    write(folder, "one", status="published", asked="2025-01-02")
    run(folder)
    page = the("one")
    assert status_code(client, "one") == HTTPStatus.OK
    assert page.live_revision == page.latest_revision
    assert not page.has_unpublished_changes
    assert timezone.localdate(page.first_published_at) == page.asked_on


@pytest.mark.parametrize("asked", ["0001-01-01", "9999-12-31"])
def test_a_date_at_the_end_of_time_is_a_date(client, folder, asked):
    write(folder, "one", status="published", asked=asked)
    run(folder)
    assert status_code(client, "one") == HTTPStatus.OK


def test_a_letter_with_a_time_to_come_is_scheduled_and_cannot_be_read(client, folder):
    write(folder, "one", status="published", go_live=TOMORROW, asked="2024-05-06")
    run(folder)
    assert status_code(client, "one") == HTTPStatus.NOT_FOUND, "and not gone: nobody can have had its address"
    assert the("one").scheduled_revision
    assert "Nothing changed." in run(folder)


def test_a_letter_whose_time_is_over_is_never_seen(client, folder):
    seen = []

    def look(instance, **kwargs):
        seen.append(connection.in_atomic_block)

    page_published.connect(look)
    try:
        write(folder, "one", status="published", expire=YESTERDAY)
        run(folder)
    finally:
        page_published.disconnect(look)
    page = the("one")
    assert (page.live, page.expired) == (False, True)
    assert all(seen)  # published at most inside the transaction that takes it down again
    assert status_code(client, "one") == HTTPStatus.GONE
    assert "Nothing changed." in run(folder)


def test_a_private_letter_is_restricted_before_it_is_live(client, folder):
    restricted = []

    def look(instance, **kwargs):
        restricted.append(PageViewRestriction.objects.filter(page_id=instance.pk).exists())

    page_published.connect(look)
    try:
        write(folder, "one", status="private")
        run(folder)
    finally:
        page_published.disconnect(look)
    assert restricted == [True]
    assert the("one").live
    assert status_code(client, "one") == HTTPStatus.FOUND


def test_a_restriction_made_at_the_desk_is_not_lifted(client, folder):
    write(folder, "one", status="published")
    run(folder)
    PageViewRestriction.objects.create(page=the("one"), restriction_type=PageViewRestriction.LOGIN)
    assert "Nothing changed." in run(folder)
    write(folder, "one", "Other words.", status="published")
    assert "1 updated" in run(folder)
    assert status_code(client, "one") == HTTPStatus.FOUND


def test_a_letter_for_review_waits_for_an_editor(client, folder):
    ensure_roles()
    write(folder, "one", status="review")
    run(folder)
    assert the("one").workflow_in_progress
    assert status_code(client, "one") == HTTPStatus.NOT_FOUND
    assert "Nothing changed." in run(folder)


def test_what_an_editor_has_approved_is_not_taken_back_by_the_file(client, folder, editor):
    ensure_roles()
    write(folder, "one", "Approved.", status="review")
    run(folder)
    the("one").current_workflow_state.current_task_state.approve(user=editor)
    assert status_code(client, "one") == HTTPStatus.OK
    assert "Nothing changed." in run(folder)
    write(folder, "one", "Not seen by any editor.", status="review")
    assert "1 updated" in run(folder)
    assert "Approved." in html_of(client, "one")
    assert the("one").workflow_in_progress


def test_a_review_that_nobody_can_give_is_an_error(folder):
    WorkflowPage.objects.all().delete()
    write(folder, "one", status="review")
    assert "needs a review workflow" in run_failing(folder)
    assert not QuestionPage.objects.exists()


@pytest.mark.parametrize(
    "keys", [{"status": "published"}, {"status": "private"}, {"go_live": TOMORROW}, {"expire": YESTERDAY}, "review"]
)
def test_a_letter_that_is_called_back_is_a_draft_again(client, folder, keys):
    ensure_roles()
    write(folder, "one", **({"status": "review"} if keys == "review" else {"status": "published"} | keys))
    run(folder)
    write(folder, "one", status="draft")
    assert "1 updated" in run(folder)
    page = the("one")
    assert (page.live, page.expired, page.scheduled_revision, page.workflow_in_progress) == (False, False, None, False)
    assert "Nothing changed." in run(folder)


def test_an_alias_is_never_written_to(folder, column):
    page = make_question(slug="original")
    page.create_alias(update_slug="alias", parent=column)
    path = write(folder, "alias", status="published")
    assert f"{path}: slug: The slug 'alias' is already in use" in run_failing(folder)
    path.unlink()
    write(folder, "original", "New words.", status="published")
    assert "1 updated" in run(folder)
    assert [copy.title for copy in page.aliases.all()] == ["Why original?"]


def test_letters_that_name_each_other_are_both_linked(folder):
    write(folder, "a", follows="b", related="[b, a]")
    write(folder, "b", follows="a", related="[c]")
    write(folder, "c", related="[a]")
    assert "3 created" in run(folder)
    assert the("a").get_latest_revision_as_object().follow_up_to == the("b")
    assert the("b").get_latest_revision_as_object().follow_up_to == the("a")
    for name, named in {"a": ["b", "a"], "b": ["c"], "c": ["a"]}.items():
        related = the(name).get_latest_revision_as_object().related_questions.all()
        assert [link.question.letter_id for link in related] == named
    assert "Nothing changed." in run(folder)


def test_a_letter_that_names_nobody_we_know_is_imported_with_a_warning(folder):
    path = write(folder, "one", follows="nobody", related="[nobody]")
    assert f"{path}: no letter is called 'nobody', link left out" in run(folder)
    assert the("one").follow_up_to is None


LINKS = """\
[prose](two.md) and [reference][r], [unknown](elsewhere.md)

> [quote](./two)

::: tip
[callout](/two)
:::

::: steps
1. **Step**

   [step](two.md#part)
:::

:::: pushback But
[reply](two)
::::

[r]: two.md
"""


def test_links_between_files_lead_to_the_pages(client, folder):
    write(folder, "one", f"::: question\n[question](second)\n:::\n\n{LINKS}", status="published")
    write(folder, "two", id="second", slug="number-two", status="published")
    run(folder)
    html = html_of(client, "one")
    for text in ("prose", "reference", "quote", "callout", "step", "reply", "question"):
        assert f'<a href="{the("second").url}">{text}</a>' in html, text
    page = the("second")
    page.slug = "moved"
    page.save_revision().publish()
    assert f'<a href="{the("second").url}">prose</a>' in html_of(client, "one")


def test_a_picture_is_uploaded_once_however_often_it_is_imported(client, folder):
    picture(folder / "bücher klein.png")
    picture(folder / "same.png")
    picture(folder / "other.png", colour=255)
    body = "![Books](<bücher klein.png>)\n\n![Again](same.png)\n\n![White](other.png)"
    write(folder, "one", body, status="published", related="[two]")
    write(folder, "two", body, status="published", related="[one]")
    run(folder)
    assert "Nothing changed." in run(folder)
    assert get_image_model().objects.count() == len({"grey", "white"})
    assert 'alt="Books"' in html_of(client, "one")


def test_a_picture_that_is_missing_is_named(folder):
    path = write(folder, "one", "![A](gone.png)")
    assert f"{path}:5: the picture gone.png cannot be read" in run_failing(folder)


def test_a_document_is_uploaded_once_and_offered_to_readers(client, folder):
    (folder / "a list.txt").write_text("first")
    for name in ("one", "two"):
        write(folder, name, "::: document a list.txt\nThe list\n:::", status="published")
    run(folder)
    assert "Nothing changed." in run(folder)
    document = get_document_model().objects.get()
    assert f'href="{document.url}"' in get(client, the("two").url).content.decode()
    assert b"".join(get(client, document.url).streaming_content) == b"first"


@pytest.mark.parametrize(
    ("source", "reason"),
    [("gone.txt", "cannot be read"), ("a.exe", "cannot be stored"), ("../../../a.txt", "lies outside the folder")],
)
def test_a_document_that_cannot_be_taken_is_named(folder, source, reason):
    below = folder / "one" / "two"
    path = write(below, "letter", f"::: document {source}\n:::")
    for name in ("../a.txt", "one/two/a.exe"):
        (folder / name).write_text("x")
    assert f"{path}:5: the document {source} {reason}" in run_failing(folder)
    assert not get_document_model().objects.exists()


def test_a_picture_that_is_none_is_named_and_not_kept(folder):
    (folder / "fake.png").write_text("not a picture")
    path = write(folder, "one", "![A](fake.png)")
    assert f"{path}:5: the picture fake.png cannot be stored" in run_failing(folder)
    assert not get_image_model().objects.exists()
    assert not [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


@pytest.mark.indexed
def test_what_an_import_uses_is_known_to_be_in_use(folder, django_capture_on_commit_callbacks):
    picture(folder / "a.png")
    body = "![A](a.png)"
    with django_capture_on_commit_callbacks(execute=True):
        write(folder, "one", body, status="published", topics="[Django]")
        write(folder, "two", body, status="published", topics="[Django]", answered_by="Maren", related="[one]")
        run(folder)
    (image,) = get_image_model().objects.all()
    for used, count in ((image, 2), (Topic.objects.get(), 2), (the("two").answered_by, 1), (the("one").page_ptr, 1)):
        users = {reference.object_id for reference in ReferenceIndex.get_references_to(used)}
        assert len(users) == count, used
    stored = ["base_content_type", "object_id", "to_content_type", "to_object_id", "model_path", "content_path"]
    right_after = set(ReferenceIndex.objects.values_list(*stored))
    call_command("rebuild_references_index", verbosity=0)
    assert right_after == set(ReferenceIndex.objects.values_list(*stored))


@pytest.mark.django_db(transaction=True)
def test_the_command_line_imports_and_ends_with_1_when_a_file_was_wrong(folder):
    write(folder, "right", status="published")
    (folder / "wrong.md").write_text("no title")
    name = connection.settings_dict["NAME"]
    server = os.environ.get("TEST_DATABASE_URL")
    address = urlsplit(server)._replace(path=f"/{name}").geturl() if server else f"sqlite:///{name}"
    environment = os.environ | {"TEST_DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "site_config.settings.test"}
    command = [sys.executable, "manage.py", "import_letters", str(folder)]
    ended = subprocess.run(  # noqa: S603
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1, ended.stderr
    assert "Imported 2 letters" in ended.stdout
    assert f"{folder / 'wrong.md'}:1: the letter has no `title`" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert the("right").live


@pytest.mark.same_on_every_database  # what differs between databases has tests of its own
@pytest.mark.skipif(not TEXFAQ.is_dir(), reason=f"{TEXFAQ} is not there")
def test_the_questions_of_the_tex_community_are_imported_and_every_page_answers(client, column, tmp_path):
    files = sorted(TEXFAQ.rglob("*.md"))[::10]  # all of them: python -m benchmarks.importing
    for file in files:
        shutil.copy(file, tmp_path)
    printed = run(tmp_path, topics_from="category", status="published")
    assert f"{len(files)} created, 0 updated, 0 unchanged, 0 wrong." in printed
    for page in QuestionPage.objects.all():
        assert page.live_revision_id, page.slug
        assert page.topics, page.slug
        assert get(client, page.url).status_code == HTTPStatus.OK, page.slug
    printed = run(tmp_path, topics_from="category", status="published")
    assert f"{len(files)} unchanged" in printed
    assert "Nothing changed." in printed
