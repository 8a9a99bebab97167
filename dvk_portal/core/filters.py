"""Filters shared by the lists of several apps."""

from typing import Any

import django_filters

from dvk_portal.core.forms import DateField


class DayFilter(django_filters.DateFilter):
    """A day in a filter bar; the long hint of forms would not fit there."""

    field_class = DateField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"help_text": "Ví dụ 05/11/2026", **options})
