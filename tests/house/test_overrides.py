"""What we override of Wagtail and Django, and what we lean on: docs/upgrading.md, held against the code.

A test that fails after an upgrade says what to do; the order of work is in the same document.
"""

import ast
import hashlib
import importlib
import inspect
import pkgutil
import re
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
import wagtail
import wagtailmarkdown
from django.db import models
from django.http import QueryDict
from django.template import engines
from wagtail.admin.views.pages.edit import EditView
from wagtail.models import Page, Revision

import home
import qa
from qa.desk.form.versions import is_out_of_date
from qa.models import QuestionPage
from qa.models.question import _SET_BY_WAGTAIL
from qa.scheduling.publisher import _leave_to_the_page
from tests.factories import make_question

pytestmark = pytest.mark.same_on_every_database

ROOT = Path(__file__).resolve().parents[2]
LIST = (ROOT / "docs/upgrading.md").read_text(encoding="utf-8")
_ENTRY = re.compile(r"^### (.+)\n((?:(?!#).*\n)+)", re.MULTILINE)
ENTRIES = dict(_ENTRY.findall(LIST[LIST.index("# What we override") :]))
OURS = ("home", "qa", "site_config", "tests")

#: The templates of Wagtail's that ours replace, with the SHA-256 of the original that ours was made from.
COPIED = {
    "wagtailadmin/home/account_summary.html": "ff5c7d30e46778c38af5557c0fd08c0139f71f8a539c791501ed9664f6ec6837",
    "wagtailadmin/panels/publishing/schedule_publishing_panel.html": (
        "6573d65f538d85d64350557249b2bf4b63d4eb35be6d813fe27392cc27a99e4c"
    ),
    "wagtailadmin/widgets/date_input.html": "2557f7a4fd543d7cd6f192a97fdd0c12ebfad9a8d4ab2b7fe72a2f011cd049c8",
    "wagtailadmin/widgets/datetime_input.html": "479d8ddeaa73d2fdd33d584118d51b0c3ec4c2dc5b90a66b526874f9799d2676",
    "wagtailadmin/widgets/time_input.html": "536917c544a135631e8683866e8351bd491822a336c9a59639ab71338638e242",
    "wagtailcore/login.html": "38570cee5a5a72a8b8bd37070309a1ebe163625d9f58428a309b2a3d85a18a73",
    "wagtailcore/password_required.html": "707b31d06454f04697784c91fe38a0a0ab9fe20cd2d65784ba1166a14e309943",
    "wagtailsearchpromotions/queries/chooser_field.html": (
        "137d51db1b25e179fb23a7d18853c6d5352374804e33b651c42a4ca9296ebafc"
    ),
}
OWN_TEMPLATES = {"wagtailadmin/brand.html"}  # in a folder of Wagtail's, without an original

#: What Wagtail documents, or what is as good as documented (docs.wagtail.org); any other name is in the list.
DOCUMENTED = set(
    """
    wagtail.admin.action_menu.ActionMenuItem wagtail.admin.filters.WagtailFilterSet wagtail.admin.menu.MenuItem
    wagtail.admin.forms wagtail.admin.messages wagtail.admin.panels wagtail.admin.site_summary.SummaryItem
    wagtail.admin.ui.components.Component wagtail.admin.ui.tables.BaseColumn wagtail.admin.ui.tables.Column
    wagtail.admin.ui.tables.NumberColumn wagtail.admin.urls wagtail.admin.views.reports.ReportView
    wagtail.admin.views.account.BaseSettingsPanel wagtail.admin.views.account.SettingsTab
    wagtail.admin.viewsets wagtail.admin.widgets wagtail.blocks wagtail.contrib.redirects.models
    wagtail.contrib.routable_page.models wagtail.contrib.search_promotions.models wagtail.contrib.settings.models
    wagtail.contrib.typed_table_block.blocks.TypedTableBlock wagtail.contrib.typed_table_block.blocks.TypedTable
    wagtail.documents wagtail.fields wagtail.hooks wagtail.images wagtail.log_actions wagtail.models
    wagtail.permission_policies wagtail.permissions wagtail.query.PageQuerySet wagtail.rich_text.RichText
    wagtail.rich_text.get_text_for_indexing wagtail.search.backends wagtail.search.index wagtail.signals
    wagtail.snippets wagtail.urls
    modelcluster.fields modelcluster.models wagtailmarkdown.blocks wagtailmarkdown.fields django_tasks
    django_tasks_db.models.DBTaskResult
    """.split()  # noqa: SIM905 - a list of forty lines would hide the rest
)
#: In a documented module, but not documented.
UNDOCUMENTED = {
    "wagtail.blocks.StreamBlockValidationError",
    "wagtail.blocks.struct_block.StructBlockValidationError",
    "wagtail.models.PagePermissionTester",
}

