"""What happens when a special family has been lost sight of: somebody must see to it, and the case ends when it is so.

It is a case and not a ledger of its own, because then all of the house is there at once: a queue, a deadline, a
reminder, a supervision order when nobody acts, a trail; and nobody but the gateway can call it done. It begins of
itself (`workflows.coverage.lapses`), in the village or, for what the county arranges, at the county's desk.
"""

from __future__ import annotations

from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from workflows.coverage.ending import end_lapse, lapse_is_over
from workflows.coverage.terms import TERMS
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.outcomes import Kind
from workflows.second_thoughts import COUNTY_DESK


def _until_it_is_over(step: Step) -> Step:
    step.on("restored", "已恢复", moves="finish", to=this.over, clause="三个全覆盖：脱节的及时恢复",
        requires=(lapse_is_over,), then=(end_lapse,), keeps_name=True)  # fmt: skip
    return step.on("terminate", "终止", moves="terminate", to=this.terminated, clause="三个全覆盖：家庭迁出或不再在册",
        kind=Kind.REFUSE, then=(end_lapse,), hand=COUNTY_DESK, aside=True)  # fmt: skip


class FamilyContactFlow(CaseFlow):
    """特殊家庭联系

    系统发现脱节 → 村级恢复联系，或县级补齐安排 → 办结
    """

    programme = "family_contact"
    version = 1
    terms = TERMS

    begin = Begin(this.village, this.county, moves="find", told="cover_lapsed")
    village = _until_it_is_over(
        Step("恢复联系", role=Role.VILLAGE_VERIFIER, level=Level.VILLAGE, capacity=Capacity.VERIFY)
    )
    county = _until_it_is_over(Step("补齐安排", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE))
    over = Ending("已恢复", stage=Stage.CLOSED)
    terminated = Ending("终止", stage=Stage.TERMINATED)
