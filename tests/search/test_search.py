"""What readers are promised who look for something: on both databases, without JavaScript."""

import re
from datetime import date
from html import unescape

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.documents import get_document_model
from wagtail.models import PageViewRestriction

from qa.models import QuestionPage, VainSearch
from qa.search import vain_searches
from qa.search.passages import passages
from qa.search.query import parse
from tests.factories import TopicFactory, make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def questions(column):
    """A small column, with the words that typos may have meant."""
    django, databases = TopicFactory(name="Django"), TopicFactory(name="Databases")
    made = [
        make_question(
            "Which framework should we pick?",
            topics=[django],
            asker_name="Zoë K.",
            asked_on=date(2025, 3, 1),
            question="We are three people with a **Café** to run.",
            answer=[
                ("markdown", "Take the one that you know. Migrations are the reason, and StreamField another."),
                ("heading", {"text": "What costs money", "level": "h2"}),
                ("markdown", "Connection pools do, said `select_related`."),
                ("pushback", {"objection": "But everybody is async?", "reply": [("markdown", "Uvicorn is no plan.")]}),
                ("code", {"code": "def answer():\n    return forty_two", "language": "python"}),
                ("steps", [{"title": "Is it slow?", "text": "Measure the throughput.", "stop": "done"}]),
            ],
        ),
        make_question(
            "How large should the connection pool be?",
            topics=[databases],
            asked_on=date(2026, 1, 1),
            answer=[("markdown", "Smaller. A pool of every connection is a queue.")],
        ),
        make_question("Is PostgreSQL enough?", topics=[databases], asked_on=date(2026, 2, 2)),
    ]
    call_command("rebuild_search", verbosity=0)
    return made


def get(client, q=None, who="a browser", **parameters):
    parameters |= {} if q is None else {"q": q}
    return client.get("/search/", parameters, headers={"host": "localhost", "user-agent": f"Mozilla/5.0 ({who})"})


def titles(response, near=False):
    """Return the titles of results with all words, or of those below with some of them."""
    complete, _heading, some = text_of(response).partition('aria-labelledby="near"')
    return [
        unescape(found)
        for found in re.findall(r'class="card-title"><a href="[^"]*">([^<]*)<', some if near else complete)
    ]


def text_of(response):
    return response.content.decode()


FRAMEWORK, POOL, ENOUGH = (
    "Which framework should we pick?",
    "How large should the connection pool be?",
    "Is PostgreSQL enough?",
)


FOUND_BY = [
    ("framework", [FRAMEWORK]),  # title
    ("databases enough", [ENOUGH]),  # topic
    ("cafe", [FRAMEWORK]),  # the reader's letter, without its accent
    ("CAFÉ people", [FRAMEWORK]),
    ("zoe", [FRAMEWORK]),  # the asker
    ("migration", [FRAMEWORK]),  # another form of the word
    ("stream field", [FRAMEWORK]),  # a name in CamelCase
    ("select_related", [FRAMEWORK]),
    ("uvicorn", [FRAMEWORK]),  # a reply to an objection
    ("everybody", [FRAMEWORK]),
    ("forty_two", [FRAMEWORK]),  # code
    ("throughput", [FRAMEWORK]),  # a step
    ('"connection pool"', [POOL, FRAMEWORK]),
    ('pool -"connection pool"', []),
    ('pool -"pool connection"', [POOL, FRAMEWORK]),
    ("connection -queue", [FRAMEWORK]),
    ('pool -"every connection"', [FRAMEWORK]),
    ("how large should the pool be", [POOL]),  # the words that mean something
    ("zyzzyva", []),
]


def test_the_words_of_a_question_and_its_answer_are_found(client, questions):
    for q, found in FOUND_BY:
        assert titles(get(client, q)) == found, q


def test_a_result_quotes_the_passage_and_leads_to_its_anchor(client, questions):
    page = text_of(get(client, "uvicorn"))
    assert "<mark>Uvicorn</mark> is no plan." in page
    assert f'href="{questions[0].url}#but-everybody-is-async"' in page
    assert "1 question\n" in page
    assert "Zoë K." in page
    assert "March 1, 2025" in page
    assert "<title>Search: uvicorn" in page


