# One image for web, worker, beat and the one-off commands; which of them is said in docker-compose.yml.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements/ requirements/
# The same installer as on a developer's machine: a pinned uv, every package by hash.
RUN python requirements/install.py base
COPY . .
# Only the settings' demand for values is met here; nothing of this stays in the image.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" ALLOWED_HOSTS=build.invalid \
    DATABASE_URL=postgres://build.invalid/build REDIS_URL=redis://build.invalid/0 \
    DJANGO_SETTINGS_MODULE=dvk_portal.settings.production STATIC_ROOT=/app/staticfiles \
    .venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.11-slim-bookworm
# postgresql-client: pg_dump, pg_restore and psql of `manage.py backup` and `restore`.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 dvk \
 && useradd --system --uid 10001 --gid dvk --home-dir /var/lib/dvk --create-home --shell /usr/sbin/nologin dvk \
 && install -d -o dvk -g dvk -m 0750 /var/lib/dvk/files /var/lib/dvk/backups
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=dvk_portal.settings.production \
    DVK_STATE_DIR=/var/lib/dvk \
    MEDIA_ROOT=/var/lib/dvk/files \
    STATIC_ROOT=/app/staticfiles
USER 10001:10001
VOLUME /var/lib/dvk
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "/app/.docker/healthcheck.py", "web"]
CMD ["gunicorn", "dvk_portal.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=8", "--timeout=120", "--worker-tmp-dir=/dev/shm", "--no-control-socket", "--access-logfile=-"]
