"""Models of second factors: those of django-otp, with nothing in the database that could be used as it stands there."""

import secrets
from base64 import b64decode, b64encode
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

#: Bytes of the secret of an authenticator app (RFC 4226, 4: at least 16, better 20).
_SECRET, _NONCE = 20, 12
#: How many recovery codes an account is given, and how many characters of 32 each has: 50 bits, of which few an hour
#: can be tried.
CODES, _LENGTH = 10, 10
_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"  # without what is mistaken for something else


class AuthenticatorApp(TOTPDevice):
    """The authenticator app of an account; its secret is encrypted with a key made of ``SECRET_KEY``.

    AES-GCM in 64 characters of base64, because the column holds 80. django-otp keeps the step of the last code, so that
    none is good twice, whichever process is asked.
    """

    class Meta:
        proxy = True
        verbose_name = _("authenticator app")
        verbose_name_plural = _("authenticator apps")

    @classmethod
    def prepare(cls, user: Any, sealed: str = "") -> "AuthenticatorApp":
        """Return an app that is not stored: with a new secret, or the one that ``sealed`` (its ``key``) has."""
        return cls(user=user, name=str(cls._meta.verbose_name), key=sealed or _seal(secrets.token_bytes(_SECRET)))

    @property
    def bin_key(self) -> bytes:
        """The secret itself; raises ``ValueError`` where no key that we have opens it."""
        return _open(self.key)


def _keys() -> list[bytes]:
    used = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("qa.second_factors.app", "", key, algorithm="sha256").digest() for key in used]


def _seal(secret: bytes) -> str:
    nonce = secrets.token_bytes(_NONCE)
    return b64encode(nonce + AESGCM(_keys()[0]).encrypt(nonce, secret, None)).decode()


def _open(sealed: str) -> bytes:
    data = b64decode(sealed)
    for key in _keys():
        try:
            return AESGCM(key).decrypt(data[:_NONCE], data[_NONCE:], None)
        except InvalidTag:
            continue
    raise ValueError("This authenticator app was set up with another SECRET_KEY.")


class RecoveryCodes(StaticDevice):
    """The recovery codes of an account, each good once; of a code only a keyed digest is kept."""

    class Meta:
        proxy = True
        verbose_name = _("recovery codes")
        verbose_name_plural = _("recovery codes")

    @classmethod
    def renew(cls, user: Any) -> list[str]:
        """Return new codes for an account, shown this once; those that it had are good no more."""
        cls.objects.filter(user=user).delete()
        device = cls.objects.create(user=user, name=str(cls._meta.verbose_name))
        codes = ["".join(secrets.choice(_ALPHABET) for _place in range(_LENGTH)) for _code in range(CODES)]
        device.token_set.bulk_create(device.token_set.model(device=device, token=_digests(code)[0]) for code in codes)
        return [f"{code[:5]}-{code[5:]}" for code in codes]

    def verify_token(self, token: str) -> bool:
        """Return whether ``token`` is one of the codes, however it is spaced; it is none from then on."""
        written = "".join(character for character in token.lower() if character.isalnum())
        return any(super(RecoveryCodes, self).verify_token(digest) for digest in _digests(written))

    @classmethod
    def left(cls, user: Any) -> int:
        """Return how many codes of an account are still good."""
        return StaticDevice.token_set.rel.related_model.objects.filter(device__user=user).count()


def _digests(code: str) -> list[str]:
    """Return what is kept of a code, in 16 characters (96 bits), by each key that we have; the newest key's first."""
    used = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = (salted_hmac("qa.second_factors.codes", code, key, algorithm="sha256") for key in used)
    return [b64encode(digest.digest()[:12], altchars=b"-_").decode() for digest in made]
