"""The demonstration: prepares its state folder, then keeps web server, worker and beat running until told to stop."""

import fcntl
import http.client
import json
import os
import shutil
import socket
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dvk_portal.core.supervisor import Died, Stopped, Supervisor

PATIENCE = 60
STEPS = {"migrate": "cập nhật cơ sở dữ liệu", "collectstatic": "gom tệp tĩnh", "load_demo": "nạp dữ liệu mẫu"}
SERVERS = {"web": "máy chủ web", "worker": "bộ xử lý nền", "beat": "bộ hẹn giờ"}


class Command(BaseCommand):
    help = "Chạy bản trình diễn trên nền nhúng (SQLite, hàng đợi bằng tệp); --reset để xóa và bắt đầu lại."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--reset", action="store_true", help="xóa trạng thái của bản trình diễn")

    def handle(self, *args: Any, port: int, reset: bool, **options: Any) -> None:
        state = Path(settings.STATE_DIR)
        if settings.SETTINGS_MODULE != "dvk_portal.settings.dev":
            raise CommandError(
                "Bản trình diễn chỉ chạy với cấu hình dvk_portal.settings.dev, không chạy trên hệ thống thật."
            )
        with _only_one(state) as lock:
            if reset:
                _forget(state)
                self.stdout.write("Đã xóa bản trình diễn. Chạy make demo để bắt đầu lại.")
                return
            lock.write(f"http://127.0.0.1:{port}")
            lock.flush()
            self._serve(state, port)

    def _serve(self, state: Path, port: int) -> None:
        _refuse_taken(port)
        parent = os.environ.get("DVK_PARENT_PID")
        supervisor = Supervisor(
            state / "log",
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
                "DVK_DEMO": "1",
                "SITE_URL": f"http://127.0.0.1:{port}",
                "PYTHONUTF8": "1",
                "PYTHONUNBUFFERED": "1",
            },
            cwd=settings.BASE_DIR,
            parent=int(parent) if parent else None,
        )
        supervisor.listen()
        try:
            self._prepare(supervisor)
            self._start(supervisor, state, port)
            self._announce(state, port)
            while True:
                supervisor.check()
                time.sleep(0.3)
        except Stopped:
            self.stdout.write("Đang dừng…")
        except Died as death:
            raise CommandError(self._sentence(death, supervisor)) from None
        finally:
            supervisor.stop()
        self.stdout.write("Đã dừng.")

    def _prepare(self, supervisor: Supervisor) -> None:
        manage = [sys.executable, "manage.py"]
        self.stdout.write("Đang chuẩn bị bản trình diễn…")
        supervisor.start("collectstatic", [*manage, "collectstatic", "--noinput", "--verbosity", "0"], ends=True)
        supervisor.start("migrate", [*manage, "migrate", "--noinput", "--verbosity", "0"], ends=True)
        supervisor.finish("migrate")
        supervisor.start("load_demo", [*manage, "load_demo"], ends=True)
        supervisor.finish("collectstatic", "load_demo")

    def _start(self, supervisor: Supervisor, state: Path, port: int) -> None:
        python = [sys.executable, "-m"]
        # One web process: rate limits and caches of the embedded default live inside it (settings/dev.py).
        web = ["gunicorn", "dvk_portal.wsgi", f"--bind=127.0.0.1:{port}", "--worker-class=gthread", "--workers=1"]
        web += ["--threads=8", "--graceful-timeout=2", "--timeout=120", "--no-control-socket", "--access-logfile=-"]
        supervisor.start("web", [*python, *web])
        celery = [*python, "celery", "-A", "dvk_portal"]
        lean = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        supervisor.start("worker", [*celery, "worker", "--concurrency=2", "--loglevel=WARNING", *lean])
        schedule = state / "queue" / "beat-schedule"
        supervisor.start("beat", [*celery, "beat", "--loglevel=WARNING", f"--schedule={schedule}", "--pidfile="])
        deadline = time.monotonic() + PATIENCE
        while not _answers(port):
            supervisor.check()
            if time.monotonic() > deadline:
                raise Died("web", 0, supervisor.tail("web"))
            time.sleep(0.1)

    def _announce(self, state: Path, port: int) -> None:
        accounts = state / "accounts.json"
        lines = ["", f"Sẵn sàng: http://127.0.0.1:{port}", ""]
        if accounts.exists():
            rows = json.loads(accounts.read_text("utf-8"))
            lines += ["Tài khoản của bản trình diễn (chỉ có giá trị trên máy này):"]
            titles = {
                "role": "Vai trò",
                "username": "Tên đăng nhập",
                "password": "Mật khẩu",
                "name": "Họ tên",
                "unit": "Đơn vị",
            }
            lines += _table([titles, *rows], list(titles))
        lines += ["", f"Nhật ký: {state / 'log'}   ·   Dừng: Ctrl-C   ·   Bắt đầu lại từ đầu: make demo-reset", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _sentence(self, death: Died, supervisor: Supervisor) -> str:
        if death.name in STEPS:
            what = f"Không {STEPS[death.name]} được. Thử: make demo-reset rồi make demo."
        else:
            what = f"Đã dừng vì {SERVERS[death.name]} ngừng chạy (mã {death.code}). Hãy chạy lại make demo."
        return f"{what}\nNhật ký {supervisor.logs / death.name}.log:\n\n{death.tail}"


def _table(rows: list[dict[str, str]], keys: list[str]) -> list[str]:
    widths = {key: max(len(row.get(key) or "") for row in rows) for key in keys}
    return ["  " + "  ".join((row.get(key) or "").ljust(widths[key]) for key in keys).rstrip() for row in rows]


def _only_one(state: Path) -> IO[str]:
    """Hold the state folder for ourselves; a second demonstration on it is told where the first one is."""
    state.mkdir(parents=True, exist_ok=True)
    lock = (state / "running").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        where = lock.read() or "cổng khác"
        raise CommandError(
            f"Bản trình diễn đang chạy ở {where}. Hãy dùng bản đó, hoặc dừng nó (Ctrl-C) trước."
        ) from None
    lock.truncate(0)
    return lock


def _forget(state: Path) -> None:
    """Remove the state folder, unless the environment points it at something that is no such folder."""
    if settings.BASE_DIR.is_relative_to(state) or Path.home().is_relative_to(state):
        raise CommandError(
            f"DVK_STATE_DIR đang là “{state}”, không phải thư mục riêng của bản trình diễn; không xóa gì."
        )
    shutil.rmtree(state)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            raise CommandError(
                f"Cổng {port} không mở được (có thể chương trình khác đang dùng). Hãy chọn cổng khác: make demo PORT=8001"
            ) from None


def _answers(port: int) -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/readyz")
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()
