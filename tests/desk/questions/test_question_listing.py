"""Editors find every question, however many there are."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from wagtail.models import Page, Workflow

from qa.desk.questions.columns import EXPORTED
from qa.models import QuestionPage
from tests.factories import TopicFactory, make_question
from tests.many_questions import grow

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

LISTING = "/admin/questions/"
#: The most that a listing may ask of the database; lower it when a change makes that true.
CEILING = 34
SIDEBAR_CEILING = 70


def explorer(column):
    return reverse("wagtailadmin_explore", args=[column.pk])


def sidebar(column):
    """Return the address that the sidebar asks for the pages below the column."""
    try:
        return reverse("wagtailadmin_api:explorer", args=[column.pk]) + "?limit=20"
    except NoReverseMatch:  # before Wagtail 8.1
        return f"/admin/api/main/pages/?child_of={column.pk}&for_explorer=1&limit=20"


def titles(client, query="", address=LISTING):
    answer = client.get(f"{address}{query}", headers={"host": "localhost"})
    assert answer.status_code == 200
    return [page.title for page in answer.context["object_list"]]


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address, headers={"host": "localhost"})
    assert answer.status_code == 200
    return len(queries), answer


def test_no_listing_asks_more_of_the_database_when_the_column_grows(client, column, editor):
    client.force_login(editor)
    topics = [TopicFactory(name=name) for name in ("Django", "Careers", "Teams")]
    menu = sidebar(column)
    addresses = [LISTING, explorer(column), f"{LISTING}?status=live&topic={topics[0].pk}", f"{LISTING}?q=number"]
    counts, sizes = {}, {}
    for size in (50, 2_000):
        grow(column, size, topics)
        cache.clear()
        client.get(LISTING, headers={"host": "localhost"})  # the root paths of sites are cached between requests
        for address in (*addresses, menu, f"{explorer(column)}?ordering=ord"):
            counts[address, size], answer = queries_of(client, address)
            sizes[address, size] = len(answer.content)
    for address in addresses:
        assert counts[address, 2_000] <= counts[address, 50] <= CEILING, (address, counts)
    assert max(counts[menu, size] for size in (50, 2_000)) <= SIDEBAR_CEILING  # a few for each page shown
    # Nobody sorts the questions by hand: the page on which one would, 98 MB with 20,000 questions, is the usual list.
    assert sizes[f"{explorer(column)}?ordering=ord", 2_000] < 2 * sizes[explorer(column), 50]


def test_editors_are_not_offered_to_sort_the_questions_by_hand(client, column, editor):
    question = make_question()
    client.force_login(editor)
    for address in (explorer(column), reverse("wagtailadmin_explore", args=[column.get_parent().pk]), LISTING):
        html = client.get(address, headers={"host": "localhost"}).content.decode()
        assert "More options for" in html
        for page in (column, question):
            assert f"/{page.pk}/?ordering=ord" not in html, (address, page)
    position = reverse("wagtailadmin_pages:set_page_position", args=[question.pk])
    assert client.post(f"{position}?position=0").status_code == 302
    assert not Page.objects.get(pk=column.pk).permissions_for_user(editor).can_reorder_children()


def test_the_same_columns_are_in_the_menu_and_in_the_explorer(client, column, editor, time_machine):
    time_machine.move_to(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False)
    django = TopicFactory(name="Django")
    make_question(
        "Which framework?",
        topics=[django],
        asker_name="Robert B.",
        reviewed_on=date(2026, 2, 3),
        expire_at=datetime(2027, 1, 2, 10, tzinfo=UTC),
    )
    make_question("Which database?", go_live_at=datetime(2026, 12, 3, 9, tzinfo=UTC))
    client.force_login(editor)
    for address in (LISTING, explorer(column)):
        page = " ".join(client.get(address, headers={"host": "localhost"}).content.decode().split())
        for text in ("Which framework?", "Robert B.", "Django", "expires 01/02/2027 10", "goes live 12/03/2026 9"):
            assert text in page, (address, text)
        assert "Anonymous" in page
        assert "scheduled" in page
        for heading in ("Asked on", "Topics", "Last reviewed", "Words"):
            assert heading in page
    assert "/admin/questions/" in client.get("/admin/").content.decode()


def test_each_state_is_found_by_its_filter(client, column, editor, writer):
    past, future = timezone.now() - timedelta(days=2), timezone.now() + timedelta(days=2)
    make_question("A draft", publish=False)
    review = make_question("One in review", publish=False)
    Workflow.objects.get().start(review, writer)
    make_question("One on schedule", go_live_at=future)
    make_question("A live one")
    changed = make_question("A changed one")
    changed.summary = "New."
    changed.save_revision()
    expired = make_question("An expired one", expire_at=future)
    Page.objects.filter(pk=expired.pk).update(live=False, expired=True, expire_at=past)
    make_question("An old one", review_after=date(2020, 1, 1), reviewed_on=date(2019, 1, 1))
    make_question("A reviewed one", review_after=date(2020, 1, 1), reviewed_on=date(2020, 1, 1))
    client.force_login(editor)

    expected = {
        "draft": {"A draft"},
        "review": {"One in review"},
        "scheduled": {"One on schedule"},
        "live": {"A live one", "A changed one", "An old one", "A reviewed one"},
        "changed": {"A changed one"},
        "expired": {"An expired one"},
        "overdue": {"An old one"},
    }
    for address in (LISTING, explorer(column)):
        assert {state: set(titles(client, f"?status={state}", address)) for state in expected} == expected
        assert set(titles(client, "?status=draft&status=expired", address)) == {"A draft", "An expired one"}


@pytest.mark.indexed
def test_filters_search_and_order_work_together(client, column, editor):
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers")
    make_question("Apples or pears", topics=[django], asker_name="Rosa", asked_on=date(2024, 5, 1))
    make_question("Apples or plums", topics=[careers], asker_name="Anna", asked_on=date(2025, 5, 1))
    make_question("Nothing else", topics=[django, careers], asker_name="Rosalind", asked_on=date(2025, 6, 1))
    client.force_login(editor)

    assert titles(client) == ["Nothing else", "Apples or plums", "Apples or pears"]
    assert titles(client, "?ordering=asker_name") == ["Apples or plums", "Apples or pears", "Nothing else"]
    assert titles(client, f"?topic={django.pk}") == ["Nothing else", "Apples or pears"]
    assert titles(client, "?asker=rosa&year=2025") == ["Nothing else"]
    assert set(titles(client, "?q=apples")) == {"Apples or pears", "Apples or plums"}
    assert titles(client, "?q=Rosalind") == ["Nothing else"]
    for key in ("title", "asker_name", "asked_on", "live", "reviewed_on", "word_count"):
        for query in (f"?ordering={key}", f"?ordering=-{key}", f"?q=apples&ordering={key}"):
            assert titles(client, query)
    assert titles(client, f"?q=apples&topic={careers.pk}&status=live&year=2025&ordering=word_count") == [
        "Apples or plums"
    ]


def test_nonsense_in_the_address_of_the_listing_does_no_harm(client, column, editor):
    make_question()
    client.force_login(editor)
    long = "9" * 10_000
    names = ("p", "ordering", "status", "topic", "year", "asker", "owner", "export", "q")
    for value in ("%00", long, "9" * 12, "9" * 20, "-1", "x'\"<"):
        together = "&".join(f"{name}={value}" for name in names)
        assert client.get(f"{LISTING}?{together}", headers={"host": "localhost"}).status_code == 200
    for name in names:
        for number in (long, "9" * 12, "9" * 20):
            assert client.get(f"{LISTING}?{name}={number}", headers={"host": "localhost"}).status_code == 200


def test_no_export_holds_a_formula(client, column, editor):
    for name in ("=HYPERLINK(A1)", "+1", "-1", "@SUM(A1)", "\t=1"):
        make_question("=1+1", asker_name=name, topics=[TopicFactory(name="=Topic", slug="t")])
    make_question("Plain\x0btext", asker_name="Rosa")
    client.force_login(editor)

    answer = client.get(f"{LISTING}?export=csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))
    workbook = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(f"{LISTING}?export=xlsx").streaming_content)))
    cells = [cell for row in workbook.active.iter_rows() for cell in row if cell.value is not None]

    assert len(rows) == 6
    assert all(row["Question"].startswith(("'=", "Plain")) for row in rows)
    for value in (value for row in rows for value in row.values()):
        assert not value.lstrip().startswith(("=", "+", "-", "@"))
    assert all(cell.data_type != "f" for cell in cells)
    assert not any(str(cell.value).lstrip().startswith(("=", "+", "-", "@")) for cell in cells)


@pytest.mark.parametrize("export", ["csv", "xlsx"])
def test_no_export_of_wagtails_own_reports_holds_a_formula(client, column, editor, writer, export):
    title = '=HYPERLINK("https://example.org")'
    question = make_question(title)
    column.get_workflow().start(question, writer)
    client.force_login(editor)
    for report in ("workflow", "workflow_tasks", "site-history"):
        answer = client.get(f"/admin/reports/{report}/?export={export}", headers={"host": "localhost"})
        content = b"".join(answer.streaming_content)
        if export == "csv":
            cells = [cell for row in csv.reader(io.StringIO(content.decode())) for cell in row]
        else:
            rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows()
            cells = [str(cell.value) for row in rows for cell in row]
        assert f"'{title}" in cells, report
        assert title not in cells, report


def test_the_sidebar_shows_the_latest_questions_only(client, column, editor):
    grow(column, 60, [TopicFactory()])
    client.force_login(editor)
    found = client.get(sidebar(column)).json()
    assert (found["children"]["count"] if "children" in found else found["meta"]["total_count"]) == 10


@pytest.mark.parametrize("rest", ["", "results/", "?export=csv", "?export=xlsx", "?q=question"])
def test_the_report_of_page_types_lists_questions_and_asks_no_more_when_there_are_more(client, editor, column, rest):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/admin/pages/usage/qa/questionpage/{rest}")
            body = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code == 200
        assert rest.endswith(("xlsx", "question")) or b"A question?" in body
        return len(captured)

    make_question("A question?")
    client.force_login(editor)
    queries()
    few = queries()
    for number in range(6):
        make_question(f"A question? {number}", go_live_at=datetime(2999, 1, 1, tzinfo=UTC))
    assert queries() <= few + 1


def test_the_columns_of_questions_work_on_any_queryset(column):
    make_question("Scheduled?", go_live_at=datetime(2999, 1, 1, tzinfo=UTC))
    with_schedule, without = QuestionPage.objects.with_schedule().get(), QuestionPage.objects.get()
    row = {name: value(without) for name, (_heading, value) in EXPORTED.items()}
    assert row == {name: value(with_schedule) for name, (_heading, value) in EXPORTED.items()}
    assert row["goes_live_at"] == datetime(2999, 1, 1, tzinfo=UTC)
