"""Two campaigns: 2024 with its districts, published; 2026 with the communes, three quarters in and the fourth open."""

import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from awards.demonstration import figures, scores
from awards.demonstration.annexes import fill_annexes, fill_library
from awards.demonstration.clock import told_on
from awards.demonstration.pledging import fill_pledges
from awards.demonstration.reporting import fill_reports
from awards.demonstration.structure import Structure
from campaigns.models import (
    Assignment,
    Campaign,
    CampaignIndicator,
    Cluster,
    ClusterHead,
    Indicator,
    IndicatorGroup,
    Participation,
    ReportingPeriod,
    Scheme,
)
from campaigns.services.assignments import map_assessors
from campaigns.services.campaigns import create_campaign, launch_campaign, start_scoring
from campaigns.services.indicators import import_default_catalogue
from campaigns.services.periods import due_moment
from campaigns.services.schemes import import_scheme, read_scheme_file
from dvk_portal.core.models import Job, Notification
from pledges.services.publishing import publish_results
from pledges.services.reminding import send_reminders
from units.models import Unit

SCHEME_FILE = settings.BASE_DIR / "campaigns/data/schemes/mau_danvan_2026.yaml"
# Which department verifies which group of indicators.
GROUPS = {
    "ld": "91.VP", "nv": "91.VP", "nq": "91.TTR", "tt": "91.TTR", "dl": "91.TTR", "kg": "91.KG", "bd": "91.KG",
    "dv": "91.DTH", "tl": "91.DTH", "ct": "91.DVNN",
}  # fmt: skip
COMMON_COMMITMENTS = """Lãnh đạo, chỉ đạo thực hiện tốt nhiệm vụ phát triển kinh tế - xã hội, giữ vững quốc phòng, an ninh.
Giải quyết thủ tục hành chính cho người dân đúng và trước hạn, không gây phiền hà, nhũng nhiễu.
Mỗi đơn vị xây dựng, duy trì mô hình “Dân vận khéo” thiết thực và nhân rộng mô hình hiệu quả.
Báo cáo định kỳ đúng hạn, số liệu trung thực, có minh chứng."""
PROVINCE_COMMITMENTS = """Hướng dẫn, hỗ trợ đơn vị xây dựng và nhân rộng mô hình.
Thẩm định công khai, trả lời kiến nghị của đơn vị trong 10 ngày làm việc.
Đề nghị khen thưởng kịp thời tập thể, cá nhân có thành tích."""


def scheme_of(version: str) -> Scheme:
    """The model scheme, published as the version of that year."""
    text = SCHEME_FILE.read_text(encoding="utf-8").replace('version: "2026"', f'version: "{version}"', 1)
    checked = read_scheme_file(text.replace("năm 2026 (mẫu)", f"năm {version}", 1))
    return import_scheme(checked, actor=None, publish=True)[0]


def _draft(made: Structure, year: int, version: str, **fields: Any) -> Campaign:
    if not Indicator.objects.exists():
        import_default_catalogue(actor=None)
    return create_campaign(
        made.ban,
        actor=made.person(made.ban, "director"),
        title=f"Phong trào thi đua công tác dân vận của các cơ quan nhà nước năm {year}",
        starts_on=datetime.date(year, 1, 1),
        ends_on=datetime.date(year, 12, 31),
        goal="Đổi mới phương thức, nâng cao chất lượng công tác dân vận của cơ quan nhà nước; chính quyền gần dân, trọng dân, "
        "vì Nhân dân phục vụ.",
        slogan="Dân vận khéo thì việc gì cũng thành công",
        content="Thực hiện tốt nhiệm vụ chính trị; cải cách hành chính; dân chủ ở cơ sở; xây dựng mô hình “Dân vận khéo”; "
        "tiếp công dân, đối thoại với Nhân dân.",
        criteria="Theo bảng tiêu chí, thang điểm kèm theo kế hoạch.",
        measures="Ký giao ước thi đua; báo cáo hằng quý; tự chấm điểm, thẩm định, thống nhất; sơ kết sáu tháng, tổng kết năm.",
        common_commitments=COMMON_COMMITMENTS,
        province_commitments=PROVINCE_COMMITMENTS,
        scheme=scheme_of(version),
        **fields,
    )


def _ask(campaign: Campaign) -> None:
    known = {row.code: row for row in Indicator.objects.filter(code__in=figures.ASKED)}
    CampaignIndicator.objects.bulk_create(
        CampaignIndicator(
            campaign=campaign,
            indicator=known[code],
            required=code not in figures.OPTIONAL,
            in_pledge=code in figures.PLEDGED,
        )
        for code in figures.ASKED
    )


def _quarters(campaign: Campaign, year: int, due: list[datetime.date]) -> list[ReportingPeriod]:
    periods = []
    for number, due_on in enumerate(due, start=1):
        first = datetime.date(year, 3 * number - 2, 1)
        last = (
            datetime.date(year, 11, 30)
            if number == 4
            else datetime.date(year, 3 * number + 1, 1) - datetime.timedelta(days=1)
        )
        periods.append(
            ReportingPeriod.objects.create(
                campaign=campaign, year=year, number=number, data_from=first, data_to=last, due_on=due_on,
                due_at=due_moment(due_on),
            )
        )  # fmt: skip
    return periods


