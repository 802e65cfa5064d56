"""Wagtail hooks: registers what ``qa.desk`` defines and defines nothing itself."""

from wagtail import hooks
from wagtail.snippets.models import register_snippet

from qa.desk import assets, handbook
from qa.desk.bin import before_deleting
from qa.desk.bin import views as bin_views
from qa.desk.calendar import rescheduling
from qa.desk.calendar import urls as calendar_urls
from qa.desk.calendar import views as calendar_views
from qa.desk.form import (
    checks,
    conflicts,
    correcting,
    keeping_both,
    live_revisions,
    reference_warnings,
    reviewing,
    schedule_checks,
    similar,
    standing,
    versions,
)
from qa.desk.front_page import panels
from qa.desk.histories import first_versions, kept_values
from qa.desk.histories import urls as history_urls
from qa.desk.questions import bulk_actions, listing
from qa.desk.reports import menu, vain_searches
from qa.desk.sign_in import account as sign_in_account
from qa.desk.sign_in import notices as sign_in_notices
from qa.desk.snippets import merging, safe_deletion
from qa.desk.snippets.viewsets import ColumnViewSetGroup

hooks.register("construct_homepage_panels", panels.add_schedule)
hooks.register("construct_homepage_panels", panels.add_queue)
hooks.register("construct_homepage_panels", panels.add_waiting)
hooks.register("register_admin_urls", panels.urls)
hooks.register("construct_homepage_summary_items", panels.add_counts)
hooks.register("insert_global_admin_css", assets.style)
hooks.register("insert_global_admin_js", assets.scripts)
hooks.register("insert_editor_js", assets.choosers)
hooks.register("insert_editor_js", assets.form_scripts)
hooks.register("register_log_actions", conflicts.register_log_action)
hooks.register("before_edit_page", live_revisions.ensure)
hooks.register("before_edit_page", versions.note_opened)
hooks.register("before_edit_page", conflicts.check_for_conflict)
hooks.register("before_edit_page", reference_warnings.warn_on_opening)
hooks.register("before_edit_page", reviewing.show_remark)
hooks.register("after_create_page", reference_warnings.warn)
hooks.register("after_edit_page", reference_warnings.warn)
hooks.register("after_edit_page", reviewing.tell_outcome)
hooks.register("construct_page_action_menu", reviewing.name_actions)
hooks.register("register_admin_urls", checks.urls)
hooks.register("register_admin_urls", similar.urls)
hooks.register("register_admin_urls", standing.urls)
hooks.register("register_admin_urls", vain_searches.urls)
hooks.register("register_admin_urls", calendar_urls.urls)
hooks.register("register_admin_urls", correcting.urls)
hooks.register("register_admin_urls", keeping_both.urls)
hooks.register("register_admin_urls", schedule_checks.urls)
hooks.register("register_page_action_menu_item", correcting.CorrectItem)
hooks.register("insert_editor_js", assets.schedule_script)
hooks.register("register_account_settings_panel", sign_in_account.panel)
hooks.register("register_log_actions", sign_in_notices.register_log_actions)
hooks.register("register_admin_menu_item", calendar_views.menu_item)
hooks.register("register_admin_urls", handbook.urls)
hooks.register("register_help_menu_item", handbook.menu_item)
hooks.register("construct_help_menu", handbook.without_wagtails_guide)
hooks.register("register_log_actions", rescheduling.register_log_action)
hooks.register("register_reports_menu_item", vain_searches.menu_item)
hooks.register("register_admin_urls", menu.urls)
for make_item in menu.menu_items():
    hooks.register("register_reports_menu_item", make_item)
hooks.register("construct_reports_menu", vain_searches.without_search_terms)
hooks.register("register_admin_viewset", listing.viewsets)
hooks.register("construct_explorer_page_queryset", listing.shorten_sidebar)
hooks.register("before_delete_snippet", safe_deletion.refuse_if_in_use)
hooks.register("before_delete_snippet", before_deleting.say_where_others_go)
hooks.register("after_delete_snippet", before_deleting.lead_others_to_the_bin)
hooks.register("before_delete_page", before_deleting.say_where_a_page_goes)
hooks.register("after_delete_page", before_deleting.lead_to_the_bin)
hooks.register("register_admin_urls", bin_views.urls)
hooks.register("register_admin_menu_item", bin_views.menu_item)
hooks.register("register_log_actions", bin_views.register_log_action)
hooks.register("register_admin_urls", merging.urls)
hooks.register("register_admin_urls", history_urls.urls)
hooks.register("register_log_actions", first_versions.register_log_action)
hooks.register("register_log_actions", kept_values.register_log_action)
hooks.register("register_snippet_listing_buttons", merging.button)
hooks.register("register_log_actions", merging.register_log_action)
for action in bulk_actions.ACTIONS:
    hooks.register("register_bulk_action", action)
register_snippet(ColumnViewSetGroup)
