"""Messages and labels of a review: its remark on the form, its outcome, what approving will do."""

from copy import copy
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, WorkflowMenuItem
from wagtail.admin.templatetags.wagtailadmin_tags import user_display_name
from wagtail.models import Page, WorkflowState

from qa.models import QuestionPage
from qa.moments import named_moment
from site_config.after_commit import may_fail

#: Wagtail says "Cancel workflow" and "Restart workflow".
_WORDS = {
    "action-cancel-workflow": gettext_lazy("Take back from review"),
    "action-restart-workflow": gettext_lazy("Submit anew"),
}


def show_remark(request: HttpRequest, page: Page) -> None:
    """Say on top of the form which changes the reviewer asks for; in stock Wagtail that is three clicks away."""
    if request.method != "GET" or not isinstance(page, QuestionPage):
        return
    state = page.current_workflow_state
    if state is None or state.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return
    task = state.current_task_state
    names = {"name": user_display_name(task.finished_by) if task.finished_by else _("Somebody"), "remark": task.comment}
    text = _("%(name)s asks for changes: “%(remark)s”") if task.comment else _("%(name)s asks for changes.")
    details = reverse("wagtailadmin_pages:workflow_history_detail", args=[page.pk, state.pk])
    messages.warning(request, text % names, buttons=[messages.button(details, _("All of the review"))])


@may_fail()
def tell_outcome(request: HttpRequest, page: Page) -> None:
    """Say what became of a review; Wagtail says only that the page "has been updated"."""
    action = "action-workflow-action" in request.POST and request.POST.get("workflow-action-name")
    if not action or not isinstance(page, QuestionPage):
        return
    state = page.workflow_states.select_related("requested_by").order_by("-created_at", "-pk").first()
    if state is None:
        return
    if action == "reject" and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        writer = state.requested_by or page.owner
        name = user_display_name(writer) if writer else _("Somebody")
        messages.success(request, _("It went back to %(name)s.") % {"name": name})
    elif action == "approve" and state.status == WorkflowState.STATUS_APPROVED:
        messages.success(request, _approved(QuestionPage.objects.get(id=page.pk)))


def _approved(page: QuestionPage) -> str:
    if (scheduled := page.scheduled_revision) is None:
        return _("Approved and published.")
    return _("Approved: it goes live on %(moment)s.") % {"moment": named_moment(scheduled.approved_go_live_at)}


def name_actions(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """Call the actions of a review what they do, in words of editors.

    With a time to go live set, approving schedules, and publishes nothing yet.
    """
    page = context.get("page")
    for number, item in enumerate(items):
        if item.name in _WORDS:
            items[number] = copy(item)  # Wagtail's is shared by all requests
            items[number].label = _WORDS[item.name]
    if not isinstance(page, QuestionPage) or not page.go_live_at or page.go_live_at <= timezone.now():
        return
    for item in items:
        if (
            isinstance(item, WorkflowMenuItem)
            and item.name == "approve"
            and page.current_workflow_state.is_at_final_task
        ):
            item.label = _("Approve with comment and schedule") if item.launch_modal else _("Approve and schedule")
