"""Annex on models: the list that a decision recognises."""

from typing import Any

from django.utils import timezone

from dvk_portal.core.documents.content import Content, Section, Table
from dvk_portal.core.documents.kinds import register
from pledges.documents import columns, samples
from pledges.models import Recognition, RecognitionBatch
from pledges.models.exemplary_model import SubjectKind
from pledges.services.exemplary.batches import in_order, included
from pledges.services.exemplary.candidates import may_decide
from pledges.services.recorddocuments import RecordDocument
from units.models import Unit
from units.services.issuing import heading_of

DRAFT = "DỰ THẢO"
_DECIDED = RecognitionBatch.Status.DECIDED


@register
class RecognitionListDocument(RecordDocument):
    """Danh sách mô hình được công nhận: annex of the decision, in the order of the certificates' numbers."""

    code = "recognised_models"
    title = "Danh sách mô hình được công nhận"
    purpose = "Tên mô hình, tập thể hoặc cá nhân, đơn vị, lĩnh vực, số giấy chứng nhận; kèm theo quyết định công nhận."
    act_label = "Lập danh sách"
    maker = "Người ghi quyết định lập danh sách này, sau khi có quyết định."
    record = RecognitionBatch

    def content(self, record: RecognitionBatch) -> Content:
        decided = record.status == _DECIDED
        day = record.decision_date if decided else timezone.localdate()
        return Content(
            kind=self.code,
            title="DANH SÁCH",
            subject=f"Mô hình, điển hình “Dân vận khéo” được công nhận {record.level.name.lower()} năm {record.year}",
            heading=heading_of(record.unit, day),
            annex="Phụ lục" if decided else DRAFT,
            landscape=True,
            sections=[Section(paragraphs=[_ground(record)], tables=[_table(_rows(record))])],
            facts={"state": self.state_of(record)},
        )

    def sample(self) -> Content:
        return samples.recognised_models()

    def issuer(self, record: RecognitionBatch) -> Unit:
        return record.unit

    def may_issue(self, user: Any, record: RecognitionBatch) -> bool:
        return may_decide(user, record)

    def obstacles(self, record: RecognitionBatch) -> list[str]:
        if record.status == _DECIDED:
            return []
        return ["Đợt chưa có quyết định nên danh sách này là dự thảo, chỉ xem trước được. Hãy ghi quyết định trước."]

    def state_of(self, record: RecognitionBatch) -> str:
        return f"{record.status} {record.decided_at}" if record.status == _DECIDED else "draft"


def _ground(batch: RecognitionBatch) -> str:
    if batch.status == _DECIDED:
        return f"(Kèm theo Quyết định {batch.decision_no} ngày {batch.decision_date:%d/%m/%Y})"
    now = timezone.localtime()
    return f"Dự thảo, lấy lúc {now:%H:%M} ngày {now:%d/%m/%Y}; danh sách còn có thể thay đổi đến khi có quyết định."


def _rows(batch: RecognitionBatch) -> list[Recognition]:
    if batch.status != _DECIDED:
        return in_order(batch, included(batch), timezone.localdate())
    rows = batch.recognitions.exclude(certificate_no="").select_related("model__field", "model__unit")
    return in_snapshot(rows)


def in_snapshot(rows: Any) -> list[Recognition]:
    """By the running number of the certificate: "100/GCN" after "99/GCN"."""
    return sorted(rows, key=lambda row: (len(row.certificate_no), row.certificate_no))


def _table(rows: list[Recognition]) -> Table:
    lines = [
        [
            str(place), row.name, f"{row.subject} ({SubjectKind(row.model.subject_kind).label.lower()})", row.unit_name,
            row.model.field.name, row.certificate_no,
        ]
        for place, row in enumerate(rows, 1)
    ]  # fmt: skip
    values = [[str(place), *[None] * 5] for place in range(1, len(rows) + 1)]
    collectives = sum(row.model.subject_kind == SubjectKind.COLLECTIVE for row in rows)
    note = f"Danh sách có {len(rows)} mô hình, điển hình: {collectives} tập thể, {len(rows) - collectives} cá nhân."
    return Table("", columns.RECOGNISED, lines, values=values, note=note)
