"""Bulk actions on questions, for the lists of questions."""

from collections import Counter
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions.delete import DeleteBulkAction
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction

from qa.desk.bin.before_deleting import say_where
from qa.desk.primary_keys import parse_pk
from qa.desk.questions.batch_changes import Alteration, Outcome, add_topic, change, mark_as_reviewed, remove_topic
from qa.desk.questions.filters import QuestionFilterSet, search_words
from qa.desk.questions.publishable import faults_of
from qa.models import QuestionPage, Topic

#: More would keep the editor waiting: publishing one question takes a tenth of a second and more.
AT_MOST = 100


class QuestionSelection:
    """Mixin that selects the questions of an action; list it before Wagtail's action class."""

    models = [QuestionPage]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse too many questions, and none at all, with a sentence."""
        if self.next_url == request.path:  # Wagtail's default without "next": an endless redirect to this page
            self.next_url = reverse("questions:index")
        self.chosen = self._chosen()
        if 0 < len(self.chosen) <= AT_MOST:
            return super().dispatch(request, *args, **kwargs)
        if self.chosen:
            text = gettext("%(number)s questions are too many at once. Choose at most %(most)s; filters help.")
        else:
            text = gettext("No such question is there any more.")
        messages.error(request, text % {"number": len(self.chosen), "most": AT_MOST})
        return redirect(self.next_url)

    def _chosen(self) -> list[int]:
        """Return the numbers of the questions; “all” are those that the list's filters and search let through."""
        questions = QuestionPage.objects.order_by("-asked_on", "-pk")
        ids = self.request.GET.getlist("id")
        if "all" not in ids:
            numbers = [number for text in ids if (number := parse_pk(text)) is not None]
            return list(questions.filter(pk__in=numbers).values_list("pk", flat=True))
        filters = QuestionFilterSet(self.request.GET, questions, request=self.request)
        if filters.is_valid():
            questions = filters.qs
        if words := search_words(self.request.GET.get("q", "")):
            among = QuestionPage.objects.filter(pk__in=questions.order_by().values("pk"))
            return [question.pk for question in among.autocomplete(words)]
        return list(questions.values_list("pk", flat=True))

    def get_actionable_objects(self) -> tuple[list[QuestionPage], dict[str, Any]]:
        """Return the questions that the action is for, and the others."""
        questions = list(QuestionPage.objects.filter(pk__in=self.chosen).newest_first())
        allowed = [question for question in questions if self.check_perm(question)]
        return allowed, {"items_with_no_access": [question for question in questions if question not in allowed]}


