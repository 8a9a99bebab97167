"""Forms of meetings and ballots. That of a vote keeps nothing anywhere but in the page."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from awards.ballotbox import AYE, BLANK, NAY
from awards.models import Attendance, AwardCycle, BallotCandidate, CommitteeMeeting, CommitteeMember, Nomination
from awards.services.sessions.attending import Mark
from awards.services.sessions.frozen import Rule
from awards.services.sessions.meetings import CALLABLE
from awards.services.sessions.voting import Sheet
from dvk_portal.core.forms import DateField, PortalForm, PortalModelForm

_MARKS = [(AYE, "Đồng ý"), (NAY, "Không đồng ý"), (BLANK, "Không có ý kiến")]
_CHOICES = [("aye", "Đồng ý"), ("nay", "Không đồng ý"), ("", "Không có ý kiến")]


class MeetingForm(PortalModelForm):
    """The call: what about, when, where."""

    submit_label = "Triệu tập"

    class Meta:
        model = CommitteeMeeting
        fields = ["cycle", "title", "starts_at", "place", "agenda", "guests"]
        widgets = {"agenda": forms.Textarea({"rows": 6}), "guests": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, cycles: list[AwardCycle] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["cycle"]
            self.submit_label = "Lưu thay đổi"
            return
        keys = [row.pk for row in cycles or () if row.status in CALLABLE]
        self.fields["cycle"].queryset = AwardCycle.objects.filter(pk__in=keys)


class TextsForm(PortalModelForm):
    """What the minutes take from people."""

    class Meta:
        model = CommitteeMeeting
        fields = ["counters", "guests", "agenda", "discussion", "conclusion"]
        widgets = {
            "guests": forms.Textarea({"rows": 2}),
            "agenda": forms.Textarea({"rows": 5}),
            "discussion": forms.Textarea({"rows": 10}),
            "conclusion": forms.Textarea({"rows": 6}),
        }
        help_texts = {
            "counters": "Họ tên những người kiểm phiếu, do hội đồng cử.",
            "discussion": "Ghi ý chính. Biên bản do thư ký và chủ tịch hội đồng ký.",
            "conclusion": "Hội đồng đề nghị; cấp có thẩm quyền quyết định.",
        }


class AttendanceForm(PortalForm):
    """One line per member: there, somebody in his place, excused, absent."""

    submit_label = "Lưu điểm danh"

    def __init__(
        self, *args: Any, lines: list[Attendance], substitutes: dict[int, list[CommitteeMember]], **kwargs: Any
    ) -> None:
        self.lines, self.substitutes = lines, substitutes
        super().__init__(*args, **kwargs)
        for line in lines:
            self._add(line)
        for field in self.fields.values():
            self._speak_vietnamese(field)

    def _add(self, line: Attendance) -> None:
        people = self.substitutes.get(line.member_id, [])
        states = [pair for pair in Attendance.State.choices if people or pair[0] != Attendance.State.PROXY]
        name = str(line.member)
        self.fields[f"state_{line.pk}"] = forms.ChoiceField(label=f"Dự họp: {name}", choices=states, initial=line.state)
        if people:
            self.fields[f"substitute_{line.pk}"] = forms.ChoiceField(
                label=f"Người dự thay: {name}",
                choices=[("", "–"), *((str(row.pk), str(row)) for row in people)],
                required=False,
                initial=str(line.substitute_id or ""),
            )
        self.fields[f"reason_{line.pk}"] = forms.CharField(
            label=f"Lý do vắng: {name}", max_length=200, required=False, initial=line.reason
        )

    @property
    def rows(self) -> list[tuple[Attendance, Any, Any, Any]]:
        """(line, state, substitute or None, reason) for the table."""
        return [
            (
                line,
                self[f"state_{line.pk}"],
                self[f"substitute_{line.pk}"] if f"substitute_{line.pk}" in self.fields else None,
                self[f"reason_{line.pk}"],
            )
            for line in self.lines
        ]

    def marks(self, *, rest_present: bool = False) -> dict[int, Mark]:
        """What is noted of each. ``rest_present``: whoever has not been called yet is there."""
        data = self.cleaned_data
        expected, present = Attendance.State.EXPECTED, Attendance.State.PRESENT
        return {
            line.pk: Mark(
                present if rest_present and data[f"state_{line.pk}"] == expected else data[f"state_{line.pk}"],
                int(data.get(f"substitute_{line.pk}") or 0) or None,
                data[f"reason_{line.pk}"],
            )
            for line in self.lines
        }


class OpinionForm(PortalForm):
    """A written opinion: received when, what of whom."""

    submit_label = "Ghi ý kiến"

    received_on = DateField(label="Nhận ngày")
    upload = forms.FileField(label="Bản ý kiến (quét hoặc chụp)", required=False)
    text = forms.CharField(label="Nội dung khác", required=False, max_length=3000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, nominations: list[Nomination], choices: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nominations = nominations
        for row in nominations:
            self.fields[f"choice_{row.pk}"] = forms.ChoiceField(
                label=f"{row.name} ({row.award_type})",
                choices=_CHOICES,
                required=False,
                initial=choices.get(str(row.pk), ""),
                widget=forms.RadioSelect,
            )

    def choices(self) -> dict[int, str]:
        return {row.pk: self.cleaned_data[f"choice_{row.pk}"] for row in self.nominations}


class BallotForm(PortalForm):
    """A ballot to prepare: on which award, how, on whom."""

    submit_label = "Lập lượt bỏ phiếu"

    way = forms.ChoiceField(
        label="Cách bỏ phiếu",
        choices=[("secret", "Bỏ phiếu kín"), ("open", "Biểu quyết (giơ tay)")],
        widget=forms.RadioSelect,
    )
    max_choices = forms.IntegerField(
        label="Mỗi người chọn tối đa",
        required=False,
        min_value=1,
        help_text="Bỏ trống: với mỗi đề nghị, đồng ý hoặc không đồng ý. Điền số: chọn không quá số đó.",
    )
    only = forms.MultipleChoiceField(label="Đề nghị đưa ra bỏ phiếu", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, rule: Rule, nominations: list[Nomination], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].initial = "secret" if rule.secret else "open"
        self.fields["only"].choices = [(str(row.pk), f"{row.name} – {row.unit_name}") for row in nominations]
        self.fields["only"].initial = [str(row.pk) for row in nominations]

    def options(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "secret": data["way"] == "secret",
            "max_choices": data["max_choices"],
            "only": {int(pk) for pk in data["only"]},
        }


class HandsForm(PortalForm):
    """Sums of a show of hands, one line per candidate; or by name."""

    submit_label = "Ghi kết quả biểu quyết"

    def __init__(self, *args: Any, candidates: list[BallotCandidate], **kwargs: Any) -> None:
        self.candidates = candidates
        super().__init__(*args, **kwargs)
        for row in candidates:
            noted = row.result.get("hands", {})
            for name, word in (("ayes", "Đồng ý"), ("nays", "Không đồng ý")):
                self.fields[f"{name}_{row.pk}"] = forms.IntegerField(
                    label=f"{word}: {row.nomination.name}", min_value=0, max_value=999, initial=noted.get(name)
                )
        for field in self.fields.values():
            self._speak_vietnamese(field)

    @property
    def rows(self) -> list[tuple[BallotCandidate, Any, Any]]:
        return [(row, self[f"ayes_{row.pk}"], self[f"nays_{row.pk}"]) for row in self.candidates]

    def sums(self) -> list[tuple[BallotCandidate, int, int]]:
        data = self.cleaned_data
        return [(row, data[f"ayes_{row.pk}"], data[f"nays_{row.pk}"]) for row in self.candidates]


class NamesForm(PortalForm):
    """A show of hands by name, for one candidate."""

    submit_label = "Ghi theo tên"

    def __init__(self, *args: Any, seats: list[CommitteeMember], noted: dict[int, str], **kwargs: Any) -> None:
        self.seats = seats
        super().__init__(*args, **kwargs)
        for seat in seats:
            self.fields[f"choice_{seat.pk}"] = forms.ChoiceField(
                label=str(seat),
                choices=_CHOICES,
                required=False,
                initial=noted.get(seat.pk, ""),
                widget=forms.RadioSelect,
            )

    def choices(self) -> dict[int, str]:
        return {seat.pk: self.cleaned_data[f"choice_{seat.pk}"] for seat in self.seats}


class VoteForm(PortalForm):
    """The paper on the screen. ``ticket`` carries the receipts; nothing of it is stored before the paper is in the box."""

    submit_label = "Xem lại phiếu"
    error_title = "Phiếu chưa được bỏ. Hãy sửa các mục sau:"

    ticket = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        if sheet.ballot.max_choices is None:
            for row in sheet.candidates:
                self.fields[f"choice_{row.pk}"] = forms.ChoiceField(
                    label=_named(row), choices=_MARKS, required=False, widget=forms.RadioSelect
                )
        else:
            self.fields["chosen"] = forms.MultipleChoiceField(
                label=f"Chọn tối đa {sheet.ballot.max_choices} đề nghị",
                choices=[(str(row.pk), _named(row)) for row in sheet.candidates],
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        for field in self.fields.values():
            self._speak_vietnamese(field)

    def clean_chosen(self) -> list[str]:
        chosen, most = self.cleaned_data["chosen"], self.sheet.ballot.max_choices
        if len(chosen) > most:
            raise ValidationError(
                f"Bạn chọn {len(chosen)} đề nghị, phiếu này chọn tối đa {most}. Hãy bỏ bớt {len(chosen) - most} lựa chọn."
            )
        return chosen

    def marks(self) -> dict[int, str]:
        """Candidate pk → mark; what was left alone is blank."""
        if "chosen" in self.fields:
            chosen = {int(pk) for pk in self.cleaned_data["chosen"]}
            return {row.pk: AYE if row.pk in chosen else BLANK for row in self.sheet.candidates}
        return {row.pk: self.cleaned_data[f"choice_{row.pk}"] or BLANK for row in self.sheet.candidates}

    def lines(self) -> list[tuple[str, str, str]]:
        """(name, what he chose in words, tone) to be read over before casting."""
        words = {AYE: ("Đồng ý", "good"), NAY: ("Không đồng ý", "bad"), BLANK: ("Không có ý kiến", "neutral")}
        if "chosen" in self.fields:
            words = {AYE: ("Chọn", "good"), BLANK: ("Không chọn", "neutral")}
        marks = self.marks()
        return [(_named(row), *words[marks[row.pk]]) for row in self.sheet.candidates]

    def hidden(self) -> list[tuple[str, str]]:
        """What the page that asks once more carries along."""
        return [
            (name, value)
            for name in self.fields
            for value in ([self.data.get(name, "")] if name != "chosen" else self.data.getlist(name))
        ]


def _named(row: BallotCandidate) -> str:
    nomination = row.nomination
    post = f", {nomination.post}" if nomination.post else ""
    return f"{nomination.name}{post} – {nomination.unit_name}"
