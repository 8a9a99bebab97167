"""A rule as an official reads it: sentences and small tables made from what the rule's class declares about itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from campaigns.scoring.bands import Band, Bounds, Row
from campaigns.scoring.exact import vietnamese
from campaigns.scoring.params import Option, Param, ParamType
from campaigns.scoring.rulebase import ROLE_LABELS, Rule

SOURCE_TARGET = "target"
REPORT_COUNTS = {"late": "báo cáo gửi muộn", "missing": "báo cáo không gửi", "early": "báo cáo gửi sớm"}
MODEL_COUNTS = {
    "registered": "mô hình đã đăng ký",
    "newly_registered": "mô hình đăng ký mới",
    "recognised": "mô hình được công nhận",
    "effective": "mô hình hoạt động hiệu quả",
    "replicated": "mô hình được nhân rộng",
}
LEVELS = {"co_so": "cấp cơ sở", "huyen": "cấp huyện", "tinh": "cấp tỉnh", "trung_uong": "cấp trung ương"}


@dataclass(frozen=True)
class RuleText:
    """``title`` says what is counted, ``facts`` the parameters, ``steps`` (condition, points) of bands and options,
    ``grid`` the rows of a two-way table (row, its steps), ``notes`` every further condition."""

    title: str
    kind: str
    description: str
    role: str
    facts: tuple[tuple[str, str], ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    grid: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def aside(self) -> str:
        """The kind and the role, where the title does not say them already."""
        kind = self.kind.lower() if self.title != self.kind else ""
        return "; ".join(filter(None, (kind, self.role if self.role != ROLE_LABELS["earn"] else "")))


def rule_text(rule: Rule, indicators: Mapping[str, str] | None = None) -> RuleText:
    """``indicators``: code → name, for the sentences about sources."""
    facts: list[tuple[str, str]] = []
    steps: list[tuple[str, str]] = []
    grid: list[tuple[str, tuple[tuple[str, str], ...]]] = []
    for param in rule.params:
        value = getattr(rule, param.name)
        match param.type:
            case ParamType.BANDS:
                steps += band_steps(value)
            case ParamType.OPTIONS:
                steps += [(option.label or option.key, _points(option.points)) for option in _options(value)]
            case ParamType.ROWS:
                grid += [(_capital(row.text()), tuple(band_steps(row.bands))) for row in _rows(value)]
            case _:
                facts += _fact(param, value)
    return RuleText(
        title=rule.label or rule.title_vi,
        kind=rule.title_vi,
        description=rule.description_vi,
        role=ROLE_LABELS[rule.role],
        facts=tuple(facts),
        steps=tuple(steps),
        grid=tuple(grid),
        notes=tuple(_notes(rule, indicators or {})),
    )


def band_steps(bands: Sequence[Band]) -> list[tuple[str, str]]:
    return [(_capital(bounds_text(band)), _points(band.points)) for band in bands]


def bounds_text(bounds: Bounds) -> str:
    return bounds.text()


def _options(value: object) -> tuple[Option, ...]:
    return value if isinstance(value, tuple) else ()


def _rows(value: object) -> tuple[Row, ...]:
    return value if isinstance(value, tuple) else ()


def _fact(param: Param, value: object) -> list[tuple[str, str]]:
    if value is None or value is False or (value == param.default and not param.required):
        return []
    if isinstance(value, bool):
        return [(param.label, "có")]
    text = vietnamese(value) if isinstance(value, Decimal | int) else str(value)
    return [(param.label, text)]


def _notes(rule: Rule, indicators: Mapping[str, str]) -> list[str]:
    notes = []
    if rule.cap is not None:
        notes.append(f"Tối đa {vietnamese(rule.cap)} điểm.")
    if rule.group:
        notes.append(f"Trong nhóm “{rule.group}” chỉ tính mức cao nhất.")
    if rule.requires == "full_base":
        notes.append("Chỉ tính khi tiêu chí đạt đủ điểm chuẩn và không bị trừ.")
    elif rule.requires:
        notes.append(f"Chỉ tính khi có điểm ở: {', '.join(rule.requires)}.")
    if rule.unless_input is not None:
        notes.append(f"Không tính khi: {rule.unless_input.label or rule.unless_input.code}.")
    if rule.unless_rules:
        notes.append(f"Không tính khi đã có điểm ở: {', '.join(rule.unless_rules)}.")
    if rule.input:
        notes.append(f"Dùng cùng số liệu với {rule.input}.")
    if rule.verified_only:
        notes.append("Chỉ chấm khi thẩm định.")
    if rule.source:
        notes.append(f"Số liệu lấy từ: {source_text(rule.source, indicators)}.")
    if rule.note is not None:
        notes.append(f"Ghi chú: {rule.note}")
    return notes


def source_text(source: Mapping[str, object], indicators: Mapping[str, str]) -> str:
    """Where the portal gets the input by itself, in words."""
    if "row" in source or "column" in source:
        words = {"row": "hàng", "column": "cột"}
        parts = {key: source.get(key) for key in words}
        return "; ".join(
            f"{words[key]}: {source_text(part, indicators)}" for key, part in parts.items() if isinstance(part, Mapping)
        )
    if "indicator" in source:
        text = f"chỉ số {_indicator(source['indicator'], indicators)}"
        of = source.get("of")
        if of == SOURCE_TARGET:
            return f"{text}, so với chỉ tiêu trong giao ước"
        return f"{text}, so với chỉ số {_indicator(of, indicators)}" if of else text
    if "reports" in source:
        text = f"số {REPORT_COUNTS.get(str(source['reports']), source['reports'])}"
        for key, word in (("days", "ngày"), ("working_days", "ngày làm việc")):
            text += f" từ {source[key]} {word}" if key in source else ""
        return f"{text} (mẫu {source['form']})" if "form" in source else text
    text = f"số {MODEL_COUNTS.get(str(source.get('models')), source.get('models'))}"
    return f"{text}, {LEVELS.get(str(source['level']), source['level'])}" if "level" in source else text


def _indicator(code: object, indicators: Mapping[str, str]) -> str:
    name = indicators.get(str(code))
    return f"“{name}” ({code})" if name else f"{code}"


def _points(points: Decimal) -> str:
    return f"{vietnamese(points)} điểm"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
