"""Who gets in where: every address of the desk, for every kind of account, compared with ``admin_permissions.txt``.

A new address without a line there fails; the message has the line, to be read before it is pasted. Each line has who
gets in with GET and who with POST: **n**obody's browser (anonymous), a **r**eader's account without access to the desk,
a **w**riter, an **e**ditor, an **a**dministrator. ``-`` is refused; ``.`` is an answer "not found" or "not allowed that
way", which an address gives that needs more than its own words. An address that not every version of Wagtail has says
with which it came or went: ``>=8.1``, ``<8.1``.
"""

import re
from datetime import UTC, datetime
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import wagtail
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import URLPattern, get_resolver
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, Site, Task, Workflow

from home.models import SiteSettings
from qa.models import BinnedItem
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.same_on_every_database]

TABLE = Path(__file__).with_name("admin_permissions.txt")
KINDS = {"n": None, "r": "reader", "w": "writer", "e": "editor", "a": "administrator"}


@pytest.fixture
def reader(django_user_model):
    """An account that may not enter the desk."""
    return django_user_model.objects.create_user("reader")


def routes(patterns, before=""):
    """Yield every route of the desk as Django writes it."""
    for pattern in patterns:
        route = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            if route.startswith("admin/"):
                yield route
        else:
            yield from routes(pattern.url_patterns, route)


ROUTES = sorted(set(routes(get_resolver().url_patterns)))


@pytest.fixture
def samples(column, editor, django_user_model):
    """What stands for a parameter of a route; see ``make_samples``."""
    return make_samples(column, django_user_model)


def make_samples(column, django_user_model):
    """Return what stands for a parameter of a route, by its beginning and the name; the last that fits counts."""
    question = make_question("A question?")
    scheduled = make_question("A scheduled question?", go_live_at=datetime(2999, 1, 1, tzinfo=UTC))
    image = get_image_model().objects.create(title="A picture", file=get_test_image_file())
    document = get_document_model().objects.create(title="Slides", file=ContentFile(b"a", "slides.txt"))
    collection = Collection.get_first_root_node().add_child(name="A collection")
    topic, expert = TopicFactory(name="Unused"), ExpertFactory(name="Somebody")
    promoted = Query.get("django")
    SearchPromotion.objects.create(query=promoted, page=question)
    other = django_user_model.objects.create_user("other")
    make_question("A deleted question?").delete()
    settings = SiteSettings.for_site(Site.objects.get())
    return [
        ("", "page_id|page_to_move_id|page_pk|pk|object_id", question.pk),
        ("", "parent_page_id|destination_id", column.pk),
        ("", "image_id", image.pk),
        ("", "document_id|doc_id", document.pk),
        ("", "redirect_id", Redirect.objects.create(old_path="/old", redirect_link="/new").pk),
        ("", "collection_id", collection.pk),
        ("", "task_state_id|workflow_state_id|session_id|uploaded_file_id", 1),
        ("", "query_id", promoted.pk),
        ("", "workflow_pk", Workflow.objects.get(active=True).pk),
        ("", "task_id", Task.objects.get(workflow_tasks__workflow__active=True).pk),
        ("", "revision_id", question.latest_revision_id),
        ("", "revision_id_a", "earliest"),
        ("", "revision_id_b", "latest"),
        ("", "filter_spec", "max-10x10"),
        ("", "action_name|action", "publish"),
        ("", "app_label|app_name|content_type_app_name", "qa"),
        ("", "model_name|content_type_model_name", "questionpage"),
        ("", "uidb64|token", "x"),
        ("admin/handbook/", "name", "desk"),
        ("admin/calendar/", "year", 2026),
        ("admin/calendar/", "month|day", 5),
        ("admin/calendar/move/", "page_id", scheduled.pk),
        ("admin/pages/<int:page_id>/correct/", "page_id", scheduled.pk),
        ("admin/settings/", "app_name", "home"),
        ("admin/settings/", "model_name", "sitesettings"),
        ("admin/settings/", "pk", Site.objects.get().pk),
        ("admin/bulk/", "app_label", "wagtailcore"),
        ("admin/bulk/", "model_name", "page"),
        ("admin/editing-sessions/", "app_label", "wagtailcore"),
        ("admin/editing-sessions/", "model_name", "page"),
        *((f"admin/snippets/{to}qa/topic/", "pk", topic.pk) for to in ("", "choose/")),
        *((f"admin/snippets/{to}qa/expert/", "pk", expert.pk) for to in ("", "choose/")),
        ("admin/collections/", "pk", collection.pk),
        ("admin/sites/", "pk", Site.objects.get().pk),
        ("admin/topics/", "pk", topic.pk),
        ("admin/users/", "pk", other.pk),
        ("admin/groups/", "pk", Group.objects.create(name="Others").pk),
        ("admin/workflows/", "pk", Workflow.objects.get(active=True).pk),
        ("admin/workflows/tasks/", "pk", Task.objects.get(workflow_tasks__workflow__active=True).pk),
        ("admin/images/", "pk", image.pk),
        ("admin/documents/", "pk", document.pk),
        ("admin/api/main/images/", "pk", image.pk),
        ("admin/api/main/documents/", "pk", document.pk),
        ("admin/redirects/", "pk", Redirect.objects.get().pk),
        ("admin/searchpicks/", "pk", promoted.pk),
        ("admin/bin/", "pk", BinnedItem.objects.get().pk),
        ("admin/site-settings/", "pk", settings.pk),
        ("admin/site-settings/", "revision_id", settings.save_revision().pk),
        ("admin/snippets/qa/topic/", "revision_id", topic.save_revision().pk),
        ("admin/snippets/qa/expert/", "revision_id", expert.save_revision().pk),
    ]


