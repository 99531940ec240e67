"""`make bench`: how fast, each figure a ratio within one run, on SQLite and on PostgreSQL where there is one.

The disk is told not to wait for each commit (SQLite synchronous=NORMAL, PostgreSQL synchronous_commit=off): a slow
disk would make every ratio look good.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
DATABASE = "nuanxin_bench"
BROKEN_OFF: list[str] = []
"""The engines on which something went wrong."""


def main(arguments: list[str]) -> int:
    """Measure, print, write; 1 when a mark is missed, or something could not be measured to the end."""
    # It runs for minutes: whoever only asks what it is gets told, and nothing is begun.
    argparse.ArgumentParser(prog="bench", description=(__doc__ or "").splitlines()[0]).parse_args(arguments)
    home = Path(os.environ.get("NUANXIN_DATA") or Path(__file__).resolve().parent.parent / "var")
    with tempfile.TemporaryDirectory(prefix="nuanxin-bench-") as folder:
        results = _measure("sqlite", f"sqlite:///{folder}/bench.sqlite3?synchronous=NORMAL", folder)
        results += _on_postgres(folder)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "bench.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print_table(results)
    missed = any(result["mark"] is not None and result["ratio"] > result["mark"] for result in results)
    return int(missed or bool(BROKEN_OFF))


def _on_postgres(folder: str) -> list[dict[str, Any]]:
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            server.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError as problem:
        print(f"PostgreSQL is not measured: {str(problem).splitlines()[0]}")
        return []
    url = f"{POSTGRES.rsplit('/', 1)[0]}/{DATABASE}?options=-c%20synchronous_commit%3Doff"
    try:
        return _measure("postgresql", url, folder)
    finally:
        with psycopg.connect(POSTGRES, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")


def _measure(engine: str, url: str, folder: str) -> list[dict[str, Any]]:
    print(f"{engine} …", flush=True)
    environment = {**os.environ, "DATABASE_URL": url, "NUANXIN_DATA": f"{folder}/{engine}", "NUANXIN_DEBUG": "1"}
    command = [sys.executable, "-m", "bench.one_engine", engine]
    found: list[dict[str, Any]] = []
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("RESULT "):
                found.append(json.loads(line.removeprefix("RESULT ")))
                print_rows(found[-1:])
            else:
                print(line, end="", flush=True)
    if running.returncode:
        # What was measured before is worth having; the fault itself has been printed.
        BROKEN_OFF.append(engine)
        print(f"{engine}: not measured to the end")
    return found


def print_table(results: list[dict[str, Any]]) -> None:
    print(f"\n{'engine':<12}{'ratio':>8}{'mark':>7}{'stmts':>7}{'ours':>12}{'baseline':>12}  what")
    print_rows(results)


def print_rows(results: list[dict[str, Any]]) -> None:
    for result in results:
        mark = "" if result["mark"] is None else f"{result['mark']:g}"
        missed = "  ← missed" if mark and result["ratio"] > result["mark"] else ""
        print(
            f"{result['engine']:<12}{result['ratio']:>8.2f}{mark:>7}{result['statements'] or '':>7}"
            f"{result['ours']:>9.2f} {result['unit']}{result['baseline']:>9.2f} {result['unit']}"
            f"  {result['name']}{missed}",
            flush=True,
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
