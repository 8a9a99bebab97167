"""A hundred and twenty models or two thousand five hundred: the pages of the register ask the database as often."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pledges.models import ExemplaryModel, PublicationConsent
from tests.factories import standard_field, standard_level

PAGES = ("model-list", "model-analysis", "model-analysis-units", "gallery")


def fill(unit, first, count):
    """Public, recognised models of ``unit``, made in a few statements."""
    rows = ExemplaryModel.objects.bulk_create(
        ExemplaryModel(
            unit=unit, code=f"vol{number:08d}", register_no=f"{number}/vol", status="recognised", subject_kind="collective",
            name=f"Tổ dân vận số {number}", subject="Chi bộ", place="Ấp Một", field=standard_field("economy"),
            target_level=standard_level("co_so"), registered_on=datetime.date(2026, 1, 5), registered_at=timezone.now(),
            search_key=f"to dan van so {number}", public_search_key=f"to dan van so {number}", is_public=True,
            published_at=timezone.now(), story="Cả ấp cùng làm.",
        )
        for number in range(first, first + count)
    )  # fmt: skip
    PublicationConsent.objects.bulk_create(
        PublicationConsent(model=row, given_by="Đại diện", capacity="Chi ủy", given_on=datetime.date(2026, 1, 6))
        for row in rows
    )


@pytest.mark.parametrize("size", [25, 100])
def test_the_pages_cost_the_same_queries_with_120_and_with_2520_models(size, province, sign_in):
    client = sign_in(province.verifier)
    queries = {}
    # More than a page of rows at the start, so that both times paging is drawn.
    for first, count in ((0, 120), (120, 2_400)):
        fill(province.commune, first, count)
        for name in PAGES:
            client.get(reverse(name), {"size": size})
            with CaptureQueriesContext(connection) as asked:
                assert client.get(reverse(name), {"size": size}).status_code == 200
            queries.setdefault(name, []).append(len(asked))

    assert {name: few for name, (few, _) in queries.items()} == {name: many for name, (_, many) in queries.items()}
