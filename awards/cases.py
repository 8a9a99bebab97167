"""Case files of kinds ``vote`` and ``seats`` (formats.md): the rules of a council as examples a lawyer can read."""

from collections.abc import Mapping

from awards.tally import Count, Threshold, VoteRule, count_vote
from campaigns.cases import CaseError, Values, register, to_number

_COUNTS = (
    "members",
    "present",
    "ayes",
    "proxies",
    "written",
    "written_late",
    "written_ayes",
    "invalid",
    "blank",
    "conflicted",
    "round",
)
_RULE_KEYS = {"quorum", "attendance", "pass", "base", "proxies", "written_counts", "max_rounds", "conflicted_in_base"}


def evaluate_vote(given: Values) -> Values:
    """One vote by one rule. Raises CaseError, or TallyError for numbers that cannot be those of one vote."""
    unknown = given.keys() - {*_COUNTS, "rule"}
    if unknown:
        raise CaseError(f"Không có mục “{sorted(unknown)[0]}” trong ví dụ vote.")
    if "members" not in given or "present" not in given:
        raise CaseError("Ví dụ vote cần members (tổng số thành viên) và present (số người dự).")
    counts = {name: _whole(given[name], name) for name in _COUNTS if name in given}
    outcome = count_vote(_rule(given.get("rule")), Count(**{"ayes": 0, **counts}))
    return vars(outcome)


def evaluate_seats(given: Values) -> Values:
    """How many of all members are needed."""
    if given.keys() != {"members", "pass"}:
        raise CaseError("Ví dụ seats cần members và pass.")
    return {"needed": Threshold.parse(str(given["pass"])).needed(_whole(given["members"], "members"))}


def _rule(raw: object) -> VoteRule:
    if not isinstance(raw, Mapping) or "pass" not in raw:
        raise CaseError("Ví dụ vote cần rule với mục pass (80%, 2/3 hoặc majority).")
    unknown = {str(key) for key in raw} - _RULE_KEYS
    if unknown:
        raise CaseError(f"Không có mục “{sorted(unknown)[0]}” trong rule.")
    written = raw.get("written_counts", {})
    if not isinstance(written, Mapping) or not written.keys() <= {"attendance", "vote"}:
        raise CaseError("written_counts phải là {attendance: có/không, vote: có/không}.")
    attendance = raw.get("attendance")
    return VoteRule(
        passes=Threshold.parse(str(raw["pass"])),
        quorum=Threshold.parse(str(raw.get("quorum", "2/3"))),
        attendance=None if attendance is None else Threshold.parse(str(attendance)),
        base=str(raw.get("base", "total")),
        proxies=_flag(raw.get("proxies", False), "proxies"),
        written_counts_for_attendance=_flag(written.get("attendance", False), "attendance"),
        written_counts_for_vote=_flag(written.get("vote", True), "vote"),
        max_rounds=_whole(raw.get("max_rounds", 2), "max_rounds"),
        conflicted_in_base=_flag(raw.get("conflicted_in_base", True), "conflicted_in_base"),
    )


def _flag(raw: object, name: str) -> bool:
    if not isinstance(raw, bool):
        raise CaseError(f"“{name}” phải là true hoặc false.")
    return raw


def _whole(raw: object, name: str) -> int:
    number = to_number(raw)
    if number is None or number != number.to_integral_value() or number < 0:
        raise CaseError(f"“{name}” phải là số nguyên không âm.")
    return int(number)


register("vote", evaluate_vote)
register("seats", evaluate_seats)
