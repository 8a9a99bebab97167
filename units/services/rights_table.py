"""The permission matrix as a table for people: which role reaches how far. Source of docs/permissions.md."""

from dvk_portal.core.exceptions import DomainError
from units.access import matrix
from units.roles import Reach, Role

HEADER = """# Who may do what

Written by `manage.py print_permissions --write` from dvk_portal/permissions.py; a test keeps it current. An empty cell is
a refusal. The reach is counted from the unit of the membership; an organ (ban, phòng) counts from the unit it serves.

"""


def rights_table() -> str:
    """Markdown: one row per permission, one column per role, the reach in words; then what each reach means."""
    roles = list(Role)
    lines = ["| | " + " | ".join(role.label for role in roles) + " |", "|---" * (len(roles) + 1) + "|"]
    for permission, row in matrix().items():
        unknown = set(row) - set(Role)
        if unknown:
            raise DomainError(f"Quyền {permission} nhắc đến vai trò không có: {', '.join(sorted(unknown))}.")
        cells = [str(row.get(role, "")) for role in roles]
        lines.append(f"| `{permission}` | " + " | ".join(cells) + " |")
    words = [f"* `{reach.value}`: {reach.label}" for reach in Reach]
    return HEADER + "\n".join(lines) + "\n\n" + "\n".join(words) + "\n"
