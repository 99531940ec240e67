"""Cases that began under a flow without a board, moved to one that has two; and terms read anew with the facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.models import Case, Role
from tests.workflows.notices import noticed
from tests.workflows.notices.noticed import FLOW, PLACES, Village
from tests.world import World, open_item
from workflows import registry
from workflows.amend import amend_facts
from workflows.moving import Target, move
from workflows.programmes.nursing_subsidy.flow_2 import NursingSubsidyFlow2

pytestmark = pytest.mark.django_db


@pytest.fixture
def before(world: World) -> World:
    """The county before its lists hang."""
    return world


def boards_are_put_up(monkeypatch: pytest.MonkeyPatch) -> None:
    known = replace(noticed.programme(), earlier=(NursingSubsidyFlow2,))
    monkeypatch.setattr(registry, "programmes", lambda: registry.Programmes({known.slug: known}))


def test_a_case_that_will_still_pass_the_boards_is_moved_and_must_hang(
    before: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = before.case(at="village")
    boards_are_put_up(monkeypatch)

    assert move(case.pk, Target(flow=FLOW)).refused == ""
    assert Case.objects.get(pk=case.pk).notices_required == list(PLACES)


def test_a_case_that_is_past_a_board_is_not_moved_where_it_could_never_be_paid(
    before: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = before.case(at="county")
    boards_are_put_up(monkeypatch)

    assert "村级公示" in move(case.pk, Target(flow=FLOW)).refused
    assert Case.objects.get(pk=case.pk).flow_version == 2


def test_facts_put_right_bring_the_notices_of_the_terms_that_then_govern(village: Village) -> None:
    case = village.world.enter(category="disabled_child")
    Case.objects.filter(pk=case.pk).update(notices_required=[])

    amend_facts(case.number, {"caregiver": "女儿"}, by=village.by(Role.INTAKE_CLERK), reason="typing_error")

    assert Case.objects.get(pk=case.pk).notices_required == list(PLACES)
    assert open_item(case).step == "intake"
