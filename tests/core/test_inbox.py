import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone

from dvk_portal.core import audit, jobs, mailsink
from dvk_portal.core.files import store_bytes
from dvk_portal.core.models import Job, Notification
from tests import factories as f

pytestmark = pytest.mark.django_db
ADDRESSES = [
    "/hop-thu/", "/hop-thu/da-doc/", "/hop-thu/1/", "/tac-vu/1/", "/tac-vu/1/huy/", "/tac-vu/1/tep/", "/thu-da-gui/", "/nhat-ky/",
]  # fmt: skip


def tell(person, n=1, **fields):
    fields = {"title": f"Việc {n}", "url": "/ca-nhan/", "body": "Nội dung", **fields}
    return Notification.objects.create(recipient=person, kind="thu", key=f"k{n}", **fields)


def job(owner, **fields):
    return Job.objects.create(**{"kind": "thu", "key": "k", "title": "Xuất bảng điểm", "owner": owner, **fields})


def page(response):
    return response.content.decode()


@pytest.mark.parametrize("url", ADDRESSES)
def test_the_anonymous_is_asked_to_sign_in(url):
    assert Client().get(url).url.startswith("/tai-khoan/login/")


# --- inbox ----------------------------------------------------------------------------------------------------------
def test_the_inbox_shows_the_own_notifications_unread_first(province, sign_in):
    tell(province.editor, 1)
    tell(province.editor, 2, read_at=timezone.now())
    tell(province.leader, 3)

    body = page(sign_in(province.editor).get("/hop-thu/"))

    assert body.index("Việc 1") < body.index("Việc 2")
    assert "Việc 3" not in body


def test_the_filter_leaves_the_unread(province, sign_in):
    tell(province.editor, 1)
    tell(province.editor, 2, read_at=timezone.now())

    body = page(sign_in(province.editor).get("/hop-thu/?unread=1"))

    assert "Việc 1" in body
    assert "Việc 2" not in body


def test_the_mail_of_a_notification_is_told(province, sign_in):
    tell(province.editor, mail_state=Notification.MailState.FAILED)

    assert "Thư điện tử: không gửi được" in page(sign_in(province.editor).get("/hop-thu/"))


def test_to_open_is_to_read(province, sign_in):
    row = tell(province.editor)

    assert sign_in(province.editor).get(f"/hop-thu/{row.pk}/").url == "/ca-nhan/"

    row.refresh_from_db()
    assert row.read_at is not None


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_a_notification_never_leads_away(province, sign_in, url):
    row = tell(province.editor, url=url)

    assert sign_in(province.editor).get(f"/hop-thu/{row.pk}/").url == "/hop-thu/"


