"""What readers searched for in vain, as a report: the questions that the column still has to answer."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, NumberColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from qa.desk.spreadsheets import AccountExportMixin
from qa.models import VainSearch


def _day(found: VainSearch) -> str:
    """Return the day in words: Wagtail's column for dates counts hours from midnight, "17 hours ago" for just now."""
    return date_format(found.last_on)


class VainSearchesReport(AccountExportMixin, ReportView):
    """Words, how often, and when last; the most frequent first."""

    model = VainSearch
    page_title = _("Vain searches")
    page_subtitle = _("What readers did not find")
    header_icon = "search"
    permission_policy = ModelPermissionPolicy(VainSearch)
    permission_required = "view"
    is_searchable = True
    search_fields = ["words"]
    default_ordering = "-times"
    index_url_name = "vain_searches"
    index_results_url_name = "vain_searches_results"
    columns = [
        Column("words", label=_("Words"), sort_key="words"),
        NumberColumn("times", label=_("Times"), sort_key="times"),
        Column("last_on", label=_("Last searched on"), sort_key="last_on", accessor=_day),
    ]
    list_export = ["words", "times", "last_on"]


class _ReportItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return VainSearchesReport.permission_policy.user_has_permission(request.user, "view")


def urls() -> list[URLPattern]:
    """Return the addresses of the report."""
    return [
        path("reports/vain-searches/", VainSearchesReport.as_view(), name="vain_searches"),
        path(
            "reports/vain-searches/results/",
            VainSearchesReport.as_view(results_only=True),
            name="vain_searches_results",
        ),
    ]


def menu_item() -> MenuItem:
    """Return the entry of the reports menu."""
    return _ReportItem(
        VainSearchesReport.page_title, reverse("vain_searches"), name="vain-searches", icon_name="search"
    )


def without_search_terms(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take away Wagtail's list of everything that was ever searched: we do not keep it, so it stays empty."""
    items[:] = [item for item in items if item.name != "search-terms"]
