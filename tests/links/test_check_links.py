"""``manage.py check_links``: links to other sites, asked politely and never inside a network."""

import socket
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from qa.links import outside_links, public_connections
from qa.links.link_client import LinkChecker
from qa.links.outside_links import outside_address
from qa.links.public_connections import PrivateAddress, is_public, public_addresses
from qa.models import OutsideLink, QuestionPage
from tests.factories import make_question
from tests.link_server import LinkServer

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_every_database]

Result = OutsideLink.Result


@pytest.fixture
def server():
    with LinkServer() as running:
        yield running


@pytest.fixture
def checker(monkeypatch, server):
    """One that takes every name that ends in ``.site`` for the test's server, and all others for what they are."""

    def locate(host, port):
        if host.endswith(".site"):
            return ["127.0.0.1"]
        if host.endswith(".gone"):
            raise socket.gaierror("no such name")
        return public_addresses(host, port)

    monkeypatch.setattr(LinkChecker, "locate", staticmethod(locate))
    monkeypatch.setattr(LinkChecker, "PAUSE", 0.0)
    return LinkChecker("LinkCheck (+https://column.site)")


@pytest.mark.parametrize(
    ("path", "result", "status"),
    [
        ("/200", "fine", 200), ("/404", "gone", 404), ("/410", "gone", 410), ("/500", "error", 500),
        ("/403", "shy", 403), ("/429", "shy", 429), ("/only-get", "fine", 200), ("/moved", "fine", 200),
        ("/moved-away", "gone", 410), ("/circle", "circle", None), ("/hangs-up-on-head", "fine", 200),
        ("/to-this-machine", "private", None), ("/to-a-file", "wrong", None),
    ],
)  # fmt: skip
def test_each_answer_is_understood(server, checker, path, result, status):
    assert checker.check(f"http://a.site:{server.port}{path}#part") == (result, status)
    assert {agent for *_rest, agent in server.asked} == {"LinkCheck (+https://column.site)"}
    assert "/200" not in server.paths or path == "/200"  # where a redirect to this machine would have led


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("http://no-such.gone/", "unreachable"), ("ftp://a.site/", "wrong"), ("http://[", "wrong"),
        ("http://", "wrong"), ("http://a.site:99999/", "wrong"), ("http://a.site:1/", "unreachable"),
        (f"http://{'a' * 300}/", "unreachable"), ("http://127.0.0.1/", "private"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_no_error(checker, url, result):
    assert checker.check(url) == (result, None)


def test_a_host_that_drips_is_not_waited_for(server, checker, monkeypatch):
    monkeypatch.setattr(LinkChecker, "DEADLINE", 0.3)
    assert checker.check(f"http://a.site:{server.port}/drips") == (Result.TIMEOUT, None)


def test_https_is_asked_with_the_name_that_is_wanted_and_its_certificate_is_checked(server, checker):
    answer = checker.check(f"https://a.site:{server.port}/200")
    assert answer in [(Result.BAD_CERTIFICATE, None), (Result.UNREACHABLE, None)]
    assert not server.asked


def test_one_host_is_asked_once_a_second(server, checker, monkeypatch):
    monkeypatch.setattr(LinkChecker, "PAUSE", 1.0)
    slept = []
    polite = LinkChecker("test", sleep=slept.append)
    for host in ("a.site", "a.site", "b.site"):
        polite.check(f"http://{host}:{server.port}/moved")  # three requests: the redirect, HEAD, GET
    assert len(server.asked) == 9
    assert len(slept) == 7  # before each but the first to a host
    assert all(0.5 < pause <= 1 for pause in slept)


def test_the_pause_is_a_second():
    assert LinkChecker.PAUSE == 1.0


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0",  # noqa: S104
        "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1", "198.18.0.1",
        "[::1]", "::1", "::", "fc00::1", "fd12:3456::1", "fe80::1", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a00:1::",
        "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost",
    ],
)  # fmt: skip
def test_nothing_inside_a_network_is_ever_connected_to(host, monkeypatch):
    monkeypatch.setattr(public_connections, "create_connection", lambda *args, **kwargs: pytest.fail("connected"))
    with pytest.raises((PrivateAddress, socket.gaierror)):
        public_addresses(host, 80)
    literal = f"[{host}]" if ":" in host and not host.startswith("[") else host
    answer = LinkChecker("test").check(f"http://{literal}/")
    assert answer.result in (Result.PRIVATE, Result.INVALID, Result.UNREACHABLE)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"])
def test_public_addresses_are_public(address):
    assert is_public(address)


def test_the_address_that_was_looked_at_is_the_one_that_is_connected_to(server, monkeypatch):
    """A name that is public when it is looked up and private a moment later (DNS rebinding) gets nowhere."""
    answers = iter(["93.184.215.14", "127.0.0.1"])
    connected = []

    def resolve(host, port, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address, *args, **kwargs):
        connected.append(address)
        raise OSError("no network here")

    monkeypatch.setattr(public_connections.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(public_connections, "create_connection", connect)
    assert LinkChecker("test").check(f"http://rebinding.site:{server.port}/200").result == Result.UNREACHABLE
    assert connected == [("93.184.215.14", server.port)]
    assert not server.asked


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("https://a.site/x?y=1#part", "https://a.site/x?y=1"), ("//a.site/x", "https://a.site/x"),
        ("HTTP://a.site/", "HTTP://a.site/"),
        *((address, "") for address in (
            "/questions/", "#part", "page:12", "mailto:a@a.site", "http://localhost:8000/", "https://www.example.com/x",
            "https://shop.example/", "http://testserver/x",
        )),
    ],
)  # fmt: skip
def test_only_links_to_other_sites_are_asked_and_no_mere_examples(address, asked):
    assert outside_address(address, frozenset({"testserver"})) == asked


