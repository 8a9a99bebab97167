"""Sections and tables of the reports: words around the figures that the services give."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from campaigns.models import Cluster, ReportingPeriod
from campaigns.models.indicator import Chapter
from dvk_portal.core.documents.content import Annex, Section, Table
from dvk_portal.core.numbers import format_number
from pledges.documents import columns as columns_of
from pledges.documents.wording import body_on, campaign_words, launching, measure_words, name_on, period_words, plain
from pledges.models import QuarterlyReport
from pledges.services.provincedocuments import Gathered, LineGroup, Owing, PeriodFigures, Turnout
from pledges.services.reportdocuments import Narrative, ReportGroup, WrittenReport

ROMAN = ("I", "II", "III", "IV", "V")
# Chapters of the second and third part; the first holds the figures and what is left.
_PARTS: list[tuple[str, tuple[str, ...]]] = [
    ("KHÓ KHĂN, HẠN CHẾ", (Chapter.DIFFICULTIES,)),
    ("PHƯƠNG HƯỚNG, KIẾN NGHỊ", (Chapter.DIRECTION, Chapter.PROPOSALS)),
]
_RESULTS = (Chapter.RESULTS, Chapter.MODELS)
_Text = TypeVar("_Text", Narrative, Gathered)
# A table takes so many clusters side by side on lying paper.
_SIDE_BY_SIDE = 10


# --- of one unit ----------------------------------------------------------------------------------------------------
def opening(report: QuarterlyReport, day: datetime.date) -> Section:
    row, period = report.participation, report.period
    owner = name_on(row.campaign.owner, day)
    text = (
        f"Thực hiện {launching(row.campaign)} của {owner} về phát động {campaign_words(row.campaign)}, "
        f"{body_on(row.unit, day)} báo cáo kết quả {period_words(period)} (số liệu từ ngày {period.data_from:%d/%m/%Y} "
        f"đến ngày {period.data_to:%d/%m/%Y}) như sau:"
    )
    return Section(paragraphs=[text])


def unit_sections(report: WrittenReport) -> list[Section]:
    """I. results (a table per group, then the texts on results); II. difficulties; III. direction, recommendations."""
    by_group: dict[int, list[Narrative]] = {}
    for row in report.narratives:
        if not row.indicator.chapter:
            by_group.setdefault(row.indicator.group_id, []).append(row)
    sections = [Section("I. KẾT QUẢ THỰC HIỆN")]
    for place, group in enumerate(report.groups, 1):
        texts = by_group.pop(group.group.pk, [])
        table = _unit_table(group, with_year_ago=report.has_year_ago)
        sections.append(Section(f"{place}. {group.group.title}", paragraphs=_told(texts), tables=[table]))
    rest = [row for rows in by_group.values() for row in rows]
    results = rest + [row for row in report.narratives if row.indicator.chapter in _RESULTS]
    if results:
        sections.append(Section(f"{len(report.groups) + 1}. Kết quả nổi bật, cách làm hay", paragraphs=_told(results)))
    if report.corrected:
        sections.append(Section(paragraphs=[_corrected(report.corrected)]))
    for title, texts in _parts(report.narratives):
        sections.append(Section(title, paragraphs=_told(texts)))
    return sections


def _parts(narratives: Sequence[_Text]) -> Iterator[tuple[str, list[_Text]]]:
    """The parts after the results, numbered; those of which the form asks nothing are left out."""
    numbers = iter(ROMAN[1:])
    for title, chapters in _PARTS:
        if texts := [row for row in narratives if row.indicator.chapter in chapters]:
            yield f"{next(numbers)}. {title}", texts


def _corrected(count: int) -> str:
    return (
        f"Ghi chú: số liệu trong báo cáo là số đơn vị đã gửi; cơ quan thẩm định đã điều chỉnh {count} mục của kỳ này. "
        "Số kỳ trước và số cộng dồn của các kỳ trước lấy theo kết quả thẩm định."
    )


def _told(texts: Iterable[Narrative]) -> list[str]:
    return [
        f"{row.indicator.label}: {row.text or ('không có.' if row.nothing else 'đơn vị không nêu.')}" for row in texts
    ]


def _unit_table(group: ReportGroup, *, with_year_ago: bool) -> Table:
    columns = columns_of.unit_figures(with_year_ago=with_year_ago)
    rows, values = [], []
    for place, line in enumerate(group.lines, 1):
        figures = [*([line.year_ago] if with_year_ago else []), line.last, line.now, line.so_far]
        rows.append([str(place), line.indicator.name, measure_words(line.indicator), *(row.words for row in figures)])
        values.append([None, None, None, *(plain(row.value) for row in figures)])
    return Table("", columns, rows, values=values)


_INCOMPARABLE = (
    "Trong các bảng dưới đây, dấu – ở cột tăng, giảm cho biết số đơn vị được tổng hợp kỳ này ít hơn nhiều so với kỳ trước "
    "nên chưa so sánh được hai kỳ."
)


# --- of the province ------------------------------------------------------------------------------------------------
def province_opening(
    period: ReportingPeriod, day: datetime.date, stage: str | None, now: datetime.datetime, whole: Turnout
) -> Section:
    campaign = period.campaign
    text = (
        f"Thực hiện {launching(campaign)} về phát động {campaign_words(campaign)}, {name_on(campaign.owner, day)} "
        f"tổng hợp kết quả {period_words(period)} của các đơn vị (số liệu từ ngày {period.data_from:%d/%m/%Y} đến ngày "
        f"{period.data_to:%d/%m/%Y}) như sau:"
    )
    scope = (
        f"Báo cáo chỉ gồm số liệu đã thẩm định ({whole.verified}/{whole.units} đơn vị đã thẩm định xong)"
        if stage
        else "Báo cáo gồm mọi số liệu các đơn vị đã gửi, kể cả số chưa thẩm định "
        f"({whole.verified}/{whole.units} đơn vị đã thẩm định xong)"
    )
    return Section(paragraphs=[text, f"{scope}, lấy lúc {now:%H:%M} ngày {now:%d/%m/%Y}."])


def province_sections(figures: PeriodFigures, whole: Turnout, clusters: Sequence[Turnout]) -> list[Section]:
    narratives = figures.narratives()
    sections = [Section("I. KẾT QUẢ THỰC HIỆN"), _turnout_section(whole, clusters)]
    if any(line.is_incomparable for group in figures.groups for line in group.lines):
        sections.append(Section(paragraphs=[_INCOMPARABLE]))
    for place, group in enumerate(figures.groups, 2):
        sections.append(Section(f"{place}. {group.group.title}", tables=[_province_table(group, figures)]))
    elsewhere = {chapter for _, chapters in _PARTS for chapter in chapters}
    sections += [_gathered_section(row) for row in narratives if row.indicator.chapter not in elsewhere]
    for title, texts in _parts(narratives):
        sections += [Section(title), *map(_gathered_section, texts)]
    return sections


def _turnout_section(whole: Turnout, clusters: Sequence[Turnout]) -> Section:
    share = f" ({format_number(round(100 * whole.sent / whole.units, 1), 1)}%)" if whole.units else ""
    text = (
        f"{whole.sent}/{whole.units} đơn vị đã gửi báo cáo{share}: {whole.on_time} đúng hạn, {whole.late} trễ hạn; "
        f"{whole.missing} đơn vị chưa gửi, {whole.returned} đơn vị được trả lại và chưa gửi lại. "
        f"Đã thẩm định xong {whole.verified} báo cáo."
    )
    rows = [[row.name, *map(str, _counts(row))] for row in (*clusters, whole)]
    values = [[None, *map(str, _counts(row))] for row in (*clusters, whole)]
    table = Table("", columns_of.TURNOUT, rows, strong=[len(clusters)], values=values)
    return Section("1. Tình hình thực hiện chế độ báo cáo", paragraphs=[text], tables=[table])


def _counts(row: Turnout) -> tuple[int, ...]:
    return row.units, row.on_time, row.late, row.missing, row.returned, row.verified


def _province_table(group: LineGroup, figures: PeriodFigures) -> Table:
    columns = columns_of.province_figures(with_year_ago=figures.has_year_ago, with_last=figures.has_last)
    rows, values = [], []
    for place, line in enumerate(group.lines, 1):
        cells = [
            *([line.year_ago] if figures.has_year_ago else []),
            *([line.last] if figures.has_last else []),
            line.now,
        ]
        change = [line.change_words] if figures.has_last else []
        counted = f"{line.now.reported}/{line.now.expected}"
        words = [*(cell.words for cell in cells), *change, line.so_far.words, counted]
        rows.append([str(place), line.indicator.name, measure_words(line.indicator), *words])
        numbers = [*(plain(cell.value) for cell in cells), *([plain(line.change)] if figures.has_last else [])]
        values.append([None, None, None, *numbers, plain(line.so_far.value), None])
    return Table("", columns, rows, values=values)


def _gathered_section(row: Gathered) -> Section:
    """The units' texts under one heading; how many wrote none is said, so that silence is not read as agreement."""
    if not row.texts:
        return Section(row.indicator.name, paragraphs=["Không đơn vị nào nêu nội dung."])
    silent = f"{row.units} đơn vị có nội dung; {row.silent} đơn vị không nêu hoặc chưa được tổng hợp."
    return Section(row.indicator.name, paragraphs=[silent], items=[_said_by(units, text) for units, text in row.texts])


