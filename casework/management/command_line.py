"""Nuanxin's command line: Django's, with a mistake in a programme told in one sentence instead of a traceback."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DatabaseError

from casework.management.broken_database import no_database
from workflows.unreadable import Unreadable


def main() -> None:
    """Run the command. Leaves with 1 and a sentence on stderr when a programme it needs cannot be read, or there is no
    database to work on."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
    try:
        execute_from_command_line(sys.argv)
    except Unreadable as problem:
        sys.exit(f"方案或流程写得不对：{problem}")
    except DatabaseError:
        if sentence := no_database():
            sys.exit(sentence)
        raise
