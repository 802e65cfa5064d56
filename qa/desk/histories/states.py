"""States of an object that is no page: what a form shows, what is stored, what was sent, and what of it differs."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignKey, Model
from django.forms import BaseForm, BaseFormSet, CheckboxInput
from django.http import QueryDict
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from modelcluster.models import get_serializable_data_for_fields, model_from_serializable_data
from wagtail.fields import RichTextField
from wagtail.utils.text import text_from_html

from qa.desk.form.contents import plain_field
from qa.desk.form.three_way import ThreeWay

State = dict[str, Any]
_CHARACTERS = 300  # of a value, where it is named


def state_of(instance: Model) -> State:
    """Return what an object says, rows below it included, as a version of it would be stored."""
    whole = getattr(instance, "serializable_data", None)
    values = whole() if whole else get_serializable_data_for_fields(instance)
    values.pop("latest_revision", None)
    return json.loads(json.dumps(values, cls=DjangoJSONEncoder))


@dataclass(frozen=True)
class FormState:
    """The part of a form that stands for one name of a state: a field, or the rows of a relation."""

    name: str
    label: str
    field: Any  # of the model; None for rows
    formset: BaseFormSet | None = None

    def same(self, one: Any, other: Any) -> bool:
        """Return whether two values differ in nothing that somebody has changed."""
        if self.formset is None:
            return plain_field(self.field, one) == plain_field(self.field, other)
        return self._rows(one) == self._rows(other)

    def _rows(self, rows: list[State] | None) -> list[tuple[Any, ...]]:
        parent = self.formset.fk.name
        rows = sorted(rows or (), key=lambda row: row.get("sort_order") or 0)
        return [tuple(row[key] for key in sorted(row) if key not in ("pk", "id", "sort_order", parent)) for row in rows]

    def text(self, value: Any) -> str:
        """Return a value in the words of the form."""
        if self.formset is not None:
            rows = [model_from_serializable_data(self.formset.model, row, check_fks=False) for row in value or ()]
            words = ", ".join(map(str, rows))
        elif isinstance(self.field, ForeignKey):
            words = str(self.field.related_model._base_manager.filter(pk=value).first() or "") if value else ""
        elif isinstance(self.field, RichTextField):
            words = text_from_html(value or "")
        elif isinstance(value, bool):
            words = gettext("yes") if value else gettext("no")
        else:
            words = "" if value is None else str(value)
        return Truncator(words).chars(_CHARACTERS) or "–"


def parts_of(form: BaseForm) -> Iterator[FormState]:
    """Yield the parts of a form that are stored."""
    meta = form.instance._meta
    stored = {field.name: field for field in meta.fields}
    for name, field in form.fields.items():
        if name in stored:
            yield FormState(name, capfirst(str(field.label or stored[name].verbose_name)), stored[name])
    for name, formset in getattr(form, "formsets", {}).items():
        label = capfirst(str(formset.model._meta.verbose_name_plural))
        yield FormState(name, label, None, formset)


def differences(form: BaseForm, opened: State, stored: State, sent: State) -> ThreeWay:
    """Return what was changed since a form was opened, and by whom: by its names."""
    merge = ThreeWay()
    for part in parts_of(form):
        values = (state.get(part.name) for state in (opened, stored, sent))
        merge.value(part.name, *values, part.same)
    return merge


def put_into(data: QueryDict, name: str, source: BaseForm) -> None:
    """Replace what was sent for one name by what another form, which shows the stored object, would send."""
    if name in getattr(source, "formsets", {}):
        formset = source.formsets[name]
        for key in [key for key in data if key.startswith(f"{formset.prefix}-")]:
            del data[key]
        _put_fields(data, formset.management_form)
        for row in formset.forms:
            _put_fields(data, row)
    else:
        _put_field(data, source, name)


def _put_fields(data: QueryDict, form: BaseForm) -> None:
    for name in form.fields:
        _put_field(data, form, name)


def _put_field(data: QueryDict, form: BaseForm, name: str) -> None:
    bound = form[name]
    value = bound.value()
    if isinstance(bound.field.widget, CheckboxInput):
        data.pop(bound.html_name, None)
        if value:
            data[bound.html_name] = "on"
        return
    shown = bound.field.widget.format_value(value)
    values = shown if isinstance(shown, list) else [shown]
    data.setlist(bound.html_name, ["" if one is None else str(one) for one in values])
