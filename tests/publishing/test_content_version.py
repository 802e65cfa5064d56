"""The content version is raised by everything that readers can see, and nothing else; with its change it is undone."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Page, PageViewRestriction, Site

from home.models import SiteSettings
from qa.models import ContentChange, QuestionPage
from qa.publishing import merging
from tests.factories import ExpertFactory, TopicFactory, make_question
from tests.moments import NOON
from tests.question_form import form_of

pytestmark = pytest.mark.django_db


def test_every_road_raises_it_and_a_draft_does_not(client, column, administrator):
    client.force_login(administrator)
    last = ContentChange.version()

    def assert_raised(road, expected=True):
        nonlocal last
        now = ContentChange.version()
        assert (now > last) is expected, road
        last = now

    def post(page, name, data, *arguments):
        answer = client.post(reverse(name, args=[page.pk, *arguments]), data)
        assert answer.status_code in (200, 302)

    # What readers do not see
    page = make_question("Before?", publish=False)
    page.title = "Draft?"
    page.save_revision()
    assert_raised("a draft", expected=False)
    edit = form_of(page, [], title="From the desk?")
    del edit["action-publish"]
    post(page, "wagtailadmin_pages:edit", edit)
    assert_raised("a draft at the desk", expected=False)
    image = get_image_model().objects.create(title="A plan", file=get_test_image_file())
    document = get_document_model().objects.create(title="A text", file=ContentFile(b"text", name="text.txt"))
    assert_raised("an upload", expected=False)

    # By hand
    page = QuestionPage.objects.get(pk=page.pk)
    post(page, "wagtailadmin_pages:edit", form_of(page, [], title="Which way?"))
    assert_raised("publication")
    page.refresh_from_db()
    page.title = "Not yet?"
    page.save_revision()
    assert_raised("a draft of what is live", expected=False)
    post(page, "wagtailadmin_pages:edit", form_of(page, [], slug="another"))
    assert_raised("slug")
    post(page, "wagtailadmin_pages:set_privacy", {"restriction_type": PageViewRestriction.LOGIN})
    assert_raised("privacy")
    post(page, "wagtailadmin_pages:set_privacy", {"restriction_type": PageViewRestriction.NONE})
    assert_raised("privacy lifted")
    post(page, "wagtailadmin_pages:unpublish", {})
    assert_raised("taken down")
    QuestionPage.objects.get(pk=page.pk).get_latest_revision().publish()
    assert_raised("published again")
    elsewhere = column.get_parent().add_child(instance=type(column)(title="Elsewhere", slug="elsewhere"))
    assert_raised("another index")
    Page.objects.get(pk=page.pk).move(elsewhere, "last-child")
    assert_raised("moved")
    post(page, "wagtailadmin_pages:delete", {})
    assert_raised("deleted")

    # By the clock
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as clock:
        make_question("Due?", go_live_at=NOON, expire_at=NOON + timedelta(days=1))
        assert_raised("scheduled", expected=False)
        clock.move_to(NOON)
        call_command("run_scheduler", "--once")
        assert_raised("published by the clock")
        clock.move_to(NOON + timedelta(days=1))
        call_command("run_scheduler", "--once")
        assert_raised("taken down by the clock")

    # What pages show beside their own content
    old, new, expert = TopicFactory(), TopicFactory(), ExpertFactory()
    assert_raised("a topic and an expert")
    for thing in (old, expert, image, document, SiteSettings.for_site(Site.objects.get()), Site.objects.get()):
        thing.save()
        assert_raised(f"{thing} saved")
    merging.merge(old, new)
    assert_raised("topics merged")
    redirect = Redirect.objects.create(old_path="/old", redirect_link="/")
    assert_raised("a redirect")
    for thing in (redirect, expert, image, document):
        thing.delete()
        assert_raised(f"{thing} deleted")


def test_one_publication_by_the_clock_raises_it_once_and_with_a_failed_one_nothing_is_raised(column):
    with time_machine.travel(NOON - timedelta(hours=1), tick=False) as clock:
        make_question("Due?", go_live_at=NOON)
        bad = make_question("Bad?", go_live_at=NOON)
        bad.latest_revision.content["title"] = ""  # refused after the change has begun
        bad.latest_revision.save()
        before = ContentChange.version()
        clock.move_to(NOON)
        with pytest.raises(CommandError, match="1 failed"):
            call_command("run_scheduler", "--once")
    assert ContentChange.version() == before + 1
    question = make_question()
    before = ContentChange.version()
    with transaction.atomic():
        question.unpublish()
        assert ContentChange.version() > before
        transaction.set_rollback(True)
    assert ContentChange.version() == before


def test_adding_up_leaves_the_version_as_it_is(db):
    for _number in range(12):
        ContentChange.objects.create()
    before = ContentChange.version()
    ContentChange.add_up(more_than=10)
    assert ContentChange.objects.count() == 1
    assert ContentChange.version() == before
