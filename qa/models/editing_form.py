"""Base forms of the desk: a row that is gone becomes a new row, and every mistake is shown."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Model, QuerySet
from django.forms import BaseForm, BaseFormSet
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME
from django.utils.text import capfirst
from django.utils.translation import gettext
from wagtail.admin.forms import WagtailAdminModelForm, WagtailAdminPageForm
from wagtail.models import Comment, CommentReply

#: Their forms are drawn by a script, which shows no mistakes; and who has deleted one does not get it back.
_REMARKS = (Comment, CommentReply)
_SCHEDULE = {"go_live_at", "expire_at"}  # in a dialog
_BUTTONS = {ORDERING_FIELD_NAME, DELETION_FIELD_NAME}  # what the buttons beside a row fill in


class EditingForm:
    """What our forms have beyond Wagtail's.

    The rows below a page (topics, updates and the like) have numbers. An old version, one that was set aside, or a form
    that was open for long may name numbers that are gone meanwhile, and Django refuses those in a hidden field that
    nobody sees. What stands in such a row is what the editor wants to have: it is saved as a new row. And what she does
    not have in the form, because it was added behind her back, is not hers: her version is saved as she sees it.
    """

    formsets: Mapping[str, type[BaseFormSet]]

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        page = kwargs.get("instance")
        data = data.copy() if data is not None else None
        for name, relation, lookup, numbers in _relations(self.formsets):
            is_sent = f"{name}-TOTAL_FORMS" in (data or ())
            posted = {name: data[name] for name in data or () if numbers.fullmatch(name)}
            rows = _rows(page, relation, is_sent)
            if not rows and not any(posted.values()):
                continue
            stored = relation.model._base_manager.filter(**{lookup: page.pk if page else None})
            there = {str(pk) for pk in stored.values_list("pk", flat=True)}
            for field in [field for field, number in posted.items() if number and number not in there]:
                data[field] = ""
                if issubclass(relation.model, _REMARKS):
                    data[f"{field.removesuffix('id')}DELETE"] = "on"
            if is_sent and rows:
                named = there.intersection(posted.values())
                setattr(page, _accessor(relation), [row for row in rows if str(row.pk) in named])
            for row in rows:
                if str(row.pk) not in there:
                    row.pk, row._state.adding = None, True
        super().__init__(data, *args, **kwargs)

    def is_valid(self) -> bool:
        """Return whether the form may be saved; what it would refuse without a word is said above it."""
        valid = super().is_valid()
        if not valid:
            for sentence in dict.fromkeys(self._unseen()):
                if sentence not in self.non_field_errors():
                    self.add_error(None, sentence)
        return valid

    def add_error(self, field: str | None, error: Any) -> None:
        """Take a mistake; whether a schedule fits the clock is asked when it begins to count, and not of a draft.

        What is no time at all has not come into ``cleaned_data``: that is a mistake in a draft, too.
        """
        if self.is_deferred_validation and field in _SCHEDULE and field in self.cleaned_data:
            return
        super().add_error(field, error)

    def _unseen(self) -> list[str]:
        """Return the mistakes that stand in no field that the editor sees."""
        sentences = list(_unseen_below(self))
        if _SCHEDULE & self.errors.keys():  # with a sentence of ours, Wagtail lists the mistakes of fields as well
            sentences.append(gettext("The schedule cannot stay as it is: change it in the status panel."))
        return sentences


class PageForm(EditingForm, WagtailAdminPageForm):
    """The form of a page."""

    def clean_title(self) -> str:
        """Return the title in one line: its field grows, and takes what is pasted into it."""
        return " ".join(self.cleaned_data["title"].split())


class SettingsForm(EditingForm, WagtailAdminModelForm):
    """The form of anything else that has rows below it."""


def _relations(
    formsets: Mapping[str, type[BaseFormSet]], above: str = "", start: str = ""
) -> Iterator[tuple[str, type[BaseFormSet], str, re.Pattern[str]]]:
    """Yield each kind of rows: name, forms, lookup to the page, and what the fields with their numbers are called."""
    for name, relation in formsets.items():
        lookup = relation.fk.name + (f"__{above}" if above else "")
        rows = rf"{start}{re.escape(name)}-\d+-"
        yield name, relation, lookup, re.compile(rf"{rows}id")
        yield from _relations(getattr(relation.form, "formsets", {}), lookup, rows)


def _accessor(relation: type[BaseFormSet]) -> str:
    return relation.fk.remote_field.get_accessor_name()


def _rows(page: Model | None, relation: type[BaseFormSet], is_sent: bool) -> list[Model]:
    """Return the rows of a page whose numbers have to be looked at: what comes from its table is there."""
    if page is None or issubclass(relation.model, _REMARKS):
        return []
    rows = getattr(page, _accessor(relation)).all()
    return list(rows) if is_sent or not isinstance(rows, QuerySet) else []


def _unseen_below(form: BaseForm) -> Iterator[str]:
    """Yield the mistakes in rows that stand in no field that the editor sees."""
    for formset in form.formsets.values():
        is_seen = not issubclass(formset.model, _REMARKS)  # by the editor, in the fields of its rows
        if not is_seen:
            yield from formset.non_form_errors()
        for number, row in enumerate(formset.forms, 1):
            if not row.is_bound:  # its part of the form was not sent
                continue
            if formset.can_delete and formset._should_delete_form(row):
                continue
            for name, errors in row.errors.items():
                if is_seen and (name == NON_FIELD_ERRORS or not (name in _BUTTONS or row[name].is_hidden)):
                    continue
                yield from (f"{capfirst(formset.model._meta.verbose_name)} {number}: {error}" for error in errors)
            yield from _unseen_below(row)
