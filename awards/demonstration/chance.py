"""Repeatable chance: the same words always give the same numbers, whatever the order of the calls."""

import random
from collections.abc import Sequence
from typing import Any

SEED = "dvk-2026"


def dice(*words: object) -> random.Random:
    """A generator named by ``words``."""
    return random.Random(":".join([SEED, *map(str, words)]))


def pick(weights: Sequence[tuple[Any, int]], *words: object) -> Any:
    """One of the values, as often as its weight says."""
    return dice(*words).choices([value for value, _ in weights], [weight for _, weight in weights])[0]


_FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Huỳnh",
    "Phan",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Lâm",
    "Trương",
]
_MIDDLE_M = ["Văn", "Hữu", "Minh", "Quốc", "Thanh", "Hoàng", "Đức", "Công", "Trung"]
_MIDDLE_F = ["Thị", "Ngọc", "Thị Kim", "Thị Thanh", "Bích", "Thị Mỹ", "Thu", "Hồng"]
_GIVEN_M = [
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Hải",
    "Hậu",
    "Khoa",
    "Lộc",
    "Nghĩa",
    "Phúc",
    "Sơn",
    "Tâm",
    "Thiện",
    "Toàn",
    "Việt",
]
_GIVEN_F = [
    "Anh",
    "Châu",
    "Dung",
    "Hà",
    "Hạnh",
    "Hương",
    "Lan",
    "Mai",
    "Nga",
    "Oanh",
    "Phượng",
    "Thảo",
    "Trang",
    "Tuyết",
    "Yến",
]


def invented_name(*words: object) -> str:
    """A name that belongs to nobody in particular."""
    chance = dice("name", *words)
    if chance.random() < 0.5:
        return f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE_M)} {chance.choice(_GIVEN_M)}"
    return f"{chance.choice(_FAMILY)} {chance.choice(_MIDDLE_F)} {chance.choice(_GIVEN_F)}"
