"""Views of the passwords that readers share: of private pages, and of collections of documents."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from wagtail.documents.views.serve import authenticate_with_password as stock_of_collection
from wagtail.models import Page, PageViewRestriction
from wagtail.views import authenticate_with_password as stock_of_page

from qa.desk.sign_in.throttling import count_mistake, forget_mistakes, is_closed


def of_page(request: HttpRequest, page_view_restriction_id: int, page_id: int) -> HttpResponse:
    """Take the password of a page; the page is the reader's who has it. The two must belong together."""
    restriction = get_object_or_404(PageViewRestriction.objects.select_related("page"), pk=page_view_restriction_id)
    page = get_object_or_404(Page, pk=page_id)
    if page.is_root() or not (page == restriction.page or page.is_descendant_of(restriction.page)):
        raise Http404
    arguments = (page_view_restriction_id, page_id)
    return _limited(request, f"page:{page_view_restriction_id}", stock_of_page, arguments)


def of_collection(request: HttpRequest, restriction_id: int) -> HttpResponse:
    """Take the password of a collection."""
    return _limited(request, f"collection:{restriction_id}", stock_of_collection, (restriction_id,))


def _limited(request: HttpRequest, door: str, view: Any, arguments: tuple[int, ...]) -> HttpResponse:
    """Let a reader try a password as often as the door allows; a right one leads on with a redirect."""
    if request.method != "POST":
        return view(request, *arguments)
    if is_closed(request, door):
        return HttpResponse(status=429)  # the middleware of django-axes says it in words
    response = view(request, *arguments)
    note = forget_mistakes if response.status_code == 302 else count_mistake
    note(request, door)
    return response
