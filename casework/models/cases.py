"""The case 案件, which is the process, and the law it is under."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, FSMModelMixin, transition

from casework.models import law
from casework.models.beside_the_road import BesideTheRoad
from casework.models.record import CaseRecord
from casework.models.roles import Capacity, Role
from casework.models.stages import ON_THE_ROAD, REVIEWABLE, UNTIL_THE_BATCH, WITH_OTHERS, Stage


class Case(FSMModelMixin, BesideTheRoad, CaseRecord):  # type: ignore[django-manager-missing]  # as on Staff
    """A case 案件: one row, which is also the viewflow process.

    `stage` is the law: which moves exist at all, whoever asks. The transitions below, and those of `BesideTheRoad`, are
    the whole of it; only the gateway (`workflows.perform`) calls them.
    """

    stage = FSMField(_("阶段"), default=Stage.DRAFT, choices=Stage.choices, protected=True, max_length=20)

    objects: ClassVar[models.Manager[Case]] = models.Manager()

    # -- the law: (verb, from, to, who, on what condition) ------------------------------------------------------

    @transition(
        stage,
        [Stage.DRAFT, Stage.CORRECTION],
        Stage.SUBMITTED,
        permission=law.by(Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.RIGHTS_OFFICER),
    )
    def submit(self) -> None:
        """The paper is in; nobody has yet looked whether it is complete. 提交"""

    @transition(
        stage,
        Stage.SUBMITTED,
        Stage.ACCEPTED,
        conditions=[law.terms_are_pinned],
        permission=law.by(Role.INTAKE_CLERK, Role.RIGHTS_OFFICER),
    )
    def accept(self) -> None:
        """A legal act: the clock of the office starts. 受理"""

    @transition(stage, Stage.SUBMITTED, Stage.CORRECTION, permission=law.by(Role.INTAKE_CLERK, Role.RIGHTS_OFFICER))
    def ask_for_papers(self) -> None:
        """Told once, in full, what is missing. 补正"""

    @transition(
        stage,
        [Stage.SUBMITTED, Stage.ACCEPTED],
        Stage.VERIFIED,
        conditions=[law.terms_are_pinned, law.signed_before(Capacity.VERIFY)],
        permission=law.by(Role.VILLAGE_VERIFIER),
    )
    def verify(self) -> None:
        """Somebody has been there and looked. 核实"""

    @transition(
        stage,
        [Stage.SUBMITTED, Stage.ACCEPTED, Stage.VERIFIED],
        Stage.REVIEWED,
        conditions=[law.terms_are_pinned, law.signed_before(Capacity.REVIEW)],
        permission=law.by(Role.TOWNSHIP_REVIEWER),
    )
    def review(self) -> None:
        """The township has checked. 审核"""

    @transition(
        stage,
        [Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED],
        Stage.APPROVED,
        conditions=[
            law.terms_are_pinned,
            law.amount_is_decided,
            law.account_is_known,
            law.more_than_was_paid,
            law.signed_before(Capacity.APPROVE),
        ],
        permission=law.by(Role.COUNTY_APPROVER),
    )
    def approve(self) -> None:
        """The county promises the money. 批准"""

    @transition(
        stage,
        Stage.APPROVED,
        Stage.PAYABLE,
        conditions=[
            law.money_of_ours,
            law.amount_is_decided,
            law.more_than_was_paid,
            law.account_is_known,
            law.fully_signed,
            law.notices_are_closed,
        ],
        permission=law.by(Role.PAYMENT_OFFICER),
    )
    def schedule(self) -> None:
        """Drawn into a batch for the bank. 列入发放批次"""

    @transition(
        stage,
        Stage.PAYABLE,
        Stage.PAYABLE,
        conditions=[law.fully_signed],
        permission=law.by(Role.PAYMENT_CHECKER),
    )
    def confirm_payment(self) -> None:
        """A second person has checked the batch the case is in. 发放复核"""

    @transition(
        stage,
        Stage.PAYABLE,
        Stage.APPROVED,
        permission=law.by(Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER),
    )
    def unschedule(self) -> None:
        """Out of the batch again: the check failed, or the bank sent the money back. 退出批次"""

    @transition(
        stage,
        Stage.APPROVED,
        Stage.APPROVED,
        conditions=[law.account_is_known],
        permission=law.by(Role.INTAKE_CLERK),
    )
    def mend_account(self) -> None:
        """The account the bank refused has been put right. 更正账户"""

    @transition(
        stage,
        Stage.PAYABLE,
        Stage.PAID,
        conditions=[
            law.amount_is_decided,
            law.fully_signed,
            law.signed(Capacity.APPROVE, Capacity.CHECK),
            law.notices_are_closed,
        ],
        permission=law.by(Role.PAYMENT_OFFICER),
    )
    def pay(self) -> None:
        """The bank says the money has arrived. 到账"""
        if self.amount is not None:
            self.paid_amount, self.to_recover = self.amount, Decimal("0.00")

    @transition(stage, Stage.PAID, Stage.CLOSED, permission=law.by_system)
    def close(self) -> None:
        """Nothing is left to do. 办结"""

    @transition(
        stage,
        [Stage.VERIFIED, Stage.REVIEWED],
        Stage.ACCEPTED,
        permission=law.by(Role.INTAKE_CLERK, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER),
    )
    def return_to_village(self) -> None:
        """The village must look again. 退回村级"""

    @transition(
        stage,
        [Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED],
        Stage.SUBMITTED,
        permission=law.by(Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER),
    )
    def return_to_intake(self) -> None:
        """What the paper says is not what is there. 退回受理"""

    @transition(stage, Stage.REVIEWED, Stage.VERIFIED, permission=law.by(Role.COUNTY_APPROVER))
    def return_to_township(self) -> None:
        """The township must check again. 退回乡镇"""

    @transition(
        stage,
        [Stage.SUBMITTED, Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED, *WITH_OTHERS],
        Stage.REJECTED,
        conditions=[law.nothing_was_paid],
        permission=law.by(
            Role.INTAKE_CLERK,
            Role.VILLAGE_VERIFIER,
            Role.TOWNSHIP_REVIEWER,
            Role.COUNTY_APPROVER,
            Role.INSURER_CLERK,
            Role.RIGHTS_OFFICER,
            Role.OFFICE_HEAD,
        ),
    )
    def reject(self) -> None:
        """Refused, with its reason and the remedy. 不予批准"""

    @transition(
        stage,
        UNTIL_THE_BATCH,
        Stage.WITHDRAWN,
        conditions=[law.nothing_was_paid],
        permission=law.by(Role.INTAKE_CLERK, Role.RIGHTS_OFFICER),
    )
    def withdraw(self) -> None:
        """The applicant takes it back, or did not bring the papers in time. 撤回"""

    # -- second thoughts: what may happen beside the road ------------------------------------------------------------

    @transition(
        stage,
        UNTIL_THE_BATCH,
        Stage.TERMINATED,
        conditions=[law.nothing_was_paid],
        permission=law.by(Role.INTAKE_CLERK, Role.RIGHTS_OFFICER),
    )
    def terminate(self) -> None:
        """Its ground is gone: the applicant has died, or moved away. 终止"""

    @transition(
        stage,
        ON_THE_ROAD,
        Stage.SUSPENDED,
        permission=law.by(
            Role.INTAKE_CLERK,
            Role.VILLAGE_VERIFIER,
            Role.TOWNSHIP_REVIEWER,
            Role.COUNTY_APPROVER,
            Role.PAYMENT_OFFICER,
            Role.RIGHTS_OFFICER,
        ),
    )
    def suspend(self) -> None:
        """It waits for something outside, until a day on which it is looked at again. 中止"""
        self.stage_before = str(self.stage)

    @transition(
        stage,
        Stage.SUSPENDED,
        GET_STATE(lambda case: case.stage_before, states=ON_THE_ROAD),
        permission=law.by(Role.INTAKE_CLERK, Role.RIGHTS_OFFICER),
    )
    def resume(self) -> None:
        """What was waited for has come. 恢复办理"""

    @transition(
        stage,
        REVIEWABLE,
        Stage.INTERNAL_REVIEW,
        permission=law.by(Role.INTAKE_CLERK, Role.RIGHTS_OFFICER),
    )
    def request_review(self) -> None:
        """The applicant disagrees with the refusal or the amount. 申请复核"""
        self.stage_before = str(self.stage)

    @transition(
        stage,
        Stage.INTERNAL_REVIEW,
        GET_STATE(lambda case: case.stage_before, states=REVIEWABLE),
        permission=law.by(Role.COUNTY_APPROVER),
    )
    def uphold(self) -> None:
        """The decision stands. 维持原决定"""

    @transition(
        stage,
        Stage.INTERNAL_REVIEW,
        Stage.APPROVED,
        conditions=[
            law.nothing_was_paid,
            law.amount_is_decided,
            law.account_is_known,
            law.signed_before(Capacity.APPROVE),
        ],
        permission=law.by(Role.COUNTY_APPROVER),
    )
    def overturn(self) -> None:
        """The refusal was wrong: who reviews it approves instead. 变更原决定"""

    @transition(stage, Stage.INTERNAL_REVIEW, Stage.SUBMITTED, permission=law.by(Role.COUNTY_APPROVER))
    def remit(self) -> None:
        """The decision is lifted; the case goes its road again. 发回重新办理"""

    @transition(
        stage,
        [Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED],
        Stage.CLOSED,
        conditions=[law.something_was_paid, law.paid_in_full, law.signed_before(Capacity.APPROVE)],
        permission=law.by(Role.COUNTY_APPROVER),
    )
    def settle(self) -> None:
        """Gone through again, a paid case earns no more than it was paid. 不再补发"""
        self.to_recover = law.paid_too_much(self)

    @transition(
        stage,
        UNTIL_THE_BATCH,
        Stage.CLOSED,
        conditions=[law.something_was_paid],
        permission=law.by(Role.INTAKE_CLERK),
    )
    def let_stand(self) -> None:
        """A paid case is not gone through again after all: what was paid stands. 已发放的不变"""
        self.to_recover = law.paid_too_much(self)

    # -- history brought in from elsewhere: it can be read and can never be paid --------------------------------------

    @transition(stage, [Stage.DRAFT, Stage.SUBMITTED], Stage.SUBMITTED, permission=law.by(Role.ARCHIVIST))
    def set_down(self) -> None:
        """A case that went its road elsewhere, long ago, and each step of it is written down. 补录"""

    @transition(stage, Stage.SUBMITTED, Stage.ARCHIVED, permission=law.by_system)
    def file_away(self) -> None:
        """All that was done elsewhere is written down. 归档"""

    # -- what the guards ask ---------------------------------------------------------------------------------------

    @property
    def signatures(self) -> Mapping[str, str]:
        """Capacity -> the digest last signed in it. The gateway hands in what it has read under the lock."""
        if not hasattr(self, "_signatures"):
            parts = self.participations.values_list("capacity", "signed_digest")
            self._signatures = law.signatures_of(parts, self.facts_digest)
        return self._signatures

    @signatures.setter
    def signatures(self, found: Mapping[str, str]) -> None:
        self._signatures = dict(found)

    def missing_for(self, verb: str) -> list[str]:
        """What the law still wants before `verb` may be said from the stage the case is in; empty when nothing."""
        meta = getattr(type(self), verb)._django_fsm
        moved = meta.transitions.get(self.stage)
        if moved is None:
            return []
        return [sentence for guard in moved.conditions for sentence in guard.missing(self)]

    @classmethod
    def law_allows(cls, verb: str) -> frozenset[str]:
        """The stages from which the law has `verb` at all."""
        meta = getattr(getattr(cls, verb, None), "_django_fsm", None)
        return frozenset(meta.transitions) if meta else frozenset()

    @classmethod
    def law_targets(cls, verb: str) -> frozenset[str]:
        """The stages `verb` leads to: one, the one it is said in, or those it may lead back to."""
        targets = [moved.target for moved in getattr(cls, verb)._django_fsm.transitions.values()]
        places = [one.allowed_states if isinstance(one, GET_STATE) else (one,) for one in targets]
        return frozenset(str(stage) for several in places for stage in several)
