"""Kinds of units that an import may bring into an empty portal; afterwards they are rows that the province edits."""

import datetime
from typing import Any

from units.models import UnitKind

# Names and order: glossary §1. The district level ended on 30/6/2025 (law.md R-00); đặc khu began on 1/7/2025.
_DISTRICT_ENDED = datetime.date(2025, 6, 30)
STANDARD_KINDS: dict[str, dict[str, Any]] = {
    "tinh": {"name": "Tỉnh", "order": 10},
    "thanh_pho": {"name": "Thành phố trực thuộc trung ương", "order": 11},
    "ban": {"name": "Ban", "order": 20, "is_organ": True},
    "phong": {"name": "Phòng", "order": 21, "is_organ": True},
    "so": {"name": "Sở, ban, ngành", "order": 30},
    "mttq": {"name": "Mặt trận Tổ quốc", "order": 31},
    "doan_the": {"name": "Đoàn thể", "order": 32},
    "dang_uy": {"name": "Đảng ủy trực thuộc", "order": 33},
    "llvt": {"name": "Lực lượng vũ trang", "order": 34},
    "huyen": {"name": "Huyện", "order": 40, "valid_to": _DISTRICT_ENDED},
    "phuong": {"name": "Phường", "order": 50},
    "xa": {"name": "Xã", "order": 51},
    "dac_khu": {"name": "Đặc khu", "order": 52, "valid_from": datetime.date(2025, 7, 1)},
    "chi_bo": {"name": "Chi bộ", "order": 60},
}


def ensure_kind(code: str) -> UnitKind:
    """The kind of that code, made from the standard table when the portal does not have it yet. KeyError if unknown."""
    kind = UnitKind.objects.filter(code=code).first()
    return kind or UnitKind.objects.create(code=code, **STANDARD_KINDS[code])
