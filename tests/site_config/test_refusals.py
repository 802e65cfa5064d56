"""What is refused says so on a page of the site, with the way back, and never on Django's bare ones."""

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]


def test_a_form_with_an_old_token_says_what_to_do(editor, column):
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    answer = client.post(reverse("wagtailadmin_pages:edit", args=[column.pk]), {"title": "Words"})
    assert answer.status_code == 403
    assert "This form is older than your sign-in" in answer.content.decode()
    assert 'href="/static/css/site.css"' in answer.content.decode()


def test_a_refusal_is_a_page_of_the_site(client):
    answer = client.get(reverse("qa_form_standing"), headers={"X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 403
    assert "You may not open this page" in answer.content.decode()
    assert 'href="/static/css/site.css"' in answer.content.decode()


def test_a_request_that_cannot_be_read_is_a_page_of_the_site(client, settings):
    settings.ALLOWED_HOSTS = ["example.org"]
    answer = client.get("/", headers={"Host": "somewhere.invalid"})
    assert answer.status_code == 400
    assert "That was not understood" in answer.content.decode()
