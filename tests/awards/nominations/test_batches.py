"""One verdict on many dossiers: each for itself, with what came of it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from awards.services.nominations.batches import ask_for_batch
from dvk_portal.core import jobs
from dvk_portal.core.exceptions import DomainError
from dvk_portal.core.models import Job
from tests.factories import awards as af


@pytest.fixture
def incomplete(province, cycle, award):
    return af.NominationFactory(
        cycle=cycle,
        award_type=award,
        recipient__unit=province.other_commune,
        recipient__name="Lê Văn Thiếu",
        submitted=True,
    )


def done(job):
    jobs.run(job.pk)
    return Job.objects.get(pk=job.pk)


def test_each_dossier_is_confirmed_or_told_why_not(sent, incomplete, province):
    job = done(ask_for_batch("complete", [sent.pk, incomplete.pk], actor=province.verifier))

    sent.refresh_from_db()
    incomplete.refresh_from_db()
    assert (sent.status, incomplete.status) == ("complete", "submitted")
    assert [(row["name"], row["done"], row["text"]) for row in job.result["rows"]] == [
        ("Trần Thị Khen", True, ""),
        ("Lê Văn Thiếu", False, "Chưa xác nhận đủ hồ sơ được. Còn thiếu: Báo cáo thành tích."),
    ]
    assert job.message == "Đã xử lý 1 trên 2 hồ sơ."


def test_running_it_twice_changes_nothing(sent, province):
    first = done(ask_for_batch("complete", [sent.pk], actor=province.verifier))
    second = done(ask_for_batch("complete", [sent.pk], actor=province.verifier))

    assert [row["done"] for row in (*first.result["rows"], *second.result["rows"])] == [True, True]


def test_who_may_not_appraise_asks_for_nothing(sent, province):
    for person in (province.leader, province.clerk, province.secretary, province.admin):
        with pytest.raises(PermissionDenied):
            ask_for_batch("complete", [sent.pk], actor=person)


def test_nothing_chosen_is_said(province):
    for act, ids, sentence in (
        ("complete", [], "Hãy đánh dấu ít nhất một hồ sơ."),
        ("reject", [1], "Hãy chọn việc cần làm."),
    ):
        with pytest.raises(DomainError) as caught:
            ask_for_batch(act, ids, actor=province.verifier)
        assert caught.value.message == sentence


def test_the_page_of_the_result_is_of_him_who_asked(sent, province, sign_in, ready):
    client = sign_in(province.verifier)
    answer = client.post(reverse("appraisal-batch"), {"act": "complete", "pick": [sent.pk]})
    job = Job.objects.get()

    assert answer.url == reverse("appraisal-batch-result", args=[job.pk])
    done(job)
    assert "Trần Thị Khen" in client.get(answer.url).content.decode()
    assert sign_in(province.director).get(answer.url).status_code == 404
