"""The procedure of 住院护理补贴, second version: with second thoughts (中止、撤回、终止、复核).

Cases begun under the first go on under it, or are moved with `manage.py migrate_cases`.
"""

from __future__ import annotations

from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from workflows.entitlement import award_recomputes, release_entitlement, reserve_entitlement
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.outcomes import Kind
from workflows.papers import wanted
from workflows.payments.coming_back import late_return_step
from workflows.payments.requirements import IN_A_BATCH, may_leave_the_batch
from workflows.programmes.nursing_subsidy.assessment import TERMS
from workflows.programmes.nursing_subsidy.requirements import (
    findings_are_written,
    home_visit_is_photographed,
    nothing_stands_against,
)
from workflows.second_thoughts import (
    asks_for_review,
    internal_review_step,
    overturning,
    review_request_step,
    suspended_step,
    too_much_is_explained,
    with_second_thoughts,
)


class NursingSubsidyFlow2(CaseFlow):
    """住院护理补贴

    受理 → 村级核实 → 乡镇审核 → 县级审批 → 发放 → 办结；随时可以中止、撤回、终止，决定之后可以申请复核
    """

    programme = "nursing_subsidy"
    version = 2
    terms = TERMS

    begin = Begin(this.intake)

    intake = with_second_thoughts(
        Step("受理", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
        .on("accept", "受理", moves="accept", to=this.village, clause="方案：申请与受理",
            requires=(nothing_stands_against,), then=(reserve_entitlement,), signs=True, announces=True)
        .on("ask_for_papers", "要求补正", moves="ask_for_papers", to=this.papers, clause="一次性告知",
            kind=Kind.ASK, asks=(wanted.PAPERS,), then=(wanted.tell_what_is_wanted,), announces=True,
            stops_clock="correction")
        .on("refuse", "不予受理", moves="reject", to=this.refused, clause="方案：补贴对象",
            kind=Kind.REFUSE, then=(release_entitlement,), announces=True)
    )  # fmt: skip

    papers = with_second_thoughts(
        Step("补正", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
        .on("resubmit", "材料已补齐", moves="submit", to=this.intake, clause="一次性告知",
            asks=(wanted.TICKS,), then=(wanted.note_what_was_brought,), signs=True,
            restarts_clock=True)
        .on("withdraw", "撤回申请", moves="withdraw", to=this.withdrawn, clause="申请人撤回或逾期未补正",
            kind=Kind.REFUSE, then=(release_entitlement,), announces=True),
        suspends=False,
    )  # fmt: skip

    village = with_second_thoughts(
        Step("村级核实", role=Role.VILLAGE_VERIFIER, level=Level.VILLAGE, capacity=Capacity.VERIFY)
        .on("pass", "核实通过", moves="verify", to=this.township, clause="方案：入户核实",
            requires=(home_visit_is_photographed, findings_are_written), signs=True)
        .on("send_back", "退回受理", moves="return_to_intake", to=this.intake, clause="方案：入户核实",
            kind=Kind.BACK)
        .on("refuse", "核实不通过", moves="reject", to=this.refused, clause="方案：入户核实",
            kind=Kind.REFUSE, then=(release_entitlement,), announces=True)
    )  # fmt: skip

    township = with_second_thoughts(
        Step("乡镇审核", role=Role.TOWNSHIP_REVIEWER, level=Level.TOWNSHIP, capacity=Capacity.REVIEW)
        .on("pass", "审核通过", moves="review", to=this.county, clause="方案：乡镇审核", signs=True)
        .on("send_back", "退回村级", moves="return_to_village", to=this.village, clause="方案：乡镇审核",
            kind=Kind.BACK)
        .on("refuse", "审核不通过", moves="reject", to=this.refused, clause="方案：乡镇审核",
            kind=Kind.REFUSE, then=(release_entitlement,), announces=True)
    )  # fmt: skip

    county = with_second_thoughts(
        Step("县级审批", role=Role.COUNTY_APPROVER, level=Level.COUNTY, capacity=Capacity.APPROVE)
        .on("approve", "批准", moves="approve", to=this.payment, clause="方案：县级审批",
            requires=(award_recomputes,), signs=True, announces=True)
        .on("settle", "不再补发，办结", moves="settle", to=this.paid, clause="复核：重新办理后不需补发",
            requires=(too_much_is_explained,), announces=True)
        .on("send_back", "退回乡镇", moves="return_to_township", to=this.township, clause="方案：县级审批",
            kind=Kind.BACK)
        .on("refuse", "不予批准", moves="reject", to=this.refused_by_county, clause="方案：县级审批",
            kind=Kind.REFUSE, then=(release_entitlement,), announces=True)
    )  # fmt: skip

    payment = asks_for_review(with_second_thoughts(
        Step("列入发放批次", role=Role.PAYMENT_OFFICER, level=Level.COUNTY, capacity=Capacity.PAY)
        .on("draw", "列入批次", moves="schedule", to=this.payment_check, clause="惠民资金一卡通：编制清册",
            requires=IN_A_BATCH, signs=True, by_batch=True)
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

    suspended = suspended_step(this.intake, this.village, this.township, this.county, this.payment)
    review_request = review_request_step(this.internal_review)
    internal_review = internal_review_step(this.refused, this.terminated, this.withdrawn, this.paid, this.payment)
    refusal_review_request = review_request_step(this.refusal_review, title="对县级决定申请复核")
    refusal_review = overturning(internal_review_step(this.refused_by_county, title="复核县级决定"))
    late_return = late_return_step(this.account, anew=this.intake)

    paid = Ending("办结", moves="close", stage=Stage.CLOSED, reopens=(this.review_request, this.late_return))
    refused = Ending("不予批准", stage=Stage.REJECTED, reopens=this.review_request)
    refused_by_county = Ending("县级不予批准", stage=Stage.REJECTED, reopens=this.refusal_review_request)
    withdrawn = Ending("撤回", stage=Stage.WITHDRAWN, reopens=this.review_request)
    terminated = Ending("终止", stage=Stage.TERMINATED, reopens=this.review_request)
