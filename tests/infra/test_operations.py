"""doctor, verify_audit, backup and restore: what an administrator relies on at a bad hour."""

import hashlib
import json
import shutil
import sqlite3
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from dvk_portal.core import audit, backups, doctor, heartbeat
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import AuditEntry, Job, StoredFile

User = get_user_model()


def _run(name, *arguments, **options):
    out = StringIO()
    code = 0
    try:
        call_command(name, *arguments, stdout=out, **options)
    except SystemExit as stop:
        code = stop.code
    return code, out.getvalue()


@contextmanager
def _owner_of_the_database():
    """On PostgreSQL a trigger keeps the trail append-only; only somebody with the owner's rights gets past it."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def _person(username="nguoi.mot"):
    return User.objects.create_user(username=username, password="x")


def _file(content=b"%PDF-1.7 minh chung"):
    stored = StoredFile(sha256=hashlib.sha256(content).hexdigest(), name="minh chứng.pdf", kind="application/pdf", size=len(content))
    stored.file.save("minh-chung.pdf", ContentFile(content), save=False)
    stored.save()
    return stored


# --- doctor ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def healthy(db, settings, monkeypatch):
    """An installation in order, with a worker that answers."""
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    heartbeat.leave()
    monkeypatch.setattr("celery.app.control.Control.ping", lambda *args, **kwargs: [{"worker": {"ok": "pong"}}])


def _answers():
    return {answer.name: answer.message for answer in doctor.examine() if not answer.ok}


def test_a_healthy_installation_has_nothing_to_say(healthy):
    assert _answers() == {}
    code, text = _run("doctor", json=True)
    assert code == 0
    assert json.loads(text)["ok"] is True


def test_silence_of_beat_is_told(healthy, settings, monkeypatch):
    monkeypatch.setattr(heartbeat, "age", lambda: 900.0)

    code, text = _run("doctor")

    assert code == 1
    assert "im lặng đã 15 phút" in text


def test_a_beat_that_never_ran_is_told(healthy, settings):
    (Path(settings.MEDIA_ROOT) / ".heartbeat").unlink()

    assert list(_answers()) == ["beat"]


def test_a_worker_that_does_not_answer_is_told(healthy, monkeypatch):
    monkeypatch.setattr("celery.app.control.Control.ping", lambda *args, **kwargs: [])

    assert list(_answers()) == ["worker"]


def test_late_work_and_a_late_seal_are_told(healthy):
    long_ago = timezone.now() - timedelta(hours=1)
    Job.objects.create(kind="x", key="x", created_at=long_ago)
    person = _person()
    audit.record(person, "create", actor=None)
    with _owner_of_the_database():
        AuditEntry.objects.update(at=long_ago)

    assert set(_answers()) == {"jobs", "seal"}


def test_a_file_that_vanished_is_told(healthy):
    Path(_file().file.path).unlink()

    assert _answers()["files"].startswith("1 tệp đã lưu không còn trong kho, ví dụ “minh chứng.pdf”")


def test_a_folder_that_cannot_be_written_is_told(healthy, settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "below"

    assert {"media", "beat"} == set(_answers())


# --- verify_audit ---------------------------------------------------------------------------------------------------
@pytest.fixture
def sealed(db):
    person = _person()
    for action in ("create", "submit", "verify"):
        audit.record(person, action, actor=person)
    audit.seal()
    return AuditEntry.objects.order_by("-sealed_no").first()


def test_an_untouched_trail_is_in_order(sealed):
    code, text = _run("verify_audit", json=True)

    report = json.loads(text)
    assert (code, report["ok"], report["unsealed"]) == (0, True, 0)
    assert report["last"] == {"sealed_no": sealed.sealed_no, "seal": sealed.seal}


def test_a_line_changed_after_sealing_is_told(sealed):
    with _owner_of_the_database():
        AuditEntry.objects.filter(pk=sealed.pk).update(note="sửa lén")

    code, text = _run("verify_audit")

    assert code == 1
    assert f"Dòng nhật ký số {sealed.sealed_no}" in text


def test_a_tail_cut_off_is_seen_against_an_anchor(sealed):
    anchor = f"{sealed.sealed_no}:{sealed.seal}"
    assert _run("verify_audit", anchor=anchor)[0] == 0
    with _owner_of_the_database():
        AuditEntry.objects.filter(pk=sealed.pk).delete()

    assert _run("verify_audit")[0] == 0
    assert _run("verify_audit", anchor=anchor)[0] == 1


# --- backup and restore ---------------------------------------------------------------------------------------------
needs_tools = pytest.mark.skipif(
    connection.vendor == "postgresql" and not shutil.which("pg_dump"), reason="postgresql-client is not installed"
)


@pytest.fixture
def saved(transactional_db, settings, tmp_path):
    """A backup of an installation with a person, a sealed line and a file."""
    person, stored = _person(), _file()
    audit.record(person, "create", actor=person)
    audit.seal()
    outcome = backups.create(tmp_path / "backup")
    assert outcome.findings == []
    return tmp_path / "backup", person, stored


def _wreck(settings):
    """What the backup must survive: rows changed and gone, files gone, a row and a file that are new."""
    with _owner_of_the_database():
        AuditEntry.objects.all().delete()
    StoredFile.objects.all().delete()
    User.objects.all().delete()
    shutil.rmtree(settings.MEDIA_ROOT)
    _person("nguoi.khac")
    (Path(settings.MEDIA_ROOT)).mkdir()
    (Path(settings.MEDIA_ROOT) / "sau.txt").write_text("mới")


@needs_tools
def test_the_drill_restores_rows_files_and_the_sealed_trail(saved, settings):
    folder, person, _ = saved
    _wreck(settings)

    call_command("restore", str(folder), force=True, stdout=StringIO())

    assert list(User.objects.values_list("username", flat=True)) == [person.username]
    assert Path(StoredFile.objects.get().file.path).read_bytes() == b"%PDF-1.7 minh chung"
    assert audit.verify() == []
    assert not (Path(settings.MEDIA_ROOT) / "sau.txt").exists()
    assert [path.read_text() for path in Path(settings.MEDIA_ROOT).glob(".truoc-khoi-phuc-*/sau.txt")] == ["mới"]


@needs_tools
def test_a_restored_installation_can_be_backed_up_and_restored_again(saved, settings, tmp_path):
    folder, person, _ = saved
    backups.restore(folder, force=True)
    backups.create(tmp_path / "second")
    _wreck(settings)

    backups.restore(tmp_path / "second", force=True)

    assert list(User.objects.values_list("username", flat=True)) == [person.username]
    new = _person("nguoi.moi")  # sequences were restored too
    assert new.pk > person.pk


@needs_tools
def test_data_already_here_is_not_replaced_without_force(saved):
    folder, person, _ = saved
    User.objects.filter(pk=person.pk).update(username="da.doi")

    with pytest.raises(CommandError, match="Ở đây đã có dữ liệu"):
        call_command("restore", str(folder))

    assert User.objects.get().username == "da.doi"


@needs_tools
@pytest.mark.parametrize("victim", ["manifest.json", "database", "files"])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(saved, settings, victim):
    folder, person, stored = saved
    path = next(path for path in sorted(folder.rglob("*")) if path.is_file() and path.relative_to(folder).as_posix().startswith(victim))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    User.objects.filter(pk=person.pk).update(username="da.doi")

    with pytest.raises(DomainError):
        backups.restore(folder, force=True)

    assert User.objects.get().username == "da.doi"
    assert Path(stored.file.path).exists()


@needs_tools
def test_a_missing_file_and_an_unfinished_backup_are_refused(saved):
    folder, _, stored = saved
    copy = folder / "files" / stored.file.name
    copy.unlink()
    with pytest.raises(DomainError) as refusal:
        backups.check(folder)
    assert refusal.value.findings == [f"Thiếu tệp “files/{stored.file.name}”."]

    (folder / "manifest.json").unlink()
    with pytest.raises(DomainError, match="dở dang"):
        backups.check(folder)


@needs_tools
def test_a_backup_never_overwrites_another(saved):
    with pytest.raises(CommandError, match="không trống"):
        call_command("backup", str(saved[0]))


@needs_tools
def test_a_backup_is_readable_by_its_owner_only_and_names_the_anchor(saved, tmp_path):
    folder, *_ = saved
    modes = {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")] if path == folder or path.is_file()}
    _, text = _run("backup", str(tmp_path / "other"))

    assert modes == {0}
    head = AuditEntry.objects.order_by("-sealed_no").first()
    assert f"{head.sealed_no}:{head.seal}" in text


@needs_tools
def test_a_vanished_file_is_told_but_the_rest_is_saved(saved, tmp_path):
    *_, stored = saved
    Path(stored.file.path).unlink()

    with pytest.raises(CommandError, match="không còn trong kho"):
        call_command("backup", str(tmp_path / "other"), stdout=StringIO())

    assert backups.check(tmp_path / "other")["users"] == 1


@needs_tools
@pytest.mark.skipif(connection.vendor != "sqlite", reason="looks into the file of the embedded default")
def test_the_copy_of_the_embedded_database_stands_alone(saved):
    folder, *_ = saved
    copy = sqlite3.connect(f"file:{folder / 'database.sqlite3'}?mode=ro", uri=True)

    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert not list(folder.glob("*-wal"))
