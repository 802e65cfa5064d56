"""URL patterns of signing in, which stand before Wagtail's of the same addresses (``site_config/urls.py``)."""

from django.urls import URLPattern, include, path
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.utils.urlpatterns import decorate_urlpatterns

from qa.desk.sign_in import account, adding, passkey_doors
from qa.desk.sign_in.account_form import Account
from qa.desk.sign_in.entering import DeskDoor, SecondStep
from qa.desk.sign_in.password_reset import PasswordReset
from qa.desk.sign_in.subject import of_subject
from site_config.atomic_writes import atomic_writes
from site_config.policy import at_the_desk


def _outside(patterns: list[URLPattern]) -> list[URLPattern]:
    """Decorate views for who is not signed in.

    They are no transaction: slow hashes and failed tries must not hold SQLite's one writer, and a mistake stays counted
    whatever comes after it.
    """
    return decorate_urlpatterns(decorate_urlpatterns(patterns, at_the_desk), never_cache)


def _inside(patterns: list[URLPattern]) -> list[URLPattern]:
    return _outside(decorate_urlpatterns(decorate_urlpatterns(patterns, require_admin_access), atomic_writes))


_doors = [
    path("second-step/", SecondStep.as_view(), name="second_step"),
    path("passkey/begin/", passkey_doors.begin, name="passkey_begin"),
    path("passkey/finish/", passkey_doors.finish, name="passkey_finish"),
]
_adding = [
    path("add/", of_subject(adding.add), name="add"),
    path("passkey/begin/", of_subject(adding.begin_passkey), name="passkey_begin"),
    path("passkey/finish/", of_subject(adding.finish_passkey), name="passkey_finish"),
    path("app/", of_subject(adding.app), name="app"),
]
_changing = [
    path("", account.AccountPage.as_view(), name="account"),
    path("codes/", of_subject(adding.codes), name="codes"),
    path("passkey/<int:pk>/remove/", account.remove_passkey, name="remove_passkey"),
    path("passkey/<int:pk>/rename/", account.rename_passkey, name="rename_passkey"),
    path("app/remove/", account.remove_app, name="remove_app"),
    path("devices/<int:pk>/end/", account.end_session, name="end_session"),
    path("devices/end/", account.end_other_sessions, name="end_other_sessions"),
]

urlpatterns = [
    *_outside(
        [
            path("login/", DeskDoor.as_view(), name="wagtailadmin_login"),
            path("login/", include((_doors, "sign_in"))),
            path("password_reset/", PasswordReset.as_view(), name="wagtailadmin_password_reset"),
        ]
    ),
    path(
        "account/sign-in/",
        include(
            ([*_outside(decorate_urlpatterns(_adding, atomic_writes)), *_inside(_changing)], "sign_in_factors"),
        ),
    ),
    *_inside([path("account/", Account.as_view(), name="wagtailadmin_account")]),
]
