"""What follows from something done beside the road, in words, before it is done."""

from __future__ import annotations

from django.utils.translation import gettext as _

from casework.models import Case, Decision
from casework.models.stages import PROMISED
from workflows.objection import window_of
from workflows.outcomes import Outcome


def consequences_of(outcome: Outcome, case: Case) -> list[str]:
    """One sentence each, by what the law's verb does; the first is the one that cannot be taken back."""
    said = {
        "suspend": _suspended,
        "resume": _resumed,
        "withdraw": _withdrawn,
        "terminate": _terminated,
        "let_stand": _let_stand,
        "request_review": _under_review,
        "revisit": _visited_again,
        "come_back": _paid_anew,
        "come_back_anew": _decided_anew,
    }.get(outcome.moves)
    lines = said(case) if said else [_("记下来，案件留在这一步。")] if outcome.stays else []
    return [*lines, _("会告知申请人：办了什么、为什么、可以怎么办。")] if outcome.announces else lines


def _suspended(case: Case) -> list[str]:
    return [
        _("案件停在这里，等到复查日期；随时可以恢复办理，回到现在这一步，前面办过的不用重办。"),
        _("中止期间申请内容和收款账户都不能改。已占用的天数给申请人留着。"),
    ]


def _resumed(case: Case) -> list[str]:
    return [_("案件回到中止以前的那一步，由那里的经办人接着办。")]


def _withdrawn(case: Case) -> list[str]:
    lines = [_("案件到此结束，不再办理；已占用的天数退还，申请人以后可以重新申请。")]
    return [*lines, *_money_is_not_paid(case), _("必须是申请人自己的意思，请让申请人签字或按手印，存入案卷。")]


def _terminated(case: Case) -> list[str]:
    lines = [_("案件到此结束，不再办理；已占用的天数退还。")]
    return [*lines, *_money_is_not_paid(case), _("申请人或家属有异议的，可以申请复核。")]


def _let_stand(case: Case) -> list[str]:
    words = {"paid": f"{case.paid_amount:.2f}"}
    return [
        _("案件不再重新办理，按已发放的%(paid)s元办结，不再补发。") % words,
        _("申请人有异议的，可以申请复核。"),
    ]


def _under_review(case: Case) -> list[str]:
    window = window_of(case, Decision.objects.filter(case=case).only("transition", "at").order_by("id"))
    lines = [_("案件交给没有参与过的县级审批人复核；复核期间什么都不动。")]
    if case.stage in PROMISED and not case.paid_amount:
        lines.append(_("还没有发放的，等复核作出决定以后再发。"))
    if window.last is not None:
        lines.append(
            _("这项决定%(opens)s作出，申请人最迟%(last)s提出。") % {"opens": window.opens, "last": window.last}
        )
    return lines


def _visited_again(case: Case) -> list[str]:
    return [
        _("原来的走访记录不再作数，但保留在案卷里；这一户重新等走访，原来安排的走访组也取消。"),
        _("本轮预算不变：一户仍是一份。"),
    ]


def _paid_anew(case: Case) -> list[str]:
    return [
        _(
            "退回的那一笔记为退票。更正收款账户以后，另编批次、另由一人复核，才会重新发放；占用的天数和资金都给申请人留着。"
        ),
        _("请以银行的退回单为准，不能只凭口头。"),
    ]


def _decided_anew(case: Case) -> list[str]:
    return [
        _("这件案子到账以后重新办理过，没有再审批。退回的那一笔记为退票，案件回到受理重新核定，批准以后再发放。"),
        _("请以银行的退回单为准，不能只凭口头。"),
    ]


def _money_is_not_paid(case: Case) -> list[str]:
    if case.stage not in PROMISED or case.amount is None:
        return []
    return [_("已经批准的%(amount)s元不再发放。") % {"amount": f"{case.amount:.2f}"}]
