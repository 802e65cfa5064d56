"""The rules of the house that a machine can hold (docs/architecture.md gives the reasons)."""

import ast
import gzip
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.template.loader import get_template

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CODE = sorted(path for folder in ("home", "qa", "site_config") for path in (ROOT / folder).rglob("*.py"))

#: Who may import whom: a module imports nothing from a later layer.
LAYERS = [
    (
        "qa.initials",
        "qa.languages",
        "qa.highlighting",
        "qa.outline",
        "qa.raw_html",
        "qa.cjk_emphasis",
        "qa.markdown",
        "qa.querysets",
        "qa.indexing",
        "qa.search_tables",
        "qa.words",
        "qa.moments",
        "site_config.env",
    ),
    ("qa.references", "qa.reference_check"),
    ("qa.blocks",),
    ("qa.rendering", "qa.passages", "qa.markdown_field"),
    ("qa.reading.feeds",),  # made of questions that it is given; the index has their addresses
    ("qa.models",),
    ("qa.publishing", "qa.letters"),
    ("qa.reading", "qa.desk", "qa.templatetags"),
    ("qa.demo", "qa.wagtail_hooks", "qa.urls", "qa.management"),
]


def names_of(path):
    return str(path.relative_to(ROOT))


def layer_of(module):
    for number, names in enumerate(LAYERS):
        if any(module == name or module.startswith(f"{name}.") for name in names):
            return number
    return None


@pytest.mark.parametrize("path", TEMPLATES, ids=names_of)
def test_nothing_is_inline_and_no_other_host_is_called(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"""(src|href)\s*=\s*["']?(https?:)?//""", text)
    assert not re.search(r"\|\s*safe\b|autoescape off", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=names_of)
def test_every_template_compiles(path):
    get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", CODE, ids=names_of)
def test_an_import_never_runs_back_up(path):
    module = ".".join(path.with_suffix("").relative_to(ROOT).parts).removesuffix(".__init__")
    own = layer_of(module)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    if own is not None:
        later = {name for name in imported if (layer_of(name) or 0) > own}
        assert not later
    if module.startswith("site_config"):
        assert not {name for name in imported if name and name.split(".")[0] in ("qa", "home")}


@pytest.mark.parametrize("path", CODE, ids=names_of)
def test_a_file_has_one_job(path):
    if "migrations" not in path.parts:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
    assert path.stem not in {"utils", "util", "helpers", "common", "core", "misc"}


@pytest.mark.parametrize("path", CODE, ids=names_of)
def test_visible_has_one_definition(path):
    if path.name != "querysets.py":
        assert ".live()" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("model", [model for app in ("home", "qa") for model in apps.get_app_config(app).get_models()])
def test_every_field_that_editors_fill_in_says_what_it_does(model):
    silent = [
        field.name
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
