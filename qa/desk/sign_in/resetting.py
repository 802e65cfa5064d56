"""Reset of the second factor of an account, by whoever runs the site."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp_webauthn.models import WebAuthnCredential

from qa.desk.sign_in import notices
from qa.models import SignIn


def reset(user: AbstractBaseUser) -> bool:
    """Remove all second factors and recovery codes of an account and end its sessions; return whether there were any.

    It is told by mail, and the history of the account says that it was no account of the desk who did it.
    """
    with transaction.atomic():
        models = (WebAuthnCredential, TOTPDevice, StaticDevice)
        removed = sum(model.objects.filter(user_id=user.pk).delete()[0] for model in models)
        if removed:
            SignIn.end(user)
            notices.note(user, notices.RESET)
    return bool(removed)
