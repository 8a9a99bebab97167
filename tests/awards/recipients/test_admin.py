"""Catalogues of awards in the administration: what is wrong is said before it is saved."""

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from awards.models import AwardRule, AwardType, BaseSalary, CertificateLayout, RuleSet
from awards.rulefile import standard_rules
from dvk_portal.core.documents import kinds
from dvk_portal.core.models import AuditEntry
from tests.factories import awards as af
from units.models import User


@pytest.fixture(autouse=True)
def rules(province):
    af.standard_rules()


@pytest.fixture
def client(province, sign_in):
    return sign_in(province.admin)


def form_of(model, row, **changes):
    """The admin's form of ``row`` with ``changes``, as it would be posted."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(username="quantri")
    form_class = admin.site._registry[model].get_form(request, row)
    shown = form_class(instance=row)
    values = {name: shown[name].value() for name in shown.fields}
    return form_class({name: value for name, value in (values | changes).items() if value is not None}, instance=row)


def rule(code="CSTDCS"):
    return AwardRule.objects.get(rule_set__code="LTDKT2022-ND152", award_type__code=code)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"conditions": '[{"need": "?"}]'}, "conditions", "Không có loại điều kiện “?”"),
        ({"conditions": '[{"need": "award_same_year", "award": "XYZ"}]'}, "conditions", "Không có danh hiệu, hình thức mã “XYZ”."),
        ({"passes": "chín mươi"}, "passes", "không phải tỷ lệ"),
        ({"quorum": "3/2"}, "quorum", "phải lớn hơn 0 và không quá toàn bộ"),
        ({"attendance": "120%"}, "attendance", "không quá toàn bộ"),
        ({"coefficient_collective": "2"}, "coefficient_collective", "không dành cho đối tượng này"),
        ({"coefficient_person": "-1"}, "coefficient_person", "Hệ số không được âm."),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_refused_in_a_sentence(changes, field, sentence):
    form = (
        form_of(AwardRule, rule(), conditions="[]", **{"passes": "80%", **changes})
        if "conditions" not in changes
        else form_of(AwardRule, rule(), **changes)
    )

    assert not form.is_valid()
    assert sentence in " ".join(form.errors[field])


def test_a_rule_without_conditions_or_attendance_is_allowed():
    form = form_of(AwardRule, rule(), conditions="[]", attendance="", passes="majority")

    assert form.is_valid(), form.errors


def test_a_rule_belongs_to_the_family_of_its_award():
    form = form_of(AwardRule, rule(), conditions="[]", rule_set=RuleSet.objects.get(family="party").pk)

    assert "hai hệ khen thưởng khác nhau" in " ".join(form.non_field_errors())


def test_no_two_rule_sets_of_a_family_hold_on_one_day():
    row = RuleSet.objects.get(code="LTDKT2022-ND152")
    overlapping = form_of(RuleSet, row, valid_from="2025-07-01", valid_to="2026-10-01")

    assert "trùng với “Luật TĐKT sửa đổi 2026" in " ".join(overlapping.non_field_errors())
    assert form_of(RuleSet, row, valid_from="2025-07-01", valid_to="2026-09-30").is_valid()


def test_an_award_is_for_somebody_and_ends_after_it_begins():
    row = AwardType.objects.get(code="LDTT")
    for changes in ({"for_person": None}, {"valid_from": "2026-01-01", "valid_to": "2025-01-01"}):
        assert not form_of(AwardType, row, **changes).is_valid()


@pytest.mark.parametrize("boxes", ['{"a": 1}', "[1]", '[{"label": "Tên", "kind": "lạ"}]'])
def test_boxes_of_a_certificate_are_read_and_measured(boxes):
    row = CertificateLayout(code="thu", name="Thử", width_mm=400, height_mm=300)

    assert "boxes" in form_of(CertificateLayout, row, boxes=boxes).errors


@pytest.mark.parametrize("model", [RuleSet, AwardType, AwardRule, BaseSalary, CertificateLayout])
def test_every_catalogue_opens_for_the_administrator_and_for_nobody_else(model, client, province, sign_in):
    name = model._meta.model_name
    row = model.objects.first()
    pages = [reverse(f"admin:awards_{name}_changelist"), reverse(f"admin:awards_{name}_add")]
    pages += [reverse(f"admin:awards_{name}_change", args=[row.pk])] if row else []

    assert [client.get(path).status_code for path in pages] == [200] * len(pages)
    director = sign_in(province.director)
    assert {director.get(path).status_code for path in pages} <= {302, 403}


def test_a_change_leaves_a_line_in_the_trail(client):
    row = BaseSalary.objects.first()
    client.post(
        reverse("admin:awards_basesalary_change", args=[row.pk]),
        {
            "amount": "2600000",
            "valid_from": f"{row.valid_from:%d/%m/%Y}",
            "legal_basis": "Nghị định mới",
            "is_confirmed": "on",
        },
    )

    assert BaseSalary.objects.get(pk=row.pk).amount == 2_600_000
    assert AuditEntry.objects.filter(action="change_row", record_type="awards.basesalary").exists()


def test_every_document_of_the_standard_checklists_is_one_the_portal_makes():
    named = {item["document_kind"] for row in standard_rules().rules for item in row["checklist"]} - {""}

    assert named - {kind.code for kind in kinds.all_kinds()} == set()
