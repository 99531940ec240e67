"""The case 案件, which is the process, and the law it is under."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from hashlib import sha256
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, FSMModelMixin, transition
from viewflow.workflow.models import AbstractProcess

from casework.models import law
from casework.models.people import PayeeAccount, Person
from casework.models.regions import Division
from casework.models.roles import Capacity, Role
from casework.models.stages import ON_THE_ROAD, REVIEWABLE, UNTIL_THE_BATCH, Stage


class Case(FSMModelMixin, AbstractProcess):  # type: ignore[django-manager-missing]  # as on Staff
    """A case 案件: one row, which is also the viewflow process.

    `stage` is the law: which moves exist at all, whoever asks. The transitions below are the whole of it; only
    the gateway (`workflows.perform`) calls them. `facts` are what the programme's form says, relied on by every
    signature; `facts_digest` pins them.
    """

    number = models.CharField(_("案号"), max_length=32, unique=True)
    programme = models.CharField(_("项目"), max_length=40)
    terms_version = models.CharField(_("方案版本"), max_length=20, blank=True)
    flow_version = models.PositiveSmallIntegerField(_("流程版本"), default=1)
    stage = FSMField(_("阶段"), default=Stage.DRAFT, choices=Stage.choices, protected=True, max_length=20)
    stage_since = models.DateTimeField(_("进入本阶段"))
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="cases")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    applied_on = models.DateField(_("申请日期"))
    facts = models.JSONField(_("申请内容"), default=dict)
    facts_digest = models.CharField(max_length=64, default="")
    papers = models.JSONField(_("案卷目录"), default=dict, help_text="kind -> list of sha256")
    signatures_required = models.JSONField(default=list, help_text="capacities that must have signed")
    payee_account = models.ForeignKey(PayeeAccount, models.PROTECT, null=True, related_name="+")
    payable_days = models.PositiveSmallIntegerField(_("可补天数"), null=True)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True)
    award = models.JSONField(_("金额说明"), default=dict)
    paid_amount = models.DecimalField(_("已发放"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    to_recover = models.DecimalField(_("多发"), max_digits=12, decimal_places=2, default=Decimal("0.00"))
    pay_round = models.PositiveSmallIntegerField(_("发放轮次"), default=1, help_text="a review upheld opens the next")
    came_from = models.CharField(max_length=40, blank=True, default="", help_text="place the case goes back to")
    stage_before = models.CharField(max_length=20, blank=True, default="", help_text="its stage there")
    trail_seq = models.PositiveIntegerField(default=0)
    trail_head = models.CharField(max_length=64, default="")

    objects: ClassVar[models.Manager[Case]] = models.Manager()

    # viewflow would look for these; a case has neither a parent nor an artifact.
    artifact = None
    parent_task = None

    class Meta:
        default_permissions = ()
        verbose_name = _("案件")
        indexes = (
            models.Index(fields=("applicant", "programme"), name="case_applicant_programme"),
            models.Index(fields=("division", "programme", "-id"), name="case_division_programme"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gte=0),
                name="case_amount_not_negative",
                violation_error_message=_("金额不能为负"),
            ),
            models.CheckConstraint(
                condition=~models.Q(stage__in=("approved", "payable", "paid", "closed"))
                | models.Q(amount__gt=0, payee_account__isnull=False)
                | models.Q(stage="closed", to_recover__gt=0, amount__isnull=False, payee_account__isnull=False),
                name="case_promised_has_amount_and_account",
                violation_error_message=_("已批准的案件必须有金额和收款账户"),
            ),
            models.CheckConstraint(
                condition=models.Q(paid_amount__gte=0, to_recover__gte=0)
                & (
                    ~models.Q(stage__in=("paid", "closed"))
                    | models.Q(paid_amount__lte=models.F("amount") + models.F("to_recover"))
                ),
                name="case_paid_no_more_than_promised",
                violation_error_message=_("发放总额不能超过核定金额"),
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(stage__in=("suspended", "internal_review"))
                    & ~models.Q(stage_before="")
                    & ~models.Q(came_from="")
                )
                | (~models.Q(stage__in=("suspended", "internal_review")) & models.Q(stage_before="", came_from="")),
                name="case_aside_knows_the_way_back",
                violation_error_message=_("中止或复核中的案件必须记着原来的阶段，别的案件不能记"),
            ),
        )

    def __str__(self) -> str:
        return self.number

    # -- the law: (verb, from, to, who, on what condition) ------------------------------------------------------

    @transition(stage, [Stage.DRAFT, Stage.CORRECTION], Stage.SUBMITTED, permission=law.by(Role.INTAKE_CLERK))
    def submit(self) -> None:
        """The paper is in; nobody has yet looked whether it is complete. 提交"""

    @transition(
        stage,
        Stage.SUBMITTED,
        Stage.ACCEPTED,
        conditions=[law.terms_are_pinned],
        permission=law.by(Role.INTAKE_CLERK),
    )
    def accept(self) -> None:
        """A legal act: the clock of the office starts. 受理"""

    @transition(stage, Stage.SUBMITTED, Stage.CORRECTION, permission=law.by(Role.INTAKE_CLERK))
    def ask_for_papers(self) -> None:
        """Told once, in full, what is missing. 补正"""

    @transition(
        stage,
        Stage.ACCEPTED,
        Stage.VERIFIED,
        conditions=[law.terms_are_pinned],
        permission=law.by(Role.VILLAGE_VERIFIER),
    )
    def verify(self) -> None:
        """Somebody has been there and looked. 核实"""

    @transition(
        stage,
        Stage.VERIFIED,
        Stage.REVIEWED,
        conditions=[law.signed(Capacity.VERIFY)],
        permission=law.by(Role.TOWNSHIP_REVIEWER),
    )
    def review(self) -> None:
        """The township has checked. 审核"""

    @transition(
        stage,
        Stage.REVIEWED,
        Stage.APPROVED,
        conditions=[
            law.amount_is_decided,
            law.account_is_known,
            law.more_than_was_paid,
            law.signed(Capacity.VERIFY, Capacity.REVIEW),
        ],
        permission=law.by(Role.COUNTY_APPROVER),
    )
    def approve(self) -> None:
        """The county promises the money. 批准"""

    @transition(
        stage,
        Stage.APPROVED,
        Stage.PAYABLE,
        conditions=[law.amount_is_decided, law.account_is_known, law.fully_signed],
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
        conditions=[law.amount_is_decided, law.fully_signed, law.signed(Capacity.CHECK)],
        permission=law.by(Role.PAYMENT_OFFICER),
    )
    def pay(self) -> None:
        """The bank says the money has arrived. 到账"""
        if self.amount is not None:
            self.paid_amount, self.to_recover = self.amount, Decimal("0.00")

    @transition(stage, Stage.PAID, Stage.CLOSED, permission=law.by_system)
    def close(self) -> None:
        """Nothing is left to do. 办结"""

    @transition(stage, Stage.VERIFIED, Stage.ACCEPTED, permission=law.by(Role.TOWNSHIP_REVIEWER))
    def return_to_village(self) -> None:
        """The village must look again. 退回村级"""

    @transition(stage, Stage.ACCEPTED, Stage.SUBMITTED, permission=law.by(Role.VILLAGE_VERIFIER))
    def return_to_intake(self) -> None:
        """What the paper says is not what is there. 退回受理"""

    @transition(stage, Stage.REVIEWED, Stage.VERIFIED, permission=law.by(Role.COUNTY_APPROVER))
    def return_to_township(self) -> None:
        """The township must check again. 退回乡镇"""

    @transition(
        stage,
        [Stage.SUBMITTED, Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED],
        Stage.REJECTED,
        conditions=[law.nothing_was_paid],
        permission=law.by(Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER),
    )
    def reject(self) -> None:
        """Refused, with its reason and the remedy. 不予批准"""

    @transition(
        stage,
        UNTIL_THE_BATCH,
        Stage.WITHDRAWN,
        conditions=[law.nothing_was_paid],
        permission=law.by(Role.INTAKE_CLERK),
    )
    def withdraw(self) -> None:
        """The applicant takes it back, or did not bring the papers in time. 撤回"""

    # -- second thoughts: what may happen beside the road ------------------------------------------------------------

    @transition(
        stage,
        UNTIL_THE_BATCH,
        Stage.TERMINATED,
        conditions=[law.nothing_was_paid],
        permission=law.by(Role.INTAKE_CLERK),
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
        ),
    )
    def suspend(self) -> None:
        """It waits for something outside, until a day on which it is looked at again. 中止"""
        self.stage_before = str(self.stage)

    @transition(
        stage,
        Stage.SUSPENDED,
        GET_STATE(lambda case: case.stage_before, states=ON_THE_ROAD),
        permission=law.by(Role.INTAKE_CLERK),
    )
    def resume(self) -> None:
        """What was waited for has come. 恢复办理"""

    @transition(
        stage,
        REVIEWABLE,
        Stage.INTERNAL_REVIEW,
        permission=law.by(Role.INTAKE_CLERK),
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
            law.signed(Capacity.VERIFY, Capacity.REVIEW),
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
        Stage.REVIEWED,
        Stage.CLOSED,
        conditions=[law.something_was_paid, law.paid_in_full, law.signed(Capacity.VERIFY, Capacity.REVIEW)],
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
        """The stages `verb` leads to: one, or those it may lead back to."""
        target = next(iter(getattr(cls, verb)._django_fsm.transitions.values())).target
        return frozenset(map(str, target.allowed_states if isinstance(target, GET_STATE) else (target,)))

    def digest_of_facts(self) -> str:
        """Sha-256 over the relied-on facts in canonical form: who, where, what was applied for."""
        body = {"applicant": self.applicant_id, "division": self.division_id, "facts": self.facts}
        return sha256(json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    def digest_of_file(self) -> str:
        """Sha-256 over facts and papers together: what lay on the table at a decision."""
        body = [self.facts_digest, self.papers]
        return sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
