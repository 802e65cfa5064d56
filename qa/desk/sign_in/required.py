"""Rule of second factors: who has one, and of whom one is required (``SECOND_FACTOR``)."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from qa.desk.front_page.panels import may_publish
from qa.desk.sign_in.passkeys import has_passkey
from qa.models import AuthenticatorApp


def has_factor(user: AbstractBaseUser) -> bool:
    """Return whether an account has a passkey or an authenticator app; two queries at most."""
    return has_passkey(user) or AuthenticatorApp.objects.filter(user_id=user.pk, confirmed=True).exists()


def is_required(user: AbstractBaseUser) -> bool:
    """Return whether the password of an account must not be enough. Readers' accounts never enter the desk.

    Who may make others publish counts among those who publish.
    """
    if settings.SECOND_FACTOR == "off" or not user.has_perm("wagtailadmin.access_admin"):
        return False
    return settings.SECOND_FACTOR == "everybody" or user.is_superuser or may_publish(user) or _may_make_publishers(user)


def _may_make_publishers(user: AbstractBaseUser) -> bool:
    """Return whether an account may give rights: to an account that it makes or changes, or to a group."""
    model = get_user_model()._meta
    rights = [f"{model.app_label}.{what}_{model.model_name}" for what in ("add", "change")]
    return any(user.has_perm(right) for right in [*rights, "auth.add_group", "auth.change_group"])
