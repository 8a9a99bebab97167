"""What the three cycles of the demonstration hold; how a cycle is told stands in awardstory.py."""

import datetime

from awards.demonstration.awardstory import Story, found_council, pdf
from awards.demonstration.clock import told_on
from awards.demonstration.honours import Honours
from awards.demonstration.structure import Structure
from awards.models import AwardCycle, AwardKind, AwardType, Nomination, Payment
from awards.services.aftermath import handing
from awards.services.cycles import proposing
from awards.services.cycles.candidates import sections_of
from awards.services.decisions import drawing, fund, granting
from awards.services.nominations import appraisal
from campaigns.models import Campaign
from dvk_portal.core.models import Notification

Day = datetime.date
HEAD = "Trưởng Ban"
PROVINCE, BODY = "Chủ tịch Ủy ban nhân dân tỉnh", "Thủ trưởng cơ quan, đơn vị"


def hold_award_cycles(made: Structure, past: Campaign, present: Campaign) -> None:
    """Recipients, the council, a cycle that is over, one before its council, one that takes dossiers."""
    honours = Honours(made)
    honours.write()
    council = found_council(made)
    before = Notification.objects.count()
    of_2024(Story(made, council), past, honours)
    for tell, campaign in ((of_2026, present), (sudden, None)):
        story = Story(made, council)
        story.verifier = made.person(made.departments[-1], "verifier")
        tell(story, campaign, honours)
    # Letters of years ago were sent then.
    old = list(Notification.objects.order_by("pk").values_list("pk", flat=True)[before:])
    Notification.objects.filter(pk__in=old).update(mail_state=Notification.MailState.NONE)


def _types(*codes: str) -> list[AwardType]:
    found = AwardType.objects.in_bulk(codes, field_name="code")
    return [found[code] for code in codes]


# --- 2024: from the ranking to money paid ------------------------------------------------------------------------------
def of_2024(story: Story, past: Campaign, honours: Honours) -> None:
    bk, gk = _types("BK-T", "GK")
    story.prepare(
        Day(2025, 2, 3), [bk, gk], [past],
        {
            "nominating": (Day(2025, 2, 5), Day(2025, 2, 21)), "supplement": (Day(2025, 2, 22), Day(2025, 2, 28)),
            "reviewing": (Day(2025, 2, 24), Day(2025, 3, 7)), "publication": (Day(2025, 3, 7), Day(2025, 3, 21)),
            "scoring": (Day(2025, 3, 10), Day(2025, 3, 21)), "voting": (Day(2025, 3, 26), Day(2025, 3, 26)),
            "deciding": (Day(2025, 3, 27), Day(2025, 4, 15)),
        },
        title="Khen thưởng phong trào thi đua “Dân vận khéo” năm 2024", kind=AwardCycle.Kind.YEARLY,
        award_kind=AwardKind.MOVEMENT, year_from=2024, year_to=2024, decide_on=Day(2025, 4, 10),
        guidance="Mỗi cụm chọn đơn vị dẫn đầu theo kết quả đã công bố.",
    )  # fmt: skip
    story.limit(Day(2025, 2, 4), bk, "collective", 4)
    story.limit(Day(2025, 2, 4), gk, "collective", 10)
    story.move(Day(2025, 2, 5), "open")
    rows = [*_propose(story, bk, 0, 4), *_propose(story, gk, 4, 10)]
    story.send(Day(2025, 2, 14), rows)
    story.receive(Day(2025, 2, 18), rows)
    story.find_eligible(Day(2025, 2, 26), rows)
    story.move(Day(2025, 2, 27), "start_reviewing")
    story.publish(Day(2025, 3, 7), Day(2025, 3, 14), Day(2025, 3, 24), [
        ("phone", "Đề nghị xem lại số liệu mô hình của đơn vị.", "Đã kiểm tra sổ mô hình, số liệu đúng; đã trả lời người góp ý."),
    ])  # fmt: skip
    story.score(Day(2025, 3, 10), Day(2025, 3, 21))
    story.move(Day(2025, 3, 24), "start_voting")
    story.meet(story.call(Day(2025, 3, 24), Day(2025, 3, 26)), Day(2025, 3, 26))
    story.move(Day(2025, 3, 27), "start_deciding")
    _decide_2024(story)