#: The members of undocumented classes that ours override, by our class. One that is no longer there overrides nothing,
#: and nobody would hear of it.
OVERRIDDEN = {
    "qa.desk.questions.bulk_actions.Delete": "action_priority dispatch get get_actionable_objects models",
    "qa.desk.questions.bulk_actions.QuestionAction": "check_perm dispatch form_class get_actionable_objects"
    " get_context_data get_success_message models template_name",
    "qa.desk.calendar.views.CalendarPage": "dispatch get_breadcrumbs_items get_context_data header_icon page_title"
    " template_name",
    "qa.desk.calendar.feed.SubscribeView": "get_breadcrumbs_items get_context_data header_icon page_title"
    " template_name",
    "qa.desk.handbook.HandbookView": "get_breadcrumbs_items get_context_data header_icon page_title template_name",
    "qa.desk.form.correcting.CorrectItem": "get_url icon_name is_shown label name order",
    "qa.desk.form.correcting.CorrectView": "action_name_and_method dispatch form_valid get_action_menu get_context_data"
    " get_edit_url get_object post redirect_away run_hook",
    "qa.desk.form.correcting.KeepScheduleItem": "icon_name label name",
    "qa.desk.bin.views.BinView": "dispatch get_breadcrumbs_items get_context_data header_icon page_title template_name",
    "qa.desk.histories.views.EditRedirectView": "form_valid get_form history_url_name post",
    "qa.desk.histories.views.RedirectHistoryView": "edit_url_name history_results_url_name history_url_name"
    " index_url_name model",
    "qa.desk.histories.views.EditPromotionView": "form_valid get_form history_url_name post",
    "qa.desk.histories.views.PromotionHistoryView": "edit_url_name get_base_queryset history_results_url_name"
    " history_url_name index_url_name model permission_policy",
    "qa.desk.histories.views.EditSettingsView": "get_form get_history_url post",
    "qa.desk.histories.views.SettingsHistoryView": "any_permission_required edit_url_name"
    " history_results_url_name history_url_name revisions_compare_url_name revisions_revert_url_name setup",
    "qa.desk.histories.views.CompareSettingsView": "edit_url_name get_edit_handler history_url_name"
    " permission_policy permission_required setup",
    "qa.desk.histories.views.RevertSettingsView": "get_form get_history_url get_success_message post"
    " revisions_revert_url_name setup",
    "qa.desk.snippets.viewsets.AddView": "setup",
    "qa.desk.snippets.viewsets.ChangeView": "get_form post setup",
    "qa.desk.form.keeping_both.KeepBothView": "action_name_and_method add_save_confirmation_message get post",
    "qa.desk.calendar.moving.MoveView": "dispatch form_class form_valid get_breadcrumbs_items get_context_data"
    " get_initial get_page_subtitle header_icon page_title template_name",
    "qa.desk.questions.filters._OwnerField": "_check_values",
    "qa.desk.questions.filters._TopicsField": "_check_values",
    "qa.desk.questions.listing.AllQuestionsView": "annotate_queryset base_columns columns default_ordering"
    " export_headings filterset_class get_context_data is_explicitly_ordered list_export order_queryset page_title"
    " search_query sort_order_field stream_csv to_row_dict",
    "qa.desk.questions.listing.ExploredQuestionsView": "annotate_queryset base_columns columns default_ordering"
    " explorable_columns export_headings filterset_class get_context_data is_explicitly_ordered list_export"
    " order_queryset search_query sort_order_field stream_csv to_row_dict",
    "qa.desk.questions.listing.QuestionsOfTypeView": "annotate_queryset base_columns columns default_ordering"
    " export_headings filterset_class get_context_data is_explicitly_ordered list_export order_queryset search_query"
    " sort_order_field stream_csv to_row_dict",
    "qa.desk.reports.report.DeskReport": "any_permission_required get_context_data get_filename model"
    " no_results_message stream_csv table_classname template_name",
    "qa.desk.reports.vain_searches.VainSearchesReport": "columns decorate_paginated_queryset default_ordering"
    " export_headings header_icon index_results_url_name index_url_name is_searchable list_export model page_subtitle"
    " page_title permission_policy permission_required results_template_name search_fields stream_csv table_classname"
    " to_row_dict",
    "qa.desk.spreadsheets.AccountExportMixin": "stream_csv",
    "qa.desk.sign_in.account.AccountPage": "get_breadcrumbs_items get_context_data header_icon page_title"
    " template_name",
    "qa.desk.sign_in.account.SignInPanel": "get_context_data get_form name tab template_name title",
    "qa.desk.sign_in.account_form.Account": "get_panels",
    "qa.desk.sign_in.account_form.CountedPasswordForm": "base_fields clean_old_password declared_fields",
    "qa.desk.sign_in.account_form.CountedPasswordPanel": "form_class get_form",
    "qa.desk.sign_in.entering.DeskDoor": "form_valid get get_context_data",
    "qa.desk.sign_in.password_reset.PasswordReset": "form_valid get_form_class post",
    "qa.desk.sign_in.password_reset.QueuedResetForm": "base_fields declared_fields save",
    "qa.desk.sign_in.throttling.Throttle": "is_locked user_logged_in user_logged_out user_login_failed",
    "qa.desk.sign_in.throttling.ThrottlingBackend": "authenticate",
    "qa.desk.snippets.viewsets.UsageIndexView": "get_context_data",
    "qa.models.listing.Questions": "_get_page",
    "qa.models.order.NeverSorted": "can_reorder_children",
    "qa.models.order.OnlyOne": "can_copy can_reorder_children",
    "qa.models.question_panels.QuestionTitlePanel.BoundPanel": "get_should_apply",
    "qa.models.question_permissions.QuestionPermissionTester": "can_delete can_reorder_children",
    "qa.publishing.outer_caches.PurgingBackend": "purge",
}


