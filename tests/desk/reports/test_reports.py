"""The reports of the desk: what is in them, for whom, and as a table to take along."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Revision, Site
from wagtail.users.models import UserProfile

from qa.links import inspecting
from qa.models import OutsideLink, QuestionPage, RelatedQuestion, ScheduleTrouble, VainSearch
from qa.rendering.reference_check import references_unchecked
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.many_questions import grow
from tests.moments import NOON

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SCHEDULED, PAST_REVIEW, COVERAGE, BROKEN, INCOMPLETE = (
    f"/admin/reports/{name}/"
    for name in ("scheduled", "past-review", "topic-coverage", "broken-links", "incomplete")
)  # fmt: skip
REPORTS = (SCHEDULED, PAST_REVIEW, COVERAGE, BROKEN, INCOMPLETE)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def shown(client, address):
    """Return what a report lists, and its page with single spaces."""
    answer = client.get(address)
    assert answer.status_code == 200
    return list(answer.context["object_list"]), " ".join(answer.content.decode().split())


def table(client, address, kind="csv"):
    """Return the exported rows with their headings."""
    answer = client.get(f"{address}{'&' if '?' in address else '?'}export={kind}")
    content = b"".join(answer.streaming_content)
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode())))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.values]


@pytest.mark.parametrize("address", REPORTS)
def test_an_empty_report_says_so_kindly_and_can_be_taken_along(client, column, writer, address):
    client.force_login(writer)
    rows, page = shown(client, address)
    assert rows == []
    assert any(text in page for text in ("Nothing is scheduled", "No review is due", "no topics yet", "No broken link",
                                         "have a short answer"))  # fmt: skip
    assert len(table(client, address)) == len(table(client, address, "xlsx")) == 1
    assert f'href="{address}"' in client.get("/admin/").content.decode() or "reports" in page


def test_what_is_scheduled_is_told_with_its_time_zone_by_whom_and_what_stands_in_the_way(client, column, editor):
    UserProfile.objects.update_or_create(user=editor, defaults={"current_time_zone": "Asia/Tokyo"})
    editor.first_name, editor.last_name = "Maren", "Holloway"
    editor.save()

    def schedule(page, **fields):
        page = QuestionPage.objects.get(pk=page.pk)
        for name, value in fields.items():
            setattr(page, name, value)
        page.save_revision(user=editor).publish(user=editor)

    new = make_question("New?", publish=False)
    schedule(new, go_live_at=NOON + timedelta(days=2), expire_at=NOON + timedelta(days=9))
    live = make_question("Live?")
    schedule(live, title="Changed?", go_live_at=NOON + timedelta(days=1))
    make_question("Expiring?", expire_at=NOON + timedelta(days=3))
    again = make_question("Again?")
    again.unpublish()
    schedule(again, go_live_at=NOON + timedelta(days=4))
    late = make_question("Late?", go_live_at=NOON + timedelta(days=1))
    Revision.objects.for_instance(late).update(approved_go_live_at=NOON - timedelta(hours=2))
    failing = make_question("Failing?", go_live_at=NOON + timedelta(days=1))
    revision = Revision.objects.for_instance(failing).get()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=NOON - timedelta(hours=3))
    trouble = {"model": "wagtailcore.page", "since": NOON}
    ScheduleTrouble.objects.create(
        subject=f"publish wagtailcore.page {failing.pk} revision {revision.pk}", object_id=str(failing.pk), attempts=4,
        title="Failing?", due_at=NOON - timedelta(hours=3), next_try=NOON, last_error="KeyError: 'x'", **trouble,
    )  # fmt: skip
    missed = make_question("Missed?", publish=False)
    ScheduleTrouble.objects.create(
        subject="publish …", object_id=str(missed.pk), title="Missed?", due_at=NOON - timedelta(days=1), **trouble
    )
    make_question("Unapproved?", publish=False, go_live_at=NOON - timedelta(days=3))
    make_question("Only a draft?", publish=False, go_live_at=NOON + timedelta(days=3))

    client.force_login(editor)
    rows, page = shown(client, SCHEDULED)
    assert [(row.title, row.what, row.by, row.problem) for row in rows] == [
        ("Unapproved?", "Draft", "", "its time passed, and nobody approved it"),
        ("Missed?", "Not published", "", "it had expired before its time came"),
        ("Failing?", "New answer", "", "failed 4 times: KeyError: 'x'"),
        ("Late?", "New answer", "", "overdue: should be published"),
        ("Changed?", "Change of a published answer", "Maren Holloway", ""),
        ("New?", "New answer", "Maren Holloway", ""),
        ("Expiring?", "Expiry", "", ""),
        ("Again?", "Published again", "Maren Holloway", ""),
        ("New?", "Expiry of the scheduled version", "Maren Holloway", ""),
    ]
    assert "When (Asia/Tokyo)" in page
    assert "Times are in Asia/Tokyo (now: May 4, 2026, 9 p.m.)." in page
    assert "May 5, 2026, 9 p.m." in page
    assert f'href="/admin/pages/{live.pk}/edit/"' in page
    overdue, _page = shown(client, f"{SCHEDULED}?what=overdue")
    assert [row.title for row in overdue] == ["Unapproved?", "Failing?", "Late?"]  # what the first page calls overdue
    assert [row.title for row in shown(client, f"{SCHEDULED}?what=change")[0]] == ["Changed?"]
    exported = table(client, f"{SCHEDULED}?what=new", "xlsx")
    assert exported[0][:4] == ["When", "Time zone", "What", "Question"]
    assert exported[-2][:4] == [
        timezone.make_naive(datetime(2026, 5, 6, 21, tzinfo=UTC)),
        "Asia/Tokyo",
        "New answer",
        "New?",
    ]
    assert table(client, f"{SCHEDULED}?what=new")[-2][:2] == ["2026-05-06 21:00:00", "Asia/Tokyo"]


def test_what_is_past_its_review_date_is_marked_as_reviewed_in_bulk(client, column, editor):
    pages = [make_question(f"Old {day}?", review_after=date(2026, 4, day)) for day in (20, 10)]
    make_question("Checked?", review_after=date(2026, 4, 1), reviewed_on=date(2026, 4, 2))
    make_question("A draft?", review_after=date(2026, 4, 1), publish=False)
    client.force_login(editor)
    rows, page = shown(client, PAST_REVIEW)
    assert [row.title for row in rows] == ["Old 10?", "Old 20?"]
    assert f'href="/admin/pages/{pages[0].pk}/edit/#:w:contentpath=reviewed_on"' in page
    assert "bulk/qa/questionpage/mark_as_reviewed/" in page
    assert "bulk-actions" in page
    assert "Select all pages in listing" not in page
    assert table(client, PAST_REVIEW)[1:] == [["Old 10?", "2026-04-10", "24", "", ""],
                                              ["Old 20?", "2026-04-20", "14", "", ""]]  # fmt: skip
    address = f"/admin/bulk/qa/questionpage/mark_as_reviewed/?next={PAST_REVIEW}"
    assert client.post("".join([address, *(f"&id={found.pk}" for found in pages)])).url == PAST_REVIEW
    assert shown(client, PAST_REVIEW)[0] == []


def test_topic_coverage_tells_what_is_there_and_what_is_missed(client, column, editor, writer, clock):
    django, careers, empty = (TopicFactory(name=name) for name in ("Django", "Careers and life", "=Empty"))
    make_question("First?", topics=[django, careers])
    clock.move_to(NOON + timedelta(days=1))
    newest = make_question("Second?", topics=[django])
    make_question("Private?", topics=[django], private=True)
    make_question("A draft?", topics=[django], publish=False)
    for number, words in enumerate(("django celery", "django", "djangonauts", "life and careers"), 1):
        VainSearch.objects.create(words=words, times=number, last_on=date(2026, 5, 1))
    client.force_login(editor)
    rows, page = shown(client, COVERAGE)
    assert [(row.name, row.published, row.newest_title, row.drafts, row.vain_times) for row in rows] == [
        ("=Empty", 0, "", 0, 0),
        ("Careers and life", 1, "First?", 0, 4),
        ("Django", 2, "Second?", 1, 3),
    ]
    assert f'href="/admin/pages/{newest.pk}/edit/"' in page
    assert f'href="/admin/questions/?topic={django.pk}&amp;status=public"' in page
    listed = client.get(f"/admin/questions/?topic={django.pk}&status=public", headers={"host": "localhost"})
    assert {row.title for row in listed.context["object_list"]} == {"First?", "Second?"}  # as many as were counted
    assert 'href="/admin/reports/vain-searches/?q=django+celery"' in page
    assert f'href="/admin/snippets/qa/topic/edit/{empty.pk}/"' in page
    assert next(row.name for row in shown(client, f"{COVERAGE}?ordering=-published")[0]) == "Django"
    exported = table(client, COVERAGE, "xlsx")
    assert exported[1] == ["'=Empty", 0, None, None, 0, 0, None]
    assert exported[3] == ["Django", 2, date(2026, 5, 5), "Second?", 1, 3, "django, django celery"]
    client.force_login(writer)
    page = shown(client, COVERAGE)[1]
    assert "celery" not in page
    assert "/admin/snippets/qa/topic/" not in page
    assert len(table(client, COVERAGE)[0]) == 5


def test_every_kind_of_broken_link_is_found_where_it_stands(client, column, editor):
    topic, expert = TopicFactory(name="Django"), ExpertFactory(name="Maren")
    draft = make_question("A draft?", publish=False)
    private = make_question("A secret?", private=True)
    heading = [("markdown", "## A heading")]
    fine = make_question("Fine?", slug="fine", answer=heading, topics=[topic], answered_by=expert)
    site = f"http://{Site.objects.get().hostname}"
    Redirect.objects.create(old_path="/old", redirect_link="/new")
    right = [
        f"page:{fine.pk}", "/questions/fine/#a-heading", "/questions/fine", "#own-part", "#main", "/search/?q=x",
        f"/questions/topics/{topic.slug}/", f"/questions/experts/{expert.slug}/", "/questions/archive/2026/",
        f"{site}/questions/fine/", "/old/", "mailto:a@b.org", "https://works.org/", "../fine/", "/sitemap.xml",
        "#:~:text=words", "/static/css/x.css",
    ]  # fmt: skip
    wrong = {
        f"page:{draft.pk}": "is not published", f"page:{private.pk}": "is private", "page:999999": "does not exist",
        "letter:nobody": "does not exist", "document:999999": "does not exist", "image:999999": "does not exist",
        "page:12#part": "is not a reference",
        f"/questions/{private.slug}/": "nothing for readers", "/questions/topics/flask/": "nothing for readers",
        f"/questions/experts/{expert.slug}/feed/": "nothing for readers",
        "/documents/999/x.pdf": "nothing for readers", f"{site}/gone/": "nothing for readers",
        "/questions/fine/#no-such-part": "no part “#no-such-part”", "#nowhere": "no part “#nowhere”",
        "https://gone.org/x": "there is nothing any more (404)", "https://slow.org/": "does not answer in time",
    }  # fmt: skip
    text = "\n\n".join(["## Own part", *(f"[x]({address})" for address in (*right, *wrong))])
    with references_unchecked():
        page = make_question("=Links?", slug="links", follow_up_to=draft, answer=[("markdown", text)])
    RelatedQuestion.objects.create(page=page, question=private)
    for url, failed, status in (("https://gone.org/x", 1, 404), ("https://slow.org/", 3, None),
                                ("https://works.org/", 2, 500)):  # fmt: skip
        result = {404: "gone", None: "slow", 500: "error"}[status]
        OutsideLink.objects.create(
            digest=OutsideLink.digest_of(url), url=url, result=result, status=status, failed_days=failed, asked_at=NOON
        )
    make_question("A draft with links?", publish=False, answer=[("markdown", "[x](/nowhere/)")])

    client.force_login(editor)
    rows, html = shown(client, BROKEN)
    chosen = [(row.address, row.place) for row in rows if row.place in ("follow_up_to", "related_questions")]
    assert chosen == [(f"page:{draft.pk}", "follow_up_to"), (f"page:{private.pk}", "related_questions")]
    found = {row.address: row.problem for row in rows if row.place.startswith("answer.")}
    assert set(found) == set(wrong)
    assert not [(address, found[address]) for address, reason in wrong.items() if reason not in found[address]]
    assert {row.title for row in rows} == {"=Links?"}
    block = QuestionPage.objects.get(pk=page.pk).answer[0].id
    assert f'href="/admin/pages/{page.pk}/edit/#:w:contentpath=answer.{block}"' in html
    assert "(last asked: May 4, 2026, noon)" in html
    outside = shown(client, f"{BROKEN}?to=outside")[0]
    assert {row.address for row in outside} == {"https://gone.org/x", "https://slow.org/"}
    assert table(client, BROKEN)[1][0] == "'=Links?"


def test_an_answer_is_incomplete_without_short_answer_or_without_the_text_of_a_picture(client, column, editor):
    image = get_image_model().objects.create(title="Plan", file=get_test_image_file())
    block = QuestionPage.answer.field.stream_block

    def picture(**fields):
        value = {"image": image.pk, "decorative": False, "alt_text": "", **fields}
        return block.to_python([{"type": "image", "value": {"image": value, "caption": "", "credit": ""}}])

    bare = make_question("Bare?", summary="Yes.", answer=picture())
    make_question("Decorative?", summary="Yes.", answer=picture(decorative=True))
    make_question("Described?", summary="Yes.", answer=picture(alt_text="A plan"))
    make_question("Answered in a block?", answer=[("short_answer", "Yes.")])
    silent = make_question("Silent?", answer=[("markdown", f"![](image:{image.pk})")])
    make_question("A draft?", publish=False)
    client.force_login(editor)
    rows, page = shown(client, INCOMPLETE)
    assert [(row.title, row.missing) for row in rows] == [
        ("Silent?", "a short answer; the alternative text of a picture"),
        ("Bare?", "the alternative text of a picture"),
    ]
    assert f"/admin/pages/{silent.pk}/edit/#:w:contentpath=summary" in page
    place = QuestionPage.objects.get(pk=bare.pk).answer[0].id
    assert f"/admin/pages/{bare.pk}/edit/#:w:contentpath=answer.{place}" in page
    assert [row[:2] for row in table(client, INCOMPLETE, "xlsx")[1:]] == [[row.title, row.missing] for row in rows]


def test_a_report_can_be_narrowed_to_topics_and_taken_along_like_that(client, column, editor):
    django, careers, other = (TopicFactory(name=name) for name in ("Django", "Careers", "Other"))
    fields = {"review_after": date(2026, 4, 1), "expire_at": NOON + timedelta(days=2)}
    with references_unchecked():
        for title, topics in {"Both?": [django, careers], "One?": [careers], "None?": []}.items():
            make_question(title, topics=topics, answer=[("markdown", "[x](page:999999)")], **fields)
    client.force_login(editor)
    for address in (SCHEDULED, PAST_REVIEW, BROKEN, INCOMPLETE):
        for topics, titles in (
            ("", {"Both?", "One?", "None?"}),
            (f"?topic={django.pk}", {"Both?"}),
            (f"?topic={django.pk}&topic={careers.pk}", {"Both?", "One?"}),
            (f"?topic={other.pk}", set()),
        ):
            rows, page = shown(client, f"{address}{topics}")
            assert sorted(row.title for row in rows) == sorted(titles), address
            assert "Careers" in page
            exported = table(client, f"{address}{topics}")
            assert {cell for row in exported[1:] for cell in row if cell.endswith("?")} == titles
        for nonsense in ("x", "\x00", "9" * 30, "-1"):
            assert client.get(address, {"topic": nonsense}).status_code == 200


def test_no_report_asks_more_of_the_database_when_the_column_grows(client, column, editor):
    client.force_login(editor)
    topics = [TopicFactory(name=name) for name in ("Django", "Careers", "Teams")]
    VainSearch.objects.create(words="django celery", last_on=date(2026, 5, 1))
    counts = {}
    for size in (50, 2_000):
        grow(column, size, topics)
        lost = '[{"type": "markdown", "id": "1", "value": "[x](page:999999) [y](/nowhere/) [z](#part)"}]'
        QuestionPage.objects.filter(live=True).update(answer=lost, expire_at=timezone.now() + timedelta(days=9))
        inspecting.complete()
        cache.clear()
        client.get("/admin/")  # the root paths of sites are cached between requests
        for address in REPORTS:
            with CaptureQueriesContext(connection) as queries:
                assert len(shown(client, address)[0]) > 2
            counts[address, size] = len(queries)
    for address in REPORTS:
        assert counts[address, 2_000] <= counts[address, 50] <= 40, counts


def test_the_first_page_leads_to_all_of_what_it_has_no_room_for(client, column, editor):
    for number in range(9):
        make_question(f"Unapproved {number}?", publish=False, go_live_at=NOON - timedelta(days=1))
    client.force_login(editor)
    page = client.get("/admin/").content.decode()
    assert f'href="{SCHEDULED}?what=overdue"' in page
    assert len(shown(client, f"{SCHEDULED}?what=overdue")[0]) == 9
    assert 'href="/admin/questions/?status=without-topic"' in page
    listed = client.get("/admin/questions/?status=without-topic", headers={"host": "localhost"})
    assert len(listed.context["object_list"]) == 9
