"""Units of An Giang before and after 1/7/2025, the Ban with its departments, and everybody who works in them."""

import datetime
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from awards.demonstration.chance import invented_name
from dvk_portal.core.text import search_key
from units.kinds import ensure_kind
from units.models import IssuingBody, Lineage, Membership, TermOfOffice, Unit, User
from units.roles import COUNCIL as COUNCIL_ROLES
from units.services.delegations import grant_delegation
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
TERMS = [
    ("2015-2020", OLD_DAYS, datetime.date(2020, 10, 14)), ("2020-2025", datetime.date(2020, 10, 15), datetime.date(2025, 10, 1)),
    ("2025-2030", datetime.date(2025, 10, 2), None),
]  # fmt: skip
PLACE = "An Giang"
ON_LEAVE = (datetime.date(2026, 8, 3), datetime.date(2026, 8, 14))
PASSWORD = "Trinh-dien-2026"
# The council that judges awards: fifteen votes and a secretary without one.
COUNCIL_SINCE = datetime.date(2024, 1, 2)
COUNCIL = [
    ("chutich.hd", "chair", "Phó Bí thư Thường trực Tỉnh ủy"),
    ("phochutich.hd", "member", "Phó Chủ tịch UBND tỉnh"),
    ("uyvien03.hd", "member", "Trưởng Ban Tổ chức Tỉnh ủy"),
    ("uyvien04.hd", "member", "Chủ nhiệm Ủy ban Kiểm tra Tỉnh ủy"),
    ("uyvien05.hd", "member", "Giám đốc Sở Nội vụ"),
    ("uyvien06.hd", "member", "Phó Giám đốc Sở Tài chính"),
    ("uyvien07.hd", "member", "Phó Chủ tịch Ủy ban MTTQ Việt Nam tỉnh"),
    ("uyvien08.hd", "member", "Chủ tịch Liên đoàn Lao động tỉnh"),
    ("uyvien09.hd", "member", "Chủ tịch Hội Nông dân tỉnh"),
    ("uyvien10.hd", "member", "Chủ tịch Hội Liên hiệp Phụ nữ tỉnh"),
    ("uyvien11.hd", "member", "Bí thư Tỉnh đoàn"),
    ("uyvien12.hd", "member", "Chủ tịch Hội Cựu chiến binh tỉnh"),
    ("uyvien13.hd", "member", "Phó Chính ủy Bộ Chỉ huy Quân sự tỉnh"),
    ("uyvien14.hd", "member", "Phó Giám đốc Công an tỉnh"),
    ("uyvien15.hd", "member", "Phó Trưởng Ban Tuyên giáo và Dân vận Tỉnh ủy"),
    ("thuky.hd", "secretary", "Trưởng phòng Thi đua – Khen thưởng, Sở Nội vụ"),
]


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
    deputies: dict[int, User] = field(default_factory=dict)
    council: list[User] = field(default_factory=list)

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
        Unit.objects.filter(parent=province, kind__code__in=("xa", "phuong", "dac_khu"))
        .select_related("kind")
        .order_by("code")
    )
    for old, new in ((0, 0), (0, 1), (1, 2), (2, 3), (3, 3)):
        Lineage.objects.create(
            predecessor=made.blocks[old], successor=made.committees[new], effective_on=NEW_DAYS, decision=REORGANISATION
        )
    declare_bodies(made)
    add_people(made)
    delegate_signing(made)
    return made


def declare_bodies(made: Structure) -> None:
    """How each body appears on its documents (law.md §9), and the terms through which the Party numbers."""

    def body(unit: Unit, name: str, symbol: str, since: datetime.date, **more: object) -> IssuingBody:
        given = {"superior": "Đảng bộ tỉnh An Giang", "place": PLACE, "valid_to": unit.valid_to, **more}
        return IssuingBody(unit=unit, name=name, symbol=symbol, valid_from=since, **given)

    before = BAN_RENAMED - datetime.timedelta(days=1)
    rows = [
        body(made.province, "Tỉnh ủy An Giang", "TU", OLD_DAYS, superior=""),
        body(made.ban, "Ban Dân vận", "BDVTU", OLD_DAYS, superior=made.province.name, valid_to=before),
        body(made.ban, "Ban Tuyên giáo và Dân vận", "BTGDVTU", BAN_RENAMED, superior=made.province.name),
    ]
    rows += [body(unit, unit.name, "ĐU", unit.valid_from) for unit in [*made.blocks, *made.committees]]
    for unit in made.districts:
        kind, _, place = unit.name.partition(" ủy ")
        rows.append(body(unit, unit.name, "HU" if kind == "Huyện" else "ThU", unit.valid_from, place=place))
    for unit in made.communes:
        # "Xã An Phú" issues as "Đảng ủy xã An Phú", at An Phú.
        name = f"Đảng ủy {unit.name[:1].lower()}{unit.name[1:]}"
        place = unit.name.removeprefix(f"{unit.kind.name} ")
        rows.append(body(unit, name, "ĐU", unit.valid_from, place=place))
    IssuingBody.objects.bulk_create(rows, batch_size=100)
    TermOfOffice.objects.bulk_create(
        TermOfOffice(unit=made.province, name=name, valid_from=since, valid_to=until) for name, since, until in TERMS
    )


