"""Config → Django's names. No branches on "environment"."""

from typing import Any

import dj_email_url
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from adaptapedia.config import Config

CONFIG = Config.load()

SECRET_KEY = CONFIG.settled_secret_key()
DEBUG = CONFIG.debug
# A caller who names this machine's own loopback learns and gains nothing by it; `up`, probes and tunnels need it.
ALLOWED_HOSTS = [*dict.fromkeys([*CONFIG.allowed_hosts, "localhost", "127.0.0.1", "[::1]"])]

INSTALLED_APPS = [
    "adaptapedia.local",
    "adaptapedia.web",
    "adaptapedia.api",
    "adaptapedia.ops",
    "adaptapedia.jobs",
    "adaptapedia.ingest",
    "adaptapedia.catalogue",
    "adaptapedia.scheduling",
    "adaptapedia.accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_celery_beat",
    "django_htmx",
    "rest_framework_simplejwt.token_blacklist",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "adaptapedia.web.policy.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "adaptapedia.web.maintenance.MaintenanceMode",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "adaptapedia.urls"
WSGI_APPLICATION = "adaptapedia.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": CONFIG.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CONFIG.redis("cache"),
        # A Valkey that hangs must not hang every page with it.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "ops:sign-in"
LOGIN_REDIRECT_URL = "ops:overview"
LOGOUT_REDIRECT_URL = "ops:sign-in"

# The embedded default is plain HTTP on this machine's own address; everything else is behind TLS.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not CONFIG.embedded
SECURE_PROXY_SSL_HEADER = None if CONFIG.embedded else ("HTTP_X_FORWARDED_PROTO", "https")

# What pages may load. Pictures come from where the upstreams keep them.
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "https://image.tmdb.org", "https://covers.openlibrary.org"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
# django-unfold's Alpine evaluates expressions, and its pages carry scripts and styles of their own.
ADMIN_CONTENT_POLICY: dict[str, Any] = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# Accounts

# The API

# The admin

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = None  # nothing is collected: WhiteNoise serves the files from where the apps keep them
WHITENOISE_USE_FINDERS = True

vars().update(dj_email_url.parse(CONFIG.email_url))

LOGGING_CONFIG = "adaptapedia.kit.logs.write_logs"
LOGGING = {"readable": CONFIG.embedded, "level": "INFO"}

# Celery. Its time zone and Django's must both be set, or each takes a default of its own.
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_URL = CONFIG.celery_redis("broker")
CELERY_RESULT_BACKEND = CONFIG.celery_redis("results")
CELERY_RESULT_EXPIRES = 3600
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "quick"
CELERY_TASK_ROUTES = ["adaptapedia.scheduling.jobs.route"]
CELERY_TASK_TRACK_STARTED = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Above every job's hard limit (a check holds this): Valkey hands an unacknowledged message out again after it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 8 * 3600,
    "socket_keepalive": True,
    "socket_connect_timeout": 5,
}
CELERY_BEAT_SCHEDULER = "adaptapedia.scheduling.beat:Scheduler"

# The upstreams
WIKIDATA_SPARQL_ENDPOINT = CONFIG.wikidata_sparql_endpoint
WIKIDATA_LIMITS: dict[str, Any] = {}  # of kit.budget.Limits; empty for those of the query service
WIKIDATA_WAITS: dict[str, Any] = {}  # timeout and first_wait of its client; empty for those of the query service
TMDB_BASE_URL = CONFIG.tmdb_base_url
TMDB_API_KEY = CONFIG.tmdb_api_key
OPEN_LIBRARY_BASE_URL = CONFIG.open_library_base_url
USER_AGENT = CONFIG.user_agent
# Budgets and breakers of the upstreams, shared by all workers, live beside the cache's keys but outlast its clearing.
BUDGET_URL = CONFIG.redis("results")

SENTRY_DSN = CONFIG.sentry_dsn
