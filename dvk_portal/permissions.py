"""THE matrix: permission → role → how far it reaches. One table; units/access.py is its only reader.

A permission that is not here does not exist, a role that is not in its row does not have it (deny by default).
Nobody verifies, scores or agrees on a unit he belongs to or left recently: that is what BELOW leaves out.
The system administrator keeps accounts and catalogues and has no say in reports, scores or votes.
"""

from units.roles import Reach, Role

OWN, BELOW, SUBTREE, ALL = Reach.OWN, Reach.BELOW, Reach.SUBTREE, Reach.ALL

_UNIT = {Role.EDITOR: OWN, Role.LEADER: OWN}
_READ = {
    **_UNIT,
    Role.VERIFIER: SUBTREE,
    Role.DIRECTOR: SUBTREE,
    Role.CLERK: SUBTREE,
    Role.VIEWER: SUBTREE,
}

MATRIX: dict[str, dict[str, str]] = {
    # units
    "unit.view": {**_READ, Role.ADMIN: ALL},
    "unit.manage": {Role.ADMIN: ALL},
    # campaigns, schemes, indicators (schemes and indicators belong to no unit: asked without a record)
    "campaign.view": _READ,
    "campaign.manage": {Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE},
    "campaign.launch": {Role.DIRECTOR: SUBTREE},
    "campaign.close": {Role.DIRECTOR: SUBTREE},
    "scheme.view": {**_READ, Role.ADMIN: ALL},
    "scheme.manage": {Role.VERIFIER: ALL, Role.DIRECTOR: ALL},
    "scheme.publish": {Role.DIRECTOR: ALL},
    "indicator.view": {**_READ, Role.ADMIN: ALL},
    "indicator.manage": {Role.VERIFIER: ALL, Role.DIRECTOR: ALL, Role.ADMIN: ALL},
    # pledges
    "pledge.view": _READ,
    "pledge.edit": _UNIT,
    "pledge.propose": {Role.LEADER: OWN},
    "pledge.review": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "pledge.sign_unit": {Role.LEADER: OWN},
    "pledge.sign_province": {Role.DIRECTOR: BELOW},
    "pledge.witness": {Role.LEADER: OWN},
    "pledge.withdraw": {Role.LEADER: OWN},
    "pledge.supersede": {Role.DIRECTOR: BELOW},
    "amendment.draft_province": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "clause.manage": {Role.VERIFIER: ALL, Role.DIRECTOR: ALL},
    # documents: the text is its record's (whoever may read the record); numbers, templates, layouts are the office's
    "document.number": {Role.CLERK: SUBTREE, Role.DIRECTOR: SUBTREE, Role.LEADER: OWN},
    "document.cancel": {Role.DIRECTOR: SUBTREE, Role.LEADER: OWN},
    "document.confirm": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "document.bodies": {Role.CLERK: SUBTREE, Role.ADMIN: ALL},
    "document.templates": {Role.CLERK: ALL, Role.DIRECTOR: ALL, Role.ADMIN: ALL},
    "document.delegate": {Role.DIRECTOR: SUBTREE, Role.LEADER: OWN, Role.CLERK: SUBTREE},
    # reports
    "report.view": _READ,
    "report.edit": _UNIT,
    "report.send": {Role.LEADER: OWN},
    "report.verify": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    # Without it, a verifier judges only the groups assigned to his department.
    "report.verify_any": {Role.DIRECTOR: BELOW},
    "report.correct": {Role.DIRECTOR: BELOW},
    "report.extend": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "report.lock": {Role.DIRECTOR: BELOW},
    "report.sign_province": {Role.DIRECTOR: SUBTREE},
    # score sheets and ranking
    "score.view": _READ,
    "score.self_assess": _UNIT,
    "score.send_self": {Role.LEADER: OWN},
    "score.verify": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "score.agree": {Role.DIRECTOR: BELOW},
    "ranking.view_draft": {Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE, Role.VIEWER: SUBTREE},
    "ranking.publish": {Role.DIRECTOR: SUBTREE},
    # exemplary models: at the level that the unit decides itself its leader appraises and recognises (model.*_own);
    # at every other one who stands above, never for his own unit
    "model.view": _READ,
    "model.edit": _UNIT,
    "model.register": {Role.LEADER: OWN},
    "model.appraise_own": {Role.LEADER: OWN},
    "model.appraise": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "model.recognise_own": {Role.LEADER: OWN},
    "model.recognise": {Role.DIRECTOR: BELOW},
    "model.exemplary": {Role.DIRECTOR: BELOW},
    "model.publish": {Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE},
    "recognition.view": _READ,
    "contest.view": _READ,
    "contest.manage": {Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE},
    "contest.publish": {Role.DIRECTOR: SUBTREE},
    # awards: a unit proposes for its own people, the province appraises below itself, the council only advises
    "award.view": _READ,
    "award.nominate": _UNIT,
    "award.send": {Role.LEADER: OWN},
    "award.propose": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "award.appraise": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    # Discipline, investigations, complaints: for those who handle them only.
    "award.integrity": {Role.VERIFIER: BELOW, Role.DIRECTOR: BELOW},
    "award.manage": {Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE},
    "award.open": {Role.DIRECTOR: SUBTREE},
    "award.decide": {Role.DIRECTOR: SUBTREE},
    "award.certificate": {Role.CLERK: SUBTREE, Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE},
    "award.fund": {Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE},
    "award.complaint": {Role.VERIFIER: SUBTREE, Role.DIRECTOR: SUBTREE},
    # the council: its own site /hoi-dong/; what a member may read and judge is told by his seat and by conflicts
    # (awards/services/council/conflicts.py). The secretary prepares and counts, and has no vote by this role.
    "council.enter": {Role.CHAIR: SUBTREE, Role.SECRETARY: SUBTREE, Role.MEMBER: SUBTREE},
    "council.vote": {Role.CHAIR: SUBTREE, Role.MEMBER: SUBTREE},
    "council.prepare": {Role.CHAIR: SUBTREE, Role.SECRETARY: SUBTREE},
    "council.chair": {Role.CHAIR: SUBTREE},
    # the portal itself
    "portal.components": {Role.VERIFIER: ALL, Role.DIRECTOR: ALL, Role.ADMIN: ALL},
    "portal.mail_sink": {Role.VERIFIER: ALL, Role.DIRECTOR: ALL, Role.ADMIN: ALL},
    "portal.admin": {Role.ADMIN: ALL},
    "portal.audit": {Role.DIRECTOR: ALL, Role.ADMIN: ALL},
}

