"""Every colour can be read: those of the style sheet, the asker's circle and the accent that an editor chooses."""

import re
from pathlib import Path

import pytest
from coloraide import Color
from django.conf import settings
from django.urls import reverse
from wagtail.models import Site

from home import accent, desk_colours
from home.models import SiteSettings
from qa.rendering.initials import COLOURS, colour_number

pytestmark = pytest.mark.same_on_every_database

CSS = Path(settings.BASE_DIR, "static/css/site.css").read_text()


def tokens(selector):
    """Return the custom properties of the rule with this selector."""
    rule = re.search(re.escape(selector) + r" \{([^}]*)\}", CSS).group(1)
    return dict(re.findall(r"--([\w-]+): ([^;]+);", rule))


LIGHT = tokens(":root")
DARK = tokens(':root[data-theme="dark"]')


def test_the_dark_scheme_is_the_same_for_the_system_and_for_the_readers_own_choice():
    assert DARK
    assert tokens(':root:not([data-theme="light"])') == DARK


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "ink-2", "accent", "tip", "warning"])
@pytest.mark.parametrize("ground", ["paper", "paper-2", "accent-soft"])
def test_text_stands_out_from_every_ground(scheme, ink, ground):
    assert accent.contrast(scheme[ink], scheme[ground]) >= 4.5  # WCAG 2.2, 1.4.3


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_colours_of_code_stand_out(scheme):
    for name, colour in scheme.items():
        if name.startswith("hl-"):
            assert accent.contrast(colour, scheme["code"]) >= 4.5, name


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
def test_initials_can_be_read_in_every_circle(scheme):
    hues = re.findall(r"\.avatar-\d+ \{ --hue: (\d+); \}", CSS)
    assert len(hues) == COLOURS
    for hue in hues:
        ground, ink = (Color(f"oklch({scheme[part]} {hue})").fit("srgb") for part in ("avatar", "avatar-ink"))
        assert ink.contrast(ground) >= 4.5, hue


def test_a_name_keeps_its_colour_however_it_is_typed():
    assert colour_number("Robert B.") == colour_number("  robert   b. ") == colour_number("Ｒobert B.")
    assert len({colour_number(f"Reader {number}") for number in range(200)}) == COLOURS
    assert colour_number(" ") == 0


def test_the_accent_is_checked_against_the_grounds_of_the_style_sheet():
    assert LIGHT["accent"] == accent.DEFAULT_ACCENT
    assert (LIGHT["paper"], LIGHT["paper-2"]) == accent.LIGHT_GROUNDS
    assert (DARK["paper"], DARK["paper-2"]) == accent.DARK_GROUNDS


@pytest.mark.parametrize("chosen", ["#0055aa", "#ffcc00", "#ff0000", "#00ff88", "#000000", "#ffffff", "#777777"])
def test_whatever_colour_is_chosen_its_shades_can_be_read(chosen):
    light, dark = accent.readable_on_light(chosen), accent.readable_on_dark(chosen)
    accent.check_accent(light)
    assert all(accent.contrast(light, ground) >= 4.5 for ground in accent.LIGHT_GROUNDS)
    assert all(accent.contrast(dark, ground) >= 7 for ground in accent.DARK_GROUNDS)


@pytest.mark.parametrize("chosen", ["#8f3a24", "#0055aa", "#000000", "#777777", "#ff0000", "#00ff88", "#ffffff"])
def test_whatever_colour_is_chosen_the_desk_can_be_read(chosen):
    of = desk_colours.shades(accent.readable_on_light(chosen))
    button, tint, link_in_dark = (of[f"--w-color-secondary{step}"] for step in ("", "-50", "-100"))
    pairs = [(button, ground) for ground in (*desk_colours.LIGHT_GROUNDS, tint)]
    pairs += [(link_in_dark, ground) for ground in desk_colours.DARK_GROUNDS]
    pairs += [(ground, "#ffffff") for name, ground in of.items() if name[-3:] in ("ary", "200", "400", "600")]
    assert [pair for pair in pairs if accent.contrast(*pair) < 4.5] == []  # WCAG 2.2, 1.4.3


@pytest.fixture
def save_accent(client, administrator, column):
    """Save the site settings through the form of the desk with another accent colour."""

    def save(colour):
        client.force_login(administrator)
        site = Site.objects.get()
        address = reverse("wagtailsettings:edit", args=["home", "sitesettings", site.pk])
        form = {"brand_name": "Ask", "accent_color": colour, "footer_text": "null"}
        management = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
        response = client.post(address, form | {f"social_links-{key}": value for key, value in management.items()})
        client.logout()
        return response

    return save


@pytest.mark.django_db
def test_an_editor_chooses_an_accent_and_readers_get_it_in_both_schemes(client, save_accent):
    assert b"/accent/" not in client.get("/").content
    assert save_accent("#0055aa").status_code == 302
    address = re.search(rb'href="(/accent/0055aa\.css\?\w+)"', client.get("/").content).group(1).decode()
    sheet = client.get(address)
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet["Cache-Control"]
    assert "--accent:#0055aa" in sheet.content.decode()
    assert f"--accent:{accent.readable_on_dark('#0055aa')}" in sheet.content.decode()


@pytest.mark.django_db
def test_the_desk_has_the_name_and_the_colours_of_the_site(client, save_accent, writer):
    save_accent("#0055aa")
    page = client.get("/admin/login/").content.decode()
    assert "<title>Sign in - Ask – desk</title>" in page
    assert "Sign in to Ask" in page
    address = re.search(r'href="(/accent/desk/0055aa\.css\?\w+)"', page).group(1)
    sheet = client.get(address)
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet["Cache-Control"]
    assert "--w-color-secondary:#0055aa" in sheet.content.decode()
    client.force_login(writer)
    page = client.get("/admin/").content.decode()
    assert address in page
    assert '<span class="desk-brand__name">Ask</span>' in page


@pytest.mark.django_db
def test_an_accent_that_nobody_can_read_is_refused_with_one_that_would_do(save_accent):
    response = save_accent("#ffcc00")
    assert response.status_code == 200
    assert "its contrast with the page is 1.3 to 1" in response.content.decode()
    assert accent.readable_on_light("#ffcc00") in response.content.decode()
    assert SiteSettings.objects.get().accent_color == accent.DEFAULT_ACCENT


@pytest.mark.django_db
@pytest.mark.parametrize("digits", ["ffcc00", "zzzzzz", "05a", "0055AA", "0055aa%00", "}a{b:c", "0055aa" * 2000])
def test_no_other_colour_is_served(client, column, digits):
    assert client.get(f"/accent/{digits}.css").status_code == 404
    assert client.get(f"/accent/desk/{digits}.css").status_code == 404
