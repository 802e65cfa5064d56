"""Filter by how often a picture or document is used, which Wagtail's lists cannot apply to a search."""

from django_filters import RangeFilter
from wagtail.admin.filters import NumberRangeWidget, RelatedFilterMixin
from wagtail.documents.views.documents import DocumentsFilterSet
from wagtail.images.views.images import ImagesFilterSet


class _UsageFilter(RelatedFilterMixin, RangeFilter):
    """Wagtail's filter, as a filter on primary keys: a search can have no other on what is counted."""


def filter_by_usage_while_searching() -> None:
    """Let the lists of pictures and documents be searched and filtered by usage at once."""
    for filters in (ImagesFilterSet, DocumentsFilterSet):
        label = filters.base_filters["usage_count"].label
        filters.base_filters["usage_count"] = _UsageFilter(
            field_name="usage_count", label=label, widget=NumberRangeWidget(), use_subquery=True
        )
