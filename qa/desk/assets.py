"""What the admin's pages load from us."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def script() -> SafeString:
    """Return the tag of the script that sets the Markdown editor's options."""
    return format_html('<script src="{}"></script>', static("js/desk.js"))


def style() -> SafeString:
    """Return the tag of the style sheet for the Markdown editor's toolbar."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/desk.css"))
