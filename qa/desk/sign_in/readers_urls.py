"""URL patterns of readers' passwords, which stand before Wagtail's of the same addresses."""

from django.urls import path
from django.views.decorators.cache import never_cache

from qa.desk.sign_in.entering import ReadersDoor
from qa.desk.sign_in.page_passwords import of_collection, of_page

# Wagtail says "never" of a restricted page itself, but not of the form at its own address, which has a token.
urlpatterns = [
    path(
        "_util/authenticate_with_password/<int:page_view_restriction_id>/<int:page_id>/",
        never_cache(of_page),
        name="wagtailcore_authenticate_with_password",
    ),
    path("_util/login/", never_cache(ReadersDoor.as_view()), name="wagtailcore_login"),
    path(
        "documents/authenticate_with_password/<int:restriction_id>/",
        never_cache(of_collection),
        name="wagtaildocs_authenticate_with_password",
    ),
]
