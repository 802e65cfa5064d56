"""View that saves what two people made of one version: the answer "Keep both" of the conflict page."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.edit import EditView
from wagtail.fields import StreamField
from wagtail.models import Page

from qa.desk.form.conflicts import conflict_page, merge_of
from qa.desk.form.contents import PageMerge
from qa.desk.form.versions import newest_version, sent_version


class _KeepingForm:
    """What the form of a page has beyond its own: it saves the merge, and not only what was sent.

    What was sent may have holes: whether the whole may be published is asked of the merge.
    """

    merge: PageMerge
    merged: Page

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.defer_required_fields()

    def save(self, commit: bool = True) -> Page:
        """Save the merge; comments are those of the form, as always."""
        page = super().save(commit=False)
        self.merge.apply_to(page, self.merged)
        if commit:
            page.save()
        return page


class KeepBothView(EditView):
    """Wagtail's editing form, sent by the conflict page, with the action that was asked for: save, publish, submit.

    Whoever has saved since the conflict page was shown is found by the same hook as anywhere (``check_for_conflict``).
    What may not be published as a whole, because one of the two was not ready, is saved as a draft.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead to the form: there is nothing to see here."""
        return redirect(self.get_edit_url())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Merge and save; show the conflict page again while something is asked that has no answer."""
        theirs = newest_version(self.page)
        if self.page.alias_of_id or self.locked_for_user or theirs is None:
            return super().post(request, *args, **kwargs)
        mine = sent_version(request, theirs.as_object())
        if mine is None:
            return super().post(request, *args, **kwargs)
        merge = merge_of(request, theirs, mine)
        if merge.merge.open_questions:
            return conflict_page(request, theirs, mine, None, _("Choose one of the two wherever both have changed it."))
        self.page = theirs.as_object()
        self.merged = self.page.with_content_json(merge.content)
        form = {"merge": merge, "merged": self.merged}
        self.form_class = type("KeepingForm", (_KeepingForm, self.form_class), form)
        return super().post(request, *args, **kwargs)

    @cached_property
    def mistakes(self) -> list[str]:
        """What keeps the merge from being published."""
        if not hasattr(self, "merged"):
            return []
        try:
            self.merged.full_clean()
            for field in self.merged._meta.fields:
                if isinstance(field, StreamField):
                    field.stream_block.clean(getattr(self.merged, field.name))
        except ValidationError as error:
            return error.messages or [_("A block of the answer is not complete.")]
        return []

    @cached_property
    def action_name_and_method(self) -> tuple[str, Any]:
        """The action that was asked for; a draft is saved where that cannot be done."""
        name, method = super().action_name_and_method
        return ("save", self.save_action) if name != "save" and self.mistakes else (name, method)

    def add_save_confirmation_message(self) -> None:
        """Say that both are kept, and what was not done."""
        messages.success(self.request, _("Both versions are kept in what is saved now."))
        if self.mistakes:
            text = _("It is saved as a draft: it cannot go on like this. %(mistakes)s")
            messages.warning(self.request, text % {"mistakes": " ".join(map(str, self.mistakes))})


def urls() -> list[URLPattern]:
    """Return the address of the view."""
    return [path("pages/<int:page_id>/keep-both/", KeepBothView.as_view(), name="qa_keep_both")]