def _said_by(units: Sequence[str], text: str) -> str:
    if len(units) == 1:
        return f"{units[0]}: {text}"
    return f"{text.rstrip('.')} ({len(units)} đơn vị: {', '.join(units)})."


def province_annexes(figures: PeriodFigures, owing: Sequence[Owing]) -> list[Annex]:
    annexes = []
    title = f"SỐ LIỆU {figures.period.name.upper()} THEO CỤM, KHỐI"
    if len(figures.clusters) > 1:
        annexes.append(
            Annex(
                "Phụ lục I",
                title,
                [_cluster_section(figures)],
                landscape=True,
            )
        )
    if owing:
        label = f"Phụ lục {ROMAN[len(annexes)]}"
        annexes.append(Annex(label, "ĐƠN VỊ CHƯA GỬI BÁO CÁO", [_owing_table(owing)], landscape=True))
    return annexes


def _cluster_section(figures: PeriodFigures) -> Section:
    """Indicators down, clusters across, the province last; more clusters than a page takes go into further tables."""
    parts = [figures.clusters[at : at + _SIDE_BY_SIDE] for at in range(0, len(figures.clusters), _SIDE_BY_SIDE)]
    return Section(tables=[_cluster_table(figures, clusters) for clusters in parts])


def _cluster_table(figures: PeriodFigures, clusters: Sequence[Cluster]) -> Table:
    columns = columns_of.by_cluster([row.name for row in clusters])
    rows: list[list[str]] = []
    values: list[list[str | None]] = []
    strong: list[int] = []
    for group in figures.groups:
        strong.append(len(rows))
        rows.append(["", group.group.title.upper(), *[""] * (len(columns) - 2)])
        values.append([None] * len(columns))
        for place, line in enumerate(group.lines, 1):
            cells = [*(line.by_cluster[row.pk] for row in clusters), line.now]
            rows.append([str(place), line.indicator.name, measure_words(line.indicator), *(one.words for one in cells)])
            values.append([None, None, None, *(plain(one.value) for one in cells)])
    return Table("", columns, rows, strong=strong, values=values)