def modules():
    """Yield the modules of the site, migrations and commands left out."""
    for package in (home, qa):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not {"migrations", "commands"} & set(found.name.split(".")):
                yield importlib.import_module(found.name)


def classes():
    """Return our classes by their full names, those inside of others as well."""

    def below(holder, name):
        for member in vars(holder).values():
            if inspect.isclass(member) and member.__module__ == name and member not in seen:
                seen.append(member)
                below(member, name)

    seen = []
    for module in modules():
        below(module, module.__name__)
    return {f"{found.__module__}.{found.__qualname__}": found for found in seen}


def overridden(found):
    """Return which names of a class, and of the bases that are ours, another base has as well."""
    ours = [base for base in found.__mro__ if base.__module__.split(".")[0] in OURS]
    others = [base for base in found.__mro__ if base not in ours and base is not object]
    names = {name for base in ours for name in vars(base) if not name.startswith("__")}
    made = {"media", "Meta", "_meta", "_abc_impl", "base_filters", "declared_filters"}  # by metaclasses
    return {name for name in names - made if any(name in vars(base) for base in others)}


# The list


def faults_of(text):
    """Yield what is wrong with an entry: its labels, or what it names and is not there."""
    labels = re.findall(r"^- \*\*(.+?)\*\*:\s+\S", text, re.MULTILINE)
    if labels not in (["Where", "Why", "Test", "Way out"], ["Where", "Why", "Test", "Upstream", "Way out"]):
        yield f"labels: {labels}"
    text = " ".join(text.split())
    for path, name in re.findall(r"`((?:qa|home|site_config|static|templates)/[\w./-]+\.\w+)(?:: ([\w.]+))?`", text):
        if not (ROOT / path).is_file():
            yield f"{path} is not there"
        elif name and not re.search(rf"\b{name.split('.')[-1]}\b", (ROOT / path).read_text(encoding="utf-8")):
            yield f"{name} is not in {path}"
    tests = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text.partition("**Test**")[2].partition("- **")[0])
    if not tests:
        yield "no test is named"
    for path, name in tests:
        known = ast.parse((ROOT / path).read_text(encoding="utf-8")).body if (ROOT / path).is_file() else []
        if not known or (name and name not in {getattr(node, "name", "") for node in known}):
            yield f"{path}::{name} is not there"


