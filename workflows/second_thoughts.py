"""Second thoughts 中止、撤回、终止、复核: what may happen to a case at any time, the same in every programme.

Each is an outcome of the step a case waits in, so it meets the same gateway, law, signatures and trail as any other.
`with_second_thoughts` puts them on a step; the other functions make the places beside the road. The outcomes look for
places of the flow named `intake`, `payment`, `paid`, `suspended`, `internal_review`, `withdrawn` and `terminated` (see
`programmes/nursing_subsidy/flow_2.py`).
"""

from __future__ import annotations

import datetime
from typing import Any

from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from viewflow import this

from casework.models import Capacity, Decision, Entitlement, Level, Role
from workflows import donations, registry
from workflows.clock import END_OF_DAY
from workflows.entitlement import AWARD_COLUMNS, award_still_holds, release_entitlement, reserve_entitlement
from workflows.flow import Act, Consequence, Requirement, Step
from workflows.objection import window_of
from workflows.outcomes import Hand, Kind
from workflows.papers.codes import sentences
from workflows.programme import Reason
from workflows.questions import Answer, Question

COUNTY_DESK = Hand(Role.INTAKE_CLERK, Level.COUNTY, Capacity.INTAKE)
"""Where what the applicant says reaches us, whoever has the case."""

LONGEST_SUSPENSION = 180
"""Days to the next look at a suspended case. [P] our own default."""

# -- what they ask -----------------------------------------------------------------------------------------------------


def review_day_is_given(act: Act) -> list[str]:
    """A suspension without an end is a refusal nobody has signed."""
    day = act.values.get("review_on")
    if not isinstance(day, datetime.date):
        return [_("请填写复查日期：到那天要再看一次")]
    ahead = (day - localtime(act.at).date()).days
    if 1 <= ahead <= LONGEST_SUSPENSION:
        return []
    return [_("复查日期要在明天以后、%(days)d日以内") % {"days": LONGEST_SUSPENSION}]


def asked_in_time(act: Act) -> list[str]:
    """复核：收到告知之日起30日内 (the scheme's number of days). Counted from the day the applicant was last told of the
    decision to the day they asked, `values["asked_on"]`, which may lie before it is written down; without it, today."""
    today = localtime(act.at).date()
    asked = act.values.get("asked_on") or today
    window = window_of(act.case, _decisions(act))
    if window.closed or window.opens is None or window.last is None:
        return []  # `a_review_can_be_asked` says so.
    if asked > today:
        return [_("提出复核的日期不能晚于今天")]
    if asked > window.last:
        return [_("已超过申请复核的期限：最迟%(last)s") % {"last": window.last}]
    if asked < window.opens:
        return [_("提出复核的日期不能早于作出决定的日期%(opens)s") % {"opens": window.opens}]
    act.said["asked_on"] = asked.isoformat()
    return []


REVIEW_ON = Question(
    "review_on",
    Answer.DAY,
    gettext_lazy("复查日期"),
    review_day_is_given,
    gettext_lazy("到这一天再看一次，不能没有期限地停下去。"),
)
ASKED_ON = Question(
    "asked_on",
    Answer.DAY,
    gettext_lazy("申请人提出复核的日期"),
    asked_in_time,
    gettext_lazy("以申请人当面提出或来信到达的那天为准，可以早于今天。"),
)

# -- the outcomes and places -------------------------------------------------------------------------------------------


