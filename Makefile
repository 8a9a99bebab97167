# Mọi lệnh chạy được trên máy chỉ có git, make và python3 (3.11 trở lên, có venv). `make` liệt kê các lệnh.
PYTHON ?= python3
PORT ?= 8000
# How many processes the suite runs in; every one has a database and folders of its own.
TEST_PROCESSES ?= 2

INSTALL = $(PYTHON) requirements/install.py
RUN = .venv/bin/python
# The embedded default, whatever the caller's environment says.
EMBEDDED = env -u DATABASE_URL -u REDIS_URL -u EMAIL_URL
DEV = DJANGO_SETTINGS_MODULE=dvk_portal.settings.dev
UV_COMPILE = .venv/bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.DEFAULT_GOAL := help
.PHONY: help install demo demo-reset test check bench requirements

help:  ## các lệnh
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 24

install:  ## tạo .venv và cài đủ các gói để phát triển
	@$(INSTALL) dev

# `exec` lets the signal that make passes on reach the program itself; --with-parent stops it when make is killed outright.
demo:  ## bản trình diễn ở http://127.0.0.1:PORT (mặc định 8000)
	@exec $(EMBEDDED) $(DEV) $(INSTALL) base --port "$(PORT)" --with-parent -- manage.py demo --port "$(PORT)" </dev/null

demo-reset:  ## quên bản trình diễn
	@exec $(EMBEDDED) $(DEV) $(INSTALL) base -- manage.py demo --reset </dev/null

test:  ## toàn bộ kiểm thử trên nền nhúng; ARGS="-k tên" để chọn
	@$(INSTALL) dev
	@exec $(EMBEDDED) $(RUN) -m pytest -n $(TEST_PROCESSES) $(ARGS)

check:  ## văn phong, kiến trúc, kiểu, migration thiếu, kiểm tra triển khai
	@$(INSTALL) dev
	$(RUN) -m ruff check .
	.venv/bin/djlint templates --lint --quiet
	.venv/bin/lint-imports --no-logo
	$(RUN) -m mypy
	$(EMBEDDED) $(DEV) $(RUN) manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy"
	@DJANGO_SETTINGS_MODULE=dvk_portal.settings.production SECRET_KEY="$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	  ALLOWED_HOSTS=dvk.example DATABASE_URL=postgres://127.0.0.1/dvk REDIS_URL=redis://127.0.0.1:6379/0 \
	  $(RUN) manage.py check --deploy --fail-level WARNING

bench:  ## đo; kết quả ở benchmarks/out/latest.json
	@$(INSTALL) dev
	@exec $(RUN) -m benchmarks

requirements:  ## biên dịch lại requirements/*.txt từ *.in (UPGRADE=--upgrade để nâng phiên bản)
	@$(INSTALL) dev
	$(UV_COMPILE) $(UPGRADE) requirements/uv.in -o requirements/uv.txt
	$(UV_COMPILE) $(UPGRADE) requirements/base.in -o requirements/base.txt
	$(UV_COMPILE) $(UPGRADE) requirements/dev.in -o requirements/dev.txt
