"""Case files of kinds ``vote``, ``seats``, ``money`` and ``eligibility`` (formats.md): rules as examples a lawyer can read."""

from collections.abc import Mapping
from datetime import date

from awards.eligibilitycases import evaluate_eligibility
from awards.money import Amount, MoneyError, Recipient, Tariff, paid_together, work_out
from awards.moneyfile import MoneyTable, standard_table
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


def evaluate_money(given: Values) -> Values:
    """The money of one award, or what is paid of several of one subject at one time."""
    table = standard_table()
    if given.keys() == {"awards"}:
        return _together(given["awards"], table)
    unknown = given.keys() - {"award", "recipient", "decided", "coefficient"}
    if unknown or not {"award", "recipient", "decided"} <= given.keys():
        raise CaseError("Ví dụ money cần award, recipient, decided (và coefficient nếu có); hoặc chỉ awards.")
    try:
        amount = _amount(given, table)[1]
    except MoneyError as error:
        return {"base_salary": None, "raw": None, "amount": None, "error": error.code}
    return {"base_salary": amount.base_salary, "raw": amount.raw, "amount": amount.amount, "error": None}


def _together(raw: object, table: MoneyTable) -> Values:
    if not isinstance(raw, list) or not raw:
        raise CaseError("awards phải là một danh sách {award, recipient, period, decided}.")
    lines = []
    for row in raw:
        if not isinstance(row, Mapping) or not {"award", "recipient", "period", "decided"} <= row.keys():
            raise CaseError("Mỗi dòng awards phải có award, recipient, period, decided.")
        tariff, amount = _amount({str(key): value for key, value in row.items()}, table)
        lines.append((tariff, str(row["period"]), amount.amount))
    paid = paid_together(lines)
    return {"paid": paid, "total": sum(paid)}


def _amount(given: Values, table: MoneyTable) -> tuple[Tariff, Amount]:
    tariff = table.tariffs.get(str(given["award"]))
    if tariff is None:
        raise CaseError(f"Không có hình thức “{str(given['award'])[:40]}” trong danh mục.")
    if given["recipient"] not in list(Recipient):
        raise CaseError(f"Đối tượng phải là một trong: {', '.join(Recipient)}.")
    asked = given.get("coefficient")
    coefficient = None if asked is None else to_number(asked)
    if asked is not None and coefficient is None:
        raise CaseError("coefficient phải là một số.")
    day = _day(given["decided"])
    amount = work_out(
        tariff,
        Recipient(str(given["recipient"])),
        day,
        table.salaries,
        asked=coefficient,
        round_up_to=table.round_up_to,
    )
    return tariff, amount


def _day(raw: object) -> date:
    if isinstance(raw, date):
        return raw
    try:
        return date.fromisoformat(str(raw))
    except ValueError:
        raise CaseError("decided phải là ngày dạng 2026-07-01.") from None


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
register("money", evaluate_money)
register("eligibility", evaluate_eligibility)
