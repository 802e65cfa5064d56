"""Topics, experts, settings, redirects and promoted results: nobody overwrites anybody, and what was comes back."""

import re
from html import unescape

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.models import Revision, Site
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from home.models import SiteSettings
from qa.models import Expert, Topic
from tests.factories import ExpertFactory, TopicFactory, fresh, make_question

pytestmark = pytest.mark.django_db


def as_opened(client, address):
    """Open a form; return what it says about what it shows."""
    html = client.get(address).content.decode()
    token = re.search(r'name="as_opened" value="([^"]+)"', html)
    assert token
    return {"as_opened": unescape(token[1])}


def again(response):
    """Return what the form that came back sends: all of its plain fields."""
    html = response.content.decode()
    inputs = re.findall(r"<input\b[^>]*>", html)
    pairs = [(re.search(r'\bname="([^"]+)"', one), re.search(r'\bvalue="([^"]*)"', one)) for one in inputs]
    data = {name[1]: unescape(value[1]) if value else "" for name, value in pairs if name}
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\s?(.*?)</textarea>', html, re.DOTALL):
        data[name] = unescape(text).strip()
    return data


def said(response):
    return re.sub(r"\s+", " ", re.sub("<.*?>", " ", unescape(response.content.decode())))


def expert_form(expert, **fields):
    data = {"name": expert.name, "slug": expert.slug, "role": expert.role, "picture": "", "biography": rich_text("")}
    return nested_form_data({**data, "links": inline_formset([])} | fields)


@pytest.fixture
def two(client, editor, administrator):
    """A function: somebody else saves after the editor has opened a form; returns the answer to the editor's save."""

    def both(address, theirs, mine):
        client.force_login(editor)
        opened = as_opened(client, address)
        client.force_login(administrator)
        assert client.post(address, theirs | as_opened(client, address)).status_code == 302
        client.force_login(editor)
        response = client.post(address, mine | opened)
        assert response.status_code == 409
        return response

    return both


def test_two_people_at_one_expert_keep_both_names_and_are_asked_once(client, column, two):
    expert = ExpertFactory(name="Maren", role="Engineer")
    address = reverse("wagtailsnippets_qa_expert:edit", args=[expert.pk])
    response = two(
        address,
        expert_form(expert, name="Maren Q.", role="Architect", biography=rich_text("<p>Long ago.</p>")),
        expert_form(expert, name="Maren M."),
    )
    expert.refresh_from_db()
    assert (expert.name, expert.role) == ("Maren Q.", "Architect")  # nothing is saved yet
    words = said(response)
    assert "admin has saved this" in words
    assert "Role : Architect" in words
    assert "Biography : Long ago." in words
    assert "Changed by both of you" in words
    assert "Name : Maren Q." in words
    sent = again(response)
    assert (sent["name"], sent["role"]) == ("Maren M.", "Architect")
    assert client.post(address, sent).status_code == 302
    expert.refresh_from_db()
    assert (expert.name, expert.role) == ("Maren M.", "Architect")
    assert "Long ago." in expert.biography


def test_whoever_saves_once_more_is_seen_too(client, column, two, administrator, editor):
    topic = TopicFactory(name="Django", description="")
    address = reverse("wagtailsnippets_qa_topic:edit", args=[topic.pk])
    base = {"name": "Django", "slug": topic.slug}
    response = two(address, base | {"description": "Theirs"}, base | {"description": "Mine"})
    client.force_login(administrator)
    later = as_opened(client, address)
    assert client.post(address, base | {"description": "Later"} | later).status_code == 302
    client.force_login(editor)
    assert client.post(address, again(response)).status_code == 409
    assert fresh(topic).description == "Later"


def test_a_change_that_no_form_made_is_seen_as_well(client, column, editor):
    topic = TopicFactory(name="Django")
    address = reverse("wagtailsnippets_qa_topic:edit", args=[topic.pk])
    client.force_login(editor)
    opened = as_opened(client, address)
    Topic.objects.filter(pk=topic.pk).update(description="Imported")
    response = client.post(address, {"name": "Django!", "slug": topic.slug, "description": ""} | opened)
    assert response.status_code == 409
    assert again(response)["description"] == "Imported"


