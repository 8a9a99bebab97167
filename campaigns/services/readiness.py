"""Before launch: what is still missing and where to fix it, what deserves a second look, what will happen."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, Indicator
from campaigns.services.assignments import scheme_indicators, unassigned
from campaigns.services.editing import Part
from campaigns.workflows import LAUNCH_FIELDS, missing_for_launch
from units.models import Membership, User
from units.roles import Role

TOLD = (Role.EDITOR, Role.LEADER)
ISSUING = "issuing"


@dataclass(frozen=True)
class Step:
    """One line of the checklist: a part of the campaign, whether it is ready, and what it still lacks."""

    part: str
    label: str
    missing: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        return not self.missing


def checklist(campaign: Campaign) -> list[Step]:
    """The parts of a draft in the order in which one fills them; the sentences are those that block the launch."""
    sentences = missing_for_launch(campaign)
    by_part: dict[str, list[str]] = {part: [] for part in Part.values}
    for sentence in sentences:
        by_part[_part_of(sentence)].append(sentence)
    if not campaign.participations.exists():
        by_part[Part.CLUSTERS].append("Chọn đơn vị tham gia rồi xếp vào cụm, khối.")
    labels = {
        Part.CONTENT: "Mục tiêu, nội dung, tiêu chí, biện pháp",
        Part.DOCUMENT: "Văn bản phát động",
        Part.SCHEME: "Bảng tiêu chí chấm điểm",
        Part.PERIODS: "Kỳ báo cáo và hạn nộp",
        Part.ASKED: "Chỉ số yêu cầu báo cáo",
        Part.ROSTER: "Đơn vị tham gia",
        Part.CLUSTERS: "Cụm, khối thi đua",
    }
    return [Step(part.value, label, tuple(by_part[part])) for part, label in labels.items()]


_WORDS = (
    ("cụm, khối", Part.CLUSTERS),
    ("đơn vị tham gia", Part.ROSTER),
    ("chỉ số", Part.ASKED),
    ("kỳ báo cáo", Part.PERIODS),
    ("bảng tiêu chí", Part.SCHEME),
    *((label, Part.DOCUMENT) for field, label in LAUNCH_FIELDS.items() if field.startswith("document_")),
)


def _part_of(sentence: str) -> str:
    low = sentence.lower()
    return next((part for words, part in _WORDS if words in low), Part.CONTENT)


@dataclass(frozen=True)
class LaunchReview:
    """What the launch will do, for the person who decides. A warning names the part of the campaign where it is mended, or
    ``ISSUING``: the page on which the owner's header, symbol and place are declared."""

    units: int
    people: int
    silent: tuple[str, ...]
    periods: tuple[Any, ...]
    reports: int
    warnings: tuple[tuple[str, str], ...]


def review_launch(campaign: Campaign) -> LaunchReview:
    """Counts and warnings; a warning is a sentence with the part where it is mended. Nothing is changed."""
    rows = list(campaign.participations.values_list("unit_id", "name"))
    members = Membership.objects.current().filter(
        unit__participations__campaign=campaign, role__in=TOLD, user__is_active=True
    )
    heard = set(members.values_list("unit_id", flat=True))
    people = User.objects.filter(is_active=True, memberships__in=members).distinct().count()
    periods = tuple(campaign.periods.all())
    return LaunchReview(
        units=len(rows),
        people=people,
        silent=tuple(name for pk, name in rows if pk not in heard),
        periods=periods,
        reports=len(rows) * len(periods),
        warnings=tuple(_warnings(campaign, periods)),
    )


def _warnings(campaign: Campaign, periods: tuple[Any, ...]) -> list[tuple[str, str]]:
    found = []
    today = timezone.localdate()
    ended = campaign.participations.filter(unit__valid_to__lt=today).values_list("name", flat=True)
    if ended:
        found.append((f"Đơn vị đã kết thúc hoạt động: {', '.join(ended)}.", Part.ROSTER))
    late = [str(period) for period in periods if period.due_at < timezone.now()]
    if late:
        found.append((f"Đã quá hạn nộp ngay khi phát động: {', '.join(late)}.", Part.PERIODS))
    missing = scheme_indicators(campaign.scheme) - set(campaign.asked.values_list("indicator__code", flat=True))
    if missing:
        labels = dict(Indicator.objects.filter(code__in=missing).values_list("code", "label"))
        words = ", ".join(sorted(labels.get(code, code) for code in missing))
        found.append((f"Bảng tiêu chí lấy số liệu từ chỉ số mà phong trào chưa hỏi: {words}.", Part.ASKED))
    if nobody := unassigned(campaign):
        found.append((f"Chưa phân công phòng thẩm định: {', '.join(nobody)}.", Part.SCHEME))
    if not campaign.attachments.exists():
        found.append(("Chưa đính kèm văn bản phát động để các đơn vị mở xem.", Part.DOCUMENT))
    if not campaign.reminder_steps.exists():
        found.append(("Không có mốc nhắc việc nào: đơn vị sẽ không được nhắc trước hạn.", Part.PERIODS))
    if not campaign.owner.issuing.on(today).exists():
        words = (
            "chưa khai đầu văn bản, ký hiệu và địa danh cho hôm nay: đến khi khai thì chưa thống nhất được giao ước nào"
        )
        found.append((f"{campaign.owner} {words}.", ISSUING))
    if campaign.contact is None:
        found.append(("Chưa ghi chuyên viên theo dõi để đơn vị liên hệ.", Part.BASICS))
    return [(sentence, str(part)) for sentence, part in found]
