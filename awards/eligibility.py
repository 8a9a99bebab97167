"""Whether somebody qualifies for an award, one Vietnamese sentence per condition (W-42, law.md R-17).

An expression is a JSON list of which all must hold; ``{"any": [...]}`` and ``{"all": [...]}`` nest; every part may carry
``"for": ["person", …]`` and is left out for other recipients. The kinds of conditions stand in awards/conditions.py. Three
values: what is not known makes a verdict "to_check", never a silent pass or fail. Plain Python: no Django, no clock.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awards.conditionreading import MET, UNKNOWN, UNMET, Answer, Condition, ConditionError
from awards.conditions import read_condition
from awards.evidence import DISCIPLINE_WORDS, RECIPIENT_WORDS, RECIPIENTS, Facts

ELIGIBLE, NOT_ELIGIBLE, TO_CHECK = "eligible", "not_eligible", "to_check"
OUTCOME_WORDS = {ELIGIBLE: "Đủ điều kiện", NOT_ELIGIBLE: "Không đủ điều kiện", TO_CHECK: "Cần kiểm tra"}
MAX_DEPTH = 5
MAX_PARTS = 100
AWAITS_TEXT = "chờ xác nhận văn bản"
_LEADS = {MET: "Đủ điều kiện", UNMET: "Thiếu", UNKNOWN: "Cần kiểm tra"}


@dataclass(frozen=True)
class Finding:
    """One sentence. ``private``: rests on discipline or a hold, for holders of award.integrity only; never show it others."""

    outcome: str
    text: str
    private: bool = False

    def as_json(self) -> dict[str, Any]:
        """As Nomination.findings keeps it."""
        return {"outcome": self.outcome, "text": self.text, **({"private": True} if self.private else {})}


@dataclass(frozen=True)
class Verdict:
    """All findings in the order of the conditions, and what follows from them. ``awaits_text``: by a text not confirmed."""

    outcome: str
    findings: list[Finding]
    awaits_text: bool = False

    @property
    def words(self) -> str:
        return OUTCOME_WORDS[self.outcome]

    def as_json(self) -> list[dict[str, Any]]:
        return [finding.as_json() for finding in self.findings]

    def open_part(self) -> "Verdict":
        """What everybody may read who may read the dossier: without discipline and holds, as if there were none."""
        return _verdict([finding for finding in self.findings if not finding.private], awaits_text=self.awaits_text)

    def of(self, *outcomes: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.outcome in outcomes]


def open_findings(stored: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of Nomination.findings what everybody may read who may read the dossier."""
    return [row for row in stored if not row.get("private")]


@dataclass(frozen=True)
class _Node:
    """One part: a condition, or parts of which all or any must hold."""

    condition: Condition | None
    parts: tuple["_Node", ...] = ()
    of_any: bool = False
    recipients: tuple[str, ...] = RECIPIENTS


# --- reading ---------------------------------------------------------------------------------------------------------
def parse(expression: object) -> tuple[_Node, ...]:
    """The parts that must all hold. Raises ConditionError with a sentence that says which part."""
    return _parts(expression, 1, [0])


def validate(expression: object, codes: Sequence[str] = ()) -> list[str]:
    """Sentences that say what is wrong with an expression; with ``codes``, awards that the catalogue does not have too."""
    try:
        nodes = parse(expression)
    except ConditionError as error:
        return [str(error)]
    asked = {code for node in _leaves(nodes) for code in getattr(node, "award", ())}
    return [f"Không có danh hiệu, hình thức mã “{code}”." for code in sorted(asked - set(codes)) if codes]


def _leaves(nodes: Sequence[_Node]) -> Iterator[Condition]:
    for node in nodes:
        if node.condition is not None:
            yield node.condition
        yield from _leaves(node.parts)


def _parts(raw: object, depth: int, count: list[int]) -> tuple[_Node, ...]:
    if not isinstance(raw, list):
        raise ConditionError("Điều kiện phải là một danh sách. Không có điều kiện thì ghi [].")
    if depth > MAX_DEPTH:
        raise ConditionError(f"Điều kiện lồng nhau quá {MAX_DEPTH} tầng.")
    return tuple(_node(part, number, depth, count) for number, part in enumerate(raw, start=1))


def _node(raw: object, number: int, depth: int, count: list[int]) -> _Node:
    count[0] += 1
    if count[0] > MAX_PARTS:
        raise ConditionError(f"Quá {MAX_PARTS} điều kiện trong một quy định.")
    if not isinstance(raw, Mapping):
        raise ConditionError(f"Điều kiện thứ {number} phải là các cặp khóa: giá trị.")
    try:
        recipients = _recipients(raw.get("for"))
        groups = [key for key in ("any", "all") if key in raw]
        if not groups:
            return _Node(read_condition(raw), recipients=recipients)
        if len(groups) > 1 or raw.keys() - {groups[0], "for"}:
            raise ConditionError("chỉ dùng một trong any, all, không kèm mục khác ngoài for.")
        parts = _parts(raw[groups[0]], depth + 1, count)
        if not parts:
            raise ConditionError(f"“{groups[0]}” phải có ít nhất một điều kiện.")
    except ConditionError as error:
        raise ConditionError(f"Điều kiện thứ {number}: {error}") from error
    return _Node(None, parts, groups[0] == "any", recipients)


def _recipients(raw: object) -> tuple[str, ...]:
    if raw is None:
        return RECIPIENTS
    values = [raw] if isinstance(raw, str) else raw
    if not isinstance(values, list) or not values or any(one not in RECIPIENTS for one in values):
        raise ConditionError(f"“for” phải gồm các giá trị: {', '.join(RECIPIENTS)}.")
    return tuple(values)


