"""Registers what ``qa.desk`` defines; defines nothing itself."""

from wagtail import hooks
from wagtail.snippets.models import register_snippet

from qa.desk import assets
from qa.desk.viewsets import ColumnViewSetGroup

hooks.register("insert_global_admin_css", assets.style)
hooks.register("insert_global_admin_js", assets.script)
register_snippet(ColumnViewSetGroup)
