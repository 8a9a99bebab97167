import datetime
import io
import time
import zipfile

import openpyxl
import pytest
from django.core.management import call_command

from units.models import Unit, UnitKind
from units.services.checks import check_units

pytestmark = pytest.mark.django_db

GOOD = """
format: dvk-units/1
from: 2025-07-01
decision: Nghị quyết 1
kinds:
- {code: cum, name: Cụm công đoàn, order: 70}
units:
- {code: "00070", name: Phường Hoàn Kiếm, kind: phuong, parent: "01"}
- {code: "01", name: Thành phố Hà Nội, kind: thanh_pho}
- {code: C1, name: Cụm 1, kind: cum công đoàn, parent: "01", from: 01/09/2025}
"""


@pytest.fixture
def load(tmp_path, capsys):
    """``load(content, *options)`` → (exit code, everything printed)."""

    def run(content, *options):
        path = tmp_path / "tep"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        try:
            call_command("import_units", str(path), *options)
            code = 0
        except SystemExit as left:
            code = left.code
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run


def workbook(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


HEAD = ("Mã", "Tên", "Loại", "Mã cấp trên", "Từ ngày")


def test_units_come_in_any_order_with_their_history(load):
    code, said = load(GOOD)

    assert (code, said.strip()) == (0, "Đã thêm 3 đơn vị; 0 đơn vị không thay đổi.")
    ward = Unit.objects.get(code="00070")
    assert (ward.parent.code, ward.kind.name, ward.versions.get().reason) == ("01", "Phường", "Nghị quyết 1")
    assert Unit.objects.get(code="C1").valid_from == datetime.date(2025, 9, 1)
    assert check_units() == []


def test_the_same_file_twice_changes_nothing(load):
    load(GOOD)
    before = list(Unit.objects.values())

    assert load(GOOD)[1].strip() == "Đã thêm 0 đơn vị; 3 đơn vị không thay đổi."
    assert list(Unit.objects.values()) == before


def test_a_dry_run_writes_nothing(load):
    code, said = load(GOOD, "--dry-run")

    assert (code, "Sẽ thêm 3" in said, Unit.objects.count(), UnitKind.objects.count()) == (0, True, 0, 0)


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_changed_name_asks_for_a_rename(load, dry):
    load(GOOD)

    code, said = load(GOOD.replace("Phường Hoàn Kiếm", "Phường Khác"), *dry)

    assert code == 1
    assert "Dòng 8 (00070): đơn vị này đang có tên “Phường Hoàn Kiếm”. Hãy dùng “Đổi tên”" in said
    assert Unit.objects.get(code="00070").name == "Phường Hoàn Kiếm"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("{code: X, name: A, kind: vua}", "không có loại đơn vị “vua”"),
        ("{code: X, name: A, kind: xa, parent: Z}", "không có đơn vị cấp trên mã “Z”"),
        ("{code: X, name: A, kind: xa, parent: X}", "vòng tròn"),
        ("{code: X, name: '', kind: xa}", "tên đơn vị"),
        ("{code: 'a b', name: A, kind: xa}", "không dấu cách"),
        ("{code: '01', name: A, kind: xa}", "mã này đã có ở dòng 9"),
        ("{code: X, name: A, kind: xa, from: 31/02/2025}", "không đúng"),
        ("{code: X, name: A, kind: xa, to: 2020-01-01}", "sau ngày thành lập"),
        ("{code: X, name: A, kind: huyen}", "chỉ có từ"),
        ("{code: X, name: A, kind: xa, parent: '01', from: 2000-01-01}", "thành lập trước đơn vị cấp trên"),
        ("{code: X, name: A, kind: xa, ten: B}", "không hiểu được: ten"),
        ("{code: X, name: [A], kind: xa}", "phải là văn bản"),
        ("chữ", "phải là một đơn vị"),
    ],
)
def test_one_wrong_row_and_nothing_changes(load, row, words):
    code, said = load(f"{GOOD}- {row}\n")

    assert code == 1
    assert "Dòng 11" in said
    assert words in said
    assert not Unit.objects.exists()


