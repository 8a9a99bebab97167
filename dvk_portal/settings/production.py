"""Production: PostgreSQL, Redis, TLS in front. Refuses to start with a secret missing."""

from dvk_portal.settings.base import *  # noqa: F403
from dvk_portal.settings.base import env

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [f"https://{host}" for host in ALLOWED_HOSTS])
if not env.str("DATABASE_URL", "") or not env.str("REDIS_URL", ""):
    raise RuntimeError("Production needs DATABASE_URL and REDIS_URL; see .env.example.")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
PORTAL_SEAL_SELF_MADE = False
SECOND_STEP_ROLES = env.list("SECOND_STEP_ROLES", ["admin"])
