"""The pages of cycles: list, one cycle, calendar, home, campaign; by whom, how many queries."""

import datetime
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from awards.models import AwardCycle, CyclePhase, Nomination
from awards.services.cycles.dates import calendar_for, icalendar
from awards.services.cycles.quotas import save_quota
from tests.awards.cycles.cycle_steps import commented, drafted, eligible, opened, published, rule, scheduled
from tests.factories import awards as af

MOST = 15
TODAY = timezone.localdate


def get(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


def quota(cycle, person):
    return save_quota(cycle, None, actor=person, award_type=af.AwardTypeFactory(), maximum=1)


# --- the list -----------------------------------------------------------------------------------------------------------
def test_the_list_is_filtered_by_year_kind_and_words_without_accents(province, sign_in):
    opened(province, title="Tổng kết 2022–2026", kind="multi_year", year_from=2022)
    opened(province, title="Hằng năm")
    client = sign_in(province.verifier)

    found = {
        "2024": get(client, "cycle-list", year="2024").content.decode(),
        "words": get(client, "cycle-list", q="tong ket").content.decode(),
        "kind": get(client, "cycle-list", kind="yearly").content.decode(),
    }

    assert [("Tổng kết 2022" in text, "Hằng năm</a>" in text) for text in found.values()] == [
        (True, False),
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize("year", ["0", "99999999999999999999", "1e9", "abc", "-1"])
def test_a_year_that_is_none_is_answered_with_words(year, province, sign_in):
    assert get(sign_in(province.verifier), "cycle-list", year=year).status_code == 200


@pytest.mark.parametrize("count", [1, 60])
def test_the_list_costs_the_same_queries(count, province, sign_in, django_assert_max_num_queries):
    for _ in range(count):
        cycle = af.AwardCycleFactory(owner=province.ban)
        CyclePhase.objects.create(cycle=cycle, stage="nominating", opens_on=TODAY(), closes_on=TODAY())
    client = sign_in(province.verifier)

    with django_assert_max_num_queries(11):
        response = get(client, "cycle-list", size="100")

    assert response.content.decode().count("Đợt khen thưởng thử") >= count


# --- one cycle ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize("person", ["director", "editor"])
def test_the_page_of_a_cycle_costs_the_same_queries(person, count, province, sign_in, django_assert_max_num_queries):
    cycle = opened(province)
    for _ in range(count):
        af.NominationFactory(cycle=cycle, recipient__unit=province.commune)
    client = sign_in(getattr(province, person))
    get(client, "cycle-detail", cycle.pk)

    with django_assert_max_num_queries(20 if person == "director" else MOST):
        get(client, "cycle-detail", cycle.pk)


def test_a_unit_counts_its_own_and_the_staff_all(province, sign_in):
    cycle = opened(province)
    for unit in (province.commune, province.commune, province.other_commune):
        af.NominationFactory(cycle=cycle, recipient__unit=unit)

    counts = {
        person: get(sign_in(getattr(province, person)), "cycle-detail", cycle.pk).context["overview"].total
        for person in ("editor", "other_editor", "verifier", "viewer")
    }

    assert counts == {"editor": 2, "other_editor": 1, "verifier": 3, "viewer": 3}


def test_a_unit_does_not_learn_from_the_page_what_the_council_found(province, sign_in):
    cycle = opened(province)
    row = eligible(cycle, province.commune)
    AwardCycle.objects.update(status="voting")
    Nomination.objects.filter(pk=row.pk).update(status="recommended")

    seen = {
        person: [
            label
            for _, label in get(sign_in(getattr(province, person)), "cycle-detail", cycle.pk).context["overview"].states
        ]
        for person in ("editor", "verifier")
    }

    assert seen == {"editor": ["Đủ điều kiện"], "verifier": ["Hội đồng đề nghị"]}


def test_a_unit_sees_neither_lists_nor_quotas_nor_the_trail(province, sign_in):
    cycle = opened(province)
    quota(cycle, province.verifier)
    client = sign_in(province.editor)

    page = get(client, "cycle-detail", cycle.pk).content.decode()

    assert "Công khai lấy ý kiến</h2>" not in page
    assert "Quá trình" not in page
    for name in ("cycle-quotas", "cycle-proposals", "cycle-schedule", "cycle-edit", "publication-create", "cycle-copy"):
        assert get(client, name, cycle.pk).status_code == 403, name


def test_a_cycle_is_written_by_form_and_led_to_its_calendar(province, sign_in):
    rule()
    client = sign_in(province.verifier)
    data = {
        "title": "Đợt mới", "kind": "yearly", "family": "state", "award_kind": "movement", "year_from": "2026",
        "year_to": "2026", "award_types": [af.AwardTypeFactory().pk], "decide_on": "15/12/2026", "guidance": "",
    }  # fmt: skip

    response = client.post(reverse("cycle-create"), data)

    cycle = AwardCycle.objects.get(title="Đợt mới")
    assert response["Location"] == reverse("cycle-schedule", args=[cycle.pk])
    assert cycle.decide_on == datetime.date(2026, 12, 15)


def test_a_refused_cycle_keeps_what_was_typed(province, sign_in):
    data = {"title": "Đợt giữ lại", "kind": "multi_year", "family": "state", "award_kind": "movement", "year_from": "2026",
            "year_to": "2026", "award_types": [af.AwardTypeFactory().pk]}  # fmt: skip

    response = sign_in(province.verifier).post(reverse("cycle-create"), data)

    page = response.content.decode()
    assert response.status_code == 200
    assert "Đợt nhiều năm xét từ 2 đến 20 năm." in page
    assert "Đợt giữ lại" in page


def test_the_calendar_is_shown_first_and_written_only_when_asked(province, sign_in):
    rule()
    cycle = drafted(province)
    client = sign_in(province.verifier)
    data = {"decide_on": "15/12/2026", "before": "", "nominating": "15", "supplement": "5", "reviewing": "20",
            "publication": "10", "scoring": "5", "deciding": "5"}  # fmt: skip
    url = reverse("cycle-schedule", args=[cycle.pk])

    shown = client.post(url, data)
    before = cycle.phases.count()
    client.post(url, {**data, "apply": "1"})

    assert (shown.status_code, before, cycle.phases.count()) == (200, 0, 7)
    assert "20/11/2026" in shown.content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"decide_on": "31/12/2100", "nominating": "250"}, {"decide_on": "01/01/1900"}, {"decide_on": "x"}]
)
def test_a_calendar_that_cannot_be_is_answered_with_words(data, province, sign_in):
    cycle = drafted(province)
    lengths = dict.fromkeys(("nominating", "supplement", "reviewing", "publication", "scoring", "deciding"), "250")

    assert (
        sign_in(province.verifier).post(reverse("cycle-schedule", args=[cycle.pk]), {**lengths, **data}).status_code
        == 200
    )


