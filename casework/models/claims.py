"""Claims 理赔: what the insurer decided and paid about a case of `insurance_claim`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.insurance import Policy, RosterLine
from casework.models.offices import Office, Staff
from casework.models.people import Person


class Claim(models.Model):
    """One row a case: the loss, whose policy it is under, and how far the insurer has come.

    What the family says happened is in the case's facts, under every signature; here stands what is counted and asked
    for. `line` and `insurer` are set when the county has found the loss on a roster, `lodged_at` when the case goes to
    the insurer (again after it has come back); `supplement_asked_at` belongs to that lodging. The insurer's answer is
    `decision` with its day, and `told_on` when the family was told; `decided_amount` is exact yuan. What was really
    paid are `ClaimPayment` rows.
    """

    class Loss(models.TextChoices):
        DEATH = "death", _("意外身故")
        DISABILITY = "disability", _("意外伤残")
        OUTPATIENT = "outpatient", _("门诊医疗")
        INPATIENT = "inpatient", _("住院医疗")
        HOSPITAL_CASH = "hospital_cash", _("住院津贴")
        ILLNESS = "illness", _("疾病身故或重大疾病")

    class Notifier(models.TextChoices):
        SELF = "self", _("本人")
        FAMILY = "family", _("家属")
        VILLAGE = "village", _("村（社区）干部")
        TOWNSHIP = "township", _("乡镇干部")
        HOTLINE = "hotline", _("热线转来")

    class Decision(models.TextChoices):
        NONE = "", _("未核定")
        AGREED = "agreed", _("同意赔付")
        REFUSED = "refused", _("拒赔")

    case = models.OneToOneField(Case, models.PROTECT, related_name="claim")
    insured = models.ForeignKey(Person, models.PROTECT, related_name="claims", verbose_name=_("被保险人"))
    loss = models.CharField(_("损失种类"), max_length=16, choices=Loss.choices)
    notifier = models.CharField(_("报案人"), max_length=10, choices=Notifier.choices)
    incident_at = models.DateTimeField(_("出险时间"))
    notified_at = models.DateTimeField(_("报案时间"))
    late = models.BooleanField(_("报案超过48小时"), default=False)
    known_on = models.DateField(_("知道出险的日期"))
    limitation_on = models.DateField(_("索赔时效届满"), null=True, db_index=True)
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, related_name="claims")
    line = models.ForeignKey(RosterLine, models.PROTECT, null=True, related_name="claims")
    insurer = models.ForeignKey(Office, models.PROTECT, null=True, related_name="claims")
    lodged_at = models.DateTimeField(_("转保险公司时间"), null=True)
    lodgings = models.PositiveSmallIntegerField(_("转出次数"), default=0)
    supplement_asked_at = models.DateTimeField(_("要求补充时间"), null=True)
    insurer_reference = models.CharField(_("保险公司赔案号"), max_length=60, blank=True, default="")
    decision = models.CharField(_("核定"), max_length=10, choices=Decision.choices, blank=True, default="")
    decided_on = models.DateField(_("核定日期"), null=True)
    told_on = models.DateField(_("告知日期"), null=True)
    decided_amount = models.DecimalField(_("核定金额"), max_digits=12, decimal_places=2, null=True)
    calculation = models.CharField(_("理算说明"), max_length=400, blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("理赔")
        indexes = (
            models.Index(fields=("insurer", "-id"), name="claim_insurer"),
            models.Index(fields=("policy", "decision"), name="claim_policy"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("insurer", "insurer_reference"),
                condition=~models.Q(insurer_reference=""),
                name="claim_reference_once_an_insurer",
                violation_error_message=_("这个赔案号已用在另一件案子上"),
            ),
            models.CheckConstraint(
                condition=models.Q(notified_at__gte=models.F("incident_at")),
                name="claim_notified_after_it_happened",
                violation_error_message=_("报案时间不能早于出险时间"),
            ),
            models.CheckConstraint(
                condition=(models.Q(decision="agreed", decided_amount__gt=0, decided_on__isnull=False))
                | (models.Q(decision="refused", decided_amount__isnull=True, decided_on__isnull=False))
                | models.Q(decision="", decided_amount__isnull=True),
                name="claim_decision_has_day_and_amount",
                violation_error_message=_("同意赔付要有金额和日期，拒赔要有日期"),
            ),
        )

    def __str__(self) -> str:
        return str(self.case_id)


class ClaimPayment(models.Model):
    """What the insurer says it has paid: once a reference, never changed (the database refuses).

    `source` is the digest of the file or message it came by; empty when written down at the desk.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payments")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("支付日期"))
    reference = models.CharField(_("支付流水"), max_length=60)
    source = models.CharField(max_length=64, blank=True, default="")
    recorded_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("赔款支付")
        indexes = (models.Index(fields=("paid_on",), name="claim_payment_day"),)
        constraints = (
            models.UniqueConstraint(
                fields=("claim", "reference"),
                name="claim_payment_once",
                violation_error_message=_("这笔赔款已经登记过"),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="claim_payment_above_zero",
                violation_error_message=_("赔款金额必须大于零"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.claim_id} {self.paid_on}"
