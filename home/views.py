"""Views that serve the accent colour as style sheets."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from home import desk_colours as desk
from home.accent import check_accent, stylesheet

_FOR_EVER = 365 * 24 * 3600  # seconds; the address names the colour, so what it gives never changes


@require_safe
@cache_control(public=True, immutable=True, max_age=_FOR_EVER)
def accent(request: HttpRequest, digits: str) -> HttpResponse:
    """Serve the accent colour of six hexadecimal ``digits`` as CSS; 404 for a colour that no editor could choose."""
    return _css(stylesheet(_color(digits)))


@require_safe
@cache_control(public=True, immutable=True, max_age=_FOR_EVER)
def desk_colours(request: HttpRequest, digits: str) -> HttpResponse:
    """Serve what the accent colour makes of Wagtail's own colours; open to all, for the page that asks to sign in."""
    return _css(desk.stylesheet(_color(digits)))


def _color(digits: str) -> str:
    """Return the colour, raise ``Http404`` for one that no editor could choose."""
    color = f"#{digits}"
    try:
        check_accent(color)
    except ValidationError as error:
        raise Http404 from error
    return color


def _css(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/css; charset=utf-8")
