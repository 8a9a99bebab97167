import datetime
import threading
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from dvk_portal.core import audit
from dvk_portal.core.models import AuditEntry
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def guard_off():
    """On PostgreSQL the trigger refuses what these tests do; somebody with the owner's rights could switch it off.

    The rollback at the end of the test switches it on again.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_auditentry DISABLE TRIGGER USER")


def leave(count=5):
    unit = f.UnitFactory()
    return [audit.record(unit, f"viec{n}", actor=None, changes={"a": [n, Decimal("1.50")]}) for n in range(count)]


def test_a_line_keeps_who_what_old_and_new():
    user, unit = f.UserFactory(), f.UnitFactory(name="Xã A")

    entry = audit.record(unit, "rename", actor=user, changes={"ngày": [None, datetime.date(2026, 1, 2)]}, note="NQ 1")

    entry.refresh_from_db()
    assert (entry.actor, entry.record_text, entry.changes) == (user, "Xã A", {"ngày": [None, "2026-01-02"]})
    assert list(audit.trail(unit)) == [entry]
    assert list(audit.trail(f.UnitFactory())) == []


def test_an_untouched_chain_is_whole_and_sealing_twice_changes_nothing():
    leave()

    assert [audit.seal(limit=2), audit.seal(limit=2), audit.seal(), audit.seal()] == [2, 2, 1, 0]
    assert audit.verify() == []


@pytest.mark.usefixtures("guard_off")
@pytest.mark.parametrize("field", ["action", "record_id", "record_text", "note", "changes", "at", "actor"])
def test_a_changed_line_is_found(field):
    entry = leave()[2]
    audit.seal()
    new = {
        "changes": {"a": [2, "9.50"]},
        "at": entry.at + datetime.timedelta(seconds=1),
        "actor": f.UserFactory(),
    }.get(field, "khác")

    AuditEntry.objects.filter(pk=entry.pk).update(**{field: new})

    assert len(audit.verify()) == 1
    assert "số 3" in audit.verify()[0]


@pytest.mark.usefixtures("guard_off")
def test_a_removed_line_is_found():
    entry = leave()[2]
    audit.seal()

    AuditEntry.objects.filter(pk=entry.pk).delete()

    assert any("số 3" in sentence for sentence in audit.verify())


@pytest.mark.usefixtures("guard_off")
def test_a_line_slipped_in_is_found():
    leave()
    audit.seal()
    forged = leave(1)[0]
    AuditEntry.objects.filter(sealed_no__gt=3).update(sealed_no=None)
    rest = list(AuditEntry.objects.filter(sealed_no=None).exclude(pk=forged.pk).order_by("id"))
    AuditEntry.objects.filter(pk=forged.pk).update(sealed_no=4, seal="0" * 64)
    for number, entry in enumerate(rest, start=5):
        AuditEntry.objects.filter(pk=entry.pk).update(sealed_no=number)

    assert any("số 4" in sentence for sentence in audit.verify())


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="Only PostgreSQL guards the audit table by triggers.")
@pytest.mark.parametrize("sealed", [False, True])
def test_the_database_itself_refuses_edits_and_deletions(sealed):
    entry = leave(1)[0]
    if sealed:
        audit.seal()
    row = AuditEntry.objects.filter(pk=entry.pk)

    for tamper in (lambda: row.update(note="x"), row.delete, lambda: row.update(note="x", sealed_no=7, seal="a")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            tamper()
    if sealed:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            row.update(seal="b" * 64)
    assert AuditEntry.objects.get().note == ""


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: sealers cannot meet.")
@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain():
    leave(40)
    errors = []

    def work():
        try:
            while audit.seal(limit=5):
                pass
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    sealers = [threading.Thread(target=work) for _ in range(3)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()

    assert errors == []
    assert AuditEntry.objects.filter(sealed_no=None).count() == 0
    assert audit.verify() == []