def test_a_result_quotes_prose_before_code_and_never_runs_from_one_into_the_other(client, column):
    make_question(
        "How do we split the views?",
        question="Ours are long.\n\n```\nViewset = long()\n```\n\nSo what?",
        answer=[
            ("code", {"code": "from views import viewset\nviewset(views, viewset)", "filename": "shop/views.py"}),
            ("markdown", "A viewset takes them along.\n\n```\nviewset.views()\n```\n\nThen rest."),
            ("markdown", "| Tool | For |\n|-|-|\n| join | one |"),
        ],
    )

    def passage(q):
        return re.sub("</?mark>", "", re.search(r'class="passage">(.*?)</p>', text_of(get(client, q)))[1])

    assert passage("viewset") == "A viewset takes them along."
    assert passage("shop") == "shop/views.py"
    assert passage("import") == "from views import viewset viewset(views, viewset)"
    assert passage("rest") == "Then rest."
    assert passage("join") == "Tool · For · join · one"
    assert passage("long") == "Ours are long."
    assert passage("how to split") == "A viewset takes them along."  # only in the title: the beginning of the prose


def test_a_typo_finds_what_was_meant_and_can_be_insisted_on(client, questions):
    for typed, meant in (("djagno", "django"), ("postgressql", "postgresql"), ("sreamfield", "streamfield")):
        page = get(client, typed)
        assert f"Showing results for <strong>{meant}</strong>" in text_of(page)
        assert len(titles(page)) == 1
    address = unescape(re.search(r'href="(/search/\?[^"]*spelling=typed)"', text_of(page))[1])
    as_typed = client.get(address, headers={"host": "localhost"})
    assert not titles(as_typed)
    assert "Nothing was found." in text_of(as_typed)


def test_if_nothing_has_all_words_some_are_enough_and_the_page_says_so(client, questions):
    page = get(client, "uvicorn queue")
    assert not titles(page)
    assert sorted(titles(page, near=True)) == [POOL, FRAMEWORK]
    assert "These have some of them." in text_of(page)
    page = get(client, "pool smaller")
    assert titles(page) == [POOL]
    assert titles(page, near=True) == [FRAMEWORK]


def test_results_are_narrowed_and_sorted(client, questions):
    assert "2 questions" not in text_of(get(client, "pool", topic="databases"))
    assert titles(get(client, "pool", topic="databases")) == [POOL]
    assert titles(get(client, "pool", year="2025")) == [FRAMEWORK]
    assert titles(get(client, "connection pool", sort="date")) == [POOL, FRAMEWORK]
    page = text_of(get(client, "pool"))
    assert re.search(r'topic=databases"[^>]*>Databases</a> <span class="count">1<', page)
    assert re.search(r'year=2025"[^>]*>2025</a> <span class="count">1<', page)


def test_where_nothing_is_found_there_is_a_way_on(client, questions):
    page = text_of(get(client, "zyzzyva"))
    assert "Nothing was found." in page
    assert f"{questions[0].get_parent().url}topics/databases/" in page
    assert questions[1].url in page


def test_a_search_is_nobodys_to_keep(client, questions):
    page = get(client, "pool")
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in text_of(page)
    assert not page.cookies


def test_what_became_private_behind_our_back_is_not_shown(client, questions):
    QuestionPage.objects.filter(pk=questions[0].pk).update(live=False)  # sends no signal
    assert titles(get(client, "pool")) == [POOL]
    assert "uvicorn" not in text_of(get(client, "everybody")).lower()


def test_a_word_of_a_private_question_is_no_suggestion(client, questions):
    PageViewRestriction.objects.create(page=questions[0], restriction_type=PageViewRestriction.LOGIN)
    assert "uvicorn" not in text_of(get(client, "uvciorn"))


SYNTAX = r'''
'"*():^- " """ -" - -- * a* NEAR(a~b) a~AND a~OR~OR~b NOT {headline}~:~a headline:a ^a a:* !!a a~<->~b a~&~|~b \ \' % _
';DROP~TABLE~qa_searchentry;-- <script>alert(1)</script> 1e400 %s~%(a)s~{0} ’’’ ﬁ²½ 𝔘𝔫𝔦 👩‍👩‍👧 محمد~علي 日本語
'''
HOSTILE = [typed.replace("~", " ") for typed in SYNTAX.split()]
HOSTILE += ["\x00", "a\x00b", "\x1b[31m", "\ud800", "\u202eabc"]
HOSTILE += ["x" * 10_000, "word " * 1200, "-a " * 1200, '"a ' * 400, "é" * 300, "0" * 200]


