"""Nobody who may not is told of what is hidden, on any road on which the site tells anything.

One site is full of it (``canaries.py``). Each road is in a table here, with what it is asked: a new address, command,
line of the log or kind of mail that is in none fails, so that whoever adds it has to say what it may tell.
"""

import ast
import io
import logging
import re
from contextlib import suppress
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command, get_commands, load_command_class
from django.test import Client
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Workflow

from qa.models import QuestionIndexPage, QuestionPage
from tests.desk.test_admin_permissions import ROUTES
from tests.factories import make_question
from tests.odd_requests.addresses import patterns
from tests.privacy.canaries import BAIT, CANARY, addresses_of_what_is_hidden, hide, words_in

pytestmark = [pytest.mark.django_db, pytest.mark.indexed]

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted(path for room in ("qa", "home", "site_config") for path in (ROOT / room).rglob("*.py"))

SEARCHES = [BAIT, BAIT[:4], CANARY[:6], f"{BAIT}&year=1987", f"{BAIT}&topic=hidden-draft"]
#: Every pattern of an address outside the desk, and what of it is asked; ``{…}`` is filled in from what there is.
ADDRESSES = {
    r"documents/(\d+)/(.*)$": ["/documents/{document}/" + CANARY + "file.txt"],
    "documents/authenticate_with_password/<int:restriction_id>/": ["/documents/authenticate_with_password/1/"],
    "robots.txt": ["/robots.txt"],
    "sitemap.xml": ["/sitemap.xml"],
    "sitemap-<section>.xml": ["/sitemap-questions.xml", "/sitemap-lists.xml", "/sitemap-pages.xml"],
    "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/": ["{password form}"],
    "_util/login/": ["/_util/login/"],
    "healthz/": ["/healthz/"],
    "healthz/scheduler": ["/healthz/scheduler"],
    "healthz/worker": ["/healthz/worker"],
    "healthz/metrics": ["/healthz/metrics"],
    ".well-known/security.txt": ["/.well-known/security.txt"],
    r"^media/(?P<path>original_images/.+|images/[^/]+\.original\.(?:format-\w+\.)?\w+)$": ["/media/{original}"],
    "^media/(?P<path>(?:images|avatar_images)/.+)$": ["/media/images/", "/media/documents/" + CANARY + "file.txt"],
    "accent/<str:digits>.css": ["/accent/1f4e8c.css"],
    "accent/desk/<str:digits>.css": ["/accent/desk/1f4e8c.css"],
    "search/": ["/search/", *(f"/search/?q={asked}" for asked in SEARCHES)],
    "search/suggest": [f"/search/suggest?q={BAIT}", f"/search/suggest?q={CANARY[:4]}", "/search/suggest?q=hidd"],
    "calendar/<str:secret>.ics": ["/calendar/guess.ics"],
    r"^((?:[\w\-]+/)*)$": ["/", "/questions/", "/questions/?page=2", "/questions/public/",
                             "/questions/public/?topic=public"],
}  # fmt: skip
#: The same of the routes of the question index.
ROUTES_OF_THE_INDEX = {
    "": [""],
    "topics/": ["topics/"],
    "topics/<any_slug:slug>/": [
        "topics/public/",
        "topics/hidden-draft/",
        "topics/hidden-login/",
        "topics/hidden-deleted/",
    ],
    "topics/<any_slug:slug>/feed/": [
        "topics/public/feed/",
        "topics/hidden-draft/feed/",
        "topics/hidden-password/feed/",
    ],
    "feed/": ["feed/"],
    "archive/<str:year>/": ["archive/2025/", "archive/1987/"],
    "experts/<any_slug:slug>/": ["experts/hidden-draft/", "experts/hidden-login/", "experts/hidden-groups/"],
    "random/": ["random/"],
}
#: What stood in a public question is no secret: the topics of one that is gone are named where it was.
ONCE_PUBLIC = {f"{CANARY}{what}topic" for what in ("takendown", "expired")}
#: Every command: how it is called here, and whose words its output may have ("" none); or why it is not called.
COMMANDS = {
    "check_links": (["--limit", "1"], ""),
    "clean_pictures": ([], ""),
    "publish_scheduled": (["--dryrun"], "titles"),
    "publish_scheduled_pages": (["--dryrun"], "titles"),
    "purge_history": (["--keep-days", "1"], ""),
    "purge_revisions": (["--days", "1"], ""),
    "rebuild_search": ([], ""),
    "repair_live_revisions": ([], "titles"),
    "run_scheduler": (["--once"], "titles"),
    "run_worker": (["--once"], ""),
    "import_letters": None,  # says of files what is in them
    "load_demo": None,  # the demo column, which is public
    "reset_second_factor": None,  # names the account that it is called with
    "welcome": None,  # addresses, and the accounts of the demo
}
_ENTRIES = "The search entries of %s could not be made. The worker tries again; or run manage.py rebuild_search."
#: Every line of the log of ours: its file, its words, and what of a question it may name, for those who run the site.
LOG_LINES = {
    ("qa/desk/sign_in/codes.py", "%s"): "",  # an app that was set up with another SECRET_KEY
    ("qa/desk/sign_in/passkeys.py", "A passkey was refused: %s: %s"): "",
    ("qa/links/inspecting.py", "Answers could not be looked through for the desk's reports."): "",
    ("qa/publishing/warming.py", "Question %s could not be rendered ahead of its readers."): "number",
    (
        "qa/scheduling/alarm.py",
        "Administrators could not be told of the trouble with the schedule; it is tried again.",
    ): "",
    (
        "qa/scheduling/alarm.py",
        "Nobody is told of the trouble with the schedule: no administrator has an e-mail address.",
    ): "",
    ("qa/scheduling/locks.py", "“%s” %s; its schedule is dropped."): "title",
    ("qa/scheduling/publisher.py", "message"): "title",
    ("qa/scheduling/publisher.py", "“%s” was not published: it had expired before its time came."): "title",
    (
        "qa/scheduling/troubles.py",
        "The scheduled change of “%s” failed (%s); it is tried again in %g seconds.",
    ): "title",
    ("qa/search/entries.py", _ENTRIES): "number",
    ("qa/search/vain_searches.py", "A vain search was not counted: %s"): "",
    ("qa/tasks/loop.py", "%s started."): "",
    ("qa/tasks/loop.py", "%s stopped."): "",
    ("qa/tasks/loop.py", "The database answers again."): "",
    ("qa/tasks/loop.py", "The database does not answer (%s); trying again in %g seconds."): "",
    ("qa/tasks/queue.py", "Task %s failed (%s); it is tried again in %d seconds."): "number",
    ("site_config/after_commit.py", "%s failed. It follows a change that is made all the same."): "",
}
#: Every place of ours that sends mail, and to whom.
MAILS = {
    "qa/desk/sign_in/notices.py": "the account whose sign-in it is about",
    "qa/scheduling/alarm.py": "administrators",
    "qa/tasks/mailing.py": "whoever the mail that is queued is for",
}


