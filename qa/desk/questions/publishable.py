"""Validation of a version that is published without anybody opening its form."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from qa.models import QuestionPage


def faults_of(question: QuestionPage) -> str:
    """Return what the form would not let be published, in a few words; ``""`` if it would.

    A draft may be incomplete, and the form checks it when it is published; Wagtail's bulk action does not.
    """
    try:
        question.full_clean()
    except ValidationError as error:
        named = {field.name: str(field.verbose_name) for field in question._meta.concrete_fields}
        fields = ", ".join(named.get(name, gettext("the whole")) for name in error.error_dict)
        return gettext("open it and mend: %(fields)s") % {"fields": fields}
    try:
        question.answer.stream_block.clean(question.answer)
    except ValidationError:
        return gettext("open it and mend its answer")
    return ""
