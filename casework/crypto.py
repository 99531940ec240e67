"""Encryption at rest, and equality of what is encrypted.

A sealed value is the text `key id:base64(nonce + ciphertext + tag)`, AES-256-GCM. The key id lets keys rotate: old
values stay readable while `manage.py rotate_keys` rewrites them. Equality is asked of a keyed hash (HMAC-SHA-256),
so a stolen database gives neither the number nor a way to try all numbers.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from casework.secrets import load_secrets

NONCE_BYTES = 12


class Unreadable(Exception):
    """这项加密内容无法解开：密钥不在密钥文件里，或内容被改动过。请联系管理员。"""


class KeyRing:
    """The data keys by id; seals with the current one, opens with whichever sealed."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self.current = current
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._sealer = self._ciphers[current]

    def seal(self, data: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._sealer.encrypt(nonce, data, None)

    def seal_text(self, text: str) -> str:
        return f"{self.current}:{base64.b64encode(self.seal(text.encode())).decode()}"

    def open_text(self, sealed: str) -> str:
        key_id, _, body = sealed.partition(":")
        try:
            raw = base64.b64decode(body, validate=True)
        except ValueError as problem:
            raise Unreadable from problem
        return self._open(key_id, raw).decode()

    def seal_file(self, data: bytes) -> bytes:
        """A file's bytes: the key id in plain, a newline, then the sealed body."""
        return self.current.encode() + b"\n" + self.seal(data)

    def open_file(self, sealed: bytes) -> bytes:
        key_id, _, body = sealed.partition(b"\n")
        return self._open(key_id.decode(errors="replace"), body)

    def _open(self, key_id: str, body: bytes) -> bytes:
        try:
            return self._ciphers[key_id].decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], None)
        except (KeyError, ValueError, InvalidTag) as problem:
            # ValueError: too little of it is left to hold a nonce.
            raise Unreadable from problem


@functools.lru_cache(maxsize=2)
def _ring_of(path: Path, changed_at: int) -> KeyRing:
    found = load_secrets(path, may_create=False, check_mode=False)
    return KeyRing(found.data_keys, found.current)


def key_ring() -> KeyRing:
    """The ring of this installation. The key file is looked at again when it changes, so that web and workers go on
    through a rotation without being started anew."""
    return _ring_of(settings.KEYS_FILE, os.stat(settings.KEYS_FILE).st_mtime_ns)


def lookup_hash(kind: str, value: str) -> str:
    """64 hex digits that are equal exactly when `value` is, within a `kind` (identity, account, phone)."""
    return hmac.new(settings.SECRETS.hash_key, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def purpose_key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived (HKDF-SHA-256) from the key that never rotates: the same as long as this
    installation lives, and of no help with what another purpose's key, or `lookup_hash`, has made."""
    return _derived(settings.SECRETS.hash_key, purpose)


@functools.lru_cache(maxsize=8)
def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=f"nuanxin:{purpose}".encode()).derive(key)


def slip_code(case_number: str) -> str:
    """The 8-character code printed beside a case number on an applicant's slip.

    Derived, not stored: a slip can be printed again, and a copy of the database holds no codes. The letters leave
    out 0 O 1 I L, which older eyes confuse.
    """
    letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
    digest = hmac.new(settings.SECRETS.slip_key, case_number.encode(), hashlib.sha256).digest()
    return "".join(letters[byte % len(letters)] for byte in digest[:8])
