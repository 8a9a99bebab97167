"""Settings shared by every way of running. Everything that differs per installation comes from the environment."""

from pathlib import Path

from csp.constants import NONE, SELF
from environs import Env

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Where the embedded default keeps its database, files, broker folder and mail.
STATE_DIR = Path(env.str("DVK_STATE_DIR", str(BASE_DIR / ".demo")))

DEBUG = False
ROOT_URLCONF = "dvk_portal.urls"
WSGI_APPLICATION = "dvk_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "dvk_portal.core",
    "units",
    "campaigns",
    "pledges",
    "awards",
    "dvk_portal.adminconfig.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "units.middleware.InitialPasswordMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "dvk_portal.core.middleware.RefusalMiddleware",
]

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
                "dvk_portal.navigation.portal",
            ],
            "builtins": ["dvk_portal.core.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- data -----------------------------------------------------------------------------------------------------------
DATABASE_URL = env.str("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": env.dj_db_url("DATABASE_URL", conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": STATE_DIR / "db.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    }

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    _queue = STATE_DIR / "queue"
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.05,
    }
# A broker that is down must not hold up the person who saved: the row is owed, the sweep pays it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "units.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "units.backends.MatrixBackend",
]
PERMISSION_MATRIX = "dvk_portal.permissions.MATRIX"
DELEGABLE_PERMISSIONS = "dvk_portal.permissions.DELEGABLE"
ADMIN_MODELS = "dvk_portal.permissions.ADMIN_MODELS"
# The model of the bodies that issue documents; the kernel knows no domain.
DOCUMENT_UNIT_MODEL = "units.Unit"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "units.passwords.FourKindsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "units.adapters.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Cổng thi đua Dân vận khéo] "
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# The second step: an authenticator app and recovery codes. Addresses of mail are kept by the administrator, not confirmed.
MFA_ADAPTER = "units.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Cổng thi đua Dân vận khéo"
# Clocks of phones and servers differ: one step (30 s) before and after is taken too.
MFA_TOTP_TOLERANCE = 1
# Roles (units.roles) whose holders must enrol before they work; production asks it of administrators (law.md §12, level 3).
SECOND_STEP_ROLES = env.list("SECOND_STEP_ROLES", [])
# An office shares one address: only the per-account limit guards the sign-in (5 failures, then a 12 h lock).
ACCOUNT_RATE_LIMITS = {"login": "600/m/ip", "login_failed": env.str("LOGIN_FAILED_LIMIT", "5/12h/key")}
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# --- language, time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["dvk_portal.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(STATE_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(STATE_DIR / "files")))
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_PERMISSIONS = 0o640

# --- mail -----------------------------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    _email = env.dj_email_url("EMAIL_URL")
    EMAIL_BACKEND = _email["EMAIL_BACKEND"]
    EMAIL_HOST = _email["EMAIL_HOST"]
    EMAIL_PORT = _email["EMAIL_PORT"]
    EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
    EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
    MAIL_SINK_DIR = None
else:
    # No mail server named: letters are written to a folder, and a page shows them.
    MAIL_SINK_DIR = STATE_DIR / "mail"
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_SINK_DIR
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Cổng thi đua Dân vận khéo <khong-tra-loi@dvk.example>")
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000")

