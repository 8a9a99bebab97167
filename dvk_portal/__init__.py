"""The portal. Importing it loads the Celery application, so that shared tasks find their broker."""

from dvk_portal.celery import app as celery_app

__all__ = ["celery_app"]