def test_each_entry_says_where_why_by_which_test_and_the_way_out():
    assert len(ENTRIES) == len(re.findall(r"^### ", LIST, re.MULTILINE)) > 30
    assert not {title: faults for title, text in ENTRIES.items() if (faults := list(faults_of(text)))}


def test_every_template_in_a_folder_of_wagtails_has_a_line():
    folders = [folder for folder in (ROOT / "templates").iterdir() if folder.name.startswith("wagtail")]
    found = {f"templates/{path.relative_to(ROOT / 'templates')}" for folder in folders for path in folder.rglob("*.*")}
    assert len(found) > 10
    missing = sorted(path for path in found if f"`{path}`" not in LIST)
    assert not missing, "add them to docs/upgrading.md"


def test_every_name_of_wagtails_that_it_does_not_document_has_a_line():
    packages = {"wagtail", "wagtailmarkdown", "treebeard", "modelcluster", "modelsearch", "django_tasks"}
    missing = set()
    for path in (
        path for folder in OURS[:3] for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    ):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] not in (
                packages | {"django_tasks_db"}
            ):
                continue
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                known = any(f"{name}.".startswith(f"{documented}.") for documented in DOCUMENTED)
                if (not known or name in UNDOCUMENTED) and not re.search(rf"`[^`]*\b{alias.name}\b[^`]*`", LIST):
                    missing.add(f"{path.relative_to(ROOT)}: {name}")
    assert not missing, "add them to docs/upgrading.md, or to DOCUMENTED if docs.wagtail.org has them"


def test_every_private_name_that_is_not_ours_has_a_line():
    public = {"_meta", "_default_manager", "_base_manager", "_replace"}  # documented, underscore or not
    used = {
        node.attr
        for folder in OURS[:3]
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and re.match(r"_[a-z]", node.attr)
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls", "_converters"))
    }
    for found in classes().values():
        others = [base for base in found.__mro__[1:] if base.__module__.split(".")[0] not in OURS]
        used |= {
            member
            for member, value in vars(found).items()
            if re.match(r"_[a-z]", member) and inspect.isfunction(value)
            if any(inspect.isfunction(vars(base).get(member)) for base in others) and not issubclass(found, Enum)
        }
    assert {"_approved_schedule", "_get_page", "_check_values"} <= used
    missing = sorted(name for name in used - public if f"`{name}`" not in LIST)
    assert not missing, "private names of other packages: add them to docs/upgrading.md"


# Copies


def original(name):
    """Return the file of a template in the package that ours stands before."""
    for loader in engines["django"].engine.template_loaders:
        for nested in getattr(loader, "loaders", [loader]):
            for origin in nested.get_template_sources(name):
                path = Path(origin.name)
                if path.is_file() and not path.is_relative_to(ROOT / "templates"):
                    return path
    return None


