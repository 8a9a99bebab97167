"""Words about models: who holds one and what comes next; what a list counts."""

from dvk_portal.core.views import Where
from pledges.models import ExemplaryModel, Field, RecognitionLevel
from pledges.models.exemplary_model import SubjectKind
from pledges.services.exemplary.counts import Counted

Status = ExemplaryModel.Status
_OWN = RecognitionLevel.DecidedBy.OWN


def place_of(model: ExemplaryModel) -> Where:
    """Who holds the model, since when, and what comes next."""
    unit = model.unit.name
    above = unit if model.target_level.decided_by == _OWN or model.unit.parent is None else model.unit.parent.name
    holder, step, since = {
        Status.DRAFT: (unit, "Soạn đủ nội dung, rồi lãnh đạo đơn vị đăng ký", model.created_at),
        Status.REGISTERED: (
            above,
            f"Khảo sát thực tế, thẩm định ({model.target_level.name.lower()})",
            model.registered_at,
        ),
        Status.MORE_INFORMATION: (unit, "Bổ sung theo yêu cầu, rồi lãnh đạo đơn vị gửi lại", model.returned_at),
        Status.APPRAISED: (above, "Đưa vào đợt công nhận", None),
        Status.RECOGNISED: (unit, "Duy trì; được rà soát hằng năm", None),
        Status.NOT_RECOGNISED: (unit, "Sửa lại rồi đăng ký lại, hoặc rút", None),
        Status.MAINTAINED: (unit, "Duy trì; được rà soát hằng năm", None),
        Status.TO_STRENGTHEN: (unit, "Củng cố theo kết luận rà soát", None),
        Status.EXEMPLARY: (unit, "Duy trì, giúp nơi khác học theo; được rà soát hằng năm", None),
        Status.ENDED: ("Không ai", "Mô hình đã thôi công nhận", model.ended_at),
        Status.WITHDRAWN: ("Không ai", "Mô hình đã rút khỏi sổ", model.ended_at),
    }[Status(model.status)]
    return Where(holder, step, since, None, model)


_COUNTS = {
    "registered": "Mô hình có trong sổ ngày {den}",
    "effective": "Mô hình đang có hiệu quả ngày {den}",
    "newly_registered": "Mô hình đăng ký mới từ {tu} đến {den}",
    "appraised": "Mô hình được thẩm định đạt từ {tu} đến {den}",
    "proposed": "Mô hình được đề nghị công nhận từ {tu} đến {den}",
    "recognised": "Mô hình được công nhận từ {tu} đến {den}",
    "replicated": "Mô hình được đơn vị khác nhân rộng từ {tu} đến {den}",
}


def words_of(counted: Counted, total: int, times: int | None) -> str:
    """What the list counts, in a sentence; ``times`` is told where a model may be counted more than once."""
    parts = [_COUNTS[counted.measure].format(tu=f"{counted.start:%d/%m/%Y}", den=f"{counted.end:%d/%m/%Y}")]
    if counted.level:
        parts.append(_name(RecognitionLevel, counted.level))
    if counted.field:
        parts.append(f"lĩnh vực {_name(Field, counted.field)}")
    if counted.subject_kind:
        parts.append(SubjectKind(counted.subject_kind).label.lower())
    number = f"{total}" if times is None or times == total else f"{total} mô hình, {times} lượt"
    return f"{', '.join(parts)}: {number}"


def _name(catalogue: type[Field] | type[RecognitionLevel], code: str) -> str:
    row = catalogue.objects.filter(code=code).first()
    return row.name.lower() if row else f"“{code}”"
