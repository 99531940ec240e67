"""A programme with two notices, in the village before the decision and at the county after it; and ways to walk it."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import time_machine
from PIL import Image
from viewflow import this

from casework.models import Capacity, Case, Level, Notice, PaymentBatch, Person, Role, Staff, Stage
from tests import factories
from tests.world import COUNTY, TOWNSHIP, VILLAGE, World, open_item, photographed
from workflows import registry
from workflows.entitlement import award_recomputes, release_entitlement, reserve_entitlement
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.limits import Deadline
from workflows.notice_terms import NoticeTerms
from workflows.notices.closing import close_notice
from workflows.notices.photographs import add_photograph
from workflows.notices.posting import post_notice
from workflows.notices.road import REASONS, notice_steps
from workflows.outcomes import Kind
from workflows.payments.batches import draw_batch
from workflows.payments.coming_back import late_return_step
from workflows.payments.requirements import IN_A_BATCH, may_leave_the_batch
from workflows.perform import perform
from workflows.programme import Programme
from workflows.programmes.nursing_subsidy import flow_2
from workflows.second_thoughts import (
    internal_review_step,
    review_request_step,
    suspended_step,
    with_second_thoughts,
)
from workflows.terms import TermsBook

SLUG = "nursing_subsidy"
PLACES = ("village_notice", "county_notice")
MONDAY = datetime.datetime(2026, 11, 2, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
DAYS = 7
WAY = NoticeTerms(
    DAYS, show=("name", "village", "amount"), channels=("board", "meeting", "web"), clause="示例：公示7天"
)


def _step(title: str, role: str, level: Level, capacity: str) -> Step:
    return Step(title, role=role, level=level, capacity=capacity)


def _refusing(step: Step) -> Step:
    return step.on("refuse", "不予批准", moves="reject", to=this.refused, clause="样例", kind=Kind.REFUSE,
        then=(release_entitlement,), announces=True)  # fmt: skip


def _nodes() -> dict[str, Any]:
    village_notice = notice_steps("village_notice", to=this.township, back=this.village, refused=this.refused)
    county_notice = notice_steps("county_notice", to=this.payment, refused=this.refused, approved=True)
    intake = _step("受理", Role.INTAKE_CLERK, Level.COUNTY, Capacity.INTAKE).on(
        "accept", "受理", moves="accept", to=this.village, clause="样例", then=(reserve_entitlement,),
        signs=True)  # fmt: skip
    village = _step("村级核实", Role.VILLAGE_VERIFIER, Level.VILLAGE, Capacity.VERIFY).on(
        "pass", "核实通过", moves="verify", to=this.village_notice, clause="样例", signs=True)  # fmt: skip
    township = (
        _step("乡镇审核", Role.TOWNSHIP_REVIEWER, Level.TOWNSHIP, Capacity.REVIEW)
        .on("pass", "审核通过", moves="review", to=this.county, clause="样例", signs=True)
        .on("send_back", "退回村级", moves="return_to_village", to=this.village, clause="样例", kind=Kind.BACK)
    )  # fmt: skip
    county = (
        _step("县级审批", Role.COUNTY_APPROVER, Level.COUNTY, Capacity.APPROVE)
        .on("approve", "批准", moves="approve", to=this.county_notice, clause="样例", requires=(award_recomputes,),
            signs=True, after_notice=("village_notice",))
        .on("settle", "不再补发", moves="settle", to=this.paid, clause="样例")
        .on("send_back", "退回乡镇", moves="return_to_township", to=this.township, clause="样例", kind=Kind.BACK)
    )  # fmt: skip
    return {
        "begin": Begin(this.intake),
        "intake": _refusing(with_second_thoughts(intake)),
        "village": _refusing(with_second_thoughts(village)),
        **dict(zip(_names("village_notice"), village_notice, strict=True)),
        "township": _refusing(with_second_thoughts(township)),
        "county": _refusing(with_second_thoughts(county)),
        **dict(zip(_names("county_notice"), county_notice, strict=True)),
        **_money(),
        "suspended": suspended_step(
            this.intake, this.village, this.village_notice, this.township, this.county, this.county_notice
        ),
        "review_request": review_request_step(this.internal_review),
        "internal_review": internal_review_step(this.refused, this.terminated, this.withdrawn, this.paid),
        "late_return": late_return_step(this.account, anew=this.intake),
        "paid": Ending("办结", moves="close", stage=Stage.CLOSED, reopens=(this.review_request, this.late_return)),
        "refused": Ending("不予批准", stage=Stage.REJECTED, reopens=this.review_request),
        "withdrawn": Ending("撤回", stage=Stage.WITHDRAWN, reopens=this.review_request),
        "terminated": Ending("终止", stage=Stage.TERMINATED, reopens=this.review_request),
    }


def _money() -> dict[str, Step]:
    by_batch = {"clause": "样例", "requires": IN_A_BATCH, "by_batch": True}
    bank = (
        _step("银行回盘", Role.PAYMENT_OFFICER, Level.COUNTY, Capacity.PAY)
        .on("credited", "到账", moves="pay", to=this.paid, signs=True, **by_batch)
        .on("returned", "退票", moves="unschedule", to=this.account, kind=Kind.BACK, **by_batch)
    )
    return {
        "payment": _step("列入发放批次", Role.PAYMENT_OFFICER, Level.COUNTY, Capacity.PAY).on(
            "draw", "列入批次", moves="schedule", to=this.payment_check, signs=True, **by_batch
        ),
        "payment_check": _step("发放复核", Role.PAYMENT_CHECKER, Level.COUNTY, Capacity.CHECK)
        .on("confirm", "复核无误", moves="confirm_payment", to=this.bank, signs=True, **by_batch)
        .on("send_back", "退出批次", moves="unschedule", to=this.payment, kind=Kind.BACK, **by_batch),
        "bank": may_leave_the_batch(bank, this.payment),
        "account": _step("更正账户", Role.INTAKE_CLERK, Level.COUNTY, Capacity.INTAKE).on(
            "corrected", "账户已更正", moves="mend_account", to=this.payment, clause="样例", signs=True
        ),
    }


def _names(place: str) -> tuple[str, str, str]:
    return place, f"{place}_hanging", f"{place}_objection"


def _flow() -> type[CaseFlow]:
    """It is kept with each case as `module.Class`, so it stands in a module of the house while the tests run."""
    body = {**_nodes(), "__module__": flow_2.__name__, "__doc__": "住院护理补贴（有公示）", "programme": SLUG}
    made = type(CaseFlow)("NoticedFlow", (CaseFlow,), {**body, "version": 3, "terms": _terms()})
    flow_2.NoticedFlow = made  # type: ignore[attr-defined]  # see above
    return made


def _terms(**otherwise: Any) -> TermsBook:
    deadlines = {name: Deadline(10) for name, node in _nodes().items() if isinstance(node, Step)}
    way = replace(WAY, **otherwise)
    known = registry.programme(SLUG).terms.versions
    return TermsBook([replace(terms, deadlines=deadlines, notices=PLACES, notice=way) for terms in known])


FLOW = _flow()


def programme(**otherwise: Any) -> Programme:
    """The nursing subsidy, its list hung twice; `otherwise` is what its terms say of the notice instead."""
    known = registry.programme(SLUG)
    terms = _terms(**otherwise)
    FLOW.terms = terms
    said = {name for step in FLOW.steps() for name in step.outcomes}
    reasons = {one.code: one for one in (*known.reasons.values(), *REASONS) if one.outcomes <= said}
    return replace(known, flow=FLOW, earlier=(), terms=terms, reasons=reasons)


@dataclass
class Village:
    """A county whose lists hang: verbs that tell stories, each on the day it is told on."""

    world: World

    def by(self, role: str) -> Staff:
        return self.world.by(role)

    def case(self, at: str = "village_notice", *, person: Person | None = None, **facts: Any) -> Case:
        """A case waiting to be posted in its village, or (`at="county_notice"`) at the county."""
        person = person or factories.PersonFactory(registered=True, registered__category="disabled_child")
        case = self.world.enter(person=person, **{"category": "disabled_child", **facts})
        Case.objects.filter(pk=case.pk).update(notices_required=list(PLACES))
        self.verified(case)
        if at == "county_notice":
            self.hang(case)
            self.say(case, "pass", Role.TOWNSHIP_REVIEWER)
            self.say(case, "approve", Role.COUNTY_APPROVER)
        return Case.objects.get(pk=case.pk)

    def verified(self, case: Case) -> None:
        self.say(case, "accept", Role.INTAKE_CLERK)
        photographed(case)
        self.say(case, "pass", Role.VILLAGE_VERIFIER)

    def say(self, case: Case, outcome: str, role: str, **more: Any) -> None:
        perform(open_item(case).pk, outcome, by=self.by(role), note="情况属实", **more)

    def post(self, *cases: Case, place: str = "village_notice", **more: Any) -> Notice:
        keeper = Role.VILLAGE_VERIFIER if place == "village_notice" else Role.INTAKE_CLERK
        office = VILLAGE if place == "village_notice" else COUNTY
        more = {"channels": ("board",), "by": self.by(keeper), **more}
        return post_notice(SLUG, place, office, [case.number for case in cases], **more)

    def photograph(self, notice: Notice) -> None:
        add_photograph(notice, picture(notice.pk), by=notice.posted_by)

    def close(self, notice: Notice, **more: Any) -> Notice:
        return close_notice(notice, by=notice.posted_by, **more)

    def draw(self, *cases: Case) -> PaymentBatch:
        numbers = [case.number for case in cases]
        return draw_batch(SLUG, COUNTY, by=self.by(Role.PAYMENT_OFFICER), case_numbers=numbers)

    def hang(self, *cases: Case, place: str = "village_notice") -> Notice:
        """From the board to its last day and down again, on the days it takes."""
        notice = self.post(*cases, place=place)
        self.photograph(notice)
        with days_later(notice):
            return self.close(notice)


@contextmanager
def days_later(notice: Notice, days: int = 1) -> Iterator[None]:
    """The morning after the notice's last day, or so many days after it."""
    day = notice.last_day + datetime.timedelta(days=days)
    moment = datetime.datetime.combine(day, datetime.time(9), tzinfo=MONDAY.tzinfo)
    with time_machine.travel(moment, tick=False):
        yield


def picture(seed: int) -> bytes:
    """A photograph of its own for each seed."""
    made = io.BytesIO()
    Image.effect_noise((48 + seed % 50, 48), 60 + seed % 30).convert("RGB").save(made, "JPEG")
    return made.getvalue()


__all__ = ["COUNTY", "DAYS", "FLOW", "MONDAY", "PLACES", "SLUG", "TOWNSHIP", "VILLAGE", "Village", "days_later"]
