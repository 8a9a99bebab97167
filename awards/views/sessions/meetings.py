"""Pages of meetings: list, call, one meeting, presence, written opinions, texts; the moves of a meeting."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import CreateView, DetailView, FormView, TemplateView, UpdateView, View

from awards.forms.sessions import AttendanceForm, MeetingForm, OpinionForm, TextsForm
from awards.models import Attendance, AwardCycle, Ballot, CommitteeMeeting, CommitteeMember, Nomination, WrittenOpinion
from awards.services.council.conflicts import cycles_of, preparing
from awards.services.cycles.publicity import publicity_report
from awards.services.sessions.access import kept_from, meetings_on
from awards.services.sessions.attending import mark_attendance, possible_substitutes
from awards.services.sessions.ballots import left_to_vote
from awards.services.sessions.counting import close_voting, count_ballots, not_voted_yet, reopen_voting
from awards.services.sessions.frozen import Setting, setting_of
from awards.services.sessions.meetings import (
    blockers_of_opening,
    call_meeting,
    call_off,
    change_call,
    close_meeting,
    open_meeting,
    write_texts,
)
from awards.services.sessions.opinions import FEW, absent_members, asked_of, record_opinion
from awards.services.sessions.quorum import quorums
from awards.views.council.pages import CouncilAccess, CouncilPage
from dvk_portal.core.files import serve
from dvk_portal.core.views import ActionView, FilteredListView, FormErrorsMixin, Where

_S = CommitteeMeeting.Status
_STEPS = [(value, label) for value, label in _S.choices if value != _S.INVALID]


class MeetingMixin:
    """Of one meeting of a council on which the reader sits; another's is not found. ``for_preparers``: 403 for members."""

    for_preparers = True

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.meeting = self.find_meeting()
        self.is_preparer = self.meeting is not None and any(
            seat.committee_id == self.meeting.committee_id for seat in preparing(request.user, self.seats)
        )

    def find_meeting(self) -> CommitteeMeeting | None:
        if not self.request.user.is_authenticated:
            return None
        return meetings_on(self.seats).filter(pk=self.kwargs["pk"]).first()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.meeting is None:
            if request.user.has_perm("council.enter"):
                raise Http404
            raise PermissionDenied
        if self.for_preparers and not self.is_preparer:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        listed = ("Phiên họp", reverse("council:meetings"))
        return [*super().get_breadcrumbs(), listed, (str(self.meeting), self.meeting.get_absolute_url())]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        own = {"meeting": self.meeting, "is_preparer": self.is_preparer, "cancel_url": self.meeting.get_absolute_url()}
        return super().get_context_data(**{**own, **context})

    def get_success_url(self, record: Any = None) -> str:
        return self.meeting.get_absolute_url()

    @property
    def setting(self) -> Setting:
        return setting_of(self.meeting, self.today)


class Meetings(CouncilPage, FilteredListView):
    page_title = "Phiên họp"
    template_name = "awards/sessions/list.html"
    partial_template_name = "awards/sessions/_list.html"
    sort_fields = {"day": "starts_at", "title": "title"}
    default_sort = "-day"
    empty_title = "Chưa có phiên họp nào"
    empty_text = "Chủ tịch hoặc thư ký hội đồng triệu tập phiên họp khi hồ sơ đã thẩm định và đã công khai lấy ý kiến."

    def get_queryset(self) -> QuerySet[CommitteeMeeting]:
        return meetings_on(self.seats).annotate(ballot_count=Count("ballots"))


