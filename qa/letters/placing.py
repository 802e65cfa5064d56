"""Import of one letter into the page tree, the way an editor would do it: a revision, then its publication."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.text import slugify
from wagtail.blocks import StreamBlockValidationError
from wagtail.models import PageViewRestriction, ReferenceIndex
from wagtail.search.index import insert_or_update_object

from qa.letters.blocks.registry import FORMS, changed, with_letters_renamed
from qa.letters.blocks.stream import to_stream, with_ids
from qa.letters.blocks.values import Block
from qa.letters.errors import LetterError
from qa.letters.exporting import letter_of
from qa.letters.form import Letter
from qa.letters.uploads import delete_files
from qa.models import Expert, QuestionIndexPage, QuestionPage, QuestionTopic, QuestionUpdate, RelatedQuestion, Topic
from qa.models.save_context import indexed_later
from qa.rendering.reference_check import references_unchecked
from site_config.after_commit import atomic_change

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
_LONGEST_NAME = 200  # characters of a file's name in a message


@dataclass(frozen=True)
class ImportTarget:
    """Target of an import: the index that letters go under, the account that imports, and the folder of their files."""

    column: QuestionIndexPage
    user: AbstractBaseUser | None = None
    folder: Path = Path()  # paths in the letter are relative to it
    within: Path | None = None  # the folder that they must lie in; ``None``: the same one
    uploaded: list[FieldFile] = field(default_factory=list)  # files that a rollback would leave in the storage


def place(letter: Letter, target: ImportTarget) -> str:
    """Create or update the page of a letter; return ``"created"``, ``"updated"`` or ``"unchanged"``.

    The page is found by the letter's id, else by its slug. What the letter does not say about an existing page (the
    date asked, the slug, the status) stays as it is. All of it happens in one transaction. Raises ``LetterError``.
    """
    before = len(target.uploaded)
    try:
        with atomic_change():
            target.column.hold()  # another import may be at the same letter, topic or picture
            return _place(letter, target)
    except BaseException as error:
        delete_files(target.uploaded[before:])
        if isinstance(error, ValidationError):
            name, messages = next(iter(error.message_dict.items()))
            raise LetterError(f"{name}: {messages[0]}") from None
        raise


def _place(letter: Letter, target: ImportTarget) -> str:
    page = find_page(letter, target.column)
    letter = _localised(letter, target)
    if page is None:
        page, outcome, before = _new_page(letter), CREATED, "draft"
    else:
        current = letter_of(page)
        letter = _completed(letter, current)
        if _says_nothing_new(letter, current):
            return UNCHANGED
        page, outcome, before = page.get_latest_revision_as_object(), UPDATED, current.status
    _apply(letter, page)
    _check(letter, page, target.column)
    # Wagtail would collect references and search words after each of the saves that make a page; once is enough.
    with indexed_later():
        if outcome == CREATED:
            target.column.add_child(instance=page)
        _make_so(letter, page, before, target.user)
    stored = QuestionPage.objects.get(pk=page.pk)
    ReferenceIndex.create_or_update_for_object(stored)
    insert_or_update_object(stored)
    return outcome


def find_page(letter: Letter, column: QuestionIndexPage) -> QuestionPage | None:
    """Return the page that a letter is the text of, or ``None``."""
    questions = QuestionPage.objects.child_of(column).filter(alias_of=None)
    by_id = questions.filter(letter_id=letter.id).first() if letter.id else None
    slug = slug_of(letter)
    return by_id or (questions.filter(slug=slug).first() if slug else None)


def slug_of(letter: Letter) -> str:
    """Return the slug that a new page of this letter gets; ``""`` if it has to be made from the title."""
    return letter.slug or slugify(letter.id, allow_unicode=True)


def _localised(letter: Letter, target: ImportTarget) -> Letter:
    """Return the letter with its topics, expert and files as they are called on this site, made where missing."""
    return replace(
        letter,
        topics=[_called(Topic, name).name for name in letter.topics],
        answered_by=_called(Expert, letter.answered_by).name if letter.answered_by else "",
        blocks=changed(letter.blocks, lambda block: _with_stored_file(block, target)),
    )


def _completed(letter: Letter, current: Letter) -> Letter:
    """Return the letter with what it leaves open taken from the page as it is."""
    if letter.status == "published" and current.status == "private":
        # A restriction made at the desk is not lifted by a file.
        letter = replace(letter, status="private")
    return replace(
        letter,
        id=current.id,
        asked=letter.asked or current.asked,
        slug=letter.slug or current.slug,
        status=letter.status or current.status,
    )


def _says_nothing_new(letter: Letter, current: Letter) -> bool:
    """Return whether a page needs no change; one that was sent for review may have been published since."""
    if letter.status == "review" and current.status in ("published", "private"):
        letter = replace(letter, status=current.status)
    return letter == current


def _new_page(letter: Letter) -> QuestionPage:
    page = QuestionPage(live=False, title=letter.title, slug=slug_of(letter))
    if letter.id:
        page.letter_id = letter.id
    if letter.asked:
        page.asked_on = letter.asked
    return page


def _apply(letter: Letter, page: QuestionPage) -> None:
    """Write the letter's content into the page object; nothing is saved."""
    page.title = letter.title
    page.slug = letter.slug or page.slug
    page.asker_name = letter.asker
    page.asked_on = letter.asked or page.asked_on
    page.question = letter.question
    page.answered_by = Expert.objects.get(name=letter.answered_by) if letter.answered_by else None
    page.summary = letter.summary
    page.go_live_at, page.expire_at = letter.go_live, letter.expire
    page.reviewed_on, page.review_after = letter.reviewed, letter.review_after
    page.follow_up_to = _question(letter.follows, "follows") if letter.follows else None
    blocks = with_letters_renamed(letter.blocks, lambda letter_id: letter_id and _page(letter_id))
    raw = with_ids(to_stream(blocks), page.answer.get_prep_value())
    page.answer = page.answer.stream_block.to_python(raw)
    page.question_topics = [
        QuestionTopic(topic=Topic.objects.get(name=name), sort_order=number)
        for number, name in enumerate(letter.topics)
    ]
    page.updates = [
        QuestionUpdate(date=update.on, note=update.note, sort_order=number)
        for number, update in enumerate(letter.updates)
    ]
    page.related_questions = [
        RelatedQuestion(question=_question(letter_id, "related"), sort_order=number)
        for number, letter_id in enumerate(letter.related)
    ]


