"""The HTML of every page type has no error that the Nu HTML checker (validator.github.io) finds."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from django.template.loader import render_to_string

pytestmark = [pytest.mark.same_on_every_database, pytest.mark.django_db]

#: Safari's VoiceOver takes a list without bullets for no list, unless it says that it is one.
WANTED = "The “list” role is unnecessary for element"
STATUS = {"not found": 404, "gone": 410}


@pytest.fixture(scope="session")
def checker() -> list[str]:
    """The command that checks a folder: Java and the file that ``VNU_JAR`` names (``.ci/run`` brings it)."""
    java, jar = shutil.which("java"), os.environ.get("VNU_JAR", "")
    if java and Path(jar).is_file():
        return [java, "-jar", jar, "--format", "json", "--exit-zero-always", "--skip-non-html"]
    if java is None:
        pytest.skip("Java is not installed, so the Nu HTML checker cannot run")
    reason = "VNU_JAR does not name the Nu HTML checker's vnu.jar (npm package vnu-jar; .ci/run installs it)"
    if os.environ.get("CI") and shutil.which("npm"):
        pytest.fail(reason)
    pytest.skip(reason)


def _is_notes(message: dict) -> bool:
    """Whether it is the advice to give footnotes a heading: it would stand in every list of the letter's headings."""
    return message["message"].startswith("Section lacks heading") and 'class="footnotes"' in message.get("extract", "")


def check(command: list[str], folder: Path) -> list[str]:
    """Return what the checker finds in the HTML files of a folder, one line for each, but for what is wanted so."""
    # The command is made of the developer's own environment.
    done = subprocess.run([*command, str(folder)], capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
    assert done.stderr.startswith("{"), done.stderr  # Java's own complaints
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{Path(message['url']).stem}: {message['message']}: {message.get('extract', '')}"
        for message in messages
        if not message["message"].startswith(WANTED) and not _is_notes(message)
    ]


def test_the_html_checker_finds_nothing_on_any_page(client, checker, every_page, tmp_path):
    for name, address in every_page.items():
        response = client.get(address, headers={"host": "localhost"}, follow=True)
        assert response.status_code == STATUS.get(name, 200), name
        (tmp_path / f"{name}.html").write_bytes(response.content)
        if form := response.context.get("form"):
            form_address = response.context.get("action_url") or response.request["PATH_INFO"]
            refused = client.post(form_address, {}, headers={"host": "localhost"})
            assert refused.context["form"].errors, (name, form)
            (tmp_path / f"{name}, refused.html").write_bytes(refused.content)
    for alone in ("500", "503"):
        (tmp_path / f"{alone}.html").write_text(render_to_string(f"{alone}.html"), encoding="utf-8")
    assert not check(checker, tmp_path)


def test_the_html_checker_would_find_a_fault(checker, tmp_path):
    (tmp_path / "faulty.html").write_text("<!DOCTYPE html><html lang=en><title>a</title><p><div id=a></div><b id=a>")
    assert check(checker, tmp_path)
