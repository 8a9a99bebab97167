"""Where self and verified inputs part: what still has to be decided, and what has to be explained (practice.md W-30)."""

from collections.abc import Iterable, Mapping
from typing import Any

from campaigns.scoring.entry import Entry, entries, leaf_entries
from campaigns.scoring.inputs import NOT_APPLICABLE
from campaigns.scoring.types import Leaf
from pledges.models import ScoreInput, ScoreSheet
from pledges.models.scoresheet import Stage
from pledges.services.schemes import parsed_scheme
from pledges.services.scoring_inputs import is_sourced
from pledges.services.scoring_rights import is_reserved, is_self_assessed

_NONE = (None, 0, "0", False)


def must_explain(leaf: Leaf, entry: Entry | None, value: Any, claims: Mapping[str, Any]) -> bool:
    """Whether a verified ``value`` differs from what the unit claimed. ``entry`` None: the mark "không áp dụng".

    What only the superior enters differs from nothing. Of a rule that does not earn, "không có" and an empty field are one.
    """
    marked = claims.get(leaf.node.code) == NOT_APPLICABLE
    if value == NOT_APPLICABLE or entry is None:
        return not marked and leaf.self_scored
    if not is_self_assessed(entry):
        return marked
    claimed = claims.get(entry.code)
    if marked:
        return True
    if entry.unless or entry.rule.role != "earn":
        return claimed != value and not (claimed in _NONE and value in _NONE)
    return claimed != value


def undecided(sheet: ScoreSheet) -> list[str]:
    """Sentences on criteria that wait for the superior: claimed by the unit and not verified, or only his to give."""
    inputs = _by_stage(sheet.inputs.values_list("stage", "code", "value"))
    return [
        f"{entry.leaf.node.code} {entry.leaf.node.title}: chưa thẩm định “{entry.label}”."
        for entry in undecided_entries(entries(parsed_scheme(sheet.scheme)), inputs[Stage.SELF], inputs[Stage.VERIFIED])
    ]


def undecided_entries(found: Iterable[Entry], claims: Mapping[str, Any], verified: Mapping[str, Any]) -> list[Entry]:
    """Those of ``found`` that still wait for the superior. ``claims``, ``verified``: inputs of the two stages by code."""
    waiting = []
    for entry in found:
        leaf = entry.leaf.node.code
        if verified.get(leaf) == NOT_APPLICABLE or entry.code in verified or leaf in verified:
            continue
        marked = claims.get(leaf) == NOT_APPLICABLE
        claimed = entry.code in claims and not marked
        if (is_self_assessed(entry) and (claimed or (marked and entry.rule.role == "earn"))) or is_reserved(entry):
            waiting.append(entry)
    return waiting


def unexplained(sheet: ScoreSheet) -> list[str]:
    """Sentences on verified inputs that differ from the claim without a reason (the claim may have changed after a return)."""
    scheme = parsed_scheme(sheet.scheme)
    rows = list(sheet.inputs.all())
    claims = {row.code: row.value for row in rows if row.stage == Stage.SELF}
    verified = {row.code: row for row in rows if row.stage == Stage.VERIFIED and not row.reason}
    return [
        f"{leaf.node.code} {leaf.node.title}: kết quả thẩm định khác bản tự chấm mà chưa có lý do."
        for leaf in scheme.leaf_list
        if _is_unexplained(leaf, leaf_entries(scheme, leaf.node.code), verified, claims)
    ]


def _is_unexplained(
    leaf: Leaf, own: Iterable[Entry], verified: Mapping[str, ScoreInput], claims: Mapping[str, Any]
) -> bool:
    mark = verified.get(leaf.node.code)
    if mark is not None and mark.value == NOT_APPLICABLE:
        return must_explain(leaf, None, mark.value, claims)
    return any(
        not is_sourced(entry) and must_explain(leaf, entry, verified[entry.code].value, claims)
        for entry in own
        if entry.code in verified
    )


def _by_stage(rows: Iterable[tuple[str, str, Any]]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {stage: {} for stage in Stage.values}
    for stage, code, value in rows:
        found[stage][code] = value
    return found
