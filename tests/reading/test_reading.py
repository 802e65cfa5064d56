"""What a reader is promised."""

import re
from datetime import date
from http import HTTPStatus

import pytest
from django.urls import reverse

from qa.models import QuestionPage
from qa.models.listing import PER_PAGE
from tests.factories import ExpertFactory, TopicFactory, fresh, make_question

pytestmark = pytest.mark.django_db


def get(client, address):
    return client.get(address, headers={"host": "localhost"})


def test_a_question_page_has_everything_the_reader_came_for(client, column):
    django, careers = TopicFactory(name="Django"), TopicFactory(name="Careers")
    older = make_question("The older one?", asked_on=date(2025, 9, 1))
    newer = make_question("The newer one?", asked_on=date(2025, 9, 20))
    question = make_question(
        "When should I use Django?",
        asker_name="Robert B.",
        asked_on=date(2025, 9, 12),
        topics=[django, careers],
        answered_by=ExpertFactory(name="Maren Holloway"),
        answer=[
            ("markdown", "Hi Robert,"),
            ("pushback", {"objection": "But it is slow…", "reply": [("markdown", "No.")]}),
        ],
    )

    html = get(client, question.url).content.decode()

    assert html.count("<h1") == 1
    assert "When should I use Django?" in html
    assert "Robert B." in html
    assert ">RB<" in html
    assert "September 12, 2025" in html
    assert '<time datetime="2025-09-12">' in html
    assert "But it is slow…" in html
    assert "View other questions about:" in html
    for linked in (f"{column.url}topics/django/", f"{column.url}topics/careers/", column.url, older.url, newer.url):
        assert f'href="{linked}"' in html
    assert f'href="{column.url}experts/maren-holloway/"' in html
    assert "The older one?" in html
    assert "The newer one?" in html


def test_a_page_says_its_name_and_the_sites_once_each(client, column):
    question = make_question("When should I use Django?")
    titles = [
        re.search(r"<title>(.*)</title>", get(client, address).content.decode())[1]
        for address in ("/", column.url, question.url, "/nothing/")
    ]
    assert titles == [
        "Asked &amp; Answered",
        "All questions · Asked &amp; Answered",
        "When should I use Django? · Asked &amp; Answered",
        "Page not found · Asked &amp; Answered",
    ]


def test_previous_is_older_and_next_is_newer(client, column):
    for number in (1, 2, 3):
        make_question(f"Number {number}?", asked_on=date(2025, 1, number), slug=f"number-{number}")
    html = get(client, f"{column.url}number-2/").content.decode()
    assert 'rel="prev" href="/questions/number-1/"' in html
    assert 'rel="next" href="/questions/number-3/"' in html
    assert 'rel="prev"' not in get(client, f"{column.url}number-1/").content.decode()
    assert 'rel="next"' not in get(client, f"{column.url}number-3/").content.decode()


def test_an_anonymous_asker_is_called_so_and_has_no_initials(client):
    question = make_question(asker_name="  ")
    html = get(client, question.url).content.decode()
    assert "Anonymous" in html
    assert '<svg viewBox="0 0 24 24"' in html


@pytest.mark.parametrize("number", ["0", "-1", "2", "two", "1e1", "+2", " 2", "02", "9" * 30, "٢", "%00", ""])
def test_a_page_number_that_is_none_is_not_found(client, column, number):
    make_question()
    assert get(client, f"{column.url}?page={number}").status_code == HTTPStatus.NOT_FOUND


def test_page_one_has_one_address(client, column):
    make_question()
    response = get(client, f"{column.url}?page=1")
    assert response.status_code == HTTPStatus.MOVED_PERMANENTLY
    assert response["Location"] == column.url


