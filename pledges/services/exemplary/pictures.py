"""Pictures of models."""

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from pledges.models import ExemplaryModel, FieldVisit, ModelPicture


def add_pictures(
    model: ExemplaryModel, uploads: Iterable[UploadedFile], *, actor: Any, visit: FieldVisit | None = None
) -> list[ModelPicture]:
    """Add the pictures to the model, or to one of its visits; the caller has asked for the right."""
    return []