def test_rows_below_an_expert_are_put_into_the_form(client, column, two):
    expert = ExpertFactory(name="Maren")
    address = reverse("wagtailsnippets_qa_expert:edit", args=[expert.pk])
    link = {"id": "", "label": "Blog", "url": "https://example.org/", "ORDER": "1", "DELETE": ""}
    theirs = expert_form(expert, links=inline_formset([link]))
    response = two(address, theirs, expert_form(expert, role="Engineer"))
    sent = again(response)
    assert sent["links-TOTAL_FORMS"] == "1"
    assert client.post(address, sent).status_code == 302
    expert.refresh_from_db()
    assert (expert.role, [link.url for link in expert.links.all()]) == ("Engineer", ["https://example.org/"])


def test_mistakes_come_first_and_make_nobody_overwrite(client, column, two):
    topic = TopicFactory(name="Django")
    address = reverse("wagtailsnippets_qa_topic:edit", args=[topic.pk])
    base = {"name": "Django", "slug": topic.slug, "description": ""}
    first = two(address, base | {"description": "Theirs"}, base | {"description": "Mine"})
    assert first.status_code == 409
    opened = {"as_opened": again(first)["as_opened"]}
    Topic.objects.filter(pk=topic.pk).update(description="Later")
    wrong = client.post(address, base | {"name": ""} | opened)
    assert wrong.status_code == 200
    assert client.post(address, again(wrong) | {"name": "Django"}).status_code == 409


def test_what_an_expert_was_before_the_first_change_can_be_taken_back(client, column, editor):
    expert = ExpertFactory(name="Maren", role="Engineer")
    address = reverse("wagtailsnippets_qa_expert:edit", args=[expert.pk])
    client.force_login(editor)
    for role in ("Architect", "Author"):
        assert client.post(address, expert_form(expert, role=role) | as_opened(client, address)).status_code == 302
    history = client.get(reverse("wagtailsnippets_qa_expert:history", args=[expert.pk])).content.decode()
    assert "Kept as it was before" in history
    first, *_rest = Revision.objects.for_instance(expert).order_by("created_at")
    revert = reverse("wagtailsnippets_qa_expert:revisions_revert", args=[expert.pk, first.pk])
    assert revert in history
    opened = as_opened(client, revert)
    assert client.post(revert, expert_form(expert, role="Engineer") | opened).status_code == 302
    assert Expert.objects.get().role == "Engineer"
    assert [one.content["role"] for one in Revision.objects.for_instance(expert).order_by("created_at")] == [
        "Engineer",
        "Architect",
        "Author",
        "Engineer",
    ]


def test_no_topic_or_expert_saves_itself(client, column, editor, settings):
    """Readers would see every half sentence: there are no drafts of these."""
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 200  # milliseconds; the test settings have switched it off
    client.force_login(editor)
    topic = TopicFactory(name="Django")
    for address in (
        reverse("wagtailsnippets_qa_topic:edit", args=[topic.pk]),
        reverse("wagtailsnippets_qa_topic:add"),
        reverse("wagtailsnippets_qa_expert:add"),
    ):
        assert "data-w-autosave-interval-value" not in client.get(address).content.decode()


# Settings


@pytest.fixture
def settings_address(column):
    site = Site.objects.get()
    SiteSettings.for_site(site)
    return reverse("wagtailsettings:edit", args=["home", "sitesettings", site.pk])


def settings_form(**fields):
    data = {"brand_name": "Ask Maren", "tagline": "", "accent_color": "#0b5f5c", "expert": "", "contact_email": ""}
    return nested_form_data({**data, "footer_text": rich_text(""), "social_links": inline_formset([])} | fields)


