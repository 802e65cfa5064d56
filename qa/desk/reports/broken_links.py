"""Report: links of published answers that readers cannot follow."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django_filters
from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BaseColumn, Column

from qa.desk.questions.columns import WIDE
from qa.desk.reports.report import DeskReport, LinkedColumn, QuestionColumn, TopicFilterSet
from qa.desk.reports.site_paths import SitePaths
from qa.links.outside_links import outside_address
from qa.models import OutsideLink, RelatedQuestion
from qa.rendering.markdown import may_refer
from qa.rendering.reference_check import examine_each


@dataclass
class Link:
    """A link of a published answer: where it stands, where it leads, and what is wrong with it."""

    page_id: int
    title: str
    page_path: str
    address: str
    place: str
    problem: str = ""
    asked_at: datetime | None = None
    address_url: str = ""  # of another site, to try it oneself

    @property
    def is_outside(self) -> bool:
        """Return whether it leads to another site."""
        return bool(self.address_url)

    @property
    def where(self) -> str:
        """Whether it leads into the site or elsewhere, in words."""
        return gettext("another site") if self.is_outside else gettext("this site")


class _LinkFilterSet(TopicFilterSet):
    to = django_filters.ChoiceFilter(
        label=_("Leads to"),
        empty_label=_("Everything"),
        choices=[("inside", _("this site")), ("outside", _("another site"))],
    )

    def filter_queryset(self, queryset: list[Link]) -> list[Link]:
        """Return the rows that were chosen; they are no query."""
        to = self.form.cleaned_data["to"]
        return [link for link in queryset if not to or link.is_outside == (to == "outside")]


class BrokenLinksReport(DeskReport):
    """Links inside the site as they are now, links to other sites as ``manage.py check_links`` last found them."""

    page_title = _("Broken links")
    header_icon = "link"
    index_url_name = "report_broken_links"
    index_results_url_name = "report_broken_links_results"
    nothing = _("No broken link is known.")
    filterset_class = _LinkFilterSet
    columns: list[BaseColumn] = [
        QuestionColumn(),
        LinkedColumn("address", label=_("Link"), classname="desk-address"),
        Column("problem", label=_("What is wrong")),
        Column("where", label=_("Leads to"), classname=WIDE),
    ]
    list_export = ["title", "address", "problem", "where", "asked_at"]
    export_headings = {
        "title": _("Question"),
        "address": _("Link"),
        "problem": _("What is wrong"),
        "where": _("Leads to"),
        "asked_at": _("Last asked"),
    }

    @cached_property
    def explanation(self) -> str:
        """Say how far other sites were asked."""
        last = OutsideLink.objects.aggregate(last=Max("asked_at"))["last"]
        if last is None:
            return gettext(
                "Links inside the site, as they are now. Other sites have not been asked yet: an administrator runs "
                "check_links."
            )
        text = gettext(
            "Links inside the site, as they are now; those to other sites, as they answered (last asked: %(moment)s)."
        )
        return text % {"moment": date_format(timezone.localtime(last), "DATETIME_FORMAT")}

    def get_queryset(self) -> list[Link]:
        """Return the broken ones by question, latest first, in reading order; the number of queries is bounded."""
        links = list(self._links())
        findings = examine_each({link.address for link in links if may_refer(link.address)})
        broken = {link.url: link for link in OutsideLink.objects.broken()}
        paths = SitePaths()
        for link in links:
            if not may_refer(link.address):
                paths.add(link.page_path, link.address)
        paths.look_up()
        for link in links:
            outside = broken.get(outside_address(link.address, paths.hosts))
            if finding := findings.get(link.address):
                link.problem = finding.message
            elif outside:
                link.problem, link.asked_at, link.address_url = _problem(outside), outside.asked_at, outside.url
            else:
                link.problem = paths.problem(link.page_path, link.address)
        return [link for link in links if link.problem]

    def _links(self) -> Iterator[Link]:
        """Yield all links of the published questions, those of the form's choosers as references: three queries."""
        published = self.questions.published().order_by()
        chosen: dict[int, list[tuple[int, str]]] = {}
        for pk, earlier in published.exclude(follow_up_to=None).values_list("pk", "follow_up_to"):
            chosen.setdefault(pk, []).append((earlier, "follow_up_to"))
        related = RelatedQuestion.objects.filter(page__in=published.values("pk")).order_by("page", "sort_order")
        for pk, other in related.values_list("page", "question"):
            chosen.setdefault(pk, []).append((other, "related_questions"))
        found = published.values_list("pk", "title", "url_path", "inspection__links")
        for pk, title, path, links in found.order_by("-asked_on", "-pk").iterator(1000):
            for address, place in links or ():
                yield Link(pk, title, path, address, place)
            for other, place in chosen.get(pk, ()):
                yield Link(pk, title, path, f"page:{other}", place)

    def to_row_dict(self, item: Link) -> dict[str, Any]:
        return OrderedDict((name, getattr(item, name)) for name in self.list_export)


def _problem(link: OutsideLink) -> str:
    """Return what is wrong with a link to another site, with the HTTP status if there was one."""
    said = link.get_result_display()
    return f"{said} ({link.status})" if link.status else str(said)