@pytest.fixture
def public(column, editor):
    """A public question beside all that is hidden."""
    return hide(column, editor)


@pytest.fixture
def filled(public):
    """What stands for the names in ``ADDRESSES``."""
    page = QuestionPage.objects.get(slug="hidden-password")
    form = reverse("wagtailcore_authenticate_with_password", args=[page.get_view_restrictions()[0].pk, page.pk])
    document = get_document_model().objects.get(title__startswith=CANARY)
    return {"password form": form, "document": document.pk, "original": get_image_model().objects.first().file.name}


def roads(filled):
    """Yield every address that is not of the desk."""
    for asked in ADDRESSES.values():
        for address in asked:
            yield re.sub(r"\{([^}]+)\}", lambda found: str(filled[found[1]]), address)
    column = QuestionIndexPage.objects.get().url
    yield from (column + address for asked in ROUTES_OF_THE_INDEX.values() for address in asked)
    yield from addresses_of_what_is_hidden()
    yield "/nothing-here/hidden/"


def told(answer):
    """Return what an answer tells: its headers and its body; what the address itself says is no news."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    asked_for = re.escape(answer.wsgi_request.get_full_path())
    heads = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return re.sub(f"{asked_for}|{re.escape(answer.wsgi_request.path)}", "", heads + body.decode("utf-8", "replace"))


def test_every_address_of_readers_is_in_the_table():
    assert set(ADDRESSES) == {pattern for pattern in patterns() if not pattern.startswith("admin/")}
    assert set(ROUTES_OF_THE_INDEX) == {str(route.pattern) for route in QuestionIndexPage.get_subpage_urls()}


@pytest.mark.parametrize("who", ["stranger", "reader"])
def test_no_address_of_readers_tells(client, public, filled, django_user_model, who, caplog):
    if who == "reader":  # may see what asks for an account, and nothing else
        client.force_login(django_user_model.objects.create_user("reader", f"{CANARY}account@example.org"))
    its_own = {f"{CANARY}{what}" for what in ("login", "logintopic", "loginexpert", "document", "file")}
    allowed = its_own if who == "reader" else set()
    tells, seen = {}, []
    with caplog.at_level(logging.DEBUG):
        for address in roads(filled):
            answer = client.get(address)
            seen.append(answer.status_code)
            assert answer.status_code < 500 or address.startswith("/healthz/"), address
            found = words_in(told(answer)) - allowed
            if answer.status_code == 410:
                found -= ONCE_PUBLIC
            if found:
                tells[address] = sorted(found)
    assert not tells
    assert seen.count(200) > 20
    lines = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert words_in(lines) <= {f"{CANARY}file"}, "but for the file that was asked for by its name"


def test_all_of_it_is_there_for_those_who_may(client, public, administrator):
    """So that the tests above have something to find."""
    client.force_login(administrator)
    listed = words_in(client.get("/admin/questions/?q=" + CANARY).content)
    states = ("draft", "scheduled", "takendown", "expired", "login", "password", "groups")
    assert {f"{CANARY}{what}" for what in states} <= listed
    for page in QuestionPage.objects.filter(slug__startswith="hidden-"):
        draft = client.get(f"/admin/pages/{page.pk}/view_draft/").content
        assert f"{CANARY}{page.slug.removeprefix('hidden-')}" in words_in(draft)


def test_search_finds_counts_and_suggests_the_public_one_only(client, public):
    html = client.get(f"/search/?q={BAIT}").content.decode()
    assert re.findall(r'href="(/questions/[\w-]+/)[^"]*"', html[html.index("<main") :]).count(public.url) >= 1
    assert "hidden-" not in html
    assert "1987" not in html
    for address in (
        "/",
        "/questions/",
        "/questions/topics/",
        "/sitemap-questions.xml",
        "/sitemap-lists.xml",
        "/questions/feed/",
    ):
        answer = client.get(address).content.decode()
        assert "hidden-" not in answer, address
        assert "1987" not in answer, address
    assert client.get(f"/search/suggest?q={CANARY[:4]}").content.count(b"hidden") == 0


@pytest.mark.parametrize("who", ["stranger", "reader"])
def test_no_address_of_the_desk_tells_who_may_not_enter(client, public, django_user_model, who):
    if who == "reader":
        client.force_login(django_user_model.objects.create_user("reader"))
    page = QuestionPage.objects.get(slug="hidden-draft")
    for route in ROUTES:
        address = "/" + re.sub(r"<(?:\w+:)?\w+>|\(\?P<\w+>[^)]*\)", str(page.pk), route).replace("\\.", ".").rstrip("$")
        for method in ("get", "post"):
            assert not words_in(told(getattr(client, method)(address))), f"{method} {address}"


def test_every_command_is_in_the_table():
    assert set(COMMANDS) == {name for name, app in get_commands().items() if app in ("qa", "home")}


@pytest.mark.parametrize("name", [name for name, how in COMMANDS.items() if how])
def test_no_command_says_more_than_it_may(public, name, caplog, capsys):
    arguments, may_say = COMMANDS[name]
    out = io.StringIO()
    with caplog.at_level(logging.INFO):
        command = load_command_class("qa", name)
        with suppress(SystemExit):
            call_command(command, *arguments, stdout=out, stderr=out)
    said = out.getvalue() + "".join(capsys.readouterr()) + caplog.text
    states = {f"{CANARY}{what}" for what in ("scheduled", "change", "draft", "expired")}
    assert words_in(said) <= (states if may_say == "titles" else set()), said


LOGGERS = ("logger", "logging", "log")
LEVELS = ("debug", "info", "warning", "error", "exception", "critical", "log")


def constant(node):
    """Return the text of an expression, or its name."""
    if isinstance(node, ast.Constant):
        return node.value
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def calls(path):
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]


def test_every_line_of_the_log_is_in_the_table():
    found = {
        (path.relative_to(ROOT).as_posix(), constant(call.args[0]))
        for path in CODE
        for call in calls(path)
        if getattr(getattr(call.func, "value", None), "id", "") in LOGGERS and call.func.attr in LEVELS
    }
    assert found == set(LOG_LINES)


def test_everything_that_sends_mail_is_in_the_table():
    names = {"send_mail", "send_mass_mail", "mail_admins", "mail_managers", "EmailMessage", "EmailMultiAlternatives"}
    found = {
        path.relative_to(ROOT).as_posix()
        for path in CODE
        for call in calls(path)
        if getattr(call.func, "attr", getattr(call.func, "id", "")) in names
    }
    assert found == set(MAILS)


def test_mail_goes_to_the_desk_and_has_no_notes(client, public, editor, writer, django_user_model):
    """A review with a remark and a comment, and a new password: all that Wagtail writes about a question."""
    reader = django_user_model.objects.create_user("reader", "reader@example.org")
    page = make_question("A question?", publish=False, notes=f"{CANARY}notes", owner=writer)
    Workflow.objects.get(active=True).start(page, writer)
    client.force_login(editor)
    state = page.current_workflow_task_state
    client.post(reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "reject", state.pk]), {"comment": "No."})
    Client().post("/admin/password_reset/", {"email": writer.email})
    assert len(mail.outbox) >= 2
    assert {address for sent in mail.outbox for address in sent.recipients()} <= {editor.email, writer.email}
    assert reader.email not in str(mail.outbox)
    assert not words_in("\n".join(f"{sent.subject}\n{sent.body}" for sent in mail.outbox))
