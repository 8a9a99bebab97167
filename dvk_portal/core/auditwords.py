"""The audit trail in words: what a move is called, which record, which field went from what to what."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_aware, localtime

from dvk_portal.core.auditnames import ACTIONS, FIELDS
from dvk_portal.core.models import AuditEntry
from dvk_portal.core.workflow import Workflow

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@cache
def record_types() -> list[tuple[str, str]]:
    """The portal's own kinds of records, by name; for the filter."""
    own = [model for model in apps.get_models() if _is_ours(apps.get_app_config(model._meta.app_label).path)]
    return sorted(
        ((model._meta.label_lower, _capital(model._meta.verbose_name)) for model in own), key=lambda row: row[1]
    )


def _is_ours(path: str) -> bool:
    """Whether an app lies in this repository and not in the installed packages, which may lie inside it too."""
    return Path(path).is_relative_to(settings.BASE_DIR) and "site-packages" not in Path(path).parts


def _capital(text: Any) -> str:
    text = str(text)
    return text[:1].upper() + text[1:]


def _model(entry: AuditEntry) -> type[models.Model] | None:
    try:
        return apps.get_model(entry.record_type)
    except (LookupError, ValueError):
        return None  # a kind of record of an earlier version


def type_words(entry: AuditEntry) -> str:
    model = _model(entry)
    return _capital(model._meta.verbose_name) if model else entry.record_type


def action_words(entry: AuditEntry) -> str:
    """The label of the move in the workflows, else the registered word, else the name itself."""
    record = type_words(entry).lower()
    own = [row for row in Workflow.all if entry.action in row.transitions and row.label.lower() in record]
    if own:
        # "Phụ lục giao ước" is an annex first, not a pledge.
        return min(own, key=lambda row: record.find(row.label.lower())).transitions[entry.action].label
    if entry.action in ACTIONS:
        return ACTIONS[entry.action]
    named = (
        workflow.transitions[entry.action].label for workflow in Workflow.all if entry.action in workflow.transitions
    )
    return next(named, entry.action)


def change_words(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """(field, old, new) of each change, in the words of the screens; an empty old or new is a dash."""
    model = _model(entry)
    found = []
    for name, change in entry.changes.items():
        old, new = change if isinstance(change, list) and len(change) == 2 else (None, change)
        field = _field(model, name)
        label = field.verbose_name if field is not None and hasattr(field, "verbose_name") else FIELDS.get(name, name)
        found.append((_capital(FIELDS.get(name, label)), _value(field, old), _value(field, new)))
    return found


def _field(model: type[models.Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _value(field: Any, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_value(None, item)}" for key, item in value.items())
    if isinstance(value, list):
        return ", ".join(_value(None, item) for item in value)
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return f"{localtime(moment) if is_aware(moment) else moment:%H:%M %d/%m/%Y}"
    # Of a part of the record there is no field to ask: a day is told by its form.
    is_day = isinstance(field, models.DateField) or (field is None and _ISO_DATE.fullmatch(str(value)))
    if is_day and (day := _day(value)):
        return f"{day:%d/%m/%Y}"
    return str(dict(getattr(field, "flatchoices", ())).get(value, value))


def _day(value: Any) -> Any:
    """None for what only looks like a day, as 2026-02-31."""
    try:
        return parse_date(str(value))
    except ValueError:
        return None
