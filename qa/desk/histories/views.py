"""Views of redirects, promoted results and site settings, in the place of Wagtail's, and the history of each."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.generic import RevisionsCompareView, RevisionsRevertMixin
from wagtail.admin.views.generic.history import HistoryView
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.contrib.redirects import views as redirect_views
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.search_promotions import views as promotion_views
from wagtail.contrib.search_promotions.models import Query, SearchPromotion
from wagtail.contrib.settings.views import EditView as SettingsEditView
from wagtail.contrib.settings.views import get_setting_edit_handler
from wagtail.models import ModelLogEntry, RevisionMixin
from wagtail.permissions import policy_registry

from qa.desk.histories.kept_values import log_change
from qa.desk.histories.stale_forms import StaleFormMixin
from qa.desk.histories.states import State, parts_of, state_of
from qa.registered_models import site_settings


class EditRedirectView(StaleFormMixin, redirect_views.EditView):
    """The form of a redirect; what it was before a change is in its log."""

    history_url_name = "qa_redirect_history"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        before = self.stored_state()
        response = super().form_valid(form)
        parts, after = list(parts_of(form)), self.stored_state()
        texts = ({part.label: part.text(state.get(part.name)) for part in parts} for state in (before, after))
        log_change(self.object, *texts)
        return response


class RedirectHistoryView(HistoryView):
    """What became of a redirect."""

    model = Redirect
    index_url_name = "wagtailredirects:index"
    edit_url_name = "wagtailredirects:edit"
    history_url_name = "qa_redirect_history"
    history_results_url_name = "qa_redirect_history_results"


def _promoted_state(query: Query) -> State:
    picks = query.editors_picks.order_by("sort_order", "pk")
    return {**state_of(query), "picks": [state_of(pick) for pick in picks]}


class EditPromotionView(StaleFormMixin, promotion_views.EditView):
    """The form of the results that are promoted for a search; what they were before a change is in its log."""

    history_url_name = "qa_promotion_history"

    def stored_state(self) -> State:
        """Return the search and its results."""
        return _promoted_state(self.stored())

    def sent_state(self, form: BaseForm) -> State:
        """Return the search; the rows are not merged, they are compared as they stand."""
        return state_of(self.object) | {"query_string": form.cleaned_data["query_string"]}

    def _answer_if_stale(self, request: HttpRequest) -> HttpResponse | None:
        opened, stored = self._opened_state(request), self.stored_state()
        if opened is None or opened == stored:
            return None
        data = request.POST.copy()
        data["as_opened"] = self._signed(stored)
        request.POST = data
        shown = _shown_promotion(self.stored())
        return self.stale_answer([], [(label, text) for label, text in shown.items()])

    def log_entries(self) -> QuerySet[ModelLogEntry]:
        """Return the log of the search and of its results."""
        return _promotion_log(self.object)

    def form_valid(self, form: BaseForm) -> HttpResponse:
        before = _shown_promotion(self.stored())
        response = super().form_valid(form)
        log_change(self.new_query, before, _shown_promotion(Query.objects.get(pk=self.new_query.pk)))
        return response


def _shown_promotion(query: Query) -> dict[str, str]:
    picks = query.editors_picks.order_by("sort_order", "pk").select_related("page")
    results = ", ".join(str(pick.page or pick.external_link_url) for pick in picks)
    return {str(_("Search term(s)/phrase")): query.query_string, str(_("Promoted results")): results or "–"}


def _promotion_log(query: Query) -> QuerySet[ModelLogEntry]:
    kinds = ContentType.objects.get_for_models(Query, SearchPromotion)
    picks = [str(pk) for pk in query.editors_picks.values_list("pk", flat=True)]
    return ModelLogEntry.objects.filter(
        Q(content_type=kinds[Query], object_id=str(query.pk))
        | Q(content_type=kinds[SearchPromotion], object_id__in=picks)
    )


class PromotionHistoryView(HistoryView):
    """What became of the results that are promoted for a search."""

    model = Query
    index_url_name = "wagtailsearchpromotions:index"
    edit_url_name = "wagtailsearchpromotions:edit"
    history_url_name = "qa_promotion_history"
    history_results_url_name = "qa_promotion_history_results"

    @property
    def permission_policy(self) -> Any:
        """The one of promoted results, as in Wagtail's own views."""
        return policy_registry.get_by_type(SearchPromotion)

    def get_base_queryset(self) -> QuerySet[ModelLogEntry]:
        return self._annotate_queryset(_promotion_log(self.object).filter(content_type__model="query"))


class EditSettingsView(StaleFormMixin, SettingsEditView):
    """The form of a setting, with a history if it has versions."""

    def get_history_url(self) -> str | None:
        """Return where its versions are."""
        return reverse("qa_settings_history", args=[self.object.pk]) if _has_history(self.object) else None


def _has_history(setting: Model) -> bool:
    return isinstance(setting, RevisionMixin) and isinstance(setting, site_settings.model)


class _OfTheSiteSettings:
    """What the views of the versions of the site settings share."""

    edit_url_name = "qa_settings"
    history_url_name = "qa_settings_history"
    history_results_url_name = "qa_settings_history_results"
    revisions_revert_url_name = "qa_settings_revert"
    revisions_compare_url_name = "qa_settings_compare"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.model = site_settings.model
        super().setup(request, *args, **kwargs)


class SettingsHistoryView(_OfTheSiteSettings, HistoryView):
    """What became of the site settings."""

    any_permission_required = ["change"]


class CompareSettingsView(_OfTheSiteSettings, PermissionCheckedMixin, RevisionsCompareView):
    """Two versions of the site settings."""

    permission_required = "change"

    @property
    def permission_policy(self) -> Any:
        return policy_registry.get_by_type(self.model)

    def get_edit_handler(self) -> Any:
        return get_setting_edit_handler(self.model)


class RevertSettingsView(RevisionsRevertMixin, EditSettingsView):
    """The form of the site settings with an earlier version in it."""

    revisions_revert_url_name = "qa_settings_revert"
    draftstate_enabled = False

    def setup(self, request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> None:
        meta = site_settings.model._meta
        setting = get_object_or_404(site_settings.model, pk=pk)
        super().setup(request, meta.app_label, meta.model_name, *args, **kwargs | {"pk": setting.site_id})

    def get_success_message(self) -> str:
        return capfirst(super().get_success_message())


def edit_settings(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the form of the site settings, which Wagtail has at an address with the number of the site."""
    setting = get_object_or_404(site_settings.model, pk=pk)
    meta = setting._meta
    return redirect("wagtailsettings:edit", meta.app_label, meta.model_name, setting.site_id)
