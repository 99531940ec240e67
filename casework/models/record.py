"""What a case 案件 holds: its columns, and what is worked out from them alone. What may be done to it is `cases.py`."""

from __future__ import annotations

import json
from decimal import Decimal
from hashlib import sha256

from django.db import models
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import AbstractProcess

from casework.models.people import PayeeAccount, Person
from casework.models.reading import MadeOfItsColumns
from casework.models.regions import Division


class CaseRecord(MadeOfItsColumns, AbstractProcess):
    """The columns of a case. `facts` are what the programme's form says, relied on by every signature; `facts_digest`
    pins them. `pays_by` is whose money it is, and how it reaches the applicant."""

    class PaysBy(models.TextChoices):
        CARD = "card", _("打卡发放")
        GOODS = "goods", _("发放物资")
        OTHERS = "others", _("外单位支付")
        NOTHING = "nothing", _("不涉及发放")

    number = models.CharField(_("案号"), max_length=32, unique=True)
    programme = models.CharField(_("项目"), max_length=40)
    terms_version = models.CharField(_("方案版本"), max_length=20, blank=True)
    flow_version = models.PositiveSmallIntegerField(_("流程版本"), default=1)
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
    pays_by = models.CharField(_("发放方式"), max_length=8, choices=PaysBy.choices, default=PaysBy.CARD)
    notices_required = models.JSONField(
        default=list, help_text="steps in which its list must have hung: village_notice…"
    )
    noticed = models.JSONField(default=dict, help_text="such a step -> `notice_mark` of what hung there to the end")
    confidential = models.BooleanField(_("保密"), default=False, help_text="for handlers and their superiors only")
    pay_round = models.PositiveSmallIntegerField(_("发放轮次"), default=1, help_text="a review upheld opens the next")
    came_from = models.CharField(max_length=40, blank=True, default="", help_text="place the case goes back to")
    stage_before = models.CharField(max_length=20, blank=True, default="", help_text="its stage there")
    trail_seq = models.PositiveIntegerField(default=0)
    trail_head = models.CharField(max_length=64, default="")

    # viewflow would look for these; a case has neither a parent nor an artifact.
    artifact = None
    parent_task = None

    class Meta:
        abstract = True
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
                | models.Q(stage__in=("approved", "closed"), pays_by="goods", amount__gt=0)
                | models.Q(stage="closed", pays_by="others")
                | models.Q(stage__in=("approved", "closed"), pays_by="nothing")
                | models.Q(stage="closed", to_recover__gt=0, amount__isnull=False, payee_account__isnull=False),
                name="case_promised_has_amount_and_account",
                violation_error_message=_("已批准的案件必须有金额和收款账户"),
            ),
            models.CheckConstraint(
                condition=models.Q(paid_amount__gte=0, to_recover__gte=0)
                & (
                    ~models.Q(stage__in=("paid", "closed"))
                    # Rounded, as in every check on a sum of sums: SQLite counts in binary fractions.
                    | models.Q(paid_amount__lte=Round(models.F("amount") + models.F("to_recover"), precision=2))
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

    def digest_of_facts(self) -> str:
        """Sha-256 over the relied-on facts in canonical form: who, where, what was applied for."""
        body = {"applicant": self.applicant_id, "division": self.division_id, "facts": self.facts}
        return sha256(json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    def digest_of_file(self) -> str:
        """Sha-256 over facts and papers together: what lay on the table at a decision."""
        body = [self.facts_digest, self.papers]
        return sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def notice_mark(self) -> str:
        """Sha-256 over who is to get how much: what hangs on a board, and what a bank is told, must be the same."""
        amount = "" if self.amount is None else f"{self.amount:.2f}"
        return sha256(f"{self.applicant_id}:{amount}".encode()).hexdigest()
