"""Form that corrects a scheduled question in one step: it opens in spite of the schedule and keeps the slot."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem, PageActionMenu
from wagtail.admin.views.pages.edit import EditView
from wagtail.locks import ScheduledForPublishLock
from wagtail.models import Page

from qa.desk.calendar.rescheduling import lift_schedule_lock, scheduled_revision_for
from qa.desk.form import conflicts


class KeepScheduleItem(ActionMenuItem):
    """The one action of the form: save, and schedule the new version for the slot."""

    label = gettext_lazy("Save and keep the schedule")
    name = "action-publish"
    icon_name = "calendar-check"


class CorrectItem(ActionMenuItem):
    """Leads from the locked form to the one that corrects; for those who may cancel the schedule."""

    label = gettext_lazy("Correct and keep the schedule")
    name = "action-correct"
    icon_name = "edit"
    order = 5

    def is_shown(self, context: dict[str, Any]) -> bool:
        """Show it where only the schedule locks the page."""
        if context["view"] != "edit" or not isinstance(context["lock"], ScheduledForPublishLock):
            return False
        may = self.get_user_page_permissions_tester(context)
        return may.can_publish() and may.can_unschedule()

    def get_url(self, context: dict[str, Any]) -> str:
        return reverse("qa_correct_scheduled", args=[context["page"].pk])


class CorrectView(EditView):
    """Wagtail's editing form of a scheduled page. Whatever is posted becomes the scheduled version, at its time.

    The rights are those of the three steps that Wagtail asks for: whoever may not publish cannot correct, and a page
    that somebody or a review has locked stays locked. There is no autosave: half a correction must not wait as a draft.
    """

    def dispatch(self, request: HttpRequest, page_id: int, **kwargs: Any) -> HttpResponse:
        """Refuse those who may not; lead to the ordinary form if there is nothing to correct (any more)."""
        pages = Page.objects.all()
        if request.method == "POST":
            pages = pages.select_for_update(of=("self",))  # the clock takes the same lock
        page = get_object_or_404(pages, id=page_id)
        try:
            scheduled_revision_for(page, request.user)
        except ValidationError as error:
            return self._without_schedule(request, page, " ".join(error.messages))
        except PermissionDenied:
            may = page.permissions_for_user(request.user)
            if request.method != "POST" or not (may.can_edit() and may.can_publish()):
                raise
            return self._without_schedule(request, page, _("It cannot be corrected any more."))  # locked meanwhile
        return super().dispatch(request, page_id, **kwargs)

    def _without_schedule(self, request: HttpRequest, page: Page, why: str) -> HttpResponse:
        """Lead to the ordinary form, and keep there what was sent: as a draft, or as any form whose page has moved on.

        The clock, or a colleague, was faster. As a draft, the words stand beside what is published; where somebody has
        saved meanwhile, the page of a conflict has them; where the page is locked, the form shows them.
        """
        if request.method != "POST" or not request.accepts("text/html"):
            messages.error(request, why)
            return redirect("wagtailadmin_pages:edit", page.pk)
        request.POST = request.POST.copy()
        request.POST.pop("action-publish", None)
        if page.live:
            request.POST["go_live_at"] = ""  # the moment of the schedule that is over
        response = EditView.as_view()(request, page.pk)
        if response.status_code == HTTPStatus.FOUND:
            why += " " + _("What you wrote is kept as a draft: look at it, then publish it.")
        messages.warning(request, why)
        return response

    def run_hook(self, hook_name: str, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """Run the hooks but ``check_for_conflict``: its choice leads to the locked form, and we look ourselves."""
        for hook in hooks.get_hooks(hook_name):
            if hook is not conflicts.check_for_conflict and isinstance(response := hook(*args, **kwargs), HttpResponse):
                return response
        return None

    def get_object(self) -> Page:
        page = super().get_object()
        lift_schedule_lock(page)
        return page

    def get_edit_url(self) -> str:
        return reverse("qa_correct_scheduled", args=[self.page.pk])

    @property
    def action_name_and_method(self) -> tuple[str, Any]:
        """There is one action."""
        return "publish", self.publish_action

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse an autosave."""
        if self.expects_json_response:
            return self.json_error_response("invalid_revision", _("What is scheduled is not saved by itself."))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the slot, or take the new one that was set; never publish at once, and replace nobody else's change."""
        page = form.instance
        page.go_live_at = page.go_live_at or self.scheduled_revision.approved_go_live_at
        if page.go_live_at <= timezone.now():
            form.add_error("go_live_at", _("That moment has passed. To publish at once, cancel the schedule first."))
        elif page.expire_at and page.expire_at <= page.go_live_at:
            form.add_error("expire_at", _("It would expire before it goes live: readers would never see it."))
        elif self.is_out_of_date:
            form.add_error(
                None, _("Somebody has changed it since you opened it. Look, then save again to replace that.")
            )
        return self.form_invalid(form) if form.errors else super().form_valid(form)

    def get_action_menu(self) -> PageActionMenu:
        """Offer the one action."""
        menu = super().get_action_menu()
        menu.menu_items, menu.default_item = [], KeepScheduleItem()
        return menu

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Switch autosave off, and say what is being done."""
        if self.request.method == "GET":
            messages.info(self.request, _("You correct what is scheduled; it stays scheduled as it is until you save."))
        return {**super().get_context_data(**kwargs), "autosave_enabled": False}

    def redirect_away(self) -> HttpResponse:
        return redirect(self.next_url) if self.next_url else redirect("wagtailadmin_pages:edit", self.page.pk)


def urls() -> list[URLPattern]:
    """Return the address of the form."""
    return [path("pages/<int:page_id>/correct/", CorrectView.as_view(), name="qa_correct_scheduled")]
