"""A site with one of everything, an account of each kind, and what its views ask for."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Group

from qa.desk.roles import EDITORS, WRITERS, ensure_roles
from qa.models import QuestionPage
from tests.desk.test_admin_permissions import make_samples
from tests.every_page import make_every_page
from tests.factories import make_column
from tests.odd_requests.addresses import Address, addresses, make_what_is_asked_for
from tests.odd_requests.making import Asked, form_data
from tests.odd_requests.sending import Site, look_around
from tests.question_form import every_block, form, library

#: Patterns to which the form of a question is sent.
QUESTION_FORMS = (
    "admin/pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/",
    "admin/pages/add/<slug:content_type_app_name>/<slug:content_type_model_name>/<int:parent_page_id>/preview/",
    "admin/pages/<int:page_id>/edit/",
    "admin/pages/<int:page_id>/edit/preview/",
    "admin/pages/<int:page_id>/correct/",
)
#: What many views ask for.
ASKED_OFTEN = (
    "q", "query", "p", "page", "id", "next", "ordering", "topic", "year", "tag", "collection_id", "owner", "user",
    "mode", "parent_page_id", "target_pages[]", "page_type", "multiple", "export", "locale", "revision", "limit",
    "offset", "title", "slug", "name", "file", "password", "return_url", "action", "comment", "username", "email",
    "position",
)  # fmt: skip


def make_accounts() -> dict[str, AbstractUser]:
    """Make an account of each kind; return them by the names of ``making.ROLES``."""
    ensure_roles()
    people = get_user_model().objects
    found = {
        name: people.create_user(f"odd-{name}", f"{name}@example.org", "a password")
        for name in ("reader", "writer", "editor")
    }
    found["writer"].groups.add(Group.objects.get(name=WRITERS))
    found["editor"].groups.add(Group.objects.get(name=EDITORS))
    return found | {"administrator": people.create_superuser("odd-admin", "admin@example.org", "a password")}


def furnish(*, looking_around: bool = True) -> tuple[Site, list[Address], Asked]:
    """Make the site; return it, every address, and what was asked for when each was asked as it is meant.

    That takes two requests for each address; without ``looking_around``, it is what many views ask for.
    """
    column = make_column()
    site = Site(make_accounts())
    pages = make_every_page(column)
    found = addresses(make_samples(column, get_user_model()), make_what_is_asked_for(pages), pages)
    image, document = library()
    whole = form(*every_block(image, document, QuestionPage.objects.get(slug="other")), slug="odd")
    site.keep_files()
    asked = look_around(site, found) if looking_around else Asked(names={"": list(ASKED_OFTEN)})
    known = {address.pattern for address in found}
    for pattern in QUESTION_FORMS:
        assert pattern in known, f"the form of a question is not at {pattern} any more"
        asked.forms[pattern] = [
            *asked.forms.get(pattern, []),
            form_data(whole),
            form_data(whole | {"action-publish": "1"}),
        ]
    return site, found, asked
