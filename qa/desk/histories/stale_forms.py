"""Check of forms that are no page's: nobody saves over what has been stored since the form was opened.

The form carries, signed, what it was opened with. It is small (a topic, an expert, the settings), and it makes no
difference how the other change came: by a colleague, an import, a merge or the command line.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.log_actions import registry
from wagtail.models import BaseLogEntry

from qa.desk.form.three_way import BOTH, THEIRS
from qa.desk.histories.first_versions import keep_what_is_stored
from qa.desk.histories.states import State, differences, parts_of, put_into, state_of
from qa.moments import named_moment

#: The hidden field with what the form was opened with.
AS_OPENED = "as_opened"


class StaleFormMixin:
    """An edit view of Wagtail's generic kind whose form knows what it was opened with.

    A stale form saves nothing. It comes back with the words that were sent; what only the other has changed is put into
    it, what both have changed is named with the other's words. Saving that form again saves what stands in it, unless
    somebody has saved once more.
    """

    def stored(self) -> Model:
        """Return the object as it is stored, with its row locked until the request is done if it may change it."""
        rows = self.model._base_manager.filter(pk=self.object.pk)
        if self.request.method != "POST":
            return rows.get()
        with transaction.atomic():  # which the desk's requests are in already
            return rows.select_for_update(of=("self",)).get()

    def stored_state(self) -> State:
        """Return what is stored of the object now."""
        return state_of(self.stored())

    def sent_state(self, form: forms.BaseForm) -> State:
        """Return what a valid form would store."""
        return state_of(form.save(commit=False))

    def get_form(self, form_class: type[forms.BaseForm] | None = None) -> forms.BaseForm:
        """Let the form carry what is stored as it is opened."""
        form = super().get_form(form_class)
        form.fields[AS_OPENED] = forms.CharField(required=False, widget=forms.HiddenInput)
        form.initial[AS_OPENED] = "" if form.is_bound else self._signed(self.stored_state())
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save the form unless it is stale; what is stored before it stays in the history."""
        if not hasattr(self, "object"):
            self.object = self.get_object()
        if answer := self._answer_if_stale(request):
            return answer
        keep_what_is_stored(self.stored())
        return super().post(request, *args, **kwargs)

    def _signed(self, state: State) -> str:
        return signing.dumps(state, salt=self._salt, compress=True)

    @property
    def _salt(self) -> str:
        return f"qa.as_opened.{self.model._meta.label}.{self.object.pk}"

    def _opened_state(self, request: HttpRequest) -> State | None:
        try:
            return signing.loads(request.POST.get(AS_OPENED, ""), salt=self._salt)
        except signing.BadSignature:  # not sent by a form of ours: nothing is known of it
            return None

    def _answer_if_stale(self, request: HttpRequest) -> HttpResponse | None:
        opened, stored = self._opened_state(request), self.stored_state()
        if opened is None or opened == stored:
            return None
        if self.expects_json_response:
            message = _("Somebody else has saved meanwhile. Save, and you see what differs.")
            body = {"success": False, "error_code": "invalid_revision", "error_message": message}
            return JsonResponse(body, status=400)
        sent_form = self.get_form()
        if not sent_form.is_valid():
            return None  # her own mistakes first: the form that names them is as old as before
        merge = differences(sent_form, opened, stored, self.sent_state(sent_form))
        if not merge.changes:
            return None
        self.object = self.stored()  # validation has written into the other one
        data = request.POST.copy()
        data[AS_OPENED] = self._signed(stored)
        fresh = self.get_form_class()(instance=self.object, **self._options_of_a_form())
        for change in merge.changes:
            if change.by == THEIRS:
                put_into(data, change.key, fresh)
        request.POST = data
        parts = {part.name: part for part in parts_of(fresh)}
        taken = [(parts[one.key].label, parts[one.key].text(one.theirs)) for one in merge.changes if one.by == THEIRS]
        asked = [(parts[one.key].label, parts[one.key].text(one.theirs)) for one in merge.changes if one.by == BOTH]
        return self.stale_answer(taken, asked)

    def _options_of_a_form(self) -> dict[str, Any]:
        return {key: value for key, value in self.get_form_kwargs().items() if key not in ("data", "files", "instance")}

    def stale_answer(self, taken: list[tuple[str, str]], asked: list[tuple[str, str]]) -> HttpResponse:
        """Return the form with what was sent and what the other has changed, each a label and a text (409)."""
        who, moment = self._who_and_when()
        sentences = [
            _("%(who)s has saved this, %(moment)s, after you opened the form.") % {"who": who, "moment": moment}
            if moment
            else _("This has been changed since you opened the form."),
            _("Nothing is saved yet. Look, then save again: what stands in the form counts."),
        ]
        parts = [format_html("{}", " ".join(sentences))]
        if taken:
            parts.append(_listed(_("Changed meanwhile, and in the form now:"), taken))
        if asked:
            parts.append(_listed(_("Changed by both of you. Yours is in the form, this is the other:"), asked))
        messages.warning(self.request, format_html_join("", "{}", ((part,) for part in parts)))
        self.form = self.get_form()
        return self.render_to_response(self.get_context_data(form=self.form), status=409)

    def log_entries(self) -> Any:
        """Return the log of the object, the newest entry first."""
        return registry.get_logs_for_instance(self.object)

    def _who_and_when(self) -> tuple[str, str]:
        entry: BaseLogEntry | None = self.log_entries().order_by("-timestamp", "-pk").first()
        moment: datetime | None = entry.timestamp if entry else None
        return (entry.user_display_name, named_moment(moment)) if entry else ("", "")


def _listed(heading: str, lines: list[tuple[str, str]]) -> str:
    items = format_html_join("", "<li><b>{}</b>: {}</li>", lines)
    return format_html("<p>{}</p><ul>{}</ul>", heading, items)
