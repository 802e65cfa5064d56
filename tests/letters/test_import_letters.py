"""What an operator is promised who imports letters from files."""

from datetime import date
from http import HTTPStatus

import pytest

from qa.desk.roles import ensure_roles
from qa.letters.exporting import letter_of, published_letter_of
from qa.letters.form import dump
from qa.models import QuestionPage, Topic
from tests.factories import make_question
from tests.letter_files import everything, get, picture, run, run_failing, the, write

pytestmark = pytest.mark.django_db


FULL = {
    "asker": "Zoë",
    "asked": "2025-09-12",
    "answered_by": "Maren",
    "topics": "[Django, Careers]",
    "summary": "Short.",
    "status": "published",
    "updates": "[{date: 2025-10-01, note: New.}]",
}


def test_files_and_folders_are_imported_and_counted(folder):
    write(folder, "one")
    write(folder / "deeper" / "still", "two")
    three = write(folder.parent, "three")
    (folder / "notes.txt").write_text("not a letter")
    assert "Imported 3 letters" in (printed := run(folder, three, three))
    assert "3 created, 0 updated, 0 unchanged, 0 wrong." in printed
    assert QuestionPage.objects.count() == len({"one", "two", "three"})
    write(folder, "one", "Because not.")
    write(folder, "four")
    assert "1 created, 1 updated, 1 unchanged, 0 wrong." in run(folder)


def test_all_that_a_letter_says_arrives(client, folder):
    write(folder, "one", "::: question\nLong?\n:::\n\n## Answer\n\nYes.", **FULL)
    run(folder)
    page = the("one")
    assert (page.title, page.asker_name, page.asked_on, page.slug) == ("Why one?", "Zoë", date(2025, 9, 12), "one")
    assert [topic.name for topic in page.topics] == ["Django", "Careers"]
    assert page.answered_by.name == "Maren"
    assert page.question == "Long?"
    html = get(client, page.url).content.decode()
    for shown in ("Zoë", "Django", "Maren", "Long?", "Answer", "Yes.", "New."):
        assert shown in html


def test_a_second_run_changes_nothing_and_says_so(folder):
    ensure_roles()
    picture(folder / "a.png")
    steps = "::: steps\n1. **One**\n\n   Text\n:::\n\n::: pushback But\nNo.\n:::\n\n![A](a.png)"
    write(folder, "one", steps, **FULL, related="[two]")
    write(folder, "two", "[one](one.md)", status="private", follows="one")
    write(folder, "three", status="review")
    write(folder, "four", '::: block markdown\n"\\r\\n a \\r\\n"\n:::')
    write(folder, "five", status="published", go_live="2020-01-01", expire="2035-01-01")
    run(folder)
    before = everything()
    printed = run(folder)
    assert "0 created, 0 updated, 5 unchanged, 0 wrong." in printed
    assert "Nothing changed." in printed
    assert everything() == before


def test_an_update_adds_one_revision_and_keeps_the_ids_of_blocks_that_stay(folder):
    write(folder, "one", "## A\n\nFirst.\n\n## B", **FULL)
    run(folder)
    before = [block.id for block in the("one").answer]
    write(folder, "one", "## New\n\n## A\n\nFirst.\n\n## B", **FULL)
    assert "1 updated" in run(folder)
    assert [block.id for block in the("one").answer][1:] == before
    assert the("one").revisions.count() == len({"created", "updated"})


def test_a_page_is_found_by_id_whatever_its_address(folder):
    write(folder, "one", id="the-id", slug="old", status="published")
    run(folder)
    page = the("the-id")
    write(folder, "one", id="the-id", slug="new", status="published")
    assert "1 updated" in run(folder)
    page.refresh_from_db()
    assert page.slug == "new"


def test_a_page_made_at_the_desk_is_found_by_its_slug_and_keeps_its_id(client, folder):
    page = make_question(slug="one")
    write(folder, "one", "The letter.", asked="2025-01-01")
    write(folder, "two", "[first](one.md)", status="published", related="[one]")
    assert "1 created, 1 updated" in run(folder)
    assert "Nothing changed." in run(folder)
    assert "The letter." in get(client, page.url).content.decode()
    assert the(page.letter_id).pk == page.pk
    assert [related.question for related in the("two").related_questions.all()] == [page]
    assert f'href="{page.url}">first' in get(client, the("two").url).content.decode()