def test_two_people_at_the_settings(client, settings_address, two):
    response = two(settings_address, settings_form(tagline="Theirs"), settings_form(contact_email="a@example.org"))
    assert "Tagline : Theirs" in said(response)
    assert client.post(settings_address, again(response)).status_code == 302
    stored = SiteSettings.objects.get()
    assert (stored.tagline, stored.contact_email) == ("Theirs", "a@example.org")


def test_settings_have_a_history_and_a_way_back(client, settings_address, editor):
    client.force_login(editor)
    for tagline in ("One", "Two"):
        sent = settings_form(tagline=tagline) | as_opened(client, settings_address)
        assert client.post(settings_address, sent).status_code == 302
    stored = SiteSettings.objects.get()
    history = reverse("qa_settings_history", args=[stored.pk])
    assert history in client.get(settings_address).content.decode()
    html = client.get(history).content.decode()
    first, one, _two = Revision.objects.for_instance(stored).order_by("created_at")
    assert [first.content["tagline"], one.content["tagline"]] == ["", "One"]
    for version in (first, one):
        assert reverse("qa_settings_revert", args=[stored.pk, version.pk]) in html
    compared = client.get(reverse("qa_settings_compare", args=[stored.pk, first.pk, "latest"])).content.decode()
    assert "Two" in compared
    revert = reverse("qa_settings_revert", args=[stored.pk, one.pk])
    opened = as_opened(client, revert)
    assert client.post(revert, settings_form(tagline="One") | opened).status_code == 302
    assert SiteSettings.objects.get().tagline == "One"
    assert client.get(reverse("qa_settings", args=[stored.pk])).url == settings_address


def test_only_who_may_change_the_settings_sees_their_history(client, settings_address, writer):
    client.force_login(writer)
    pk = SiteSettings.objects.get().pk
    for name, arguments in (("history", [pk]), ("compare", [pk, "earliest", "latest"]), ("revert", [pk, 1])):
        assert client.get(reverse(f"qa_settings_{name}", args=arguments)).status_code in (302, 404)


# Redirects and promoted results


def test_two_people_at_one_redirect_and_what_it_was(client, column, two, editor):
    moved = Redirect.add_redirect("/old", "https://example.org/")
    address = reverse("wagtailredirects:edit", args=[moved.pk])
    mine = {"old_path": "/old", "site": "", "is_permanent": "on", "redirect_page": "", "redirect_link": "/b"}
    response = two(
        address, mine | {"redirect_link": "https://example.org/a"}, mine | {"redirect_link": "https://example.org/b"}
    )
    assert "https://example.org/a" in said(response)
    assert fresh(moved).redirect_link == "https://example.org/a"
    assert client.post(address, again(response)).status_code == 302
    assert fresh(moved).redirect_link == "https://example.org/b"
    history = client.get(reverse("qa_redirect_history", args=[moved.pk])).content.decode()
    assert "Before that it was" in history
    assert "https://example.org/" in history


def test_two_people_at_one_promoted_result_and_what_it_was(client, column, two):
    question, other = make_question("First?"), make_question("Second?")
    query = Query.get("django")
    SearchPromotion.objects.create(query=query, page=question, description="")
    address = reverse("wagtailsearchpromotions:edit", args=[query.pk])

    def form(page):
        pick = query.editors_picks.get()
        row = {"id": str(pick.pk), "page": str(page.pk), "description": "", "ORDER": "1", "DELETE": ""}
        row |= {"external_link_url": "", "external_link_text": ""}
        return nested_form_data({"query_string": "django", "editors_picks": inline_formset([row], initial=1)})

    response = two(address, form(other), form(question) | {"query_string": "djangos"})
    assert "Second?" in said(response)
    assert query.editors_picks.get().page_id == other.pk
    assert client.post(address, form(question) | {"as_opened": again(response)["as_opened"]}).status_code == 302
    assert query.editors_picks.get().page_id == question.pk
    history = client.get(reverse("qa_promotion_history", args=[query.pk])).content.decode()
    assert "Before that it was" in history
    assert "Second?" in history
