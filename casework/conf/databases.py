"""Which database: SQLite under the data folder, or what `DATABASE_URL` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# IMMEDIATE takes the write lock at BEGIN: with the default, two writers that both read first deadlock at once
# ("database is locked"), whatever the timeout. FULL: what was acknowledged survives a power cut.
PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA cache_size=-32000;"


def sqlite(path: Path | str, *, synchronous: str = "FULL") -> dict[str, Any]:
    options = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": PRAGMAS.format(synchronous=synchronous),
    }
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}


def from_url(url: str) -> dict[str, Any]:
    """`postgres://user:password@host:port/name?sslmode=…` or `sqlite:///path?synchronous=NORMAL` as settings."""
    parts = urlsplit(url)
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    if parts.scheme == "sqlite":
        synchronous = dict(parse_qsl(parts.query)).get("synchronous", "FULL").upper()
        if synchronous not in ("FULL", "NORMAL", "OFF"):
            raise ImproperlyConfigured("synchronous must be FULL, NORMAL or OFF.")
        return sqlite(unquote(parts.path.removeprefix("/")) or ":memory:", synchronous=synchronous)
    raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// or sqlite:///.")
