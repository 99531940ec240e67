"""`conformance`: how well the cases fit the file of their flow, and where they do not."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casework.management.commands import conformance
from casework.models import WorkItem
from tests.world import World


def said(*named: str) -> str:
    out = StringIO()
    call_command("conformance", *named, stdout=out)
    return out.getvalue()


def test_it_says_how_many_cases_fit(world: World) -> None:
    world.case("end")
    world.case("county")
    world.case("county")

    assert said("nursing_subsidy").splitlines() == [
        "住院护理补贴，流程第2版",
        "  已终了：1 件，走法 1 种；完全一致 1 件，吻合度 1.0000",
        "  办理中：2 件，走法 1 种；完全一致 2 件，吻合度 1.0000",
        "住院护理补贴，流程第1版",
        "  已终了：没有走过环节的案件",
        "  办理中：没有走过环节的案件",
    ]
    assert said("nursing_subsidy") in said()


def test_it_names_every_deviation_and_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case, _ = world.case("end"), world.case("end")
    WorkItem.objects.filter(step="village").update(step="hamlet")
    monkeypatch.setattr(conformance, "LISTED", 1)
    out = StringIO()

    with pytest.raises(CommandError, match="有 2 件与流程图不一致"):
        call_command("conformance", "nursing_subsidy", stdout=out)

    lines = out.getvalue().splitlines()
    assert lines[1] == "  已终了：2 件，走法 1 种；完全一致 0 件，吻合度 0.7500"
    assert lines[2].startswith(f"    {case.number}（吻合度 0.7500）：")
    assert sorted(lines[2].partition("）：")[2].split("；")) == [
        "流程图没有而做了“hamlet”",
        "流程图要求而没有做“村级核实”",
    ]
    assert lines[3] == "    ……还有 1 件，没有列出"


def test_what_does_not_fit_entirely_is_never_rounded_up_to_one() -> None:
    assert conformance.four(1 - conformance.Fraction(1, 10**6)) == "0.9999"


@pytest.mark.usefixtures("db")
def test_it_names_the_programmes_there_are() -> None:
    with pytest.raises(CommandError, match="没有代码为“nope”的项目"):
        said("nope")
