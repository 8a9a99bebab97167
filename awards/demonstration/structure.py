"""Units of An Giang before and after 1/7/2025, the Ban with its departments, and everybody who works in them."""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from awards.demonstration.chance import invented_name
from dvk_portal.core.text import search_key
from units.kinds import ensure_kind
from units.models import Lineage, Membership, Unit, User
from units.services.imports import import_units
from units.services.structure import create_unit, rename_unit
from units.services.unitfile import UnitFile, province_rows

OLD_DAYS = datetime.date(2015, 1, 1)
DISTRICTS_END = datetime.date(2025, 6, 30)
NEW_DAYS = datetime.date(2025, 7, 1)
BAN_RENAMED = datetime.date(2025, 3, 1)
REORGANISATION = "Nghị quyết 1654/NQ-UBTVQH15"

DISTRICTS = [
    ("883", "Thành ủy Long Xuyên"), ("884", "Thành ủy Châu Đốc"), ("887", "Thị ủy Tân Châu"), ("890", "Thị ủy Tịnh Biên"),
    ("886", "Huyện ủy An Phú"), ("888", "Huyện ủy Phú Tân"), ("889", "Huyện ủy Châu Phú"), ("891", "Huyện ủy Tri Tôn"),
    ("892", "Huyện ủy Châu Thành"), ("893", "Huyện ủy Chợ Mới"), ("894", "Huyện ủy Thoại Sơn"),
]  # fmt: skip
OLD_BLOCKS = [
    ("91.KCQ", "Đảng ủy Khối Cơ quan và Doanh nghiệp tỉnh", "dang_uy"), ("91.CA0", "Đảng ủy Công an tỉnh (trước 2025)", "llvt"),
    ("91.QS0", "Đảng ủy Quân sự tỉnh (trước 2025)", "llvt"), ("91.BP0", "Đảng ủy Bộ đội Biên phòng tỉnh", "llvt"),
]  # fmt: skip
COMMITTEES = [
    ("91.DU1", "Đảng ủy các cơ quan Đảng tỉnh", "dang_uy"), ("91.DU2", "Đảng ủy UBND tỉnh", "dang_uy"),
    ("91.DU3", "Đảng ủy Công an tỉnh", "llvt"), ("91.DU4", "Đảng ủy Quân sự tỉnh", "llvt"),
]  # fmt: skip
DEPARTMENTS = [
    ("91.VP", "Văn phòng"), ("91.TTR", "Phòng Tuyên truyền"), ("91.KG", "Phòng Khoa giáo, văn hóa - văn nghệ"),
    ("91.DVNN", "Phòng Dân vận các cơ quan nhà nước, dân tộc và tôn giáo"), ("91.DTH", "Phòng Đoàn thể và các Hội"),
]  # fmt: skip
PASSWORD = "Trinh-dien-2026"


@dataclass
class Structure:
    province: Unit
    ban: Unit
    departments: list[Unit]
    districts: list[Unit]
    blocks: list[Unit]
    communes: list[Unit]
    committees: list[Unit]
    people: dict[tuple[int, str], User] = field(default_factory=dict)

    def person(self, unit: Unit, role: str) -> User:
        return self.people[unit.pk, role]


