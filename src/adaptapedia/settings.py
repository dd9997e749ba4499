"""Config → Django's names. No branches on "environment"."""

import hmac
from datetime import timedelta
from typing import Any

import dj_email_url
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from adaptapedia.config import Config

CONFIG = Config.load()

SECRET_KEY = CONFIG.settled_secret_key()
DEBUG = CONFIG.debug
# A caller who names this machine's own loopback learns and gains nothing by it; `up`, probes and tunnels need it.
ALLOWED_HOSTS = [*dict.fromkeys([*CONFIG.allowed_hosts, "localhost", "127.0.0.1", "[::1]"])]
# What links in e-mails begin with; empty for whatever host a request names, which it may have made up.
SITE_ADDRESS = CONFIG.site_address

INSTALLED_APPS = [
    "adaptapedia.desk",
    "adaptapedia.local",
    "adaptapedia.web",
    "adaptapedia.api",
    "adaptapedia.ops",
    "adaptapedia.jobs",
    "adaptapedia.ingest",
    "adaptapedia.catalogue",
    "adaptapedia.scheduling",
    "adaptapedia.accounts",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "adaptapedia.desk.apps.SiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "auditlog",
    "django_celery_beat",
    "django_htmx",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "corsheaders",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "adaptapedia.web.policy.https_only",
    "adaptapedia.web.policy.ContentPolicy",
    "adaptapedia.web.policy.permissions_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "adaptapedia.api.middleware.Problems",
    "adaptapedia.web.maintenance.MaintenanceMode",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "adaptapedia.accounts.sessions.NotesSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "adaptapedia.web.second_factor.SecondFactorOfOperators",
    "adaptapedia.desk.changes.HoldRequest",
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
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# The embedded default is plain HTTP on this machine's own address; everything else is behind TLS.
HTTPS_ONLY = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not CONFIG.embedded
SECURE_HSTS_SECONDS = 0 if CONFIG.embedded else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not CONFIG.embedded
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # the redirect to TLS is ours, web.policy.https_only
CSRF_COOKIE_HTTPONLY = True  # forms carry their token; no script reads it
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
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# The first hashes; a password that was hashed by another is hashed anew when its owner signs in.
PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}"
    for name in ("Argon2PasswordHasher", "PBKDF2PasswordHasher", "PBKDF2SHA1PasswordHasher", "ScryptPasswordHasher")
]
PASSWORD_RESET_TIMEOUT = 3 * 3600
# With servers of our own there is a proxy in front, and it says who called.
BEHIND_A_PROXY = not CONFIG.embedded
# The embedded default is one machine's; anywhere else a stolen password alone must not open /ops/.
OPERATORS_NEED_SECOND_FACTOR = not CONFIG.embedded

ACCOUNT_ADAPTER = "adaptapedia.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_USERNAME_VALIDATORS = "adaptapedia.accounts.names.VALIDATORS"
ACCOUNT_FORMS = {
    "login": "adaptapedia.web.forms.SignInForm",
    "signup": "adaptapedia.web.forms.SignUpForm",
    "add_email": "adaptapedia.web.forms.ChangeAddressForm",
    "change_password": "adaptapedia.web.forms.ChangePasswordForm",
    "set_password": "adaptapedia.web.forms.SetPasswordForm",
    "reset_password": "adaptapedia.web.forms.ForgottenPasswordForm",
    "reset_password_from_key": "adaptapedia.web.forms.NewPasswordForm",
    "reauthenticate": "adaptapedia.web.forms.PasswordAgainForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_CHANGE_EMAIL = True  # one address; another takes its place once it is verified
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if CONFIG.embedded else "https"
ACCOUNT_RATE_LIMITS = {"signup": "20/h/ip", "login_failed": "20/m/ip,5/5m/key"}

MFA_ADAPTER = "adaptapedia.accounts.second_factor.MFAAdapter"
MFA_FORMS = {
    "authenticate": "adaptapedia.web.forms.CodeForm",
    "reauthenticate": "adaptapedia.web.forms.CodeAgainForm",
    "activate_totp": "adaptapedia.web.forms.FirstCodeForm",
}
MFA_TOTP_ISSUER = "Adaptapedia"
# Nobody is signed in with an address that is not verified, so none can shut its owner out.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["adaptapedia.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_PARSER_CLASSES": ["adaptapedia.api.json.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["adaptapedia.api.json.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "adaptapedia.api.schema.OperationSchema",
    "EXCEPTION_HANDLER": "adaptapedia.api.faults.handle",
    "URL_FORMAT_OVERRIDE": None,
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "ALGORITHM": "HS256",
    # Not the key of sessions and reset links, but made from it: one may leak without the other.
    "SIGNING_KEY": hmac.digest(SECRET_KEY.encode(), b"adaptapedia.api.tokens", "sha256").hex(),
    "AUDIENCE": "adaptapedia.api",
    "ISSUER": "adaptapedia",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Adaptapedia",
    "DESCRIPTION": _("Books, and the films and series made from them."),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "LICENSE": {"name": "CC0 1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"},
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {"ScreenRole": ["director", "creator", "screenwriter", "cast"]},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "adaptapedia.api.schema.with_rate_headers",
    ],
}
# How many requests a window (in seconds) allows, from one address or, with a token, by one account.
API_WINDOW = 60
API_ANONYMOUS_REQUESTS = 300
API_SIGNED_IN_REQUESTS = 1200
# At the endpoints of tokens, from one address; and how many failed attempts to sign in to one account.
API_TOKEN_REQUESTS = 30
API_TOKEN_GUESS_WINDOW = 900
API_TOKEN_GUESSES = 10
# Pages of other sites may read, and nothing else: no cookie and no token of a browser goes along.
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    *("ETag", "Link", "Retry-After", "RateLimit", "RateLimit-Policy"),
    *("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"),
]

