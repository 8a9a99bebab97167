"""Each test of cycles begins with no counts of who wrote how often: the cache outlives the transaction of a test."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()
