"""Who opens what in the council's site: every address × every persona, with data that could leak.

The table is matrix_rows.py; an address without a line there fails here.
"""

import datetime

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from awards.models import Achievement, DeclaredRelation, DossierFile, Review, ReviewCriterion, ReviewRound
from awards.services.council.rounds import open_round
from dvk_portal.core.files import store_bytes
from tests.architecture.addresses import every_address, methods_of
from tests.awards.council.matrix_rows import COUNCIL, PERSONAS, SECRET, SESSIONS, build_sessions

ROWS = {**COUNCIL, **SESSIONS}
# Stands only in An's dossier, from which "conflicted" is kept away. SECRET: whatever nobody outside may be sent.
KEPT_AWAY = "Hồ-sơ-không-được-xét-6642"
PDF = b"%PDF-1.4\n%%EOF\n"
PATTERNS = {
    name.removeprefix("council:"): pattern
    for name, pattern in every_address(get_resolver())
    if name.startswith("council:")
}


def build_council(council):
    """Records by name; An's dossier says ``KEPT_AWAY`` wherever somebody could read it."""
    an, binh, cycle, committee = council.an, council.binh, council.cycle, council.committee
    type(an).objects.filter(pk=an.pk).update(
        name=f"Chị An {KEPT_AWAY}",
        summary=KEPT_AWAY,
        appraisal_note=KEPT_AWAY,
        findings=[{"outcome": "met", "text": KEPT_AWAY}],
    )
    Achievement.objects.create(
        nomination=an, text=KEPT_AWAY, period_from=datetime.date(2026, 1, 1), period_to=datetime.date(2026, 6, 1)
    )
    stored = store_bytes(PDF, f"{KEPT_AWAY}.pdf", kind="application/pdf", actor=None)
    file = DossierFile.objects.create(nomination=an, title=KEPT_AWAY, stored=stored)
    type(committee).objects.filter(pk=committee.pk).update(decision_file=stored)
    relation = DeclaredRelation.objects.create(
        member=council.member, unit=council.province.third_commune, relation="góp vốn"
    )
    ReviewCriterion.objects.create(cycle=cycle, name="Kết quả", max_points=60)
    closed = ReviewRound.objects.create(
        cycle=cycle, committee=committee, number=1, closes_on=datetime.date(2026, 11, 1), reviewers=1,
        opened_at=datetime.datetime(2026, 10, 1, tzinfo=datetime.UTC), closed_at=datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC),
    )  # fmt: skip
    for nomination in (an, binh):
        Review.objects.create(
            round=closed, nomination=nomination, member=council.member, revision=1, total=50,
            comment=KEPT_AWAY if nomination == an else "Được", done_at=closed.closed_at,
        )  # fmt: skip
    current = ReviewRound.objects.create(
        cycle=cycle, committee=committee, number=2, closes_on=datetime.date(2026, 12, 1), reviewers=1
    )
    review = Review.objects.create(round=current, nomination=an, member=council.member)
    open_round(current, actor=council.chair.user)
    return {
        "nomination": an, "file": file, "relation": relation, "cycle": cycle, "round": current, "review": review,
        "committee": committee, "seat": council.other, "council": council,
    }  # fmt: skip


@pytest.fixture
def made(council):
    records = build_council(council)
    build_sessions(records)
    return records


def person_of(made, name):
    council = made["council"]
    return council.conflicted if name == "conflicted" else getattr(council.province, name)


def path_of(name, made):
    path = reverse(
        f"council:{name}",
        args=[part[1:] if part.startswith("=") else made[part].pk for part in ROWS[name].args],
    )
    if name.startswith("comparison"):  # of An's award, not of another one that comes first
        path += f"?field={made['cycle'].pk}-{made['nomination'].award_type_id}"
    return path


def answer(client, method, path):
    """(status or "sign-in", all that was sent). Nothing that the request wrote is kept."""
    with transaction.atomic():
        response = getattr(client, method)(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        for close in response._resource_closers:
            close()
        transaction.set_rollback(True)
    to_sign_in = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    return "sign-in" if to_sign_in else response.status_code, body.decode("utf-8", "replace") + str(response.headers)


def test_every_address_of_the_site_has_a_line_and_every_line_an_address():
    assert sorted(PATTERNS) == sorted(ROWS)


def test_the_site_serves_nothing_of_djangos_own_administration():
    assert [name for name in PATTERNS if "_" in name or name in ("app_list", "jsi18n", "autocomplete")] == []


@pytest.mark.parametrize("name", sorted(ROWS))
def test_the_table_knows_which_methods_are_served(name):
    row = ROWS[name]

    assert {method for method in ("get", "post") if getattr(row, method)} == methods_of(PATTERNS[name])


@pytest.mark.parametrize("name", sorted(ROWS))
def test_only_the_named_come_in_and_nobody_else_is_sent_anything(name, made, sign_in, client):
    path, row, wrong = path_of(name, made), ROWS[name], []
    for method in methods_of(PATTERNS[name]):
        welcome = getattr(row, method).split()
        for who in PERSONAS:
            status, body = answer(sign_in(person_of(made, who)), method, path)
            if (status not in (403, 404, 405, "sign-in")) != (who in welcome):
                wrong.append(f"{method} {who}: {status}")
            if (SECRET in body or KEPT_AWAY in body) and who not in welcome:
                wrong.append(f"{method} {who} was sent the secret")
            if KEPT_AWAY in body and who in ("conflicted", "director"):
                wrong.append(f"{method} {who} was sent a dossier from which he is kept away")
        status, body = answer(client, method, path)
        if status != "sign-in" or SECRET in body or KEPT_AWAY in body:
            wrong.append(f"{method} anonymous: {status}")

    assert wrong == []


@pytest.mark.parametrize("name", ["index", "dossiers", "dossier", "comparison", "round", "round-plan"])
def test_the_secret_could_leak(name, made, sign_in):
    who = "member" if name in ("index", "dossiers", "dossier", "comparison") else "chair"

    assert KEPT_AWAY in answer(sign_in(person_of(made, who)), "get", path_of(name, made))[1]


@pytest.mark.parametrize("who", ["chair", "secretary"])
@pytest.mark.parametrize("name", sorted(name for name, row in COUNCIL.items() if row.get))
def test_chair_and_secretary_in_conflict_are_sent_nothing_either(name, who, made, sign_in):
    council = made["council"]
    DeclaredRelation.objects.create(member=getattr(council, who), unit=council.province.commune, relation="anh ruột")

    assert KEPT_AWAY not in answer(sign_in(person_of(made, who)), "get", path_of(name, made))[1]


def test_a_page_of_the_site_is_kept_by_no_browser(made, sign_in):
    assert "no-store" in sign_in(made["council"].member.user).get(reverse("council:index"))["Cache-Control"]
