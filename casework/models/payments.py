"""Batches for the bank: drawn by one, checked by another, locked with a digest, answered line by line."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.fields import EncryptedTextField
from casework.models.offices import Staff
from casework.models.regions import Division


class PaymentBatch(models.Model):
    """A disbursement batch 发放批次 of one county and programme."""

    class State(models.TextChoices):
        DRAWN = "drawn", _("待复核")
        CHECKED = "checked", _("已复核")
        LOCKED = "locked", _("已锁定")
        EXPORTED = "exported", _("已送银行")
        ANSWERED = "answered", _("银行已回盘")
        CANCELLED = "cancelled", _("已作废")

    number = models.CharField(_("批次号"), max_length=32, unique=True)
    programme = models.CharField(_("项目"), max_length=40)
    county = models.ForeignKey(Division, models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAWN)
    drawn_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("编制时间"))
    checked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(_("复核时间"), null=True)
    locked_at = models.DateTimeField(_("锁定时间"), null=True)
    digest = models.CharField(_("摘要"), max_length=64, blank=True)
    line_count = models.PositiveIntegerField(_("笔数"), default=0)
    total = models.DecimalField(_("合计"), max_digits=14, decimal_places=2, default=0)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("发放批次")
        indexes = (models.Index(fields=("county", "-id"), name="batch_county"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(checked_by__isnull=True) | ~models.Q(checked_by=models.F("drawn_by")),
                name="batch_checked_by_another",
                violation_error_message=_("复核人不能是编制人本人"),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=("locked", "exported", "answered"))
                | (models.Q(checked_by__isnull=False, locked_at__isnull=False) & ~models.Q(digest="")),
                name="batch_locked_is_checked",
                violation_error_message=_("锁定的批次必须先经第二人复核"),
            ),
        )

    def __str__(self) -> str:
        return self.number


class BatchLine(models.Model):
    """One payment of a batch. Name, account and amount are copied when drawn: what was checked is what is sent."""

    class State(models.TextChoices):
        PENDING = "pending", _("待付")
        PAID = "paid", _("到账")
        RETURNED = "returned", _("退票")
        REMOVED = "removed", _("已移出")

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, related_name="batch_lines")
    pay_round = models.PositiveSmallIntegerField(_("发放轮次"), default=1)
    line_number = models.PositiveIntegerField(_("序号"))
    holder_name = models.CharField(_("户名"), max_length=60)
    account_number = EncryptedTextField(_("账号"))
    account_hash = models.CharField(max_length=64)
    bank = models.CharField(_("开户行"), max_length=60, blank=True)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.PENDING)
    bank_reason = models.CharField(_("退票原因"), max_length=120, blank=True)
    bank_reference = models.CharField(_("银行流水"), max_length=60, blank=True)
    answered_on = models.DateField(_("回盘日期"), null=True)
    out_asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    out_reason = models.CharField(_("移出原因"), max_length=120, blank=True)

    class Meta:
        ordering = ("batch_id", "line_number")
        verbose_name = _("发放明细")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "pay_round"),
                condition=models.Q(state__in=("pending", "paid")),
                name="case_paid_once_a_round",
                violation_error_message=_("这件案子已在另一个发放批次里，或已经付过款"),
            ),
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(state="pending"),
                name="case_in_one_live_batch",
                violation_error_message=_("这件案子已在另一个发放批次里"),
            ),
            models.UniqueConstraint(fields=("batch", "line_number"), name="line_number_once_a_batch"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0),
                name="line_amount_above_zero",
                violation_error_message=_("发放金额必须大于零"),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="returned") | ~models.Q(bank_reason=""),
                name="returned_line_has_reason",
                violation_error_message=_("退票必须有原因"),
            ),
            models.CheckConstraint(
                condition=models.Q(out_asked_by__isnull=True) | ~models.Q(out_reason=""),
                name="line_out_has_reason",
                violation_error_message=_("提出移出必须写明原因"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.line_number}"
