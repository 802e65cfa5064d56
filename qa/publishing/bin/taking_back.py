"""Return of what is in the bin: with its number, its history, its comments and, if nobody has it now, its address."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.search.index import insert_or_update_object

from qa.models import BinnedItem, Expert, QuestionIndexPage, QuestionPage, Topic
from qa.models.question import new_letter_id
from qa.publishing import content_version, drafts

TAKEN_BACK = "qa.take_back"
Row = dict[str, Any]  # "model", "pk" and "fields", as Django's serializers write it


@transaction.atomic
def take_back(item: BinnedItem, user: Any = None) -> tuple[Model, list[str]]:
    """Make of an item what it was; return it, and what is not as it was, in sentences for the editor.

    A question comes back as a draft, whatever it was: readers see it again when somebody has looked at it and publishes
    it. Raises ``ValidationError`` if it cannot come back, and ``BinnedItem.DoesNotExist`` if somebody else was faster.
    """
    item = BinnedItem.objects.select_for_update().get(pk=item.pk)
    model = apps.get_model(item.model)
    if model._base_manager.filter(pk=item.object_id).exists():
        raise ValidationError(_("There is something else of that number now."))
    rows = _Rows(item.rows)
    notes = _as_a_draft(rows, item) if issubclass(model, Page) else _under_a_free_name(rows, model)
    notes += rows.save()
    instance = model._base_manager.get(pk=item.object_id)
    _link(item.links, instance)
    if isinstance(instance, QuestionPage):
        instance = QuestionPage.objects.get(pk=instance.pk)
        if instance.latest_revision:
            drafts.follow_draft(Revision, instance.latest_revision)
    else:
        content_version.raise_version()
    for one in (instance, *rows.others(instance)):
        ReferenceIndex.create_or_update_for_object(one)
    insert_or_update_object(instance)
    log(instance=instance, action=TAKEN_BACK, user=user)
    item.delete()
    return instance, notes


class _Rows:
    """The rows of an item, which are stored in the order in which they depend on each other."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows

    def of(self, model: type[Model]) -> list[Row]:
        """Return the rows of one model."""
        return [row for row in self.rows if row["model"] == model._meta.label_lower]

    def others(self, instance: Model) -> Iterator[Model]:
        """Yield the other questions that recommend this one."""
        if isinstance(instance, QuestionPage):
            yield from QuestionPage.objects.filter(related_questions__question=instance).distinct()

    def save(self) -> list[str]:
        """Store each row as soon as everything is there that it refers to; return what could not come back.

        What refers to something that is gone for good loses that reference where it may, and stays away where not. Two
        rows that refer to each other (a review and its step) get their references in a second step.
        """
        waiting, emptied = list(self.rows), []
        while waiting:
            still = [row for row in waiting if not (self._is_whole(row) and self._store(row))]
            if len(still) == len(waiting):
                row = next((row for row in still if self._may_be_emptied(row)), None)
                if row is None:
                    break
                emptied += self._empty(row)
                self._store(row)
                still.remove(row)
            waiting = still
        lost = [one for one in emptied if not self._fill(*one)]
        return [_("What referred to something that is no longer there was left out.")] if waiting or lost else []

    def _references(self, row: Row) -> Iterator[tuple[str, bool, bool]]:
        """Yield the name of each foreign key that is set, whether it may be empty, and whether it leads somewhere."""
        model = apps.get_model(row["model"])
        values = row["fields"] | {model._meta.pk.name: row["pk"]}
        for field in model._meta.local_fields:
            value = values.get(field.name)
            if field.remote_field and value is not None:
                target = field.remote_field.model._base_manager
                yield field.name, field.null, target.filter(**{field.target_field.attname: value}).exists()

    def _is_whole(self, row: Row) -> bool:
        return all(there for _name, _null, there in self._references(row))

    def _may_be_emptied(self, row: Row) -> bool:
        return all(there or may_be_empty for _name, may_be_empty, there in self._references(row))

    def _empty(self, row: Row) -> list[tuple[Row, str, Any]]:
        gone = [name for name, _null, there in self._references(row) if not there]
        emptied = [(row, name, row["fields"][name]) for name in gone]
        row["fields"] |= dict.fromkeys(gone)
        return emptied

    def _fill(self, row: Row, name: str, value: Any) -> bool:
        """Let a stored row refer to what has come after it; return whether that is there now."""
        model = apps.get_model(row["model"])
        field = model._meta.get_field(name)
        if not field.remote_field.model._base_manager.filter(**{field.target_field.attname: value}).exists():
            return False
        model._base_manager.filter(pk=row["pk"]).update(**{field.attname: value})
        return True

    def _store(self, row: Row) -> bool:
        """Store a row, unless another one has its place by now (a redirect from the same address)."""
        try:
            with transaction.atomic():
                for stored in serializers.deserialize("python", [row], ignorenonexistent=True):
                    stored.save()
        except IntegrityError:
            if row["model"] in _NEEDED:
                raise ValidationError(_("Something else has its place by now.")) from None
        return True


