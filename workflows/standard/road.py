"""The standard road 标准流程, built from what a page of terms says of its steps.

受理 → 村级核实 → (公示) → 乡镇审核 → (公示) → 县级审批 → (公示) → 发放 → 办结, with second thoughts, as in
`programmes/nursing_subsidy/flow_2.py`. A step the terms do not have is left out. Where nothing is paid, an approved
entitlement is in use until it expires or is ended.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any, cast

from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from casework.models.law import NOTICE_WORDS
from workflows.donations import a_donation_has_enough, give_back, take_from_a_donation
from workflows.entitlement import award_recomputes, release_entitlement, reserve_entitlement
from workflows.flow import Begin, CaseFlow, Ending, Requirement, Step
from workflows.notices.road import notice_steps
from workflows.outcomes import Kind
from workflows.papers import wanted
from workflows.payments.coming_back import late_return_step
from workflows.payments.requirements import IN_A_BATCH, may_leave_the_batch
from workflows.second_thoughts import (
    asks_for_review,
    internal_review_step,
    nothing_stands_against,
    overturning,
    review_request_step,
    suspended_step,
    too_much_is_explained,
    with_second_thoughts,
)
from workflows.standard.dates import due_by
from workflows.standard.requirements import (
    families_are_linked,
    findings_are_written,
    home_visit_is_photographed,
    log_agrees,
    log_has,
    log_still_covers,
    not_yet_judged,
    papers_are_here,
)
from workflows.standard.schema import BEFORE_MONEY, OFFICES
from workflows.terms import TermsBook

MODULE = "workflows.standard.flows"
"""Where a flow is found again by its name, which is what a case keeps of it."""

LEVELS = {
    "village": Level.VILLAGE,
    "township": Level.TOWNSHIP,
    "county": Level.COUNTY,
    "prefecture": Level.PREFECTURE,
}
REFUSAL: Mapping[str, Any] = {
    "moves": "reject",
    "kind": Kind.REFUSE,
    "then": (release_entitlement,),
    "announces": True,
}


ALWAYS_SAID = frozenset({"name", "office", "clause", "by", "photograph", "findings", "log"})
"""The fields that were there when the first cases began. Never add to these, never take one away."""


@dataclass(frozen=True)
class Place:
    """A step as the terms have it: where it lies, on which clause, and what it wants to see."""

    name: str
    office: str
    clause: str
    by: str = ""
    photograph: bool = False
    findings: bool = False
    log: tuple[str, ...] = ()

    @property
    def is_notice(self) -> bool:
        return self.name in NOTICE_WORDS

    @property
    def said(self) -> list[tuple[str, Any]]:
        """What tells it from another, in the order of the names. A case keeps its flow by what this comes to: a field
        that is added later counts only where the terms say something there."""
        held = [(field.name, getattr(self, field.name), field.default) for field in fields(self)]
        return sorted((name, value) for name, value, default in held if name in ALWAYS_SAID or value != default)


@dataclass(frozen=True)
class Road:
    """All of a version's terms that make its road what it is: two versions of one road share a flow."""

    places: tuple[Place, ...]

    @property
    def mark(self) -> str:
        """Eight characters that tell this road from any other."""
        return sha256(repr([place.said for place in self.places]).encode()).hexdigest()[:8]

    @property
    def noticed_before_approval(self) -> tuple[str, ...]:
        """The boards a list has hung on when the county approves."""
        return tuple(place.name for place in self.places if place.name in ("village_notice", "township_notice"))

    @property
    def pays(self) -> bool:
        return any(place.name == "payment" for place in self.places)

    def place(self, name: str) -> Place | None:
        return next((place for place in self.places if place.name == name), None)

    def after(self, name: str) -> Place:
        """Where the road goes on from a step."""
        names = [place.name for place in self.places]
        return self.places[names.index(name) + 1]

    def before(self, name: str) -> Place:
        """Where a step sends back to: the last before it where somebody decides."""
        names = [place.name for place in self.places]
        earlier = [place for place in self.places[: names.index(name)] if not place.is_notice]
        return earlier[-1]