class Call(CouncilPage, FormErrorsMixin, CreateView):
    """Call the council together."""

    permission = "council.prepare"
    template_name = "layouts/form.html"
    form_class = MeetingForm
    page_title = "Triệu tập phiên họp"
    breadcrumbs = (("Phiên họp", "/hoi-dong/phien-hop/"),)

    @property
    def committee(self) -> Any:
        found = [seat.committee for seat in preparing(self.request.user, self.seats)]
        if not found:
            raise PermissionDenied
        return found[0]

    def get_page_subtitle(self) -> str:
        return str(self.committee)

    def get_form_kwargs(self) -> dict[str, Any]:
        cycles = cycles_of([self.committee.unit], AwardCycle.objects.all())
        return {**super().get_form_kwargs(), "cycles": cycles}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("council:meetings"), **context)

    def form_valid(self, form: MeetingForm) -> HttpResponse:
        data = dict(form.cleaned_data)
        meeting = call_meeting(self.committee, data.pop("cycle"), actor=self.request.user, **data)
        return HttpResponseRedirect(meeting.get_absolute_url())


class Edit(MeetingMixin, CouncilPage, FormErrorsMixin, UpdateView):
    """Change the call before the opening."""

    template_name = "layouts/form.html"
    form_class = MeetingForm
    page_title = "Sửa giấy triệu tập"

    def get_object(self, queryset: Any = None) -> CommitteeMeeting:
        return self.meeting

    def form_valid(self, form: MeetingForm) -> HttpResponse:
        change_call(CommitteeMeeting.objects.get(pk=self.meeting.pk), actor=self.request.user, **form.cleaned_data)
        return HttpResponseRedirect(self.get_success_url())


class Meeting(MeetingMixin, CouncilPage, DetailView):
    """One meeting: where it stands, who is there, what is voted on; for preparers what comes next."""

    for_preparers = False
    template_name = "awards/sessions/meeting.html"

    def get_object(self, queryset: Any = None) -> CommitteeMeeting:
        return self.meeting

    def get_page_title(self) -> str:
        return str(self.meeting)

    def get_page_subtitle(self) -> str:
        return f"{self.meeting.committee} · {self.meeting.cycle}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        return super().get_breadcrumbs()[:-1]

    def get_where(self) -> Where:
        return Where(status=self.meeting, holder=str(self.meeting.committee), next_step=self._next_step())

    def _next_step(self) -> str:
        return {
            _S.CALLED: "Điểm danh, đủ số người dự thì khai mạc",
            _S.OPEN: "Bỏ phiếu, kiểm phiếu, rồi bế mạc",
            _S.COUNTING: "Kiểm phiếu",
            _S.CLOSED: "Lập biên bản, trình cấp có thẩm quyền",
            _S.INVALID: "Triệu tập phiên họp khác",
        }[self.meeting.status]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        meeting, user, setting = self.meeting, self.request.user, self.setting
        hidden, ballots = kept_from(user, meeting), _ballots(meeting, user)
        lines = list(meeting.attendances.select_related("member__user", "substitute__user"))
        members = {seat.seat for seat in setting.members}
        there = [line for line in lines if line.state in (Attendance.State.PRESENT, Attendance.State.PROXY)]
        return super().get_context_data(
            steps=_STEPS,
            setting=setting,
            quorums=quorums(meeting, setting),
            lines=lines,
            there=sum(line.member_id in members for line in there),
            members=len(members),
            blockers=blockers_of_opening(meeting, self.today) if self._may_open() else [],
            ballots=ballots,
            drafts=any(line["ballot"].state == Ballot.State.DRAFT for line in ballots),
            rows=_rows(setting, hidden),
            hidden=len(set(setting.nominations) & hidden),
            publicity=publicity_report(meeting.cycle, without=hidden),
            opinions=meeting.opinions.count() if self.is_preparer else None,
            to_prepare=self._to_prepare(setting),
            progress=progress_of(meeting, self.is_preparer),
            texts=None if hidden & set(setting.nominations) else meeting,
            **context,
        )

    def _may_open(self) -> bool:
        return self.is_preparer and self.meeting.status == _S.CALLED

    def _to_prepare(self, setting: Setting) -> list[tuple[Any, int]]:
        """(rule, how many are left) of what may still be put on a ballot."""
        if not self.is_preparer or self.meeting.status != _S.OPEN:
            return []
        left = left_to_vote(self.meeting)
        found = [(rule, sum(pk in left for pk in rule.nominations)) for rule in setting.rules]
        return [(rule, number) for rule, number in found if number]


