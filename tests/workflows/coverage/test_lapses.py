"""What lapses becomes a case, once, and ends when it is so."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from casework.models import Case, CoverLapse, Event, FamilyCover, Post, Role
from notifications.models import Outbox
from tests.at_once import at_once
from tests.factories import StaffFactory
from tests.workflows.coverage import stories
from tests.world import VILLAGE, World, open_item
from workflows.coverage import lapses
from workflows.coverage.keeping import end_cover
from workflows.coverage.lapses import sweep_lapses
from workflows.jobs import HANDLERS
from workflows.perform import perform
from workflows.refusals import Incomplete

YESTERDAY = datetime.timedelta(days=1)


def raised() -> list[tuple[str, str, str]]:
    """(kind, step, office) of every open case."""
    cases = Case.objects.filter(programme="family_contact", work_items__finished__isnull=True).order_by("id")
    return [(case.facts["kind"], open_item(case).step, open_item(case).office) for case in cases]


def test_a_family_well_looked_after_raises_nothing(world: World) -> None:
    stories.cared_for(world)
    assert sweep_lapses(localdate()) == 0


def test_a_family_that_never_had_any_is_a_gap_and_no_lapse(world: World) -> None:
    stories.a_family()
    assert sweep_lapses(localdate()) == 0


def test_two_months_of_silence_are_the_villages_to_end(world: World) -> None:
    person = stories.a_family()
    stories.cover(world, person, "village_contact")
    stories.spoken(world, person, 61)
    assert sweep_lapses(localdate()) == 1
    assert raised() == [("no_contact", "village", VILLAGE)]
    (case,) = Case.objects.filter(programme="family_contact")
    with pytest.raises(Incomplete, match="请先联系这一家"):
        perform(open_item(case).pk, "restored", by=world.by(Role.VILLAGE_VERIFIER))
    stories.spoken(world, person, 0)
    case.refresh_from_db()
    assert case.stage == "closed"
    assert sweep_lapses(localdate()) == 0


def test_sixty_days_are_not_yet_too_long(world: World) -> None:
    person = stories.a_family()
    stories.cover(world, person, "village_contact")
    stories.spoken(world, person, 60)
    assert sweep_lapses(localdate()) == 0
    assert sweep_lapses(localdate() + YESTERDAY) == 1


def test_a_contact_whose_post_has_ended_is_one_no_longer(world: World) -> None:
    person = stories.cared_for(world)
    verifier = StaffFactory(username="cunganbu", post=(Role.VILLAGE_VERIFIER, VILLAGE))
    stories.cover(world, person, "village_contact", username="cunganbu", valid_from=localdate())
    assert sweep_lapses(localdate()) == 0
    Post.objects.filter(staff=verifier).update(valid_to=localdate() - YESTERDAY)
    assert sweep_lapses(localdate()) == 1
    assert raised() == [("village_contact", "village", VILLAGE)]
    stories.cover(world, person, "village_contact", by=world.by(Role.VILLAGE_VERIFIER), valid_from=localdate())
    assert raised() == []


def test_a_contract_that_ran_out_and_a_hospital_that_fell_away(world: World) -> None:
    person = stories.cared_for(world)
    for kind in ("family_doctor", "green_channel"):
        found = FamilyCover.objects.get(kind=kind)
        end_cover(found.pk, localdate() - YESTERDAY, by=world.by(Role.INTAKE_CLERK))
    assert sweep_lapses(localdate()) == 2
    assert sorted(raised()) == [("family_doctor", "village", VILLAGE), ("green_channel", "county", VILLAGE[:6])]
    stories.cover(world, person, "green_channel", valid_from=localdate())
    assert raised() == [("family_doctor", "village", VILLAGE)]


def test_swept_twice_and_by_the_nightly_job_it_is_raised_once(world: World) -> None:
    person = stories.a_family()
    stories.cover(world, person, "village_contact")
    day = localdate()
    assert [sweep_lapses(day), sweep_lapses(day)] == [1, 0]
    lapses.begin_nightly(day)
    lapses.begin_nightly(day)
    (job,) = Outbox.objects.filter(kind=lapses.KIND)
    HANDLERS[job.kind](job.key, job.payload)
    assert CoverLapse.objects.count() == 1


def test_it_goes_lot_by_lot(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lapses, "AT_A_TIME", 2)
    for _number in range(3):
        stories.cover(world, stories.a_family(), "village_contact")
    lapses.go_on("", {"day": localdate().isoformat(), "after": 0})
    assert CoverLapse.objects.count() == 2
    (next_job,) = Outbox.objects.filter(kind=lapses.KIND)
    lapses.go_on(next_job.key, next_job.payload)
    assert CoverLapse.objects.count() == 3
    assert Outbox.objects.filter(kind=lapses.KIND).count() == 1


def test_the_database_keeps_one_case_a_lapse(world: World) -> None:
    for _number in range(2):
        stories.cover(world, stories.a_family(), "village_contact")
    sweep_lapses(localdate())
    one, other = CoverLapse.objects.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        CoverLapse.objects.filter(pk=other.pk).update(household=one.household)


def test_the_case_says_that_nobody_asked_for_it(world: World) -> None:
    stories.cover(world, stories.a_family(), "village_contact")
    sweep_lapses(localdate())
    (case,) = Case.objects.filter(programme="family_contact")
    event = Event.objects.get(chain=case.number, seq=1)
    assert (event.action, event.actor_id, case.pays_by, case.amount) == ("cover_lapsed", None, "nothing", None)


def test_a_family_that_left_the_register_is_let_go_by_the_county(world: World) -> None:
    stories.cover(world, stories.a_family(), "village_contact")
    sweep_lapses(localdate())
    (case,) = Case.objects.filter(programme="family_contact")
    perform(open_item(case).pk, "terminate", by=world.by(Role.INTAKE_CLERK), reasons=["no_longer_registered"])
    assert CoverLapse.objects.get().live is False


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_raise_each_lapse_once(world: World) -> None:
    for _number in range(4):
        stories.cover(world, stories.a_family(), "village_contact")
    day = localdate()
    results = at_once(lambda: sweep_lapses(day), lambda: sweep_lapses(day))
    assert sum(results) == 4  # type: ignore[arg-type]
    assert CoverLapse.objects.count() == 4
