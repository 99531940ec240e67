"""`make test`: the whole suite on SQLite, then on PostgreSQL what the two databases do differently.

The first run takes every test but those marked `postgres`; the second, where a PostgreSQL answers, takes those and
all of the gateway's and the models' own. Arguments go to both.
"""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
NO_TESTS = 5


def main(arguments: list[str]) -> int:
    """The worse of the two runs' exit codes."""
    options = ["-n", "auto", "--dist", "worksteal", *arguments]
    print("== SQLite ==", flush=True)
    first = _run(["-m", "not postgres", *options], environment={})
    reason = unreachable(POSTGRES)
    if reason:
        print(f"== PostgreSQL: skipped, {reason} ==", flush=True)
        return first or int(os.environ.get("NUANXIN_NO_SKIPS") == "1")
    print("== PostgreSQL ==", flush=True)
    chosen = [] if any(os.path.exists(word.split("::")[0]) for word in arguments) else ["-m", "postgres or both"]
    second = _run([*chosen, *options], environment={"DATABASE_URL": POSTGRES})
    return first or (0 if second == NO_TESTS else second)


def unreachable(url: str) -> str:
    """Why PostgreSQL cannot be asked; empty when it can."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as problem:
        return f"none answers at TEST_POSTGRES_URL: {str(problem).splitlines()[0]}"
    return ""


def _run(arguments: list[str], *, environment: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.exit(code if code != NO_TESTS else int(pytest.ExitCode.NO_TESTS_COLLECTED))
