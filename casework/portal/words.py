"""What an applicant is told, in words of the village and not of the office.

By stage, and where one stage means two things, by the capacity the case waits for as well: an approved case whose
account must be mended waits for intake.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.models import Capacity, Stage


@dataclass(frozen=True, slots=True)
class Words:
    """Where the case is, as one sentence, and what comes next."""

    answer: Any
    next: Any = ""


UNKNOWN = Words(_("您的申请正在办理。"))

STAGES: Mapping[str, Words] = {
    Stage.DRAFT: Words(_("您的申请还没有交上来。"), _("请把材料交给村里的经办人。")),
    Stage.SUBMITTED: Words(_("您的申请已经交上来，县里正在看材料齐不齐。"), _("材料齐了就受理，然后村里会上门核实。")),
    Stage.CORRECTION: Words(_("您的申请还差一些材料，正等您补交。"), _("补齐后接着往下办，不用重新申请。")),
    Stage.ACCEPTED: Words(
        _("您的申请已经受理，村里会上门核实。"),
        _("村里的工作人员会到家里看望、问情况、拍照片，请留意电话。核实后交乡镇审核。"),
    ),
    Stage.VERIFIED: Words(_("村里已经核实，乡镇正在审核。"), _("乡镇审核后，由县里审批。")),
    Stage.REVIEWED: Words(
        _("乡镇已经审核，县里正在审批。"), _("批准了，钱会打到您登记的卡上；没有批准，会告诉您原因。")
    ),
    Stage.LODGED: Words(_("您的事已经转给有关单位办理，正在等答复。"), _("答复到了，经办人会告诉您。")),
    Stage.AGREED: Words(_("您的事已经有了结果，正在等对方履行。"), _("收到钱，或对方没有按期做到，请告诉经办人。")),
    Stage.APPROVED: Words(_("您的申请已经批准，正在安排发钱。"), _("钱会打到您登记的卡上，不用您再跑。")),
    Stage.PAYABLE: Words(_("钱已经列入发放名单，正在送银行。"), _("银行打款后，请查一查您登记的卡。")),
    Stage.PAID: Words(_("钱已经打到您的卡上。"), _("请查一查您登记的卡。没有收到，请联系我们。")),
    Stage.CLOSED: Words(_("钱已经打到您的卡上，这件事办完了。"), _("请查一查您登记的卡。没有收到，请联系我们。")),
    Stage.SUSPENDED: Words(
        _("您的申请暂时停下了，没有取消。"),
        _("原因消除了就接着办，不用重新申请，已经办好的不用再办。有新情况请告诉村里或县里的经办人。"),
    ),
    Stage.INTERNAL_REVIEW: Words(
        _("您提出的复核已经收到，正在复核。"),
        _("由没有办过您这件事的人重新看一遍。维持原决定、改变决定或者重新办理，都会告诉您，不收费。"),
    ),
    Stage.REJECTED: Words(_("您的申请没有批准。")),
    Stage.WITHDRAWN: Words(
        _("您的申请已经撤回，这件事不再办了。"),
        _("以后需要，可以重新申请。如果您没有要撤回，请按下面写的办法提出来。"),
    ),
    Stage.TERMINATED: Words(
        _("您的申请已经终止，不再办了。"), _("原因写在上面。情况不是这样的，请按下面写的办法提出来。")
    ),
    Stage.ARCHIVED: Words(_("这是以前办完的事，只存档备查。"), _("有疑问，请联系我们。")),
}

ON_THE_BOARD = Words(
    _("您的申请正在公示。"), _("榜上只写遮盖后的姓名和金额。公示期满没有问题，接着往下办，不用您再跑。")
)

SPECIAL: Mapping[tuple[str, str], Words] = {
    (Stage.APPROVED, Capacity.INTAKE): Words(
        _("您的申请已经批准，但银行把钱退回来了，收款的卡要更正。"),
        _("请带上本人的社会保障卡，找村里或县里的经办人更正。更正后重新打款，钱不会少。"),
    ),
    (Stage.VERIFIED, Capacity.NOTICE): ON_THE_BOARD,
    (Stage.REVIEWED, Capacity.NOTICE): ON_THE_BOARD,
    (Stage.APPROVED, Capacity.NOTICE): Words(
        _("您的申请已经批准，名单正在公示。"), _("公示期满没有问题，钱会打到您登记的卡上，不用您再跑。")
    ),
}

AFTER: Mapping[tuple[str, str], Words] = {
    (Stage.SUBMITTED, "remit"): Words(
        _("复核后，原来的决定已经撤销，您的申请正在重新办理。"),
        _("重新看材料、核实、审核，再作决定，不用您重新申请。已经发到卡上的钱不动，应当多发的会补发。"),
    ),
    (Stage.SUBMITTED, "come_back_anew"): Words(
        _("银行把钱退回来了，您的申请正在重新核定，收款的卡也要更正。"),
        _("请带上本人的社会保障卡，找村里或县里的经办人更正。核定后重新打款，不用您重新申请。"),
    ),
}
"""Where it matters what was decided last: by stage and the law's verb."""

BY_OTHERS: Mapping[str, Words] = {
    Stage.ACCEPTED: Words(_("您的事已经受理，经办人正在为您办理。"), _("有进展会告诉您；您有新情况，也请告诉经办人。")),
    Stage.CLOSED: Words(_("您的事已经办结。"), _("对结果有不同意见的，请按下面写的办法提出来。")),
}
"""Where others decide and pay, and no money of ours goes to a card."""

STEPS: Mapping[str, Any] = {
    Capacity.INTAKE: _("县里受理"),
    Capacity.VERIFY: _("村里上门核实"),
    Capacity.REVIEW: _("乡镇审核"),
    Capacity.APPROVE: _("县里审批"),
    Capacity.PAY: _("打款到卡"),
    Capacity.CHECK: _("打款到卡"),
    Capacity.RECONSIDER: _("县里复核"),
    Capacity.NOTICE: _("名单公示"),
}
"""The road in the applicant's words: what is three steps in the office is one wait at home."""

YOURS: Mapping[str, Any] = {
    Stage.CORRECTION: _("您补交材料"),
    Stage.APPROVED: _("更正收款的卡"),
    Stage.SUSPENDED: _("暂时停下"),
}
"""What a step at intake is for the applicant when the case waits there for something outside, by stage."""

OBJECTION = _(
    "对办理结果或金额有不同意见，可以带上回执，到村社区或%(office)s当面提出，要求复核。复核由另外的人办，不收费。"
)
UNTIL = _("这次的决定，最迟%(last)s提出。")
TOO_LATE = _("这次的决定，申请复核的日期已过（最迟是%(last)s）。不服的，可以依法申请行政复议或提起诉讼。")
UPHELD = _("这项决定已经复核过，维持不变。不服的，可以依法申请行政复议或提起诉讼。")


def of(stage: str, capacity: str, last: str = "", *, by_others: bool = False) -> Words:
    """`last` is the verb of the last decision; `by_others`: an insurer, an employer, a court decides and pays."""
    if by_others and stage in BY_OTHERS:
        return BY_OTHERS[stage]
    return AFTER.get((stage, last)) or SPECIAL.get((stage, capacity)) or STAGES.get(stage) or UNKNOWN
