"""Script and style tags that the desk adds to the pages of Wagtail's admin."""

import json

from django.forms.utils import flatatt
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from wagtail.admin.staticfiles import versioned_static

from qa.models import QuestionPage
from qa.rendering.languages import LANGUAGES

#: Wagtail's own dialogs; the editor of a field that has no chooser does not load them by itself.
CHOOSERS = (
    "wagtailadmin/js/page-chooser-modal.js",
    "wagtaildocs/js/document-chooser-modal.js",
    "wagtailimages/js/image-chooser-modal.js",
)

#: Ours, for every form of the desk.
FORM_SCRIPTS = (
    "js/autosave.js",
    "js/character_count.js",
    "js/checks.js",
    "js/comments.js",
    "js/place.js",
    "js/similar.js",
)


def scripts() -> SafeString:
    """Return the tags of the scripts of every page: what starts widgets, and the Markdown editor's options.

    The latter come with what only the server knows.
    """
    starting = {"src": static("js/desk-start.js")}
    attributes = {
        "src": static("js/desk.js"),
        "data-languages": " ".join(LANGUAGES),
        "data-labels": json.dumps(_labels()),
        "data-toolbar-label": gettext("Formatting"),
        "data-page-chooser": reverse("wagtailadmin_choose_page"),
        "data-page-type": QuestionPage._meta.label_lower,
        "data-page-label": gettext("Link to a question"),
        "data-document-chooser": reverse("wagtaildocs_chooser:choose"),
        "data-document-label": gettext("Link to a document"),
        "data-image-chooser": reverse("wagtailimages_chooser:choose"),
        "data-image-label": gettext("Insert an image"),
    }
    return format_html_join("", "<script{}></script>", ((flatatt(tag),) for tag in (starting, attributes)))


def _labels() -> dict[str, str]:
    """Return what the buttons of the Markdown editor are called, by EasyMDE's names, and what stands below it."""
    return {
        "bold": gettext("Bold"),
        "italic": gettext("Italic"),
        "code": gettext("Code"),
        "heading-2": gettext("Heading of a section"),
        "heading-3": gettext("Heading of a subsection"),
        "quote": gettext("Quote"),
        "unordered-list": gettext("List"),
        "ordered-list": gettext("Numbered list"),
        "link": gettext("Link"),
        "table": gettext("Table"),
        "horizontal-rule": gettext("Dividing line"),
        "undo": gettext("Undo"),
        "redo": gettext("Redo"),
        "words": gettext("Words: %s"),
    }


def choosers() -> SafeString:
    """Return the tags of the scripts behind the dialogs that the Markdown editor's toolbar opens."""
    return format_html_join("", '<script src="{}"></script>', ((versioned_static(path),) for path in CHOOSERS))


def schedule_script() -> SafeString:
    """Return the tag of the script that warns in the schedule dialog."""
    return format_html('<script src="{}"></script>', static("js/desk-schedule.js"))


def form_scripts() -> SafeString:
    """Return the tags of the scripts of the editing form: no typed word misses a save, and the like."""
    words = {"js/autosave.js": {"data-unfit": gettext("This form does not save itself. Save it often.")}}
    tags = (flatatt({"src": static(path), **words.get(path, {})}) for path in FORM_SCRIPTS)
    return format_html_join("", "<script{}></script>", ((tag,) for tag in tags))


def style() -> SafeString:
    """Return the tag of the style sheet for the Markdown editor's toolbar."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/desk.css"))
