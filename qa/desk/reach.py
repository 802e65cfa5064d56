"""Permission queries: the questions that an account works on, and where it may add one."""

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet
from django.urls import reverse
from wagtail.models import Page
from wagtail.permissions import policy_registry

from qa.models import QuestionIndexPage, QuestionPage

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


def where_to_add(user: AbstractUser) -> str | None:
    """Return the address of the form for a new question; ``None`` if the account may not add one."""
    column = QuestionIndexPage.objects.first()
    if column is None or not column.permissions_for_user(user).can_add_subpage():
        return None
    model = QuestionPage._meta
    return reverse("wagtailadmin_pages:add", args=[model.app_label, model.model_name, column.pk])
