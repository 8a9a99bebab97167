"""THE table of addresses: how each is made in a world of everything, who opens it, and what others may expect of it.

A new URL needs a row here; test_every_url.py fails until it has one and then proves the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.architecture.everything import Everything

# What another unit meets: nothing at all; a refusal; the page, without anything of An in it.
HIDDEN, REFUSED, SHARED = "404", "403", "shared"


@dataclass(frozen=True)
class Row:
    """``person`` opens it (a name of tests.personas); ``other`` is what the people of another unit meet.

    ``args`` are names of things (``"report"`` gives its pk) or literals after "=". ``page``: GET answers with a whole page
    that is looked at in the browser. ``shows``: that page holds the mark, so that it could have leaked.
    """

    person: str
    other: str
    args: tuple[str, ...] = ()
    page: bool = True
    shows: bool = False

    def path(self, name: str, made: Everything) -> str:
        return reverse(name, args=[part[1:] if part.startswith("=") else getattr(made, part).pk for part in self.args])


def _post(person: str, other: str, *args: str) -> Row:
    """An address that is only posted to."""
    return Row(person, other, args, page=False)


# Opened without signing in, on purpose: signs of life, sign-in, a forgotten password.
PUBLIC = {
    "healthz", "readyz", "favicon", "account_login", "account_logout", "account_inactive", "account_signup", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_email_verification_sent", "account_confirm_email", "account_confirm_login_code",
    "mfa_authenticate",
    # what a document is, for whoever holds it (tests/core/test_lookup.py looks for what could leak)
    "lookup", "lookup-form",
    # the public gallery of models (tests/pledges/models/test_gallery.py looks for what could leak)
    "gallery", "gallery-model", "gallery-picture", "gallery-thumbnail", "gallery-feed", "sitemap", "robots",
    # the people's vote of a contest (tests/pledges/contests/test_voting.py)
    "vote", "vote-sent", "vote-entry", "vote-confirm",
}  # fmt: skip

ROWS: dict[str, Row] = {
    # the kernel
    "components": Row("verifier", REFUSED),
    "inbox": Row("editor", SHARED, shows=True),
    "inbox-read-all": _post("editor", SHARED),
    "inbox-read": Row("editor", HIDDEN, ("notification",), page=False),
    "job-detail": Row("editor", HIDDEN, ("job",), shows=True),
    "job-cancel": _post("editor", HIDDEN, "job"),
    "job-file": Row("editor", HIDDEN, ("job",), page=False),
    "mail-sink": Row("verifier", REFUSED, page=False),
    "audit-list": Row("director", REFUSED, shows=True),
    # documents: An's pledge, frozen and waiting for signatures; the scan that was not accepted
    "document-list": Row("editor", SHARED),
    "document-detail": Row("editor", HIDDEN, ("document",), shows=True),
    "document-picture": Row("editor", HIDDEN, ("document", "=1"), page=False),
    "document-file": Row("editor", HIDDEN, ("document", "document_scan"), page=False),
    "document-word": Row("editor", HIDDEN, ("document",), page=False),
    "document-xlsx": Row("editor", HIDDEN, ("document",), page=False),
    "document-check": _post("editor", HIDDEN, "document"),
    "document-cancel": _post("director", HIDDEN, "document"),
    "document-sign": Row("leader", HIDDEN, ("document",)),
    "document-sign-consent": Row("leader", HIDDEN, ("document",), page=False),
    "document-sign-upload": Row("leader", HIDDEN, ("document",)),
    "document-sign-key": Row("leader", HIDDEN, ("document",)),
    "document-sign-token": Row("leader", HIDDEN, ("document",)),
    "document-sign-digest": Row("leader", HIDDEN, ("document",), page=False),
    "document-sign-scan": Row("leader", HIDDEN, ("document",)),
    # templates of documents hold no record; who keeps them is the office's matter
    "document-template-list": Row("director", REFUSED),
    "document-template": Row("director", REFUSED, ("=pledge",)),
    "document-template-standard": Row("director", REFUSED, ("=pledge",), page=False),
    "document-template-file": Row("director", REFUSED, ("=pledge", "=1"), page=False),
    "document-template-use": _post("director", REFUSED, "=pledge", "=1"),
    "document-template-use-standard": _post("director", REFUSED, "=pledge"),
    "document-template-preview": Row("director", REFUSED, ("=pledge",)),
    "document-template-picture": Row("director", REFUSED, ("=pledge", "=PARTY_2026", "=1"), page=False),
    "document-template-sample": Row("director", REFUSED, ("=pledge", "=PARTY_2026", "=docx"), page=False),
    "signature-confirm": _post("verifier", HIDDEN, "refused_signature"),
    "signature-refuse": _post("verifier", HIDDEN, "refused_signature"),
    # account (allauth): one's own, no record in the address
    "account": Row("editor", SHARED, shows=True),
    "mfa_index": Row("editor", SHARED),
    "mfa_activate_totp": Row("editor", SHARED, page=False),
    "mfa_deactivate_totp": Row("editor", SHARED, page=False),
    "mfa_generate_recovery_codes": Row("editor", SHARED, page=False),
    "mfa_view_recovery_codes": Row("editor", SHARED, page=False),
    "mfa_download_recovery_codes": Row("editor", SHARED, page=False),
    "mfa_reauthenticate": Row("editor", SHARED, page=False),
    "account_email": Row("editor", SHARED, page=False),
    "account_change_password": Row("editor", SHARED),
    "account_set_password": Row("editor", SHARED, page=False),
    "account_reauthenticate": Row("editor", SHARED, page=False),
    # units
    "unit-list": Row("verifier", SHARED),
    "unit-detail": Row("editor", HIDDEN, ("commune",), shows=True),
    "unit-create": Row("admin", REFUSED),
    "unit-shapes": Row("admin", REFUSED),
    "unit-rename": Row("admin", REFUSED, ("commune",)),
    "unit-move": Row("admin", REFUSED, ("commune",)),
    "unit-close": Row("admin", REFUSED, ("commune",)),
    "unit-merge": Row("admin", REFUSED, ("commune",)),
    "membership-grant": Row("admin", REFUSED, ("commune",)),
    "membership-end": Row("admin", REFUSED, ("membership",)),
    "membership-hand-over": Row("admin", REFUSED, ("membership",)),
    # how units issue documents: the register, header and symbol, delegations
    "number-list": Row("leader", SHARED, shows=True),
    "number-export": Row("leader", SHARED, page=False),
    "number-take": Row("leader", SHARED),
    "number-record": Row("leader", SHARED),
    "number-void": _post("leader", HIDDEN, "number"),
    "unit-issuing": Row("editor", HIDDEN, ("commune",)),
    "issuing-create": Row("clerk", REFUSED, ("commune",)),
    "issuing-edit": Row("clerk", REFUSED, ("issuing_body",)),
    "term-create": Row("clerk", REFUSED, ("commune",)),
    "term-edit": Row("clerk", REFUSED, ("term",)),
    "unit-delegations": Row("editor", HIDDEN, ("commune",), shows=True),
    "delegation-create": Row("leader", REFUSED, ("commune",)),
    "delegation-end": Row("leader", REFUSED, ("delegation",)),
    # campaigns: the running one is everybody's who takes part; the draft is the province's alone
    "campaign-list": Row("verifier", SHARED, shows=True),
    "campaign-create": Row("verifier", REFUSED),
    "campaign-detail": Row("verifier", HIDDEN, ("draft",), shows=True),
    "campaign-launch": Row("director", HIDDEN, ("draft",)),
    "campaign-start-scoring": _post("director", REFUSED, "campaign"),
    "campaign-reopen": _post("director", REFUSED, "scoring_campaign"),
    "campaign-archive": _post("director", REFUSED, "published_campaign"),
    "campaign-cancel": _post("director", REFUSED, "campaign"),
    "campaign-copy": Row("verifier", REFUSED, ("campaign",)),
    "campaign-basics": Row("verifier", HIDDEN, ("draft",), shows=True),
    "campaign-content": Row("verifier", HIDDEN, ("draft",), shows=True),
    "campaign-document": Row("verifier", HIDDEN, ("draft",)),
    "campaign-attachment": Row("verifier", HIDDEN, ("draft", "draft_attachment"), page=False),
    "campaign-attachment-remove": _post("verifier", HIDDEN, "draft", "draft_attachment"),
    "campaign-scheme": Row("verifier", HIDDEN, ("draft",)),
    "campaign-map": _post("verifier", HIDDEN, "draft"),
    "campaign-asked": Row("verifier", HIDDEN, ("draft",)),
    "campaign-periods": Row("verifier", HIDDEN, ("draft",)),
    "campaign-periods-renew": _post("verifier", HIDDEN, "draft"),
    "period-edit": Row("verifier", HIDDEN, ("draft", "draft_period")),
    "period-remove": _post("verifier", HIDDEN, "draft", "draft_period"),
    "campaign-roster": Row("verifier", HIDDEN, ("draft",)),
    "campaign-candidates": Row("verifier", HIDDEN, ("draft",)),
    "campaign-roster-add": _post("verifier", HIDDEN, "draft"),
    "campaign-roster-remove": _post("verifier", HIDDEN, "draft"),
    "campaign-roster-import": Row("verifier", HIDDEN, ("draft",)),
    "campaign-roster-export": Row("verifier", HIDDEN, ("draft",), page=False),
    "campaign-clusters": Row("verifier", HIDDEN, ("draft",)),
    "cluster-edit": Row("verifier", HIDDEN, ("draft", "draft_cluster")),
    "cluster-remove": _post("verifier", HIDDEN, "draft", "draft_cluster"),
    "cluster-head-end": _post("verifier", REFUSED, "campaign", "head"),
    # schemes and indicators are read by everybody with a role, written by the province
    "scheme-list": Row("verifier", SHARED),
    "scheme-create": Row("verifier", REFUSED),
    "scheme-upload": Row("verifier", REFUSED),
    "scheme-detail": Row("verifier", SHARED, ("draft_scheme",)),
    "scheme-export": Row("verifier", SHARED, ("draft_scheme",), page=False),
    "scheme-new-version": Row("verifier", REFUSED, ("draft_scheme",)),
    "scheme-publish": Row("director", REFUSED, ("draft_scheme",)),
    "scheme-retire": _post("director", REFUSED, "draft_scheme"),
    "scheme-discard": _post("verifier", REFUSED, "draft_scheme"),
    "scheme-undo": _post("verifier", REFUSED, "draft_scheme"),
    "scheme-edit": Row("verifier", REFUSED, ("draft_scheme",)),
    "scheme-edit-general": Row("verifier", REFUSED, ("draft_scheme",)),
    "scheme-section-create": Row("verifier", REFUSED, ("draft_scheme",)),
    "scheme-node-create": Row("verifier", REFUSED, ("draft_scheme", "=0")),
    "scheme-node-edit": Row("verifier", REFUSED, ("draft_scheme", "=0-0")),
    "scheme-node-move": _post("verifier", REFUSED, "draft_scheme", "=0-0"),
    "scheme-node-delete": _post("verifier", REFUSED, "draft_scheme", "=0-0"),
    "scheme-rule-create": Row("verifier", REFUSED, ("draft_scheme", "=0-0")),
    "scheme-rule-edit": Row("verifier", REFUSED, ("draft_scheme", "=0-0", "=0")),
    "scheme-rule-move": _post("verifier", REFUSED, "draft_scheme", "=0-0", "=0"),
    "scheme-rule-delete": _post("verifier", REFUSED, "draft_scheme", "=0-0", "=0"),
    "scheme-item-create": Row("verifier", REFUSED, ("draft_scheme", "=xep-loai")),
    "scheme-item-edit": Row("verifier", REFUSED, ("draft_scheme", "=xep-loai", "=0")),
    "scheme-item-move": _post("verifier", REFUSED, "draft_scheme", "=xep-loai", "=0"),
    "scheme-item-delete": _post("verifier", REFUSED, "draft_scheme", "=xep-loai", "=0"),
    "scheme-trial": Row("verifier", SHARED, ("draft_scheme", "=0-0"), page=False),
    "indicator-list": Row("verifier", SHARED),
    "indicator-create": Row("verifier", REFUSED),
    "indicator-import": Row("verifier", REFUSED),
    "indicator-export": Row("verifier", SHARED, page=False),
    "indicator-group-list": Row("verifier", SHARED),
    "indicator-group-create": Row("verifier", REFUSED),
    "indicator-group-edit": Row("verifier", REFUSED, ("indicator_group",)),
    "indicator-edit": Row("verifier", SHARED, ("flow",)),
    # dashboards and pledges
    "home": Row("editor", SHARED),
    "pledge-list": Row("verifier", SHARED),
    "pledge-sign-many": Row("director", SHARED),
    "pledge-remind": _post("verifier", REFUSED, "campaign"),
    "pledge-detail": Row("editor", HIDDEN, ("pledge",), shows=True),
    "pledge-print": Row("editor", HIDDEN, ("pledge",), page=False),
    "pledge-edit": Row("editor", HIDDEN, ("pledge",), page=False),
    "pledge-propose": _post("leader", HIDDEN, "pledge"),
    "pledge-return": _post("verifier", HIDDEN, "pledge"),
    "pledge-agree": _post("verifier", HIDDEN, "pledge"),
    "pledge-reopen": _post("verifier", HIDDEN, "pledge"),
    "pledge-withdraw": _post("leader", HIDDEN, "pledge"),
    "pledge-resume": _post("leader", HIDDEN, "pledge"),
    "pledge-supersede": _post("director", HIDDEN, "pledge"),
    "pledge-bundle": _post("verifier", REFUSED, "campaign"),
    "pledge-sign": Row("leader", HIDDEN, ("pledge",)),
    # annexes: a draft is its side's alone
    "amendment-create": Row("editor", HIDDEN, ("annexed_pledge",)),
    "amendment-detail": Row("editor", HIDDEN, ("amendment",), shows=True),
    "amendment-edit": Row("editor", HIDDEN, ("amendment",), shows=True),
    "amendment-propose": _post("leader", HIDDEN, "amendment"),
    "amendment-return": _post("leader", HIDDEN, "amendment"),
    "amendment-agree": _post("leader", HIDDEN, "amendment"),
    "amendment-withdraw": _post("leader", HIDDEN, "amendment"),
    "amendment-sign": Row("leader", HIDDEN, ("amendment",), page=False),
    # the clause library holds no unit's record; only the province keeps it
    "clause-list": Row("verifier", REFUSED),
    "clause-create": Row("verifier", REFUSED),
    "clause-edit": Row("verifier", REFUSED, ("clause",)),
    "clause-on": _post("verifier", REFUSED, "clause"),
    "clause-off": _post("verifier", REFUSED, "clause"),
    # recognition of models: An's own batch and what An proposed to the province
    "recognition-list": Row("leader", SHARED, shows=True),
    "recognition-rates": Row("leader", SHARED),
    "recognition-batch-create": Row("leader", SHARED),
    "recognition-propose": Row("leader", SHARED, shows=True),
    "recognition-withdraw": _post("leader", HIDDEN, "proposed_recognition"),
    "review-list": Row("leader", SHARED),
    "recognition-batch": Row("leader", HIDDEN, ("batch",), shows=True),
    "recognition-batch-take": _post("leader", HIDDEN, "batch"),
    "recognition-batch-drop": _post("leader", HIDDEN, "batch"),
    "recognition-batch-refuse": _post("leader", HIDDEN, "batch"),
    "recognition-batch-decide": Row("leader", HIDDEN, ("batch",), shows=True),
    "recognition-batch-cancel": _post("leader", HIDDEN, "batch"),
    "recognition-batch-file": Row("leader", HIDDEN, ("decided_batch",), page=False),
    "batch-documents": Row("leader", HIDDEN, ("batch",), shows=True),
    "batch-document-preview": Row("leader", HIDDEN, ("batch", "=danh-sach"), page=False),
    "batch-document-issue": _post("leader", HIDDEN, "batch", "=danh-sach"),
    "visit-create": Row("leader", HIDDEN, ("standing_model",), shows=True),
    "visit-minutes": Row("leader", HIDDEN, ("visit",), page=False),
    "appraisal-create": Row("leader", HIDDEN, ("standing_model",), shows=True),
    "review-create": Row("leader", HIDDEN, ("standing_model",), shows=True),
    "model-make-exemplary": _post("director", HIDDEN, "standing_model"),
    # reports
    "report-list": Row("verifier", SHARED),
    "report-detail": Row("editor", HIDDEN, ("report",), shows=True),
    "report-edit": Row("editor", HIDDEN, ("open_report",), shows=True),
    "report-cell": Row("editor", HIDDEN, ("open_report", "flow"), page=False, shows=True),
    "report-submit": Row("leader", HIDDEN, ("open_report",)),
    "report-ready": _post("editor", HIDDEN, "open_report"),
    "evidence-list": Row("editor", HIDDEN, ("open_report", "flow"), shows=True),
    "evidence-download": Row("editor", HIDDEN, ("evidence",), page=False),
    "evidence-remove": _post("editor", HIDDEN, "open_evidence"),
    "report-verify": Row("verifier", HIDDEN, ("report",), shows=True),
    "report-accept": _post("verifier", HIDDEN, "report"),
    "value-verdict": _post("verifier", HIDDEN, "report", "flow"),
    "report-return": Row("verifier", HIDDEN, ("report",)),
    "report-unverify": _post("verifier", HIDDEN, "report"),
    "report-lock": _post("director", HIDDEN, "report"),
    "report-extend": Row("verifier", HIDDEN, ("open_report",)),
    "value-correct": Row("director", HIDDEN, ("report", "flow"), page=False),
    "report-documents": Row("editor", HIDDEN, ("report",)),
    "report-document-preview": Row("editor", HIDDEN, ("report", "=bao-cao"), page=False),
    "report-document-issue": _post("leader", HIDDEN, "report", "=bao-cao"),
    "verification-queue": Row("verifier", REFUSED),
    "verification-accept": _post("verifier", REFUSED),
    # score sheets, ranking, totals
    "scoresheet-list": Row("verifier", SHARED),
    "score-grid-index": Row("verifier", HIDDEN, ("scoring_campaign",)),
    "score-grid": Row("verifier", HIDDEN, ("scoring_campaign", "=1.2")),
    "score-grid-accept": _post("verifier", HIDDEN, "scoring_campaign", "=1.2"),
    "score-export-gaps": _post("verifier", HIDDEN, "scoring_campaign"),
    "scoresheet-detail": Row("editor", HIDDEN, ("sheet",), shows=True),
    "score-entry": _post("verifier", HIDDEN, "sheet"),
    "score-accept": _post("verifier", HIDDEN, "sheet"),
    "scoresheet-send-self": _post("leader", HIDDEN, "sheet"),
    "scoresheet-return-self": _post("verifier", HIDDEN, "sheet"),
    "scoresheet-verify": _post("verifier", HIDDEN, "sheet"),
    "scoresheet-agree": _post("director", HIDDEN, "sheet"),
    "scoresheet-reopen": _post("director", HIDDEN, "sheet"),
    "score-gate-declare": _post("verifier", HIDDEN, "sheet"),
    "score-gate-withdraw": _post("verifier", HIDDEN, "sheet"),
    "score-proof": Row("editor", HIDDEN, ("sheet", "=1.2"), shows=True),
    "score-proof-file": Row("editor", HIDDEN, ("proof",), page=False),
    "score-proof-remove": _post("editor", HIDDEN, "proof"),
    "ranking-list": Row("verifier", SHARED),
    "ranking": Row("verifier", SHARED, ("scoring_campaign",)),
    "ranking-recalculate": _post("verifier", HIDDEN, "scoring_campaign"),
    "ranking-progress": Row("verifier", HIDDEN, ("scoring_campaign",), page=False),
    "ranking-tie": _post("director", HIDDEN, "scoring_campaign", "scoring_cluster"),
    "ranking-publish": Row("director", HIDDEN, ("scoring_campaign",)),
    "ranking-export": Row("verifier", HIDDEN, ("scoring_campaign",), page=False),
    "totals": Row("verifier", HIDDEN, ("campaign",)),
    "totals-export": Row("verifier", HIDDEN, ("campaign",), page=False),
    "totals-indicator": Row("verifier", HIDDEN, ("campaign", "flow")),
    # documents of the province, of a score sheet, of a ranking
    "period-documents": Row("verifier", HIDDEN, ("period",)),
    "period-document-preview": Row("verifier", HIDDEN, ("period", "=tong-hop"), page=False),
    "period-document-issue": _post("director", HIDDEN, "period", "=tong-hop"),
    "scoresheet-documents": Row("editor", HIDDEN, ("sheet",)),
    "scoresheet-document-preview": Row("editor", HIDDEN, ("sheet", "=phieu-diem"), page=False),
    "scoresheet-document-issue": _post("director", HIDDEN, "sheet", "=phieu-diem"),
    "ranking-documents": Row("verifier", HIDDEN, ("scoring_campaign",)),
    "ranking-document-preview": Row("verifier", HIDDEN, ("scoring_campaign", "=xep-hang"), page=False),
    "ranking-document-issue": _post("director", HIDDEN, "scoring_campaign", "=xep-hang"),
    # the register of models
    "model-list": Row("editor", SHARED, shows=True),
    # figures of the register, of the units that a person reaches
    "model-analysis": Row("verifier", SHARED),
    "model-analysis-units": Row("verifier", SHARED),
    "model-analysis-fields": Row("verifier", SHARED),
    "model-analysis-ages": Row("verifier", SHARED),
    "model-analysis-map": Row("verifier", SHARED),
    "model-export": Row("editor", SHARED, page=False),
    "model-create": Row("editor", SHARED),
    "model-detail": Row("editor", HIDDEN, ("model",), shows=True),
    "model-sheet": Row("editor", HIDDEN, ("model",), shows=True),
    "model-edit": Row("editor", HIDDEN, ("draft_model",), shows=True),
    "model-pictures": Row("editor", HIDDEN, ("model",), shows=True),
    "model-picture": Row("editor", HIDDEN, ("model_picture",), page=False),
    "model-picture-thumbnail": Row("editor", HIDDEN, ("model_picture",), page=False),
    "model-picture-remove": _post("editor", HIDDEN, "model_picture"),
    "model-register": _post("leader", HIDDEN, "draft_model"),
    "model-supplement": _post("leader", HIDDEN, "model"),
    "model-register-again": _post("leader", HIDDEN, "model"),
    "model-ask-more": _post("leader", HIDDEN, "model"),
    "model-withdraw": _post("leader", HIDDEN, "model"),
    "model-similar-typed": _post("editor", SHARED),
    "model-import": Row("editor", SHARED),
    "model-import-template": Row("editor", SHARED, page=False),
    "model-from-report": _post("editor", HIDDEN, "report", "words"),
    "model-similar": Row("editor", HIDDEN, ("draft_model",), shows=True),
    "model-story": Row("editor", HIDDEN, ("public_model",)),
    "model-consent": Row("editor", HIDDEN, ("public_model",)),
    "model-preview": Row("editor", HIDDEN, ("recognised_model",), shows=True),
    "model-publish": _post("verifier", HIDDEN, "recognised_model"),
    "model-unpublish": _post("leader", HIDDEN, "public_model"),
    "consent-withdraw": _post("editor", HIDDEN, "consent"),
    "consent-file": Row("editor", HIDDEN, ("consent",), page=False),
    # whoever reads the gallery may learn from An's public model; what An learned elsewhere is An's
    "model-replicate": Row("other_editor", SHARED, ("public_model",)),
    "replication-graph": Row("editor", SHARED, shows=True),
    "replication-data": Row("editor", SHARED, ("=json",), page=False),
    "replication-results": Row("editor", HIDDEN, ("replication",), shows=True),
    "replication-judge": Row("leader", HIDDEN, ("replication",), shows=True),
    "model-take-over": Row("leader", REFUSED, ("commune",)),
    # contests: the draft is the province's; an announced one is everybody's, an entry its unit's and the jury's
    "contest-list": Row("verifier", SHARED, shows=True),
    "contest-create": Row("verifier", REFUSED),
    "contest-detail": Row("verifier", HIDDEN, ("draft_contest",), shows=True),
    "contest-edit": Row("verifier", HIDDEN, ("draft_contest",), shows=True),
    "contest-announce": _post("verifier", HIDDEN, "draft_contest"),
    "contest-extend": Row("verifier", REFUSED, ("open_contest",)),
    "contest-start-judging": _post("verifier", REFUSED, "open_contest"),
    "contest-publish": _post("director", REFUSED, "closed_contest"),
    "contest-cancel": _post("director", REFUSED, "open_contest"),
    "contest-round-add": _post("verifier", HIDDEN, "draft_contest"),
    "contest-round-open": _post("verifier", REFUSED, "closed_contest"),
    "contest-round-edit": Row("verifier", HIDDEN, ("draft_contest", "=1"), shows=True),
    "contest-round-remove": _post("verifier", HIDDEN, "draft_contest", "=2"),
    "contest-round-close": Row("verifier", REFUSED, ("judged_contest", "=1")),
    "contest-round-result": Row("verifier", HIDDEN, ("closed_contest", "=1"), shows=True),
    "contest-round-tie": _post("director", HIDDEN, "closed_contest", "=1"),
    "contest-jury": Row("verifier", HIDDEN, ("draft_contest",), shows=True),
    "contest-juror-remove": _post("verifier", HIDDEN, "draft_contest", "draft_juror"),
    "contest-juror-head": _post("verifier", HIDDEN, "draft_contest", "draft_juror"),
    "contest-entry-list": Row("verifier", SHARED, ("open_contest",), shows=True),
    "contest-entry-create": Row("editor", SHARED, ("open_contest",)),
    "contest-entry": Row("editor", HIDDEN, ("open_entry",), shows=True),
    "contest-entry-edit": Row("editor", HIDDEN, ("open_entry",), shows=True),
    "contest-entry-withdraw": _post("editor", HIDDEN, "open_entry"),
    "contest-entry-disqualify": _post("verifier", HIDDEN, "open_entry"),
    "contest-entry-consent": _post("editor", HIDDEN, "open_entry"),
    "contest-judging": Row("verifier", HIDDEN, ("judged_contest",), shows=True),
    "contest-score": Row("verifier", HIDDEN, ("contest_entry",), shows=True),
    "contest-prizes": Row("verifier", REFUSED, ("closed_contest",), page=False),
    "contest-export": Row("verifier", HIDDEN, ("closed_contest",), page=False),
}


def every_address(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """All patterns of the portal with their full names ("admin:index")."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            inside = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from every_address(pattern, inside)
        else:
            yield f"{space}{pattern.name or pattern.pattern}", pattern


def methods_of(pattern: URLPattern) -> set[str]:
    view: Callable[..., Any] = pattern.callback
    view_class = getattr(view, "view_class", None)
    if view_class is None:
        return {"get", "post"}
    return {name for name in ("get", "post") if hasattr(view_class, name) and name in view_class.http_method_names}
