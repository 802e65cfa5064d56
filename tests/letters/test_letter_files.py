"""A letter brings along the files of the folder that is imported, and no other file of the machine."""

import json
import os
import re

import pytest
from wagtail.documents import get_document_model
from wagtail.images import get_image_model

from qa.models import QuestionPage
from tests.letter_files import everything, picture, run, run_failing, the, write

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_every_database]

#: The five ways in which a letter names a file.
FORMS = {
    "picture": lambda name: f"![A](<{name}>)",
    "credited picture": lambda name: f"::: image\n![A](<{name}>)\nCredit: Zoë\n:::",
    "picture in JSON": lambda name: f"::: block image\n{json.dumps({'src': name, 'alt': 'A', 'caption': ''})}\n:::",
    "document": lambda name: f"::: document {name}\nIts title\n:::",
    "document in JSON": lambda name: f"::: block document\n{json.dumps({'src': name, 'title': 'A'})}\n:::",
}


def names_of_what_is_no_file_of(folder, secret):
    """Return names that lead out of the folder, or to something that is no file; they are made where needed."""
    (folder / f"link-{secret.name}").symlink_to(secret)
    (folder / "linked").symlink_to(secret.parent)
    (folder / "round").symlink_to(folder / "round")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "dangling.png").symlink_to(folder / "nowhere")
    (folder / "a-folder.png").mkdir()
    os.mkfifo(folder / "fifo.png")
    name = secret.name
    return [
        *(str(secret), f"{folder}/../{name}", f"//{secret}", "/dev/zero", "/dev/stdin", "/proc/self/environ"),
        *(f"../{name}", f"x/../../{name}", f"./.././{name}", f"../LETTERS/../{name}", f"../letters/../{name}"),
        *(f"link-{name}", f"linked/{name}", "round", "round/a.png", "zero.png", "dangling.png", "a-folder.png"),
        *("fifo.png", ".", "..", f"~/{name}", f"file:{secret}", f"..\\{name}", f"x/{'a' * 300}.png", "a/" * 3000),
        *(f"%2e%2e/{name}", f"..%2f{name}", "a%00.png"),
    ]


@pytest.mark.parametrize("form", FORMS)
def test_whatever_a_letter_names_outside_its_folder_is_refused_and_nothing_of_it_remains(folder, form):
    kind = "png" if "picture" in form else "txt"
    secret = picture(folder.parent / f"secret.{kind}")
    names = names_of_what_is_no_file_of(folder, secret)
    if form.endswith("picture"):  # in Markdown, these two are addresses, or nothing: no picture of the letter
        names = [name for name in names if not name.startswith(("//", "file:"))]
    before = everything()
    bodies = {write(folder, f"hostile-{number}", FORMS[form](name)): name for number, name in enumerate(names)}
    printed = run_failing(folder)
    assert f"{len(names)} wrong" in printed
    for path, name in bodies.items():
        (line,) = re.findall(rf"{re.escape(str(path))}:5: .*|{re.escape(str(path))}:6: .*", printed) or [None]
        assert line, (name, printed)
        assert re.search("lies outside the folder|cannot be read", line), line
        if name.startswith("../") or str(secret) == name:
            assert "lies outside the folder" in line
    assert everything() == before
    write(folder, "right", FORMS[form](picture(folder / f"inside.{kind}").name))
    assert f"1 created, 0 updated, 0 unchanged, {len(names)} wrong" in run_failing(folder)


def test_files_anywhere_in_the_folder_are_taken_by_whatever_name(folder):
    (folder / "pictures").mkdir()
    picture(folder / "pictures" / "Größe 1.png")
    (folder / "pictures" / "a list.txt").write_text("first")
    (folder / "link.png").symlink_to(folder / "pictures" / "Größe 1.png")
    names = [
        "../pictures/Größe 1.png",
        f"{folder}/pictures/Größe 1.png",
        "../link.png",
        "../pictures/Gr%C3%B6%C3%9Fe 1.png",
    ]
    body = "\n\n".join(f"![A](<{name}>)" for name in names)
    write(folder / "letters", "one", f"{body}\n\n::: document ../pictures/a list.txt\n:::")
    run(folder)
    assert get_image_model().objects.count() == get_document_model().objects.count() == 1
    assert "Nothing changed." in run(folder)


@pytest.mark.parametrize("form", ["picture", "document"])
def test_a_folder_beside_that_of_the_letters_has_to_be_named(folder, form):
    beside = folder / "beside"
    beside.mkdir()
    (folder / "letters").mkdir()
    name = f"../beside/a.{'png' if form == 'picture' else 'txt'}"
    picture(folder / "letters" / name)
    path = write(folder / "letters", "one", FORMS[form](name))
    refusal = f"{path}:5: the {form} {name} lies outside the folder that is imported"
    for given in ([folder / "letters"], [path], [folder / "letters", beside]):
        assert refusal in run_failing(*given)
    assert "1 created" in run(path, files_from=folder)
    assert "Nothing changed." in run(folder / "letters", files_from=beside)
    QuestionPage.objects.get().delete()
    assert "1 created" in run(path, folder / "letters", folder), "of several folders it is the outermost"


def test_a_folder_for_files_that_does_not_exist_is_named(folder):
    write(folder, "one")
    assert "nowhere is no folder" in run_failing(folder, files_from=folder / "nowhere")
    assert not QuestionPage.objects.exists()


def test_a_file_that_is_too_large_is_refused_unread(folder):
    for name, size in (("a.png", 2**40), ("a.txt", 2**40), ("letter.md", 2**40)):
        with (folder / name).open("wb") as file:
            file.truncate(size)
    one = write(folder, "one", "![A](a.png)")
    two = write(folder, "two", "::: document a.txt\n:::")
    printed = run_failing(folder)
    assert f"{one}:5: the picture a.png is larger than 16 MB" in printed
    assert f"{two}:5: the document a.txt is larger than 60 MB" in printed
    assert f"{folder / 'letter.md'}: is larger than 2 MB" in printed


def test_a_letter_that_is_no_file_of_the_folder_is_reported_and_the_others_are_imported(folder):
    elsewhere = write(folder.parent / "elsewhere", "private")
    (folder / "linked.md").symlink_to(elsewhere)
    (folder / "zero.md").symlink_to("/dev/zero")
    (folder / "round.md").symlink_to(folder / "round.md")
    (folder / "dangling.md").symlink_to(folder / "nowhere")
    (folder / "a-folder.md").mkdir()
    os.mkfifo(folder / "fifo.md")
    write(folder, "right")
    (folder / "again.md").symlink_to(folder / "right.md")
    printed = run_failing(folder)
    for name in ("linked", "zero"):
        assert f"{folder / name}.md: lies outside the folder that is imported ({folder})" in printed
    for name in ("round", "dangling", "fifo"):
        assert f"{folder / name}.md: cannot be read: " in printed
    assert "2 created, 0 updated, 0 unchanged, 5 wrong." in printed
    assert the("right")
    assert f"{folder / 'linked.md'}: lies outside" in run_failing(folder / "linked.md")
    assert f"{folder / 'fifo.md'}: cannot be read: " in run_failing(folder / "fifo.md")