def test_the_list_goes_on_over_pages_and_every_question_is_on_one(client, column):
    questions = [make_question(asked_on=date(2026, 1, 1 + n % 28)) for n in range(PER_PAGE + 3)]
    first, second = (get(client, column.url + query).content.decode() for query in ("", "?page=2"))
    shown = [question for question in questions if f'href="{question.url}"' in first + second]
    assert len(shown) == len(questions)
    assert "Page 1 of 2" in first
    assert 'rel="next" href="?page=2"' in first
    assert f'rel="prev" href="{column.url}"' in second
    assert get(client, f"{column.url}?page=3").status_code == HTTPStatus.NOT_FOUND


def test_topics_are_listed_with_the_number_of_their_published_questions(client, column):
    topic, empty = TopicFactory(name="Django"), TopicFactory(name="Nothing yet")
    for fields in ({}, {}, {"publish": False}, {"private": True}):
        make_question(topics=[topic], **fields)
    html = get(client, f"{column.url}topics/").content.decode()
    assert "2 questions" in html
    assert empty.name not in html


def test_a_topic_page_lists_its_questions_and_no_other(client, column):
    topic = TopicFactory(name="Django")
    inside, outside = make_question("Inside?", topics=[topic]), make_question("Outside?")
    html = get(client, f"{column.url}topics/django/").content.decode()
    assert inside.title in html
    assert outside.title not in html


def test_a_year_page_lists_the_questions_of_that_year(client, column):
    inside, outside = make_question("Inside?", asked_on=date(2024, 12, 31)), make_question(asked_on=date(2025, 1, 1))
    html = get(client, f"{column.url}archive/2024/").content.decode()
    assert inside.title in html
    assert f'href="{outside.url}"' not in html


@pytest.mark.parametrize(
    "address",
    ["topics/unknown/", "topics/a%00b/", "archive/1999/", "archive/20256/", "archive/0000/", "archive/abcd/",
     "archive/٢٠٢٥/", "experts/nobody/", "no-such-question/", "topics/django/more/"],
)  # fmt: skip
def test_what_is_not_there_is_not_found_in_the_sites_own_look(client, column, address):
    make_question()
    response = get(client, column.url + address)
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert "There is no page at this address" in response.content.decode()
    assert f'href="{column.url}"' in response.content.decode()
    assert "css/site.css" in response.content.decode()


HIDDEN = {"a draft": {"publish": False}, "private": {"private": True}}


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN)
def test_nobody_reads_of_topics_and_experts_of_whose_questions_none_was_ever_public(client, column, fields):
    topic, expert = TopicFactory(name="Layoffs"), ExpertFactory(name="Newcomer")
    question = make_question(topics=[topic], answered_by=expert, **fields)
    addresses = ("topics/layoffs/", "topics/layoffs/feed/", "experts/newcomer/")
    for address in addresses:
        response = get(client, column.url + address)
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert "Newcomer" not in response.content.decode()
    searched = client.get("/search/?q=anything&topic=layoffs", headers={"host": "localhost"})
    assert "Layoffs" not in searched.content.decode()
    question.get_view_restrictions().delete()
    question.get_latest_revision().publish()
    for address in addresses:
        assert get(client, column.url + address).status_code == HTTPStatus.OK
    fresh(question).unpublish()  # the address is known by now, and the page of what is gone leads there
    for address in addresses:
        response = get(client, column.url + address)
        assert response.status_code == HTTPStatus.OK
        assert question.title not in response.content.decode()


def test_the_expert_of_the_column_also_has_the_answers_that_name_nobody(client, column):
    from wagtail.models import Site

    from home.models import SiteSettings

    own, guest = ExpertFactory(name="Own"), ExpertFactory(name="Guest")
    settings = SiteSettings.for_site(Site.objects.get())
    settings.expert = own
    settings.save()
    unnamed, by_guest = make_question("Unnamed?"), make_question("By the guest?", answered_by=guest)
    page_of_own = get(client, f"{column.url}experts/own/").content.decode()
    page_of_guest = get(client, f"{column.url}experts/guest/").content.decode()
    assert unnamed.title in page_of_own
    assert by_guest.title not in page_of_own
    assert by_guest.title in page_of_guest
    assert unnamed.title not in page_of_guest
    assert "Own" in get(client, unnamed.url).content.decode()