def with_second_thoughts(step: Step, *, suspends: bool = True, stands: bool = True) -> Step:
    """What may happen while a case waits in this step: suspension by the office that has it; withdrawal, termination,
    and the end of going a paid case through again, written down by the county's desk. (Where no money is paid, none
    can stand.)"""
    if suspends:
        step.on("suspend", "中止", moves="suspend", to=this.suspended, clause="中止：等待外部结果，写明复查日期",
            kind=Kind.ASK, asks=(REVIEW_ON,), then=(wait_until_review_day,), announces=True,
            remembers=True, stops_clock="suspension", aside=True)  # fmt: skip
    if "withdraw" not in step.outcomes:
        step.on("withdraw", "撤回申请", moves="withdraw", to=this.withdrawn, clause="申请人撤回",
            kind=Kind.REFUSE, then=(release_entitlement,), announces=True, hand=COUNTY_DESK, aside=True)  # fmt: skip
    step.on("terminate", "终止", moves="terminate", to=this.terminated, clause="终止：申请人死亡或迁出",
        kind=Kind.REFUSE, then=(release_entitlement,), announces=True, hand=COUNTY_DESK, aside=True)  # fmt: skip
    if not stands:
        return step
    return step.on("let_stand", "结束重新办理，已发放的不变", moves="let_stand", to=this.paid,
        clause="复核：发回后不再重新办理", kind=Kind.REFUSE, then=(donations.give_back,), announces=True,
        hand=COUNTY_DESK, aside=True)  # fmt: skip


def asks_for_review(step: Step) -> Step:
    """A step in which the applicant has been told a decision and may disagree with it before the money moves."""
    return step.on("request_review", "申请复核", moves="request_review", to=this.internal_review,
        clause="复核：收到告知后30日内", kind=Kind.ASK, requires=(a_review_can_be_asked,), asks=(ASKED_ON,),
        announces=True, hand=COUNTY_DESK, remembers=True, stops_clock="review", aside=True)  # fmt: skip


def suspended_step(*back: Any, stands: bool = True) -> Step:
    """Where a suspended case waits for its day; `back` are the steps it can go back to."""
    step = Step("中止待复查", role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE)
    step.on("resume", "恢复办理", moves="resume", to=back, clause="中止原因消除", announces=True, restarts_clock=True,
        aside=True)  # fmt: skip
    return with_second_thoughts(step, suspends=False, stands=stands)


def review_request_step(review: Any, *, title: str = "申请复核") -> Step:
    """An ended case whose applicant disagrees: the county's desk writes the request down; `review` decides it."""
    return Step(title, role=Role.INTAKE_CLERK, level=Level.COUNTY, capacity=Capacity.INTAKE).on(
        "request_review", "申请复核", moves="request_review", to=review, clause="复核：收到告知后30日内",
        kind=Kind.ASK, requires=(a_review_can_be_asked,), asks=(ASKED_ON,), announces=True,
        stops_clock="review")  # fmt: skip


def internal_review_step(*back: Any, title: str = "复核", again: Any = this.intake) -> Step:
    """Somebody who had no part looks at it anew; `back` are the ends and steps whose decision can stand, `again` is
    where the case goes its road anew."""
    return (
        Step(title, role=Role.COUNTY_APPROVER, level=Level.COUNTY, capacity=Capacity.RECONSIDER)
        .on("uphold", "维持原决定", moves="uphold", to=back, clause="复核：维持",
            kind=Kind.REFUSE, by_newcomer=True, announces=True, restarts_clock=True)
        .on("remit", "发回重新办理", moves="remit", to=again, clause="复核：发回",
            kind=Kind.BACK, by_newcomer=True, then=(open_next_round,), announces=True)
    )  # fmt: skip


def overturning(
    step: Step,
    *,
    to: Any = this.payment,
    after_notice: tuple[str, ...] = (),
    requires: tuple[Requirement, ...] = (),
    then: tuple[Consequence, ...] = (),
) -> Step:
    """The review of a refusal by the county itself: village and township have signed, so it can be approved here.

    An earlier refusal cannot: without their signatures it must go its road, and the proof of the flow says so. `to` is
    where an approved case goes; `after_notice` the places in which its list must have hung by then; `requires` and
    `then` are what the programme's own approval has besides.
    """
    return step.on("overturn", "变更，予以批准", moves="overturn", to=to, clause="复核：变更",
        by_newcomer=True, requires=(nothing_stands_against, award_still_holds, *requires, findings_are_written),
        then=(reserve_entitlement, *then), signs=True, announces=True, after_notice=after_notice)  # fmt: skip


# -- what they require of the case -------------------------------------------------------------------------------------


