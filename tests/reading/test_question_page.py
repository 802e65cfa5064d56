"""What a question's page says about its place, its dates and its neighbours."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from qa.models import QuestionPage, QuestionUpdate, RelatedQuestion
from qa.models.surroundings import MOST_RELATED
from tests.factories import TopicFactory, make_question

pytestmark = pytest.mark.django_db


def read(client, address):
    response = client.get(address, headers={"host": "localhost"})
    assert response.status_code == 200
    return response.content.decode()


def part(html, name):
    """Return the element with a class, or the section labelled by an id."""
    found = re.search(rf'<(\w+) [^>]*(?:class="{name}[ "]|aria-labelledby="{name}")[^>]*>.*?</\1>', html, re.DOTALL)
    return found[0] if found else ""


@pytest.fixture
def row():
    """Four questions from old to new; the first, third and fourth are about Django, the third also about Careers."""
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers & Co", slug="careers")
    filed = {"one": [django], "two": [], "three": [careers, django], "four": [django]}
    for number, (slug, topics) in enumerate(filed.items(), 1):
        make_question(f"Number {slug}?", slug=slug, topics=topics, asked_on=date(2025, 1, number))


def test_breadcrumbs_lead_from_the_front_page_to_the_main_topic_or_the_one_the_reader_came_from(client, column, row):
    crumbs = part(read(client, f"{column.url}three/"), "breadcrumbs")
    assert re.findall(r'href="([^"]+)">([^<]+)<', crumbs) == [
        ("/", "Home"),
        ("/questions/", "Questions"),
        ("/questions/topics/careers/", "Careers &amp; Co"),
    ]
    crumbs = part(read(client, f"{column.url}three/?topic=django"), "breadcrumbs")
    assert re.findall(r">([^<]+)</a>", crumbs)[-1] == "Django"
    assert "/topics/" not in part(read(client, f"{column.url}two/"), "breadcrumbs")


def test_a_reader_who_came_from_a_topic_stays_in_it(client, column, row):
    listing = read(client, f"{column.url}topics/django/")
    assert 'href="/questions/three/?topic=django"' in listing
    html = read(client, f"{column.url}three/?topic=django")
    assert 'rel="prev" href="/questions/one/?topic=django"' in html
    assert 'rel="next" href="/questions/four/?topic=django"' in html
    assert "Number one?" in part(html, "neighbours")
    assert 'aria-label="Previous and next question about Django"' in part(html, "neighbours")
    assert ">More about Django<" in part(html, "neighbours")
    assert 'href="/questions/topics/django/"' in part(html, "back")
    assert 'rel="prev" href="/questions/two/"' in read(client, f"{column.url}three/")


@pytest.mark.parametrize("topic", ["nothing", "careers", "", "%00", "a" * 10_000, "django&topic=careers"])
def test_a_topic_that_the_question_is_not_filed_under_changes_nothing_but_the_address(client, column, row, topic):
    assert read(client, f"{column.url}four/?topic={topic}") == read(client, f"{column.url}four/")


def test_every_page_names_its_one_address(client, column, row):
    for number in range(25):
        make_question(slug=f"more-{number}", asked_on=date(2024, 1, 1))
    addresses = {
        "/": "/",
        "/?utm_source=x": "/",
        "/questions/": "/questions/",
        "/questions/?page=2": "/questions/?page=2",
        "/questions/three/?topic=django": "/questions/three/",
        "/questions/topics/": "/questions/topics/",
        "/questions/topics/django/": "/questions/topics/django/",
        "/questions/archive/2024/?page=2&x=1": "/questions/archive/2024/?page=2",
    }
    site = column.get_site().root_url
    found = {given: re.findall(r'<link rel="canonical" href="([^"]+)">', read(client, given)) for given in addresses}
    assert found == {given: [f"{site}{wanted}"] for given, wanted in addresses.items()}
    assert b"canonical" not in client.get("/nothing/", headers={"host": "localhost"}).content


def test_dates_are_shown_where_they_say_something_new(client):
    question = make_question(asked_on=date(2026, 3, 1), reviewed_on=date(2026, 5, 5))
    QuestionPage.objects.filter(pk=question.pk).update(
        first_published_at=datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("UTC"))
    )
    answered = part(read(client, question.url), "letter-dates")
    assert re.findall(r'datetime="([^"]+)"', answered) == ["2026-03-04", "2026-05-05"]
    question.refresh_from_db()
    question.updates = [QuestionUpdate(date=day, note="New.") for day in (date(2026, 4, 1), date(2026, 5, 5))]
    question.save_revision().publish()
    updated = part(read(client, question.url), "letter-dates")
    assert re.findall(r'datetime="([^"]+)"', updated) == ["2026-03-04", "2026-05-05"]
    assert "Updated on" in updated
    assert "reviewed" not in updated


@pytest.mark.parametrize(
    ("review_after", "reviewed_on", "shown"),
    [("2026-06-10", None, False), ("2026-06-09", None, True), ("2026-06-01", "2026-06-05", False), (None, None, False)],
)
def test_a_note_says_that_the_answer_is_past_its_review_date(client, settings, review_after, reviewed_on, shown):
    settings.TIME_ZONE = "Asia/Tokyo"
    question = make_question(review_after=review_after, reviewed_on=reviewed_on)
    with time_machine.travel(datetime(2026, 6, 9, 15, 30, tzinfo=ZoneInfo("UTC")), tick=False):  # the 10th in Tokyo
        assert ("review-due" in read(client, question.url)) is shown


def test_chosen_questions_come_first_then_those_that_share_most_topics_then_the_newest(client):
    a, b = TopicFactory(), TopicFactory()
    chosen = make_question("Chosen?", asked_on=date(2020, 1, 1))
    both = make_question("Both?", topics=[a, b], asked_on=date(2021, 1, 1))
    newer, older = (make_question(f"{day}?", topics=[a], asked_on=day) for day in (date(2025, 1, 1), date(2024, 1, 1)))
    twin = make_question("Twin?", topics=[b], asked_on=date(2024, 1, 1))  # of the same day: the later number is newer
    make_question("None of it?", topics=[TopicFactory()])
    for hidden in ({"publish": False}, {"private": True}):
        make_question("Hidden?", topics=[a, b], **hidden)
    question = make_question("The question?", topics=[a, b], follow_up_to=make_question("Earlier?", topics=[a, b]))
    question.related_questions = [RelatedQuestion(question=chosen)]
    question.save_revision().publish()
    related = re.findall(r">([^<]+)</a>", part(read(client, question.url), "related"))
    assert related == ["Chosen?", both.title, newer.title, twin.title, older.title]
    assert len(related) == MOST_RELATED
