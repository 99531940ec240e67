"""The division codes that come with the product, and bringing them into the database."""

from __future__ import annotations

import csv
import datetime
import gzip
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from casework.models import Division, Level

DIVISIONS = Path(__file__).parent / "data" / "hunan_divisions.csv.gz"
PUBLISHED = datetime.date(2023, 6, 30)
"""The day of the last public list of village codes (National Bureau of Statistics)."""

LEVELS = {level.name.lower(): level for level in Level}


class DivisionsProblem(Exception):
    """The file of divisions is wrong; the text says in which line and what."""


def read_divisions(path: Path = DIVISIONS) -> Iterator[Division]:
    """The divisions of a `code,name,level,parent` file, gzipped, parents before children."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            level = LEVELS.get(row.get("level") or "")
            code, parent = row.get("code") or "", row.get("parent") or ""
            if level is None or not code.isdigit() or len(code) != level or not code.startswith(parent):
                raise DivisionsProblem(f"{path.name}, line {number}: not a division: {row}")
            yield Division(code=code, name=row["name"], level=level, parent_id=parent or None, valid_from=PUBLISHED)


def load_divisions(path: Path = DIVISIONS) -> tuple[int, int]:
    """Bring the file into the database; return (new, known). Codes already there keep their dates and name."""
    with transaction.atomic():
        known = set(Division.objects.values_list("code", flat=True))
        fresh = [division for division in read_divisions(path) if division.code not in known]
        Division.objects.bulk_create(fresh, batch_size=2000)
    return len(fresh), len(known)


def full_name(code: str) -> str:
    """湖南省益阳市桃江县…: the names of a division and all above it. Some villages bear their township's name in front
    already: it is said once."""
    codes = [code[:length] for length in Level.values if length <= len(code)]
    names = dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))
    said, above = "", ""
    for name in (names.get(part, "") for part in codes):
        said += name.removeprefix(above) or name
        above = name or above
    return said