def overriding():
    """Return our templates in folders of Wagtail's, by name: those that extend the original, and those that do not."""
    extending, replacing = set(), set()
    for folder in (ROOT / "templates").glob("wagtail*"):
        for path in folder.rglob("*.html"):
            name = str(path.relative_to(ROOT / "templates"))
            extends = f'{{% extends "{name}" %}}' in path.read_text(encoding="utf-8")
            (extending if extends else replacing).add(name)
    return extending, replacing


def test_every_template_that_replaces_one_of_wagtails_is_compared():
    assert overriding()[1] - OWN_TEMPLATES == set(COPIED)


@pytest.mark.parametrize("name", COPIED)
def test_what_was_copied_is_compared_with_the_original(name):
    path = original(name)
    assert path, (
        f"Wagtail {wagtail.__version__} has no {name} any more: look what shows that place now, then drop ours."
    )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert found == COPIED[name], (
        f"Wagtail {wagtail.__version__} has changed {path}: read what is new, carry it over to templates/{name}, "
        f'then write "{found}" into COPIED.'
    )


def blocks_of(name):
    """Return the blocks that the original of a template has, or what it extends in turn."""
    text = original(name).read_text(encoding="utf-8")
    above = re.search(r"{%\s*extends ['\"]([^'\"]+)['\"]", text)
    found = set(re.findall(r"{%\s*block (\w+)", text))
    for included in re.findall(r"{%\s*include ['\"]([^'\"]+)['\"]", text):
        found -= {included}  # what is included has blocks of its own that nobody can fill
    return found | (blocks_of(above[1]) if above and above[1] != name else set())


@pytest.mark.parametrize("name", sorted(overriding()[0]))
def test_a_block_that_we_fill_is_there_to_be_filled(name):
    ours = set(re.findall(r"{%\s*block (\w+)", (ROOT / "templates" / name).read_text(encoding="utf-8")))
    assert ours
    assert not ours - blocks_of(name), (
        f"Wagtail {wagtail.__version__} has no such block: what we put there is shown to nobody."
    )


# Classes


def test_every_class_on_wagtails_inside_is_in_the_table_or_below_one_that_is():
    found = classes()
    known = {found[name] for name in OVERRIDDEN}
    missing = {
        name
        for name, one in found.items()
        if any(base.__module__.startswith("wagtail.admin.views.") for base in one.__mro__)
        and overridden(one)
        and not known & set(one.__mro__)
        and name != "qa.desk.questions.listing.QuestionListing"  # stands before a view among the bases
    }
    assert not missing, "add them to OVERRIDDEN, with what they override"


def test_every_override_still_overrides_something():
    found = classes()
    listed = {name: set(members.split()) for name, members in OVERRIDDEN.items()}
    gone = {name: lost for name, members in listed.items() if (lost := members - overridden(found[name]))}
    assert not gone, "nothing of that name is left to override: read what Wagtail does now instead"
    new = {name: more for name, members in listed.items() if (more := overridden(found[name]) - members)}
    assert not new, "add to OVERRIDDEN what they override"


# What stands in for something of Wagtail's, or relies on it


def test_our_comparison_of_versions_says_what_wagtails_says():
    """Whatever the form says, and whatever the newest version is."""
    moment = datetime(2026, 5, 4, 12, tzinfo=UTC)
    newest = [None, Revision(pk=7, created_at=moment), Revision(pk=8, created_at=moment + timedelta(seconds=1))]
    numbers = [None, "", "7", "8", "x"]
    moments = [None, "", moment.isoformat(), (moment + timedelta(seconds=1)).isoformat()]
    seen = set()
    for revision, saved, opened, when in product(newest, numbers, numbers, moments):
        named = {"overwrite_revision_id": saved, "loaded_revision_id": opened, "loaded_revision_created_at": when}
        form = QueryDict(mutable=True)
        form.update({name: value for name, value in named.items() if value is not None})
        view = EditView()
        view.request, view.latest_revision = SimpleNamespace(POST=form), revision
        assert is_out_of_date(form, revision) == view.is_out_of_date, (revision, form)
        seen.add(view.is_out_of_date)
    assert seen == {True, False}


