"""Pagination of a list of questions."""

from django.core.paginator import EmptyPage, Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

PER_PAGE = 20


class Listing(Page):
    """One page of a list, which also says where it is."""

    @property
    def nearby(self) -> list[int | str]:
        """The numbers of the first, the last and the nearest pages; ``Paginator.ELLIPSIS`` where some are left out."""
        return list(self.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1))


class Questions(Paginator):
    """The pages of a list."""

    def _get_page(self, *args: object, **kwargs: object) -> Listing:
        return Listing(*args, **kwargs)


def page_of(request: HttpRequest, questions: QuerySet) -> Listing:
    """Return the page of a list that ``?page=`` asks for; raises ``Http404`` for anything that is not such a page."""
    wanted = request.GET.get("page")
    paginator = Questions(questions, PER_PAGE)
    if wanted is None:
        return paginator.page(1)
    # int() would also take "+2", " 2", "2_0" and other scripts' digits: each would be a second address of one page.
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10 and wanted == str(int(wanted))):
        raise Http404
    if int(wanted) < 2:
        raise Http404
    try:
        return paginator.page(int(wanted))
    except EmptyPage as error:
        raise Http404 from error
