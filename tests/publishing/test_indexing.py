"""Wagtail's two indexes are left alone exactly for as long as somebody asks for it, however that is nested."""

import threading

import pytest
from wagtail.models import ReferenceIndex
from wagtail.search.index import insert_or_update_object
from wagtail.signal_handlers import disable_reference_index_auto_update, reference_index_auto_update_disabled

from qa.models import QuestionPage
from qa.models.save_context import indexed_later, indexed_now
from tests.factories import ExpertFactory, make_question

pytestmark = [pytest.mark.indexed, pytest.mark.same_on_every_database]


def state():
    """Whether the desk's index and the references are written: ``(True, True)`` as a rule."""
    return indexed_now(), not getattr(reference_index_auto_update_disabled, "value", False)


def test_the_end_of_an_inner_block_leaves_the_outer_one_in_force():
    assert state() == (True, True)
    with indexed_later():
        with indexed_later():
            assert state() == (False, False)
        assert state() == (False, False)
    assert state() == (True, True)


def test_wagtails_own_may_be_inside_and_outside():
    with disable_reference_index_auto_update():
        with indexed_later():
            assert state() == (False, False)
        assert state() == (True, False)
    assert state() == (True, True)
    with indexed_later(), disable_reference_index_auto_update():
        assert state() == (False, False)
    assert state() == (True, True)


def test_an_error_switches_both_on_again():
    with pytest.raises(RuntimeError), indexed_later():
        raise RuntimeError
    assert state() == (True, True)


def test_another_thread_goes_on_indexing():
    seen = []
    with indexed_later():
        thread = threading.Thread(target=lambda: seen.append(state()))
        thread.start()
        thread.join()
    assert seen == [(True, True)]


@pytest.mark.django_db
def test_a_question_saved_meanwhile_is_found_and_counted_once_it_is_indexed(column):
    expert = ExpertFactory()
    question = make_question("Before?")
    with indexed_later():
        question.title, question.answered_by = "Afterwards?", expert
        question.save()
        with indexed_later():
            pass
        question.save()
    assert not list(QuestionPage.objects.search("afterwards"))
    assert not ReferenceIndex.get_references_to(expert).exists()
    insert_or_update_object(question)
    ReferenceIndex.create_or_update_for_object(question)
    assert list(QuestionPage.objects.search("afterwards")) == [question]
    assert ReferenceIndex.get_references_to(expert).exists()