def progress_of(meeting: CommitteeMeeting, is_preparer: bool) -> dict[str, Any]:
    """How many have voted on what is open; names of who has not for preparers alone. Never anything of what was voted."""
    rows = meeting.ballots.filter(state=Ballot.State.OPEN, secret=True).select_related("award_type").order_by("number")
    counted = [
        (ballot, ballot.done, ballot.out)
        for ballot in rows.annotate(out=Count("turnout"), done=Count("turnout", filter=Q(turnout__voted=True)))
    ]
    return {"open": counted, "waiting": not_voted_yet(meeting) if is_preparer and counted else []}


def _ballots(meeting: CommitteeMeeting, user: Any) -> list[dict[str, Any]]:
    """Each ballot with what the reader does with it."""
    rows = meeting.ballots.select_related("award_type").annotate(number_of=Count("candidates"))
    mine = dict(user_turnout(meeting, user))
    return [{"ballot": row, "count": row.number_of, "mine": mine.get(row.pk)} for row in rows.order_by("number")]


def user_turnout(meeting: CommitteeMeeting, user: Any) -> QuerySet[Any]:
    """(ballot pk, whether he has voted) of the secret ballots on which ``user`` has a vote."""
    return meeting.ballots.filter(secret=True, turnout__voter=user).values_list("pk", "turnout__voted")


def _rows(setting: Setting, hidden: set[int]) -> list[Any]:
    """What lies before the meeting, without what the reader must not see, in its order."""
    known = Nomination.objects.select_related("award_type").in_bulk(
        [pk for pk in setting.nominations if pk not in hidden]
    )
    return [
        (rule, [known[pk] for pk in rule.nominations if pk in known])
        for rule in setting.rules
        if any(pk in known for pk in rule.nominations)
    ]


class Progress(MeetingMixin, CouncilAccess, TemplateView):
    """The fragment that the page asks for again and again: how many have voted."""

    for_preparers = False
    template_name = "awards/sessions/_progress.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {"meeting": self.meeting, "progress": progress_of(self.meeting, self.is_preparer)}


class Presence(MeetingMixin, CouncilPage, FormErrorsMixin, FormView):
    """Điểm danh: one line per member; the numbers of the quorum beside it."""

    template_name = "awards/sessions/presence.html"
    form_class = AttendanceForm
    page_title = "Điểm danh"

    def get_form_kwargs(self) -> dict[str, Any]:
        lines = self.meeting.attendances.select_related("member__user", "substitute__user")
        substitutes = possible_substitutes(self.meeting, self.setting)
        return {**super().get_form_kwargs(), "lines": list(lines), "substitutes": substitutes}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(quorums=quorums(self.meeting, self.setting), **context)

    def form_valid(self, form: AttendanceForm) -> HttpResponse:
        marks = form.marks(rest_present="rest" in self.request.POST)
        mark_attendance(self.meeting, marks, actor=self.request.user)
        return HttpResponseRedirect(self.request.path)


class Opinions(MeetingMixin, CouncilPage, DetailView):
    """Written opinions: who may send one, who has, in time or late. Chair and secretary alone."""

    template_name = "awards/sessions/opinions.html"
    page_title = "Ý kiến bằng văn bản"

    def get_object(self, queryset: Any = None) -> CommitteeMeeting:
        return self.meeting

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = {row.member_id: row for row in self.meeting.opinions.select_related("member__user", "file")}
        absent = absent_members(self.meeting, self.setting)
        listed = [(member, found.pop(member.pk, None)) for member in absent]
        listed += [(row.member, row) for row in found.values()]
        number = sum(row is not None for _, row in listed)
        return super().get_context_data(listed=listed, number=number, few=0 < number < FEW, **context)


