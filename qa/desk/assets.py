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
    "js/desk-remarks.js",
    "js/desk-writing.js",
    "js/place.js",
    "js/character_count.js",
    "js/checks.js",
    "js/comments.js",
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
    tags = (starting, *_saving(), attributes)
    return format_html_join("", "<script{}></script>", ((flatatt(tag),) for tag in tags))


def _saving() -> list[dict[str, str]]:
    """Return the attributes of the scripts that send forms: each in its turn, since one uses what the other brings."""
    session = {
        "src": static("js/desk-session.js"),
        "data-standing": reverse("qa_form_standing"),
        "data-sign-in": reverse("wagtailadmin_login"),
        "data-signed-in": reverse("qa_signed_in_again"),
        "data-words": json.dumps(
            {
                "signedOut": gettext("You are signed out. Sign in, and go on here."),
                "signIn": gettext("Sign in again"),
                "offline": gettext("There is no connection to the site."),
            }
        ),
    }
    saving = {"src": static("js/desk-saving.js"), "data-words": json.dumps(_words_of_saving())}
    offering = {"src": static("js/desk-words.js"), "data-words": json.dumps(_words_of_offers())}
    return [session, {"src": static("js/desk-copies.js")}, saving, offering]


def _words_of_saving() -> dict[str, str]:
    """Return what is said when a save does not come through, by the names of ``desk-saving.js``."""
    return {
        "offline": gettext("Not saved yet: there is no connection to the site. It is sent as soon as there is one."),
        "offlineDraft": gettext(
            "There is no connection to the site. What you write is kept in this browser until there is one."
        ),
        "signedOut": gettext("Not saved yet: you are signed out. Sign in, and what you have written is sent."),
        "signedOutDraft": gettext(
            "You are signed out. What you write is kept in this browser: sign in, and go on here."
        ),
        "other": gettext("Not saved yet: you are now signed in as %s, who did not open this form."),
        "saveAs": gettext("Save as %s"),
        "saveAsNew": gettext("Save as a new draft"),
        "showText": gettext("Show the text, to copy it"),
        "tryAgain": gettext("Try again"),
        "server": gettext(
            "Not saved yet: something is wrong with the site. What you have written is kept in this browser."
        ),
        "unscheduled": gettext("What you save now is kept as a draft."),
        "tooLarge": gettext("Not saved: this is more than the site accepts at once."),
    }


def _words_of_offers() -> dict[str, str]:
    """Return what is said of words that never reached the site, by the names of ``desk-words.js``."""
    return {
        "offer": gettext("There are words from %s that were never saved."),
        "look": gettext("Look at them"),
        "title": gettext("Words that were never saved"),
        "take": gettext("Take them"),
        "throwAway": gettext("Throw them away"),
        "all": gettext("The text of this form"),
        "order": gettext("They differ in their order or in what was chosen, not in their text."),
        "remark": gettext("Comment"),
        "copy": gettext("Copy"),
        "copied": gettext("Copied"),
        "close": gettext("Close"),
    }


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