class QuestionAction(QuestionSelection, PageBulkAction):
    """An action that changes or publishes questions: asks first, says why some are left out, and what was done."""

    template_name = "qa/desk/bulk_action.html"
    form_class = forms.Form

    def refusal(self, question: QuestionPage) -> str:
        """Return why the account may not do this to a question now, ``""`` if it may."""
        allowed = question.permissions_for_user(self.request.user)
        if not allowed.can_edit():
            return gettext("you may not edit it")
        if question.approved_schedule:
            return gettext("it is scheduled: take it off the schedule first")
        if question.workflow_in_progress:
            return gettext("it is in review: decide on that first")
        if allowed.page_locked():
            return gettext("it is locked")
        return gettext("it is an alias of another page") if question.alias_of_id else ""

    def check_perm(self, obj: QuestionPage) -> bool:
        return not self.refusal(obj)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the reasons, and the words of the page."""
        context = super().get_context_data(**kwargs)
        refused = [item["item"] for item in context["items_with_no_access"]]
        return context | {
            "action": self,
            "refused": [(question, self.refusal(question)) for question in refused],
        }

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        return self.message


class ChangeAction(QuestionAction):
    """An action that is one change to each question."""

    def alteration(self) -> Alteration:
        """Return the change."""
        raise NotImplementedError

    def execute_action(self, objects: list[QuestionPage], **kwargs: Any) -> tuple[int, int]:
        """Change the questions, and remember what to say of it."""
        alter = self.alteration()
        done = Counter(change(question, alter, self.request.user) for question in objects)
        parts = [self.done(done[Outcome.LIVE] + done[Outcome.DRAFT])]
        if number := done[Outcome.DRAFT]:
            parts.append(
                ngettext("%(n)s of them is a draft or a change that waits to be published.",
                         "%(n)s of them are drafts or changes that wait to be published.", number) % {"n": number}
            )  # fmt: skip
        if number := done[Outcome.UNCHANGED]:
            text = ngettext("%(n)s was so already.", "%(n)s were so already.", number)
            parts.append(text % {"n": number})
        self.message = " ".join(parts)
        return len(objects), 0

    def done(self, number: int) -> str:
        """Return what was done to ``number`` questions, as a sentence."""
        raise NotImplementedError


class _TopicForm(forms.Form):
    topic = forms.ModelChoiceField(Topic.objects.all(), label=_("Topic"))


class AddTopic(ChangeAction):
    """File questions under one more topic."""

    display_name = _("Add a topic")
    action_type = "add_topic"
    aria_label = _("Add a topic to the selected questions")
    action_priority = 10
    form_class = _TopicForm

    def alteration(self) -> Alteration:
        return partial(add_topic, topic=self.cleaned_form.cleaned_data["topic"])

    def done(self, number: int) -> str:
        text = ngettext("“%(topic)s” was added to %(n)s question.", "“%(topic)s” was added to %(n)s questions.", number)
        return text % {"topic": self.cleaned_form.cleaned_data["topic"], "n": number}


class RemoveTopic(ChangeAction):
    """Take questions out of a topic."""

    display_name = _("Remove a topic")
    action_type = "remove_topic"
    aria_label = _("Remove a topic from the selected questions")
    action_priority = 20
    form_class = _TopicForm

    def alteration(self) -> Alteration:
        return partial(remove_topic, topic=self.cleaned_form.cleaned_data["topic"])

    def done(self, number: int) -> str:
        text = ngettext(
            "“%(topic)s” was removed from %(n)s question.", "“%(topic)s” was removed from %(n)s questions.", number
        )
        return text % {"topic": self.cleaned_form.cleaned_data["topic"], "n": number}


class MarkAsReviewed(ChangeAction):
    """Note that answers were checked today."""

    display_name = _("Mark as reviewed")
    action_type = "mark_as_reviewed"
    aria_label = _("Mark the selected questions as reviewed today")
    action_priority = 30

    def alteration(self) -> Alteration:
        return mark_as_reviewed

    def done(self, number: int) -> str:
        text = ngettext("%(n)s question is marked as reviewed.", "%(n)s questions are marked as reviewed.", number)
        return text % {"n": number}


class Publish(QuestionAction):
    """Publish the latest version of questions."""

    display_name = _("Publish")
    action_type = "publish"
    aria_label = _("Publish the selected questions")
    action_priority = 40

    def refusal(self, question: QuestionPage) -> str:
        """Refuse also what the form would not let be published."""
        if reason := super().refusal(question):
            return reason
        if not question.permissions_for_user(self.request.user).can_publish():
            return gettext("you may not publish it")
        return faults_of(question.get_latest_revision_as_object())

    def execute_action(self, objects: list[QuestionPage], **kwargs: Any) -> tuple[int, int]:
        """Publish; what has a date still to come is scheduled by that."""
        for question in objects:
            revision = question.get_latest_revision() or question.save_revision(user=self.request.user)
            revision.publish(user=self.request.user)
        pks = [question.pk for question in objects]
        later = QuestionPage.objects.scheduled().filter(pk__in=pks).count()
        now = len(objects) - later
        parts = [ngettext("%(n)s question is published.", "%(n)s questions are published.", now) % {"n": now}]
        if later:
            text = ngettext("%(n)s is scheduled for its date.", "%(n)s are scheduled for their dates.", later)
            parts.append(text % {"n": later})
        self.message = " ".join(parts)
        return len(objects), 0


class Unpublish(QuestionAction):
    """Take questions down."""

    display_name = _("Unpublish")
    action_type = "unpublish"
    aria_label = _("Unpublish the selected questions")
    action_priority = 50

    def refusal(self, question: QuestionPage) -> str:
        """Refuse what is not live."""
        if not question.live:
            return gettext("it is not live")
        if not question.permissions_for_user(self.request.user).can_unpublish():
            return gettext("you may not unpublish it")
        return ""

    def execute_action(self, objects: list[QuestionPage], **kwargs: Any) -> tuple[int, int]:
        for question in objects:
            question.unpublish(user=self.request.user)
        number = len(objects)
        text = ngettext("%(n)s question is no longer published.", "%(n)s questions are no longer published.", number)
        self.message = text % {"n": number}
        return number, 0


class Delete(QuestionSelection, DeleteBulkAction):
    """Wagtail's own, for the questions that the list's filters let through; they go to the bin."""

    action_priority = 60

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask, and say where they go."""
        say_where(request)
        return super().get(request)


ACTIONS = (AddTopic, RemoveTopic, MarkAsReviewed, Publish, Unpublish, Delete)