def _check(letter: Letter, page: QuestionPage, column: QuestionIndexPage) -> None:
    """Hold the page to the rules of the editing form; raises ``LetterError`` with the first that it breaks."""
    if letter.status == "review" and not column.get_workflow():
        raise LetterError("`status: review` needs a review workflow, and the column has none")
    if letter.go_live and letter.expire and letter.go_live >= letter.expire:
        raise LetterError("`go_live` must be before `expire`")
    try:
        if letter.status != "draft":
            # What a letter links to may come with a later letter of the same run; until then readers get plain text.
            with references_unchecked():
                page.answer.stream_block.clean(page.answer)
        page.full_clean(
            exclude=["path", "depth", "url_path", "slug"] if not page.slug else ["path", "depth", "url_path"]
        )
        for child in (*page.updates.all(),):
            child.full_clean(exclude=["page"])
    except StreamBlockValidationError as error:
        raise LetterError(f"the answer: {_first_message(error)}") from None


def _first_message(error: ValidationError) -> str:
    """Return where the first fault of a StreamField is and what it says."""
    path = []
    data = error.as_json_data()
    while isinstance(data, dict):
        if data.get("messages"):
            return f"{' › '.join(path)}: {data['messages'][0]}" if path else str(data["messages"][0])
        if data.get("nonBlockErrors"):
            data = data["nonBlockErrors"][0]
        else:
            key, data = next(iter((data.get("blockErrors") or {"?": "is not valid"}).items()))
            path.append(f"block {int(key) + 1}" if str(key).isdigit() else str(key))
    return f"{' › '.join(path)} {data}"


