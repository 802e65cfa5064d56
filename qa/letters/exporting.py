"""Export of questions as letters."""

from wagtail.models import PageViewRestriction

from qa.blocks.text import canonical_text
from qa.letters.blocks.registry import letters_named_in, naming_only, with_letters_renamed
from qa.letters.blocks.stream import from_stream
from qa.letters.blocks.values import Block
from qa.letters.form import Letter, Update
from qa.models import QuestionPage
from qa.querysets import QuestionPageQuerySet


def letter_of(page: QuestionPage) -> Letter:
    """Return the newest version of a question, drafts included, as a letter.

    Pictures are ``image:ID`` addresses of this site. Whoever shows a letter to readers takes it from
    ``published_letter_of``.
    """
    return _letter(page, page.get_latest_revision_as_object() if page.latest_revision_id else page)


def published_letter_of(page: QuestionPage) -> Letter:
    """Return what readers see of a question as a letter; unpublished changes are not in it."""
    letter = _letter(page, page)
    named = letters_named_in(letter.blocks)
    if named:
        visible = set(_letter_ids(QuestionPage.objects.published().filter(letter_id__in=named)).values())
        letter.blocks = naming_only(letter.blocks, visible)
    return letter


def _letter(page: QuestionPage, version: QuestionPage) -> Letter:
    return Letter(
        id=page.letter_id,
        title=version.title,
        asker=version.asker_name,
        asked=version.asked_on,
        answered_by=version.answered_by.name if version.answered_by else "",
        topics=[filed.topic.name for filed in version.question_topics.all()],
        summary=version.summary,
        status=status_of(page),
        go_live=version.go_live_at,
        expire=version.expire_at,
        reviewed=version.reviewed_on,
        review_after=version.review_after,
        slug=version.slug,
        follows=version.follow_up_to.letter_id if version.follow_up_to else "",
        related=[related.question.letter_id for related in version.related_questions.all()],
        updates=[Update(update.date, update.note) for update in version.updates.all()],
        question=canonical_text(version.question),  # browsers post \r\n line ends
        blocks=with_letter_ids(from_stream(version.answer.get_prep_value())),
    )


def with_letter_ids(blocks: list[Block]) -> list[Block]:
    """Return the blocks of a stream with related questions named by letter id; of one that is gone, nothing is left."""
    named = [name.removeprefix("page:") for name in letters_named_in(blocks)]
    if not named:
        return blocks
    ids = _letter_ids(QuestionPage.objects.filter(pk__in=[pk for pk in named if pk]))
    return with_letters_renamed(blocks, lambda name: ids.get(name, ""))


def _letter_ids(questions: QuestionPageQuerySet) -> dict[str, str]:
    """Return the letter ids of questions by ``page:ID``."""
    return {f"page:{pk}": letter_id for pk, letter_id in questions.values_list("pk", "letter_id")}


def status_of(page: QuestionPage) -> str:
    """Return a page's status as letters say it; what is scheduled or has expired counts as published."""
    if page.pk is None:  # the preview of a page that was never saved
        return "draft"
    if page.live or page.expired or page.scheduled_revision:
        restricted = PageViewRestriction.objects.filter(page=page).exists()
        return "private" if restricted else "published"
    return "review" if page.workflow_in_progress else "draft"
