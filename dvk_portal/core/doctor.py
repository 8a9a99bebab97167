"""Is this installation in order? One function per question; each answers with a sentence about what is wrong, or nothing."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.cache import cache
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from kombu.exceptions import OperationalError

from dvk_portal.core import heartbeat
from dvk_portal.core.calendar import calendar_year
from dvk_portal.core.models import AuditEntry, Job, Notification, StoredFile
from dvk_portal.core.signatures import checks

SILENCE = 120  # seconds without a sign of the sweep, which runs every 30
LATE = timedelta(minutes=10)
MIN_FREE_BYTES = 500_000_000
MIN_DAYS_OFF = 8  # a year of the Vietnamese calendar with its lunar holidays has more


@dataclass(frozen=True)
class Check:
    """One question. ``needs`` names checks without which it cannot be asked."""

    name: str
    label: str
    ask: Callable[[], str]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    name: str
    label: str
    ok: bool
    message: str


def examine() -> Iterator[Answer]:
    """Ask everything, in order. A question whose ground is missing counts as not in order and says so."""
    broken: set[str] = set()
    for check in CHECKS:
        if missing := broken.intersection(check.needs):
            message = f"Chưa kiểm tra được, vì còn lỗi ở: {', '.join(sorted(missing))}."
        else:
            message = check.ask()
        if message:
            broken.add(check.name)
        yield Answer(check.name, check.label, not message, message)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        return f"Không kết nối được cơ sở dữ liệu ({str(error).strip().splitlines()[0]}). Hãy kiểm tra DATABASE_URL và máy chủ."
    return ""


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return f"Còn {len(plan)} bước cập nhật cơ sở dữ liệu chưa chạy. Hãy chạy: manage.py migrate"
    return ""


def _cache() -> str:
    try:
        cache.set("doctor", 1, 10)
        return "" if cache.get("doctor") == 1 else "Bộ nhớ đệm không giữ được giá trị. Hãy kiểm tra Redis."
    except OSError as error:  # redis-py's connection errors are OSErrors
        return f"Không kết nối được bộ nhớ đệm ({error}). Hãy kiểm tra REDIS_URL và máy chủ Redis."


def _broker() -> str:
    try:
        with current_app.connection_for_write() as link:
            link.ensure_connection(max_retries=1, timeout=2)
    except (OSError, OperationalError) as error:
        return f"Không kết nối được hàng đợi ({error}). Việc đã lưu không mất; hãy khởi động lại Redis."
    return ""


def _worker() -> str:
    if current_app.control.ping(timeout=3, limit=1):
        return ""
    return "Không có bộ xử lý nền nào trả lời. Hãy khởi động: celery -A dvk_portal worker"


def _beat() -> str:
    age = heartbeat.age()
    if age is None:
        return "Bộ hẹn giờ chưa chạy lần nào. Hãy khởi động: celery -A dvk_portal beat (và worker), chờ một phút."
    if age > SILENCE:
        return f"Bộ hẹn giờ hoặc bộ xử lý nền im lặng đã {int(age // 60)} phút. Hãy khởi động lại beat và worker."
    return ""


def _media() -> str:
    media = Path(settings.MEDIA_ROOT)
    try:
        media.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=media, prefix=".doctor-") as probe:
            probe.write(b"x")
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return f"Không ghi được vào kho tệp {media} ({error.strerror}). Hãy kiểm tra quyền và ổ đĩa."
    free = shutil.disk_usage(media).free
    if free < MIN_FREE_BYTES:
        return f"Ổ đĩa của kho tệp chỉ còn {free // 1_000_000} MB. Hãy dọn hoặc mở rộng."
    return ""


def _files() -> str:
    missing = [
        row.name for row in StoredFile.objects.only("name", "file").iterator() if not Path(row.file.path).is_file()
    ]
    if missing:
        return f"{len(missing)} tệp đã lưu không còn trong kho, ví dụ “{missing[0]}”. Hãy lấy lại từ bản sao lưu."
    return ""


def _static() -> str:
    manifest = getattr(staticfiles_storage, "read_manifest", None)
    if manifest is not None and manifest() is None:
        return "Chưa gom tệp tĩnh nên trang sẽ báo lỗi. Hãy chạy: manage.py collectstatic --noinput"
    return ""


def _mail() -> str:
    if folder := settings.MAIL_SINK_DIR:
        return (
            ""
            if os.access(folder, os.W_OK)
            else f"Không ghi được thư vào {folder}. Hãy tạo thư mục hoặc đặt EMAIL_URL."
        )
    try:
        link = get_connection()
        link.open()
        link.close()
    except OSError as error:  # smtplib's errors are OSErrors
        return f"Không kết nối được máy chủ thư ({error}). Thư còn nợ sẽ được gửi lại; hãy kiểm tra EMAIL_URL."
    return ""


def _letters() -> str:
    week = timezone.now() - timedelta(days=7)
    failed = Notification.objects.filter(mail_state=Notification.MailState.FAILED, created_at__gt=week).count()
    return (
        f"{failed} thư trong 7 ngày qua không gửi được dù đã thử nhiều lần. Hãy kiểm tra địa chỉ người nhận."
        if failed
        else ""
    )


def _jobs() -> str:
    late = Job.objects.filter(state=Job.State.QUEUED, created_at__lt=timezone.now() - LATE).count()
    return f"{late} tác vụ chờ quá 10 phút. Hãy kiểm tra bộ xử lý nền." if late else ""


def _seal() -> str:
    late = AuditEntry.objects.filter(sealed_no=None, at__lt=timezone.now() - LATE).count()
    return f"{late} dòng nhật ký chưa được niêm phong sau 10 phút. Hãy kiểm tra beat và worker." if late else ""


def _signing() -> str:
    return checks.seal_trouble(timezone.now())


def _calendar() -> str:
    year = timezone.localdate().year
    for asked in (year, year + 1):
        if len(calendar_year(asked).days_off) < MIN_DAYS_OFF:
            return f"Lịch nghỉ lễ năm {asked} chưa đủ. Hãy nâng cấp gói “holidays” hoặc nhập lịch nghỉ trong quản trị."
    return ""


def _protection() -> str:
    if settings.DEMO and os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        return "DVK_DEMO đang bật trên hệ thống thật: trang đăng nhập sẽ lộ tài khoản mẫu. Hãy tắt ngay."
    return ""


CHECKS = (
    Check("database", "Cơ sở dữ liệu", _database),
    Check("migrations", "Cập nhật cơ sở dữ liệu", _migrations, ("database",)),
    Check("cache", "Bộ nhớ đệm", _cache),
    Check("broker", "Hàng đợi", _broker),
    Check("worker", "Bộ xử lý nền", _worker, ("broker",)),
    Check("media", "Kho tệp", _media),
    Check("beat", "Bộ hẹn giờ", _beat, ("media",)),
    Check("files", "Tệp đã lưu", _files, ("database", "migrations")),
    Check("static", "Tệp tĩnh", _static),
    Check("mail", "Máy chủ thư", _mail),
    Check("letters", "Thư đã gửi", _letters, ("database", "migrations")),
    Check("jobs", "Tác vụ", _jobs, ("database", "migrations")),
    Check("seal", "Niêm phong nhật ký", _seal, ("database", "migrations")),
    Check("signing", "Con dấu của cổng", _signing),
    Check("calendar", "Lịch nghỉ", _calendar),
    Check("protection", "Bảo vệ", _protection),
)
