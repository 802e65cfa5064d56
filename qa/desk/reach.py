"""Permission query: the questions that an account works on."""

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from qa.models import QuestionPage

#: Whoever may do one of these to a question works on it.
WORK = frozenset({"add", "change", "publish"})


def questions_for(user: AbstractUser, actions: frozenset[str] = WORK) -> QuerySet[QuestionPage]:
    """Return the questions with which ``user`` may do one of ``actions``, without aliases: those follow their original.

    One query on permissions.
    """
    questions = QuestionPage.objects.filter(alias_of=None)
    if user.is_superuser:
        return questions
    pages = policy_registry.get_by_type(Page).instances_user_has_any_permission_for(user, actions)
    return questions.filter(page_ptr__in=pages.values("pk"))
