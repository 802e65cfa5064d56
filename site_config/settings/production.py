"""Settings of production. It does not start without its secrets, and it is safe unless told otherwise."""

from site_config import env

from .base import *  # noqa: F403
from .base import BEHIND_PROXY

SECRET_KEY = env.required("SECRET_KEY", "signing sessions; make one with `openssl rand -base64 48`")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [env.required("ALLOWED_HOSTS", "the host names this site answers to")]
# Keys that were used before: what they signed or encrypted (secrets of authenticator apps) can still be read.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
WAGTAILADMIN_BASE_URL = env.text("BASE_URL", f"https://{ALLOWED_HOSTS[0]}")
OTP_WEBAUTHN_RP_ID, _origin = env.passkey_host(WAGTAILADMIN_BASE_URL)
OTP_WEBAUTHN_ALLOWED_ORIGINS = [_origin]

# HTTPS=no is for trying production settings on one's own machine, never for a site that people sign in to.
HTTPS = env.boolean("HTTPS", True)
SECURE_SSL_REDIRECT = HTTPS
# A probe from inside speaks http, and many take a redirect for good health.
SECURE_REDIRECT_EXEMPT = [r"^healthz/"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 365 * 24 * 3600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("HSTS_INCLUDE_SUBDOMAINS", HTTPS)
SECURE_HSTS_PRELOAD = env.boolean("HSTS_PRELOAD", HTTPS)
# Only a proxy that always overwrites this header makes it trustworthy, so the operator must say that there is one.
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