def test_an_unknown_stage_or_move_is_not_found(province, sign_in):
    cycle = scheduled(province)
    client = sign_in(province.director)

    assert get(client, "cycle-phase", cycle.pk, "khong-co").status_code == 404
    assert client.post(reverse("cycle-move", args=[cycle.pk, "khong_co"])).status_code == 404


# --- publication ---------------------------------------------------------------------------------------------------------
def test_a_list_is_made_public_from_its_page(province, sign_in):
    cycle = opened(province)
    row = eligible(cycle, province.commune)
    data = {
        "nomination": [row.pk, "x", ""],
        "opened_on": f"{TODAY():%d/%m/%Y}",
        "working_days": "10",
        "contact_mail": "a@b.vn",
    }

    response = sign_in(province.director).post(reverse("publication-create", args=[cycle.pk]), data)

    assert response.status_code == 302
    assert [line["nomination"] for line in cycle.publications.get().snapshot] == [row.pk]


@pytest.mark.parametrize("count", [1, 60])
def test_the_comments_cost_the_same_queries(count, province, sign_in, django_assert_max_num_queries):
    cycle = opened(province)
    row = eligible(cycle, province.commune)
    publication = published(cycle, province, row)
    for number in range(count):
        commented(publication, row, source=f"198.51.100.{number}") if number < 60 else None
    client = sign_in(province.verifier)

    with django_assert_max_num_queries(15):
        get(client, "publication-detail", publication.pk, size="100")


