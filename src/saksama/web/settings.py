"""Django's settings. `SAKSAMA_OFFICE` names the office folder; without it everything lives in memory (tests, mypy)."""

import os
import secrets
import tomllib
from pathlib import Path
from typing import Any

from saksama.model.wilayah import Wilayah

_HERE = Path(__file__).resolve().parent
_SECRET_FILE = "web.secret"  # noqa: S105  # a file's name, not what it holds


def _secret_key(keys: Path) -> str:
    """The site's own secret, made at the first start: readable by the office's account and nobody else."""
    path = keys / _SECRET_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text()


def _toml(folder: Path) -> dict[str, Any]:
    path = folder / "saksama.toml"
    return tomllib.loads(path.read_text()) if path.is_file() else {}


def _time_zone(wilayah: str) -> str:
    """The name of WIB, WITA or WIT; WIB where no office is named."""
    hours = Wilayah(wilayah).utc_offset_hours if wilayah else 7
    return {7: "Asia/Jakarta", 8: "Asia/Makassar", 9: "Asia/Jayapura"}[hours]


OFFICE_FOLDER = Path(os.environ["SAKSAMA_OFFICE"]).resolve() if os.environ.get("SAKSAMA_OFFICE") else None
_said = _toml(OFFICE_FOLDER) if OFFICE_FOLDER else {}
_https = os.environ.get("SAKSAMA_HTTPS") == "1"  # behind a proxy that ends TLS and sets X-Forwarded-Proto
_hosts = [host for host in os.environ.get("SAKSAMA_HOSTS", "").split(",") if host]  # further names of this site

DEBUG = False  # nowhere: a traceback page would show voters
SECRET_KEY = (
    _secret_key(OFFICE_FOLDER / _said.get("keys", {}).get("folder", "keys"))
    if OFFICE_FOLDER
    else secrets.token_urlsafe(64)
)
ALLOWED_HOSTS: list[str] = ["127.0.0.1", "localhost", "[::1]", *_hosts]
ROOT_URLCONF = "saksama.web.urls"
WSGI_APPLICATION = "saksama.web.wsgi.application"
AUTH_USER_MODEL = "people.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "saksama.web.people",
    "saksama.web.cases",
    "saksama.web.rolls",
    "saksama.web.minutes",
    "saksama.web.public",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "saksama.web.people.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "saksama.web.people.guarding.AskWhoMiddleware",  # a page is closed unless it says otherwise
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "saksama.web.people.guarding.GuardMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "saksama.web.people.context.place",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["saksama.web.people.templatetags.words", "django.templatetags.i18n"],
        },
    }
]

# --- the database: docs/decisions/0004-web-parts.md says why each of these --------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "saksama.web.sqlite",
        "NAME": OFFICE_FOLDER / "cases.sqlite3" if OFFICE_FOLDER else ":memory:",
        "CONN_MAX_AGE": None,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "throttle"}}

# --- who may come in --------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["saksama.web.people.signing_in.OnlyTheEnrolled"]
ACCOUNT_ADAPTER = "saksama.web.people.signing_in.ClosedDoor"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # checked by allauth even though nobody can sign up
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/5m/ip,5/5m/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- what a browser is told -------------------------------------------------------------------------------------------
SESSION_COOKIE_NAME = "saksama"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_AGE = 10 * 60 * 60  # a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_FAILURE_VIEW = "saksama.web.people.refusals.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # `no-referrer` would make Django's own CSRF check fail under https
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # a form here is a page of text at most
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]  # no file of a visitor on our disk
FILE_UPLOAD_MAX_MEMORY_SIZE = 2560 * 1024  # a whole request; evidence and a policy have 1 MiB each
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- files, language, time --------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [_HERE / "static"]
WHITENOISE_USE_FINDERS = True  # served from where they lie: an office needs no build step
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Indonesia"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "saksama_language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_SECURE = _https
LOCALE_PATHS = [_HERE / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
USE_TZ = True
TIME_ZONE = _time_zone(str(_said.get("office", {}).get("wilayah", "")))

# Log lines carry addresses of pages, which hold nothing of a voter, and no text of an unexpected exception.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "saksama.web.people.logs.WithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False}},
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SILENCED_SYSTEM_CHECKS: list[str] = []