def road_of(steps: Mapping[str, Mapping[str, Any]]) -> Road:
    """The road that the `steps` of a version describe."""
    order = [*BEFORE_MONEY, "payment", "in_use"]
    return Road(
        tuple(
            Place(
                name=name,
                office=steps[name].get("office", OFFICES[name][0]),
                clause=steps[name]["clause"],
                by=steps[name].get("by", ""),
                photograph=bool(steps[name].get("photograph")),
                findings=bool(steps[name].get("findings")),
                log=tuple(steps[name].get("log", ())),
            )
            for name in order
            if name in steps
        )
    )


def class_name_of(slug: str, road: Road) -> str:
    return f"{slug}_{road.mark}"


def flow_of(road: Road, *, programme: str, title: str, terms: TermsBook, version: int) -> type[CaseFlow]:
    """The flow class of a road."""
    nodes = _before_the_decision(road) | (_money(road) if road.pays else _use(road)) | _beside(road) | _endings(road)
    said = {
        "__doc__": f"{title}\n\n{' → '.join(_title_of(place, nodes) for place in road.places)}",
        "__module__": MODULE,
        "programme": programme,
        "version": version,
        "terms": terms,
    }
    held = {**said, "begin": Begin(this.intake), **nodes}
    name = class_name_of(programme, road)
    return cast(type[CaseFlow], types.new_class(name, (CaseFlow,), exec_body=lambda body: body.update(held)))


def _title_of(place: Place, nodes: Mapping[str, Any]) -> str:
    return str(nodes[place.name].task_title)


def _before_the_decision(road: Road) -> dict[str, Any]:
    build = {"intake": _intake, "village": _village, "township": _township, "county": _county}
    nodes: dict[str, Any] = {}
    for place in road.places:
        if place.is_notice:
            nodes |= _notice(road, place)
        if place.name in build:
            nodes[place.name] = build[place.name](road, place)
        if place.name == "intake":
            nodes["papers"] = _papers(road, place)
    return nodes


def _notice(road: Road, place: Place) -> dict[str, Step]:
    """The list hangs, and goes on when its days are over."""
    approved = place.name == "county_notice"
    back = this.village if road.place("village") and not approved else None
    to = getattr(this, road.after(place.name).name)
    refused = this.refused_by_county if approved else this.refused
    steps = notice_steps(place.name, to=to, back=back, refused=refused, approved=approved, clause=place.clause)
    names = (place.name, f"{place.name}_hanging", f"{place.name}_objection")
    return dict(zip(names, steps, strict=True))


def _onward(road: Road, place: Place) -> dict[str, Any]:
    """The way on: where to, and by which day of the year it must be done there, if the terms say so."""
    following = road.after(place.name)
    return {"to": getattr(this, following.name), "then": (due_by(following.by),) if following.by else ()}


def _wants(place: Place) -> tuple[Requirement, ...]:
    """What every step of a decision wants to see: the papers, and what the terms want of the log by then."""
    return (papers_are_here, log_has(place.log)) if place.log else (papers_are_here,)


def _for_approval(county: Place) -> tuple[Requirement, ...]:
    """What stands behind a yes of the county, whether it comes at once or by a review."""
    return (*_wants(county), log_agrees, families_are_linked, a_donation_has_enough)


def _intake(road: Road, place: Place) -> Step:
    onward = _onward(road, place)
    step = (
        Step("受理", role=Role.INTAKE_CLERK, level=LEVELS[place.office], capacity=Capacity.INTAKE)
        .on("accept", "受理", moves="accept", to=onward["to"], clause=place.clause,
            requires=(not_yet_judged(nothing_stands_against), not_yet_judged(papers_are_here)),
            then=(reserve_entitlement, *onward["then"]), signs=True, announces=True)
        .on("ask_for_papers", "要求补正", moves="ask_for_papers", to=this.papers, clause="一次性告知",
            kind=Kind.ASK, asks=(wanted.PAPERS,), then=(wanted.tell_what_is_wanted,), announces=True,
            stops_clock="correction")
        .on("refuse", "不予受理", to=this.refused, clause=place.clause, **REFUSAL)
    )  # fmt: skip
    return with_second_thoughts(step, stands=road.pays)