def test_another_persons_notification_does_not_exist(province, sign_in):
    row = tell(province.leader)

    assert sign_in(province.editor).get(f"/hop-thu/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_all_own_ones_are_read_at_once(province, sign_in):
    tell(province.editor, 1)
    tell(province.editor, 2)
    other = tell(province.leader, 3)

    sign_in(province.editor).post("/hop-thu/da-doc/")

    assert list(Notification.objects.unread()) == [other]


@pytest.mark.parametrize("count", [1, 60])
def test_the_inbox_costs_the_same_queries(province, sign_in, count, django_assert_max_num_queries):
    for n in range(count):
        tell(province.editor, n)
    client = sign_in(province.editor)

    with django_assert_max_num_queries(6):  # the four of every page, the count, the rows
        assert client.get("/hop-thu/?size=100").status_code == 200


# --- jobs -----------------------------------------------------------------------------------------------------------
def test_a_job_shows_its_progress_and_asks_again_while_it_lives(province, sign_in):
    row = job(province.editor, state=Job.State.RUNNING, done=3, total=4, message="Đang đọc")
    client = sign_in(province.editor)

    for headers in ({}, {"HX-Request": "true"}):
        body = page(client.get(f"/tac-vu/{row.pk}/", headers=headers))
        assert 'value="75"' in body
        assert 'hx-trigger="every 1s"' in body
        assert "Xem tiến độ mới nhất" in body
    assert "<html" not in body


def test_a_job_that_has_ended_shows_its_sentence_and_its_file(province, sign_in):
    stored = store_bytes(b"x", "Bảng.xlsx", kind="application/octet-stream", actor=province.editor)
    row = job(province.editor, state=Job.State.DONE, message="Đã xuất 3 phiếu.", file=stored)
    client = sign_in(province.editor)

    body = page(client.get(f"/tac-vu/{row.pk}/"))

    assert "Đã xuất 3 phiếu." in body
    assert "hx-trigger" not in body
    response = client.get(f"/tac-vu/{row.pk}/tep/")
    assert b"".join(response.streaming_content) == b"x"


@pytest.mark.parametrize("who", ["leader", "director", "admin"])
def test_another_persons_job_does_not_exist(province, sign_in, who):
    row, client = job(province.editor), sign_in(getattr(province, who))

    assert client.get(f"/tac-vu/{row.pk}/").status_code == 404
    assert client.get(f"/tac-vu/{row.pk}/tep/").status_code == 404
    assert client.post(f"/tac-vu/{row.pk}/huy/").status_code == 404
    row.refresh_from_db()
    assert row.state == Job.State.QUEUED


def test_its_owner_cancels_a_job_once(province, sign_in):
    row, client = job(province.editor), sign_in(province.editor)

    client.post(f"/tac-vu/{row.pk}/huy/")
    body = page(client.post(f"/tac-vu/{row.pk}/huy/", follow=True))

    assert "đã kết thúc nên không hủy được" in body
    assert not jobs.run(row.pk)


# --- letters --------------------------------------------------------------------------------------------------------
@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_SINK_DIR = settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    return settings.MAIL_SINK_DIR


def test_letters_are_shown_newest_first_and_safely(province, sign_in, folder):
    for subject in ("Thư đầu", "Thư <script>alert(1)</script>"):
        notice = {"Message-ID": "<dvk-1@thu.example>"}
        EmailMessage(subject, "Chào anh,\n<b>thẩm định</b>", to=["a@thu.example"], headers=notice).send()
    (folder / "rac.log").write_bytes(b"\xff\x00 no letter")

    body = page(sign_in(province.verifier).get("/thu-da-gui/"))

    assert body.index("&lt;script&gt;") < body.index("Thư đầu")
    assert "&lt;b&gt;thẩm định&lt;/b&gt;" in body
    assert "<script>alert" not in body
    assert f"{timezone.localtime():%d/%m/%Y}" in body


def test_several_letters_of_one_connection_are_told_apart(folder):
    backend_letters = [EmailMessage(f"Thư {n}", "x", to=["a@thu.example"]) for n in range(3)]
    backend_letters[0].get_connection().send_messages(backend_letters)

    assert [letter.subject for letter in mailsink.letters(folder)] == ["Thư 2", "Thư 1", "Thư 0"]


def test_a_letter_with_a_new_password_is_read_by_its_recipient_alone(province, sign_in, folder):
    Client().post("/tai-khoan/password/reset/", {"email": province.director.email})

    stolen, own = (page(sign_in(person).get("/thu-da-gui/")) for person in (province.verifier, province.director))

    assert province.director.email in stolen
    assert "/reset/key/" not in stolen
    assert "/reset/key/" in own


@pytest.mark.parametrize("who", ["editor", "leader", "viewer", "stranger"])
def test_letters_are_not_for_everybody(province, sign_in, folder, who):
    assert sign_in(getattr(province, who)).get("/thu-da-gui/").status_code == 403


def test_with_a_mail_server_the_page_does_not_exist(province, sign_in, settings):
    settings.MAIL_SINK_DIR = None

    assert sign_in(province.admin).get("/thu-da-gui/").status_code == 404


# --- audit trail ----------------------------------------------------------------------------------------------------
def test_the_trail_speaks_words(province, sign_in):
    audit.record(
        province.commune, "rename", actor=province.admin, changes={"name": ["Xã An", "Phường An"]}, note="NQ 1654"
    )

    body = page(sign_in(province.director).get("/nhat-ky/"))

    for words in (
        "Đinh Văn Quản",
        "Đổi tên, đổi loại",
        "Đơn vị: Xã An Hòa",
        "Tên đơn vị: Xã An → Phường An",
        "NQ 1654",
    ):
        assert words in body


def test_a_move_is_called_as_in_its_workflow(world, sign_in):
    body = page(sign_in(world.director).get("/nhat-ky/?kind=campaigns.campaign"))

    assert "Nháp → Đang thực hiện" in body
    assert "launch" not in body


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "1654"}, True), ({"q": "1655"}, False), ({"person": "dinh van quan"}, True), ({"person": "truongban"}, False),
        ({"kind": "units.unit"}, True), ({"kind": "units.user"}, False), ({"since": "01/01/2020"}, True),
        ({"since": "01/01/2099"}, False), ({"until": "01/01/2020"}, False),
    ],
)  # fmt: skip
def test_the_trail_is_searched(province, sign_in, query, found):
    audit.record(province.commune, "rename", actor=province.admin, note="NQ 1654")

    assert ("NQ 1654" in page(sign_in(province.director).get("/nhat-ky/", query))) == found


@pytest.mark.parametrize("who", ["editor", "leader", "verifier", "viewer", "stranger"])
def test_the_trail_is_for_those_who_answer_for_the_portal(province, sign_in, who):
    assert sign_in(getattr(province, who)).get("/nhat-ky/").status_code == 403


@pytest.mark.parametrize("count", [1, 60])
def test_the_trail_costs_the_same_queries(province, sign_in, count, django_assert_max_num_queries):
    for _ in range(count):
        audit.record(province.commune, "rename", actor=f.UserFactory())
    client = sign_in(province.director)

    with django_assert_max_num_queries(7):
        assert client.get("/nhat-ky/?size=100").status_code == 200