def _propose(story: Story, award_type: AwardType, first: int, last: int) -> list[Nomination]:
    """Those in the ranking from place ``first`` to ``last``."""
    day = Day(2025, 2, 6)
    with told_on(day):
        lines = [
            row for section in sections_of(story.cycle, award_type, story.director, day, most=0) for row in section.rows
        ]
        keys = [row.key for row in lines[first:last]]
        return proposing.propose_from_results(story.cycle, award_type, keys, actor=story.director, day=day)[0]


def _decide_2024(story: Story) -> None:
    """The province's chairman gives the Bằng khen, its decision is recorded; the head of the Ban gives the Giấy khen."""
    on = Day(2025, 4, 10)
    with told_on(on):
        for authority, what in ((PROVINCE, "Bằng khen"), (BODY, "Giấy khen")):
            decision = drawing.draw_up_decision(
                story.cycle, family="state", authority=authority, actor=story.director,
                title=f"Về việc tặng {what} cho các tập thể có thành tích trong phong trào “Dân vận khéo” năm 2024",
            )  # fmt: skip
            if authority == PROVINCE:
                paper = granting.Paper(
                    on, "Phan Minh Hậu", PROVINCE, number="612/QĐ-UBND", file=pdf("quyet-dinh-612.pdf")
                )
                granting.record_decision(decision, actor=story.director, paper=paper, today=on)
                continue
            name = story.director.full_name
            granting.sign_decision(decision, actor=story.director, signer=name, signer_post=HEAD, today=on)
            own = granting.number_decision(
                decision, actor=story.director, paper=granting.Paper(on, name, HEAD), today=on
            )
    with told_on(Day(2025, 4, 14)):
        for decision in story.cycle.decisions.all():
            granting.publish_decision(decision, actor=story.director)
        fund.add_entry(
            story.made.ban, actor=story.director, kind="income", day=Day(2025, 4, 14), amount=60_000_000,
            text="Kinh phí khen thưởng được cấp năm 2025", document_no="UNC-031", today=Day(2025, 4, 14),
        )  # fmt: skip
    with told_on(Day(2025, 4, 21)):
        owed = Payment.objects.filter(award__decision=own, state=Payment.State.OWED).values_list("pk", flat=True)
        fund.pay_lines(
            own, owed, actor=story.director, day=Day(2025, 4, 21), document_no="PC-118", today=Day(2025, 4, 21)
        )
    with told_on(Day(2025, 4, 23)):
        clerk = story.made.person(story.made.ban, "clerk")
        for decision in story.cycle.decisions.all():
            handing.hand_out(decision, actor=clerk, day=Day(2025, 4, 23), today=Day(2025, 4, 23))
    story.move(Day(2025, 4, 25), "close")


