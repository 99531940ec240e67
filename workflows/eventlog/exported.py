"""That a log has left the house is an event of the trail, on a chain of its own."""

from __future__ import annotations

import hashlib
from pathlib import Path

from workflows import trail
from workflows.standing import SYSTEM

CHAIN = "exports"


def record_export(file: Path, *, command: str, form: str, programme: str, since: str, cases: int, events: int) -> str:
    """Write down which command wrote which file, in which format, of how much. Answers its digest, by
    which it can be told again.

    `programme` and `since` are empty for all there is. To be called before the file gets its name: one that nobody has
    written down is worse than an event of a file that never came about. Not within `casework.read_only`.
    """
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    asked = {"command": command, "format": form, "programme": programme, "since": since}
    details = {**asked, "cases": cases, "events": events, "file": digest}
    trail.record(CHAIN, "log_exported", actor=SYSTEM, details=details)
    return digest
