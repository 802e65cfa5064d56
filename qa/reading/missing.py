"""View for addresses at which nothing is: 410 or 404, what was probably meant, where to go on."""

import re
from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from qa.models import GoneAddress, QuestionIndexPage, QuestionPage
from qa.querysets import published_pages

NEWEST = 5
_LONGEST_SEARCH = 200  # characters of a search
_FOR_MACHINES = re.compile(r"^/(static|media|api|\.well-known)/")
_A_FILE = re.compile(r"^(?!/documents/).*/[^/]*\.(?!html?$)[^/]*$", re.DOTALL)  # readers click on documents
_WORD = re.compile(r"[^\W_]+")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 410 where a question was that readers could see, else 404; the site's ``handler404``.

    Programs that try addresses get one line of text, which asks nothing of the database. Wagtail's redirects come after
    this: it looks for one wherever the answer is 404.
    """
    path = request.path
    if _FOR_MACHINES.match(path) or _A_FILE.search(path):
        return HttpResponseNotFound("Not found.\n", content_type="text/plain; charset=utf-8")
    if path.startswith("/admin/"):
        return render(request, "404.html", status=404)
    question, gone = _gone(request)
    if gone and _redirects(request):
        return HttpResponseNotFound()
    column = published_pages(QuestionIndexPage.objects.all()).first()
    context = {"column": column, "newest": _newest(column)}
    if gone:
        return render(request, "410.html", context | {"topics": question.topics if question else []}, status=410)
    return render(request, "404.html", context | {"words": words_of(path)}, status=404)


def words_of(path: str) -> str:
    """Return the words of the last part of an address, for a search: ``/questions/why-not_2024.html`` has "why not"."""
    last = PurePosixPath(path).name.removesuffix(".html").removesuffix(".htm")
    words = [word for word in _WORD.findall(last[: 2 * _LONGEST_SEARCH]) if not word.isdigit()]
    return " ".join(words)[:_LONGEST_SEARCH].rstrip()


def _gone(request: HttpRequest) -> tuple[QuestionPage | None, bool]:
    """Return the question that was at the address (``None`` if it is deleted), and whether one was there at all."""
    site = Site.find_for_request(request)
    path = PurePosixPath(request.path)
    if site is None or not path.name or "\x00" in request.path:  # no row can hold NUL, and PostgreSQL refuses to look
        return None, False
    url_path = f"{site.root_page.url_path.rstrip('/')}{request.path.rstrip('/')}/"
    # The slug is there for its index: url_path has none.
    question = QuestionPage.objects.taken_down().filter(slug=path.name, url_path=url_path).first()
    if question is None:
        return None, GoneAddress.objects.filter(path=request.path.rstrip("/")).exists()
    return question, True


def _redirects(request: HttpRequest) -> bool:
    """Return whether a redirect leaves from the address: an editor's, to what now stands in the question's place."""
    paths = {Redirect.normalise_path(path) for path in (request.get_full_path(), request.path)}
    return Redirect.get_for_site(Site.find_for_request(request)).filter(old_path__in=paths).exists()


def _newest(column: QuestionIndexPage | None) -> list[QuestionPage]:
    if column is None:
        return []
    return list(QuestionPage.objects.child_of(column).published().newest_first().defer_streamfields()[:NEWEST])
