"""The public gallery shows what was agreed to, and of everything else there is no trace: not in lists, searches, filters,
totals, pages, pictures, feed, sitemap, previews, origins, learners."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pledges.models import ExemplaryModel, ModelIndicator, Replication, Tag
from pledges.services.exemplary.publishing import withdraw_consent
from tests import factories as f
from tests.pledges.models.gallery_steps import add_picture, everything_public, make_findable, text_of

SECRET = "Bimatgiugin"
TODAY = datetime.date(2026, 11, 22)


@pytest.fixture
def shown(province):
    """A public model of An with everything agreed to."""
    model = f.ExemplaryModelFactory(
        public=True, unit=province.commune, code="CONGKHAI1", name="Tuyến đường hoa", subject="Hội Phụ nữ ấp Một",
        story="Ngày trước đường lầy lội. Nay hoa nở quanh năm.", public_results="Hai cây số đường hoa.",
        public_contact="Văn phòng xã, 0290 000 000", consent__covers_pictures=True, consent__covers_contact=True,
    )  # fmt: skip
    model.tags.add(Tag.objects.get(name="Nông thôn mới"))
    ModelIndicator.objects.create(model=model, name="Đường hoa", measure="km", baseline=0, achieved=2)
    add_picture(model, "ANHCHUNG1", caption="Hội viên trồng hoa", order=1)
    make_findable(model)
    return model


def hidden_ones(province):
    """Models of which nothing may be seen, each with the mark wherever a text can hold it; and why they are hidden."""
    words = {
        "name": f"Tên {SECRET}", "subject": f"Nhóm {SECRET}", "place": f"Ấp {SECRET}", "story": f"Chuyện {SECRET}",
        "public_results": f"Kết quả {SECRET}", "public_contact": f"Gọi {SECRET}",
    }  # fmt: skip
    public = {
        **words, "public": True, "unit": province.other_commune, "consent__covers_pictures": True, "consent__covers_contact": True,
    }  # fmt: skip
    over = {"ended_on": TODAY, "ended_at": timezone.now(), "end_note": "Thôi", "recognition": False}
    made = {
        "private": f.ExemplaryModelFactory(**{**public, "public": False, "recognised": True, "is_public": False}),
        "draft": f.ExemplaryModelFactory(draft=True, unit=province.other_commune, **words),
        "switched on without consent": f.ExemplaryModelFactory(**public, consent=False),
        "consent withdrawn": f.ExemplaryModelFactory(**public, consent__withdrawn_on=TODAY),
        "ended": f.ExemplaryModelFactory(**public, **over, status="ended"),
        "withdrawn": f.ExemplaryModelFactory(**public, **over, status="withdrawn"),
        "to strengthen": f.ExemplaryModelFactory(**public, status="to_strengthen"),
        "only registered": f.ExemplaryModelFactory(**public, status="registered"),
    }
    for number, model in enumerate(made.values()):
        model.public_search_key = SECRET.lower()  # as if it had been forgotten there
        model.save()
        model.tags.add(Tag.objects.get_or_create(name=f"Nhãn {SECRET}")[0])
        add_picture(model, f"ANHKIN{number:03d}", caption=SECRET)
    return made


# --- what is shown --------------------------------------------------------------------------------------------------
def test_the_list_and_the_page_open_without_signing_in(shown):
    page = Client().get(reverse("gallery-model", args=[shown.code]))

    assert Client().get(reverse("gallery")).status_code == page.status_code == 200
    for text in (
        "Tuyến đường hoa", "Hội Phụ nữ ấp Một", "Xã An Hòa", "Ấp Một", "Nay hoa nở quanh năm", "Hai cây số đường hoa",
        "Văn phòng xã, 0290 000 000", "Hội viên trồng hoa", "Kinh tế", "Nông thôn mới", "Cấp cơ sở, năm", "-QĐ/ĐU",
        "Đường hoa", "01/06/2026",
    ):  # fmt: skip
        assert text in page.content.decode(), text


@pytest.mark.parametrize("words", ["duong hoa", "ĐƯỜNG  HOA", "hoa tuyen", "phu nu", "an hoa", "nong thon", "ap mot"])
def test_a_search_needs_no_diacritics_and_no_order(shown, words):
    other = f.ExemplaryModelFactory(public=True, name="Camera an ninh", subject="Công an viên", place="Khóm Ba")
    make_findable(other)

    page = Client().get(reverse("gallery"), {"q": words}).content.decode()

    assert "Tuyến đường hoa" in page
    assert "Camera an ninh" not in page


def test_filters_narrow_by_field_unit_year_and_tag(shown, province):
    other = f.ExemplaryModelFactory(
        public=True, name="Camera an ninh", unit=province.other_commune, field=f.standard_field("defence_security"),
        registered_on=datetime.date(2024, 3, 1),
    )  # fmt: skip
    other.tags.add(Tag.objects.get(name="Chuyển đổi số"))

    def found(**wish):
        return {card.name for card in Client().get(reverse("gallery"), wish).context["cards"]}

    assert found() == {"Tuyến đường hoa", "Camera an ninh"}
    assert found(**{"linh-vuc": "economy"}) == {"Tuyến đường hoa"}
    assert found(**{"don-vi": province.other_commune.pk}) == {"Camera an ninh"}
    assert found(nam="2024") == {"Camera an ninh"}
    assert found(nhan=Tag.objects.get(name="Nông thôn mới").pk) == {"Tuyến đường hoa"}
    assert found(nam="2024", **{"linh-vuc": "economy"}) == set()
    assert found(nam="hai nghìn", nhan="²", **{"don-vi": "9" * 30}) == {"Tuyến đường hoa", "Camera an ninh"}


def test_what_nobody_can_understand_is_no_error(shown):
    for asked in ({"q": "\0%_'"}, {"q": "x" * 5000}, {"page": "abc"}, {"page": "999"}, {"linh-vuc": "\0"}):
        assert Client().get(reverse("gallery"), asked).status_code == 200


def test_pages_of_the_list_keep_what_was_asked_for(province):
    make_findable(*f.ExemplaryModelFactory.create_batch(30, public=True, unit=province.commune))

    page = Client().get(reverse("gallery"), {"q": "to", "page": "2"})

    assert len(page.context["cards"]) == 6
    assert "?q=to&amp;page=1" in page.content.decode()


# --- what is not ----------------------------------------------------------------------------------------------------
def test_of_a_model_that_is_not_public_there_is_no_trace(shown, province):
    made = hidden_ones(province)
    codes = [model.code for model in made.values()] + [f"ANHKIN{number:03d}" for number in range(len(made))]
    for model in made.values():
        row = f.ExemplaryModelFactory(public=True, unit=province.third_commune, name="Học theo")
        Replication.objects.create(origin=model, model=row, adaptations=SECRET, taken_on=TODAY)
    Replication.objects.create(origin=shown, model=made["private"], adaptations=SECRET, taken_on=TODAY)
    Replication.objects.create(origin=shown, model=made["draft"], adaptations=SECRET, taken_on=TODAY)

    answers = everything_public(*codes, shown.code, *ExemplaryModel.objects.public().values_list("code", flat=True))

    assert SECRET not in text_of(answers)
    refused = [path for path, answer in answers if answer.status_code == 404]
    assert len(refused) == 3 * len(codes) + 2 * 10  # every page and picture of them; pictures by the code of a model
    assert len(made) == 8


def test_no_word_of_a_hidden_model_finds_anything(shown, province):
    hidden_ones(province)

    for word in (SECRET, SECRET.lower(), "Chuyen", "Goi", "binh duc"):
        page = Client().get(reverse("gallery"), {"q": word})
        assert page.context["total"] == 0, word
        assert page.context["cards"] == []


def test_totals_and_filters_tell_of_public_models_alone(shown, province):
    hidden_ones(province)

    page = Client().get(reverse("gallery"))

    assert page.context["total"] == 1
    assert [unit.name for unit in page.context["choices"].units] == ["Xã An Hòa"]
    assert [tag.name for tag in page.context["choices"].tags] == ["Nông thôn mới"]
    assert [field.code for field in page.context["choices"].fields] == ["economy"]
    assert page.context["choices"].years == [2026]


def test_a_hidden_model_answers_as_one_that_never_was(shown, province, django_assert_num_queries):
    codes = [model.code for model in hidden_ones(province).values()]
    client = Client()
    bodies = set()
    for method in ("get", "head"):
        for code in [*codes, "KHONGCO00"]:
            for name in ("gallery-model", "gallery-picture", "gallery-thumbnail"):
                path = reverse(name, args=[code])
                with django_assert_num_queries(1):
                    answer = getattr(client, method)(path)
                assert answer.status_code == 404
                assert "ETag" not in answer.headers
                bodies.add((method, re.sub(r'"X-CSRFToken": "\w+"', "", answer.content.decode())))

    assert len(bodies) == 2


def test_withdrawing_the_consent_takes_everything_away_at_once(shown, province):
    everything = ("gallery-model", shown.code), ("gallery-picture", "ANHCHUNG1"), ("gallery-thumbnail", "ANHCHUNG1")
    client = Client()
    tag = client.get(reverse("gallery-picture", args=["ANHCHUNG1"])).headers["ETag"]
    before = [client.get(reverse(name, args=[code])).status_code for name, code in everything]

    withdraw_consent(shown.consents.get(), actor=province.editor, today=TODAY)

    assert before == [200, 200, 200]
    assert [client.get(reverse(name, args=[code])).status_code for name, code in everything] == [404, 404, 404]
    known = client.get(reverse("gallery-picture", args=["ANHCHUNG1"]), headers={"If-None-Match": tag})
    assert known.status_code == 404
    assert "Tuyến đường hoa" not in text_of(everything_public(words=["duong"]))


# --- only what the consent covers -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["individual", "collective"])
def test_a_name_that_was_not_agreed_to_stands_nowhere(province, kind):
    model = f.ExemplaryModelFactory(
        public=True, unit=province.commune, code="KHONGTEN1", subject_kind=kind, subject="Bà Trần Thị Xoàn",
        name="Điển hình bà Trần Thị Xoàn nuôi trẻ mồ côi", story="Mỗi tối bà Xoàn lại sang. TRAN THI XOAN không nề hà.",
        place="Nhà bà Trần Thị Xoàn", public_results="Bà Trần Thị Xoàn nhận bằng khen.", public_contact="Gặp bà Xoàn",
        consent__covers_subject=False, consent__covers_pictures=True, consent__covers_contact=True,
    )  # fmt: skip
    add_picture(model, "ANHTEN001", caption="Bà Trần Thị Xoàn và các em")
    make_findable(model)

    text = text_of(everything_public(model.code, "ANHTEN001", words=["dien"])).lower()

    assert "nuôi trẻ mồ côi" in text
    for name in ("trần thị xoàn", "tran thi xoan", "bà xoàn"):
        assert name not in text
    for word in ("xoan", "tran thi xoan", "Trần"):
        assert Client().get(reverse("gallery"), {"q": word}).context["total"] == 0, word


def test_pictures_captions_and_contact_need_their_own_consent(province):
    model = f.ExemplaryModelFactory(
        public=True, unit=province.commune, code="KHONGANH1", public_contact=f"Gọi {SECRET}", subject="Tổ hai người"
    )
    add_picture(model, "ANHKIN001", caption=SECRET)
    make_findable(model)

    answers = everything_public(model.code, "ANHKIN001", words=["to"])

    assert SECRET not in text_of(answers)
    assert "ANHKIN001" not in text_of(answers)
    assert dict(answers)[reverse("gallery-picture", args=["ANHKIN001"])].status_code == 404
    assert "og:image" not in dict(answers)[reverse("gallery-model", args=[model.code])].content.decode()


def test_of_the_pictures_only_those_whose_people_agreed(shown):
    add_picture(shown, "ANHKIN002", caption=SECRET, consented=False)

    answers = everything_public(shown.code, "ANHKIN002", words=["hoa", SECRET])

    assert SECRET not in text_of(answers).replace(f'value="{SECRET}"', "")
    assert "ANHKIN002" not in text_of(answers)
    assert dict(answers)[reverse("gallery-thumbnail", args=["ANHKIN002"])].status_code == 404


def test_what_is_written_for_the_register_never_shows(shown):
    private = {name: f"{SECRET} {name}" for name in ("situation", "objective", "method", "resources", "output", "beneficiaries",
                                                      "leading_force", "coordinating_forces", "end_note", "return_note")}  # fmt: skip
    ExemplaryModel.objects.filter(pk=shown.pk).update(**private)
    shown.consents.update(given_by=f"Người {SECRET}", capacity=SECRET)
    shown.refresh_from_db()
    make_findable(shown)

    assert SECRET not in text_of(everything_public(shown.code, "ANHCHUNG1", words=["hoa"]))
    assert Client().get(reverse("gallery"), {"q": SECRET}).context["total"] == 0


# --- origin and learners --------------------------------------------------------------------------------------------
def test_origin_and_learners_are_named_when_they_are_public_themselves(shown, province):
    learner = f.ExemplaryModelFactory(public=True, unit=province.other_commune, name="Đường hoa nối xóm")
    Replication.objects.create(origin=shown, model=learner, adaptations="Trồng mười giờ", taken_on=TODAY)

    origin_page = Client().get(reverse("gallery-model", args=[shown.code])).content.decode()
    learner_page = Client().get(reverse("gallery-model", args=[learner.code])).content.decode()

    assert "Đường hoa nối xóm" in origin_page
    assert "Xã Bình Đức" in origin_page
    assert "Học từ" in learner_page
    assert shown.get_public_url() in learner_page


# --- previews, feed, sitemap, caches --------------------------------------------------------------------------------
def test_a_shared_link_brings_its_preview(shown, settings):
    settings.SITE_URL = "https://dvk.example"

    page = Client().get(reverse("gallery-model", args=[shown.code])).content.decode()

    assert '<link rel="canonical" href="https://dvk.example/mo-hinh/CONGKHAI1/">' in page
    assert '<meta property="og:title" content="Tuyến đường hoa">' in page
    assert '<meta property="og:image" content="https://dvk.example/mo-hinh/anh/ANHCHUNG1.jpg">' in page
    assert '<meta property="og:description" content="Ngày trước đường lầy lội. Nay hoa nở quanh năm.">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page


def test_feed_sitemap_and_robots_name_the_portal_as_others_reach_it(shown, settings):
    settings.SITE_URL = "https://dvk.example"
    feed, places, robots = (Client().get(reverse(name)) for name in ("gallery-feed", "sitemap", "robots"))

    assert feed["Content-Type"].startswith("application/rss+xml")
    assert "<link>https://dvk.example/mo-hinh/CONGKHAI1/</link>" in feed.content.decode()
    assert "<loc>https://dvk.example/mo-hinh/CONGKHAI1/</loc>" in places.content.decode()
    assert "<loc>https://dvk.example/mo-hinh/</loc>" in places.content.decode()
    assert robots.content.decode().splitlines()[0] == "User-agent: *"
    assert "Disallow: /" in robots.content.decode().splitlines()


def test_nobody_who_only_looks_is_given_a_cookie(shown):
    for path, answer in everything_public(shown.code, "ANHCHUNG1", words=["hoa"]):
        if answer.status_code == 200:
            assert not answer.cookies, path
            assert "Cookie" in answer.headers["Vary"], path
            assert "private" in answer.headers["Cache-Control"], path


def test_only_who_may_write_for_another_unit_is_offered_to_learn(shown, province, sign_in):
    path = reverse("gallery-model", args=[shown.code])
    offered = {
        name: "Học theo mô hình này" in client.get(path).content.decode()
        for name, client in (
            ("nobody", Client()), ("own", sign_in(province.editor)), ("other", sign_in(province.other_editor)),
            ("verifier", sign_in(province.verifier)),
        )
    }  # fmt: skip

    assert offered == {"nobody": False, "own": False, "other": True, "verifier": False}


def test_a_picture_that_is_known_is_not_sent_again(shown):
    path = reverse("gallery-picture", args=["ANHCHUNG1"])
    first = Client().get(path)

    again = Client().get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first["Content-Type"] == "image/jpeg"
    assert first.content.endswith(b"ANHCHUNG1-web")
    assert Client().get(reverse("gallery-thumbnail", args=["ANHCHUNG1"])).content.endswith(b"ANHCHUNG1-nho")
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, max-age=300"


# --- cost -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 60])
def test_the_gallery_costs_the_same_queries(count, province, django_assert_num_queries):
    for number in range(count):
        model = f.ExemplaryModelFactory(
            public=True, unit=[province.commune, province.other_commune][number % 2], consent__covers_pictures=True
        )
        model.tags.add(Tag.objects.all()[number % 5])
        add_picture(model, f"A{number:05d}")
    make_findable(*ExemplaryModel.objects.all())

    with django_assert_num_queries(11):
        Client().get(reverse("gallery"), {"q": "to"})
    with django_assert_num_queries(6):
        Client().get(reverse("gallery-feed"))
    with django_assert_num_queries(1):
        Client().get(reverse("sitemap"))


@pytest.mark.parametrize("count", [1, 20])
def test_a_model_s_page_costs_the_same_queries(count, shown, province, django_assert_num_queries):
    for number in range(count):
        add_picture(shown, f"B{number:05d}")
        child = f.ExemplaryModelFactory(public=True, unit=province.other_commune)
        Replication.objects.create(origin=shown, model=child, adaptations="x", taken_on=TODAY)

    with django_assert_num_queries(13):
        Client().get(reverse("gallery-model", args=[shown.code]))
