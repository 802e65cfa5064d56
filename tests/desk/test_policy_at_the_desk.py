"""One tour through the desk with a browser, which refuses what the policy of the desk does not allow.

``open_window`` fails at anything that is refused, here and in every other test with a browser: what editors press and
type is in those.
"""

import re
from http.cookies import SimpleCookie

import pytest
from wagtail.admin.widgets import BaseChooser

from qa.desk import chooser_start
from tests.desk.test_admin_permissions import ROUTES, address_of, samples  # noqa: F401 - a fixture
from tests.house.test_overrides import original

pytestmark = pytest.mark.same_on_every_database

#: A script that stands in the page and is no data; a handler; an address that is a script.
INLINE = re.compile(rb"""<script(?![^>]*(\ssrc=|application/json))|<[a-z][^>]*\son[a-z]+=|=\s*["']javascript:""")
WITH_SCRIPTS = {
    "wagtailadmin/panels/inline_panel.html",
    "wagtailadmin/panels/multiple_chooser_panel.html",
    "wagtailadmin/widgets/date_input.html",
    "wagtailadmin/widgets/datetime_input.html",
    "wagtailadmin/widgets/time_input.html",
    "wagtailsearchpromotions/add.html",
    "wagtailsearchpromotions/edit.html",
}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_is_refused_on_any_page_of_the_desk(open_window, client, administrator, samples):  # noqa: F811
    """Every address that a GET reaches; what comes into a page later (dialogs) is looked through for scripts."""
    client.force_login(administrator)
    client.raise_request_exception = False
    cookies = client.cookies.output(header="", sep=";")
    page, pages, inline = open_window(user=administrator), 0, []
    for address in (address_of(route, samples) for route in ROUTES):
        client.cookies = SimpleCookie(cookies)  # looking at the address of signing out signs out
        answer = client.get(address)
        if answer.streaming:
            continue
        assert "Content-Security-Policy" in answer, address
        if INLINE.search(answer.content.replace(b'\\"', b'"')):
            inline.append(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            page.goto(address)
            pages += 1
    assert not inline
    assert pages > 150


@pytest.mark.parametrize("name", sorted(WITH_SCRIPTS))
def test_wagtails_own_template_still_has_an_inline_script(name):
    assert INLINE.search(original(name).read_bytes()), f"ours in templates/{name} is no longer needed: drop it"


def test_wagtails_own_chooser_still_has_an_inline_script():
    assert BaseChooser.render is chooser_start._render
    assert hasattr(BaseChooser, "render_js_init"), "qa/desk/chooser_start.py is no longer needed: drop it"