def test_what_a_letter_does_not_say_stays_as_the_desk_made_it(folder):
    write(folder, "one", title="Why?")
    run(folder)
    page = the("one")
    page.slug, page.asked_on = "changed", date(2020, 2, 2)
    page.save_revision().publish()
    assert "Nothing changed." in run(folder)
    write(folder, "one", "New words.", title="Why?")
    run(folder)
    page.refresh_from_db()
    assert (page.slug, page.asked_on, page.live) == ("changed", date(2020, 2, 2), True)


WRONG = {
    "unclosed": ("---\ntitle: a\n", 1, "no closing ---"),
    "yaml": ("---\ntitle: a\nasker: [\n---\n", 4, "not YAML"),
    "fence": ("---\ntitle: a\n---\n\n::: tip\nText", 5, "never closed"),
    "untitled": ("Just text.\n", 1, "no `title`"),
    "long": (f"---\ntitle: {'a' * 256}\n---\n", None, "title: "),
    "reserved": ("---\ntitle: a\nslug: topics\n---\n", None, "an address of the column itself"),
    "slug": ("---\ntitle: a\nslug: a b\n---\n", None, "slug: "),
    "topic": ("---\ntitle: a\ntopics: ['!']\n---\n", None, "cannot be a topic's name"),
    "correction": ("---\ntitle: a\nstatus: published\n---\n::: correction\nText\n:::", None, "needs the date"),
    "shape": ("---\ntitle: a\n---\n::: block image\n{}\n:::\n", 4, "does not hold such a block"),
    "period": ("---\ntitle: a\ngo_live: 2030-01-02\nexpire: 2030-01-01\n---\n", None, "before"),
}


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_reported_and_the_others_are_imported(folder, name):
    text, line, reason = WRONG[name]
    (folder / "wrong.md").write_text(text, encoding="utf-8")
    write(folder, "a-right-one")
    write(folder, "z-right-one")
    printed = run_failing(folder)
    place = f"{folder / 'wrong.md'}:{line}: " if line else f"{folder / 'wrong.md'}: "
    assert place in printed
    assert reason in printed
    assert "2 created, 0 updated, 0 unchanged, 1 wrong." in printed
    assert "1 of 3 letters were not imported." in printed
    assert {page.letter_id for page in QuestionPage.objects.all()} == {"a-right-one", "z-right-one"}


def test_nothing_of_a_wrong_letter_remains(folder):
    picture(folder / "a.png")
    before = everything()
    write(folder, "wrong", "![A](a.png)\n\n::: correction\nUndated.\n:::", **FULL | {"status": "private"})
    run_failing(folder)
    assert everything() == before


def test_a_wrong_update_leaves_the_page_as_it_was(folder):
    write(folder, "one", **FULL)
    run(folder)
    before = everything()
    write(folder, "one", "::: correction\nUndated.\n:::", **FULL)
    run_failing(folder)
    assert everything() == before


def test_a_dry_run_says_what_would_happen_and_changes_nothing(folder):
    write(folder, "old", status="published")
    run(folder)
    picture(folder / "a.png")
    before = everything()
    write(folder, "old", "Other words.", status="published")
    write(folder, "new", "![A](a.png)", **FULL)
    printed = run(folder, dry_run=True)
    assert "Would import 2 letters" in printed
    assert "1 created, 1 updated" in printed
    assert everything() == before


def test_an_unknown_key_is_a_warning_with_file_and_line(folder):
    path = write(folder, "one", mood="good")
    assert f"{path}:3: unknown key `mood`, ignored" in run(folder)
    assert the("one")


def test_an_unknown_key_is_an_error_when_strict(folder):
    path = write(folder, "one", mood="good")
    assert f"{path}:3: unknown key `mood`" in run_failing(folder, strict=True)
    assert not QuestionPage.objects.exists()


def test_code_in_an_unknown_language_is_plain_text_and_a_warning(folder):
    path = write(folder, "one", "```klingon\nQapla'\n```", status="published")
    assert f"{path}: code in the unknown language `klingon` is shown as plain text" in run(folder)
    assert the("one").answer[0].value["language"] == ""


