"""Settings of the test suite: fast hashing, mail in memory, no compressed statics."""

import os
import tempfile
from pathlib import Path

from dvk_portal.settings.base import *  # noqa: F403
from dvk_portal.settings.base import DATABASE_URL, REDIS_URL, STORAGES, TEMPLATES

SECRET_KEY = "only-for-tests"
ALLOWED_HOSTS = ["*"]
STATE_DIR = Path(tempfile.mkdtemp(prefix="dvk-test-"))
if not DATABASE_URL:
    DATABASES["default"]["NAME"] = STATE_DIR / "db.sqlite3"  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": STATE_DIR / "test.sqlite3"}  # noqa: F405
if REDIS_URL:
    # Every process of a parallel run has a Redis database of its own.
    _number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) + 1
    REDIS_URL = f"{REDIS_URL.rpartition('/')[0]}/{_number}"
    CACHES["default"]["LOCATION"] = CELERY_BROKER_URL = REDIS_URL  # noqa: F405
else:
    for _folder in ("messages", "control"):
        (STATE_DIR / "queue" / _folder).mkdir(parents=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(STATE_DIR / "queue/messages"),
        "data_folder_out": str(STATE_DIR / "queue/messages"),
        "control_folder": str(STATE_DIR / "queue/control"),
        "polling_interval": 0.05,
    }
MEDIA_ROOT = STATE_DIR / "files"
STATIC_ROOT = STATE_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MAIL_SINK_DIR = None
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = {"login": "6000/m/ip", "login_failed": "5/12h/key"}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
