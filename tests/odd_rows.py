"""Rows as a migration, another program or SQL by hand leaves them: without what the desk would have set."""

import json
from datetime import UTC, date, datetime

from django.db import connection
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageLogEntry, Revision, Site

from home.models import HomePage
from qa.models import Expert, QuestionIndexPage, QuestionPage, ScheduleTrouble, Topic, VainSearch
from tests.factories import make_question

FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
FIRST_MOMENT, LAST_MOMENT = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

#: What a row has instead of what it should have, by what is odd about it.
ODD = {
    "never published, it seems": {"first_published_at": None, "last_published_at": None},
    "no last publication": {"last_published_at": None},
    "no first publication": {"first_published_at": None},
    "published in year 1": {"first_published_at": FIRST_MOMENT, "last_published_at": FIRST_MOMENT},
    "published in year 9999": {"first_published_at": LAST_MOMENT, "last_published_at": LAST_MOMENT},
    "no revision": {"latest_revision": None, "live_revision": None, "latest_revision_created_at": None},
    "no owner": {"owner": None},
    "no draft title": {"draft_title": ""},
    "no title": {"title": "", "draft_title": "", "seo_title": ""},
    "nothing in it": {"summary": "", "asker_name": "", "question": "", "answer": []},
    "asked in year 1": {"asked_on": FIRST},
    "asked in year 9999": {"asked_on": LAST},
    "reviewed in year 1": {"reviewed_on": FIRST, "review_after": FIRST, "planned_for": FIRST},
    "reviewed in year 9999": {"reviewed_on": LAST, "review_after": LAST, "planned_for": LAST},
    "expired in year 9999": {"expire_at": LAST_MOMENT},
    "expired in year 1, and online": {"expire_at": FIRST_MOMENT, "go_live_at": FIRST_MOMENT},
    "never counted": {"word_count": None},
    "no letter id": {"letter_id": ""},
    "draft of year 1": {"live": False, "first_published_at": None, "asked_on": FIRST,
                        "latest_revision_created_at": FIRST_MOMENT},
    "draft without anything": {"live": False, "first_published_at": None, "latest_revision": None,
                               "live_revision": None, "latest_revision_created_at": None, "owner": None,
                               "title": "", "draft_title": ""},
    "expired, never published": {"live": False, "expired": True, "first_published_at": None, "expire_at": None},
    "follows itself": {},
}  # fmt: skip
#: Answers that no form would have stored.
STORED = {
    "no known block": [{"type": "gone", "value": "x", "id": "1"}],
    "no id": [{"type": "markdown", "value": "Words."}],
    "a picture that is not there": [{"type": "image", "value": {"image": {"image": 987654321}}, "id": "2"}],
    "no picture": [{"type": "image", "value": {"image": None}, "id": "3"}],
    "a question that is not there": [{"type": "related", "value": {"question": 987654321, "note": ""}, "id": "4"}],
    "a file that is not there": [{"type": "document", "value": {"document": 987654321, "title": ""}, "id": "5"}],
    "empty values": [{"type": kind, "value": {}, "id": kind} for kind in
                     ("heading", "code", "quote", "pushback", "callout", "embed", "image", "document", "related")],
    "empty lists": [{"type": "steps", "value": [], "id": "6"}, {"type": "markdown", "value": "", "id": "7"}],
}  # fmt: skip


def make_odd_rows(topic: Topic) -> dict[str, QuestionPage]:
    """Make a question of each oddity in the column, and odd rows of other tables; return the questions by oddity."""
    found = {}
    for number, (name, fields) in enumerate([*ODD.items(), *((name, {}) for name in STORED)]):
        page = make_question(f"Is it odd: {name}?", topics=[topic], slug=f"odd-{number}", summary="Yes.")
        QuestionPage.objects.filter(pk=page.pk).update(**fields)
        if name in STORED:
            with connection.cursor() as cursor:
                values = [json.dumps(STORED[name]), page.pk]
                cursor.execute("UPDATE qa_questionpage SET answer = %s WHERE page_ptr_id = %s", values)
        found[name] = page
    QuestionPage.objects.filter(pk=found["follows itself"].pk).update(follow_up_to=found["follows itself"].pk)
    for name in ("no revision", "draft without anything"):
        Revision.objects.filter(object_id=str(found[name].pk)).delete()
    found["a picture without its file"] = _picture_without_file(topic)
    found["below a page that is taken down"] = _below_a_hidden_page()
    found["below no site"] = _below_no_site()
    _odd_other_rows(topic)
    return found


def _picture_without_file(topic: Topic) -> QuestionPage:
    image = get_image_model().objects.create(title="", file=get_test_image_file())
    block = ("image", {"image": image, "caption": "", "credit": ""})
    page = make_question("A picture?", topics=[topic], slug="no-file", answer=[block])
    expert = Expert.objects.create(name="No portrait", slug="no-portrait", picture=image)
    QuestionPage.objects.filter(pk=page.pk).update(answered_by=expert)
    image.file.storage.delete(image.file.name)
    for rendition in image.renditions.all():
        rendition.file.storage.delete(rendition.file.name)
    return page


def _below_a_hidden_page() -> QuestionPage:
    hidden = HomePage.objects.get().add_child(instance=QuestionIndexPage(title="Hidden", slug="hidden"))
    page = make_question("Below what is hidden?", slug="hidden-child")
    page.move(hidden, "last-child")
    QuestionIndexPage.objects.filter(pk=hidden.pk).update(live=False)
    return page


def _below_no_site() -> QuestionPage:
    page = make_question("Nowhere?", slug="nowhere")
    page.move(Page.get_first_root_node(), "last-child")
    return page


def _odd_other_rows(topic: Topic) -> None:
    for name, slug in (("No slug", ""), ("Slashes", "a/b"), (" ", "blank"), ("ﷺ" * 80, "long")):
        odd = Topic.objects.create(name=name, slug=slug)
        make_question(f"About {name[:8]}?", topics=[odd, topic])
        expert = Expert.objects.create(name=name, slug=slug)
        question = make_question(f"From {name[:8]}?", topics=[topic])
        QuestionPage.objects.filter(pk=question.pk).update(answered_by=expert)
    Redirect.objects.create(old_path="", redirect_link="")
    Redirect.objects.create(old_path="/nowhere", redirect_link="", site=Site.objects.get())
    VainSearch.objects.create(words="", last_on=FIRST)
    VainSearch.objects.create(words="x" * 200, last_on=LAST)
    ScheduleTrouble.objects.create(
        subject="expire gone.thing 1",
        model="gone.thing",
        object_id="1",
        title="",
        due_at=FIRST_MOMENT,
        since=LAST_MOMENT,
    )
    question = make_question("Scheduled?", publish=False)
    Revision.objects.filter(object_id=str(question.pk)).update(approved_go_live_at=LAST_MOMENT, user=None)
    question = make_question("Scheduled without words?", publish=False)
    Revision.objects.filter(object_id=str(question.pk)).update(approved_go_live_at=timezone.now(), content={})
    entry = PageLogEntry.objects.log_action(question, "wagtail.edit")
    PageLogEntry.objects.filter(pk=entry.pk).update(user=None, label="", action="gone.action", timestamp=FIRST_MOMENT)