def delegate_signing(made: Structure) -> None:
    """The deputies signed in place of the head of the Ban and of the first commune's secretary while these were on leave."""
    commune = made.communes[0]
    for unit, role, delegate, authority, number in (
        (made.ban, "director", made.person(made.ban, "viewer"), "K/T TRƯỞNG BAN", "12-QĐ/BTGDVTU"),
        (commune, "leader", made.deputies[commune.pk], "K/T BÍ THƯ", "08-QĐ/ĐU"),
    ):
        grant_delegation(
            unit, actor=None, role=role, delegate=delegate, post=delegate.memberships.get().post, authority=authority,
            document_no=f"{number} ngày 30/7/2026", valid_from=ON_LEAVE[0], valid_to=ON_LEAVE[1],
        )  # fmt: skip


def add_people(made: Structure) -> None:
    """One password hash for all: the accounts exist only in the demonstration."""
    secret = make_password(PASSWORD)
    rows: list[tuple[str, Unit, str, str, datetime.date, datetime.date | None]] = [
        ("truongban", made.ban, "director", "Trưởng Ban", OLD_DAYS, None),
        ("photruongban", made.ban, "viewer", "Phó Trưởng Ban", OLD_DAYS, None),
        ("vanthu", made.ban, "clerk", "Văn thư", OLD_DAYS, None),
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
    first = made.communes[0]
    rows.append((f"phobithu.{first.code}", first, "editor", "Phó Bí thư Thường trực Đảng ủy", NEW_DAYS, None))
    rows += [(name, made.ban, role, post, COUNCIL_SINCE, None) for name, role, post in COUNCIL]
    for unit in [*made.districts, *made.blocks]:
        short = unit.code.replace("91.", "").lower()
        rows.append((f"nhap.{short}", unit, "editor", "Chuyên viên Ban Dân vận", OLD_DAYS, DISTRICTS_END))
        rows.append((f"lanhdao.{short}", unit, "leader", "Trưởng Ban Dân vận", OLD_DAYS, DISTRICTS_END))
    # One who sits on the council led a commune until spring: he judges nothing of it.
    past = ("uyvien10.hd", made.communes[1], "leader", "Bí thư Đảng ủy", NEW_DAYS, datetime.date(2026, 3, 31))
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
    moved = next(user for user in users if user.username == past[0])
    Membership.objects.create(
        user=moved, unit=past[1], role=past[2], post=past[3], valid_from=past[4], valid_to=past[5]
    )
    for user, (name, unit, role, *_) in zip(users, rows, strict=True):
        if name.startswith("phobithu."):
            made.deputies[unit.pk] = user
        elif role in COUNCIL_ROLES:
            made.council.append(user)
            made.people.setdefault((unit.pk, role), user)
        else:
            made.people[unit.pk, role] = user


def accounts(made: Structure) -> list[dict[str, str]]:
    """At least one account per role (formats.md): leader and editor of one unit, an editor of another."""
    first, second = made.communes[0], made.communes[1]
    chosen = [
        ("admin", made.ban, "admin"), ("director", made.ban, "director"), ("verifier", made.departments[-1], "verifier"),
        ("clerk", made.ban, "clerk"), ("leader", first, "leader"), ("editor", first, "editor"), ("other_editor", second, "editor"),
        ("viewer", made.province, "viewer"), ("chair", made.ban, "chair"), ("secretary", made.ban, "secretary"),
        ("member", made.ban, "member"),
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
