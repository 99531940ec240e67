"""The law's verbs beside the road of our own money: what others decide and pay, what is handed over, public notice."""

from __future__ import annotations

from django_fsm import transition

from casework.models import law
from casework.models.roles import Capacity, Role
from casework.models.stages import Stage

HANDLERS = law.by(Role.RIGHTS_OFFICER, Role.OFFICE_HEAD, Role.INSURER_CLERK, Role.VILLAGE_VERIFIER)
"""Whoever does something in a case that is with others: goes with the family, pays, asks whether it has arrived."""

NOTICE_KEEPERS = law.by(Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER)


class BesideTheRoad:
    """Part of `Case`, which alone has the stage they are about: the field is named, not held."""

    @transition("stage", Stage.DRAFT, Stage.SUBMITTED, permission=law.by_system)
    def find(self) -> None:
        """Nobody has asked: the house itself has found that something must be seen to. 系统发现"""

    # -- what others decide or pay, and what is handed over ----------------------------------------------------------

    @transition(
        "stage",
        [Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED],
        Stage.LODGED,
        conditions=[law.terms_are_pinned, law.no_money_of_ours],
        permission=law.by(Role.INTAKE_CLERK, Role.COUNTY_APPROVER, Role.RIGHTS_OFFICER),
    )
    def lodge(self) -> None:
        """Handed to another organisation, which now has to answer. 转外单位"""

    @transition(
        "stage",
        Stage.LODGED,
        Stage.CORRECTION,
        conditions=[law.no_money_of_ours],
        permission=law.by(Role.INSURER_CLERK, Role.RIGHTS_OFFICER),
    )
    def ask_supplement(self) -> None:
        """The other organisation wants more papers: told once, in full. 外单位要求补充"""

    @transition(
        "stage",
        Stage.CORRECTION,
        Stage.LODGED,
        conditions=[law.no_money_of_ours],
        permission=law.by(Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.RIGHTS_OFFICER),
    )
    def supply(self) -> None:
        """What it wanted has been handed in. 已补充"""

    @transition(
        "stage",
        Stage.LODGED,
        Stage.ACCEPTED,
        conditions=[law.no_money_of_ours],
        permission=law.by(Role.INTAKE_CLERK, Role.RIGHTS_OFFICER),
    )
    def take_back(self) -> None:
        """It has answered, and the case is ours to go on with. 转回"""

    @transition("stage", Stage.SUBMITTED, Stage.SUBMITTED, permission=HANDLERS)
    @transition("stage", Stage.ACCEPTED, Stage.ACCEPTED, permission=HANDLERS)
    @transition("stage", Stage.LODGED, Stage.LODGED, permission=HANDLERS)
    @transition("stage", Stage.AGREED, Stage.AGREED, permission=HANDLERS)
    def handle(self) -> None:
        """Something was done in the case, and it stays where it is. 办理记录"""

    @transition(
        "stage",
        [Stage.LODGED, Stage.ACCEPTED],
        Stage.AGREED,
        conditions=[law.no_money_of_ours],
        permission=law.by(Role.INSURER_CLERK, Role.RIGHTS_OFFICER),
    )
    def agree(self) -> None:
        """The other side will pay or do what is asked: now it must. 达成结果"""

    @transition(
        "stage",
        Stage.AGREED,
        Stage.ACCEPTED,
        conditions=[law.no_money_of_ours],
        permission=law.by(Role.RIGHTS_OFFICER, Role.INTAKE_CLERK),
    )
    def fall_through(self) -> None:
        """It did not do what it had promised. 未履行"""

    @transition(
        "stage",
        [Stage.AGREED, Stage.LODGED, Stage.ACCEPTED, Stage.SUBMITTED, Stage.APPROVED],
        Stage.CLOSED,
        conditions=[law.no_money_of_ours],
        permission=law.by(Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.RIGHTS_OFFICER, Role.OFFICE_HEAD),
    )
    def finish(self) -> None:
        """What others promised has been done, or there is nothing more to be done; an entitlement has run out. 结案"""

    @transition(
        "stage",
        Stage.APPROVED,
        Stage.APPROVED,
        permission=law.by(Role.VISITOR, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER),
    )
    def visit(self) -> None:
        """Somebody has been to see the family. 走访"""

    @transition(
        "stage",
        Stage.APPROVED,
        Stage.CLOSED,
        conditions=[
            law.given_as_goods,
            law.amount_is_decided,
            law.fully_signed,
            law.signed(Capacity.APPROVE),
            law.notices_are_closed,
        ],
        permission=law.by(Role.VISITOR, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER),
    )
    def deliver(self) -> None:
        """Goods were put into the family's hands, and signed for. 送达"""

    @transition(
        "stage",
        Stage.APPROVED,
        Stage.APPROVED,
        conditions=[law.nothing_was_paid],
        permission=law.by(Role.COUNTY_APPROVER),
    )
    @transition(
        "stage",
        Stage.CLOSED,
        Stage.APPROVED,
        conditions=[law.given_as_goods, law.nothing_was_paid],
        permission=law.by(Role.COUNTY_APPROVER),
    )
    def revisit(self) -> None:
        """The visit was not as it was written down, or goods never came: somebody goes again. 重新走访"""

    @transition(
        "stage",
        Stage.CLOSED,
        Stage.APPROVED,
        conditions=[law.money_of_ours, law.something_was_paid],
        permission=law.by(Role.PAYMENT_OFFICER),
    )
    def come_back(self) -> None:
        """The bank had said paid, and has sent the money back since. 到账后退回"""

    @transition(
        "stage",
        Stage.CLOSED,
        Stage.SUBMITTED,
        conditions=[law.money_of_ours, law.something_was_paid],
        permission=law.by(Role.PAYMENT_OFFICER),
    )
    def come_back_anew(self) -> None:
        """The same of a case that a review had sent on its road again, and that was then left as it had been paid: what
        is due now has to be decided. 到账后退回，重新办理"""

    # -- public notice 公示 -------------------------------------------------------------------------------------------

    @transition("stage", Stage.VERIFIED, Stage.VERIFIED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.REVIEWED, Stage.REVIEWED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.APPROVED, Stage.APPROVED, permission=NOTICE_KEEPERS)
    def put_on_notice(self) -> None:
        """Its line hangs on the board from today. 张榜公示"""

    @transition("stage", Stage.VERIFIED, Stage.VERIFIED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.REVIEWED, Stage.REVIEWED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.APPROVED, Stage.APPROVED, permission=NOTICE_KEEPERS)
    def end_notice(self) -> None:
        """Its days are over, and nobody has objected to this line. 公示期满"""

    @transition("stage", Stage.VERIFIED, Stage.VERIFIED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.REVIEWED, Stage.REVIEWED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.APPROVED, Stage.APPROVED, permission=NOTICE_KEEPERS)
    def hold_for_objection(self) -> None:
        """Somebody objects: this line waits for an answer, the others go on. 收到异议"""

    @transition("stage", Stage.VERIFIED, Stage.VERIFIED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.REVIEWED, Stage.REVIEWED, permission=NOTICE_KEEPERS)
    @transition("stage", Stage.APPROVED, Stage.APPROVED, permission=NOTICE_KEEPERS)
    def take_off_notice(self) -> None:
        """What hung is not what is to be paid, or the sheet was wrong: it must hang anew. 撤榜重新公示"""

    @transition("stage", Stage.VERIFIED, Stage.VERIFIED, permission=law.by(Role.COUNTY_APPROVER))
    @transition("stage", Stage.REVIEWED, Stage.REVIEWED, permission=law.by(Role.COUNTY_APPROVER))
    @transition("stage", Stage.APPROVED, Stage.APPROVED, permission=law.by(Role.COUNTY_APPROVER))
    def dismiss_objection(self) -> None:
        """Looked into by somebody who had no part, and unfounded. 异议不成立"""

    @transition(
        "stage",
        Stage.APPROVED,
        Stage.REJECTED,
        conditions=[law.nothing_was_paid],
        permission=law.by(Role.COUNTY_APPROVER),
    )
    def revoke(self) -> None:
        """An approval that an objection has shown to be wrong, before any money moved. 撤销批准"""
