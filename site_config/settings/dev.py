"""Settings of a developer's machine and of `make run`: no variable is needed, nothing is reachable from outside."""

from site_config import env

from .base import *  # noqa: F403
from .base import STORAGES, VAR_DIR

# Off by default, so that a first look shows the site's own 404 page; DEBUG=1 switches tracebacks on.
DEBUG = env.boolean("DEBUG")
SECRET_KEY = env.kept_secret(VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

# Files are served from where they are written: a change to site.css shows on reload, without collectstatic.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