def _make_so(letter: Letter, page: QuestionPage, before: str, user: AbstractBaseUser | None) -> None:
    """Save the page's revision and bring it from the status it had to the one that the letter wants."""
    is_to_come = letter.go_live is not None and letter.go_live > timezone.now()  # nobody has had its address yet
    if (
        letter.asked
        and page.first_published_at is None
        and letter.status in ("published", "private")
        and not is_to_come
    ):
        page.first_published_at = min(
            timezone.make_aware(timezone.datetime.combine(letter.asked, timezone.datetime.min.time())), timezone.now()
        )
    revision = page.save_revision(user=user, log_action=True, clean=False)  # _check has done that
    becomes_private = letter.status == "private" and before != "private"
    if becomes_private and not PageViewRestriction.objects.filter(page=page).exists():
        # Before the publication: readers never see it open.
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    if letter.status in ("published", "private"):
        revision.publish(user=user)
        if letter.expire and letter.expire <= timezone.now():
            # Its time is over already; in this transaction, so that it is never seen.
            QuestionPage.objects.get(pk=page.pk).unpublish(user=user, set_expired=True)
    elif letter.status == "review":
        # What readers see stays until an editor has approved the new version.
        if not page.workflow_in_progress:
            page.get_workflow().start(page, user)
    elif before != "draft":
        _take_offline(page, user)


def _take_offline(page: QuestionPage, user: AbstractBaseUser | None) -> None:
    """Make a page a draft again, also one that is only scheduled, has expired or waits for review."""
    if page.live:
        page.unpublish(user=user)
    if page.workflow_in_progress:
        page.current_workflow_state.cancel(user=user)
    page.revisions.filter(approved_go_live_at__isnull=False).update(approved_go_live_at=None)
    QuestionPage.objects.filter(pk=page.pk).update(expired=False)


def _called(model: type[Topic] | type[Expert], name: str) -> Topic | Expert:
    """Return the topic or expert of this name (or one that differs in case only), made if there is none."""
    longest = model._meta.get_field("slug").max_length
    if found := model.objects.filter(name__iexact=name).order_by("pk").first():
        return found
    slug = slugify(name, allow_unicode=True)[:longest]
    if not slug or len(name) > longest:
        whose = "a topic" if model is Topic else "an expert"
        raise LetterError(f"{name!r} cannot be {whose}'s name")
    if found := model.objects.filter(slug=slug).first():
        return found
    try:
        with transaction.atomic():
            return model.objects.create(name=name, slug=slug)
    except IntegrityError:  # somebody has made it at the desk since we looked
        return model.objects.get(slug=slug)


def _question(letter_id: str, key: str) -> QuestionPage:
    page = QuestionPage.objects.filter_letter_ids([letter_id]).first()
    if page is None:
        raise LetterError(f"`{key}` names the letter {letter_id!r}, which does not exist")
    return page


def _page(letter_id: str) -> str:
    """Return the page of a letter as blocks of a stream name it."""
    return f"page:{_question(letter_id, 'related').pk}"


def _with_stored_file(block: Block, target: ImportTarget) -> Block:
    """Return the block of a picture or document with its number in the library; uploaded unless it is there."""
    form = FORMS[block.type]
    if not form.file_kind or re.fullmatch(rf"({form.file_kind}:\d{{1,18}})?", block.value["src"]):
        return block
    source = block.value["src"]
    path, folder = target.folder / source, target.within or target.folder
    try:
        stored = form.store_file(path, folder, block.value, target.uploaded)
    except LetterError as error:
        name = source if source.isprintable() else ascii(source)
        raise LetterError(f"the {form.file_noun} {name[:_LONGEST_NAME]} {error.reason}", quoted=source) from None
    return Block(block.type, {**block.value, "src": f"{form.file_kind}:{stored.pk}"})
