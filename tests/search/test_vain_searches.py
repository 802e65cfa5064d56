"""Nobody pushes what readers search for in vain off the editors' list, and nobody's address is kept for it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.apps import apps

from qa.models import CountedSearch, SearchSalt, VainSearch
from qa.scheduling.scheduler import look_after
from qa.search.visitors import MOST_OF_AN_ADDRESS

pytestmark = pytest.mark.django_db

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NOON = datetime(2026, 11, 29, 12, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def search(client, words, agent=BROWSER, address="192.0.2.1", **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = client.get(
        "/search/", {"q": words}, REMOTE_ADDR=address, headers={"host": "localhost", "user-agent": agent, **headers}
    )
    assert answer.status_code == 200


def counted():
    return dict(VainSearch.objects.values_list("words", "times"))


def test_the_same_words_count_once_an_hour_of_a_visitor(client, column, clock):
    for _ in range(5):
        search(client, "zyzzyva")
        search(client, "Zyzzyva the")
    assert counted() == {"zyzzyva": 1}
    search(client, "zyzzyva", address="192.0.2.2")
    search(client, "zyzzyva", agent=f"{BROWSER} other")
    assert counted() == {"zyzzyva": 3}
    clock.shift(timedelta(hours=1))
    search(client, "zyzzyva")
    assert counted() == {"zyzzyva": 4}


def test_one_visitor_pushes_nothing_out_with_nonsense(client, column, monkeypatch):
    monkeypatch.setattr("qa.search.vain_searches.MOST", 20)
    for number in range(15):
        search(client, f"missed {number}th", address=f"192.0.2.{number}")
    for number in range(40):
        search(client, f"junk{'abcdefghij'[number % 10]}{number}", address="198.51.100.1")
    assert len([words for words in counted() if words.startswith("missed")]) == 10
    assert len([words for words in counted() if words.startswith("junk")]) == 10


def test_one_address_pushes_little_out_whatever_its_browsers_are_called(client, column):
    for number in range(60):
        search(client, f"junk{'abcdefghij'[number % 10]}{number}", agent=f"Mozilla/5.0 v{number}")
    assert len(counted()) == MOST_OF_AN_ADDRESS


@pytest.mark.parametrize(
    "agent", ["Mozilla/5.0 (Linux; Android 10; CUBOT X30) Chrome/140.0 Mobile", "Lynx/2.9.2", BROWSER]
)
def test_no_persons_browser_is_taken_for_a_program(client, column, agent):
    search(client, "zyzzyva", agent=agent)
    assert counted() == {"zyzzyva": 1}


@pytest.mark.parametrize(
    ("agent", "headers"),
    [
        ("", {}),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", {}),
        ("curl/8.9.1", {}),
        ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", {}),
        ("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", {}),
        ("python-requests/2.32", {}),
        (BROWSER, {"Sec_Purpose": "prefetch;prerender"}),
        (BROWSER, {"Purpose": "prefetch"}),
        (BROWSER, {"Sec_Fetch_Site": "cross-site"}),
    ],
)
def test_what_nobody_typed_here_does_not_count(client, column, agent, headers):
    search(client, "zyzzyva", agent=agent, **headers)
    assert counted() == {}


@pytest.mark.parametrize("words", ["2026 11", "aaaaaaaaaa", "q" + "xw" * 30, "!!!"])
def test_what_nobody_would_type_does_not_count(client, column, words):
    search(client, words)
    assert counted() == {}


@pytest.mark.parametrize(
    "words", ["zyzzyva", "データベースの接続プールはどのくらいの大きさにすべきですか", "donaudampfschiff", "c"]
)
@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_what_people_type_counts(client, column, words, site):
    search(client, words, **({"Sec_Fetch_Site": site} if site else {}))
    assert list(counted().values()) == [1]


def test_nothing_is_kept_from_which_anybody_could_tell_who_searched(client, column, clock):
    search(client, "zyzzyva")
    kept = [str(list(model.objects.values())) for model in apps.get_models()]
    assert not any("192.0.2.1" in rows or BROWSER in rows for rows in kept)
    first = CountedSearch.objects.get().digest
    clock.shift(timedelta(hours=12))
    look_after(datetime.now(UTC)).join()
    assert not CountedSearch.objects.exists()
    assert not SearchSalt.objects.exists()
    search(client, "zyzzyva")
    assert CountedSearch.objects.get().digest != first


def test_a_day_ends_without_a_scheduler_too(client, column, clock):
    search(client, "zyzzyva")
    salt = SearchSalt.objects.get()
    clock.shift(timedelta(days=1))
    search(client, "syzygyx")
    assert SearchSalt.objects.get() != salt
    assert CountedSearch.objects.count() == 1


@pytest.mark.parametrize("behind", [True, False])
def test_behind_a_proxy_visitors_are_those_that_it_names(client, column, settings, behind):
    settings.BEHIND_PROXY = behind
    for last in ("203.0.113.1", "203.0.113.2"):
        search(client, "zyzzyva", X_Forwarded_For=f"10.9.8.7, {last}")
    for claimed in ("10.0.0.1", "10.0.0.2"):  # what the client says itself comes first
        search(client, "zyzzyva", X_Forwarded_For=f"{claimed}, 203.0.113.1")
    assert counted() == {"zyzzyva": 2 if behind else 1}