def build_structure() -> Structure:
    """Create units through their services, so that history, paths and keys are those of real use."""

    def unit(
        code: str, name: str, kind: str, parent: Unit | None, on: datetime.date, until: datetime.date | None = None
    ) -> Unit:
        return create_unit(
            actor=None, code=code, name=name, kind=ensure_kind(kind), parent=parent, on=on, until=until,
            decision="Dữ liệu trình diễn",
        )  # fmt: skip

    province = unit("91", "Tỉnh ủy An Giang", "tinh", None, OLD_DAYS)
    ban = unit("91.BTGDV", "Ban Dân vận Tỉnh ủy", "ban", province, OLD_DAYS)
    rename_unit(
        ban, actor=None, name="Ban Tuyên giáo và Dân vận Tỉnh ủy", on=BAN_RENAMED,
        decision="Quyết định hợp nhất hai ban (2025)", today=datetime.date(2026, 1, 1),
    )  # fmt: skip
    made = Structure(
        province,
        ban,
        [unit(code, name, "phong", ban, BAN_RENAMED) for code, name in DEPARTMENTS],
        [unit(code, name, "huyen", province, OLD_DAYS, DISTRICTS_END) for code, name in DISTRICTS],
        [unit(code, name, kind, province, OLD_DAYS, DISTRICTS_END) for code, name, kind in OLD_BLOCKS],
        [],
        [unit(code, name, kind, province, NEW_DAYS) for code, name, kind in COMMITTEES],
    )
    import_units(UnitFile(province_rows("91").rows[1:]), actor=None)
    made.communes = list(
        Unit.objects.filter(parent=province, kind__code__in=("xa", "phuong", "dac_khu")).order_by("code")
    )
    for old, new in ((0, 0), (0, 1), (1, 2), (2, 3), (3, 3)):
        Lineage.objects.create(
            predecessor=made.blocks[old], successor=made.committees[new], effective_on=NEW_DAYS, decision=REORGANISATION
        )
    add_people(made)
    return made


def add_people(made: Structure) -> None:
    """One password hash for all: the accounts exist only in the demonstration."""
    secret = make_password(PASSWORD)
    rows: list[tuple[str, Unit, str, str, datetime.date, datetime.date | None]] = [
        ("truongban", made.ban, "director", "Trưởng Ban", OLD_DAYS, None),
        ("quantri", made.ban, "admin", "Quản trị hệ thống", OLD_DAYS, None),
        ("xem.btv", made.province, "viewer", "Ủy viên Ban Thường vụ Tỉnh ủy", OLD_DAYS, None),
    ]
    for unit in made.departments:
        rows.append(
            (f"thamdinh.{unit.code.rpartition('.')[2].lower()}", unit, "verifier", "Chuyên viên", BAN_RENAMED, None)
        )
    for unit in [*made.communes, *made.committees]:
        short = unit.code.replace("91.", "").lower()
        rows.append((f"nhap.{short}", unit, "editor", "Công chức, Văn phòng Đảng ủy", NEW_DAYS, None))
        rows.append((f"lanhdao.{short}", unit, "leader", "Bí thư Đảng ủy", NEW_DAYS, None))
    for unit in [*made.districts, *made.blocks]:
        short = unit.code.replace("91.", "").lower()
        rows.append((f"nhap.{short}", unit, "editor", "Chuyên viên Ban Dân vận", OLD_DAYS, DISTRICTS_END))
        rows.append((f"lanhdao.{short}", unit, "leader", "Trưởng Ban Dân vận", OLD_DAYS, DISTRICTS_END))
    users = User.objects.bulk_create(
        [
            User(
                username=name,
                full_name=invented_name(name),
                email=f"{search_key(name)}@angiang.example",
                password=secret,
                must_change_password=False,
                is_active=until is None,
            )
            for name, _, _, _, _, until in rows
        ],
        batch_size=100,
    )
    Membership.objects.bulk_create(
        [
            Membership(user=user, unit=unit, role=role, post=post, valid_from=since, valid_to=until)
            for user, (_, unit, role, post, since, until) in zip(users, rows, strict=True)
        ],
        batch_size=100,
    )
    for user, (_, unit, role, *_) in zip(users, rows, strict=True):
        made.people[unit.pk, role] = user


def accounts(made: Structure) -> list[dict[str, str]]:
    """At least one account per role (formats.md): leader and editor of one unit, an editor of another."""
    first, second = made.communes[0], made.communes[1]
    chosen = [
        ("admin", made.ban, "admin"), ("director", made.ban, "director"), ("verifier", made.departments[-1], "verifier"),
        ("leader", first, "leader"), ("editor", first, "editor"), ("other_editor", second, "editor"),
        ("viewer", made.province, "viewer"),
    ]  # fmt: skip
    chosen += [("verifier", unit, "verifier") for unit in made.departments[:-1]]
    return [
        {
            "role": role,
            "username": made.person(unit, held).username,
            "password": PASSWORD,
            "unit": unit.name,
            "name": made.person(unit, held).full_name,
        }
        for role, unit, held in chosen
    ]
