"""Backup and restore: one folder with the database, every stored file and a manifest of SHA-256 digests.

SQLite is copied by its online backup, PostgreSQL by ``pg_dump`` (plain SQL, restored in one transaction: all or nothing).
A backup goes back into the kind of database it came from. The manifest is written last: without it a backup is unfinished.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, StoredFile

FORMAT = "dvk-backup/1"
MANIFEST = "manifest.json"
FILES = "files"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.sql"}
CHUNK = 1 << 20
# PostgreSQL: everything of the portal lives in this schema; the dump, which names it, makes it anew.
DROP_SCHEMA = "DROP SCHEMA IF EXISTS public CASCADE"


@dataclass
class Outcome:
    """What a backup or a restore did; ``findings`` are sentences about what is not as it should be."""

    manifest: dict[str, Any]
    findings: list[str] = field(default_factory=list)


# --- backup ---------------------------------------------------------------------------------------------------------
def create(target: Path) -> Outcome:
    """Write a backup into ``target``, which must be new or empty. Raises DomainError with a sentence."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DomainError(f"“{target}” đã có và không trống. Hãy chọn một thư mục mới cho mỗi lần sao lưu.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    dump = target / DATABASE[connection.vendor]
    _dump_sqlite(dump) if connection.vendor == "sqlite" else _dump_postgresql(dump)
    dump.chmod(0o600)
    # Files come after the database and are never removed: whatever its rows name is here by now.
    promised = dict(StoredFile.objects.values_list("file", "sha256"))
    entries = [_entry(target, dump), *_copy_files(Path(settings.MEDIA_ROOT), target)]
    manifest = {
        "format": FORMAT,
        "created_at": timezone.now().isoformat(),
        "engine": connection.vendor,
        "migrations": sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations()),
        "users": get_user_model().objects.count(),
        "audit": AuditEntry.objects.exclude(sealed_no=None).order_by("-sealed_no").values("sealed_no", "seal").first(),
        "entries": entries,
    }
    manifest["checksum"] = _checksum(manifest)
    (target / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    (target / MANIFEST).chmod(0o600)
    found = {entry["path"]: entry["sha256"] for entry in entries}
    findings = [
        f"Tệp “{name}” mà cơ sở dữ liệu nhắc tới {'đã bị thay đổi' if f'{FILES}/{name}' in found else 'không còn trong kho'}."
        for name, digest in sorted(promised.items())
        if found.get(f"{FILES}/{name}") != digest
    ]
    return Outcome(manifest, findings)


def _dump_sqlite(dump: Path) -> None:
    with _opened(str(connection.settings_dict["NAME"])) as live, _opened(str(dump)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it


def _dump_postgresql(dump: Path) -> None:
    _tool("pg_dump", ["--no-owner", "--no-privileges", "--schema=public", "--extension=*", f"--file={dump}"])


def _copy_files(source: Path, target: Path) -> Iterator[dict[str, Any]]:
    for path in _kept_files(source):
        copy = target / FILES / path.relative_to(source)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        copy.chmod(0o600)
        yield _entry(target, copy)


def _kept_files(folder: Path) -> Iterator[Path]:
    """The regular files below ``folder``; what begins with a dot at the top is not the portal's evidence."""
    for parent, folders, names in os.walk(folder):
        top = Path(parent) == folder
        folders[:] = sorted(name for name in folders if not (top and name.startswith(".")))
        for name in sorted(names):
            path = Path(parent, name)
            if not (top and name.startswith(".")) and path.is_file() and not path.is_symlink():
                yield path


# --- restore --------------------------------------------------------------------------------------------------------
def restore(source: Path, *, force: bool = False) -> Outcome:
    """Put a backup back. Refuses, before touching anything, a damaged one and (without ``force``) data already here.

    Raises DomainError with a sentence and, for damage, one finding per damaged file.
    """
    manifest = check(source)
    if manifest["engine"] != connection.vendor:
        raise DomainError(
            f"Bản sao lưu này của {manifest['engine']}, còn cơ sở dữ liệu đang dùng là {connection.vendor}. "
            "Hãy đặt DATABASE_URL cho đúng loại rồi chạy lại."
        )
    known = {".".join(key) for key in MigrationExecutor(connection).loader.disk_migrations}
    if unknown := sorted(set(manifest["migrations"]) - known - _foreign(manifest["migrations"], known)):
        raise DomainError("Bản sao lưu từ một phiên bản mới hơn của cổng. Hãy nâng cấp mã nguồn trước.", unknown[:10])
    media = Path(settings.MEDIA_ROOT)
    if not force and (_has_data() or next(_kept_files(media), None)):
        raise DomainError(
            "Ở đây đã có dữ liệu. Hãy khôi phục vào cơ sở dữ liệu và kho tệp trống; "
            "nếu thật sự muốn thay dữ liệu đang có, hãy sao lưu nó trước rồi thêm --force."
        )
    dump = source / DATABASE[connection.vendor]
    _load_sqlite(dump) if connection.vendor == "sqlite" else _load_postgresql(dump)
    _place_files(source, media, manifest)
    findings = []
    if (users := get_user_model().objects.count()) != manifest["users"]:
        findings.append(f"Số tài khoản sau khôi phục là {users}, trong bản sao lưu là {manifest['users']}.")
    return Outcome(manifest, findings)


def check(source: Path) -> dict[str, Any]:
    """The manifest of an undamaged backup. Raises DomainError with one finding per missing or altered file."""
    try:
        manifest = json.loads((source / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        raise DomainError(
            f"“{source}” không có {MANIFEST}: không phải bản sao lưu, hoặc việc sao lưu bị dở dang."
        ) from None
    except ValueError:
        raise DomainError(f"Tệp {MANIFEST} đã hỏng; không khôi phục từ bản sao lưu này.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise DomainError(f"Tệp {MANIFEST} không theo định dạng {FORMAT}.")
    if manifest.get("checksum") != _checksum(manifest):
        raise DomainError(f"Tệp {MANIFEST} đã bị sửa hoặc hỏng; không khôi phục từ bản sao lưu này.")
    damage = []
    for entry in manifest["entries"]:
        relative = PurePosixPath(entry["path"])
        path = source / relative
        if relative.is_absolute() or ".." in relative.parts or path.is_symlink() or not path.is_file():
            damage.append(f"Thiếu tệp “{entry['path']}”.")
        elif _entry(source, path) != entry:
            damage.append(f"Tệp “{entry['path']}” không còn đúng như lúc sao lưu.")
    if damage:
        raise DomainError("Bản sao lưu đã hỏng nên không khôi phục; dữ liệu đang có không bị động tới.", damage)
    return manifest


def _foreign(applied: list[str], known: set[str]) -> set[str]:
    """Migrations of apps that are no longer installed: their tables are simply carried along."""
    apps = {name.partition(".")[0] for name in known}
    return {name for name in applied if name.partition(".")[0] not in apps}


def _has_data() -> bool:
    users = get_user_model()
    return users._meta.db_table in connection.introspection.table_names() and users.objects.exists()


def _load_sqlite(dump: Path) -> None:
    connection.close()
    with _opened(str(dump)) as copy, _opened(str(connection.settings_dict["NAME"])) as live:
        copy.backup(live)


def _load_postgresql(dump: Path) -> None:
    connection.close()
    _tool(
        "psql",
        [
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            f"--command={DROP_SCHEMA}",
            f"--file={dump}",
        ],
    )


def _place_files(source: Path, media: Path, manifest: dict[str, Any]) -> None:
    """Put the files in place; what was there before is moved aside, not deleted."""
    media.mkdir(parents=True, exist_ok=True)
    old = [path for path in media.iterdir() if not path.name.startswith(".")]
    if old:
        aside = media / f".truoc-khoi-phuc-{timezone.localtime():%Y%m%d-%H%M%S-%f}"
        aside.mkdir()
        for path in old:
            path.rename(aside / path.name)
    for entry in manifest["entries"]:
        folder, _, name = entry["path"].partition("/")
        if folder == FILES and name:
            (media / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / entry["path"], media / name)
            (media / name).chmod(settings.FILE_UPLOAD_PERMISSIONS)


# --- shared ---------------------------------------------------------------------------------------------------------
def _opened(path: str) -> closing[sqlite3.Connection]:
    """A raw SQLite connection that is closed at the end of the block."""
    return closing(sqlite3.connect(path, timeout=20))


def _tool(name: str, arguments: list[str]) -> None:
    """Run a PostgreSQL client program against our database. Passwords go by environment, never by command line."""
    if not shutil.which(name):
        raise DomainError(
            f"Máy này thiếu chương trình {name}. Hãy chạy: sudo apt install postgresql-client   rồi thử lại."
        )
    command, env = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    done = subprocess.run(
        [name, *arguments, *command[1:]],
        env={**os.environ, "PGOPTIONS": "-c lock_timeout=15s", **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DomainError(f"{name} báo lỗi; chưa có gì thay đổi.", done.stderr.strip().splitlines()[-8:])


def _entry(root: Path, path: Path) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return {"path": path.relative_to(root).as_posix(), "sha256": digest.hexdigest(), "size": size}


def _checksum(manifest: dict[str, Any]) -> str:
    rest = {key: value for key, value in manifest.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
