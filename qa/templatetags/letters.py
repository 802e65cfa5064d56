"""Template tag that gives the text form of a question."""

from django import template

from qa.letters.exporting import published_letter_of
from qa.letters.form import dump
from qa.models import QuestionPage

register = template.Library()


@register.simple_tag
def letter_text(page: QuestionPage) -> str:
    """Return the letter of a page as the page object has it, saved or not."""
    return dump(published_letter_of(page))
