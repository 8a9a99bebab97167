"""Who may read a document: whoever may read its record, nobody else."""

import pytest
from django.http import Http404

from dvk_portal.core.documents.access import documents_for, get_document_or_404, may_read
from dvk_portal.core.models import Document
from tests.pledges.pledge_steps import agreed


@pytest.fixture
def documents(world):
    """One document each of the communes An and Bình."""
    first = agreed(world).document
    second = agreed(world, world.other_commune, world.other_editor, world.other_leader).document
    return first, second


def test_a_document_is_read_by_those_who_may_read_its_record(world, documents):
    an, binh = documents

    seen = {
        name: sorted(documents_for(user).values_list("pk", flat=True))
        for name, user in world.everybody().items()
        if name in ("editor", "other_leader", "verifier", "director", "viewer", "admin", "stranger")
    }

    assert seen == {
        "editor": [an.pk],
        "other_leader": [binh.pk],
        "verifier": [an.pk, binh.pk],
        "director": [an.pk, binh.pk],
        "viewer": [an.pk, binh.pk],
        "admin": [],
        "stranger": [],
    }


def test_asking_for_one_document_answers_as_the_list_does(world, documents):
    an, binh = documents

    assert may_read(world.editor, an) is True
    assert may_read(world.editor, binh) is False
    assert get_document_or_404(world.editor, an.pk) == an
    with pytest.raises(Http404):
        get_document_or_404(world.editor, binh.pk)


def test_a_document_of_a_kind_that_this_version_does_not_know_is_nobodys(world, documents):
    an, _ = documents
    Document.objects.filter(pk=an.pk).update(kind="of_a_later_version")

    assert may_read(world.director, an) is False


def test_a_record_of_another_kind_with_the_same_number_opens_nothing(world, documents):
    an, _ = documents
    Document.objects.filter(pk=an.pk).update(record_type="pledges.quarterlyreport")

    assert may_read(world.editor, an) is False


def test_reading_the_list_costs_one_query_beside_the_rights(world, documents, django_assert_num_queries):
    documents_for(world.viewer)

    with django_assert_num_queries(1):
        list(documents_for(world.viewer))
