"""A replay changes nothing: every row of every table is the same after it, and the database would have refused."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from casework.models import Person
from tests.workflows.replay_rules.stories import accepted, approved, entered, refuse, somebody
from tests.world import World
from workflows import replay_rules as replaying
from workflows.programmes.nursing_subsidy import assessment

SHIPPED = Path(assessment.__file__).with_name("terms.yaml")


def every_table() -> dict[str, str]:
    """The digest of every row of every table there is."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(map(repr, cursor.fetchall()))
            found[table] = sha256("\n".join(rows).encode()).hexdigest()
    return found


def lower_cap(folder: Path) -> Path:
    path = folder / "new.yaml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace("days_a_year: 60", "days_a_year: 20"), encoding="utf-8")
    return path


def test_every_row_of_every_table_is_the_same_afterwards(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    person = somebody()
    approved(world, person, "08-05 08-31")
    approved(world, person, "09-05 09-25")
    refuse(world, entered(world, somebody(), "07-10 07-20"), "late")
    accepted(world, person, "10-01 10-08")
    before = every_table()
    given = {"terms": lower_cap(tmp_path), "year": 2026, "list": tmp_path / "list.xlsx", "json": tmp_path / "all.json"}
    call_command("replay_rules", "nursing_subsidy", **given)
    assert re.search(r"改为不予批准 +1 件", capsys.readouterr().out)
    assert every_table() == before
    Person.objects.filter(pk=person.pk).update(name="改过")
    assert every_table() != before


def test_the_command_reads_where_nothing_can_be_written(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = approved(world, somebody(), "08-05 08-31")

    def meddling(*_: object) -> object:
        with transaction.atomic():
            Person.objects.filter(pk=case.applicant_id).update(name="改过")

    monkeypatch.setattr(replaying.Court, "replay_person", meddling)
    with pytest.raises(DatabaseError, match=r"read-?only"):
        call_command("replay_rules", "nursing_subsidy", terms=lower_cap(tmp_path), year=2026)
