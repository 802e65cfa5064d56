"""Settings that every environment shares. Nothing here is secret and nothing here is unsafe."""

import zoneinfo
from datetime import timedelta

import django
from django.utils.translation import gettext_lazy as _

from site_config import env, error_reports

BASE_DIR = env.BASE_DIR
# Everything that is not code: database, uploads, collected files, the demo's passwords.
VAR_DIR = env.private_folder("VAR_DIR", BASE_DIR / "var")

DEBUG = False
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "home",
    "qa",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.routable_page",
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtailmarkdown",
    "modelcluster",
    "taggit",
    "django_tasks_db",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",  # Wagtail's search on PostgreSQL; does nothing on SQLite
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, for the renderer below
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "site_config.policy.sister_headers",
    "csp.middleware.CSPMiddleware",  # Django 6: django.middleware.csp.ContentSecurityPolicyMiddleware
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "qa.desk.sign_in.guard.SignInGuard",  # whose password alone is not enough is nobody yet
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",  # it only looks at 404 answers
    "axes.middleware.AxesMiddleware",  # last, as its documentation wants it
]

ROOT_URLCONF = "site_config.urls"
WSGI_APPLICATION = "site_config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]

# Widgets are looked for in templates/, too: Wagtail's with inline scripts have others there.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS += [
    {"NAME": "qa.desk.calendar.password_changed.AddressRevoker"},
    {"NAME": "qa.desk.sign_in.password_changed.SessionEnder"},
]

# Signing in (docs/operating.md). Wrong passwords are counted in the database, so that all processes know of them.
AUTHENTICATION_BACKENDS = ["qa.desk.sign_in.throttling.ThrottlingBackend", "django.contrib.auth.backends.ModelBackend"]
AXES_HANDLER = "qa.desk.sign_in.throttling.Throttle"  # which has the limits
AXES_CLIENT_IP_CALLABLE = "qa.desk.sign_in.throttling.counted_address"
AXES_LOCKOUT_CALLABLE = "qa.desk.sign_in.throttling.refusal"
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # who goes on trying would keep the owner out for ever
AXES_DISABLE_ACCESS_LOG = True  # qa.models.SignIn has what an account sees of itself
AXES_VERBOSE = False
# Whose password alone opens nothing: nobody's but of those who chose it, of accounts that may publish, or everybody's.
SECOND_FACTOR = env.choice("SECOND_FACTOR", ("off", "publishers", "everybody"), "off")
# A session ends after so long without anything done, and what is sensitive asks again after so long.
SESSION_COOKIE_AGE = 60 * env.integer("SESSION_IDLE_MINUTES", 14 * 24 * 60, minimum=5)  # seconds
CONFIRM_AFTER = timedelta(minutes=env.integer("CONFIRM_AFTER_MINUTES", 30, minimum=1))
# Tries are limited by the above; these would let whoever knows a password lock its owner out for days.
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0

# Who signs in on the site without having asked for a page, or is sent to one of another site.
LOGIN_REDIRECT_URL = "/"

# Language and time: stored in UTC, shown in TIME_ZONE (editors may choose another one for their account).
LANGUAGE_CODE = env.language("LANGUAGE_CODE", "en")
TIME_ZONE = env.time_zone("TIME_ZONE", "UTC")
USE_TZ = True
# Those that editors may choose: some machines list files that are no zones, at which the account's script fails.
WAGTAIL_USER_TIME_ZONES = sorted(zoneinfo.available_timezones() - {"Factory", "localtime", "posixrules"})
USE_I18N = True
FORMAT_MODULE_PATH = "site_config.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES = [(LANGUAGE_CODE, _("Language of the site"))]

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
SERVE_MEDIA = env.boolean("SERVE_MEDIA", True)  # pictures from the web process; switch off behind nginx or a CDN
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# What browsers may load and do (site_config/policy.py). Nothing is inline and nothing comes from another host, but for
# what the operator names: hosts of their own for readers' pages, and of these only pictures and sound for the desk.
OTHER_HOSTS = env.sources("CSP_HOSTS")
# Without a nonce: pages are kept, and one that is kept is no secret. Django 6 reads this setting, django-csp the next.
SECURE_CSP = env.with_sources(
    OTHER_HOSTS,
    {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],  # suggestions while one types a search
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
)
CONTENT_SECURITY_POLICY = {"DIRECTIVES": SECURE_CSP}
DESK_CSP = env.with_sources(
    {name: OTHER_HOSTS[name] for name in ("img-src", "media-src") if name in OTHER_HOSTS},
    {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        # The rich text editor writes style elements, one of them with the number of its block in it.
        "style-src": ["'self'", "'unsafe-inline'"],
        "style-src-attr": ["'none'"],
        "img-src": ["'self'", "data:", "blob:"],  # where a picture is cut and before one is uploaded
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],  # previews
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
)
FILE_CSP = {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}  # of a picture that is opened by itself

