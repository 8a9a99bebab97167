"""Roles a person may hold at a unit (glossary §2). What each may do stands in dvk_portal/permissions.py."""

from django.db import models


class Role(models.TextChoices):
    EDITOR = "editor", "Người nhập của đơn vị"
    LEADER = "leader", "Lãnh đạo đơn vị"
    VERIFIER = "verifier", "Chuyên viên phòng (thẩm định)"
    DIRECTOR = "director", "Lãnh đạo Ban"
    CLERK = "clerk", "Văn thư"
    CHAIR = "chair", "Chủ tịch hội đồng"
    SECRETARY = "secretary", "Thư ký hội đồng"
    MEMBER = "member", "Thành viên hội đồng"
    VIEWER = "viewer", "Chỉ xem"
    ADMIN = "admin", "Quản trị hệ thống"


# A seat on a council makes nobody part of the unit that has the council: it is no ground of conflict.
COUNCIL = (Role.CHAIR, Role.SECRETARY, Role.MEMBER)


class Reach(models.TextChoices):
    """How far a right goes in the tree, counted from the unit of the membership.

    An organ (ban, phòng) acts for the unit above it: its reach is counted from there.
    """

    OWN = "own", "đơn vị mình"
    BELOW = "below", "các đơn vị dưới quyền, không kể đơn vị mình đã hoặc đang công tác"
    SUBTREE = "subtree", "đơn vị mình và mọi đơn vị dưới quyền"
    ALL = "all", "toàn hệ thống"
