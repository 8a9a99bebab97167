"""Messages about signatures that a person must look at."""

from dataclasses import dataclass
from typing import Self

from dvk_portal.core.models import Signature
from dvk_portal.core.notifications import Message


@dataclass(frozen=True)
class SignatureToConfirm(Message):
    """To those who may confirm: a paper copy, or a signed file with something to look at."""

    kind = "signature_to_confirm"

    signature: Signature

    @classmethod
    def about(cls, signature: Signature) -> Self:
        return cls(
            key=f"signature_to_confirm:{signature.pk}",
            title=f"Chờ xác nhận chữ ký: {signature.document.title}",
            url=signature.document.get_absolute_url(),
            signature=signature,
        )


@dataclass(frozen=True)
class SignatureDecided(Message):
    """To the person who handed it in: confirmed, or not accepted and why."""

    kind = "signature_decided"

    signature: Signature

    @classmethod
    def about(cls, signature: Signature) -> Self:
        words = "Đã nhận chữ ký" if signature.counts else "Không nhận chữ ký"
        return cls(
            key=f"signature_decided:{signature.pk}",
            title=f"{words}: {signature.document.title}",
            url=signature.document.get_absolute_url(),
            signature=signature,
        )
