"""A flow with notices is drawn and leaves the house like any other."""

from __future__ import annotations

from tests.workflows.notices.noticed import FLOW
from workflows.bpmn.document import to_bpmn
from workflows.chart import to_svg
from workflows.conformance.net import read_net
from workflows.conformance.soundness import examine


def test_as_a_net_it_is_sound() -> None:
    assert examine(read_net(to_bpmn(FLOW))).flaws == ()


def test_the_picture_has_the_board_on_the_road_and_the_objection_beside_it() -> None:
    drawn = to_svg(FLOW)

    assert all(words in drawn for words in ("村级公示（待张榜）", "村级公示（张榜中）", "村级公示（异议待答复）"))
