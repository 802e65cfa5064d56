"""Form that moves a scheduled question, filled in by hand or posted by dragging in the calendar."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.generic import WagtailAdminTemplateMixin

from qa.desk.calendar.clock_changes import moment_of
from qa.desk.calendar.rescheduling import move, scheduled_revision_for
from qa.desk.calendar.views import month_address
from qa.models import QuestionPage


class _NativeDate(forms.DateInput):
    input_type = "date"


class _NativeTime(forms.TimeInput):
    input_type = "time"


class MoveForm(forms.Form):
    """The day and time at which a question is to go live, in the editor's time zone."""

    day = forms.DateField(label=gettext_lazy("Day"), input_formats=["%Y-%m-%d"], widget=_NativeDate(format="%Y-%m-%d"))
    time = forms.TimeField(
        label=gettext_lazy("Time"), input_formats=["%H:%M", "%H:%M:%S"], widget=_NativeTime(format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        """Add the ``moment`` that the two mean; refuse a time that the clocks skip or show twice."""
        cleaned = super().clean()
        if cleaned.get("day") and cleaned.get("time"):
            try:
                cleaned["moment"] = moment_of(datetime.combine(cleaned["day"], cleaned["time"]))
            except ValidationError as error:
                self.add_error("time", error)
        return cleaned


class MoveView(WagtailAdminTemplateMixin, FormView):
    """Asks for a new day and time; moves the question there."""

    form_class = MoveForm
    template_name = "qa/desk/move.html"
    page_title = gettext_lazy("Move")
    header_icon = "calendar-alt"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse those who may not; lead back to the calendar if there is nothing to move."""
        try:
            self.scheduled = scheduled_revision_for(self.page, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("qa_calendar")
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> QuestionPage:
        """The question; 404 if there is none."""
        return get_object_or_404(QuestionPage, id=self.kwargs["page_id"])  # "pk" is page_ptr, which overflows

    def get_page_subtitle(self) -> str:
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("qa_calendar"), "label": _("Calendar")},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_initial(self) -> dict[str, Any]:
        local = timezone.localtime(self.scheduled.approved_go_live_at)
        return {"day": local.date(), "time": local.time()}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the question, its present time, and the time zone with what the clock says there."""
        return {
            **super().get_context_data(**kwargs),
            "page": self.page,
            "moment": self.scheduled.approved_go_live_at,
            "zone": timezone.get_current_timezone_name(),
            "now": timezone.now(),
            "back_url": month_address(timezone.localdate(self.scheduled.approved_go_live_at)),
        }

    def form_valid(self, form: MoveForm) -> HttpResponse:
        """Move it, with Wagtail's hooks around a publication, and go to where it stands now."""
        moment = form.cleaned_data["moment"]
        if response := self._hooks("before_publish_page", self.page):
            return response
        try:
            move(self.page, self.request.user, moment)
        except ValidationError as error:
            form.add_error(None, [*error.messages])
            return self.form_invalid(form)
        moved = QuestionPage.objects.get(pk=self.page.pk)
        if response := self._hooks("after_publish_page", moved):
            return response
        day: date = timezone.localdate(moment)
        names = {"title": moved.get_admin_display_title(), "moment": date_format(form.cleaned_data["day"])}
        names["time"] = date_format(timezone.localtime(moment), "TIME_FORMAT")
        names["zone"] = timezone.get_current_timezone_name()
        buttons = [messages.button(reverse("wagtailadmin_pages:edit", args=[moved.pk]), _("Edit"))]
        text = _("“%(title)s” now goes live on %(moment)s, %(time)s (%(zone)s).")
        messages.success(self.request, text % names, buttons=buttons)
        return redirect(month_address(day))

    def _hooks(self, name: str, page: QuestionPage) -> HttpResponse | None:
        for hook in hooks.get_hooks(name):
            response = hook(self.request, page)
            if isinstance(response, HttpResponse):
                return response
        return None
