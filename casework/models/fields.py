"""A text that is encrypted at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from casework.crypto import key_ring


class SealedText(str):
    """A value as it lies in the database, still sealed. Never shown: `reveal()` opens it."""

    __slots__ = ()

    def reveal(self) -> str:
        return key_ring().open_text(self) if self else ""

    def __repr__(self) -> str:
        return "<sealed>"


def opened(value: Any) -> str:
    """What a sealed column says; empty for one that is empty. (The type checker takes a column for plain text.)"""
    return value.reveal() if isinstance(value, SealedText) else str(value or "")


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:  # generic for the type checker only
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """Sealed on the way in, and left sealed on the way out.

    Reading gives a `SealedText`, so a page that lists a thousand people decrypts nothing, and a number can only
    appear where somebody wrote `.reveal()`. Writing seals plain text, and keeps what is sealed already.
    """

    description = "AES-GCM encrypted text"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> SealedText | None:
        return None if value is None else SealedText(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # The object in hand is left as a fresh read would give it: sealed.
        value = getattr(model_instance, self.attname)
        if value and not isinstance(value, SealedText):
            value = SealedText(key_ring().seal_text(str(value)))
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> str | None:
        if value is None or isinstance(value, SealedText) or value == "":
            return value
        return key_ring().seal_text(str(value))
