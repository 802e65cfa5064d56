"""Copies: a question is copied as a question of its own, and what there is one of is not copied."""

import pytest
from django.urls import reverse

from qa.models import QuestionPage
from tests.factories import make_question

pytestmark = pytest.mark.django_db


def copy_address(page) -> str:
    return reverse("wagtailadmin_pages:copy", args=[page.pk])


def test_a_copy_is_never_an_alias(client, administrator, column):
    client.force_login(administrator)
    question = make_question(title="Once?")
    assert 'name="alias"' not in client.get(copy_address(question)).content.decode()
    sent = {"new_title": "Twice?", "new_slug": "twice", "new_parent_page": column.pk, "alias": "on"}
    assert client.post(copy_address(question), sent).status_code == 302
    copy = QuestionPage.objects.get(slug="twice")
    assert copy.alias_of is None
    assert not copy.live
    assert copy.title == "Twice?"


def test_what_there_is_one_of_is_not_offered_to_be_copied(client, administrator, column):
    client.force_login(administrator)
    for page in (column, column.get_parent().specific):
        form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert copy_address(page) not in form
        assert client.get(copy_address(page)).status_code == 302
    question = make_question()
    assert copy_address(question) in client.get(reverse("wagtailadmin_pages:edit", args=[question.pk])).content.decode()
