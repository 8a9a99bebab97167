"""The commands and the environment of docker-compose.yml, run by hand on the PostgreSQL and Redis of this machine."""

import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import yaml
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
SERVICES = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
HOST = "dvk.example"

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.skipif(
        connection.vendor != "postgresql" or not settings.REDIS_URL, reason="needs DATABASE_URL and REDIS_URL (.ci/run)"
    ),
]


@pytest.fixture
def environment(tmp_path):
    """The variables of the web container, pointed at a new database, a Redis database of its own and a free port."""
    given = connection.settings_dict
    name = f"dvk_stack_{os.getpid()}_{secrets.token_hex(3)}"
    login = {"host": given["HOST"], "port": given["PORT"] or None, "user": given["USER"], "password": given["PASSWORD"] or None}
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as link:
        link.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    credentials = given["USER"] + (f":{given['PASSWORD']}" if given["PASSWORD"] else "")
    declared = dict(SERVICES["web"]["environment"])
    values = {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": f"postgres://{credentials}@{given['HOST']}:{given['PORT'] or 5432}/{name}",
        "REDIS_URL": re.sub(r"/\d*$", "", settings.REDIS_URL) + "/11",
        "DVK_STATE_DIR": str(tmp_path),
        "MEDIA_ROOT": str(tmp_path / "files"),
        "STATIC_ROOT": str(tmp_path / "static"),
        "EMAIL_URL": "smtp://127.0.0.1:1025",
        "SITE_URL": f"https://{HOST}",
        "DEFAULT_FROM_EMAIL": f"cong@{HOST}",
        "PYTHONUNBUFFERED": "1",
    }
    (tmp_path / "files").mkdir()
    inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    yield {**inherited, **{key: value for key, value in declared.items() if "${" not in value}, **values}
    with psycopg.connect(dbname="postgres", autocommit=True, **login) as link:
        link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _command(service, port=None, tmp_path=None):
    """The command of a service, on this interpreter; only port and scratch paths differ from the container."""
    first, *rest = SERVICES[service]["command"]
    head = [sys.executable] if first == "python" else [sys.executable, "-m", first]
    rest = [argument.replace("0.0.0.0:8000", f"127.0.0.1:{port}").replace("/tmp/beat", f"{tmp_path}/beat") for argument in rest]
    return head + rest


def _get(port, path):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        answer = link.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        link.close()


def _until(condition, seconds, logs):
    deadline = time.monotonic() + seconds
    while not (outcome := condition()):
        assert time.monotonic() < deadline, "\n".join(f"{log.name}:\n{log.read_text()[-1500:]}" for log in logs)
        time.sleep(0.3)
    return outcome


def test_the_composed_commands_serve_work_and_keep_time(environment, tmp_path):
    def manage(*arguments, check):
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=check)

    subprocess.run(_command("migrate"), cwd=ROOT, env=environment, check=True, capture_output=True)
    manage("collectstatic", "--noinput", check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running, logs = [], []
    try:
        for name in ("web", "worker", "beat"):
            logs.append(tmp_path / f"{name}.log")
            with logs[-1].open("wb") as log:
                running.append(
                    subprocess.Popen(
                        _command(name, port, tmp_path), cwd=ROOT, env=environment,
                        stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                    )
                )
        _until(lambda: _get(port, "/readyz")[0] == 200, 30, logs)
        _until((tmp_path / "files" / ".heartbeat").exists, 60, logs)
        report = json.loads(manage("doctor", "--json", check=False).stdout)
        wrong = {answer["name"] for answer in report["checks"] if not answer["ok"]}

        assert _get(port, "/healthz")[0] == 200
        assert _get(port, "/quan-tri/")[0] in {200, 302}
        assert wrong <= {"mail"}  # the sink is the one container that is not run here
        assert all(process.poll() is None for process in running)
    finally:
        for process in running:
            process.terminate()
        codes = [process.wait(20) for process in running]
    assert codes == [0, 0, 0]
