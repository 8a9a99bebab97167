"""Indicators as data: reads, checks and writes files of format ``dvk-indicators/1``.

A file is described by its own comments and its section ``semantics`` (see ``campaigns/data/indicators.yaml``).
Junk never raises: whatever is wrong becomes a finding with a stable path and code and a Vietnamese sentence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from campaigns.fieldreader import FieldReader, Finding
from campaigns.figures import Kind, OverTime, OverUnits
from campaigns.formulas import FormulaError, parse_formula
from dvk_portal.core.datafile import MAX_DIGITS, DataFileError, dump_yaml, load_yaml

FORMAT = "dvk-indicators/1"
MAX_DECIMALS = 6
NUMERIC = (Kind.FLOW, Kind.STOCK)

# kind: rules over time and over units; the first of each is the default. Stricter than the arithmetic: a stock summed
# over months is the mistake this format exists to prevent.
RULES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.FLOW: ((OverTime.SUM, OverTime.MAX, OverTime.AVERAGE), (OverUnits.SUM, OverUnits.AVERAGE, OverUnits.MAX)),
    Kind.STOCK: (
        (OverTime.LAST, OverTime.FIRST, OverTime.MAX, OverTime.AVERAGE),
        (OverUnits.SUM, OverUnits.AVERAGE, OverUnits.MAX),
    ),
    Kind.RATIO: ((OverTime.RECOMPUTE,), (OverUnits.RECOMPUTE,)),
    Kind.TEXT: ((OverTime.JOIN,), (OverUnits.JOIN,)),
    Kind.YES_NO: ((OverTime.LAST, OverTime.FIRST), (OverUnits.COUNT_YES,)),
}
SCOPES = ("unit", "province")
FREQUENCIES = ("month", "quarter", "year")
BETTER = ("higher", "lower")
CHAPTERS = ("results", "models", "difficulties", "direction", "proposals")
ORIGINS = ("form", "added", "programme")
TARGET_FORMS = ("percent", "at_least", "exactly", "range", "above_last_year")
MODELS = {"registered": "at", "effective": "at", "newly_registered": "within", "replicated": "within"}
MODEL_TIME = {"at": "period_end", "within": "period"}
TARGET_KEYS = {"indicator", "form", "value", "from", "to", "year", "source", "note"}


@dataclass(frozen=True)
class GroupSpec:
    """A heading of the form."""

    code: str
    title: str
    en: str = ""
    order: int = 0


@dataclass(frozen=True)
class Derived:
    """Where the portal gets a figure by itself: from the register of models, or by a formula over other indicators."""

    models: str | None = None
    at: str | None = None
    within: str | None = None
    formula: str | None = None


@dataclass(frozen=True)
class IndicatorSpec:
    """One indicator; the keys of the file are the names of the fields. ``decimals`` are the places shown."""

    code: str
    group: str
    label: str
    name: str
    kind: str
    over_time: str
    over_units: str
    en: str = ""
    measure: str = ""
    of: str | None = None
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    derived: Derived | None = None
    ask: bool = True
    scope: str = "unit"
    frequency: str = "month"
    better: str | None = None
    decimals: int = 0
    chapter: str | None = None
    valid_to: date | None = None
    hint: str = ""
    origin: str | None = None


@dataclass(frozen=True)
class IndicatorFile:
    """A whole file. ``provenance``, ``semantics``, ``targets`` and ``examples`` are kept as read."""

    groups: tuple[GroupSpec, ...]
    indicators: tuple[IndicatorSpec, ...]
    version: str = ""
    title: str = ""
    provenance: Any = None
    semantics: Any = None
    targets: Any = None
    examples: Any = None


class Reading(NamedTuple):
    """``file`` is ``None`` when there are findings."""

    file: IndicatorFile | None
    findings: tuple[Finding, ...]


def read_indicators(data: bytes) -> Reading:
    """Read and check the bytes of a file. Never raises."""
    try:
        document = load_yaml(data)
    except DataFileError as error:
        return Reading(None, (Finding("", "unreadable", str(error)),))
    return check_indicators(document)


def check_indicators(document: object) -> Reading:
    """Check a document already parsed, in the types that ``load_yaml`` gives."""
    reader = _Reader()
    file = reader.file(document)
    return Reading(None if reader.findings else file, tuple(reader.findings))


def dump_indicators(file: IndicatorFile) -> bytes:
    """The file as bytes that ``read_indicators`` reads back to an equal value. Keys at their default are left out."""
    document: dict[str, object] = {"format": FORMAT}
    document |= {key: getattr(file, key) for key in ("version", "title") if getattr(file, key)}
    document |= {key: getattr(file, key) for key in ("provenance", "semantics") if getattr(file, key) is not None}
    document["groups"] = [_changed(group) for group in file.groups]
    document["indicators"] = [_indicator_document(spec) for spec in file.indicators]
    document |= {key: getattr(file, key) for key in ("targets", "examples") if getattr(file, key) is not None}
    return dump_yaml(document).encode()


def _changed(spec: Any) -> dict[str, object]:
    """Fields of a dataclass that differ from their default, in order."""
    return {field.name: value for field in fields(spec) if (value := getattr(spec, field.name)) != field.default}


def _indicator_document(spec: IndicatorSpec) -> dict[str, object]:
    document = _changed(spec)
    for side in ("numerator", "denominator"):
        if side in document:
            codes: tuple[str, ...] = getattr(spec, side)
            document[side] = codes[0] if len(codes) == 1 else list(codes)
    if spec.derived is not None:
        document["derived"] = _changed(spec.derived)
    if spec.decimals != _default_decimals(spec.kind):
        document["decimals"] = spec.decimals
    else:
        document.pop("decimals", None)
    return document


def _default_decimals(kind: str) -> int:
    return 1 if kind == Kind.RATIO else 0


class _Reader(FieldReader):
    """Reads a whole document."""

    # The parts of a file

    def file(self, document: object) -> IndicatorFile | None:
        if not isinstance(document, Mapping):
            self.add("", "wrong_type", "Tệp phải là một danh mục chỉ tiêu (các cặp khóa: giá trị).")
            return None
        if document.get("format") != FORMAT:
            self.add("format", "wrong_format", f"Tệp này không theo định dạng {FORMAT}. Hãy ghi “format: {FORMAT}”.")
            return None
        self.keys(document, "", {"format", *(field.name for field in fields(IndicatorFile))})
        groups = [self.group(item, path) for item, path in self.items(document, "groups", required=True)]
        indicators = [self.indicator(item, path) for item, path in self.items(document, "indicators", required=True)]
        for name, specs in (("groups", groups), ("indicators", indicators)):
            self.duplicates(name, [spec.code for spec in specs])
        self.references(indicators, {group.code for group in groups})
        self.targets(document, {spec.code for spec in indicators})
        for key in ("semantics", "examples"):
            self.items(document, key)
        if not isinstance(document.get("provenance"), Mapping | str | None):
            self.add("provenance", "wrong_type", "Mục provenance phải là một bảng hoặc một câu.")
        return IndicatorFile(
            tuple(groups),
            tuple(indicators),
            self.text(document, "version", "", 40),
            self.text(document, "title", "", 300),
            *(_plain(document.get(key)) for key in ("provenance", "semantics", "targets", "examples")),
        )

    def group(self, item: Mapping[Any, object], path: str) -> GroupSpec:
        self.keys(item, path, {field.name for field in fields(GroupSpec)})
        return GroupSpec(
            self.code(item, "code", path),
            self.text(item, "title", path, 200, required=True),
            self.text(item, "en", path, 200),
            self.whole(item, "order", path, 0, 32_767),
        )

    def indicator(self, item: Mapping[Any, object], path: str) -> IndicatorSpec:
        self.keys(item, path, {field.name for field in fields(IndicatorSpec)})
        kind = self.choice(item, "kind", path, tuple(RULES), Kind.FLOW, required=True)
        scope = self.choice(item, "scope", path, SCOPES, "unit")
        times, units = RULES[kind]
        if scope == "province":
            units = (OverUnits.NONE,)
        derived = self.derived(item, path)
        chapter = self.choice(item, "chapter", path, CHAPTERS, "") or None
        if chapter is not None and kind != Kind.TEXT:
            self.add(f"{path}.chapter", "not_a_text", "Chỉ lời văn (kind: text) mới có mục trong văn bản báo cáo.")
        ask = self.flag(item, "ask", path)
        if derived is not None and ask:
            self.add(f"{path}.ask", "derived_asked", "Chỉ tiêu do hệ thống tự tính phải ghi “ask: false”.")
        numerator, denominator = (self.codes(item, side, path) for side in ("numerator", "denominator"))
        if kind == Kind.RATIO and not (numerator and denominator):
            self.add(path, "ratio_without_parts", "Tỷ lệ phải có tử số (numerator) và mẫu số (denominator).")
        if kind != Kind.RATIO and (numerator or denominator):
            self.add(path, "not_a_ratio", "Chỉ tiêu loại tỷ lệ (kind: ratio) mới có tử số và mẫu số.")
        return IndicatorSpec(
            code=self.code(item, "code", path),
            group=self.code(item, "group", path),
            label=self.text(item, "label", path, 200, required=True),
            name=self.text(item, "name", path, 500, required=True),
            kind=str(kind),
            over_time=self.choice(item, "over_time", path, times, times[0], known=tuple(OverTime)),
            over_units=self.choice(item, "over_units", path, units, units[0], known=tuple(OverUnits)),
            en=self.text(item, "en", path, 500),
            measure=self.text(item, "measure", path, 100),
            of=self.code(item, "of", path) if item.get("of") is not None else None,
            numerator=numerator,
            denominator=denominator,
            derived=derived,
            ask=ask,
            scope=scope,
            frequency=self.choice(item, "frequency", path, FREQUENCIES, "month"),
            better=self.choice(item, "better", path, BETTER, "") or None,
            decimals=self.whole(item, "decimals", path, _default_decimals(kind), MAX_DECIMALS),
            chapter=chapter,
            valid_to=self.day(item, "valid_to", path),
            hint=self.text(item, "hint", path, 500),
            origin=self.choice(item, "origin", path, ORIGINS, "") or None,
        )

    def derived(self, item: Mapping[Any, object], path: str) -> Derived | None:
        raw, path = item.get("derived"), f"{path}.derived"
        if raw is None:
            return None
        if not isinstance(raw, Mapping) or ("models" in raw) == ("formula" in raw):
            self.add(path, "wrong_type", "Mục derived phải là {models: …} hoặc {formula: …}.")
            return None
        if "formula" in raw:
            self.keys(raw, path, {"formula"})
            formula = self.text(raw, "formula", path, 2000, required=True)
            try:
                parse_formula(formula)
            except FormulaError as error:
                self.add(f"{path}.formula", "bad_formula", str(error))
                return None
            return Derived(formula=formula)
        models = self.choice(raw, "models", path, tuple(MODELS), "registered")
        when = MODELS[models]
        self.keys(raw, path, {"models", when})
        value = self.choice(raw, when, path, (MODEL_TIME[when],), MODEL_TIME[when])
        return Derived(models, at=value) if when == "at" else Derived(models, within=value)

    def targets(self, document: Mapping[Any, object], codes: set[str]) -> None:
        for item, path in self.items(document, "targets"):
            self.keys(item, path, TARGET_KEYS)
            self.choice(item, "form", path, TARGET_FORMS, "", required=True)
            if (code := self.code(item, "indicator", path)) and code not in codes:
                self.unknown(f"{path}.indicator", code)

    # What holds between indicators

    def duplicates(self, name: str, codes: Sequence[str]) -> None:
        seen: set[str] = set()
        for code in filter(None, codes):
            if code in seen:
                self.add(f"{name}.{code}", "duplicate_code", f"Mã “{code}” được dùng hai lần. Mỗi mã chỉ dùng một lần.")
            seen.add(code)

    def references(self, indicators: Sequence[IndicatorSpec], groups: set[str]) -> None:
        by_code = {spec.code: spec for spec in indicators}
        computed: dict[str, tuple[str, ...]] = {}
        for spec in indicators:
            path = f"indicators.{spec.code}"
            if spec.group and spec.group not in groups:
                self.add(f"{path}.group", "unknown_group", f"Nhóm “{spec.group}” không có trong danh sách nhóm.")
            formula = spec.derived.formula if spec.derived else None
            sources = parse_formula(formula).codes if formula else ()
            sides = {
                "of": (spec.of,) if spec.of else (),
                "numerator": spec.numerator,
                "denominator": spec.denominator,
                "derived.formula": sources,
            }
            computed[spec.code] = (*spec.numerator, *spec.denominator, *sources)
            for side, codes in sides.items():
                self.reference(f"{path}.{side}", codes, by_code)
            if (spec.of or sources) and spec.kind not in NUMERIC:
                self.add(path, "wrong_kind", "Chỉ số phát sinh hoặc lũy kế mới có “of” hay công thức.")
        self.cycles({spec.code: (spec.of,) for spec in indicators if spec.of}, "of")
        self.cycles(computed, "")

    def reference(self, path: str, codes: Iterable[str], by_code: Mapping[str, IndicatorSpec]) -> None:
        for code in codes:
            if code not in by_code:
                self.unknown(path, code)
            elif by_code[code].kind not in NUMERIC:
                self.add(path, "wrong_kind", f"Chỉ tiêu “{code}” không phải số phát sinh hay lũy kế.")

    def unknown(self, path: str, code: str) -> None:
        self.add(path, "unknown_reference", f"Không có chỉ tiêu nào mang mã “{code}”.")

    def cycles(self, graph: Mapping[str, Sequence[str]], side: str) -> None:
        """Report every indicator that is defined through itself."""
        for code in _in_cycles(graph):
            path = ".".join(filter(None, ("indicators", code, side)))
            self.add(path, "cycle", f"Chỉ tiêu “{code}” được định nghĩa vòng quanh qua chính nó.")


def _in_cycles(graph: Mapping[str, Sequence[str]]) -> list[str]:
    """Nodes between two cycles or on one, in order. Without recursion: a chain may be as long as the file."""
    rest = {code: set(targets) & graph.keys() for code, targets in graph.items()}
    users: dict[str, set[str]] = {code: set() for code in graph}
    for code, targets in rest.items():
        for target in targets:
            users[target].add(code)
    for ahead, back in ((rest, users), (users, rest)):
        free = [code for code in ahead if not ahead[code]]
        while free:
            code = free.pop()
            for user in back.pop(code, ()):
                if user in ahead:
                    ahead[user].discard(code)
                    if not ahead[user]:
                        free.append(user)
            ahead.pop(code, None)
    return [code for code in graph if code in rest]


def _plain(value: object) -> Any:
    """A value kept as read, in the shapes that survive writing: decimals as whole numbers or text."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        short_enough = value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS
        return str(value) if not short_enough else int(value) if value == value.to_integral_value() else f"{value:f}"
    return value
