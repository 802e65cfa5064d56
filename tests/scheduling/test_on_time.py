"""An editor sets a time and goes home: the answer is there when it comes, with nobody doing anything."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from qa.models import QuestionPage, SchedulerHeartbeat, SearchEntry
from tests.factories import make_question
from tests.processes import running, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "Will it be there in time?"


@pytest.mark.same_on_every_database
def test_an_answer_scheduled_at_the_desk_appears_when_its_time_comes(open_window, editor, tmp_path, client):
    question = make_question(TITLE, publish=False)
    desk = open_window(user=editor)
    with running("run_scheduler", log=tmp_path / "log"):
        assert wait_for(SchedulerHeartbeat.last_seen), (tmp_path / "log").read_text()
        desk.goto(f"/admin/pages/{question.pk}/edit/")
        desk.get_by_role("button", name="Toggle status").click()
        desk.get_by_role("button", name="Set schedule").click()
        dialog = desk.get_by_role("dialog", name="Set publishing schedule")
        field = dialog.get_by_label("Go live date/time")
        field.fill(f"{timezone.now() + timedelta(days=1):%Y-%m-%d %H:%M}")
        dialog.get_by_role("button", name="Save schedule").press("Enter")  # the calendar is in a pointer's way
        desk.locator("footer").get_by_role("button", name="More actions").click()
        # The calendar knows minutes only, and a test must not wait for one.
        due = (timezone.now() + timedelta(seconds=20)).replace(microsecond=0)
        desk.locator("[name=go_live_at]").evaluate("(field, value) => field.value = value", f"{due:%Y-%m-%d %H:%M:%S}")
        desk.get_by_role("button", name="Schedule to publish").click()
        expect(desk.get_by_text("has been scheduled for publishing")).to_be_visible()
        assert client.get(question.url, headers={"host": "localhost"}).status_code == 404
        desk.goto("/admin/")
        expect(desk.get_by_text("Next on schedule: “" + TITLE)).to_be_visible()

        wait_for(lambda: SearchEntry.objects.exists(), (due - timezone.now()).total_seconds() + 10)
        published = QuestionPage.objects.get(pk=question.pk)
        assert published.live, (tmp_path / "log").read_text()
        assert timedelta(0) <= published.last_published_at - due < timedelta(seconds=3)
        desk.goto(question.url)
        expect(desk.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
        desk.goto("/search/?q=there+in+time")
        expect(desk.get_by_role("main").get_by_role("link", name=TITLE).first).to_be_visible()
        assert TITLE in client.get("/questions/feed/", headers={"host": "localhost"}).content.decode()
