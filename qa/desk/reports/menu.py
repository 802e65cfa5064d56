"""URL patterns of the desk's own reports, and their entries in Wagtail's menu of reports."""

from collections.abc import Callable

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem

from qa.desk.reports.broken_links import BrokenLinksReport
from qa.desk.reports.incomplete import IncompleteReport
from qa.desk.reports.past_review import PastReviewReport
from qa.desk.reports.report import DeskReport
from qa.desk.reports.scheduled import ScheduledReport
from qa.desk.reports.topic_coverage import TopicCoverageReport

#: In the order of the menu, above Wagtail's own.
REPORTS: tuple[type[DeskReport], ...] = (
    ScheduledReport,
    PastReviewReport,
    TopicCoverageReport,
    BrokenLinksReport,
    IncompleteReport,
)
_FIRST = 100  # Wagtail's begin at 700


class _ReportItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_has_any_page_permission(request.user)


def urls() -> list[URLPattern]:
    """Return the addresses of the reports: each has one for the page, and one for its table alone."""
    return [
        address
        for report in REPORTS
        for folder in [f"reports/{_slug(report)}/"]
        for address in (
            path(folder, report.as_view(), name=report.index_url_name),
            path(f"{folder}results/", report.as_view(results_only=True), name=report.index_results_url_name),
        )
    ]


def menu_items() -> list[Callable[[], MenuItem]]:
    """Return what makes the entries of the menu of reports."""

    def maker(report: type[DeskReport], order: int) -> Callable[[], MenuItem]:
        def make() -> MenuItem:
            address = reverse(report.index_url_name)
            return _ReportItem(
                report.page_title, address, name=_slug(report), icon_name=report.header_icon, order=order
            )

        return make

    return [maker(report, _FIRST + number) for number, report in enumerate(REPORTS)]


def _slug(report: type[DeskReport]) -> str:
    return report.index_url_name.removeprefix("report_").replace("_", "-")