# --- who has not reported -------------------------------------------------------------------------------------------
def owing_sections(owing: Sequence[Owing], now: datetime.datetime) -> list[Section]:
    moment = f"Tính đến {now:%H:%M} ngày {now:%d/%m/%Y}"
    if not owing:
        return [Section(paragraphs=[f"{moment}, tất cả các đơn vị đã gửi báo cáo."])]
    returned = sum(row.returned for row in owing)
    text = f"{moment}, {len(owing) - returned} đơn vị chưa gửi báo cáo, {returned} đơn vị được trả lại và chưa gửi lại."
    return [Section(paragraphs=[text]), _owing_table(owing)]


def _owing_table(owing: Sequence[Owing]) -> Section:
    rows = [
        [
            str(place),
            row.unit,
            row.cluster,
            "Chưa gửi lại" if row.returned else "Chưa gửi",
            f"{row.due_on:%d/%m/%Y}",
            str(row.days_late) if row.days_late > 0 else "chưa đến hạn",
            str(row.reminders),
            row.contact or "chưa có",
        ]
        for place, row in enumerate(owing, 1)
    ]
    numbers = [[str(row.days_late) if row.days_late > 0 else None, str(row.reminders)] for row in owing]
    return Section(tables=[Table("", columns_of.OWING, rows, values=[[*[None] * 5, *pair, None] for pair in numbers])])