# --- calendar ------------------------------------------------------------------------------------------------------------
def test_the_calendar_lists_open_cycles_and_no_draft(province, sign_in):
    opened(province, title="Đợt đang mở")
    scheduled(province, title="Đợt còn nháp")

    page = get(sign_in(province.editor), "cycle-calendar").content.decode()

    assert "Đợt đang mở" in page
    assert "Đợt còn nháp" not in page
    assert page.index("Tháng 9 năm 2026") < page.index("Tháng 10 năm 2026") < page.index("Tháng 12 năm 2026")


def test_the_calendar_file_has_whole_days_that_a_machine_reads(province):
    opened(province, title="Đợt, có; dấu\\ và tên rất dài " + "ơ" * 120)
    text = icalendar(calendar_for(province.editor))

    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert max(len(line.encode()) for line in lines) <= 75
    assert "DTSTART;VALUE=DATE:20261208" in lines
    assert "DTEND;VALUE=DATE:20261209" in lines
    assert "Đợt\\, có\\; dấu\\\\ và tên" in re.sub(r"\r\n ", "", text)
    assert len(set(re.findall(r"UID:.*", text))) == text.count("BEGIN:VEVENT")


# --- home and campaign ---------------------------------------------------------------------------------------------------
def opened_today(people, **fields):
    cycle = opened(people, **fields)
    cycle.phases.filter(stage="nominating").update(opens_on=TODAY(), closes_on=TODAY() + datetime.timedelta(days=3))
    return cycle


def test_the_home_of_a_unit_names_the_cycle_and_its_own_drafts(province, sign_in):
    cycle = opened_today(province)
    af.NominationFactory(cycle=cycle, recipient__unit=province.commune)

    own = get(sign_in(province.editor), "home").content.decode()
    other = get(sign_in(province.other_editor), "home").content.decode()

    assert "1 hồ sơ nháp: hoàn thiện; lãnh đạo đơn vị gửi." in own
    assert "hồ sơ nháp" not in other
    assert cycle.title in other


def test_the_home_of_the_staff_says_what_waits(province, sign_in):
    cycle = opened_today(province)
    af.NominationFactory(cycle=cycle, recipient__unit=province.commune, submitted=True)

    assert "Nhận hồ sơ. 1 hồ sơ chờ thẩm định." in get(sign_in(province.verifier), "home").content.decode()


def test_the_page_of_a_campaign_names_the_cycles_that_use_it_but_no_draft(world, sign_in):
    opened(world, title="Đợt dùng kết quả", campaigns=[world.campaign])
    drafted(world, title="Đợt nháp dùng kết quả", campaigns=[world.campaign])

    page = get(sign_in(world.editor), "campaign-detail", world.campaign.pk).content.decode()

    assert "Đợt dùng kết quả" in page
    assert "Đợt nháp dùng kết quả" not in page


@pytest.mark.parametrize("person", ["editor", "leader", "verifier", "director", "viewer"])
def test_the_home_page_stays_within_its_queries(person, world, sign_in, django_assert_max_num_queries):
    cycle = opened_today(world)
    opened_today(world)
    for status in ({}, {"submitted": True}, {"complete": True, "due_on": TODAY() - datetime.timedelta(days=1)}):
        af.NominationFactory(cycle=cycle, recipient__unit=world.commune, **status)
    commented(published(cycle, world, eligible(cycle, world.commune)))
    client = sign_in(getattr(world, person))
    get(client, "home")

    with django_assert_max_num_queries(MOST):
        get(client, "home")
