"""Donations 定向捐赠: what a donor gave for a purpose, and which case was paid from it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.offices import Staff
from casework.models.regions import Division


class Donation(models.Model):
    """A sum in yuan, given for one purpose, perhaps for one county, perhaps to be used by a day (that day included).

    `donor` is empty where the donor does not want to be named. `used` is the sum of its live uses, what the cases
    approved on it come to together, and never more than was given. `key` is of the attempt that entered it.
    """

    number = models.CharField(_("捐赠编号"), max_length=24, unique=True)
    donor = models.CharField(_("捐赠人"), max_length=60, blank=True, default="")
    received_on = models.DateField(_("到账日期"))
    amount = models.DecimalField(_("金额"), max_digits=14, decimal_places=2)
    purpose = models.CharField(_("用途"), max_length=40)
    county = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("限用的县")
    )
    valid_to = models.DateField(_("使用期限"), null=True, blank=True)
    used = models.DecimalField(_("已用"), max_digits=14, decimal_places=2, default=0)
    entered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        default_permissions = ()
        ordering = ("received_on", "id")
        verbose_name = _("捐赠")
        indexes = (
            models.Index(fields=("purpose", "received_on"), name="donation_purpose_day"),
            models.Index(fields=("county", "id"), name="donation_county"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(used__gte=0) & Q(used__lte=F("amount")),
                name="donation_never_overdrawn",
                violation_error_message=_("一笔捐赠用出去的不能超过收到的"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="donation_more_than_nothing",
                violation_error_message=_("捐赠金额要大于零"),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("received_on")),
                name="donation_dates_in_order",
                violation_error_message=_("使用期限不能早于到账日期"),
            ),
        )

    def __str__(self) -> str:
        return self.number


class DonationUse(models.Model):
    """What an approved case takes from a donation, in yuan. No longer `live` when all of it was given back."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="donation_uses")
    donation = models.ForeignKey(Donation, models.PROTECT, related_name="uses")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    live = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("捐赠的使用")
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=Q(live=True),
                name="one_donation_a_case",
                violation_error_message=_("这件案子已经从一笔捐赠列支"),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="donation_use_more_than_nothing",
                violation_error_message=_("列支金额要大于零"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.donation_id}: {self.amount}"