def test_surprise_me_leads_to_a_published_question_and_is_stored_by_nobody(client, column):
    make_question(publish=False)
    make_question(private=True)
    question = make_question()
    response = get(client, f"{column.url}random/")
    assert response.status_code == HTTPStatus.FOUND
    assert response["Location"] == question.url
    assert "no-store" in response["Cache-Control"]


def test_surprise_me_on_an_empty_column_leads_to_the_list(client, column):
    assert get(client, f"{column.url}random/")["Location"] == column.url


def test_a_public_page_depends_on_nothing_but_its_address(client, column, administrator):
    question = make_question(topics=[TopicFactory(name="Django")])
    for address in ("/", column.url, question.url, f"{column.url}topics/", f"{column.url}topics/django/", "/nothing/"):
        response = get(client, address)
        assert not response.cookies, address
        assert "Cookie" not in response.get("Vary", ""), address
        assert "csrfmiddlewaretoken" not in response.content.decode(), address


def test_the_front_page_shows_the_featured_question_first_and_once(client, column):
    front = column.get_parent().specific
    featured, other = make_question("The featured one?", asked_on=date(2020, 1, 1)), make_question("Another one?")
    front.featured_question = featured
    front.save_revision().publish()
    html = get(client, "/").content.decode()
    assert html.count(featured.title) == 1
    assert html.index(featured.title) < html.index(other.title)


def test_a_featured_question_that_is_taken_down_is_not_shown(client, column):
    front = column.get_parent().specific
    featured = make_question("The featured one?")
    front.featured_question = featured
    front.save_revision().publish()
    featured.unpublish()
    assert "The featured one?" not in get(client, "/").content.decode()


def test_an_empty_site_has_a_front_page_and_a_list(client, column):
    assert get(client, "/").status_code == HTTPStatus.OK
    assert "There is no question here yet." in get(client, column.url).content.decode()
    assert get(client, f"{column.url}topics/").status_code == HTTPStatus.OK


def test_a_private_question_asks_the_reader_to_sign_in_and_is_linked_nowhere(client, column):
    topic = TopicFactory(name="Django")
    secret = make_question("The secret one?", private=True, topics=[topic], answered_by=ExpertFactory(name="Maren"))
    neighbour = make_question(topics=[topic])
    response = get(client, secret.url)
    assert response.status_code == HTTPStatus.FOUND
    assert reverse("wagtailcore_login") in response["Location"]
    assert "Sign in to read this question" in client.get(response["Location"]).content.decode()
    for address in ("/", column.url, neighbour.url, f"{column.url}topics/django/", f"{column.url}experts/maren/"):
        assert secret.title not in get(client, address).content.decode(), address


def test_chosen_and_follow_up_questions_are_linked_only_while_readers_may_see_them(client, column):
    from qa.models import RelatedQuestion

    earlier = make_question("The earlier one?")
    draft = make_question("Only a draft?", publish=False)
    question = make_question("The question?", follow_up_to=earlier)
    question.related_questions = [RelatedQuestion(question=earlier), RelatedQuestion(question=draft)]
    question.save_revision().publish()
    html = get(client, question.url).content.decode()
    assert "A follow-up to" in html
    assert "Related questions" in html
    assert draft.title not in html
    assert "The question?" in get(client, earlier.url).content.decode()
    earlier.unpublish()
    assert earlier.title not in get(client, question.url).content.decode()
    assert QuestionPage.objects.get(pk=question.pk).follow_up_to == earlier


def test_an_editor_who_reads_the_site_has_the_way_back_to_the_desk(client, column, editor):
    question = make_question()
    client.force_login(editor)
    assert f"/admin/pages/{question.pk}/edit/" in get(client, question.url).content.decode()
