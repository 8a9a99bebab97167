"""One small province and everybody in it. Every test that asks "who may" uses these people."""

import datetime
from dataclasses import dataclass
from typing import Any

from campaigns.models import Assignment, ReminderStep
from campaigns.services.campaigns import launch_campaign
from tests import factories as f
from units.models import Unit, User


@dataclass
class Province:
    """Tỉnh → Ban → two departments; Tỉnh → three communes (An, Bình, Cường)."""

    province: Unit
    ban: Unit
    department: Unit
    other_department: Unit
    commune: Unit
    other_commune: Unit
    third_commune: Unit
    editor: User
    leader: User
    other_editor: User
    other_leader: User
    verifier: User
    other_verifier: User
    director: User
    clerk: User
    viewer: User
    admin: User
    chair: User
    secretary: User
    member: User
    other_member: User
    stranger: User

    def everybody(self) -> dict[str, User]:
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def person(username: str, name: str, unit: Unit, role: str, post: str) -> User:
    user = f.UserFactory(username=username, full_name=name)
    f.MembershipFactory(user=user, unit=unit, role=role, post=post)
    return user


def build_province() -> Province:
    f.standard_catalogues()
    tinh = f.UnitFactory(code="91", name="Tỉnh ủy Thử Nghiệm", kind_code="tinh")
    ban = f.UnitFactory(code="91.BTG", name="Ban Tuyên giáo và Dân vận Tỉnh ủy", kind_code="ban", parent=tinh)
    phong = f.UnitFactory(code="91.P1", name="Phòng Đoàn thể", kind_code="phong", parent=ban)
    phong2 = f.UnitFactory(code="91.P2", name="Văn phòng", kind_code="phong", parent=ban)
    an, binh, cuong = (
        f.UnitFactory(code=code, name=name, parent=tinh)
        for code, name in (("30001", "Xã An Hòa"), ("30002", "Xã Bình Đức"), ("30003", "Phường Cường Thịnh"))
    )
    f.IssuingBodyFactory(unit=ban, superior=tinh.name, symbol="BTGDVTU")
    for unit in (an, binh, cuong):
        f.IssuingBodyFactory(unit=unit, superior=tinh.name, symbol="ĐU")
    f.TermOfOfficeFactory(unit=tinh)
    stranger = f.UserFactory(username="nguoi.la", full_name="Người Ngoài")
    return Province(
        tinh,
        ban,
        phong,
        phong2,
        an,
        binh,
        cuong,
        editor=person("nhap.an", "Trần Thị Nhập", an, "editor", "Công chức"),
        leader=person("lanhdao.an", "Lê Văn Lãnh", an, "leader", "Bí thư Đảng ủy"),
        other_editor=person("nhap.binh", "Phạm Thị Khác", binh, "editor", "Công chức"),
        other_leader=person("lanhdao.binh", "Võ Văn Đạo", binh, "leader", "Bí thư Đảng ủy"),
        verifier=person("thamdinh", "Ngô Thị Thẩm", phong, "verifier", "Chuyên viên"),
        other_verifier=person("thamdinh2", "Đỗ Văn Định", phong2, "verifier", "Chuyên viên"),
        director=person("truongban", "Huỳnh Văn Trưởng", ban, "director", "Trưởng Ban"),
        clerk=person("vanthu", "Mai Thị Thư", ban, "clerk", "Văn thư"),
        viewer=person("xem", "Bùi Thị Xem", tinh, "viewer", "Ủy viên Ban Thường vụ"),
        admin=person("quantri", "Đinh Văn Quản", ban, "admin", "Quản trị hệ thống"),
        # Seats of a council: rights by role here; a Committee and its seats are made by tests.factories.awards.
        chair=person("chutich.hd", "Hồ Văn Chủ", ban, "chair", "Phó Bí thư Tỉnh ủy"),
        secretary=person("thuky.hd", "Lâm Thị Ký", ban, "secretary", "Trưởng phòng"),
        member=person("uyvien.hd", "Tạ Văn Ủy", ban, "member", "Phó Chủ tịch Hội Nông dân"),
        other_member=person("uyvien2.hd", "Đoàn Thị Viên", ban, "member", "Phó Giám đốc Sở Nội vụ"),
        stranger=stranger,
    )


@dataclass
class World(Province):
    """The province with one open campaign of 2026 (four quarters), everything a launch creates included."""

    campaign: Any = None
    cluster: Any = None
    periods: Any = None
    flow: Any = None
    stock: Any = None
    plan: Any = None
    words: Any = None


def build_world(*, number_of_periods: int = 4) -> World:
    """Launched through the real service, so whatever a launch creates is there."""
    province = build_province()
    campaign = f.CampaignFactory(owner=province.ban, contact=province.verifier)
    cluster = f.ClusterFactory(campaign=campaign, name="Cụm số 1", officer=province.verifier)
    for unit in (province.commune, province.other_commune, province.third_commune):
        f.ParticipationFactory(campaign=campaign, unit=unit, cluster=cluster)
    periods = [f.ReportingPeriodFactory(campaign=campaign, number=n) for n in range(1, number_of_periods + 1)]
    group, other = f.IndicatorGroupFactory(code="dv"), f.IndicatorGroupFactory(code="ct", title="Chỉ tiêu")
    flow = f.IndicatorFactory(code="van_dong", label="Cuộc vận động", group=group)
    stock = f.IndicatorFactory(code="chi_bo", label="Chi bộ", group=other, stock=True, measure="chi bộ")
    plan = f.IndicatorFactory(code="ke_hoach", label="Có kế hoạch", group=other, yes_no=True)
    words = f.IndicatorFactory(code="cach_lam", label="Cách làm hay", group=group, words=True)
    for indicator, required, in_pledge in (
        (flow, True, True),
        (stock, True, False),
        (plan, True, False),
        (words, False, False),
    ):
        f.CampaignIndicatorFactory(campaign=campaign, indicator=indicator, required=required, in_pledge=in_pledge)
    Assignment.objects.create(campaign=campaign, department=province.department, group=group)
    Assignment.objects.create(campaign=campaign, department=province.other_department, group=other)
    Assignment.objects.create(campaign=campaign, department=province.department, assessor="Phòng Đoàn thể")
    Assignment.objects.create(campaign=campaign, department=province.other_department, assessor="Văn phòng")
    ReminderStep.objects.bulk_create(
        ReminderStep(campaign=campaign, days=days, to_leader=leader, to_officer=officer)
        for days, leader, officer in ReminderStep.DEFAULT
    )
    launch_campaign(campaign, actor=province.director)
    return World(
        **vars(province),
        campaign=campaign,
        cluster=cluster,
        periods=periods,
        flow=flow,
        stock=stock,
        plan=plan,
        words=words,
    )


TODAY = datetime.date(2026, 11, 21)
