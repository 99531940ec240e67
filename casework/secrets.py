"""The keys this installation lives by: one file, made on the first run, readable by its owner only.

`keys.json` under the data folder holds:

- `django`: signs sessions and CSRF tokens (text, at least 50 characters);
- `hash`: keys the look-up hashes of identity numbers, accounts and phones (32 bytes, base64). It never rotates,
  or nothing stored could be found again; keys for other lasting purposes are derived from it;
- `slip`: keys the code printed on an applicant's slip (32 bytes, base64);
- `data`: `{key id: 32 bytes, base64}`, the AES keys of everything encrypted at rest; `current` names the one
  that new values are written with. `manage.py rotate_keys` adds one and rewrites every value.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
DJANGO_SECRET_LENGTH = 50


@dataclass(frozen=True)
class Secrets:
    """What `keys.json` says, checked."""

    django: str
    hash_key: bytes = field(repr=False)
    slip_key: bytes = field(repr=False)
    data_keys: Mapping[str, bytes] = field(repr=False)
    current: str

    def as_json(self) -> str:
        def text(key: bytes) -> str:
            return base64.b64encode(key).decode()

        return json.dumps(
            {
                "django": self.django,
                "hash": text(self.hash_key),
                "slip": text(self.slip_key),
                "data": {kid: text(key) for kid, key in self.data_keys.items()},
                "current": self.current,
            },
            indent=1,
        )


def load_secrets(path: Path, *, may_create: bool, check_mode: bool = True) -> Secrets:
    """Read the key file; make it when it is missing and `may_create`; refuse a weak, missing or open one.

    `check_mode` looks whether others can read it, which is asked once, at the start.
    Raises `ImproperlyConfigured` with what to do about it.
    """
    if not path.exists():
        if not may_create:
            raise ImproperlyConfigured(
                f"Key file {path} is missing. Restore it from your backup (without it nothing encrypted can be read), "
                "or, for a new installation, run `NUANXIN_DEBUG=1 python manage.py check` once to make one."
            )
        write_secrets(path, fresh_secrets())
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077 and check_mode and not may_create:
        raise ImproperlyConfigured(f"Key file {path} can be read by others (mode {mode:o}). Run: chmod 600 {path}")
    return parse_secrets(path.read_text(encoding="utf-8"), source=str(path))


def parse_secrets(text: str, *, source: str) -> Secrets:
    """Check and unpack the text of a key file; `source` names it in the error."""
    try:
        raw = json.loads(text)
        found = Secrets(
            django=raw["django"],
            hash_key=base64.b64decode(raw["hash"], validate=True),
            slip_key=base64.b64decode(raw["slip"], validate=True),
            data_keys={kid: base64.b64decode(key, validate=True) for kid, key in raw["data"].items()},
            current=raw["current"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as problem:
        raise ImproperlyConfigured(f"Key file {source} cannot be read: {type(problem).__name__}.") from problem
    if weak := _weaknesses(found):
        raise ImproperlyConfigured(f"Key file {source} is too weak: {'; '.join(weak)}.")
    return found


def _weaknesses(found: Secrets) -> list[str]:
    weak = []
    if len(found.django) < DJANGO_SECRET_LENGTH or len(set(found.django)) < 10:
        weak.append(f"`django` needs {DJANGO_SECRET_LENGTH} random characters")
    keys = {
        "hash": found.hash_key,
        "slip": found.slip_key,
        **{f"data.{k}": v for k, v in found.data_keys.items()},
    }
    for name, key in keys.items():
        if len(key) != KEY_BYTES or len(set(key)) < 8:
            weak.append(f"`{name}` needs {KEY_BYTES} random bytes")
    if found.current not in found.data_keys:
        weak.append("`current` names no key in `data`")
    return weak


def fresh_secrets() -> Secrets:
    return Secrets(
        django=secrets.token_urlsafe(64),
        hash_key=secrets.token_bytes(KEY_BYTES),
        slip_key=secrets.token_bytes(KEY_BYTES),
        data_keys={"k1": secrets.token_bytes(KEY_BYTES)},
        current="k1",
    )


def write_secrets(path: Path, found: Secrets) -> None:
    """Write the file whole or not at all, never readable by anyone else, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(found.as_json())
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
