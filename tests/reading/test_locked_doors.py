"""What whoever protects a page is promised: the form that asks for a password or an account says nothing of it."""

import re
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from qa.models import QuestionPage
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db

WORD = "zqcanary"
KINDS = [PageViewRestriction.PASSWORD, PageViewRestriction.LOGIN, PageViewRestriction.GROUPS]


def fields(n):
    """Return values of every field of a page that holds words, each with the word to look for."""
    return {"seo_title": f"{WORD} {n}", "search_description": f"{WORD} {n}"}


@pytest.fixture
def question(column):
    topic = TopicFactory(name=f"{WORD} topic", slug=f"{WORD}-topic", description=f"{WORD} topic")
    own = {"title": f"{WORD}?", "asker_name": WORD, "question": WORD, "summary": WORD, "notes": WORD,
           "answer": [("markdown", WORD)], "asked_on": date(2026, 1, 1), "slug": "locked",
           "answered_by": ExpertFactory(name=f"{WORD} expert", role=WORD)}  # fmt: skip
    before = make_question("Before", slug="before", asked_on=date(2025, 1, 1), topics=[topic])
    return make_question(**own, **fields("question"), topics=[topic], follow_up_to=before)


def restrict(page, kind):
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, password="a word")


def shown_at(client, address, **options):
    response = client.get(address, follow=True, **options)
    assert response.status_code == 200
    assert "<form" in response.content.decode()
    return response.content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["question", "column", "front page"])
def test_the_form_says_nothing_of_the_page_behind_it(client, question, kind, which):
    column = question.get_parent().specific
    page = {"question": question, "column": column, "front page": column.get_parent().specific}[which]
    if which != "question":
        page.title, page.introduction = f"{WORD} title", f"<p>{WORD}</p>"
        for name, value in fields(which).items():
            setattr(page, name, value)
        page.save_revision().publish()
    restrict(page, kind)
    html = shown_at(client, question.url)
    assert WORD not in html
    assert not re.search(r'<meta name="description"|rel="(canonical|alternate)"|ld\+json|property="og:', html)
    if kind == PageViewRestriction.PASSWORD:
        restriction = PageViewRestriction.objects.get()
        address = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, page.pk])
        wrong = client.post(address, {"password": "wrong", "return_url": question.url})
        assert wrong.status_code == 200
        assert WORD not in wrong.content.decode()


def test_nobody_reads_a_draft_through_the_form_of_another_page(client, question):
    """Its address names a restriction and a page; those that do not belong together have no form."""
    restriction = restrict(make_question("Another?"), PageViewRestriction.PASSWORD)
    QuestionPage.objects.filter(pk=question.pk).update(live=False)
    address = reverse("wagtailcore_authenticate_with_password", args=[restriction.pk, question.pk])
    answer = client.get(address)
    assert answer.status_code == 404
    assert WORD not in answer.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_neither_does_the_form_of_a_document(client, column, kind):
    collection = Collection.get_first_root_node().add_child(name=WORD)
    CollectionViewRestriction.objects.create(collection=collection, restriction_type=kind, password="a word")
    file = ContentFile(b"a secret", "plan.txt")
    document = get_document_model().objects.create(title=WORD, file=file, collection=collection)
    assert WORD not in shown_at(client, document.url)