# The command


def run(capsys, *arguments):
    call_command("check_links", *arguments)
    return capsys.readouterr().out.strip()


def test_a_link_is_broken_when_it_is_gone_or_has_failed_on_three_days(server, checker, column, capsys):
    """Once a day from cron; what works is asked once a week, what failed on the next day."""
    links = " ".join(f"<http://a.site:{server.port}/{path}>" for path in ("200", "404", "500", "403"))
    make_question(answer=[("markdown", links)])
    make_question(answer=[("markdown", f"<http://a.site:{server.port}/410>")], publish=False)
    said = []
    for day in range(8):
        with time_machine.travel(datetime(2026, 5, 4 + day, 3, tzinfo=UTC), tick=False):
            said.append(run(capsys))
            said.append(run(capsys))  # a second run on the same day asks nothing, and counts nothing
    assert said[:8] == [
        "Asked 4 links; 1 is broken (the desk's Reports › Broken links).",
        "Asked 0 links; 1 is broken (the desk's Reports › Broken links).",
        "Asked 2 links; 1 is broken (the desk's Reports › Broken links).",
        "Asked 0 links; 1 is broken (the desk's Reports › Broken links).",
        "Asked 2 links; 2 are broken (the desk's Reports › Broken links).",
        "Asked 0 links; 2 are broken (the desk's Reports › Broken links).",
        "Asked 2 links; 2 are broken (the desk's Reports › Broken links).",
        "Asked 0 links; 2 are broken (the desk's Reports › Broken links).",
    ]
    broken = {link.url.rpartition("/")[2]: link for link in OutsideLink.objects.broken()}
    assert set(broken) == {"404", "500"}
    assert all(link.is_broken for link in broken.values())
    assert server.paths["/200"] == 1
    assert server.paths["/410"] == 0


def test_a_success_ends_the_counting_and_a_link_that_is_taken_out_is_forgotten(server, checker, column, capsys):
    question = make_question(answer=[("markdown", f"http://a.site:{server.port}/200")])
    run(capsys)
    OutsideLink.objects.update(result="error", failed_days=2, asked_at=datetime(2026, 1, 1, tzinfo=UTC))
    run(capsys)
    assert OutsideLink.objects.get().failed_days == 0
    page = QuestionPage.objects.get(pk=question.pk)
    page.answer = [("markdown", "No link.")]
    page.save_revision().publish()
    run(capsys)
    assert not OutsideLink.objects.exists()


def test_the_longest_unasked_come_first_up_to_the_limit(server, checker, column, capsys):
    answer = " ".join(f"http://{host}.site:{server.port}/{host}00" for host in (2, 4, 5))
    make_question(answer=[("markdown", answer)])
    run(capsys, "--limit", "2")
    run(capsys, "--limit", "2")
    assert {path: number > 0 for path, number in server.paths.items()} == {"/200": True, "/400": True, "/500": True}
    assert server.paths["/200"] == 1
    run(capsys, "--max-age", "0")
    assert server.paths["/200"] == 2


def test_a_link_whose_asking_is_broken_off_is_due_still(server, checker, column, capsys, monkeypatch):
    make_question(answer=[("markdown", " ".join(f"http://{host}.site:{server.port}/200" for host in "abc"))])
    ask = LinkChecker.check

    def break_off(checker, url):
        if "//b.site" in url:
            raise KeyboardInterrupt
        return ask(checker, url)

    monkeypatch.setattr(LinkChecker, "check", break_off)
    with pytest.raises(KeyboardInterrupt):
        run(capsys)
    monkeypatch.setattr(LinkChecker, "check", ask)
    assert run(capsys).startswith("Asked 2 links")
    assert server.paths["/200"] == len("abc")


def test_two_runs_at_once_ask_each_link_once(server, checker, column):
    answer = " ".join(f"http://{host}.site:{server.port}/200" for host in "abc")
    make_question(answer=[("markdown", answer)])

    def and_another_run(links):
        for number, link in enumerate(links):
            if number == 1:
                assert outside_links.check(checker, timedelta(days=7)).asked == 2
            yield link

    assert outside_links.check(checker, timedelta(days=7), progress=and_another_run).asked == 1
    assert server.paths["/200"] == 3


def test_a_machine_without_a_connection_blames_nobody(server, checker, column, capsys):
    hosts = " ".join(f"http://{host}.gone/" for host in "abcdef")
    make_question(answer=[("markdown", hosts)])
    with pytest.raises(CommandError, match="is this machine connected"):
        run(capsys)
    assert set(OutsideLink.objects.values_list("result", "asked_at", "failed_days")) == {("", None, 0)}


@pytest.mark.parametrize("arguments", [["--max-age", "-1"], ["--limit", "0"], ["--max-age", "99999999999"]])
def test_wrong_numbers_are_said_so(arguments, column):
    with pytest.raises(CommandError):
        call_command("check_links", *arguments)