def test_the_status_option_is_for_letters_that_say_none(folder):
    write(folder, "silent")
    write(folder, "drafted", status="draft")
    write(folder, "published", status="published")
    run(folder, status="published")
    live = {page.letter_id for page in QuestionPage.objects.live()}
    assert live == {"silent", "published"}


def test_without_the_status_option_such_a_letter_is_a_draft(folder):
    write(folder, "silent")
    run(folder)
    assert not the("silent").live
    run(folder, status="draft")
    assert not the("silent").live


def test_topics_come_from_the_key_that_is_named(folder):
    Topic.objects.create(name="Django", slug="django")
    write(folder, "text", category="django")
    write(folder, "list", category="[Django, 'C & C++']")
    write(folder, "own", category="Django", topics="[Careers]")
    run(folder, topics_from="category")
    assert [topic.name for topic in the("text").topics] == ["Django"]
    assert [topic.name for topic in the("list").topics] == ["Django", "C & C++"]
    assert [topic.name for topic in the("own").topics] == ["Careers"]


def test_the_words_of_other_systems_are_understood(folder):
    write(folder, "file", title="A", date="2024-05-06T10:00:00Z", permalink="/blog/the-address.html", description="S")
    write(folder, "bad-date", date="May")
    printed = run(folder)
    page = QuestionPage.objects.get(title="A")
    assert (page.asked_on, page.summary) == (date(2024, 5, 6), "S")
    assert page.slug.startswith("the-address")
    assert f"{folder / 'bad-date.md'}:3: `date` must be a date" in printed


def test_a_file_name_in_any_script_is_an_address(client, folder):
    write(folder, "日本語", status="published")
    write(folder, "שלום", status="published")
    write(folder, "!", status="published")
    assert "3 created, 0 updated, 0 unchanged, 0 wrong." in run(folder)
    for page in QuestionPage.objects.all():
        assert get(client, page.url).status_code == HTTPStatus.OK


def test_two_files_with_one_id_are_not_both_imported(folder):
    first = write(folder, "a", id="same")
    second = write(folder, "b", id="same")
    assert f"{second}: {first} has the same id or slug" in run_failing(folder)
    assert the("same").title == "Why a?"


def test_a_file_that_is_not_utf_8_is_wrong_with_its_line(folder):
    (folder / "latin.md").write_bytes("---\ntitle: a\n---\n\nGröße".encode("latin-1"))
    write(folder, "right")
    assert f"{folder / 'latin.md'}:5: the file is not UTF-8" in run_failing(folder)
    assert the("right")


def test_an_empty_folder_holds_nothing_to_import(folder):
    assert "No .md file found." in run_failing(folder)


def test_a_path_that_does_not_exist_is_named_and_nothing_is_imported(folder):
    write(folder, "one")
    assert f"{folder / 'nowhere'} does not exist" in run_failing(folder, folder / "nowhere")
    assert not QuestionPage.objects.exists()


def test_a_related_question_in_the_body_is_found_whatever_the_order_of_the_files(client, folder):
    write(folder, "a", "::: related b\nThe other side.\n:::\n", status="published")
    write(folder, "b", "::: related a\n\n:::\n", status="published")
    run(folder)
    assert [the(name).answer[0].value["question"] for name in "ab"] == [the("b"), the("a")]
    assert the("b").title in get(client, the("a").url).content.decode()
    assert dump(letter_of(the("a"))).endswith("::: related b\nThe other side.\n:::\n")
    before = everything()
    assert "0 created, 0 updated, 2 unchanged, 0 wrong." in run(folder)
    assert everything() == before


def test_a_related_question_that_does_not_exist_is_left_out_with_a_warning(folder):
    write(folder, "a", "Because.\n\n::: related nobody\nWhy\n:::\n", status="published")
    assert "no letter is called 'nobody', link left out" in run(folder)
    assert [block.block_type for block in the("a").answer] == ["markdown"]


def test_what_readers_get_as_a_letter_does_not_name_questions_that_they_cannot_see(folder):
    write(folder, "a", "Because.\n\n::: related b\nWhy\n:::\n", status="published")
    write(folder, "b", status="published")
    run(folder)
    assert [block.type for block in published_letter_of(the("a")).blocks] == ["markdown", "related"]
    the("b").unpublish()
    assert [block.type for block in published_letter_of(the("a")).blocks] == ["markdown"]
    assert letter_of(the("a")).blocks[1].value["question"] == "b"
