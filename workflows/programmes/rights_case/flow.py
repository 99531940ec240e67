"""The procedure of 权益维护: taken up, handled by one channel or another, referred and answered, agreed and performed.

Whoever handles a case does so by acts that leave it where it is; each is a decision, a record and an event. A refusal
or a closing is another person's to decide where the terms say so.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from viewflow import this

from casework.models import Capacity, Level, Role, Stage
from workflows.flow import Act, Begin, CaseFlow, Ending, Step
from workflows.outcomes import Hand, Kind
from workflows.programmes.rights_case import acts, money, questions, terms
from workflows.second_thoughts import ASKED_ON, REVIEW_ON, a_review_can_be_asked, wait_until_review_day

RIGHTS_DESK = Hand(Role.RIGHTS_OFFICER, Level.COUNTY, Capacity.HANDLE)
RECORD = (questions.DONE_ON, questions.PLACE, questions.PARTICIPANTS, questions.WORDS)


def one_person_may_end_it(act: Act) -> list[str]:
    """The terms leave refusals and closings to the officer alone, or to a second person."""
    if not terms.needs_second_person(terms.terms_of(act.case)):
        return []
    return [_("方案规定要由负责人审核，请按“提请”办理")]


def why_is_written(act: Act) -> list[str]:
    return [] if act.note else [_("请在说明栏写明理由")]


def _beside(step: Step, *, suspends: bool = True, hand: Hand | None = None) -> Step:
    """What may happen at any time: suspension until a day, withdrawal, termination, all said by the rights officer."""
    if suspends:
        step.on("suspend", "中止", moves="suspend", to=this.suspended, clause="中止：等待外部结果，写明复查日期",
            kind=Kind.ASK, asks=(REVIEW_ON,), then=(wait_until_review_day,), announces=True, hand=hand,
            remembers=True, stops_clock="suspension", aside=True)  # fmt: skip
    step.on("withdraw", "撤回诉求", moves="withdraw", to=this.withdrawn, clause="当事人撤回",
        kind=Kind.REFUSE, then=(acts.stop_watching,), announces=True, hand=hand, aside=True)  # fmt: skip
    return step.on("terminate", "终止", moves="terminate", to=this.terminated, clause="终止：当事人死亡或迁出",
        kind=Kind.REFUSE, then=(acts.stop_watching,), announces=True, hand=hand, aside=True)  # fmt: skip


def _handled(step: Step, here: object) -> Step:
    """What is done in a case that stays where it is."""
    return (
        step.on("act", "办理记录", moves="handle", to=here, clause="维权办理：记录在案",
            asks=(questions.KIND, *RECORD), then=(acts.record,), stays=True, keeps_name=True)
        .on("add_money", "登记金额", moves="handle", to=here, clause="维权金额：主张、争取到、实际收到分开登记",
            asks=(questions.WHAT, questions.AMOUNT, questions.DONE_ON), requires=(money.money_adds_up,),
            then=(money.add_money,), stays=True, keeps_name=True)
        .on("take_money_back", "冲减金额", moves="handle", to=here, clause="维权金额：记错的冲减，原记录保留",
            asks=(questions.WHAT, questions.AMOUNT, questions.DONE_ON),
            requires=(money.money_adds_up, why_is_written), then=(money.take_money_back,), stays=True, keeps_name=True)
        .on("change_channel", "改换渠道", moves="handle", to=here, clause="渠道可改，理由留存",
            asks=(questions.CHANNEL,), requires=(why_is_written,), then=(acts.change_channel,),
            stays=True, keeps_name=True)
        .on("set_limitation", "改定时效", moves="handle", to=here, clause="时效：按实际知道之日或中断情形改定",
            asks=(questions.LIMITATION,), requires=(why_is_written,), then=(acts.set_limitation,),
            stays=True, keeps_name=True)
    )  # fmt: skip


def _decided(title: str, back: object) -> Step:
    """The head of the office looks before a case is closed or refused."""
    return _beside(
        Step(title, role=Role.OFFICE_HEAD, level=Level.COUNTY, capacity=Capacity.APPROVE)
        .on("approve_close", "同意结案", moves="finish", to=this.closed, clause="结案审核",
            then=(acts.stop_watching,), signs=True, announces=True)
        .on("send_back", "退回继续办理", moves="handle", to=back, clause="结案审核", kind=Kind.BACK),
        suspends=False, hand=RIGHTS_DESK,
    )  # fmt: skip


class RightsCaseFlow(CaseFlow):
    """权益维护

    登记审查 → 办理 ↔ 外单位办理 → 督促履行 → 结案；可以改换渠道、中止、撤回、终止，决定之后可以申请复核
    """

    programme = "rights_case"
    terms = terms.TERMS

    begin = Begin(this.intake)

    intake = _beside(
        Step("登记审查", role=Role.RIGHTS_OFFICER, level=Level.COUNTY, capacity=Capacity.HANDLE)
        .on("accept", "受理", moves="accept", to=this.handling, clause="维权受理：选定渠道",
            asks=(questions.CHANNEL,), then=(acts.take_up,), signs=True, announces=True)
        .on("propose_refusal", "提请不予受理", moves="handle", to=this.refusing, clause="不予受理须经负责人审核",
            kind=Kind.REFUSE)
        .on("refuse", "不予受理", moves="reject", to=this.refused, clause="维权受理：不属于受理范围",
            kind=Kind.REFUSE, requires=(one_person_may_end_it,), then=(acts.stop_watching,), announces=True)
    )  # fmt: skip

    refusing = _beside(
        Step("不予受理审核", role=Role.OFFICE_HEAD, level=Level.COUNTY, capacity=Capacity.APPROVE)
        .on("approve_refusal", "同意不予受理", moves="reject", to=this.refused, clause="不予受理审核",
            kind=Kind.REFUSE, then=(acts.stop_watching,), announces=True)
        .on("send_back", "退回重新审查", moves="handle", to=this.intake, clause="不予受理审核", kind=Kind.BACK),
        suspends=False, hand=RIGHTS_DESK,
    )  # fmt: skip

    handling = _beside(_handled(
        Step("维权办理", role=Role.RIGHTS_OFFICER, level=Level.COUNTY, capacity=Capacity.HANDLE)
        .on("agree", "达成结果", moves="agree", to=this.performing, clause="协议、裁决、判决：写明履行期限",
            asks=(questions.RESULT, *RECORD, questions.TOTAL, questions.FIRST_DUE, questions.INSTALMENTS),
            then=(acts.settle_on,), signs=True, announces=True)
        .on("refer", "转外单位", moves="lodge", to=this.referred, clause="转办：写明答复期限",
            asks=(questions.ADDRESSEE, questions.ANSWER_DUE, questions.WORDS), then=(acts.refer,), announces=True)
        .on("propose_close", "提请结案", moves="handle", to=this.closing, clause="结案须经负责人审核",
            requires=(why_is_written,), signs=True)
        .on("close", "结案", moves="finish", to=this.closed, clause="结案：写明结果和收到的金额",
            requires=(why_is_written, one_person_may_end_it), then=(acts.stop_watching,), signs=True, announces=True),
        this.handling,
    ))  # fmt: skip

    referred = _beside(_handled(
        Step("外单位办理", role=Role.RIGHTS_OFFICER, level=Level.COUNTY, capacity=Capacity.HANDLE)
        .on("answered", "外单位已答复，转回", moves="take_back", to=this.handling, clause="转办：答复记录在案",
            asks=RECORD, then=(acts.note_answer,), announces=True)
        .on("agree", "达成结果", moves="agree", to=this.performing, clause="协议、裁决、判决：写明履行期限",
            asks=(questions.RESULT, *RECORD, questions.TOTAL, questions.FIRST_DUE, questions.INSTALMENTS),
            then=(acts.settle_on,), signs=True, announces=True),
        this.referred,
    ))  # fmt: skip

    performing = _beside(_handled(
        Step("督促履行", role=Role.RIGHTS_OFFICER, level=Level.COUNTY, capacity=Capacity.HANDLE)
        .on("propose_close", "提请结案", moves="handle", to=this.settling, clause="结案须经负责人审核",
            requires=(why_is_written,), signs=True)
        .on("close", "结案", moves="finish", to=this.closed, clause="结案：写明结果和收到的金额",
            requires=(why_is_written, one_person_may_end_it), then=(acts.stop_watching,), signs=True, announces=True)
        .on("receive", "登记履行", moves="handle", to=this.performing, clause="履行：收到多少记多少",
            asks=(questions.NUMBER, questions.PERHAPS, questions.DONE_ON),
            requires=(money.receipt_adds_up,), then=(money.note_receipt,), stays=True, keeps_name=True)
        .on("promise", "增加一期履行", moves="handle", to=this.performing, clause="协议：履行期限",
            asks=(questions.DUE_ON, questions.PERHAPS, questions.DEED),
            requires=(acts.promise_is_something,), then=(acts.promise,), stays=True, keeps_name=True)
        .on("fall_through", "对方未履行，继续办理", moves="fall_through", to=this.handling, clause="未履行：另走渠道",
            kind=Kind.BACK, then=(acts.fall_through,), announces=True),
        this.performing,
    ))  # fmt: skip

    closing = _decided("结案审核", this.handling)
    settling = _decided("履行结案审核", this.performing)

    suspended = _beside(
        Step("中止待复查", role=Role.RIGHTS_OFFICER, level=Level.COUNTY, capacity=Capacity.HANDLE)
        .on("resume", "恢复办理", moves="resume", to=(this.intake, this.handling, this.referred, this.performing),
            clause="中止原因消除", announces=True, restarts_clock=True, aside=True),
        suspends=False,
    )  # fmt: skip
    review_request = (
        Step("申请复核", role=Role.RIGHTS_OFFICER, level=Level.COUNTY, capacity=Capacity.HANDLE)
        .on("request_review", "申请复核", moves="request_review", to=this.internal_review,
            clause="复核：收到告知后30日内", kind=Kind.ASK, requires=(a_review_can_be_asked,), asks=(ASKED_ON,),
            announces=True, stops_clock="review")
    )  # fmt: skip
    internal_review = (
        Step("复核", role=Role.COUNTY_APPROVER, level=Level.COUNTY, capacity=Capacity.RECONSIDER)
        .on("uphold", "维持原决定", moves="uphold", clause="复核：维持",
            to=(this.refused, this.closed, this.withdrawn, this.terminated),
            kind=Kind.REFUSE, by_newcomer=True, announces=True, restarts_clock=True)
        .on("remit", "发回重新办理", moves="remit", to=this.intake, clause="复核：发回",
            kind=Kind.BACK, by_newcomer=True, announces=True)
    )  # fmt: skip

    closed = Ending("办结", stage=Stage.CLOSED, reopens=this.review_request)
    refused = Ending("不予受理", stage=Stage.REJECTED, reopens=this.review_request)
    withdrawn = Ending("撤回", stage=Stage.WITHDRAWN, reopens=this.review_request)
    terminated = Ending("终止", stage=Stage.TERMINATED, reopens=this.review_request)