def _papers(road: Road, place: Place) -> Step:
    """What is brought later is looked at where it was asked for."""
    step = (
        Step("补正", role=Role.INTAKE_CLERK, level=LEVELS[place.office], capacity=Capacity.INTAKE)
        .on("resubmit", "材料已补齐", moves="submit", to=this.intake, clause="一次性告知",
            asks=(wanted.TICKS,), then=(wanted.note_what_was_brought,), signs=True, restarts_clock=True)
        .on("withdraw", "撤回申请", moves="withdraw", to=this.withdrawn, clause="申请人撤回或逾期未补正",
            kind=Kind.REFUSE, then=(release_entitlement,), announces=True)
    )  # fmt: skip
    return with_second_thoughts(step, suspends=False, stands=road.pays)


def _village(road: Road, place: Place) -> Step:
    requires = list(_wants(place))
    requires += [home_visit_is_photographed] * place.photograph + [findings_are_written] * place.findings
    step = (
        Step("村级核实", role=Role.VILLAGE_VERIFIER, level=LEVELS[place.office], capacity=Capacity.VERIFY)
        .on("pass", "核实通过", moves="verify", clause=place.clause, requires=tuple(requires), signs=True,
            **_onward(road, place))
        .on("send_back", "退回受理", moves="return_to_intake", to=this.intake, clause=place.clause, kind=Kind.BACK)
        .on("refuse", "核实不通过", to=this.refused, clause=place.clause, **REFUSAL)
    )  # fmt: skip
    return with_second_thoughts(step, stands=road.pays)


def _township(road: Road, place: Place) -> Step:
    back, moves = road.before("township"), "return_to_intake"
    if back.name == "village":
        moves = "return_to_village"
    step = (
        Step("乡镇审核", role=Role.TOWNSHIP_REVIEWER, level=LEVELS[place.office], capacity=Capacity.REVIEW)
        .on("pass", "审核通过", moves="review", clause=place.clause, requires=_wants(place),
            signs=True, **_onward(road, place))
        .on("send_back", BACK_TO[back.name], moves=moves, to=getattr(this, back.name), clause=place.clause,
            kind=Kind.BACK)
        .on("refuse", "审核不通过", to=this.refused, clause=place.clause, **REFUSAL)
    )  # fmt: skip
    return with_second_thoughts(step, stands=road.pays)


BACK_TO = {"intake": "退回受理", "village": "退回村级", "township": "退回乡镇"}
BY_COUNTY = {"intake": "return_to_intake", "village": "return_to_village", "township": "return_to_township"}


def _county(road: Road, place: Place) -> Step:
    back, onward = road.before("county"), _onward(road, place)
    step = Step("县级审批", role=Role.COUNTY_APPROVER, level=LEVELS[place.office], capacity=Capacity.APPROVE)
    step.on("approve", "批准", moves="approve", to=onward["to"], clause=place.clause,
        requires=(award_recomputes, *_for_approval(place)),
        then=(take_from_a_donation, *onward["then"]), signs=True, announces=True,
        after_notice=road.noticed_before_approval)  # fmt: skip
    if road.pays:
        step.on("settle", "不再补发，办结", moves="settle", to=this.paid, clause="复核：重新办理后不需补发",
            requires=(too_much_is_explained,), then=(give_back,), announces=True)  # fmt: skip
    step.on("send_back", BACK_TO[back.name], moves=BY_COUNTY[back.name], to=getattr(this, back.name),
        clause=place.clause, kind=Kind.BACK)  # fmt: skip
    step.on("refuse", "不予批准", to=this.refused_by_county, clause=place.clause, **REFUSAL)
    return with_second_thoughts(step, stands=road.pays)


