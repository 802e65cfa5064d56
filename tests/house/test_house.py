"""The rules of the house that a machine can hold (docs/decisions/ gives the reasons)."""

import ast
import gzip
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted(path for folder in ("home", "qa", "site_config") for path in (ROOT / folder).rglob("*.py"))


def names_of(path):
    return path.relative_to(ROOT).as_posix()


def text_of(path):
    return path.read_text(encoding="utf-8")


#: What no template may hold, by what it is.
FORBIDDEN = {
    "a style or a script inline": r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:",
    "a script without address": r"<script(?![^>]*\bsrc=)",
    "another host": r"""(src|href)\s*=\s*["']?(https?:)?//""",
    "markup that nobody has escaped": r"\|\s*safe\b|autoescape off",
}


def test_nothing_is_inline_and_no_other_host_is_called():
    offenders = [
        f"{names_of(path)}: {what}: {found[0]}"
        for path in TEMPLATES
        for what, pattern in FORBIDDEN.items()
        if (found := re.search(pattern, text_of(path)))
    ]
    assert TEMPLATES
    assert not offenders


def test_every_template_compiles():
    offenders = []
    for path in TEMPLATES:
        try:
            get_template(path.relative_to(ROOT / "templates").as_posix())
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            offenders.append(f"{names_of(path)}: {error}")
    assert not offenders


def test_a_file_has_one_job():
    lengths = {path: len(text_of(path).splitlines()) for path in CODE if "migrations" not in path.parts}
    assert not {names_of(path): length for path, length in lengths.items() if length > 400}
    assert not [names_of(path) for path in CODE if path.stem in {"utils", "util", "helpers", "common", "core", "misc"}]


#: Who asks for ``live`` past ``qa/querysets.py``, how often, and why that shows readers nothing.
ASKS_FOR_LIVE = {
    "qa/desk/calendar/entries.py": (4, "editors see in the calendar what readers do not"),
    "qa/desk/front_page/waiting.py": (1, "editors are told what is about to expire"),
    "qa/desk/reports/scheduled.py": (1, "editors see what is about to expire"),
    "qa/publishing/history.py": (1, "any model with revisions, private pages too"),
    "qa/publishing/outer_caches.py": (2, "what a cache may hold, also of a page made private meanwhile"),
    "qa/scheduling/due.py": (2, "any model that expires, private pages too"),
    "qa/scheduling/publisher.py": (1, "whether another run has taken it down already"),
}


def test_visible_has_one_definition():
    asked = {
        names_of(path): len(re.findall(r"\.live\(\)|\blive=True|\blive__\w+=|not_live\(", text_of(path)))
        for path in CODE
    }
    home = "qa/querysets.py"
    assert {name: number for name, number in asked.items() if number and name != home and "migrations" not in name} == {
        name: number for name, (number, _why) in ASKS_FOR_LIVE.items()
    }


def test_every_field_that_editors_fill_in_says_what_it_does():
    silent = [
        str(field)
        for app in ("home", "qa")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.local_fields
        if field.editable and not field.auto_created and not field.is_relation and field.name != "sort_order"
        and not field.help_text and field.name != "answer"
    ]  # fmt: skip
    assert not silent


def test_what_a_reader_downloads_stays_small():
    def packed(folder):
        names = [path for path in (ROOT / "static" / folder).glob(f"*.{folder}") if not path.stem.startswith("desk")]
        return len(gzip.compress(b"".join(path.read_bytes() for path in sorted(names))))

    assert 0 < packed("css") < 15_000  # bytes; the budget of a page on a slow line
    assert 0 < packed("js") < 8_000


def test_the_pictures_of_the_handbook_are_there_light_and_described():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))]
    shown = re.findall(r"(!?)\[([^\]]*)\]\((?:docs/)?screenshots/([\w-]+\.png)\)", "\n".join(texts))
    pictures = {path.name: path.stat().st_size for path in (ROOT / "docs/screenshots").glob("*.png")}
    assert {name for _mark, _text, name in shown} == pictures.keys()
    assert all(len(text) > 40 for mark, text, _name in shown if mark)
    assert max(pictures.values()) <= 150_000  # bytes


def names_called(path):
    calls = [node.func for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.Call)]
    return {getattr(function, "attr", getattr(function, "id", "")) for function in calls}


def test_nothing_is_registered_after_the_commit_past_the_one_function_for_it():
    assert [names_of(path) for path in CODE if "on_commit" in names_called(path)] == ["site_config/after_commit.py"]


#: How an indirect question begins, which says of a module what it is about and not what it is.
QUESTION_WORDS = ("What", "Who", "Whose", "Which", "How", "Where", "When", "Whether", "Why")


def test_a_module_says_first_what_it_is():
    docstrings = {names_of(path): ast.get_docstring(ast.parse(text_of(path))) for path in CODE}
    assert not [name for name, text in docstrings.items() if text and text.split()[0].rstrip(":,") in QUESTION_WORDS]
