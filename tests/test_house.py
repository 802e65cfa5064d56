"""The rules of the house that a machine can hold (docs/architecture.md gives the reasons)."""

import ast
import gzip
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted(path for folder in ("home", "qa", "site_config") for path in (ROOT / folder).rglob("*.py"))

#: Who may import whom: a module imports nothing from a later layer.
LAYERS = [
    (
        "qa.rendering.initials",
        "qa.rendering.highlighting",
        "qa.rendering.markdown",
        "qa.querysets",
        "qa.models.save_context",
        "qa.search.tables",
        "qa.search.words",
        "qa.moments",
        "site_config.after_commit",
        "site_config.env",
    ),
    ("qa.rendering.references", "qa.rendering.reference_check"),
    ("qa.blocks",),
    ("qa.rendering.answers", "qa.search.passages", "qa.markdown_field"),
    ("qa.feeds",),  # made of questions that it is given; the index has their addresses
    ("qa.models",),
    ("qa.publishing", "qa.letters"),
    ("qa.reading", "qa.desk", "qa.templatetags"),
    ("qa.demo", "qa.wagtail_hooks", "qa.urls", "qa.management"),
]


def names_of(path):
    return path.relative_to(ROOT).as_posix()


def text_of(path):
    return path.read_text(encoding="utf-8")


def layer_of(module):
    for number, names in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return number
    return None


def imported_by(path):
    """Return the names of all modules, and of what is taken from them, that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


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


def test_an_import_never_runs_back_up():
    offenders = []
    for path in CODE:
        module = ".".join(path.with_suffix("").relative_to(ROOT).parts).removesuffix(".__init__")
        own, names = layer_of(module), imported_by(path)
        later = {name for name in names if own is not None and (layer_of(name) or 0) > own}
        if module.startswith("site_config"):
            later |= {name for name in names if name and name.split(".")[0] in ("qa", "home")}
        offenders += [f"{module} imports {name}" for name in sorted(later)]
    assert CODE
    assert not offenders


def test_a_file_has_one_job():
    lengths = {path: len(text_of(path).splitlines()) for path in CODE if "migrations" not in path.parts}
    assert not {names_of(path): length for path, length in lengths.items() if length > 400}
    assert not [names_of(path) for path in CODE if path.stem in {"utils", "util", "helpers", "common", "core", "misc"}]


def test_visible_has_one_definition():
    assert not [names_of(path) for path in CODE if path.name != "querysets.py" and ".live()" in text_of(path)]


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


@pytest.mark.parametrize("path", CODE, ids=names_of)
def test_nothing_is_registered_after_the_commit_past_the_one_function_for_it(path):
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    names = {getattr(function, "attr", getattr(function, "id", "")) for function in calls}
    assert names_of(path) == "site_config/after_commit.py" or "on_commit" not in names
