"""How topics and experts are listed and edited in the admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from qa.models import Expert, Topic


class TopicViewSet(SnippetViewSet):
    """Topics: what questions are filed under."""

    model = Topic
    icon = "tag"
    list_display = ["name", "slug", "description"]
    search_fields = ["name", "description"]
    ordering = ["name"]
    copy_view_enabled = False  # two topics of one name would be a mistake


class ExpertViewSet(SnippetViewSet):
    """Experts: who answers."""

    model = Expert
    icon = "user"
    list_display = ["name", "role"]
    search_fields = ["name", "role"]
    ordering = ["name"]
    copy_view_enabled = False


class ColumnViewSetGroup(SnippetViewSetGroup):
    """The menu entry of everything in the column that is not a page."""

    items = (TopicViewSet, ExpertViewSet)
    menu_label = _("Column")
    menu_icon = "openquote"
    menu_order = 150
