"""Questions, topics, experts, notes and files that no reader may know of, each with a word that is nowhere else."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser, Group
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction, Comment, PageViewRestriction

from qa.models import GoneAddress, QuestionPage, QuestionUpdate, VainSearch
from tests.factories import ExpertFactory, TopicFactory, make_question

#: Every word begins with it; what follows says what it is of.
CANARY = "zqcanary"
#: A word that stands in each of them, and in one question that is public: what search may find, once.
BAIT = "quokka"
WORD = re.compile(f"{CANARY}[a-z]*")
_PASSED, _TO_COME = datetime(2026, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)


def _fields(what: str) -> dict[str, Any]:
    """Return every field of a question that holds words, with the canary, and a topic and an expert of its own."""
    word = f"{CANARY}{what}"
    image = get_image_model().objects.create(title=word, file=get_test_image_file())
    return {
        "title": f"{word} {BAIT}?", "slug": f"hidden-{what}", "asker_name": word, "question": f"{word} {BAIT}",
        "summary": f"{word} {BAIT}", "seo_title": word, "search_description": word, "notes": f"{word} {BAIT}",
        "asked_on": date(1987, 1, 1),
        "topics": [TopicFactory(name=f"{word}topic", slug=f"hidden-{what}", description=word)],
        "answered_by": ExpertFactory(name=f"{word}expert", slug=f"hidden-{what}", role=word),
        "answer": [
            ("markdown", f"{word} {BAIT}"), ("short_answer", word), ("heading", {"text": word, "level": "h2"}),
            ("image", {"image": image, "caption": word}), ("quote", {"text": word, "who": word, "source": ""}),
            ("code", {"code": word, "language": "python"}),
        ],
    }  # fmt: skip


def hide(column: QuestionPage, author: AbstractUser) -> QuestionPage:
    """Make one of each; return a public question beside them, in whose changes, notes and comments there are more."""
    make_question(**_fields("draft"), publish=False)
    make_question(**_fields("scheduled"), publish=False, go_live_at=_TO_COME).latest_revision.publish()
    make_question(**_fields("takendown")).unpublish()
    expired = make_question(**_fields("expired"), expire_at=timezone.now() + timedelta(days=1))
    expired.unpublish(set_expired=True)
    make_question(**_fields("deleted")).delete()
    for kind in (PageViewRestriction.LOGIN, PageViewRestriction.PASSWORD, PageViewRestriction.GROUPS):
        page = make_question(**_fields(kind.replace("_", "")))
        restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password=f"{CANARY}key")
        if kind == PageViewRestriction.GROUPS:
            restriction.groups.add(Group.objects.create(name=f"{CANARY}group"))
    public = _public(author)
    _files()
    VainSearch.objects.create(words=f"{CANARY}vain", last_on=date(2026, 1, 1))
    return public


def _public(author: AbstractUser) -> QuestionPage:
    hidden = list(QuestionPage.objects.filter(slug__startswith="hidden-"))
    related = [("related", {"question": page, "note": ""}) for page in hidden]
    answer = [("markdown", f"A {BAIT}.\n\n<!-- {CANARY}remark -->"), *related]
    links = " ".join(f"[x](page:{page.pk})" for page in hidden)
    public = make_question(
        f"A public {BAIT}?", slug="public", asked_on=date(2025, 1, 1),
        topics=[TopicFactory(name="Public", slug="public")],
        answer=[*answer, ("markdown", links)], notes=f"{CANARY}notes {BAIT}", follow_up_to=hidden[0], owner=author,
    )  # fmt: skip
    Comment.objects.create(page=public, user=author, text=f"{CANARY}comment", contentpath="title")
    changed = public.get_latest_revision_as_object()
    changed.title, changed.summary = f"{CANARY}change {BAIT}", f"{CANARY}change"
    changed.updates = [QuestionUpdate(date=date(2026, 3, 1), note=f"{CANARY}change")]
    changed.save_revision(user=author)
    return QuestionPage.objects.get(pk=public.pk)


def _files() -> None:
    folder = Collection.get_first_root_node().add_child(name=f"{CANARY}folder")
    CollectionViewRestriction.objects.create(collection=folder, restriction_type=CollectionViewRestriction.LOGIN)
    document = ContentFile(f"{CANARY}document".encode(), f"{CANARY}file.txt")
    get_document_model().objects.create(title=f"{CANARY}document", file=document, collection=folder)


def words_in(text: str | bytes) -> set[str]:
    """Return the canaries in a text, also where its characters are written as entities or in percent."""
    return set(WORD.findall(text.decode("utf-8", "replace") if isinstance(text, bytes) else text))


def addresses_of_what_is_hidden() -> list[str]:
    """Return addresses that somebody may know or guess."""
    pages = [page.url for page in QuestionPage.objects.filter(slug__startswith="hidden-")]
    return [*pages, *GoneAddress.objects.values_list("path", flat=True)]