# --- protection -----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- the portal's own switches (docs/runbook.md) --------------------------------------------------------------------
# Files: kinds by content, size in bytes, how many per record (law.md R-103, TT/QĐ on exchange of documents).
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", 20_000_000)
UPLOAD_MAX_PER_RECORD = env.int("UPLOAD_MAX_PER_RECORD", 30)
# How long after leaving a unit a person still may not verify it, in days (architecture.md §3).
CONFLICT_DAYS = env.int("CONFLICT_DAYS", 365)
# Months in which whoever owes the yearly review of recognised models is reminded, once in each (practice.md W-33).
MODEL_REVIEW_MONTHS = env.list("MODEL_REVIEW_MONTHS", [10, 11, 12], subcast=int)
# Awards: working days in which money of a cancelled award comes back, counted from receiving the decision; the share of
# the fund that the law leaves for organising emulation, shown beside the fund, never enforced (law.md §7).
AWARD_RETURN_DAYS = env.int("AWARD_RETURN_DAYS", 15)
AWARD_FUND_ORGANISING_PERCENT = env.int("AWARD_FUND_ORGANISING_PERCENT", 20)
# When a reported figure surprises and a sentence is asked for: a change of more than so many percent and at least so much
# since the last period; in verification, so many times above or below the median of the cluster.
REPORT_JUMP_PERCENT = env.int("REPORT_JUMP_PERCENT", 100)
REPORT_JUMP_LEAST = env.int("REPORT_JUMP_LEAST", 10)
REPORT_OUTLIER_TIMES = env.int("REPORT_OUTLIER_TIMES", 3)
# The people's vote of a contest: letters of confirmation per mailbox and day, per source address and hour (a whole office or a
# mobile network is one address), per contest and minute; how long the link lasts; whose mailboxes are thrown away.
VOTE_MAILS_PER_MAILBOX_DAY = env.int("VOTE_MAILS_PER_MAILBOX_DAY", 3)
VOTE_MAILS_PER_SOURCE_HOUR = env.int("VOTE_MAILS_PER_SOURCE_HOUR", 100)
VOTE_MAILS_PER_CONTEST_MINUTE = env.int("VOTE_MAILS_PER_CONTEST_MINUTE", 300)
VOTE_LINK_HOURS = env.int("VOTE_LINK_HOURS", 24)
VOTE_DISPOSABLE_DOMAINS = env.list(
    "VOTE_DISPOSABLE_DOMAINS",
    [
        "mailinator.com",
        "guerrillamail.com",
        "10minutemail.com",
        "yopmail.com",
        "tempmail.dev",
        "trashmail.com",
        "maildrop.cc",
    ],
)
# Certificates: more than so many of one decision are set in type in the background.
CERTIFICATES_AT_ONCE = env.int("CERTIFICATES_AT_ONCE", 20)
# Handing out awards: working days from the decision, and how many awards make the longer limit hold (NĐ 152/2025, Điều 35.4d).
HANDOUT_DAYS = env.int("HANDOUT_DAYS", 10)
HANDOUT_DAYS_MANY = env.int("HANDOUT_DAYS_MANY", 20)
HANDOUT_MANY = env.int("HANDOUT_MANY", 100)
# Complaints about awards, in days: to complain from learning of the decision, to accept, to settle, to settle a complex one
# (Luật Khiếu nại 2011, Điều 9, 27, 28; unconfirmed: law.md §8).
COMPLAINT_DAYS = env.int("COMPLAINT_DAYS", 90)
COMPLAINT_ACCEPT_DAYS = env.int("COMPLAINT_ACCEPT_DAYS", 10)
COMPLAINT_SETTLE_DAYS = env.int("COMPLAINT_SETTLE_DAYS", 30)
COMPLAINT_SETTLE_COMPLEX_DAYS = env.int("COMPLAINT_SETTLE_COMPLEX_DAYS", 45)
# The first day (day/month) of a year of award statistics; "15/12" is that day of the year before (law.md §6.2).
AWARD_STATISTICS_FROM = env.str("AWARD_STATISTICS_FROM", "01/01")
# How long a running job may be silent before another worker takes it over, in seconds.
JOB_LEASE_SECONDS = env.int("JOB_LEASE_SECONDS", 60)
# The demonstration shows its letters on a page and its accounts on the sign-in page.
DEMO = env.bool("DVK_DEMO", False)

# --- electronic signatures (docs/runbook.md) ------------------------------------------------------------------------
# The portal's own certificate (PKCS#12) seals what people consent to. Without one the portal makes its own, except in
# production: a seal that nobody else trusts is only for trying things out.
PORTAL_SEAL_FILE = env.str("PORTAL_SEAL_FILE", "")
PORTAL_SEAL_PASSWORD = env.str("PORTAL_SEAL_PASSWORD", "")
PORTAL_SEAL_SELF_MADE = True
# RFC 3161; without it signatures carry no trusted time (PAdES B-B).
TIMESTAMP_URL = env.str("TIMESTAMP_URL", "")
TIMESTAMP_USERNAME = env.str("TIMESTAMP_USERNAME", "")
TIMESTAMP_PASSWORD = env.str("TIMESTAMP_PASSWORD", "")
# A token or HSM at the server: the driver (.so), the token's and the key's label.
PKCS11_MODULE = env.str("PKCS11_MODULE", "")
PKCS11_TOKEN = env.str("PKCS11_TOKEN", "")
PKCS11_PIN = env.str("PKCS11_PIN", "")
PKCS11_LABEL = env.str("PKCS11_LABEL", "")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    # A bad upload is the uploader's news, told on his page; the library would log it with the names in its certificates.
    "loggers": {"pyhanko": {"level": "ERROR"}, "pyhanko_certvalidator": {"level": "ERROR"}},
}