def _roster(campaign: Campaign, clusters: list[tuple[str, list[Unit], Any]], heads_from: datetime.date) -> None:
    for order, (name, units, officer) in enumerate(clusters, start=1):
        cluster = Cluster.objects.create(campaign=campaign, name=name, order=order, officer=officer)
        rows = [
            Participation(
                campaign=campaign, unit=unit, cluster=cluster, name=unit.name, kind_name=unit.kind.name,
                sort_key=unit.sort_key, search_key=unit.search_key,
            )
            for unit in units
        ]  # fmt: skip
        Participation.objects.bulk_create(rows, batch_size=100)
        for row, is_deputy in ((rows[0], False), (rows[1], True)):
            ClusterHead.objects.create(cluster=cluster, participation=row, is_deputy=is_deputy, valid_from=heads_from)


def _launch(campaign: Campaign, made: Structure) -> None:
    """Launch through the services, at the time the clock tells."""
    director = made.person(made.ban, "director")
    departments = {unit.code: unit for unit in made.departments}
    map_assessors(campaign, actor=director)
    Assignment.objects.bulk_create(
        Assignment(campaign=campaign, department=departments[GROUPS[group.code]], group=group)
        for group in IndicatorGroup.objects.filter(code__in=GROUPS)
    )
    launch_campaign(campaign, actor=director)
    Notification.objects.filter(kind="campaign_launched", key=f"campaign_launched:{campaign.pk}").update(
        read_at=timezone.now() + datetime.timedelta(hours=6), mail_state=Notification.MailState.NONE
    )


def build_2024(made: Structure) -> Campaign:
    """Ban Dân vận Tỉnh ủy with its 11 districts and four blocks: reported, verified, ranked, published."""
    director = made.person(made.ban, "director")
    officer = made.person(made.departments[-1], "verifier")
    with told_on(datetime.date(2024, 2, 20)):
        campaign = _draft(
            made, 2024, "2024", audience="11 huyện, thị, thành ủy và các đảng ủy trực thuộc Tỉnh ủy",
            document_no="45-KH/BDVTU", document_date=datetime.date(2024, 2, 20),
            document_signer="Trưởng Ban Dân vận Tỉnh ủy", contact=officer,
        )  # fmt: skip
        _quarters(campaign, 2024, [datetime.date(2024, 4, 10), datetime.date(2024, 7, 10), datetime.date(2024, 10, 10),
                                   datetime.date(2024, 12, 10)])  # fmt: skip
        _ask(campaign)
        clusters = [
            ("Cụm thành phố, thị xã", made.districts[:4], officer),
            ("Cụm các huyện", made.districts[4:], officer),
            ("Khối đảng ủy trực thuộc", made.blocks, officer),
        ]
        _roster(campaign, clusters, datetime.date(2024, 3, 1))
    with told_on(datetime.date(2024, 2, 26)):
        _launch(campaign, made)
    fill_pledges(campaign, made, datetime.date(2024, 3, 12), all_signed=True)
    for index, period in enumerate(campaign.periods.order_by("number")):
        fill_reports(period, made, index, finished=True)
    with told_on(datetime.date(2024, 12, 16)):
        start_scoring(campaign, actor=director)
    scores.fill_scores(campaign, made)
    with told_on(datetime.date(2025, 1, 16)):
        publish_results(
            campaign, actor=director, decision_no="1368-QĐ/BDVTU", decision_date=datetime.date(2025, 1, 15),
            confirmation="1368-QĐ/BDVTU",
        )  # fmt: skip
    Job.objects.all().delete()
    return campaign


def build_2026(made: Structure, past: Campaign) -> Campaign:
    """Ban Tuyên giáo và Dân vận Tỉnh ủy with 102 communes and 4 party committees; quarter IV is open."""
    officers = [made.person(unit, "verifier") for unit in made.departments]
    with told_on(datetime.date(2026, 1, 20)):
        campaign = _draft(
            made, 2026, "2026", audience="102 xã, phường, đặc khu và 4 đảng ủy trực thuộc Tỉnh ủy",
            document_no="15-KH/BTGDVTU", document_date=datetime.date(2026, 1, 20),
            document_signer="Trưởng Ban Tuyên giáo và Dân vận Tỉnh ủy", contact=officers[-1], previous=past,
        )  # fmt: skip
        periods = _quarters(campaign, 2026, [datetime.date(2026, 4, 10), datetime.date(2026, 7, 10),
                                             datetime.date(2026, 10, 10), datetime.date(2026, 12, 5)])  # fmt: skip
        _ask(campaign)
        _roster(campaign, _clusters_2026(made, officers), datetime.date(2026, 2, 1))
    with told_on(datetime.date(2026, 1, 26)):
        _launch(campaign, made)
    fill_library()
    fill_pledges(campaign, made, datetime.date(2026, 3, 5), all_signed=False)
    fill_annexes(campaign, made)
    for index, period in enumerate(periods):
        fill_reports(period, made, index, finished=False)
    # The ladder has reminded those who still owe, on the days it would have.
    for month, day in ((4, 17), (7, 17), (10, 13), (10, 15), (10, 19)):
        with told_on(datetime.date(2026, month, day), hour=7):
            send_reminders(timezone.now())
    return campaign


def _clusters_2026(made: Structure, officers: list[Any]) -> list[tuple[str, list[Unit], Any]]:
    """One cluster of wards, seven of communes and special zones, one of party committees."""
    wards = [unit for unit in made.communes if unit.kind.code == "phuong"]
    others = [unit for unit in made.communes if unit.kind.code != "phuong"]
    size = -(-len(others) // 7)
    clusters: list[tuple[str, list[Unit], Any]] = [("Cụm 1: các phường", wards, officers[0])]
    for number in range(7):
        chosen = others[number * size : (number + 1) * size]
        clusters.append((f"Cụm {number + 2}", chosen, officers[(number + 1) % len(officers)]))
    return [*clusters, ("Khối đảng ủy trực thuộc Tỉnh ủy", made.committees, officers[-1])]