# The admin
UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Adaptapedia",
    "SITE_HEADER": "Adaptapedia",
    "SITE_SUBHEADER": _("Behind the screen"),
    "SITE_URL": "/",
    "SITE_ICON": lambda request: static("web/icon.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("web/icon.svg")}],
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("web/fonts.css"), lambda request: static("desk/admin.css")],
    "SCRIPTS": [lambda request: static("desk/mend.js")],
    "SIDEBAR": {"show_search": False, "navigation": "adaptapedia.desk.navigation.sidebar"},
    "ACCOUNT": {"navigation": "adaptapedia.desk.navigation.account_links"},
    "BORDER_RADIUS": "3px",
    # The site's ink on paper, and its one amber; text in amber is dark enough by day and light enough by night.
    "COLORS": {
        "base": {
            "50": "#f7f3ea",
            "100": "#efe8da",
            "200": "#d8cfbd",
            "300": "#c9bea9",
            "400": "#b5ac9c",
            "500": "#665d50",
            "600": "#554d42",
            "700": "#3d372e",
            "800": "#2a2620",
            "900": "#191713",
            "950": "#0d0c0a",
        },
        "primary": {
            "50": "#fdf8ea",
            "100": "#faefd0",
            "200": "#f5e0a6",
            "300": "#f0cf7b",
            "400": "#ecc25f",
            "500": "#e8b64a",
            "600": "#7a5608",
            "700": "#684906",
            "800": "#523a05",
            "900": "#3c2a04",
            "950": "#231a04",
        },
        "font": {
            "subtle-light": "#554d42",
            "subtle-dark": "#b5ac9c",
            "default-light": "#3d372e",
            "default-dark": "#d8cfbd",
            "important-light": "#1d1a16",
            "important-dark": "#ece6d9",
        },
    },
}

TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = True
FORMAT_MODULE_PATH = ["adaptapedia.formats"]

STATIC_URL = "static/"
# `prepare` collects the files here, under names that tell their content; what is not collected WhiteNoise serves
# from where the apps keep it.
STATIC_ROOT = CONFIG.home.data / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "adaptapedia.web.collected.CollectedFiles"},
}

DEFAULT_FROM_EMAIL = CONFIG.sender
vars().update(dj_email_url.parse(CONFIG.email_url))
# A mail server that hangs must not hang a page, and the transaction around it, for longer.
EMAIL_TIMEOUT = min(vars()["EMAIL_TIMEOUT"] or 5, 5)

# Also with DEBUG: the page for an error gets copied to where others read it.
DEFAULT_EXCEPTION_REPORTER = "adaptapedia.ops.hiding.Report"
DEFAULT_EXCEPTION_REPORTER_FILTER = "adaptapedia.ops.hiding.Filter"

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
    "socket_timeout": 10,  # of a Valkey that hangs; a worker waits for messages a second at a time
}
CELERY_BEAT_SCHEDULER = "adaptapedia.scheduling.beat:Scheduler"

# The upstreams
WIKIDATA_SPARQL_ENDPOINTS = CONFIG.wikidata_sparql_endpoint  # asked in this order
WIKIDATA_LIMITS: dict[str, Any] = {}  # of kit.budget.Limits; empty for those of the query service
WIKIDATA_WAITS: dict[str, Any] = {}  # timeout, waits and pauses of its client; empty for those of the query service
TMDB_LIMITS: dict[str, Any] = {}  # of kit.budget.Limits; empty for those of ingest.upstreams
TMDB_WAITS: dict[str, Any] = {}  # of sources.fetching.Waits
TMDB_EXTENT: dict[str, Any] = {}  # of ingest.metadata.enquiry.Extent: how much one run asks for
TMDB_BASE_URL = CONFIG.tmdb_base_url
TMDB_API_KEY = CONFIG.tmdb_api_key
OPEN_LIBRARY_LIMITS: dict[str, Any] = {}
OPEN_LIBRARY_WAITS: dict[str, Any] = {}
OPEN_LIBRARY_EXTENT: dict[str, Any] = {}
OPEN_LIBRARY_BASE_URL = CONFIG.open_library_base_url
USER_AGENT = CONFIG.user_agent
# Budgets and breakers of the upstreams, shared by all workers, live beside the cache's keys but outlast its clearing.
BUDGET_URL = CONFIG.redis("results")

METRICS_TOKEN = CONFIG.metrics_token

# The watchdog of the schedules
ALERT_EMAIL = CONFIG.alert_email
ALERT_WEBHOOK = CONFIG.alert_webhook
HEARTBEAT_URL = CONFIG.heartbeat_url
SCHEDULING_HEALTH_CHECK = "hourly-health-check"
SCHEDULING_ADDRESS = SITE_ADDRESS or f"http://localhost:{CONFIG.port}"
SCHEDULING_PAGES = {"run": "/ops/runs/{}/", "schedule": "/ops/schedules/{}/", "overview": "/ops/"}

SENTRY_DSN = CONFIG.sentry_dsn
