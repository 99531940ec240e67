"""Nuanxin's command line: Django's, with a mistake in a programme told in one sentence instead of a traceback."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from workflows.unreadable import Unreadable


def main() -> None:
    """Run the command. Leaves with 1 and the sentence on stderr when a programme it needs cannot be read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
    try:
        execute_from_command_line(sys.argv)
    except Unreadable as problem:
        sys.exit(f"方案或流程写得不对：{problem}")
