"""Viewsets of topics and experts: their lists and forms in the admin."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet, SnippetViewSetGroup

from qa.desk.histories.stale_forms import StaleFormMixin
from qa.desk.questions.columns import WIDE
from qa.desk.snippets.usage import Usage, usage_of_experts, usage_of_topics
from qa.models import Expert, Topic


class UsageColumn(BaseColumn):
    """How many questions use something; in the list of topics with a link to them."""

    cell_template_name = "qa/desk/usage.html"

    def get_cell_context_data(self, instance: Model, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add the number, and where the questions are listed."""
        number = len(getattr(instance.usage, self.name))
        address = f"{reverse('questions:index')}?topic={instance.pk}" if isinstance(instance, Topic) else ""
        if address and self.name == "live":
            address += "&status=live"
        return super().get_cell_context_data(instance, parent_context) | {"number": number, "address": address}


class UsageIndexView(IndexView):
    """A list that says of each row how many questions use it, in two queries."""

    usage_of: Callable[[Iterable[Model]], dict[int, Usage]]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the usage to each object of the page."""
        context = super().get_context_data(*args, **kwargs)
        usage = type(self).usage_of(context["object_list"])
        for instance in context["object_list"]:
            instance.usage = usage.get(instance.pk, Usage())
        return context


class TopicIndexView(UsageIndexView):
    """The list of topics."""

    usage_of = staticmethod(usage_of_topics)


class ExpertIndexView(UsageIndexView):
    """The list of experts."""

    usage_of = staticmethod(usage_of_experts)


def _usage_columns() -> list[UsageColumn]:
    return [UsageColumn("live", label=_("Live questions")), UsageColumn("drafts", label=_("Drafts"))]


class _SavedByHand:
    """What keeps Wagtail from saving a form by itself: readers see what is saved, there are no drafts of these."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.autosave_enabled = False


class AddView(_SavedByHand, CreateView):
    """The form of a new topic or expert."""


class ChangeView(_SavedByHand, StaleFormMixin, EditView):
    """The form of a topic or expert, which saves over nothing unseen."""


class TopicViewSet(SnippetViewSet):
    """Topics: what questions are filed under."""

    model = Topic
    icon = "tag"
    index_view_class = TopicIndexView
    add_view_class = AddView
    edit_view_class = ChangeView
    list_display = [
        "name",
        Column("slug", label=_("Slug"), sort_key="slug", classname=WIDE),
        *_usage_columns(),
        Column("description", label=_("Description"), classname=WIDE),
    ]
    search_fields = ["name", "description"]
    search_backend_name = None  # parts of words, by the database: the index on SQLite fails when fields are named
    ordering = ["name"]
    copy_view_enabled = False  # two topics of one name would be a mistake


class ExpertViewSet(SnippetViewSet):
    """Experts: who answers."""

    model = Expert
    icon = "user"
    index_view_class = ExpertIndexView
    add_view_class = AddView
    edit_view_class = ChangeView
    list_display = ["name", "role", *_usage_columns()]
    search_fields = ["name", "role"]
    search_backend_name = None
    ordering = ["name"]
    copy_view_enabled = False


class ColumnViewSetGroup(SnippetViewSetGroup):
    """The menu entry of everything in the column that is not a page."""

    items = (TopicViewSet, ExpertViewSet)
    menu_label = _("Column")
    menu_icon = "openquote"
    menu_order = 150
