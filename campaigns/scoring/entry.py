"""What must be entered for a scheme: the entry fields of each leaf, for score sheets and imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.scoring.inputs import NOT_APPLICABLE, BadInput, InputKind, InputValue, from_form, parse_flag
from campaigns.scoring.rulebase import Rule
from campaigns.scoring.types import Leaf, Scheme


@dataclass(frozen=True)
class Entry:
    """One entry field. `code` is the key in `inputs`; `unless` marks a flag that cancels `rule`."""

    code: str
    kind: InputKind
    label: str
    leaf: Leaf
    rule: Rule
    readers: tuple[Rule, ...] = ()
    unless: bool = False

    @property
    def verified_only(self) -> bool:
        """Whether every rule that reads it waits for the verified score."""
        return all(rule.verified_only for rule in (self.rule, *self.readers))

    @property
    def self_scored(self) -> bool:
        return self.leaf.self_scored

    @property
    def source(self) -> Mapping[str, object] | None:
        """Where the portal gets it by itself; such an input cannot be typed over."""
        return None if self.unless else self.rule.source

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """(key, label) of a choice."""
        options = getattr(self.rule, "options", ()) if self.kind is InputKind.OPTION else ()
        return tuple((option.key, option.label or option.key) for option in options)

    def parse(self, raw: object) -> InputValue:
        """The exact input, accepted by every rule that reads it. Raises `BadInput`."""
        if self.unless:
            return parse_flag(raw)
        for reader in self.readers:
            reader.parse_input(raw)
        return self.rule.parse_input(raw)


def entries(scheme: Scheme) -> tuple[Entry, ...]:
    """All entry fields in order: each rule's input, followed by the flag that cancels it."""
    cache: dict[str, object] = scheme.__dict__
    found = cache.get("_entries")
    if not isinstance(found, tuple):
        found = tuple(_build(scheme))
        cache["_entries"] = found
    return found


def leaf_entries(scheme: Scheme, code: str) -> tuple[Entry, ...]:
    """The entry fields of one leaf."""
    return tuple(entry for entry in entries(scheme) if entry.leaf.node.code == code)


def entry_of(scheme: Scheme, code: str) -> Entry | None:
    """The field that takes the input of this code; a leaf of one rule also answers to the leaf's code."""
    cache: dict[str, object] = scheme.__dict__
    index = cache.get("_entry_index")
    if not isinstance(index, dict):
        index = {entry.code: entry for entry in entries(scheme)}
        for leaf in scheme.leaf_list:
            if len(leaf.node.rules) == 1:
                index.setdefault(leaf.node.code, index[leaf.node.rules[0].code or leaf.node.code])
        cache["_entry_index"] = index
    found = index.get(code)
    return found if isinstance(found, Entry) else None


def clean_input(scheme: Scheme, code: str, raw: object) -> InputValue:
    """One exact input from JSON-like or form data (blank text is absent). Raises `BadInput`, a sentence to show."""
    entry = entry_of(scheme, code)
    return read_input(scheme, code, raw if entry is None else from_form(entry.kind, raw))


def read_input(scheme: Scheme, code: str, raw: object) -> InputValue:
    """One exact input from JSON-like data; "n/a" by the code of a leaf. Raises `BadInput`."""
    try:
        return _read(scheme, code, raw)
    except BadInput as error:
        raise BadInput(error.message, str(code)) from error


def _read(scheme: Scheme, code: str, raw: object) -> InputValue:
    node = scheme.nodes.get(code)
    entry = entry_of(scheme, code)
    if raw == NOT_APPLICABLE and node is not None and node.is_leaf:
        if node.not_applicable != "forbidden":
            return NOT_APPLICABLE
        if entry is None or entry.kind is not InputKind.OPTION:
            raise BadInput("Tiêu chí này không được chọn “Không áp dụng”. Hãy nhập số liệu.")
    if entry is not None:
        return entry.parse(raw)
    if raw is None and isinstance(code, str) and (node is not None or code in _all_rule_codes(scheme)):
        return None
    if node is not None and node.is_leaf:
        raise BadInput("Tiêu chí này có nhiều quy tắc. Hãy nhập số liệu cho từng quy tắc.")
    raise BadInput(f"Mã “{str(code)[:40]}” không nhận số liệu. Hãy kiểm tra lại mã.")


def _all_rule_codes(scheme: Scheme) -> set[str]:
    return {rule.code for leaf in scheme.leaf_list for rule in leaf.node.rules if rule.code}


def _build(scheme: Scheme) -> list[Entry]:
    found = []
    for leaf in scheme.leaf_list:
        for rule in leaf.node.rules:
            code = rule.code or leaf.node.code
            label = rule.label or leaf.node.title
            if rule.input is None:
                readers = scheme.inputs_of[code][1:]
                found.append(Entry(code, rule.input_kind, label, leaf, rule, readers))
            if rule.unless_input is not None:
                why = rule.unless_input.label or "Loại trừ"
                found.append(Entry(rule.unless_input.code, InputKind.FLAG, why, leaf, rule, unless=True))
    return found
