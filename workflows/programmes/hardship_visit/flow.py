"""The procedure of 走访慰问: who is nominated, who is approved, who went, and what was given.

The visit may be made by the village or by a team's visitor. For the village it is no second hat: whoever nominated a
household also goes there, in the same capacity, since most villages have one person for both; the money has by then
been looked at by three others (township, county, and the payment's officer and checker, or for goods the county), and
what is seen at the door is held against photograph, receipt and hours (`workflows.visits.findings`). A visitor of the
county's teams is somebody else in a capacity of their own, wanted nowhere and welcome everywhere (`optional`).
"""

from __future__ import annotations

from dataclasses import replace

from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from workflows.entitlement import award_recomputes
from workflows.flow import Begin, CaseFlow, Ending, Step
from workflows.outcomes import Hand, Kind
from workflows.payments.coming_back import late_return_step
from workflows.payments.requirements import IN_A_BATCH, may_leave_the_batch
from workflows.second_thoughts import (
    COUNTY_DESK,
    internal_review_step,
    review_request_step,
    suspended_step,
    with_second_thoughts,
)
from workflows.visits.assessment import TERMS
from workflows.visits.correcting import strike_visit
from workflows.visits.hands import TEAM
from workflows.visits.places import money_is_left, promise, release_place, take_place
from workflows.visits.record import keep_record
from workflows.visits.requirements import (
    DELIVERED,
    VISITED,
    nothing_stands_against,
    reason_is_written,
    round_goes_on,
)

APPROVER = Hand(Role.COUNTY_APPROVER, Level.COUNTY, Capacity.APPROVE)
"""Who has approved the list answers for what is written of it."""


def _second_thoughts(step: Step) -> Step:
    """As everywhere; what a round gave up goes back to the round, and a visit is never paid a second time."""
    del step.outcomes["let_stand"]
    for name in ("withdraw", "terminate"):
        step.outcomes[name] = replace(step.outcomes[name], then=(release_place,))
    return step


def _put_off_by_the_county(step: Step) -> Step:
    """A family that is away is suspended by the county's desk: were it the village, its name would come off what it has
    signed, and a team could then hand over what nobody has verified."""
    step.outcomes["suspend"] = replace(step.outcomes["suspend"], hand=COUNTY_DESK)
    return step


def _may_be_made_again(step: Step) -> Step:
    """Until the money is drawn, a visit that was not as it was written down is made again."""
    return step.on("revisit", "走访有误，重新走访", moves="revisit", to=this.visit, clause="慰问方案：入户走访",
        kind=Kind.BACK, requires=(round_goes_on,), then=(strike_visit,), keeps_name=True, hand=APPROVER,
        aside=True)  # fmt: skip


