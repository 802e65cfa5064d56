"""Views of the bin: the list, taking back, deleting for good."""

from itertools import islice
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import WagtailAdminTemplateMixin
from wagtail.log_actions import LogActionRegistry

from qa.desk.bin.permissions import RightsInTheBin
from qa.models import BinnedItem
from qa.publishing.bin.taking_back import TAKEN_BACK, take_back

MOST = 200  # items on the page, the newest


class BinView(WagtailAdminTemplateMixin, TemplateView):
    """What was deleted and can still be taken back, the newest first."""

    template_name = "qa/desk/bin.html"
    page_title = gettext_lazy("Bin")
    header_icon = "bin"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse accounts that delete nothing."""
        if not RightsInTheBin(request.user).may_use_it():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        return [*self.breadcrumbs_items, {"url": "", "label": _("Bin")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the items that the account may take back, without their rows."""
        kept = BinnedItem.objects.select_related("deleted_by__wagtail_userprofile").defer("rows", "links")
        rights = RightsInTheBin(self.request.user)
        items = list(islice(filter(rights.may_have, kept.iterator()), MOST))
        for item in items:
            item.kind = capfirst(apps.get_model(item.model)._meta.verbose_name)
        return super().get_context_data(**kwargs) | {"items": items, "days": settings.BIN_DAYS}


def _item(request: HttpRequest, pk: int) -> BinnedItem:
    item = get_object_or_404(BinnedItem, pk=pk)
    if not RightsInTheBin(request.user).may_have(item):
        raise PermissionDenied
    return item


@require_POST
def take_back_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an item back, and lead to its form."""
    try:
        instance, notes = take_back(_item(request, pk), request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("qa_bin")
    except BinnedItem.DoesNotExist:
        messages.error(
            request, _("It is no longer in the bin: somebody has just taken it back or deleted it for good.")
        )
        return redirect("qa_bin")
    address = AdminURLFinder(request.user).get_edit_url(instance)
    sentences = [_("“%s” is back.") % instance, *notes]
    buttons = [messages.button(address, _("Edit"))] if address else []
    messages.success(request, " ".join(map(str, sentences)), buttons=buttons)
    return redirect("qa_bin")


@require_POST
def delete_for_good_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an item, and all that is kept of it."""
    item = _item(request, pk)
    item.delete()
    messages.success(request, _("“%s” is deleted for good.") % item.title)
    return redirect("qa_bin")


def urls() -> list[URLPattern]:
    """Return the addresses."""
    return [
        path("bin/", BinView.as_view(), name="qa_bin"),
        path("bin/<int:pk>/back/", take_back_view, name="qa_take_back"),
        path("bin/<int:pk>/delete/", delete_for_good_view, name="qa_delete_for_good"),
    ]


class _BinItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return RightsInTheBin(request.user).may_use_it()


def menu_item() -> MenuItem:
    """Return the bin's entry of the menu, below everything else."""
    return _BinItem(BinView.page_title, reverse("qa_bin"), name="bin", icon_name="bin", order=9900)


def register_log_action(actions: LogActionRegistry) -> None:
    """Let the history say that something was taken back."""
    actions.register_action(TAKEN_BACK, gettext_lazy("Take back"), gettext_lazy("Taken back from the bin"))
