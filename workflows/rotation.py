"""Rotating the key that encrypts at rest: every sealed value and file is rewritten under a new one."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from casework.crypto import key_ring
from casework.models.fields import EncryptedTextField, SealedText
from casework.secrets import KEY_BYTES, Secrets, load_secrets, write_secrets
from workflows import trail
from workflows.standing import SYSTEM

CHUNK = 500


@dataclass(frozen=True)
class Rotated:
    """What was rewritten under which key."""

    key_id: str
    values: int
    files: int


def add_key() -> str:
    """Put a fresh key into the key file and make it the current one; return its id. Old keys stay readable."""
    found = _secrets()
    number = 1 + max((int(key_id[1:]) for key_id in found.data_keys if key_id[1:].isdigit()), default=0)
    key_id = f"k{number}"
    keys = {**found.data_keys, key_id: randomness.token_bytes(KEY_BYTES)}
    write_secrets(settings.KEYS_FILE, replace(found, data_keys=keys, current=key_id))
    return key_id


def rewrite_all() -> Rotated:
    """Rewrite every value and file not under the current key. May be stopped and run again."""
    key_id = key_ring().current
    values = sum(_rewrite(model, fields, key_id) for model, fields in sealed_columns())
    files = sum(_reseal(path, key_id) for path in stored_files())
    with transaction.atomic():
        trail.record("keys", "keys_rotated", actor=SYSTEM, details={"key": key_id, "values": values, "files": files})
    return Rotated(key_id, values, files)


def retire_old_keys() -> list[str]:
    """Take every key but the current one out of the key file; only after `rewrite_all` found nothing left."""
    found = _secrets()
    gone = [key_id for key_id in found.data_keys if key_id != found.current]
    write_secrets(settings.KEYS_FILE, replace(found, data_keys={found.current: found.data_keys[found.current]}))
    return gone


def sealed_columns() -> list[tuple[type[models.Model], list[str]]]:
    """Every model with encrypted columns, and which."""
    found = []
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if names:
            found.append((model, names))
    return found


def stored_files() -> Iterator[Path]:
    root = Path(settings.FILES_DIR)
    return (path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith("."))


def _secrets() -> Secrets:
    return load_secrets(settings.KEYS_FILE, may_create=False, check_mode=False)


def _rewrite(model: type[models.Model], fields: list[str], key_id: str) -> int:
    """By key, a chunk a transaction, rows locked: a value written meanwhile is never overwritten."""
    count, last = 0, 0
    while True:
        with transaction.atomic():
            rows = list(
                model._default_manager.select_for_update()
                .filter(pk__gt=last)
                .order_by("pk")
                .only("pk", *fields)[:CHUNK]
            )
            changed = [row for row in rows if _renewed(row, fields, key_id)]
            model._default_manager.bulk_update(changed, fields, batch_size=100)
        if not rows:
            return count
        last = rows[-1].pk
        count += len(changed)


def _renewed(row: models.Model, fields: list[str], key_id: str) -> bool:
    changed = False
    for name in fields:
        value = getattr(row, name)
        if isinstance(value, SealedText) and value and not value.startswith(f"{key_id}:"):
            setattr(row, name, SealedText(key_ring().seal_text(value.reveal())))
            changed = True
    return changed


def _reseal(path: Path, key_id: str) -> int:
    sealed = path.read_bytes()
    if sealed.startswith(key_id.encode() + b"\n"):
        return 0
    ring = key_ring()
    temporary = path.with_name(f".{path.name}.part")
    temporary.touch(mode=0o600)
    temporary.write_bytes(ring.seal_file(ring.open_file(sealed)))
    temporary.replace(path)
    return 1
