"""``make screenshots``: the pictures of the handbook and of the README, taken anew.

The site is a scratch one whose clock stands still (``scratch_site.py``), so that a second run makes the same files.
"""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, expect, sync_playwright

FOLDER = Path(__file__).resolve().parent
MOST = 150_000  # bytes of a picture; what the handbook weighs for those who read it on a slow line
_GIVE_UP_AFTER = 180  # seconds until the site must answer
_NOISE, _FEW = 40, 60  # levels of grey (of 255) and pixels; a letter that has changed is more
_SETTLED = """Promise.allSettled([document.fonts.ready,
  ...document.getAnimations().map((one) => one instanceof CSSTransition && one.finished)])"""
_DESK = {"width": 1280, "height": 860}


def take_all() -> None:
    """Take every picture; raise ``RuntimeError`` if one is heavier than ``MOST`` or the site does not start."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise RuntimeError("Chromium is not installed (Debian: apt-get install chromium).")
    with tempfile.TemporaryDirectory() as folder, _site(Path(folder)) as address, sync_playwright() as playwright:
        expect.set_options(timeout=20_000)  # milliseconds
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        passwords = json.loads(Path(folder, "accounts.json").read_text(encoding="utf-8"))
        _readers(browser, address)
        _writer(_window(browser, address), passwords["writer"])
        _editor(_window(browser, address), passwords["editor"])
        browser.close()


def _readers(browser: Browser, address: str) -> None:
    """The pictures of the README."""
    page = _window(browser, address, viewport={"width": 1200, "height": 900})
    page.goto("/")
    _keep(page, "front-page")
    page.goto("/questions/django-flask-or-fastapi/")
    _keep(page, "question")
    phone = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "color_scheme": "dark"}
    page = _window(browser, address, **phone)
    page.goto("/questions/django-flask-or-fastapi/")
    page.evaluate("document.querySelector('.pushback').scrollIntoView({ block: 'start' }); scrollBy(0, -60)")
    _keep(page, "pushbacks-on-a-phone")


def _writer(page: Page, password: str) -> None:
    """From first sign-in to what is handed in."""
    page.goto("/admin/login/")
    _keep(page, "sign-in", height=760)
    _sign_in(page, "writer", password)

    _have_a_telephone(page)
    page.goto("/admin/account/sign-in/add/")
    page.get_by_label("Name of the device").fill("My telephone")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Make recovery codes").click()
    expect(page.get_by_role("link", name="I have kept them")).to_be_visible()
    _open(page, "/admin/account/sign-in/", "My telephone")
    _keep(page, "sign-in-and-devices", height=760)

    _open(page, "/admin/questions/", "Which Python web framework")
    page.get_by_role("link", name="Add question page").click()
    expect(page.get_by_title("Insert a block")).to_be_visible()  # the form's scripts have run
    page.locator("#id_title").fill("Should a small team use async Django views?")
    expect(page.locator("[data-similar] a").first).to_be_visible()
    _keep(page, "similar-questions")

    _draft(page, "Do we need Celery")
    page.get_by_title("Insert a block").first.click()
    comparison = page.get_by_role("option", name="Comparison")
    comparison.locator("..").get_by_role("button", name="Preview").click()
    expect(page.frame_locator("iframe").last.get_by_role("table")).to_be_visible()
    _keep(page, "blocks")

    _draft(page, "Do we need Celery")
    page.get_by_role("button", name="Toggle checks").click()
    expect(page.locator("[data-column-checks] li").first).to_be_visible()
    expect(page.get_by_text("1 min")).to_be_visible()
    _keep(page, "checks")


def _editor(page: Page, password: str) -> None:
    """From what waits at the desk to a calendar with what comes."""
    _sign_in(page, "editor", password)
    _keep(page, "desk")

    _draft(page, "The old system is awful")
    page.get_by_role("button", name="Toggle comments").click()
    page.locator("footer").get_by_role("button", name="More actions").click()
    _keep(page, "review")

    _draft(page, "Should we put type hints")
    page.get_by_role("button", name="Toggle status").click()
    page.get_by_role("button", name="Set schedule").click()
    dialog = page.locator("#schedule-publishing-dialog")
    # Not typed: the picker of days would open and hide the dialog.
    set_value = (
        "(field) => { field.value = '2026-11-22 09:00'; field.dispatchEvent(new Event('input', { bubbles: true })) }"
    )
    dialog.get_by_label("Go live date/time").evaluate(set_value)
    expect(dialog.locator("[data-schedule-warnings] li").first).to_be_visible()
    _keep(page, "schedule")

    _open(page, "/admin/calendar/", "November 2026")
    _keep(page, "calendar", height=1320)
    _open(page, "/admin/questions/", "Which Python web framework")
    for place in (2, 4):
        page.locator("tbody [type=checkbox]").nth(place).check()
    _keep(page, "questions")
    _open(page, "/admin/reports/vain-searches/", "kubernetes")
    _keep(page, "vain-searches", height=560)


def _have_a_telephone(page: Page) -> None:
    """Give the browser the passkeys of a telephone that Chromium pretends to have."""
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _draft(page: Page, title: str) -> None:
    """Open the form of a question by its title in the list."""
    _open(page, "/admin/questions/", title)
    page.get_by_role("link", name=title).first.click()
    expect(page.locator("footer")).to_be_visible()
    expect(page.locator(".CodeMirror").first).to_be_visible()


def _open(page: Page, address: str, text: str) -> None:
    """Open a page of the desk and wait until a text can be seen on it."""
    page.goto(address)
    expect(page.get_by_text(text).first).to_be_visible()


def _sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()


def _window(browser: Browser, address: str, **options: object) -> Page:
    """Return a new window, as wide as the pictures of the desk unless told otherwise, without animations."""
    settings = {"viewport": _DESK, "device_scale_factor": 1, "locale": "en-GB", "reduced_motion": "reduce"}
    return browser.new_context(base_url=address, **(settings | options)).new_page()


def _keep(page: Page, name: str, height: int = 0) -> None:
    """Write what is in the window, or so many pixels of its height, to ``NAME.png``; not if it looks as before."""
    window = page.viewport_size
    if height:
        page.set_viewport_size(window | {"height": height})
    page.mouse.move(1, 1)
    page.evaluate(_SETTLED)
    taken = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    page.set_viewport_size(window)
    path = FOLDER / f"{name}.png"
    if path.exists() and _look_alike(Image.open(path).convert("RGB"), taken):
        print(f"{path.name}: as before")
        return
    taken.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST:
        raise RuntimeError(f"{path.name} has {size:,} bytes; {MOST:,} are the most.")
    print(f"{path.name}: {size:,} bytes")


def _look_alike(old: Image.Image, new: Image.Image) -> bool:
    """Say whether two pictures differ by no more than the smoothing of a few edges, or by a line of the outline."""
    if old.size != new.size:
        return False
    difference = ImageChops.difference(old, new).convert("L").point(lambda level: 255 * (level > _NOISE))
    return difference.histogram()[255] <= _FEW


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    """Serve the scratch site from a folder, and nothing of this machine's own settings; return its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    environment = own | {
        "DJANGO_SETTINGS_MODULE": "site_config.settings.dev",
        "VAR_DIR": str(folder),
        "BASE_URL": f"http://localhost:{port}",  # passkeys are for a name
        "LOG_LEVEL": "ERROR",
        "AUTOSAVE_INTERVAL": "0",  # a draft that saves itself would be in the next picture
    }
    command = [sys.executable, "-m", "docs.screenshots.scratch_site", str(port)]
    process = subprocess.Popen(command, cwd=FOLDER.parent.parent, env=environment)  # noqa: S603 - our own command
    try:
        _wait_for(process, port)
        yield f"http://localhost:{port}"
    finally:
        process.kill()
        process.wait()


def _wait_for(process: subprocess.Popen, port: int) -> None:
    end = time.monotonic() + _GIVE_UP_AFTER
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("The site for the pictures did not start.")


if __name__ == "__main__":
    try:
        take_all()
    except RuntimeError as error:
        sys.exit(str(error))
