"""From a report to the place it is about, and back with the work done."""

from datetime import date

import pytest
from playwright.sync_api import expect

from qa.models import QuestionPage
from tests.factories import make_question

pytestmark = [pytest.mark.browser, pytest.mark.same_on_every_database]


def test_an_editor_works_through_the_reports(open_window, column, editor):
    """Wagtail stops scrolling halfway in a long letter, because its text editors grow meanwhile."""
    page = open_window(user=editor)
    letter = [("markdown", "A paragraph.\n\n" * 20)] * 8
    long, old = (
        make_question("Long?", answer=letter),
        make_question("Old?", summary="Yes.", review_after=date(2026, 1, 1)),
    )
    page.goto("/admin/reports/incomplete/")
    page.get_by_role("link", name="Long?").click()
    expect(page.locator("#id_summary")).to_be_in_viewport()
    page.goto("/admin/reports/past-review/")
    page.get_by_role("row", name="Old?").get_by_role("checkbox").check()
    page.get_by_role("link", name="Mark the selected questions as reviewed today").click()
    page.get_by_role("button", name="Mark as reviewed").click()
    expect(page.get_by_text("1 question is marked as reviewed.")).to_be_visible()
    expect(page.get_by_text("No review is due")).to_be_visible()
    assert QuestionPage.objects.get(pk=old.pk).reviewed_on
    assert not QuestionPage.objects.get(pk=long.pk).reviewed_on