def address_of(route, samples):
    """Return an address that a route matches."""

    def value(match):
        name = match["name"] or match["named"]
        fitting = [sample for start, names, sample in samples if route.startswith(start) and name in names.split("|")]
        assert fitting, f"what stands for {name} in {route}? Add it to the samples."
        return str(fitting[-1])

    address = re.sub(r"<(?:\w+:)?(?P<name>\w+)>|\(\?P<(?P<named>\w+)>[^)]*\)", value, route)
    ids = f"?id={samples[0][2]}" if route.startswith("admin/bulk/") else ""
    return "/" + address.replace(r"\.", ".").replace(".*", "anything").rstrip("$") + ids


def outcome(response, kind):
    """Return the letter of one who got in, ``-`` or ``.``."""
    if response.status_code in (404, 405, 410):
        return "."
    location = response.headers.get("Location", "")
    said = [str(message) for message in get_messages(response.wsgi_request)] if response.status_code == 302 else []
    if response.status_code == 403 or "/login/" in location or any("do not have permission" in text for text in said):
        return "-"
    return kind


def lines():
    """Return the lines of the table that this version of Wagtail is to have, each as its words."""
    found = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return [words[:3] for words in found if words[3:] in ([], [">=8.1" if wagtail.VERSION >= (8, 1) else "<8.1"])]


def expected():
    """Return the table: by route, who gets in with GET, and with POST."""
    return {route: (with_get, with_post) for route, with_get, with_post in lines()}


def test_every_address_of_the_desk_is_in_the_table_once():
    assert [route for route, _with_get, _with_post in lines()] == ROUTES


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_gets_in_where_the_table_says_and_nowhere_else(client, request, samples, kind):
    client.raise_request_exception = False
    if KINDS[kind]:
        client.force_login(request.getfixturevalue(KINDS[kind]))
    cookies = client.cookies.output(header="", sep=";")
    table, place = expected(), list(KINDS).index(kind)
    wrong = []
    for route in ROUTES:
        address = address_of(route, samples)
        found = []
        for method in ("get", "post"):
            client.cookies = SimpleCookie(cookies)
            with transaction.atomic():  # what one request changes or deletes, the next one finds as it was
                found.append(outcome(getattr(client, method)(address), kind))
                transaction.set_rollback(True)
        if tuple(found) != tuple(letters[place] for letters in table.get(route, ("?" * 5, "?" * 5))):
            wrong.append(f"{route} {found[0]} {found[1]}")
    assert not wrong, "\n".join([f"{TABLE.name}, column {kind}:", *wrong])
