"""Every setting, read from the environment. Nothing secret stands here.

| variable | meaning | default |
|---|---|---|
| `NUANXIN_DATA` | folder of state: database, files, keys | `var/` beside `manage.py` |
| `NUANXIN_DEBUG` | `1`: a trial on this machine (keys are made when missing, loopback only); `0`: in service | `1` |
| `NUANXIN_TRACEBACKS` | `1`: Django's own error pages, for developers | `0` |
| `DATABASE_URL` | `postgres://…` | SQLite in the data folder |
| `CELERY_BROKER_URL` | `redis://…` or `amqp://…`: background work by Celery | none: one worker beside the web |
| `NUANXIN_HOSTS`, `NUANXIN_ORIGINS` | names this site answers to; origins its forms come from | loopback |
| `NUANXIN_HTTPS` | `1`: cookies only over TLS, HSTS | `0` in a trial, else `1` |
"""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from casework.conf import databases
from casework.secrets import load_secrets


def _flag(name: str, default: str) -> bool:
    return os.environ.get(name, default).strip().lower() in ("1", "true", "yes", "on")


def _list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(os.environ.get("NUANXIN_DATA") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
FILES_DIR = DATA_DIR / "files"
KEYS_FILE = DATA_DIR / "keys.json"

TRIAL = _flag("NUANXIN_DEBUG", "1")
DEBUG = TRIAL and _flag("NUANXIN_TRACEBACKS", "0")
SECRETS = load_secrets(KEYS_FILE, may_create=TRIAL)
SECRET_KEY = SECRETS.django
ALLOWED_HOSTS = _list("NUANXIN_HOSTS") + (["localhost", "127.0.0.1", "[::1]", "testserver"] if TRIAL else [])
CSRF_TRUSTED_ORIGINS = _list("NUANXIN_ORIGINS")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "viewflow.workflow",
    "casework.apps.CaseworkConfig",
    "workflows.apps.WorkflowsConfig",
    "notifications.apps.NotificationsConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "casework.conf.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "casework.conf.headers.SecurityHeadersMiddleware",
    "casework.conf.published.PublishedProgrammesMiddleware",
]
ROOT_URLCONF = "casework.conf.urls"
WSGI_APPLICATION = "casework.conf.wsgi.application"
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
                "casework.conf.navigation.navigation",
            ],
        },
    }
]

_url = os.environ.get("DATABASE_URL", "")
DATABASES = {"default": databases.from_url(_url) if _url else databases.sqlite(DATA_DIR / "nuanxin.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts of failed logins, and nothing of a case: shared by the web processes of a machine, still there after a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

AUTH_USER_MODEL = "casework.Staff"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = "desk:queue"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 60 if TRIAL else 3600

# Larger than a phone photograph, smaller than a nuisance; each upload has its own tighter limit.
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

_https = _flag("NUANXIN_HTTPS", "0" if TRIAL else "1")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600  # a working day
# What is said after an act may name a person: it ends with the session, and is in no cookie as it otherwise would be.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SILENCED_SYSTEM_CHECKS = [
    "security.W008",  # TLS is ended, and plain HTTP redirected, by the proxy in front (deploy/nginx.conf)
    "security.W021",  # HSTS preload is the site owner's own choice
    "security.W005",
]

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Requests are logged by path only: a search word or an identity number never reaches a log.
    "formatters": {
        "line": {
            # Of what breaks, a developer at their own machine is told the words too (NUANXIN_TRACEBACKS).
            "()": "logging.Formatter" if DEBUG else "casework.conf.logs.LineFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"nuanxin": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
