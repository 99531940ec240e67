"""The log of a case 登记簿: what happened in it that is no decision: a service given, a milestone, a proof, a use."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.evidence import Evidence
from casework.models.offices import Staff


class LogEntry(models.Model):
    """One entry; never changed and never deleted. What was entered wrongly is taken back by an entry of its own.

    `kind` is a code of the programme's terms, which say whether it has a quantity (in `unit`) or a sum. `key` is of the
    attempt that made it: the same attempt twice makes one entry.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="log")
    kind = models.CharField(_("种类"), max_length=40)
    day = models.DateField(_("日期"))
    quantity = models.DecimalField(_("数量"), max_digits=10, decimal_places=2, null=True)
    unit = models.CharField(_("单位"), max_length=6, blank=True, default="")
    money = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True)
    words = models.CharField(_("说明"), max_length=200, blank=True, default="")
    paper = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")
    takes_back = models.OneToOneField("self", models.PROTECT, null=True, related_name="taken_back_by")
    entered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    office_name = models.CharField(_("机构"), max_length=80)
    entered_at = models.DateTimeField(_("登记时间"))
    key = models.CharField(max_length=64, unique=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("登记")
        indexes = (models.Index(fields=("case", "kind", "day"), name="log_case_kind_day"),)
        constraints = (
            models.CheckConstraint(
                condition=(models.Q(quantity__isnull=True) | models.Q(quantity__gt=0))
                & (models.Q(money__isnull=True) | models.Q(money__gt=0)),
                name="log_more_than_nothing",
                violation_error_message=_("数量和金额要大于零"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"