# --- 2026: on the eve of the meeting ------------------------------------------------------------------------------------
def of_2026(story: Story, present: Campaign, honours: Honours) -> None:
    bk, gk = _types("BK-T", "GK")
    story.prepare(
        Day(2026, 9, 14), [bk, gk], [present],
        {
            "nominating": (Day(2026, 9, 15), Day(2026, 10, 9)), "supplement": (Day(2026, 10, 10), Day(2026, 10, 16)),
            "reviewing": (Day(2026, 9, 21), Day(2026, 10, 30)), "publication": (Day(2026, 10, 26), Day(2026, 11, 9)),
            "scoring": (Day(2026, 11, 2), Day(2026, 11, 13)), "voting": (Day(2026, 11, 20), Day(2026, 12, 11)),
            "deciding": (Day(2026, 12, 14), Day(2026, 12, 25)),
        },
        title="Khen thưởng chuyên đề “Dân vận khéo” tham gia xây dựng hệ thống chính trị năm 2026",
        kind=AwardCycle.Kind.THEMATIC, award_kind=AwardKind.MOVEMENT, year_from=2026, year_to=2026,
        guidance="Đề nghị tập thể, cá nhân, hộ gia đình có cách làm mới, hiệu quả; mỗi đơn vị không quá 3.",
        decide_on=Day(2026, 12, 18),
    )  # fmt: skip
    for award_type, kind, most in ((bk, "collective", 8), (bk, "person", 8), (gk, "person", 20), (gk, "household", 10)):
        story.limit(Day(2026, 9, 14), award_type, kind, most, per_unit=3)
    story.move(Day(2026, 9, 15), "open")
    early, late, back = _dossiers_2026(story, honours, bk, gk)
    story.receive(Day(2026, 9, 29), early)
    story.find_eligible(Day(2026, 10, 6), early)
    story.receive(Day(2026, 10, 8), late)
    story.find_eligible(Day(2026, 10, 20), late)
    with told_on(Day(2026, 10, 7)):
        appraisal.return_nomination(
            back,
            actor=story.verifier,
            reason="Báo cáo thành tích chưa có xác nhận.",
            items={"summary": "Ghi rõ số hộ tham gia."},
        )
    story.move(Day(2026, 10, 19), "start_reviewing")
    story.publish(Day(2026, 10, 23), Day(2026, 11, 4), Day(2026, 11, 10), [
        ("mail", "Đề nghị biểu dương thêm các hộ đã hiến đất.", "Đã chuyển đơn vị xem xét ở đợt sau."),
        ("phone", "Phản ánh cột đèn của mô hình đã hỏng.", "Đã kiểm tra: đơn vị đã thay đèn ngày 30/10/2026."),
    ])  # fmt: skip
    story.score(Day(2026, 11, 2), Day(2026, 11, 13))
    with told_on(Day(2026, 11, 16)):
        back.refresh_from_db()
    story.move(Day(2026, 11, 16), "start_voting")
    story.call(Day(2026, 11, 17), Day(2026, 11, 20))


def _dossiers_2026(
    story: Story, honours: Honours, bk: AwardType, gk: AwardType
) -> tuple[list[Nomination], list[Nomination], Nomination]:
    """Of sixteen communes: dossiers received before the new law, after it, and one that goes back."""
    rows: list[Nomination] = []
    for place, unit in enumerate(story.made.communes[:16]):
        chosen = (
            [(bk, honours.of_unit[unit.pk]), (gk, honours.people[unit.pk][1])]
            if place % 2
            else [(bk, honours.people[unit.pk][2])]
        )
        if unit.pk in honours.households:
            chosen.append((gk, honours.households[unit.pk]))
        day = Day(2026, 9, 21) if place < 9 else Day(2026, 10, 2)
        rows += [story.draft(day, unit, award_type, recipient) for award_type, recipient in chosen]
    story.send(Day(2026, 9, 25), [row for row in rows if row.created_at.month == 9])
    story.send(Day(2026, 10, 6), [row for row in rows if row.created_at.month == 10])
    early = [row for row in rows if row.created_at.month == 9]
    *late, back = [row for row in rows if row.created_at.month == 10]
    return early, late, back


# --- now ------------------------------------------------------------------------------------------------------------------
def sudden(story: Story, campaign: None, honours: Honours) -> None:
    """A cycle that takes dossiers: the first commune has begun one."""
    [gk] = _types("GK")
    story.prepare(
        Day(2026, 11, 9), [gk], [],
        {
            "nominating": (Day(2026, 11, 10), Day(2026, 12, 4)), "supplement": (Day(2026, 12, 5), Day(2026, 12, 9)),
            "reviewing": (Day(2026, 11, 16), Day(2026, 12, 11)), "voting": (Day(2026, 12, 14), Day(2026, 12, 16)),
            "deciding": (Day(2026, 12, 17), Day(2026, 12, 24)),
        },
        title="Khen thưởng vận động nhân dân tham gia khắc phục sạt lở mùa lũ 2026", kind=AwardCycle.Kind.SUDDEN,
        award_kind=AwardKind.SUDDEN, year_from=2026, year_to=2026, decide_on=Day(2026, 12, 22),
        guidance="Đề nghị ngay khi có thành tích.",
    )  # fmt: skip
    story.move(Day(2026, 11, 10), "open")
    first, second, third = story.made.communes[:3]
    story.draft(Day(2026, 11, 12), first, gk, honours.people[first.pk][2])
    sent = [story.draft(Day(2026, 11, 12), unit, gk, honours.people[unit.pk][2]) for unit in (second, third)]
    story.send(Day(2026, 11, 16), sent)
    story.receive(Day(2026, 11, 18), sent[:1])
