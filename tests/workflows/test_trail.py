"""The trail: nobody can change it through the front door, and whoever does by the back is found, event by event."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils.timezone import now

from casework.models import Case, Chain, Decision, Event, Role
from tests.back_door import Sql, open_the_back_door
from tests.world import World
from workflows import trail
from workflows.standing import SYSTEM, Actor


@pytest.fixture
def by_the_back_door(db: None) -> Sql:
    return open_the_back_door()


@pytest.fixture
def case(world: World) -> Case:
    """Decided four times: five events."""
    case = world.case("payment")
    assert list(trail.breaks()) == []
    return case


def found() -> list[tuple[str, int]]:
    return [(broken.chain, broken.seq) for broken in trail.breaks()]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor_name", "别人"),
        ("actor_office", "别处"),
        ("actor_id", 999_999),
        ("action", "closed"),
        ("at", "2026-01-01 00:00:00+00:00"),
        ("details", '{"outcome": "refuse"}'),
        ("hash", "0" * 64),
    ],
)
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_event_that_was_altered_is_named(
    case: Case, by_the_back_door: Sql, column: str, value: object, seq: int
) -> None:
    by_the_back_door(f"UPDATE casework_event SET {column} = %s WHERE chain = %s AND seq = %s", value, case.number, seq)
    (broken,) = trail.breaks()
    assert (broken.chain, broken.seq) == (case.number, seq)
    assert "改动" in broken.why


def test_one_character_of_a_detail_is_enough(case: Case, by_the_back_door: Sql) -> None:
    event = Event.objects.get(chain=case.number, seq=5)
    assert event.details["amount"] == "3380.00"
    by_the_back_door(
        "UPDATE casework_event SET details = REPLACE(CAST(details AS text), '3380.00', '3380.01')"
        + ("::jsonb" if connection.vendor == "postgresql" else "")
        + " WHERE id = %s",
        event.pk,
    )
    assert Event.objects.get(pk=event.pk).details["amount"] == "3380.01"
    assert found() == [(case.number, 5)]


def test_an_event_taken_out_of_the_middle_is_missed(case: Case, by_the_back_door: Sql) -> None:
    by_the_back_door("DELETE FROM casework_event WHERE chain = %s AND seq = 3", case.number)
    (broken,) = trail.breaks()
    assert (broken.chain, broken.seq) == (case.number, 3)
    assert "缺少第3条" in broken.why


def test_an_event_taken_out_is_missed_even_when_the_rest_are_numbered_anew(case: Case, by_the_back_door: Sql) -> None:
    by_the_back_door("DELETE FROM casework_event WHERE chain = %s AND seq = 3", case.number)
    for seq in (4, 5):
        by_the_back_door("UPDATE casework_event SET seq = seq - 1 WHERE chain = %s AND seq = %s", case.number, seq)
    assert found() == [(case.number, 3)]


@pytest.mark.parametrize(("kept", "missing"), [(4, 5), (1, 2)])
def test_events_taken_off_the_end_are_missed(case: Case, by_the_back_door: Sql, kept: int, missing: int) -> None:
    by_the_back_door("DELETE FROM casework_event WHERE chain = %s AND seq > %s", case.number, kept)
    (broken,) = trail.breaks()
    assert (broken.chain, broken.seq) == (case.number, missing)
    assert f"应有5条，现有{kept}条" in broken.why


def test_two_events_that_changed_places_are_found(case: Case, by_the_back_door: Sql) -> None:
    for old, new in ((2, 99), (3, 2), (99, 3)):
        by_the_back_door("UPDATE casework_event SET seq = %s WHERE chain = %s AND seq = %s", new, case.number, old)
    assert found() == [(case.number, 2)]


def test_an_event_moved_to_another_case_is_missed_there_and_found_here(world: World, by_the_back_door: Sql) -> None:
    one, other = world.case("village"), world.case("intake")
    by_the_back_door("UPDATE casework_event SET chain = %s WHERE chain = %s AND seq = 2", other.number, one.number)
    assert found() == [(one.number, 2), (other.number, 2)]


def test_an_event_added_by_hand_is_found(case: Case) -> None:
    event = trail.next_event(case, "decided", actor=SYSTEM, at=now(), details={})
    event.save(force_insert=True)
    assert found() == [(case.number, 6)]


@pytest.mark.parametrize("columns", [{"trail_head": "0" * 64}, {"trail_seq": 4}, {"trail_seq": 7}])
def test_a_case_whose_head_was_altered_is_found(case: Case, columns: dict[str, Any]) -> None:
    Case.objects.filter(pk=case.pk).update(**columns)
    (broken,) = trail.breaks()
    assert broken.chain == case.number
    assert "末尾不符" in broken.why


def test_a_chain_of_which_nothing_is_left_is_missed(case: Case, by_the_back_door: Sql) -> None:
    by_the_back_door("DELETE FROM casework_event WHERE chain = %s", case.number)
    (broken,) = trail.breaks()
    assert (broken.chain, broken.why) == (case.number, "轨迹整条缺失")


def test_a_chain_without_its_head_is_found(db: None) -> None:
    trail.record("keys", "keys_rotated", actor=SYSTEM, details={"key": "k2"})
    Chain.objects.filter(name="keys").delete()
    (broken,) = trail.breaks()
    assert (broken.chain, broken.why) == ("keys", "案件或链首记录不存在")


def test_every_broken_chain_is_named_once_and_a_sound_one_is_not(world: World, by_the_back_door: Sql) -> None:
    first, sound, last = (world.case("township") for _ in range(3))
    for broken in (first, last):
        by_the_back_door("UPDATE casework_event SET actor_name = '别人' WHERE chain = %s", broken.number)
    assert found() == [(first.number, 1), (last.number, 1)]
    assert list(trail.breaks(chain=sound.number)) == []
    assert [broken.seq for broken in trail.breaks(chain=last.number)] == [1]


def test_the_command_is_quiet_about_a_whole_trail_and_counts_it(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("verify_trail")
    assert capsys.readouterr().out.strip() == "轨迹完整：1 条链，5 条记录。"


def test_the_command_names_the_first_break_and_exits_1(
    case: Case, by_the_back_door: Sql, capsys: pytest.CaptureFixture[str]
) -> None:
    by_the_back_door("UPDATE casework_event SET actor_name = '别人' WHERE chain = %s AND seq = 4", case.number)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_trail")
    assert ended.value.code == 1
    assert f"{case.number} 第4条" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        call_command("verify_trail", case.number)


def test_a_word_that_is_not_registered_cannot_be_written(case: Case) -> None:
    with pytest.raises(ValueError, match="unregistered trail action: paid_in_cash"):
        trail.record("keys", "paid_in_cash", actor=SYSTEM, details={})
    with pytest.raises(ValueError, match="unregistered"):
        trail.record_for_case(case.pk, "paid_in_cash", actor=SYSTEM, details={})
    assert list(trail.breaks()) == []


def test_chains_of_cases_and_of_others_go_on_from_where_they_were(world: World, case: Case) -> None:
    clerk = world.by(Role.INTAKE_CLERK)
    actor = Actor(clerk.pk, clerk.name, "县计生协", Role.INTAKE_CLERK)
    assert trail.record_for_case(case.pk, "slip_printed", actor=actor, details={}).seq == 6
    assert [trail.record("sheet:1", "sheet_returned", actor=actor, details={"lines": n}).seq for n in (1, 2)] == [1, 2]
    assert list(trail.breaks()) == []


TABLES = ("casework_event", "casework_decision")
CHANGES = {
    "an event, by the ORM": lambda: Event.objects.update(actor_name="别人"),
    "a decision, by the ORM": lambda: Decision.objects.update(note="改过"),
    "one event, saved again": lambda: Event.objects.all()[0].save(),
    "one decision, saved again": lambda: Decision.objects.all()[0].save(),
    "events deleted, by the ORM": lambda: Event.objects.all().delete(),
    "decisions deleted, by the ORM": lambda: Decision.objects.all().delete(),
    **{f"UPDATE {table}": lambda table=table: _execute(f"UPDATE {table} SET at = at") for table in TABLES},
    **{f"DELETE FROM {table}": lambda table=table: _execute(f"DELETE FROM {table}") for table in TABLES},
}


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_was_written(case: Case, change: str) -> None:
    before = list(Event.objects.values_list("hash")), list(Decision.objects.values_list("note"))
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        CHANGES[change]()
    assert (list(Event.objects.values_list("hash")), list(Decision.objects.values_list("note"))) == before


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
def test_emptying_the_table_is_refused_too(case: Case, table: str) -> None:
    _execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        _execute(f"TRUNCATE {table} CASCADE")
    assert Event.objects.count() == 5