def test_whatever_is_typed_is_answered(client, questions):
    for typed in HOSTILE:
        for address in ("/search/", "/search/suggest"):
            typed_bytes = typed.encode("utf-8", "surrogatepass")
            answer = client.get(address, query_params={"q": typed_bytes}, headers={"host": "localhost"})
            assert answer.status_code == 200, typed
            assert b"<script>alert" not in answer.content


def test_parameters_that_make_no_sense_are_left_out_and_said(client, questions):
    wrong = ["\x00", "-1", "0", "9" * 30, "²", "1.5", "''", "nothing", "２"]
    for name in ("topic", "year", "sort", "page"):
        for value in wrong:
            page = get(client, "pool", **{name: value})
            assert page.status_code == 400, (name, value)
            assert titles(page)
    assert get(client, "pool", page="2").status_code == 400
    assert client.post("/search/").status_code in (403, 405)


def test_a_long_query_is_cut_and_the_page_says_so(client, questions):
    for long in ("pool " + "x" * 200, "pool " * 21):
        assert "Only the first 200 characters and 20 words" in text_of(get(client, long))
    assert len(parse("a1 b2 " * 100).words) <= 20


@pytest.mark.parametrize("typed", ["ﷺ" * 200, "ﷺ ﷺ" * 60, "ﷹ" * 200, "a " * 100, "😀a" * 100, "x" * 200])
@pytest.mark.parametrize("address", ["/search/", "/search/suggest"])
def test_no_query_costs_more_than_twenty_words(client, questions, address, typed):
    """One character may stand for four words, once it is folded."""

    def queries(text):
        cache.clear()
        client.get("/search/", headers={"host": "localhost"})  # the root paths of sites are cached between requests
        with CaptureQueriesContext(connection) as captured:
            client.get(address, {"q": text}, headers={"host": "localhost"})
        return len(captured)

    longest = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrst")
    assert queries(typed) <= queries(longest)


def test_promoted_results_come_first_and_are_marked(client, questions):
    query = Query.get("Pool")
    SearchPromotion.objects.create(query=query, page=questions[2], description="Read this first.", sort_order=0)
    SearchPromotion.objects.create(
        query=query, external_link_url="https://example.org/", external_link_text="Elsewhere", sort_order=1
    )
    page = text_of(get(client, "  pool "))
    assert page.index("Recommended") < page.index(ENOUGH) < page.index("Read this first.") < page.index(POOL)
    assert 'href="https://example.org/"' in page
    PageViewRestriction.objects.create(page=questions[2], restriction_type=PageViewRestriction.LOGIN)
    assert "Read this first." not in text_of(get(client, "pool"))
    assert Query.objects.count() == 1  # nothing is kept of what readers type


def test_a_search_that_editors_have_answered_is_not_in_vain(client, questions):
    SearchPromotion.objects.create(query=Query.get("zyzzyva"), page=questions[2], sort_order=0)
    assert "Nothing else was found." in text_of(get(client, "zyzzyva"))
    assert not VainSearch.objects.exists()


def test_what_is_searched_in_vain_is_counted_and_nobody_is(client, questions, monkeypatch):
    for typed in ("Zyzzyva the", "zyzzyva", "pool", "robert@example.org", "zyzzyva 0171 2345678"):
        get(client, typed, page="1")
    get(client, "zyzzyva", topic="django")
    get(client, "zyzzyva", who="another browser")
    assert list(VainSearch.objects.values_list("words", "times")) == [("zyzzyva", 2)]  # once a visitor
    monkeypatch.setattr(vain_searches, "MOST", 2)
    for typed in ("qqqqa", "qqqqb", "qqqqc"):
        get(client, typed)
    assert VainSearch.objects.count() == 2
    assert VainSearch.objects.filter(words="zyzzyva").exists()


def test_suggestions_are_titles_and_topics_also_for_typos(client, questions):
    def suggested(q):
        found = client.get("/search/suggest", {"q": q}, headers={"host": "localhost"})
        assert "no-store" in found["Cache-Control"]
        return [one["text"] for one in found.json()["suggestions"]]

    assert suggested("dat") == ["Databases", ENOUGH, POOL]
    assert suggested("which fra") == [FRAMEWORK]
    assert suggested("framwork") == [FRAMEWORK]
    assert suggested("migrations") == []  # in no title
    assert suggested("w") == []
    QuestionPage.objects.filter(pk=questions[0].pk).update(live=False)
    assert suggested("framework") == []


