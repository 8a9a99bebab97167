"""One verdict on many dossiers: done by a worker, one by one, with what came of each (never all or nothing)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied

from awards.models import Nomination
from awards.services.nominations.appraisal import confirm_complete, find_eligible
from dvk_portal.core import jobs
from dvk_portal.core.documents.content import digest
from dvk_portal.core.exceptions import DomainError

BATCH_JOB = "awards.appraise"
MAX_ROWS = 500
# What may be done to many; a verdict that needs a reason of its own is not among them.
ACTS = {"complete": "Xác nhận đủ hồ sơ", "eligible": "Kết luận đủ điều kiện"}


def ask_for_batch(act: str, ids: Sequence[int], *, actor: Any) -> jobs.Job:
    """Queue ``act`` for these dossiers; rights are asked again for each when it is done."""
    if not actor.has_perm("award.appraise"):
        raise PermissionDenied
    if act not in ACTS:
        raise DomainError("Hãy chọn việc cần làm.")
    if not ids:
        raise DomainError("Hãy đánh dấu ít nhất một hồ sơ.")
    if len(ids) > MAX_ROWS:
        raise DomainError(f"Mỗi lần xử lý tối đa {MAX_ROWS} hồ sơ. Hãy chọn ít hơn.")
    ids = sorted(set(ids))
    params = {"act": act, "ids": ids}
    key = f"{actor.pk}:{digest(params)}"
    return jobs.queue(BATCH_JOB, key, params=params, title=f"{ACTS[act]}: {len(ids)} hồ sơ", owner=actor)


@jobs.handler(BATCH_JOB)
def run_batch(progress: jobs.Progress) -> str:
    """Safe to run twice: what an attempt that broke off has done is told as done."""
    owner = progress.job.owner
    if owner is None:
        raise DomainError("Không còn người yêu cầu việc này.")
    act, target = _DOING[progress.params["act"]]
    found = Nomination.objects.visible_to(owner).select_related("award_type").in_bulk(progress.params["ids"])
    rows = []
    for place, pk in enumerate(progress.params["ids"], 1):
        record = found.get(pk)
        if record is not None:
            rows.append(_one(act, target, record, owner))
        progress.report(place, len(progress.params["ids"]))
    progress.keep(result={"rows": rows})
    done = sum(row["done"] for row in rows)
    return f"Đã xử lý {done} trên {len(rows)} hồ sơ."


def _confirm(record: Nomination, actor: Any) -> None:
    confirm_complete(record, actor=actor)


def _find(record: Nomination, actor: Any) -> None:
    find_eligible(record, actor=actor)


_DOING = {"complete": (_confirm, Nomination.Status.COMPLETE), "eligible": (_find, Nomination.Status.ELIGIBLE)}


def _one(act: Callable[[Nomination, Any], None], target: str, record: Nomination, actor: Any) -> dict[str, Any]:
    line = {"pk": record.pk, "name": record.name, "award": record.award_type.name, "url": record.get_absolute_url()}
    if record.status == target:
        return {**line, "done": True, "text": ""}
    try:
        act(record, actor)
    except DomainError as error:
        return {**line, "done": False, "text": " ".join([error.message, *error.findings])}
    except PermissionDenied:
        return {**line, "done": False, "text": "Bạn không thẩm định hồ sơ của đơn vị này."}
    return {**line, "done": True, "text": ""}
