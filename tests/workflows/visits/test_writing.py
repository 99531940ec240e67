"""A visit written at the door: once, by whoever may, with its pictures, its receipt and what it points out."""

from __future__ import annotations

import datetime
import uuid

import pytest
from django.utils.timezone import now

from casework.models import Case, Event, Evidence, Role, VisitRecord
from tests.factories import StaffFactory
from tests.workflows.visits import stories
from tests.world import COUNTY, TOWNSHIP, World, open_item
from workflows.history import history
from workflows.perform import perform
from workflows.refusals import Incomplete, NotAllowed, NotYourPost
from workflows.visits.writing import write_visit


def test_who_went_is_kept_with_their_rank_and_the_case_goes_on_to_the_bank(world: World) -> None:
    _round, (case,) = stories.approved(world)
    written = stories.visited(world, case)
    assert written.record.visitors[0] == {"name": "田山青", "rank": "县计生协常务副会长"}
    assert open_item(case).step == "payment"
    kinds = Evidence.objects.filter(case=case).order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["photograph", "receipt"]


def test_the_same_visit_sent_twice_is_kept_once_and_says_so(world: World) -> None:
    _round, (case,) = stories.approved(world)
    key = uuid.uuid4()
    first = stories.visited(world, case, client_key=key)
    again = stories.visited(world, case, client_key=key)
    assert (first.repeated, again.repeated) == (False, True)
    assert VisitRecord.objects.count() == 1
    assert Evidence.objects.filter(case=case).count() == 2


def test_a_visit_broken_off_after_its_pictures_is_sent_again_and_keeps_none_twice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _round, (case,) = stories.approved(world)
    key = uuid.uuid4()

    def broken(*_given: object, **_more: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr("workflows.visits.writing.perform", broken)
        with pytest.raises(ConnectionError):
            stories.visited(world, case, client_key=key)
    assert VisitRecord.objects.count() == 0
    assert stories.visited(world, case, client_key=key).repeated is False
    assert Evidence.objects.filter(case=case).count() == 2


def test_one_key_is_of_one_household(world: World) -> None:
    _round, (case, other) = stories.approved(world, 2)
    key = uuid.uuid4()
    stories.visited(world, case, client_key=key)
    with pytest.raises(NotAllowed, match="已经登记在另一户"):
        stories.visited(world, other, client_key=key)


def test_a_visitor_of_a_team_is_somebody_else_in_a_capacity_of_their_own(world: World) -> None:
    _round, (case,) = stories.approved(world)
    visitor = StaffFactory(post=(Role.VISITOR, COUNTY))
    stories.visited(world, case, by=visitor, as_team=True)
    assert case.participations.get(staff=visitor).capacity == "visit"
    case = Case.objects.get(pk=case.pk)
    assert case.signatures["verify"] == case.facts_digest


def test_nobody_else_writes_it(world: World) -> None:
    _round, (case,) = stories.approved(world)
    for by, as_team in (
        (world.by(Role.COUNTY_APPROVER), False),
        (world.by(Role.VILLAGE_VERIFIER), True),
        (StaffFactory(post=(Role.VISITOR, TOWNSHIP)), True),
    ):
        with pytest.raises(NotYourPost):
            stories.visited(world, case, by=by, as_team=as_team)
    assert Evidence.objects.filter(case=case).count() == 0


def test_the_step_cannot_be_ended_on_another_page(world: World) -> None:
    _round, (case,) = stories.approved(world)
    with pytest.raises(Incomplete, match="请到“走访”页面登记"):
        perform(open_item(case).pk, "visited", by=world.by(Role.VILLAGE_VERIFIER), note="去过了")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"visitors": ({"name": " ", "rank": "书记"},)}, "谁去走访"),
        ({"finished_at": now() - datetime.timedelta(days=1)}, "不能早于到达"),
        ({"started_at": now() - datetime.timedelta(days=2)}, "超过12小时"),
        (
            {
                "started_at": now() + datetime.timedelta(hours=1),
                "finished_at": now() + datetime.timedelta(hours=2),
            },
            "还没有到",
        ),
    ],
)
def test_what_cannot_be_is_refused_before_any_picture_is_kept(world: World, said: dict[str, object], why: str) -> None:
    _round, (case,) = stories.approved(world)
    with pytest.raises(NotAllowed, match=why):
        stories.visited(world, case, **said)
    assert Evidence.objects.filter(case=case).count() == 0


def test_a_case_that_waits_for_no_visit_is_told_so(world: World) -> None:
    (case,) = stories.put_forward(world, stories.a_round(world), stories.families(1))
    with pytest.raises(NotAllowed, match="现在不等走访"):
        write_visit(case.number, stories.a_visit(), by=world.by(Role.VILLAGE_VERIFIER))


def test_the_trail_says_how_many_went_and_what_was_pointed_out_and_names_nobody(world: World) -> None:
    _round, (case,) = stories.approved(world)
    stories.visited(world, case, receipt=b"")
    event = Event.objects.filter(chain=case.number, action="decided").order_by("-seq")[0]
    assert event.details["visitors"] == 2
    assert event.details["findings"] == ["no_place", "no_receipt"]
    assert "田山青" not in str(event.details)
    (entry,) = history(Case.objects.get(pk=case.pk), [event], list(case.decisions.filter(outcome="visited")))
    assert entry.what == "走访：已走访（2人走访，照片1张）"
