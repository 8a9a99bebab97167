"""The public page of a list: what anybody reads, what nobody finds there (law.md R-39)."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from awards.models import Publication, PublicationComment
from awards.services.cycles.comments import handle_comment
from tests.awards.cycles.cycle_steps import commented, eligible, published, rule
from tests.factories import awards as af

DAY = datetime.timedelta(days=1)


@pytest.fixture
def publication(province):
    rule(10)
    cycle = af.AwardCycleFactory(owner=province.ban, status="reviewing", guidance="Nội-bộ-8842")
    dossier = eligible(
        cycle, province.commune, "Trần Thị Khen", summary="Thành-tích-8842", appraisal_note="Ý-kiến-8842", score="97.5",
        findings=[{"outcome": "met", "text": "Kết-luận-8842"}],
    )  # fmt: skip
    eligible(cycle, province.other_commune, "Người Chưa Công Khai")
    row = published(cycle, province, dossier, opened_on=timezone.localdate())
    comment = commented(
        row, dossier, today=timezone.localdate(), text="Lời-8842", sender="Người-8842", contact="Số-8842"
    )
    handle_comment(comment, actor=province.verifier, state="done", result="Kết-quả-8842")
    return row


def url(row, name="publication-public"):
    return reverse(name, args=[row.code])


def test_anybody_reads_name_post_unit_and_award(publication, client):
    text = client.get(url(publication)).content.decode()

    for words in (
        "Trần Thị Khen",
        "Phó Bí thư chi bộ",
        "Xã An Hòa",
        "Bằng khen thử",
        "gopy@example.vn",
        "0276 3000 000",
    ):
        assert words in text


def test_nothing_of_dossier_comments_or_of_who_is_not_in_the_list_is_there(publication, client):
    pages = [client.get(url(publication)), client.get(url(publication, "publication-thanks"))]

    for response in pages:
        text = response.content.decode() + str(response.headers)
        assert "8842" not in text
        assert "Người Chưa Công Khai" not in text
        assert "97,5" not in text


def test_no_search_engine_and_no_cache_keeps_it(publication, client):
    response = client.get(url(publication))

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


@pytest.mark.parametrize("change", ["closed", "not yet"])
def test_a_list_that_is_closed_or_not_open_yet_does_not_exist(change, publication, client):
    if change == "closed":
        Publication.objects.update(closed_at=timezone.now(), summary="Xong")
    else:
        Publication.objects.update(opened_on=timezone.localdate() + DAY)

    assert client.get(url(publication)).status_code == 404
    assert client.post(url(publication), {"text": "Ý kiến"}).status_code == 404
    assert PublicationComment.objects.count() == 1


def test_a_code_that_is_guessed_finds_nothing(publication, client):
    assert client.get(reverse("publication-public", args=["K7M2QX9TRB4D"])).status_code == 404


def test_anybody_writes_and_is_thanked(publication, client):
    about = publication.snapshot[0]["nomination"]

    response = client.post(
        url(publication), {"about": about, "text": "Đúng người, đúng việc.", "sender": "", "contact": ""}
    )

    assert response["Location"] == url(publication, "publication-thanks")
    comment = PublicationComment.objects.latest("pk")
    assert (comment.nomination_id, comment.text, comment.channel, comment.is_late) == (
        about, "Đúng người, đúng việc.", "web", False,
    )  # fmt: skip


def test_a_machine_that_fills_every_box_is_thanked_and_nothing_is_kept(publication, client):
    response = client.post(url(publication), {"text": "Buy", "website": "https://example.com"})

    assert response.status_code == 302
    assert PublicationComment.objects.count() == 1


@pytest.mark.parametrize(
    "data", [{}, {"text": "  "}, {"text": "x", "about": "999999"}, {"text": "x" * 3001}, {"text": "a\0b"}]
)
def test_a_refused_comment_keeps_what_was_typed_and_says_what_to_do(data, publication, client):
    response = client.post(url(publication), {"sender": "Ông Giữ", **data})

    assert response.status_code == 200
    assert "Chưa gửi được" in response.content.decode()
    assert "Ông Giữ" in response.content.decode()
    assert PublicationComment.objects.count() == 1


def test_too_many_from_one_place_are_refused_with_words(publication, client):
    answers = [client.post(url(publication), {"text": f"Ý kiến {n}"}).status_code for n in range(6)]

    assert answers == [302] * 5 + [200]


def test_a_comment_is_shown_as_text_never_as_markup(publication, client, sign_in, province):
    client.post(url(publication), {"text": "<script>alert(1)</script>"})

    page = sign_in(province.verifier).get(reverse("publication-detail", args=[publication.pk])).content.decode()

    assert "<script>alert(1)</script>" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    "person", ["editor", "leader", "viewer", "clerk", "admin", "chair", "secretary", "member", "stranger"]
)
def test_comments_open_for_those_who_handle_them_only(person, publication, sign_in, province):
    client = sign_in(getattr(province, person))
    comment = PublicationComment.objects.get()

    answers = [
        client.get(reverse("publication-detail", args=[publication.pk])),
        client.get(reverse("publication-comment", args=[publication.pk, comment.pk])),
        client.get(reverse("publication-close", args=[publication.pk])),
    ]

    assert {answer.status_code for answer in answers} == {404}


def test_the_comment_of_another_list_is_not_found_under_this_one(publication, sign_in, province):
    other = published(
        publication.cycle, province, eligible(publication.cycle, province.commune), opened_on=timezone.localdate()
    )
    comment = PublicationComment.objects.get()

    response = sign_in(province.verifier).get(reverse("publication-comment", args=[other.pk, comment.pk]))

    assert response.status_code == 404