# --- judging ---------------------------------------------------------------------------------------------------------
def judge(expression: object, facts: Facts, *, unconfirmed: str = "") -> Verdict:
    """All findings of ``facts`` under the conditions of one award.

    ``unconfirmed``: the text that has not been checked against its original; then nothing is concluded, whatever the findings
    (law.md T-E2). Raises ConditionError when the expression cannot be read.
    """
    plain = facts.without_integrity()
    shown: list[Finding] = []
    hidden: list[Finding] = []
    for node in parse(expression):
        answer = _check(node, plain)
        if answer is None:
            continue
        shown.append(_finding(answer))
        whole = _check(node, facts)
        if whole is not None and whole != answer:
            hidden.append(_finding(whole, private=True))
    if unconfirmed:
        shown.append(Finding(UNKNOWN, f"Cần kiểm tra: {AWAITS_TEXT} ({unconfirmed})."))
    return _verdict([*shown, *hidden, *_integrity(facts)], awaits_text=bool(unconfirmed))


def unjudged(reason: str) -> Verdict:
    """Nothing can be said: ``reason`` is a clause, e.g. that no rule set covers the day."""
    return Verdict(TO_CHECK, [Finding(UNKNOWN, f"Cần kiểm tra: {reason}.")])


def barred(reason: str) -> Verdict:
    """The award is not for this recipient at all; ``reason`` is a clause."""
    return Verdict(NOT_ELIGIBLE, [Finding(UNMET, f"Không đủ điều kiện: {reason}.")])


def _verdict(findings: list[Finding], *, awaits_text: bool = False) -> Verdict:
    """A text that nobody has checked grounds no refusal either; what stands in the way itself (P4, P5) still does."""
    against = {row.outcome for row in findings if row.private or not awaits_text}
    open_end = awaits_text or UNKNOWN in against
    outcome = NOT_ELIGIBLE if UNMET in against else TO_CHECK if open_end else ELIGIBLE
    return Verdict(outcome, findings, awaits_text)


def _finding(answer: Answer, *, private: bool = False) -> Finding:
    joint = " " if answer.outcome == UNMET else ": "
    return Finding(answer.outcome, f"{_LEADS[answer.outcome]}{joint}{answer.clause}.", private)


def _check(node: _Node, facts: Facts) -> Answer | None:
    """None: the part is not asked of this kind of recipient."""
    if facts.recipient not in node.recipients:
        return None
    if node.condition is not None:
        return node.condition.check(facts)
    answers = [answer for part in node.parts if (answer := _check(part, facts)) is not None]
    if not answers:
        return None
    best, worst = (MET, UNMET) if node.of_any else (UNMET, MET)
    deciding = next((one for one in (best, UNKNOWN, worst) if any(row.outcome == one for row in answers)), worst)
    clauses = [row.clause for row in answers if row.outcome == deciding]
    if node.of_any and deciding == MET:
        return Answer(MET, clauses[0])
    if len(clauses) == 1:
        return Answer(deciding, clauses[0])
    if not node.of_any:
        return Answer(deciding, "; ".join(clauses))
    lead = "một trong các điều kiện: " if deciding == UNMET else "ít nhất một điều kiện trong: "
    return Answer(deciding, lead + "; hoặc ".join(clauses))


def _integrity(facts: Facts) -> list[Finding]:
    """P4 and P5, asked of every award. A row of the discipline itself, then whether the period lies after it."""
    found = []
    for hold in facts.holds:
        if hold.on(facts.day):
            text = f"Chưa được xét: {hold.reason[:1].lower()}{hold.reason[1:]} từ {hold.from_day:%d/%m/%Y}."
            found.append(Finding(UNMET, text, private=True))
    for row in facts.disciplines:
        level = DISCIPLINE_WORDS[row.level]
        if row.from_day > facts.day:
            continue
        if row.to_day is None:
            text = f"Cần kiểm tra: kỷ luật {level} từ {row.from_day:%d/%m/%Y} chưa ghi ngày hết thời hạn."
            found.append(Finding(UNKNOWN, text, private=True))
        elif row.to_day >= facts.day:
            text = f"Chưa được xét: đang trong thời hạn kỷ luật {level} đến {row.to_day:%d/%m/%Y}."
            found.append(Finding(UNMET, text, private=True))
        elif facts.first_day <= row.to_day and row.from_day <= facts.last_day:
            text = (
                f"Chưa được xét: thành tích chỉ tính từ ngày hết thời hạn kỷ luật {level} ({row.to_day:%d/%m/%Y}), "
                f"kỳ đề nghị bắt đầu từ {facts.first_day:%d/%m/%Y}."
            )
            found.append(Finding(UNMET, text, private=True))
    return found or [Finding(MET, "Đủ điều kiện: không có kỷ luật, tạm dừng xét trong kỳ.", private=True)]


# --- words -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Words:
    """What a rule demands, for reading: a sentence, or a heading with parts."""

    text: str
    parts: tuple["Words", ...] = ()


def describe(expression: object, facts: Facts) -> list[Words]:
    """The conditions in words; ``facts`` gives names of awards and levels. Raises ConditionError."""
    return [_words(node, facts) for node in parse(expression)]


def _words(node: _Node, facts: Facts) -> Words:
    whom = (
        f"Đối với {', '.join(RECIPIENT_WORDS[one] for one in node.recipients)}: "
        if node.recipients != RECIPIENTS
        else ""
    )
    if node.condition is not None:
        return Words(_sentence(whom + node.condition.words(facts)))
    head = "một trong các điều kiện" if node.of_any else "tất cả các điều kiện"
    return Words(_sentence(whom + head), tuple(_words(part, facts) for part in node.parts))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