def _money(road: Road) -> dict[str, Any]:
    """The four steps of money by batch, the same as everywhere, and the one by which it comes back."""
    place = road.place("payment")
    assert place is not None
    clause = place.clause
    payment = asks_for_review(with_second_thoughts(
        Step("列入发放批次", role=Role.PAYMENT_OFFICER, level=Level.COUNTY, capacity=Capacity.PAY)
        .on("draw", "列入批次", moves="schedule", to=this.payment_check, clause=clause,
            requires=(*([log_has(place.log)] if place.log else []), log_still_covers, *IN_A_BATCH), signs=True,
            by_batch=True)
    ))  # fmt: skip
    payment_check = (
        Step("发放复核", role=Role.PAYMENT_CHECKER, level=Level.COUNTY, capacity=Capacity.CHECK)
        .on("confirm", "复核无误", moves="confirm_payment", to=this.bank, clause="惠民资金一卡通：复核",
            requires=IN_A_BATCH, signs=True, by_batch=True)
        .on("send_back", "退出批次", moves="unschedule", to=this.payment, clause="惠民资金一卡通：复核",
            requires=IN_A_BATCH, kind=Kind.BACK, by_batch=True)
    )  # fmt: skip
    bank = may_leave_the_batch(
        Step("银行回盘", role=Role.PAYMENT_OFFICER, level=Level.COUNTY, capacity=Capacity.PAY)
        .on("credited", "到账", moves="pay", to=this.paid, clause="惠民资金一卡通：银行发放",
            requires=IN_A_BATCH, signs=True, announces=True, by_batch=True)
        .on("returned", "退票", moves="unschedule", to=this.account, clause="惠民资金一卡通：支付退票",
            requires=IN_A_BATCH, kind=Kind.BACK, announces=True, by_batch=True),
        this.payment,
    )  # fmt: skip
    account = with_second_thoughts(
        Step("更正账户", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
        .on("corrected", "账户已更正", moves="mend_account", to=this.payment, clause="惠民资金一卡通：退票重发",
            signs=True),
        suspends=False,
    )  # fmt: skip
    late_return = late_return_step(this.account, anew=this.intake)
    return {
        "payment": payment,
        "payment_check": payment_check,
        "bank": bank,
        "account": account,
        "late_return": late_return,
    }


def _use(road: Road) -> dict[str, Any]:
    """An entitlement in use, until it runs out, or is ended with a reason."""
    place = road.place("in_use")
    assert place is not None
    step = Step("享受期间", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
    step.on("expire", "到期", moves="finish", to=this.paid, clause=place.clause, announces=True)
    return {"in_use": with_second_thoughts(step, stands=False)}


def _beside(road: Road) -> dict[str, Any]:
    last = this.payment if road.pays else this.in_use
    decided = [getattr(this, place.name) for place in road.places if place.name in BEFORE_MONEY]
    upheld = [this.refused, this.terminated, this.withdrawn, this.paid, *([this.payment] if road.pays else [])]
    review, county = internal_review_step(this.refused_by_county, title="复核县级决定"), road.place("county")
    assert county is not None  # a page of terms without one is refused
    return {
        "suspended": suspended_step(*decided, last, stands=road.pays),
        "review_request": review_request_step(this.internal_review),
        "internal_review": internal_review_step(*upheld),
        "refusal_review_request": review_request_step(this.refusal_review, title="对县级决定申请复核"),
        "refusal_review": overturning(
            review,
            to=getattr(this, road.after("county").name),
            after_notice=road.noticed_before_approval,
            requires=_for_approval(county),
            then=(take_from_a_donation, *_onward(road, county)["then"]),
        ),
    }


def _endings(road: Road) -> dict[str, Any]:
    paid = Ending("办结", stage=Stage.CLOSED, reopens=this.review_request)
    if road.pays:
        again = (this.review_request, this.late_return)
        paid = Ending("办结", moves="close", stage=Stage.CLOSED, reopens=again)
    return {
        "paid": paid,
        "refused": Ending("不予批准", stage=Stage.REJECTED, reopens=this.review_request),
        "refused_by_county": Ending("县级不予批准", stage=Stage.REJECTED, reopens=this.refusal_review_request),
        "withdrawn": Ending("撤回", stage=Stage.WITHDRAWN, reopens=this.review_request),
        "terminated": Ending("终止", stage=Stage.TERMINATED, reopens=this.review_request),
    }