class Opinion(MeetingMixin, CouncilPage, FormErrorsMixin, FormView):
    """Write down one opinion."""

    template_name = "awards/sessions/opinion.html"
    form_class = OpinionForm

    @property
    def member(self) -> CommitteeMember:
        rows = CommitteeMember.objects.filter(committee=self.meeting.committee_id).select_related("user")
        return get_object_or_404(rows, pk=self.kwargs["member"])

    def get_page_title(self) -> str:
        return f"Ý kiến của {self.member}"

    def get_breadcrumbs(self) -> list[tuple[str, str]]:
        here = ("Ý kiến bằng văn bản", reverse("council:meeting-opinions", args=[self.meeting.pk]))
        return [*super().get_breadcrumbs(), here]

    def get_form_kwargs(self) -> dict[str, Any]:
        known = WrittenOpinion.objects.filter(meeting=self.meeting, member=self.member).first()
        return {
            **super().get_form_kwargs(),
            "nominations": self._within_sight(asked_of(self.meeting, self.member, self.setting)),
            "choices": known.choices if known else {},
            "initial": {"received_on": known.received_on if known else self.today, "text": known.text if known else ""},
        }

    def _within_sight(self, rows: list[Nomination]) -> list[Nomination]:
        hidden = kept_from(self.request.user, self.meeting)
        return [row for row in rows if row.pk not in hidden]

    def form_valid(self, form: OpinionForm) -> HttpResponse:
        record_opinion(
            self.meeting, self.member, actor=self.request.user, received_on=form.cleaned_data["received_on"],
            choices=form.choices(), text=form.cleaned_data["text"], upload=form.cleaned_data["upload"],
        )  # fmt: skip
        return HttpResponseRedirect(reverse("council:meeting-opinions", args=[self.meeting.pk]))


class OpinionFile(MeetingMixin, CouncilAccess, View):
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int, member: int) -> FileResponse:
        found = get_object_or_404(self.meeting.opinions.exclude(file=None).select_related("file"), member=member)
        return serve(found.file)


class Texts(MeetingMixin, CouncilPage, FormErrorsMixin, UpdateView):
    """What people write for the minutes."""

    template_name = "layouts/form.html"
    form_class = TextsForm
    page_title = "Ghi biên bản"

    def get_object(self, queryset: Any = None) -> CommitteeMeeting:
        return self.meeting

    def form_valid(self, form: TextsForm) -> HttpResponse:
        write_texts(CommitteeMeeting.objects.get(pk=self.meeting.pk), actor=self.request.user, **form.cleaned_data)
        return HttpResponseRedirect(self.get_success_url())


# --- moves --------------------------------------------------------------------------------------------------------------
class MeetingMove(MeetingMixin, CouncilAccess, ActionView):
    """A move of the meeting by chair or secretary."""

    def get_record(self) -> CommitteeMeeting:
        return self.meeting


class Open(MeetingMove):
    success_message = "Đã khai mạc. Thành viên, quy tắc bỏ phiếu và danh sách đề nghị đã chốt."

    def act(self, record: CommitteeMeeting) -> Any:
        return open_meeting(record, actor=self.request.user)


class Close(MeetingMove):
    success_message = "Đã bế mạc phiên họp. Việc tiếp theo: lập biên bản."

    def act(self, record: CommitteeMeeting) -> Any:
        return close_meeting(record, actor=self.request.user)


class CallOff(MeetingMove):
    success_message = "Đã ghi phiên họp không họp được."

    def act(self, record: CommitteeMeeting) -> Any:
        return call_off(record, actor=self.request.user, note=self.note)


class CloseVoting(MeetingMove):
    success_message = "Đã đóng hòm phiếu. Không ai bỏ thêm được; việc tiếp theo: kiểm phiếu."

    def act(self, record: CommitteeMeeting) -> Any:
        return close_voting(record, actor=self.request.user)


class ReopenVoting(MeetingMove):
    success_message = "Đã mở lại hòm phiếu."

    def act(self, record: CommitteeMeeting) -> Any:
        return reopen_voting(record, actor=self.request.user)


class CountBallots(MeetingMove):
    success_message = "Đã kiểm phiếu. Kết quả ở từng lượt bỏ phiếu."

    def act(self, record: CommitteeMeeting) -> Any:
        count_ballots(record, actor=self.request.user)
