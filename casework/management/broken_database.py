"""A database that is not there, or gives up, in one sentence instead of a traceback."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import OperationalError, connection


def no_database() -> str:
    """Why there is nothing to work on; empty when the database is there and laid out."""
    try:
        connection.close()
        is_laid_out = "django_migrations" in connection.introspection.table_names()
    except OperationalError as problem:
        return f"数据库连不上：{_first_line(problem)}。请检查 DATABASE_URL 和数据库是否开着。"
    return "" if is_laid_out else "数据库还是空的。请先运行 make run（试用），或 manage.py migrate。"


def broken_database(problem: OperationalError, *, so: str) -> CommandError:
    """The sentence for a database that gave up halfway; `so` is what becomes of the work."""
    return CommandError(no_database() or f"数据库出了故障：{_first_line(problem)}。{so}")


def _first_line(problem: OperationalError) -> str:
    return next(iter(str(problem).strip().splitlines()), type(problem).__name__).rstrip(".")
