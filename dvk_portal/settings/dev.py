"""The embedded default: development and the demonstration. Needs nothing from outside."""

from django.core.management.utils import get_random_secret_key

from dvk_portal.settings.base import *  # noqa: F403
from dvk_portal.settings.base import REDIS_URL, STATE_DIR, env

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
for _folder in ("queue/messages", "queue/control", "files", "mail", "static"):
    (STATE_DIR / _folder).mkdir(parents=True, exist_ok=True)

_key_file = STATE_DIR / "secret_key"
if not _key_file.exists():
    _key_file.write_text(get_random_secret_key())
    _key_file.chmod(0o600)
SECRET_KEY = env.str("SECRET_KEY", "") or _key_file.read_text()

if not REDIS_URL:
    # One web process with threads: limits and caches are shared inside it.
    SESSION_ENGINE = "django.contrib.sessions.backends.db"
