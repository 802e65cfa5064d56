"""URL patterns of the forms that know what they were opened with, at Wagtail's own addresses, and of the histories."""

from django.urls import URLPattern, path

from qa.desk.histories import views


def urls() -> list[URLPattern]:
    """Return the addresses; the first three are Wagtail's, which come after ours."""
    return [
        path("redirects/<int:redirect_id>/", views.EditRedirectView.as_view()),
        path("searchpicks/<int:query_id>/", views.EditPromotionView.as_view()),
        path("settings/<slug:app_name>/<slug:model_name>/<int:pk>/", views.EditSettingsView.as_view()),
        *_history("redirects/<str:pk>/history/", "qa_redirect_history", views.RedirectHistoryView),
        *_history("searchpicks/<str:pk>/history/", "qa_promotion_history", views.PromotionHistoryView),
        *_history("site-settings/<str:pk>/history/", "qa_settings_history", views.SettingsHistoryView),
        path("site-settings/<int:pk>/", views.edit_settings, name="qa_settings"),
        path(
            "site-settings/<int:pk>/history/<int:revision_id>/revert/",
            views.RevertSettingsView.as_view(),
            name="qa_settings_revert",
        ),
        path(
            "site-settings/<str:pk>/history/compare/<slug:revision_id_a>...<slug:revision_id_b>/",
            views.CompareSettingsView.as_view(),
            name="qa_settings_compare",
        ),
    ]


def _history(address: str, name: str, view: type[views.HistoryView]) -> list[URLPattern]:
    return [
        path(address, view.as_view(), name=name),
        path(f"{address}results/", view.as_view(results_only=True), name=f"{name}_results"),
    ]