def a_review_can_be_asked(act: Act) -> list[str]:
    """There is a decision the applicant was told of, and no review has upheld it already."""
    closed = window_of(act.case, _decisions(act)).closed
    return [closed] if closed else []


def nothing_stands_against(act: Act) -> list[str]:
    """What was true when it was refused may not be any more: the days may have been claimed by another case since."""
    case = act.case
    programme = registry.programme(case.programme)
    docket = programme.applications.open_docket(case.division_id[:6], case.applied_on)
    return sentences(docket.reasons_against(case), own=programme.codes)


def findings_are_written(act: Act) -> list[str]:
    return [] if act.note else [_("请在意见栏写明变更的理由")]


def too_much_is_explained(act: Act) -> list[str]:
    """A case that turns out to have been paid too much is not closed in silence."""
    if act.note or (act.case.amount or 0) >= act.case.paid_amount:
        return []
    return [_("核定金额少于已发放的金额，请在意见栏写明原因，多发的部分另按追缴办理")]


def _decisions(act: Act) -> list[Decision]:
    return list(Decision.objects.filter(case=act.case).only("transition", "at").order_by("id"))


# -- what follows from them --------------------------------------------------------------------------------------------


def wait_until_review_day(act: Act) -> None:
    day: datetime.date = act.values["review_on"]
    act.said["review_on"] = day.isoformat()
    act.ledger.next_due = datetime.datetime.combine(day, END_OF_DAY, tzinfo=get_current_timezone())


def open_next_round(act: Act) -> None:
    """A paid case goes its road again: what it then earns more is paid in a round of its own. One that holds no days
    has no award either until it is accepted anew."""
    case = act.case
    if case.paid_amount:
        case.pay_round += 1
        act.ledger.case_columns.add("pay_round")
    elif not Entitlement.objects.filter(case=case, live=True).exists():
        case.amount, case.payable_days, case.award = None, None, {}
        act.ledger.case_columns.update(AWARD_COLUMNS)


REASONS = tuple(
    Reason(code, sentence, remedy, frozenset(outcomes))
    for code, sentence, remedy, outcomes in (
        ("identity_in_doubt", "身份或家庭情况需要核查", "核查清楚后恢复办理，不必重新申请", {"suspend"}),
        ("waiting_for_a_ruling", "有纠纷或案件正在处理，等待结果", "有结果后请告知本会，恢复办理", {"suspend"}),
        ("applicant_away", "申请人住院或外出，暂时无法核实", "回来后请告知村社区，恢复办理", {"suspend"}),
        ("applicant_withdrew", "申请人撤回申请", "可以重新申请", {"withdraw"}),
        ("died", "申请人已经去世", "家属可咨询其他救助项目，对终止有异议可申请复核", {"terminate", "let_stand"}),
        ("moved_away", "申请人户籍已迁出", "可向迁入地的协会申请，对终止有异议可申请复核", {"terminate", "let_stand"}),
        ("entered_twice", "同一申请重复登记", "以先登记的案件为准，继续办理", {"terminate", "withdraw"}),
        ("review_taken_back", "申请人不再要求重新办理", "已发放的金额不变", {"let_stand"}),
        ("nothing_more_is_due", "重新办理后不符合补发条件", "已发放的金额不变；对此有异议可申请复核", {"let_stand"}),
        ("amount_disputed", "申请人认为金额不对", "由没有参与过的人复核", {"request_review"}),
        ("refusal_disputed", "申请人不同意原来的决定", "由没有参与过的人复核", {"request_review"}),
        ("decision_right", "原决定事实清楚、依据正确", "不服的，可以依法申请行政复议或提起诉讼", {"uphold"}),
        ("facts_unclear", "原决定事实不清", "重新核实后再作决定，不必重新申请", {"remit"}),
        ("amount_wrong", "原核定的天数或标准有误", "更正后重新核定，差额补发", {"remit"}),
        ("grounds_wrong", "原决定适用的条款不对", "重新审查后再作决定，不必重新申请", {"remit"}),
    )
)
"""Ready to pick, in every programme."""