# What may fail after a change is queued in the database, for `manage.py run_worker`. Wagtail's own tasks (its indexes)
# stay where the change is made: a picture that is in use must not look unused while no worker runs.
TASKS = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "queue": {"BACKEND": "django_tasks_db.DatabaseBackend"},
}

# Mail is off (written to the log) until a server is named.
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 10  # seconds
EMAIL_BACKEND = "qa.tasks.mailing.QueuedBackend"  # the worker then sends it through
MAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
# Who is written to when something scheduled is not published; without it every superuser with an address is. Django 6
# wants addresses, and pairs of name and address no longer.
ADMINS = [address if django.VERSION >= (6, 0) else ("", address) for address in env.words("ADMINS")]
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "column@localhost")

# Who is written to about a hole in the site, in /.well-known/security.txt; there is none until somebody is named.
SECURITY_CONTACTS = env.contacts("SECURITY_CONTACT")

# Whether what a proxy says of the client can be trusted.
BEHIND_PROXY = env.boolean("BEHIND_PROXY")

# A cache in front of the site is told of every change, once it is named.
WAGTAILFRONTENDCACHE = env.outer_cache("CACHE_PURGE_URL", backend="qa.publishing.outer_caches.PurgingBackend")

# Wagtail
WAGTAIL_SITE_NAME = env.text("SITE_NAME", "Asked & Answered")
WAGTAILADMIN_BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000")
OTP_WEBAUTHN_RP_NAME = WAGTAIL_SITE_NAME
OTP_WEBAUTHN_RP_ID, _origin = env.passkey_host(WAGTAILADMIN_BASE_URL)
OTP_WEBAUTHN_ALLOWED_ORIGINS = [_origin]
WAGTAILSEARCH_BACKENDS = {"default": env.search_backend("SEARCH_URL")}  # the desk's; readers have qa.search
BIN_DAYS = env.integer("BIN_DAYS", 30)  # how long what is deleted can be taken back; 0 switches the bin off
WAGTAIL_AUTOSAVE_INTERVAL = env.integer("AUTOSAVE_INTERVAL", 2000)  # milliseconds; 0 switches it off
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILDOCS_DOCUMENT_FORM_BASE = "qa.desk.upload_forms.DocumentForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "qa.desk.upload_forms.PictureForm"
WAGTAILDOCS_MAX_UPLOAD_SIZE = 60 * 1000 * 1000  # bytes
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 15 * 1024 * 1024  # bytes
# Bytes say nothing of what a picture becomes: 15 kB of PNG can be 128 million pixels, 800 MB of memory in each thread.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40 * 1000 * 1000  # all frames of an animation together; a camera's have 12 to 36
TAGGIT_CASE_INSENSITIVE = True
# Also of what is offline for a correction, which Wagtail 8.1 would leave out; `get_route_paths` says of which pages.
WAGTAILREDIRECTS_AUTO_CREATE = "always"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a long StreamField posts one field per input; Django's 1,000 is too few

# No request to another host from the admin: no update check, no gravatar, no icon font of the Markdown editor.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILMARKDOWN = {"autodownload_fontawesome": False}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "site_config.logged_addresses.SecretsFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    # Wagtail's audit log and the search tasks go to the database; one line each here would drown everything else.
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("wagtail", "django.tasks", "django_tasks", "django_tasks_db")},
        # Named here so that it loses Django's own handlers: one of them mails every error to ADMINS, and anybody can
        # make an error (a request for a host that is not ours is one).
        "django": {"level": "INFO"},
    },
}

# Errors are reported to Sentry once it is named (site_config/error_reports.py says what of them).
if SENTRY_DSN := env.text("SENTRY_DSN"):
    error_reports.start(SENTRY_DSN)