def test_excel_is_read_with_its_zeros(load):
    code, said = load(
        workbook(HEAD, ("01", "Hà Nội", "thanh_pho", None, datetime.datetime(2025, 7, 1)),
                 ("00070", "Phường Hoàn Kiếm", "PHƯỜNG", "01", "01/07/2025"))
    )  # fmt: skip

    assert (code, said.strip()) == (0, "Đã thêm 2 đơn vị; 0 đơn vị không thay đổi.")
    assert Unit.objects.get(code="00070").parent.code == "01"


def test_a_code_that_lost_its_zeros_is_refused_with_its_row(load):
    code, said = load(
        workbook(HEAD, (70, "Phường Hoàn Kiếm", "phuong", None, "01/07/2025"), (7, "B", "xa", None, None))
    )

    assert code == 1
    assert "Dòng 3 (7): mã “7” đang là số" in said
    assert not Unit.objects.exists()


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target, target.open("xl/workbook.xml", "w") as part:
        for _ in range(300):
            part.write(b" " * 1_000_000)
    return buffer.getvalue()


def sparse():
    """A sheet that claims its second row is the millionth."""
    source = io.BytesIO(workbook(HEAD, ("1", "2", "3", "4", "5")))
    target = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry).replace(b'<row r="2"', b'<row r="1048576"'))
    return target.getvalue()


def entities():
    source, target = io.BytesIO(workbook(HEAD)), io.BytesIO()
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, evil if "worksheets" in entry.filename else old.read(entry))
    return target.getvalue()


def chain(length):
    units = "".join(f"- {{code: n{n}, name: N, kind: xa, parent: n{n + 1}}}\n" for n in range(length))
    return f"format: dvk-units/1\nfrom: 2025-07-01\nunits:\n{units}- {{code: n{length}, name: N, kind: xa}}\n".encode()


HOSTILE = {
    "ten megabytes of nonsense": lambda: b"\xff\x00nonsense" * 1_000_000,
    "nonsense": lambda: bytes(range(256)) * 100,
    "nothing": lambda: b"",
    "yaml bomb": lambda: b"format: dvk-units/1\na: &a [x,x,x,x]\nb: &b [*a,*a,*a]\nunits: [*b,*b]\n",
    "deep yaml": lambda: b"format: dvk-units/1\nunits: " + b"[" * 10_000,
    "no format": lambda: b"units: []",
    "zip bomb": bomb,
    "sparse sheet": sparse,
    "entities": entities,
    "half a zip": lambda: workbook(HEAD)[:500],
    "zip without sheets": lambda: b"PK\x05\x06" + b"\0" * 18,
    "five thousand levels": lambda: chain(4_900),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_file_of_units_gets_a_sentence_quickly(load, case):
    content = HOSTILE[case]()
    start = time.monotonic()

    code, said = load(content)

    assert code == 1
    assert said.strip()
    assert "Traceback" not in said
    assert time.monotonic() - start < 10
    assert not Unit.objects.exists()


def test_a_province_brings_its_communes(capsys):
    call_command("import_units", "--province", "91")

    assert Unit.objects.filter(parent__code="91").count() == 102
    assert sorted(set(Unit.objects.filter(parent__code="91").values_list("kind__code", flat=True))) == [
        "dac_khu", "phuong", "xa",
    ]  # fmt: skip
    call_command("import_units", "--province", "91")
    assert "Đã thêm 0 đơn vị; 103 đơn vị không thay đổi." in capsys.readouterr().out
    assert check_units() == []


def test_codes_keep_five_digits(capsys):
    call_command("import_units", "--province", "1")

    assert Unit.objects.filter(code="00070", parent__code="01").exists()


def test_an_unknown_province_names_the_known_ones(capsys):
    with pytest.raises(SystemExit):
        call_command("import_units", "--province", "99")

    assert "91 An Giang" in capsys.readouterr().err
