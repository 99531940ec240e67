"""Nuanxin's command line: Django's, with a programme that cannot be read, or a database that is not there, told in one
sentence instead of a traceback."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from workflows.unreadable import Unreadable

IN_FULL = "--traceback"
NOT_MIGRATED = ("no such table", "no such column", "does not exist")
"""What SQLite and PostgreSQL say of a database that is older than the code, or empty."""


def main() -> None:
    """Run the command. Leaves with 1 and the sentence on stderr when a programme it needs cannot be read, or the
    database has not been migrated or cannot be reached; with `--traceback` all there is to know of the latter."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
    try:
        execute_from_command_line(sys.argv)
    except Unreadable as problem:
        sys.exit(f"方案或流程写得不对：{problem}")
    except (OperationalError, ProgrammingError) as problem:
        said = sentence_of(problem)
        if not said or IN_FULL in sys.argv:
            raise
        sys.exit(said)


def sentence_of(problem: OperationalError | ProgrammingError) -> str:
    """Empty for what is no fault of the installation."""
    first = (str(problem).splitlines() or [""])[0]
    if any(words in first for words in NOT_MIGRATED) and 'database "' not in first:
        return "数据库还没有建表，或比程序旧。请先运行 manage.py migrate。"
    if isinstance(problem, OperationalError):
        return f"连不上数据库，或数据库出错：{first}。请检查 DATABASE_URL 和数据库服务。"
    return ""
