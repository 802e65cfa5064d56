"""View decorator for forms of the desk that a script sends: it learns where to go, and goes there when it knows.

A browser that sends a form leaves it, whatever comes back: a page that says that there is no network, a question for a
password. ``static/js/desk-saving.js`` sends it by ``fetch`` instead and says so in a header.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from site_config.atomic_writes import forget_messages

HEADER = "X-Sent-By-Script"
#: Pages with a question about what was sent: the form with its mistakes, and the one about somebody else's version.
_QUESTIONS = {200, 409}


def answer_scripts(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer a form that was sent by a script with ``{"location": …}``, where a browser would be sent on.

    Where the answer is a page that has a question, nothing is changed, and it is ``{"ask": true}``: the script then
    has the browser send the form as browsers do, and the page is asked in its place. Everything else stays as it is:
    errors, and a sign-in, which is a redirect of somebody who is nobody.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if request.method != "POST" or HEADER not in request.headers or isinstance(response, JsonResponse):
            return response
        if "Location" in response and request.user.is_authenticated:
            return JsonResponse({"location": response["Location"]})
        if response.status_code in _QUESTIONS and isinstance(response, HttpResponse):
            if transaction.get_connection().in_atomic_block:
                transaction.set_rollback(True)
            forget_messages(request)  # they are said with the page
            return JsonResponse({"ask": True})
        return response

    return answer
