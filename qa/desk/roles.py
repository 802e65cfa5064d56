"""Groups of the desk, their permissions, and the review workflow between them."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext, gettext_noop, override
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Task,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from qa.models import QuestionIndexPage

# Code looks groups up by these names, so they are the same in every language.
WRITERS = "Writers"
EDITORS = "Editors"
REVIEW = gettext_noop("Editor review")

#: Permissions on pages: writers have theirs below the question index, editors on the front page too.
PAGE_PERMISSIONS = {
    WRITERS: ["add_page", "change_page"],
    EDITORS: ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
}
#: Permissions on models, as ``app_label.codename``.
MODEL_PERMISSIONS = {
    WRITERS: ["wagtailadmin.access_admin"],
    EDITORS: [
        "wagtailadmin.access_admin",
        *(f"qa.{action}_{model}" for model in ("topic", "expert") for action in ("add", "change", "delete", "view")),
        "home.change_sitesettings",
        "qa.view_vainsearch",
        "qa.delete_vainsearch",
        *(f"wagtailsearchpromotions.{action}_searchpromotion" for action in ("add", "change", "delete", "view")),
        *(f"wagtailredirects.{action}_redirect" for action in ("add", "change", "delete", "view")),
    ],
}
_APPS = {name.partition(".")[0] for names in MODEL_PERMISSIONS.values() for name in names}
#: Permissions on pictures and documents, in every collection.
COLLECTION_PERMISSIONS = {
    WRITERS: ["add_image", "choose_image", "add_document", "choose_document"],
    EDITORS: ["add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document"],
}


def ensure_roles(**kwargs: Any) -> None:
    """Make the groups and the review workflow, or complete them; also a receiver of ``post_migrate``.

    Permissions that somebody added by hand stay; running it again changes nothing.
    """
    column = QuestionIndexPage.objects.first()
    if column is None:
        return
    for name in {"wagtailadmin", "wagtailimages", "wagtaildocs", "wagtailcore", *_APPS}:
        # On a new database this runs before the other apps' own post_migrate has made them.
        create_permissions(apps.get_app_config(name), verbosity=0)
    with transaction.atomic():
        column.hold()  # another `migrate` may run beside this one, and names of workflows are not unique
        _remove_unused_stock_groups()
        for name in (WRITERS, EDITORS):
            group, _created = Group.objects.get_or_create(name=name)
            _grant(group, column if name == WRITERS else column.get_parent())
        _ensure_review(column)


def _remove_unused_stock_groups() -> None:
    """Take away Wagtail's own two groups while they are as Wagtail made them: their names mean something else here."""
    root_permissions = GroupPagePermission.objects.filter(page=Page.get_first_root_node())
    for name in ("Moderators", EDITORS):
        group = Group.objects.filter(name=name, user=None).first()
        if group and root_permissions.filter(group=group).exists():
            group.delete()
    Workflow.objects.filter(name="Moderators approval", workflow_pages__page__depth=1, workflow_states=None).delete()
    Task.objects.filter(name="Moderators approval", workflow_tasks=None, task_states=None).delete()


def _grant(group: Group, page: Page) -> None:
    for codename in PAGE_PERMISSIONS[group.name]:
        permission = _permission(f"wagtailcore.{codename}")
        GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    group.permissions.add(*map(_permission, MODEL_PERMISSIONS[group.name]))
    collection = Collection.get_first_root_node()
    for codename in COLLECTION_PERMISSIONS[group.name]:
        app_label = "wagtailimages" if codename.endswith("image") else "wagtaildocs"
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=collection, permission=_permission(f"{app_label}.{codename}")
        )


def _ensure_review(column: Page) -> None:
    """Make the workflow that a writer's answer goes through: one editor approves it, which publishes it.

    It is named in the site's language once. A column that has a workflow of another name keeps that one: operators
    have chosen it, or it was made before LANGUAGE_CODE changed.
    """
    with override(settings.LANGUAGE_CODE):  # `migrate` runs without a language
        name = gettext(REVIEW)
    if WorkflowPage.objects.filter(page=column).exclude(workflow__name=name).exists():
        return
    workflow = Workflow.objects.filter(name=name).order_by("pk").first() or Workflow.objects.create(name=name)
    task = GroupApprovalTask.objects.filter(name=name).order_by("pk").first()
    task = task or GroupApprovalTask.objects.create(name=name)
    task.groups.add(Group.objects.get(name=EDITORS))
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    WorkflowPage.objects.get_or_create(page=column, defaults={"workflow": workflow})


def _permission(name: str) -> Permission:
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)
