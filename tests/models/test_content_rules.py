"""What the content model promises to editors."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from wagtail.models import Page, ReferenceIndex, get_page_models

from home.models import HomePage
from qa.models import QuestionIndexPage, QuestionPage
from qa.models.question import RESERVED_SLUGS
from qa.rendering.answers import first_words
from tests.factories import ExpertFactory, TopicFactory, make_question

pytestmark = pytest.mark.django_db


def test_pages_can_be_made_in_one_order_only():
    children = {model: set(model.creatable_subpage_models()) for model in get_page_models()}
    assert children[Page] == {HomePage}
    assert children[HomePage] == {QuestionIndexPage}
    assert children[QuestionIndexPage] == {QuestionPage}
    assert children[QuestionPage] == set()


def test_there_is_one_front_page_and_one_index(column):
    assert not HomePage.can_create_at(Page.get_first_root_node())
    assert not QuestionIndexPage.can_create_at(column.get_parent())
    assert QuestionPage.can_create_at(column)


@pytest.mark.parametrize("model", [HomePage, QuestionIndexPage, QuestionPage])
def test_every_page_type_says_what_it_is_for(model):
    assert model.page_description


@pytest.mark.same_on_every_database
@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_question_cannot_hide_behind_an_address_of_the_column(slug):
    question = make_question()
    question.slug = slug
    with pytest.raises(ValidationError, match="address of the column"):
        question.full_clean()


def test_every_route_of_the_index_is_reserved(column):
    routes = {str(pattern.pattern).split("/")[0] for pattern in column.get_subpage_urls()} - {""}
    assert routes == RESERVED_SLUGS


def test_a_topic_in_use_cannot_be_deleted_and_its_use_is_known():
    topic = TopicFactory()
    question = make_question(topics=[topic])
    assert ReferenceIndex.get_references_to(topic).count() == 1
    with pytest.raises(ProtectedError):
        topic.delete()
    question.delete()
    topic.delete()


def test_an_expert_with_answers_cannot_be_deleted():
    expert = ExpertFactory()
    make_question(answered_by=expert)
    with pytest.raises(ProtectedError):
        expert.delete()


def test_a_written_summary_is_the_short_answer():
    assert make_question(summary="Yes.").short_answer == "Yes."


def test_without_a_summary_the_first_words_of_the_answer_are():
    words = " ".join(f"word{n}" for n in range(60))
    question = make_question(answer=[("heading", {"text": "Not me"}), ("markdown", f"**Hello** {words}")])
    assert question.short_answer.startswith("Hello word0 word1")
    assert question.short_answer.endswith("word38…")


def test_first_words_read_paragraphs_without_their_markup(django_assert_num_queries):
    question = make_question(answer=[("paragraph", "<p>A <b>bold</b> start &amp; more</p>")])
    with django_assert_num_queries(0):
        assert first_words(question.answer, 40) == "A bold start & more"


def test_an_answer_that_is_empty_has_no_short_answer():
    assert make_question(answer=[]).short_answer == ""


@pytest.mark.parametrize(("make", "folder"), [(TopicFactory, "topics"), (ExpertFactory, "experts")])
class TestRenaming:
    """Renaming a topic or an expert's address keeps the old one working."""

    @staticmethod
    def rename(thing, *slugs):
        for slug in slugs:
            thing.slug = slug
            thing.save()

    def test_the_old_address_leads_to_the_new_one(self, client, column, make, folder):
        thing = make(slug="old")
        self.rename(thing, "new")
        response = client.get(f"{column.url}{folder}/old/", headers={"host": "localhost"})
        assert response.status_code == 301
        assert response["Location"].endswith(f"{column.url}{folder}/new/")

    def test_the_oldest_address_leads_there_in_one_step(self, client, column, make, folder):
        self.rename(make(slug="oldest"), "older", "newest")
        for slug in ("oldest", "older"):
            response = client.get(f"{column.url}{folder}/{slug}/", headers={"host": "localhost"})
            assert response["Location"].endswith(f"{column.url}{folder}/newest/")

    def test_a_name_taken_back_works_again_and_the_other_redirects(self, client, column, make, folder):
        thing = make(slug="first")
        make_question(**{"topics": [thing]} if folder == "topics" else {"answered_by": thing})
        self.rename(thing, "second", "first")
        assert client.get(f"{column.url}{folder}/first/", headers={"host": "localhost"}).status_code == 200
        response = client.get(f"{column.url}{folder}/second/", headers={"host": "localhost"})
        assert response["Location"].endswith(f"{column.url}{folder}/first/")

    def test_saving_without_renaming_leaves_no_redirect(self, column, make, folder):
        from wagtail.contrib.redirects.models import Redirect

        self.rename(make(slug="same"), "same")
        assert not Redirect.objects.exists()


@pytest.mark.indexed
def test_a_changed_topic_is_found_at_once_after_publishing(django_capture_on_commit_callbacks):
    """Wagtail indexes before child relations are stored: the stock site finds the old topic until the next save."""
    old, new = TopicFactory(name="Woodwork"), TopicFactory(name="Needlework")
    question = make_question(topics=[old])
    page = question.get_latest_revision_as_object()
    page.question_topics = [type(question.question_topics.first())(topic=new)]

    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()

    assert list(QuestionPage.objects.search("Needlework")) == [question]
    assert list(QuestionPage.objects.search("Woodwork")) == []