def test_a_page_of_results_asks_no_more_of_the_database_when_there_are_more(client, questions):
    def queries():
        cache.clear()
        get(client)  # the root paths of sites are cached between requests
        with CaptureQueriesContext(connection) as captured:
            get(client, "pool")
        return len(captured)

    few = queries()
    for _ in range(12):
        make_question("Another pool?", topics=[TopicFactory(name="Django"), TopicFactory(name="Databases")])
    assert queries() == few


def test_editors_see_what_was_searched_in_vain_and_writers_do_not(client, questions, editor, writer):
    get(client, "zyzzyva")
    client.force_login(editor)
    report = client.get("/admin/reports/vain-searches/")
    assert "zyzzyva" in text_of(report)
    assert "/admin/reports/vain-searches/" in text_of(client.get("/admin/"))
    assert client.get("/admin/searchpicks/").status_code == 200
    client.force_login(writer)
    assert client.get("/admin/reports/vain-searches/").status_code == 302


def test_editors_take_vain_searches_off_the_list_and_see_which_are_not_in_vain_any_more(
    client, questions, editor, writer
):
    report, remove = "/admin/reports/vain-searches/", "/admin/reports/vain-searches/remove/"
    for words in ("spam", "kubernetes", "passkeys", "wasm"):
        get(client, words)
    keys = dict(VainSearch.objects.values_list("words", "pk"))
    client.force_login(writer)
    assert client.post(remove, {"id": keys["spam"]}).status_code == 302
    assert VainSearch.objects.count() == 4
    client.force_login(editor)
    make_question("Shall we run Kubernetes?")
    SearchPromotion.objects.create(query=Query.get("passkeys"), page=questions[2], sort_order=0)
    page = client.get(report)
    assert {row.words for row in page.context["object_list"] if row.now} == {"kubernetes", "passkeys"}
    assert 'href="/search/?q=kubernetes"' in text_of(page)
    exported = b"".join(client.get(f"{report}?export=csv").streaming_content).decode().split()
    assert exported[0].startswith("Words,Times,Last")
    assert "find" not in next(line for line in exported if "wasm" in line)
    assert "find something by now" in text_of(client.get("/admin/"))

    back = f"{report}?ordering=words"
    removed = client.post(remove, {"id": keys["spam"], "next": back}, follow=True)
    assert removed.redirect_chain[0][0] == back
    assert "“spam” is off the list." in text_of(removed)
    removed = client.post(remove, {"id": [keys["spam"], keys["kubernetes"], keys["passkeys"]]}, follow=True)
    assert "2 searches are off the list." in text_of(removed)
    for nonsense in ({}, {"id": ["x", "\x00", "9" * 5000, keys["spam"]]}):
        assert "Nothing was removed" in text_of(client.post(remove, nonsense, follow=True))
    assert client.get(remove).status_code == 405
    get(client, "spam", who="another browser")  # in vain again: back, and counted anew
    assert set(VainSearch.objects.values_list("words", "times")) == {("spam", 1), ("wasm", 1)}


def test_the_words_that_the_site_writes_round_a_block_find_nothing(client, column):
    other = make_question("Is PostgreSQL enough?", slug="enough")
    document = get_document_model().objects.create(title="Zebra", file=ContentFile(b"a", "a.txt"))
    blocks = [
        ("short_answer", "Perhaps."),
        ("callout", {"kind": "warning", "date": None, "text": "Quokka."}),
        ("related", {"question": other, "note": "Okapi"}),
        ("document", {"document": document, "title": "Ibex"}),
        ("heading", {"text": f"[Tapir](page:{other.pk})", "level": "h2"}),
    ]
    make_question("What now?", answer=blocks)
    for word in ("perhaps", "quokka", "tapir"):
        assert titles(get(client, word)) == ["What now?"]
    for word in ("warning", "okapi", "ibex", "zebra", "short answer"):
        assert not titles(get(client, word))
    assert [passage.heading for passage in passages(QuestionPage.objects.get(title="What now?").answer)][-1] == "Tapir"
