"""The order in which a pledge and its documents are locked: documents first, as signing does (lock_for_signing)."""

from django.db.models import Q

from dvk_portal.core.models import Document
from pledges.models import Amendment, Pledge
from pledges.services.proposals import lock_pledge


def lock_with_documents(pledge: Pledge) -> Pledge:
    """As ``lock_pledge``, for what signs or ends documents. A signature that arrives meanwhile waits, or is waited for."""
    own = Q(pk__in=Pledge.objects.filter(pk=pledge.pk).values("document"))
    annexes = Q(pk__in=Amendment.objects.filter(pledge=pledge.pk).values("document"))
    rows = Document.objects.select_for_update(of=("self",)).filter(own | annexes).order_by("pk")
    list(rows.values_list("pk", flat=True))
    return lock_pledge(pledge)
