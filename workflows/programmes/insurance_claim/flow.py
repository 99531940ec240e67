"""The procedure of 计生保险理赔: village gathers, county checks, insurer decides and pays, family confirms."""

from __future__ import annotations

from dataclasses import replace

from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.insurance_exchange.posting import post_to_insurer
from workflows.outcomes import Kind
from workflows.papers import wanted
from workflows.programmes.insurance_claim import consequences as then
from workflows.programmes.insurance_claim import requirements as need
from workflows.programmes.insurance_claim.assessment import TERMS
from workflows.second_thoughts import (
    COUNTY_DESK,
    internal_review_step,
    review_request_step,
    suspended_step,
    with_second_thoughts,
)


def _with_second_thoughts(step: Step, *, suspends: bool = True) -> Step:
    """As everywhere; and where a claim ends so, its limitation is no longer watched, and its days in hospital are free
    unless the insurer has paid for them."""
    step = with_second_thoughts(step, suspends=suspends, stands=False)
    for name in ("withdraw", "terminate"):
        outcome = step.outcomes[name]
        step.outcomes[name] = replace(outcome, then=(then.give_back_days, then.stop_watching))
    return step


def _watched_again(step: Step) -> Step:
    outcome = step.outcomes["remit"]
    step.outcomes["remit"] = replace(outcome, then=(*outcome.then, then.watch_again))
    return step


class InsuranceClaimFlow(CaseFlow):
    """计生保险理赔

    报案 → 村级收集材料 → 县级核对、转保险公司 → 保险公司核定（可要求补充一次）→ 付款 → 家庭确认收到 → 办结；
    拒赔的可以申请复核
    """

    programme = "insurance_claim"
    version = 1
    terms = TERMS

    begin = Begin(this.village)

    village = _with_second_thoughts(
        Step("收集理赔材料", role=Role.VILLAGE_VERIFIER, level=Level.VILLAGE, capacity=Capacity.VERIFY)
        .on("gathered", "材料已收集，报县级", moves="verify", to=this.county, clause="理赔：村（社区）协助收集材料",
            requires=(need.papers_are_gathered,), signs=True)
    )  # fmt: skip

    county = _with_second_thoughts(
        Step("县级核对", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
        .on("lodge", "转保险公司", moves="lodge", to=this.insurer, clause="理赔：县级核对后转保险公司",
            requires=(need.village_has_signed, need.loss_is_insured, need.late_claim_is_explained,
                      need.no_other_claim_for_it, need.no_nursing_subsidy_for_these_days),
            then=(then.hand_to_insurer, post_to_insurer), signs=True, announces=True)
        .on("send_back", "退回村级补材料", moves="return_to_village", to=this.village, clause="理赔：县级核对",
            kind=Kind.BACK)
        .on("refuse", "不属理赔范围", moves="reject", to=this.refused, clause="理赔：县级核对",
            kind=Kind.REFUSE, then=(then.give_back_days, then.stop_watching), announces=True)
    )  # fmt: skip

    insurer = _with_second_thoughts(
        Step("保险公司核定", role=Role.INSURER_CLERK, level=Level.COUNTY, capacity=Capacity.INSURE)
        .on("agree", "同意赔付", moves="agree", to=this.payment, clause="保险法第二十三条：30日内核定",
            asks=(need.AMOUNT, need.DECIDED_ON, need.CALCULATION),
            then=(then.note_agreement,), signs=True, announces=True)
        .on("ask_supplement", "要求补充材料", moves="ask_supplement", to=this.supplement,
            clause="保险法第二十二条：及时一次性通知补充", kind=Kind.ASK,
            requires=(need.not_asked_before,), asks=(wanted.PAPERS,),
            then=(wanted.tell_what_is_wanted, then.note_supplement), announces=True, stops_clock="correction")
        .on("refuse", "拒赔", moves="reject", to=this.refused_by_insurer,
            clause="保险法第二十四条：3日内通知并说明理由", kind=Kind.REFUSE,
            asks=(need.DECIDED_ON,),
            then=(then.note_refusal, then.give_back_days), announces=True),
        suspends=False,
    )  # fmt: skip

    supplement = _with_second_thoughts(
        Step("补充理赔材料", role=Role.VILLAGE_VERIFIER, level=Level.VILLAGE, capacity=Capacity.VERIFY)
        .on("supplied", "材料已补充", moves="supply", to=this.insurer, clause="保险法第二十二条：补充提供",
            asks=(wanted.TICKS,), then=(wanted.note_what_was_brought, post_to_insurer), signs=True,
            restarts_clock=True),
        suspends=False,
    )  # fmt: skip

    payment = (
        Step("保险公司付款", role=Role.INSURER_CLERK, level=Level.COUNTY, capacity=Capacity.INSURE)
        .on("paid", "已付款", moves="handle", to=this.confirm, clause="保险法第二十三条：10日内支付",
            asks=(need.PAID_AMOUNT, need.PAID_ON, need.REFERENCE),
            then=(then.note_payment,), signs=True, announces=True)
        .on("not_honoured", "没有按结果赔付，重新转办", moves="fall_through", to=this.village,
            clause="理赔：家庭不同意金额或逾期未付", kind=Kind.BACK, hand=COUNTY_DESK, announces=True, aside=True)
    )  # fmt: skip

    confirm = (
        Step("家庭确认收到", role=Role.VILLAGE_VERIFIER, level=Level.VILLAGE, capacity=Capacity.VERIFY)
        .on("received", "家庭已收到", moves="finish", to=this.paid, clause="理赔：回访确认",
            requires=(need.difference_is_explained,), asks=(need.RECEIVED_ON,), then=(then.note_receipt,),
            signs=True, announces=True)
        .on("not_received", "没有收到，退回保险公司", moves="handle", to=this.payment, clause="理赔：回访确认",
            kind=Kind.BACK)
    )  # fmt: skip

    suspended = suspended_step(this.village, this.county)
    review_request = review_request_step(this.internal_review)
    internal_review = _watched_again(internal_review_step(
        this.paid, this.refused, this.refused_by_insurer, this.withdrawn, this.terminated, again=this.village
    ))  # fmt: skip

    paid = Ending("赔款收到，办结", stage=Stage.CLOSED, reopens=this.review_request)
    refused = Ending("不属理赔范围", stage=Stage.REJECTED, reopens=this.review_request)
    refused_by_insurer = Ending("保险公司拒赔", stage=Stage.REJECTED, reopens=this.review_request)
    withdrawn = Ending("撤回", stage=Stage.WITHDRAWN, reopens=this.review_request)
    terminated = Ending("终止", stage=Stage.TERMINATED, reopens=this.review_request)
