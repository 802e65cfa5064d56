"""Who may do what at the desk."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Site, Workflow

from home.models import HomePage
from qa.desk.roles import EDITORS, REVIEW, WRITERS, ensure_roles
from qa.models import Expert, Topic
from tests.factories import make_question

pytestmark = pytest.mark.django_db


def test_a_new_site_is_an_empty_column_at_its_own_address(client, settings):
    site = Site.objects.get()
    assert isinstance(site.root_page.specific, HomePage)
    assert site.root_url == settings.WAGTAILADMIN_BASE_URL
    assert client.get("/questions/", headers={"host": "localhost"}).status_code == 200
    assert not Page.objects.filter(live=True, depth__gt=1, live_revision=None).exists()


def test_a_new_site_has_two_groups_and_one_review(column):
    ensure_roles()
    assert set(Group.objects.values_list("name", flat=True)) == {WRITERS, EDITORS}
    assert Workflow.objects.get(active=True).name == REVIEW
    assert column.get_workflow().name == REVIEW


def test_making_the_roles_again_changes_nothing_and_keeps_what_was_added(column):
    from django.contrib.auth.models import Permission

    ensure_roles()
    extra = Permission.objects.get(codename="add_user")
    Group.objects.get(name=WRITERS).permissions.add(extra)
    before = {group.name: set(group.permissions.all()) for group in Group.objects.all()}
    ensure_roles()
    assert {group.name: set(group.permissions.all()) for group in Group.objects.all()} == before
    assert Workflow.objects.count() == 1


def test_a_writer_drafts_and_submits_but_does_not_publish(column, writer):
    may = column.permissions_for_user(writer)
    assert may.can_add_subpage()
    may = make_question(publish=False).permissions_for_user(writer)
    assert may.can_edit()
    assert may.can_submit_for_moderation()
    assert not may.can_publish()
    assert not column.get_parent().permissions_for_user(writer).can_edit()


def test_an_editor_publishes_unpublishes_and_looks_after_the_front_page(column, editor):
    may = make_question().permissions_for_user(editor)
    assert may.can_publish()
    assert may.can_unpublish()
    assert HomePage.objects.get().permissions_for_user(editor).can_publish()


@pytest.mark.parametrize(("name", "expected"), [("writer", 302), ("editor", 200), ("administrator", 200)])
@pytest.mark.parametrize("model", [Topic, Expert])
def test_editors_look_after_topics_and_experts(client, request, name, expected, model):
    client.force_login(request.getfixturevalue(name))
    assert client.get(reverse(model.snippet_viewset.get_url_name("list"))).status_code == expected


@pytest.mark.parametrize(("name", "expected"), [("writer", 302), ("editor", 200), ("administrator", 200)])
def test_editors_change_the_site_settings(client, request, name, expected):
    client.force_login(request.getfixturevalue(name))
    address = reverse("wagtailsettings:edit", args=["home", "sitesettings"])
    assert client.get(address, follow=name != "writer").status_code == expected


def test_the_desk_is_closed_to_everybody_else(client, column):
    response = client.get("/admin/pages/")
    assert response.status_code == 302
    assert "/admin/login/" in response["Location"]


def test_the_review_is_announced_by_mail_and_so_is_its_outcome(client, writer, editor, mailoutbox):
    question = make_question("Is it right?", publish=False)
    question.owner = writer
    question.save()
    workflow = question.get_workflow()
    with transaction.atomic():
        state = workflow.start(question, writer)
    assert {tuple(mail.to) for mail in mailoutbox} == {(editor.email,)}
    assert "Is it right?" in mailoutbox[0].subject + mailoutbox[0].body
    mailoutbox.clear()
    state.current_task_state.reject(user=editor, comment="Which version?")
    (mail,) = mailoutbox
    assert mail.to == [writer.email]
    assert "Which version?" in mail.body


def test_a_writer_deletes_a_draft_but_nothing_that_an_editor_has_scheduled_or_is_reviewing(
    client, column, editor, writer
):
    draft, scheduled, reviewed, locked = (make_question(f"Question {number}?", publish=False) for number in range(4))
    scheduled.go_live_at = timezone.now() + timedelta(days=1)
    scheduled.save_revision().publish()
    column.get_workflow().start(reviewed, writer)
    Page.objects.filter(pk=locked.pk).update(locked=True, locked_by=editor)
    questions = [draft, scheduled, reviewed, locked]
    client.force_login(writer)

    for question in questions:
        client.post(f"/admin/api/main/pages/{question.pk}/action/delete/", headers={"host": "localhost"})
        client.post(reverse("wagtailadmin_pages:delete", args=[question.pk]), headers={"host": "localhost"})
    everything = "&".join(f"id={question.pk}" for question in questions)
    client.post(f"/admin/bulk/qa/questionpage/delete/?{everything}", headers={"host": "localhost"})
    assert set(Page.objects.filter(pk__in=[question.pk for question in questions])) == {
        question.page_ptr for question in (scheduled, reviewed, locked)
    }

    assert all(question.permissions_for_user(editor).can_delete() for question in (scheduled, reviewed))
