"""Registers what ``qa.desk`` defines; defines nothing itself."""

from wagtail import hooks
from wagtail.snippets.models import register_snippet

from qa.desk import assets, home, live_revisions, reference_warnings
from qa.desk.viewsets import ColumnViewSetGroup

hooks.register("construct_homepage_panels", home.add_schedule)
hooks.register("insert_global_admin_css", assets.style)
hooks.register("insert_global_admin_js", assets.script)
hooks.register("insert_editor_js", assets.choosers)
hooks.register("before_edit_page", live_revisions.ensure)
hooks.register("after_create_page", reference_warnings.warn)
hooks.register("after_edit_page", reference_warnings.warn)
register_snippet(ColumnViewSetGroup)
