"""Keeping of what is stored as a version, where no version says it: before the first change, or after an import."""

from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import LogActionRegistry, log
from wagtail.models import Revision, RevisionMixin

from qa.desk.histories.states import state_of

AS_IT_WAS = "qa.as_it_was"


def register_log_action(actions: LogActionRegistry) -> None:
    """Let the history name such a version."""
    actions.register_action(AS_IT_WAS, _("Keep as it was"), _("Kept as it was before the change that follows"))


@transaction.atomic
def keep_what_is_stored(stored: Model) -> None:
    """Make a version of an object that is about to be changed, unless its newest version says what is stored.

    Code that changes topics, experts or settings (an import, a merge, a command) makes no versions, and neither did
    anybody before they had a history.
    """
    if not isinstance(stored, RevisionMixin):
        return
    newest = stored.latest_revision
    if newest is not None and _says(newest.content, state_of(stored)):
        return
    version = Revision.objects.create(
        content_object=stored,
        base_content_type=stored.get_base_content_type(),
        content=stored.serializable_data(),
        object_str=str(stored),
    )
    type(stored)._base_manager.filter(pk=stored.pk).update(latest_revision=version)
    log(instance=stored, action=AS_IT_WAS, revision=version, content_changed=True)


def _says(content: dict[str, Any], state: dict[str, Any]) -> bool:
    return {name: value for name, value in content.items() if name != "latest_revision"} == state
