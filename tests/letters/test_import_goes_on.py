"""One letter that the program stumbles over never keeps the others from being imported."""

import pytest
from django.core.management import call_command
from django.db import DataError, OperationalError, connection

from qa.letters import importing
from qa.letters.form import Letter
from qa.models import QuestionPage
from tests.letter_files import everything, get, picture, run, run_failing, the, write

pytestmark = pytest.mark.django_db

ERRORS = [
    RuntimeError("one\ntwo"),
    KeyError("id"),
    RecursionError(),
    MemoryError(),
    DataError("x" * 5000),
    ValueError(),
]


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("where", ["read", "place"])
def test_whatever_a_letter_raises_is_reported_with_its_file_and_the_others_come_in(folder, monkeypatch, where, error):
    work = getattr(importing, where)

    def stumble(given, *arguments):
        if "Why odd?" in str(given):
            raise error
        return work(given, *arguments)

    monkeypatch.setattr(importing, where, stumble)
    path = write(folder, "odd")
    for name in ("before", "zero"):
        write(folder, name)
    printed = run_failing(folder)
    (line,) = [line for line in printed.splitlines() if str(path) in line]
    assert line.startswith(f"{path}: cannot be imported ({type(error).__name__}")
    assert len(line) < len(str(path)) + 400
    assert "2 created, 0 updated, 0 unchanged, 1 wrong." in printed
    assert "1 of 3 letters were not imported." in printed
    assert "Traceback" not in printed
    assert {page.letter_id for page in QuestionPage.objects.all()} == {"before", "zero"}


@pytest.mark.same_on_every_database
def test_where_it_was_is_told_on_demand(folder, monkeypatch, capsys):
    def stumble(letter, where):
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(importing, "place", stumble)
    write(folder, "odd")
    assert "--traceback shows where" in run_failing(folder)
    assert "in stumble" in run_failing(folder, traceback=True)


@pytest.mark.same_on_every_database
def test_a_letter_that_cannot_be_linked_is_reported_and_stays(folder, monkeypatch):
    place = importing.place

    def stumble(letter, where):
        if letter.follows:
            raise RuntimeError("unforeseen")
        return place(letter, where)

    monkeypatch.setattr(importing, "place", stumble)
    write(folder, "a", related="[b]")
    path = write(folder, "b", follows="a")  # placed first, because the other one names it
    printed = run_failing(folder)
    assert f"{path}: without its links to later letters: cannot be imported (RuntimeError: unforeseen)" in printed
    assert "2 created, 0 updated, 0 unchanged, 1 wrong." in printed
    assert the("b").get_latest_revision_as_object().follow_up_to is None


def test_a_database_that_is_gone_ends_the_import_with_what_was_done(folder, monkeypatch, capsys):
    place = importing.place

    def stumble(letter, where):
        if letter.id == "b":
            raise OperationalError("the server closed the connection")
        return place(letter, where)

    monkeypatch.setattr(importing, "place", stumble)
    for name in "abc":
        write(folder, name)
    assert "2 created, 0 updated, 0 unchanged, 1 wrong." in run_failing(folder), "a lock is one letter's trouble"
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError):
        call_command("import_letters", str(folder))
    assert "Imported 1 of 3 letters" in capsys.readouterr().out


#: Letters that have ended an import, and the line of what is wrong with them.
HOSTILE = {
    "a NUL in the name of a picture": ("![x](a%00.png)", 5),
    "a link to no page": ('::: block paragraph\n"<a linktype=\\"page\\">x</a>"\n:::', 5),
    "a link to no document": ('::: block paragraph\n"<a linktype=\\"document\\">x</a>"\n:::', 5),
    "a deep list": ("::: paragraph\n" + "\n".join(f"{'  ' * depth}- x" for depth in range(300)) + "\n:::", 5),
    "a deep paragraph": ("::: paragraph\n" + "> " * 500 + "x\n:::", 5),
}


@pytest.mark.parametrize("body", HOSTILE)
def test_a_letter_that_once_ended_the_import_is_wrong_with_its_line(folder, body):
    before = everything()
    text, line = HOSTILE[body]
    path = write(folder, "hostile", text)
    assert f"{path}:{line}: " in (printed := run_failing(folder))
    assert "0 created, 0 updated, 0 unchanged, 1 wrong." in printed
    assert "RecursionError" not in printed
    assert everything() == before


#: Rich text of which each tag is one of the editor's, and which the editing form cannot read.
CROOKED = ["<p>x<br></p>", "<p>x</b></p>", "<li>x</li>", "<code><b>x</code></b>", "<ul><li>x</ul></li>",
           '<p><a href="https://a.example"><a href="https://b.example">x</a></a></p>']  # fmt: skip


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("html", CROOKED)
def test_a_letter_locks_nobody_out_of_the_editing_form(folder, client, administrator, html):
    text = html.replace('"', '\\"')
    path = write(folder, "crooked", f'::: block paragraph\n"{text}"\n:::')
    write(folder, "straight", '::: block paragraph\n"<p>x<br/><b>y <a href=\\"https://a.example\\">z</a></b></p>"\n:::')
    assert f"{path}:5: " in run_failing(folder)
    client.force_login(administrator)
    assert get(client, f"/admin/pages/{the('straight').pk}/edit/").status_code == 200
    assert QuestionPage.objects.count() == 1


@pytest.mark.same_on_every_database
def test_letters_that_follow_one_another_by_the_thousands_are_put_in_order():
    chain = [Letter(id=str(number), follows=str(number + 1)) for number in range(5000)]
    assert [letter.id for letter in importing.in_order(chain)] == [letter.id for letter in reversed(chain)]


def test_a_picture_that_breaks_off_while_it_is_stored_leaves_no_file(folder, monkeypatch):
    from wagtail.images import get_image_model

    picture(folder / "a.png")
    before = everything()
    monkeypatch.setattr(get_image_model(), "_do_insert", lambda *arguments: 1 / 0)
    write(folder, "one", "![A](a.png)")
    assert "ZeroDivisionError" in run_failing(folder)
    assert everything() == before
    monkeypatch.undo()
    assert "1 created" in run(folder)
