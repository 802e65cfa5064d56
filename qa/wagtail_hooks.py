"""Registers what ``qa.desk`` defines; defines nothing itself."""

from wagtail.snippets.models import register_snippet

from qa.desk.viewsets import ColumnViewSetGroup

register_snippet(ColumnViewSetGroup)
