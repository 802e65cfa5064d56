"""Passkeys as people use them, in Chromium with an authenticator that it pretends to have (WebDriver, "virtual")."""

import re

import pytest
from django_otp_webauthn.models import WebAuthnCredential
from playwright.sync_api import expect

from qa.models import SignIn, Way
from tests.signing_in import ACCOUNT, give_app, give_codes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.same_on_every_database]


@pytest.fixture(autouse=True)
def _here(settings, live_server):
    """The site is configured for the address at which the browser finds it."""
    settings.OTP_WEBAUTHN_RP_ID, settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = "localhost", [live_server.url]


class Device:
    """A telephone with a fingerprint, in the window of a browser."""

    def __init__(self, page):
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def knows(self):
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        return found["credentials"]

    def is_somebody_elses(self):
        """Let the finger be the wrong one from now on."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})

    def lost(self):
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.id})


def type_password(page, name="editor"):
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill("a password")
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page, name="My telephone"):
    page.get_by_label("Name of the device").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def is_at_the_desk(page):
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()


def sign_out(page):
    page.context.clear_cookies(name="sessionid")


def test_from_the_first_passkey_to_the_lost_device(open_window, editor, settings):
    settings.SECOND_FACTOR = "everybody"
    page = open_window()
    telephone = Device(page)

    # The password leads to where the first one is added, and to nothing else.
    type_password(page)
    expect(page.get_by_role("heading", name="Add a second factor")).to_be_visible()
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Sign in to")).to_be_visible()
    page.goto(f"{ACCOUNT}add/")
    add_passkey(page)
    expect(page.get_by_text("The passkey “My telephone” is added.")).to_be_visible()
    assert len(telephone.knows()) == 1

    # Recovery codes, shown once.
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.locator(".sign-in__codes code")).to_have_count(10)
    codes = page.locator(".sign-in__codes code").all_inner_texts()
    page.get_by_role("link", name="I have kept them").click()
    is_at_the_desk(page)

    # With the passkey and nothing else.
    sign_out(page)
    page.goto("/admin/reports/site-history/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/admin/reports/site-history/$"))
    is_at_the_desk(page)

    # With the password, and the passkey after it.
    sign_out(page)
    type_password(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    is_at_the_desk(page)
    assert list(SignIn.objects.values_list("way", flat=True)) == [Way.BOTH, Way.PASSKEY, Way.BOTH]

    # The device is lost: a code instead, once; the passkey is removed, and a new one added.
    sign_out(page)
    telephone.lost()
    type_password(page)
    page.get_by_label("Code").fill(codes[3])
    page.get_by_role("button", name="Go on with the code").click()
    is_at_the_desk(page)
    expect(page.get_by_text("You have 9 recovery codes left.")).to_be_visible()
    new = Device(page)
    page.goto(f"{ACCOUNT}add/")
    add_passkey(page, "My new telephone")
    expect(page.get_by_text("The passkey “My new telephone” is added.")).to_be_visible()
    page.get_by_role("button", name="Remove My telephone").click()
    expect(page.get_by_text("A passkey was removed from your account.")).to_be_visible()
    assert [passkey.name for passkey in WebAuthnCredential.objects.all()] == ["My new telephone"]
    assert len(new.knows()) == 1

    sign_out(page)
    type_password(page)
    page.get_by_label("Code").fill(codes[3])
    page.get_by_role("button", name="Go on with the code").click()
    expect(page.get_by_text("This code is wrong, or it was used before.")).to_be_visible()


def test_a_passkey_confirms_and_what_was_filled_in_goes_on(open_window, administrator, settings, django_user_model):
    page = open_window(user=administrator)
    Device(page)
    page.goto(f"{ACCOUNT}add/")
    add_passkey(page, "")
    expect(page.get_by_text("The passkey “Passkey” is added.")).to_be_visible()
    page.goto("/admin/users/new/")
    page.get_by_label("Username").fill("new")
    page.get_by_label("Email").fill("new@example.org")
    page.get_by_label("First name").fill("Nell")
    page.get_by_label("Last name").fill("Öl")
    page.locator("#id_password1").fill("kx83js72ka")
    page.locator("#id_password2").fill("kx83js72ka")
    page.locator("#tab-label-roles").click()
    settings.CONFIRM_AFTER *= 0
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    settings.CONFIRM_AFTER = type(settings.CONFIRM_AFTER)(minutes=30)
    page.get_by_role("button", name="Confirm with a passkey").click()
    expect(page.get_by_text("User 'new' created.")).to_be_visible()
    assert django_user_model.objects.get(username="new").last_name == "Öl"


def test_the_wrong_finger_opens_nothing_and_says_so(open_window, editor):
    page = open_window(user=editor)
    telephone = Device(page)
    page.goto(f"{ACCOUNT}add/")
    add_passkey(page)
    expect(page.get_by_text("is added.")).to_be_visible()
    sign_out(page)
    telephone.is_somebody_elses()
    page.goto("/admin/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Sign in to")).to_be_visible()


def test_a_passkey_of_a_disabled_account_or_one_that_was_removed_opens_nothing(open_window, editor):
    page = open_window(user=editor)
    Device(page)
    page.goto(f"{ACCOUNT}add/")
    add_passkey(page)
    expect(page.get_by_text("is added.")).to_be_visible()
    sign_out(page)
    editor.is_active = False
    editor.save()
    for _reason in ("disabled", "removed"):
        page.goto("/admin/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be used here")
        editor.is_active = True
        editor.save()
        WebAuthnCredential.objects.all().delete()


def test_at_another_address_the_desk_says_where_passkeys_work(open_window, editor, settings):
    settings.OTP_WEBAUTHN_ALLOWED_ORIGINS = ["https://column.example.org"]
    page = open_window(user=editor)
    page.goto(f"{ACCOUNT}add/")
    expect(page.get_by_text("Passkeys of this site work at https://column.example.org only")).to_be_visible()
    expect(page.get_by_role("button", name="Add a passkey")).to_have_count(0)


def test_without_scripts_there_is_the_password_and_a_code(open_window, editor):
    give_app(editor)
    codes = give_codes(editor)
    page = open_window(java_script_enabled=False)
    type_password(page)
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Go on with the code").click()
    expect(page).to_have_url(re.compile("/admin/$"))


def test_who_finds_a_desk_open_and_a_key_beside_it_confirms_nothing_without_its_finger(
    open_window, administrator, settings
):
    page = open_window(user=administrator)
    key = Device(page)
    page.goto(f"{ACCOUNT}add/")
    add_passkey(page)
    expect(page.get_by_text("is added.")).to_be_visible()
    settings.CONFIRM_AFTER *= 0
    key.is_somebody_elses()
    page.goto("/admin/users/")
    page.get_by_role("button", name="Confirm with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("That did not work")