# What a written delegation (units.Delegation) may pass on: acts of signing, nothing else.
DELEGABLE: tuple[str, ...] = (
    "pledge.sign_unit",
    "pledge.sign_province",
    "pledge.witness",
    "report.send",
    "report.sign_province",
)

# Django's own admin at /quan-tri/: which verbs the system administrator has on which catalogue.
_KEEP = ("view", "add", "change")
ADMIN_MODELS: dict[str, tuple[str, ...]] = {
    "units.user": _KEEP,
    "units.unitkind": _KEEP,
    "units.unit": ("view",),
    "units.unitversion": ("view",),
    "units.lineage": ("view",),
    "units.membership": _KEEP,
    "units.issuingbody": _KEEP,
    "units.termofoffice": _KEEP,
    "core.documentformat": _KEEP,
    "core.trustanchor": _KEEP,
    "core.calendarday": (*_KEEP, "delete"),
    "core.auditentry": ("view",),
    "core.job": ("view",),
    "campaigns.indicatorgroup": _KEEP,
    "pledges.field": _KEEP,
    "pledges.tag": _KEEP,
    "pledges.recognitionlevel": _KEEP,
    "pledges.checklistitem": _KEEP,
    "awards.ruleset": _KEEP,
    "awards.awardtype": _KEEP,
    "awards.awardrule": _KEEP,
    "awards.dossieritem": (*_KEEP, "delete"),
    "awards.basesalary": _KEEP,
    "awards.certificatelayout": _KEEP,
}
