"""What follows from a deadline: it is extended once, or missed and then supervised 督办 until it is struck off 销号."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.work_items import WorkItem


class DeadlineExtension(models.Model):
    """More days for a step, once, by the head of an office and with a reason 延长办理期限."""

    work_item = models.OneToOneField(WorkItem, models.PROTECT, related_name="extension")
    days = models.PositiveSmallIntegerField(_("延长天数"))
    reason = models.CharField(_("理由"), max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("批准人"))
    granted_at = models.DateTimeField(_("批准时间"))
    due_before = models.DateTimeField(_("原期限"))

    class Meta:
        default_permissions = ()
        verbose_name = _("期限延长")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(days__gt=0),
                name="extension_has_days",
                violation_error_message=_("延长的天数要大于零"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.work_item_id} +{self.days}"


class SupervisionOrder(models.Model):
    """A supervision order 督办单: an office above asks an office below about a missed deadline, once a work item.

    `responsible` and `supervising` are the division codes of the two offices, as a work item's `office` is; `county`
    is the first six digits of the case's place. It stays on the ledger 台账 until it is struck off.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待说明")
        ANSWERED = "answered", _("已说明")
        STRUCK_OFF = "struck_off", _("已销号")

    number = models.CharField(_("督办编号"), max_length=32, unique=True)
    work_item = models.OneToOneField(WorkItem, models.PROTECT, related_name="supervision_order")
    case = models.ForeignKey(Case, models.PROTECT, related_name="supervision_orders")
    county = models.CharField(max_length=6)
    responsible = models.CharField(_("责任机构"), max_length=12)
    supervising = models.CharField(_("督办机构"), max_length=12)
    due_at = models.DateTimeField(_("逾期的期限"))
    raised_at = models.DateTimeField(_("督办时间"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.OPEN)
    explanation = models.TextField(_("情况说明"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("说明人")
    )
    answered_at = models.DateTimeField(_("说明时间"), null=True, blank=True)
    closing_note = models.TextField(_("销号意见"), blank=True)
    struck_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("销号人")
    )
    struck_off_at = models.DateTimeField(_("销号时间"), null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("督办单")
        indexes = (
            # The ledger of a county; of one office in it; of a province or prefecture.
            models.Index(fields=("county", "state", "id"), name="ledger_of_county"),
            models.Index(fields=("responsible", "state", "id"), name="ledger_of_office"),
            models.Index(fields=("state", "id"), name="ledger"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="struck_off") | models.Q(struck_off_at__isnull=False),
                name="order_struck_off_by_somebody",
                violation_error_message=_("销号要有销号人和时间"),
            ),
        )

    def __str__(self) -> str:
        return self.number
