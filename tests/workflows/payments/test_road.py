"""The stretch done by batch is found in any flow by what its outcomes move, never by their names."""

from __future__ import annotations

import dataclasses

import pytest

from workflows import registry
from workflows.flow import CaseFlow
from workflows.payments.refusals import NotPaidByBatch
from workflows.payments.road import paid_by_batch, road_of


def test_the_five_ways_of_the_nursing_subsidy() -> None:
    road = road_of("nursing_subsidy")
    ways = {name: getattr(road, name) for name in ("draw", "confirm", "send_back", "credited", "returned")}
    assert {name: (way.step.name, way.outcome) for name, way in ways.items()} == {
        "draw": ("payment", "draw"),
        "confirm": ("payment_check", "confirm"),
        "send_back": ("payment_check", "send_back"),
        "credited": ("bank", "credited"),
        "returned": ("bank", "returned"),
    }


def test_a_programme_without_batches_is_not_offered_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class PaidOtherwise(CaseFlow):
        programme = "advice"

    known = registry.programme("nursing_subsidy")
    other = dataclasses.replace(known, slug="advice", title="法律咨询", flow=PaidOtherwise)
    monkeypatch.setattr(registry, "programmes", lambda: {"advice": other, known.slug: known})
    assert [found.slug for found in paid_by_batch()] == ["nursing_subsidy"]
    with pytest.raises(NotPaidByBatch, match="法律咨询"):
        road_of("advice")
