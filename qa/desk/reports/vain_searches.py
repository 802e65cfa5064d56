"""Report: what readers searched for in vain, the questions that the column still has to answer."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BaseColumn, Column, NumberColumn
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from qa.desk.primary_keys import parse_pk
from qa.desk.questions.columns import WIDE
from qa.desk.reports.report import LinkedColumn
from qa.desk.spreadsheets import AccountExportMixin
from qa.models import VainSearch
from qa.search.vain_searches import found_by_now

_POLICY = ModelPermissionPolicy(VainSearch)


class _TickColumn(BaseColumn):
    """A box to tick for each search, and one for all of the page where JavaScript runs."""

    header_template_name = "qa/desk/tick_all.html"
    cell_template_name = "qa/desk/tick_cell.html"


def _day(found: VainSearch) -> str:
    """Return the day in words: Wagtail's column for dates counts hours from midnight, "17 hours ago" for just now."""
    return date_format(found.last_on)


class VainSearchesReport(AccountExportMixin, ReportView):
    """Words, how often, and when last; the most frequent first."""

    model = VainSearch
    page_title = _("Vain searches")
    page_subtitle = _("What readers did not find")
    header_icon = "search"
    permission_policy = _POLICY
    permission_required = "view"
    is_searchable = True
    search_fields = ["words"]
    default_ordering = "-times"
    index_url_name = "vain_searches"
    index_results_url_name = "vain_searches_results"
    results_template_name = "qa/desk/vain_searches_results.html"
    table_classname = "listing desk-report"
    list_export = ["words", "times", "last_on", "now"]
    export_headings = {
        "words": _("Words"),
        "times": _("Times"),
        "last_on": _("Last searched on"),
        "now": _("By now"),
    }

    @cached_property
    def may_remove(self) -> bool:
        """Whether the account may take searches off the list."""
        return _POLICY.user_has_permission(self.request.user, "delete")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The columns; boxes to tick for those who may remove."""
        ticks = [_TickColumn("tick")] if self.may_remove else []
        return [
            *ticks,
            Column("words", label=_("Words"), sort_key="words", classname="desk-address"),
            NumberColumn("times", label=_("Times"), sort_key="times"),
            Column("last_on", label=_("Last searched on"), sort_key="last_on", accessor=_day, classname=WIDE),
            LinkedColumn("now", label=_("By now")),
        ]

    @cached_property
    def address(self) -> str:
        """This page of the report, with its search and order: where one is led back to."""
        parameters = {name: self.request.GET[name] for name in ("q", "ordering", "p") if name in self.request.GET}
        return f"{self.index_url}?{urlencode(parameters)}" if parameters else self.index_url

    def decorate_paginated_queryset(self, object_list: Iterable[VainSearch]) -> list[VainSearch]:
        """Add what is no longer in vain, with the address at which readers find it: two queries."""
        searches = list(object_list)
        found = found_by_now(searches)
        for search in searches:
            search.now = gettext("Readers find something") if search.pk in found else ""
            search.now_url = f"{reverse('qa:search')}?{urlencode({'q': search.words})}"
        return searches

    def to_row_dict(self, item: VainSearch) -> dict[str, Any]:
        return OrderedDict((name, getattr(item, name)) for name in self.list_export)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Take the searches ``id`` off the list; 403 for whoever may not. What is searched again is counted from one."""
    if not _POLICY.user_has_permission(request.user, "delete"):
        raise PermissionDenied
    numbers = [number for text in request.POST.getlist("id") if (number := parse_pk(text)) is not None]
    searches = VainSearch.objects.filter(pk__in=numbers)
    words = list(searches.values_list("words", flat=True))
    searches.delete()
    if len(words) == 1:
        messages.success(request, gettext("“%(words)s” is off the list.") % {"words": words[0]})
    elif words:
        text = ngettext("%(n)s search is off the list.", "%(n)s searches are off the list.", len(words))
        messages.success(request, text % {"n": len(words)})
    elif numbers:
        messages.warning(request, gettext("Nothing was removed: they are off the list already."))
    else:
        messages.error(request, gettext("Nothing was removed: tick the searches first."))
    # Not `redirect`, which would look for a view of that name first.
    return HttpResponseRedirect(get_valid_next_url_from_request(request) or reverse("vain_searches"))


class _ReportItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return _POLICY.user_has_permission(request.user, "view")


def urls() -> list[URLPattern]:
    """Return the addresses of the report."""
    return [
        path("reports/vain-searches/", VainSearchesReport.as_view(), name="vain_searches"),
        path(
            "reports/vain-searches/results/",
            VainSearchesReport.as_view(results_only=True),
            name="vain_searches_results",
        ),
        path("reports/vain-searches/remove/", remove, name="vain_searches_remove"),
    ]


def menu_item() -> MenuItem:
    """Return the entry of the reports menu."""
    return _ReportItem(
        VainSearchesReport.page_title, reverse("vain_searches"), name="vain-searches", icon_name="search"
    )


def without_search_terms(request: HttpRequest, items: list[MenuItem]) -> None:
    """Take away Wagtail's list of everything that was ever searched: we do not keep it, so it stays empty."""
    items[:] = [item for item in items if item.name != "search-terms"]
