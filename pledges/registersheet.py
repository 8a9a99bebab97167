"""The register of models as an Excel file in the office's layout."""

from collections.abc import Iterable

from django.utils import timezone

from dvk_portal.core.sheets import Book
from pledges.models import ExemplaryModel

_COLUMNS = [
    ("TT", 6), ("Số đăng ký", 16), ("Tên mô hình, điển hình", 46), ("Loại", 11), ("Tập thể, cá nhân", 11),
    ("Thực hiện bởi", 30), ("Đơn vị", 26), ("Nơi thực hiện", 24), ("Lĩnh vực", 24), ("Nhãn", 24), ("Đăng ký cấp", 14),
    ("Ngày đăng ký", 13), ("Trạng thái", 17), ("Phong trào", 34), ("Công khai", 10),
]  # fmt: skip


def register_book(rows: Iterable[ExemplaryModel]) -> bytes:
    """One line per model of ``rows``, a queryset in the order of the list."""
    book = Book()
    note = f"Số liệu lúc {timezone.localtime():%H:%M ngày %d/%m/%Y}"
    page = book.sheet("Sổ mô hình", "SỔ MÔ HÌNH, ĐIỂN HÌNH “DÂN VẬN KHÉO”", note, [width for _, width in _COLUMNS])
    for column, (label, _) in enumerate(_COLUMNS):
        book.text(page, 3, column, label, book.head)
    public = set(ExemplaryModel.objects.public().values_list("pk", flat=True))
    row = 3
    for row, model in enumerate(rows.prefetch_related("tags"), 4):
        page.write_number(row, 0, row - 3, book.centre)
        for column, value in enumerate(_words(model, model.pk in public), 1):
            book.text(page, row, column, value)
    page.autofilter(3, 0, max(row, 3), len(_COLUMNS) - 1)
    page.freeze_panes(4, 3)
    page.repeat_rows(3)
    return book.close()


def _words(model: ExemplaryModel, is_public: bool) -> list[str]:
    return [
        model.register_no, model.name, model.get_kind_display(), model.get_subject_kind_display(), model.subject,
        model.unit.name, model.place, model.field.name, ", ".join(tag.name for tag in model.tags.all()),
        model.target_level.name, f"{model.registered_on:%d/%m/%Y}" if model.registered_on else "",
        model.get_status_display(), model.campaign.title if model.campaign else "", "có" if is_public else "",
    ]  # fmt: skip