_NEEDED = {model._meta.label_lower for model in (Page, QuestionPage, Topic, Expert)}


def _as_a_draft(rows: _Rows, item: BinnedItem) -> list[str]:
    """Prepare the rows of a question: a draft at a free place below its column."""
    notes = []
    column = QuestionIndexPage.objects.filter(pk=item.parent).first() or QuestionIndexPage.objects.first()
    if column is None:
        raise ValidationError(_("There is no column that it could come back to."))
    column.hold()
    row = next(iter(rows.of(Page)))
    fields = row["fields"]
    slug = _free(fields["slug"], set(column.get_children().values_list("slug", flat=True)))
    if slug != fields["slug"]:
        notes.append(_("Its address is taken; it has “%s” now.") % slug)
    if item.was_live:
        notes.append(_("It was live, and is a draft now: publish it when it is ready."))
    last = column.get_last_child()
    fields |= {
        "path": last._inc_path() if last else column._get_path(column.path, column.depth + 1, 1),
        "depth": column.depth + 1,
        "numchild": 0,
        "url_path": f"{column.url_path}{slug}/",
        "live": False,
        "live_revision": None,
        "has_unpublished_changes": fields["has_unpublished_changes"] or fields["live"],
    }
    known = {model: set(model.objects.values_list("pk", flat=True)) for model in (Topic, Expert)}
    for version in rows.of(Revision):
        _repair(version["fields"]["content"], fields["slug"], slug, known)
        if version["fields"]["approved_go_live_at"]:
            version["fields"]["approved_go_live_at"] = None
            notes.append(_("It was scheduled, and no longer is."))
    fields["slug"] = slug
    own = next(iter(rows.of(QuestionPage)))["fields"]
    if QuestionPage.objects.filter(letter_id=own["letter_id"]).exists():  # its letter was imported again meanwhile
        own["letter_id"] = new_letter_id()
    Page.objects.filter(pk=column.pk).update(numchild=F("numchild") + 1)
    return notes


def _repair(content: dict[str, Any], old_slug: str, slug: str, known: dict[type[Model], set[int]]) -> None:
    """Let a version open again: under the new address, without topics and experts that were deleted meanwhile."""
    if content.get("slug") == old_slug:
        content["slug"] = slug
    content["question_topics"] = [
        filed for filed in content.get("question_topics") or () if filed.get("topic") in known[Topic]
    ]
    if content.get("answered_by") not in known[Expert]:
        content["answered_by"] = None


def _under_a_free_name(rows: _Rows, model: type[Model]) -> list[str]:
    fields = next(iter(rows.of(model)))["fields"]
    notes = []
    name = fields["name"]
    if model.objects.filter(name=name).exists():
        fields["name"] = _free(name, set(model.objects.values_list("name", flat=True)), " ({})")
        notes.append(_("There is another one of that name; it is “%s” now.") % fields["name"])
    slug = _free(fields["slug"], set(model.objects.values_list("slug", flat=True)))
    if slug != fields["slug"]:
        fields["slug"] = slug
        notes.append(_("Its address is taken; it has “%s” now.") % slug)
    return notes


def _free(text: str, taken: set[str], form: str = "-{}") -> str:
    """Return ``text``, or the first of ``text-2``, ``text-3`` … that nobody has."""
    found, number = text, 1
    while found in taken:
        number += 1
        found = text + form.format(number)
    return found


def _link(links: list[dict[str, Any]], instance: Model) -> None:
    """Point to the object again from where nothing else is pointed to since."""
    for link in links:
        model, field = apps.get_model(link["model"]), link["field"]
        model._base_manager.filter(pk__in=link["keys"], **{field: None}).update(**{field: instance.pk})