class HardshipVisitFlow(CaseFlow):
    """走访慰问

    村级提名（或县级导入）→ 乡镇审核 → 县级审批 → 走访 → 打卡发放，或当面送达慰问品 → 办结
    """

    programme = "hardship_visit"
    version = 1
    terms = TERMS

    begin = Begin(this.intake, this.village)

    intake = _second_thoughts(with_second_thoughts(
        Step("县级登记", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
        .on("accept", "交村级核实", moves="accept", to=this.village, clause="慰问方案：名单来源",
            requires=(nothing_stands_against,), then=(take_place,), signs=True)
        .on("refuse", "不列入", moves="reject", to=this.refused, clause="慰问方案：对象范围",
            kind=Kind.REFUSE, then=(release_place,), announces=True)
    ))  # fmt: skip

    village = _second_thoughts(with_second_thoughts(
        Step("村级提名", role=Role.VILLAGE_VERIFIER, level=Level.VILLAGE, capacity=Capacity.VERIFY)
        .on("nominate", "提名", moves="verify", to=this.township, clause="慰问方案：村级提名",
            requires=(reason_is_written, round_goes_on), then=(take_place,), signs=True)
        .on("refuse", "不提名", moves="reject", to=this.refused, clause="慰问方案：村级提名",
            kind=Kind.REFUSE, then=(release_place,), announces=True)
    ))  # fmt: skip

    township = _second_thoughts(with_second_thoughts(
        Step("乡镇审核", role=Role.TOWNSHIP_REVIEWER, level=Level.TOWNSHIP, capacity=Capacity.REVIEW)
        .on("pass", "审核通过", moves="review", to=this.county, clause="慰问方案：乡镇审核", signs=True)
        .on("send_back", "退回村级", moves="return_to_village", to=this.village, clause="慰问方案：乡镇审核",
            kind=Kind.BACK)
        .on("refuse", "审核不通过", moves="reject", to=this.refused, clause="慰问方案：乡镇审核",
            kind=Kind.REFUSE, then=(release_place,), announces=True)
    ))  # fmt: skip

    county = _second_thoughts(with_second_thoughts(
        Step("县级审批", role=Role.COUNTY_APPROVER, level=Level.COUNTY, capacity=Capacity.APPROVE)
        .on("grant", "批准慰问", moves="approve", to=this.visit, clause="慰问方案：县级审批名单",
            requires=(award_recomputes, round_goes_on, money_is_left), then=(promise,), signs=True)
        .on("send_back", "退回乡镇", moves="return_to_township", to=this.township, clause="慰问方案：县级审批名单",
            kind=Kind.BACK)
        .on("refuse", "不予批准", moves="reject", to=this.refused, clause="慰问方案：县级审批名单",
            kind=Kind.REFUSE, then=(release_place,), announces=True)
    ))  # fmt: skip

    visit = _put_off_by_the_county(_second_thoughts(with_second_thoughts(
        Step("走访", role=Role.VILLAGE_VERIFIER, level=Level.VILLAGE, capacity=Capacity.VERIFY)
        .on("visited", "已走访", moves="visit", to=this.payment, clause="慰问方案：入户走访",
            requires=VISITED, then=(keep_record,), keeps_name=True, announces=True)
        .on("delivered", "走访并送达", moves="deliver", to=this.delivered_end, clause="慰问方案：慰问品当面送达、签收",
            requires=DELIVERED, then=(keep_record,), keeps_name=True, announces=True)
        .on("team_visited", "走访组已走访", moves="visit", to=this.payment, clause="慰问方案：入户走访",
            requires=VISITED, then=(keep_record,), announces=True, hand=TEAM, optional=True)
        .on("team_delivered", "走访组已送达", moves="deliver", to=this.delivered_end,
            clause="慰问方案：慰问品当面送达、签收", requires=DELIVERED, then=(keep_record,), announces=True,
            hand=TEAM, optional=True)
    )))  # fmt: skip

    payment = _may_be_made_again(_second_thoughts(with_second_thoughts(
        Step("列入发放批次", role=Role.PAYMENT_OFFICER, level=Level.COUNTY, capacity=Capacity.PAY)
        .on("draw", "列入批次", moves="schedule", to=this.payment_check, clause="惠民资金一卡通：编制清册",
            requires=IN_A_BATCH, signs=True, by_batch=True)
    )))  # fmt: skip

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

    account = _second_thoughts(with_second_thoughts(
        Step("更正账户", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
        .on("corrected", "账户已更正", moves="mend_account", to=this.payment, clause="惠民资金一卡通：退票重发",
            signs=True),
        suspends=False,
    ))  # fmt: skip

    suspended = _second_thoughts(
        suspended_step(this.intake, this.village, this.township, this.county, this.visit, this.payment)
    )
    review_request = review_request_step(this.internal_review)
    internal_review = internal_review_step(this.refused, this.terminated, this.withdrawn)

    wrong_delivery = Step("送达有误", role=Role.COUNTY_APPROVER, level=Level.COUNTY, capacity=Capacity.APPROVE).on(
        "deliver_again", "送达有误，重新走访", moves="revisit", to=this.visit, clause="慰问方案：慰问品当面送达、签收",
        kind=Kind.BACK, requires=(round_goes_on,), then=(strike_visit,), keeps_name=True)  # fmt: skip
    late_return = late_return_step(this.account)

    paid = Ending("办结", moves="close", stage=Stage.CLOSED, reopens=this.late_return)
    delivered_end = Ending("慰问品已送达", stage=Stage.CLOSED, reopens=this.wrong_delivery)
    refused = Ending("不予慰问", stage=Stage.REJECTED, reopens=this.review_request)
    withdrawn = Ending("撤回", stage=Stage.WITHDRAWN, reopens=this.review_request)
    terminated = Ending("终止", stage=Stage.TERMINATED, reopens=this.review_request)
