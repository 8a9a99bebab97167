"""The demonstration tells what happened on other days: services run under a clock set to that day."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


def moment(day: datetime.date, hour: int = 9, minute: int = 0) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=timezone.get_default_timezone())


@contextmanager
def told_on(day: datetime.date, hour: int = 9) -> Iterator[None]:
    """Stamps, audit lines and messages written inside carry this day."""
    with mock.patch("django.utils.timezone.now", return_value=moment(day, hour)):
        yield
