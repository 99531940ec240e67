"""What a visit points out, each by the story that brings it about; and that none of it holds anything up."""

from __future__ import annotations

import datetime

import pytest
from django.utils.timezone import localdate, now

from casework.models import Case, Role, VisitRecord
from tests.workflows.visits import stories
from tests.world import World, open_item
from workflows.visits.findings import in_words, kilometres

HOME = (28.5, 112.2)
NEXT_DOOR = (28.501, 112.201)
FAR = (28.9, 112.2)


def codes(world: World, case: Case, **said: object) -> list[str]:
    found = stories.visited(world, case, **said)  # type: ignore[arg-type]  # as a story says it
    assert open_item(case).step == "payment"
    return found.record.findings


def at(place: tuple[float, float], seed: int) -> list[bytes]:
    return [stories.photograph(seed, at=place)]


def test_a_visit_as_it_should_be_points_out_nothing(world: World) -> None:
    _round, (case,) = stories.approved(world)
    assert codes(world, case, photographs=at(HOME, 1)) == []
    assert VisitRecord.objects.filter(pointed_out=True).count() == 0


def test_no_photograph_and_no_receipt(world: World) -> None:
    _round, (case,) = stories.approved(world)
    assert codes(world, case, photographs=[], receipt=b"") == ["no_photograph", "no_receipt"]


def test_a_photograph_used_for_another_household_is_pointed_out_and_taken(world: World) -> None:
    _round, (case, other) = stories.approved(world, 2)
    assert codes(world, case, photographs=at(HOME, 7)) == []
    assert codes(world, other, photographs=at(HOME, 7), receipt=stories.photograph(5999)) == ["photograph_reused"]


def test_one_signature_for_two_households(world: World) -> None:
    _round, (case, other) = stories.approved(world, 2)
    drawn = stories.photograph(77)
    assert codes(world, case, photographs=at(HOME, 1), receipt=drawn) == []
    assert codes(world, other, photographs=at(HOME, 2), receipt=drawn) == ["same_signature"]


def test_far_from_where_the_village_was_photographed_before(world: World) -> None:
    _round, cases = stories.approved(world, 5)
    hour = datetime.timedelta(hours=5)
    for seed, case in enumerate(cases[:3]):
        moment = now() - hour * (seed + 2)
        assert codes(world, case, photographs=at(NEXT_DOOR, seed), receipt=stories.photograph(600 + seed),
                     started_at=moment, finished_at=moment) in ([], ["outside_dates"])  # fmt: skip
    assert codes(world, cases[3], photographs=at(FAR, 8), receipt=stories.photograph(611)) == ["outside_village"]
    assert codes(world, cases[4], photographs=at(HOME, 9), receipt=stories.photograph(612)) == ["far_apart"]


def test_two_far_places_within_the_hour_by_one_hand(world: World) -> None:
    _round, (case, other, third) = stories.approved(world, 3)
    assert codes(world, case, photographs=at(HOME, 1), receipt=stories.photograph(601)) == []
    assert codes(world, other, photographs=at(FAR, 2), receipt=stories.photograph(602)) == ["far_apart"]
    later = now() - datetime.timedelta(minutes=1)
    earlier = later - datetime.timedelta(hours=2)
    assert codes(world, third, photographs=at(HOME, 3), receipt=stories.photograph(603), started_at=earlier,
                 finished_at=earlier) == []  # fmt: skip


def test_outside_the_rounds_days(world: World) -> None:
    tomorrow = localdate() + datetime.timedelta(days=1)
    _round, (case,) = stories.approved(world, visit_from=tomorrow, visit_to=tomorrow)
    assert codes(world, case, photographs=at(HOME, 1)) == ["outside_dates"]


def test_more_visits_in_a_day_than_can_be_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _round, cases = stories.approved(world, 2)
    from_terms = {"outside_village_km": 5, "far_apart_km": 15, "within_minutes": 60, "visits_a_day": 1}
    monkeypatch.setattr("workflows.visits.findings.limits_of", lambda _round: from_terms)
    found = [
        codes(world, case, photographs=at(HOME, seed), receipt=stories.photograph(700 + seed))
        for seed, case in enumerate(cases)
    ]
    assert found == [[], ["too_many"]]


def test_every_code_is_said_in_words() -> None:
    assert in_words(["no_receipt", "far_apart", "unheard_of"]) == ["没有签收", "同一人在短时间内走访了相距很远的两处"]


@pytest.mark.parametrize(("one", "other", "km"), [(HOME, HOME, 0), (HOME, FAR, 44.5), ((0, 0), (0, 1), 111.2)])
def test_kilometres_along_the_ground(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert kilometres(one, other) == pytest.approx(km, abs=0.1)


def test_a_visit_by_somebody_else_does_not_count_against_one(world: World) -> None:
    _round, (case, other) = stories.approved(world, 2)
    stories.visited(world, case, photographs=at(HOME, 1))
    colleague = stories.colleague_of(world, Role.VILLAGE_VERIFIER)
    found = stories.visited(world, other, by=colleague, photographs=at(FAR, 2), receipt=stories.photograph(9))
    assert found.record.findings == []