@pytest.mark.django_db
def test_the_page_overrules_what_the_clock_leaves_out_of_a_revision(editor, writer):
    """Whatever a revision says of these fields, Wagtail goes by the page: so the clock need not read it."""
    page = QuestionPage.objects.get(pk=make_question("A question?").pk)
    revision = SimpleNamespace(content=page.serializable_data())
    _leave_to_the_page(page, revision)
    left_out = page.serializable_data().keys() - revision.content
    assert len(left_out) > 3
    page.owner = page.locked_by = editor
    page.save()
    stored, other = page.serializable_data(), make_question("Another?")
    for name in left_out:
        field = page._meta.get_field(name)
        wrong = {"owner": writer.pk, "locked_by": writer.pk, "latest_revision": other.latest_revision_id}
        content = stored | {name: wrong.get(name)}  # nothing, or somebody else
        without = {key: value for key, value in content.items() if key != name}
        kept = [getattr(page.with_content_json(said), field.attname) for said in (content, without)]
        assert kept == [getattr(page, field.attname)] * 2, f"Wagtail reads {name} from the revision: due.py drops it"


@pytest.mark.django_db
def test_what_validation_leaves_out_is_set_by_wagtail_and_kept_by_the_database():
    """A field that editors could fill in, or that the database does not watch over, must not go unvalidated."""
    fields = {field.name: field for field in QuestionPage._meta.get_fields() if isinstance(field, models.Field)}
    assert fields.keys() >= _SET_BY_WAGTAIL, "a field that is left out is gone: take it out of _SET_BY_WAGTAIL"
    form = QuestionPage.get_edit_handler().get_form_class()
    assert not _SET_BY_WAGTAIL & set(form.base_fields)
    watched = {name for name, field in fields.items() if isinstance(field, models.ForeignKey) and field.db_constraint}
    unique = {name for name, field in fields.items() if field.unique}
    together = {name for names in Page._meta.unique_together for name in names}
    assert watched | unique | together >= _SET_BY_WAGTAIL


def test_our_scripts_find_what_they_lean_on():
    """Names of Wagtail's controllers, of their events and members, and of EasyMDE, in what the two send to browsers."""
    admin = Path(wagtail.__file__).parent / "admin/static/wagtailadmin/js"
    sent = "\n".join(path.read_text(encoding="utf-8") for path in admin.glob("*.js"))
    found = set()
    for path in (ROOT / "static/js").glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for controller, event in re.findall(r"[\"'](w-[a-z-]+)(?::([a-z-]+))?[\"']", text):
            found |= {controller, event} - {""}
        for member in re.findall(
            r"\b(?:unsaved|autosave|session|commentApp|comments|actions)(?:\.submit)?\??\.(\w+)\b", text
        ):
            found |= {member.removesuffix("Value")} if member != "js" else set()
    missing = {name for name in found if not re.search(rf"\b{re.escape(name)}(?:Value)?\b", sent)}
    assert {"w-unsaved", "w-autosave", "success", "initialFormData", "isCommentShortcut"} <= found
    assert not missing, f"Wagtail {wagtail.__version__} sends no such names: read its controllers again"
    easymde = (Path(wagtailmarkdown.__file__).parent / "static/wagtailmarkdown/js/easymde.min.js").read_text()
    desk = (ROOT / "static/js/desk.js").read_text(encoding="utf-8")
    methods = set(re.findall(r'own\("[\w-]+", "(\w+)"\)', desk))
    assert len(methods) > 10
    assert not {name for name in methods | {"autoRefresh", "nativeSpellcheck"} if name not in easymde}
