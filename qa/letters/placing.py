"""One letter into the page tree, the way an editor would do it: a revision, then its publication."""

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.blocks import StreamBlockValidationError
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction

from qa.letters.body import Block
from qa.letters.errors import LetterError
from qa.letters.exporting import letter_of, status_of
from qa.letters.form import Letter
from qa.letters.stream import to_stream, with_ids
from qa.models import Expert, QuestionIndexPage, QuestionPage, QuestionTopic, QuestionUpdate, RelatedQuestion, Topic

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"


@dataclass(frozen=True)
class Place:
    """Where letters go: under which index, in whose name, and from which folder their pictures come."""

    column: QuestionIndexPage
    user: AbstractBaseUser | None = None
    folder: Path = Path()


def place(letter: Letter, where: Place) -> str:
    """Create or update the page of a letter; return ``"created"``, ``"updated"`` or ``"unchanged"``.

    The page is found by the letter's id, else by its slug. What the letter does not say about an existing page (the
    date asked, the slug, the status) stays as it is. All of it happens in one transaction. Raises ``LetterError``.
    """
    with transaction.atomic():
        page = find_page(letter, where.column)
        letter = _localised(letter, where)
        if page is None:
            page, outcome = _new_page(letter), CREATED
        else:
            current = letter_of(page)
            letter = _completed(letter, current)
            if letter == current:
                return UNCHANGED
            page, outcome = page.get_latest_revision_as_object(), UPDATED
        _apply(letter, page)
        _check(letter, page)
        if outcome == CREATED:
            where.column.add_child(instance=page)
        _make_so(letter, page, where.user)
        return outcome


def find_page(letter: Letter, column: QuestionIndexPage) -> QuestionPage | None:
    """Return the page that a letter is the text of, or ``None``."""
    questions = QuestionPage.objects.child_of(column)
    by_id = questions.filter_letter_ids([letter.id]).first() if letter.id else None
    return by_id or (questions.filter(slug=letter.slug).first() if letter.slug else None)


def _localised(letter: Letter, where: Place) -> Letter:
    """Return the letter with its topics, expert and pictures as they are called on this site, made where missing."""
    return replace(
        letter,
        topics=[_topic(name).name for name in letter.topics],
        answered_by=_expert(letter.answered_by).name if letter.answered_by else "",
        blocks=[_with_picture(block, where.folder) for block in letter.blocks],
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


def _new_page(letter: Letter) -> QuestionPage:
    page = QuestionPage(live=False, title=letter.title, slug=letter.slug)
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
    raw = with_ids(to_stream(letter.blocks), page.answer.get_prep_value())
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


def _check(letter: Letter, page: QuestionPage) -> None:
    """Hold the page to the rules of the editing form; raises ``LetterError`` with the first that it breaks."""
    try:
        if letter.status != "draft":
            page.answer.stream_block.clean(page.answer)
        page.full_clean(
            exclude=["path", "depth", "url_path", "slug"] if not page.slug else ["path", "depth", "url_path"]
        )
        for child in (*page.updates.all(),):
            child.full_clean(exclude=["page"])
    except StreamBlockValidationError as error:
        raise LetterError(f"the answer: {_first_message(error)}") from None
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise LetterError(f"{name}: {messages[0]}") from None


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


def _make_so(letter: Letter, page: QuestionPage, user: AbstractBaseUser | None) -> None:
    """Save the page's revision and bring it to the status that the letter wants."""
    before = status_of(page)
    if letter.asked and page.first_published_at is None and letter.status in ("published", "private"):
        page.first_published_at = min(
            timezone.make_aware(timezone.datetime.combine(letter.asked, timezone.datetime.min.time())), timezone.now()
        )
    revision = page.save_revision(user=user, log_action=True)
    if letter.status == "private" and before != "private":
        PageViewRestriction.objects.get_or_create(
            page=page, defaults={"restriction_type": PageViewRestriction.LOGIN}
        )  # before the publication: readers never see it open
    if letter.status in ("published", "private"):
        revision.publish(user=user)
        if letter.expire and letter.expire <= timezone.now():
            # Its time is over already; in this transaction, so that it is never seen.
            QuestionPage.objects.get(pk=page.pk).unpublish(user=user, set_expired=True)
    elif page.live:
        page.unpublish(user=user)
    if letter.status == "review" and before != "review" and (workflow := page.get_workflow()):
        workflow.start(page, user)


def _topic(name: str) -> Topic:
    """Return the topic of this name (or one that differs in case only), made if there is none."""
    if found := Topic.objects.filter(name__iexact=name).first():
        return found
    slug = slugify(name, allow_unicode=True)[:80]
    if not slug or len(name) > 80:
        raise LetterError(f"{name!r} cannot be a topic's name")
    return Topic.objects.filter(slug=slug).first() or Topic.objects.create(name=name, slug=slug)


def _expert(name: str) -> Expert:
    """Return the expert of this name, made if there is none."""
    if found := Expert.objects.filter(name__iexact=name).first():
        return found
    slug = slugify(name, allow_unicode=True)[:120]
    if not slug or len(name) > 120:
        raise LetterError(f"{name!r} cannot be an expert's name")
    return Expert.objects.filter(slug=slug).first() or Expert.objects.create(name=name, slug=slug)


def _question(letter_id: str, key: str) -> QuestionPage:
    page = QuestionPage.objects.filter_letter_ids([letter_id]).first()
    if page is None:
        raise LetterError(f"`{key}` names the letter {letter_id!r}, which does not exist")
    return page


def _with_picture(block: Block, folder: Path) -> Block:
    """Return an image block with the address of the stored picture, which is uploaded unless it is there."""
    if block.type != "image" or re.fullmatch(r"(image:\d{1,18})?", block.value["src"]):
        return block
    path = (folder / block.value["src"]).resolve()
    image = store_picture(path, block.value["alt"] or path.stem)
    return Block("image", {**block.value, "src": f"image:{image.pk}"})


def store_picture(path: Path, title: str):
    """Return the stored image with the content of the file, uploading it if no image has it yet."""
    images = get_image_model()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LetterError(f"the picture {path.name} cannot be read: {error.strerror}") from None
    found = images.objects.filter(file_hash=hashlib.sha1(content, usedforsecurity=False).hexdigest()).first()
    if found:
        return found
    with path.open("rb") as file:
        image = images(title=title[:255], file=ImageFile(file, name=path.name))
        try:
            image.full_clean(exclude=["width", "height"])
            image.save()
        except (ValidationError, OSError) as error:
            raise LetterError(f"the picture {path.name} cannot be stored: {error}") from None
    return image
