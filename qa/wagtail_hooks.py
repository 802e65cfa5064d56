"""Registers what ``qa.desk`` defines; defines nothing itself."""

from wagtail import hooks
from wagtail.snippets.models import register_snippet

from qa.desk import (
    assets,
    bulk_actions,
    checks,
    conflicts,
    home,
    live_revisions,
    merging,
    question_listing,
    reference_warnings,
    safe_deletion,
    similar,
    vain_searches,
)
from qa.desk.viewsets import ColumnViewSetGroup

hooks.register("construct_homepage_panels", home.add_schedule)
hooks.register("insert_global_admin_css", assets.style)
hooks.register("insert_global_admin_js", assets.script)
hooks.register("insert_editor_js", assets.choosers)
hooks.register("insert_editor_js", assets.form_scripts)
hooks.register("register_log_actions", conflicts.register_log_action)
hooks.register("before_edit_page", live_revisions.ensure)
hooks.register("before_edit_page", conflicts.ask)
hooks.register("before_edit_page", reference_warnings.warn_on_opening)
hooks.register("after_create_page", reference_warnings.warn)
hooks.register("after_edit_page", reference_warnings.warn)
hooks.register("register_admin_urls", checks.urls)
hooks.register("register_admin_urls", similar.urls)
hooks.register("register_admin_urls", vain_searches.urls)
hooks.register("register_reports_menu_item", vain_searches.menu_item)
hooks.register("construct_reports_menu", vain_searches.without_search_terms)
hooks.register("register_admin_viewset", question_listing.viewsets)
hooks.register("construct_explorer_page_queryset", question_listing.shorten_sidebar)
hooks.register("before_delete_snippet", safe_deletion.refuse_if_in_use)
hooks.register("register_admin_urls", merging.urls)
hooks.register("register_snippet_listing_buttons", merging.button)
hooks.register("register_log_actions", merging.register_log_action)
for action in bulk_actions.ACTIONS:
    hooks.register("register_bulk_action", action)
register_snippet(ColumnViewSetGroup)
