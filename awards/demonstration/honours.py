"""Who may be honoured: of every unit the unit itself, three people and now and then a household; what their years brought, and
the awards of the years before the portal, as a province takes them over."""

import datetime

from awards.demonstration.chance import dice, invented_name, pick
from awards.demonstration.structure import Structure
from awards.models import Award, AwardKind, AwardType, Initiative, Recipient, RecipientKind, YearRecord
from dvk_portal.core.documents.freezing import CODE_LENGTH
from dvk_portal.core.text import search_key
from units.models import Unit

YEARS = (2022, 2023, 2024, 2025)
# post, leads, managed by the Standing Committee
POSTS = [
    ("Phó Bí thư Thường trực Đảng ủy", True, True),
    ("Công chức Văn phòng Đảng ủy", False, False),
    ("Bí thư chi bộ, Trưởng ấp", False, False),
]
GRADES = [("htxs", 25), ("htt", 60), ("ht", 12), ("", 3)]
INITIATIVES = (
    "Tổ tự quản thu gom rác tại nguồn",
    "Sổ tay điện tử nắm tình hình nhân dân",
    "Đường dây nóng của chi bộ ấp",
)
EVERY_HOUSEHOLD = 5


class Honours:
    """Recipients by unit; ``write`` fills the tables in a few statements."""

    def __init__(self, made: Structure) -> None:
        self.made = made
        self.of_unit: dict[int, Recipient] = {}
        self.people: dict[int, list[Recipient]] = {}
        self.households: dict[int, Recipient] = {}

    def write(self) -> None:
        for place, unit in enumerate([*self.made.communes, *self.made.committees]):
            self._enrol(unit, household=place % EVERY_HOUSEHOLD == 0)
        for unit in [*self.made.districts, *self.made.blocks]:
            self.of_unit[unit.pk] = _recipient(unit, unit.name, RecipientKind.COLLECTIVE, of_unit=unit)
        rows = [
            *self.of_unit.values(),
            *(row for some in self.people.values() for row in some),
            *self.households.values(),
        ]
        Recipient.objects.bulk_create(rows, batch_size=200)
        self._write_years()
        self._write_past_awards()

    def _enrol(self, unit: Unit, *, household: bool) -> None:
        self.of_unit[unit.pk] = _recipient(unit, unit.name, RecipientKind.COLLECTIVE, of_unit=unit)
        self.people[unit.pk] = [
            _recipient(
                unit, invented_name("recipient", unit.code, place), RecipientKind.PERSON, post=post, is_leader=leads,
                managed_by_btv=managed,
            )
            for place, (post, leads, managed) in enumerate(POSTS)
        ]  # fmt: skip
        for row in self.people[unit.pk]:
            row.sex = "f" if any(word in row.name for word in (" Thị", " Ngọc", " Bích", " Thu ", " Hồng")) else "m"
        if household:
            name = f"Hộ {invented_name('household', unit.code)}"
            self.households[unit.pk] = _recipient(unit, name, RecipientKind.HOUSEHOLD, post="Nông dân")

    def grade(self, row: Recipient, year: int) -> str:
        return pick(GRADES, "grade", row.unit.code, row.name, year)

    def _write_years(self) -> None:
        years = [
            YearRecord(
                recipient=row, year=year, grade=self.grade(row, year), source="Kết quả đánh giá, xếp loại cuối năm"
            )
            for some in self.people.values()
            for row in some
            for year in YEARS
        ]
        for row in self.of_unit.values():
            if row.unit.valid_to is None:
                years.append(self._collective_year(row, YEARS[-1]))
        YearRecord.objects.bulk_create(years, batch_size=150)
        Initiative.objects.bulk_create(
            Initiative(
                recipient=row, title=INITIATIVES[place % len(INITIATIVES)], year=2025, decision_no=f"{place + 11:02d}-QĐ/ĐU",
                decided_on=datetime.date(2025, 11, 20),
            )
            for place, row in enumerate(row for some in self.people.values() for row in some[:2])
            if self.grade(row, 2025) in ("htxs", "htt") and place % 3 == 0
        )  # fmt: skip

    def _collective_year(self, row: Recipient, year: int) -> YearRecord:
        chance = dice("collective", row.unit.code, year)
        members, excellent = chance.randint(18, 46), chance.randint(6, 9)
        return YearRecord(
            recipient=row, year=year, grade=self.grade(row, year), source="Kết quả đánh giá, xếp loại cuối năm",
            members=members, members_completed=members - (chance.random() < 0.1), members_ldtt=members * excellent // 10,
            members_cstdcs=max(1, members // 8), members_women=members * 2 // 5,
            members_disciplined=int(chance.random() < 0.06),
        )  # fmt: skip

    def _write_past_awards(self) -> None:
        """LĐTT and CSTĐ cơ sở of the years before, as the grades say."""
        types = AwardType.objects.in_bulk(["LDTT", "CSTDCS"], field_name="code")
        awards = []
        for some in self.people.values():
            for row in some:
                for year in YEARS:
                    grade = self.grade(row, year)
                    if grade in ("htxs", "htt"):
                        awards.append(self._past_award(row, types["LDTT"], year))
                    if grade == "htxs":
                        awards.append(self._past_award(row, types["CSTDCS"], year))
        Award.objects.bulk_create(awards, batch_size=100)

    def _past_award(self, row: Recipient, award_type: AwardType, year: int) -> Award:
        number = dice("decision", row.unit.code, year, award_type.code).randint(10, 480)
        return Award(
            recipient=row, award_type=award_type, unit=row.unit, award_kind=AwardKind.MERIT, subject_kind=row.kind, name=row.name,
            post=row.post, unit_name=row.unit.name, year=year, period_from=datetime.date(year, 1, 1),
            period_to=datetime.date(year, 12, 31), achievement="Hoàn thành nhiệm vụ năm", authority=award_type.authority,
            decision_no=f"{number}/QĐ-UBND", decided_on=datetime.date(year, 12, 28), code=award_code(row.pk, award_type.code, year),
            search_key=search_key(f"{row.name} {row.unit.name} {award_type.name}"),
        )  # fmt: skip


def award_code(*words: object) -> str:
    return "".join(dice("award code", *words).choices("23456789ABCDEFGHJKMNPQRSTVWXYZ", k=CODE_LENGTH))


def _recipient(unit: Unit, name: str, kind: str, **more: object) -> Recipient:
    row = Recipient(kind=kind, name=name, unit=unit, **more)
    row.set_keys()
    return row
