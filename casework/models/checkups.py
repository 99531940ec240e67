"""The check-up 体检: when the facts were looked over, and what was found. Kept for some weeks; part of no record."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.offices import Staff


class CheckUp(models.Model):
    """A look at everything within some places: one a night of all, and whenever an administrator asks.

    `scope` are the codes of the divisions it was asked for (`[""]` is everywhere); `places` the counties looked at one
    after another, and last `""`, what belongs to no county. `done` parts of them are done.
    """

    key = models.CharField(max_length=80, unique=True)
    asked_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    scope = models.JSONField(default=list, help_text="division codes")
    places = models.JSONField(default=list, help_text="county codes")
    done = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        ordering = ("-id",)
        verbose_name = _("体检")

    def __str__(self) -> str:
        return self.key


class CheckUpFinding(models.Model):
    """Everything of one kind that was found in one county (or, without one, in the installation): how much, and the
    first of it in words. Codes and numbers of cases, never a person."""

    check_up = models.ForeignKey(CheckUp, models.PROTECT, related_name="findings")
    kind = models.CharField(max_length=40)
    county = models.CharField(max_length=6, blank=True)
    title = models.CharField(_("什么不对"), max_length=120)
    remedy = models.CharField(_("怎么办"), max_length=200)
    total = models.PositiveIntegerField(_("处数"))
    examples = models.JSONField(default=list, help_text="subject, sentence, and a remedy of its own or none")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("体检发现")
        constraints = (
            models.UniqueConstraint(
                fields=("check_up", "kind", "county"),
                name="finding_once_a_check_up",
                violation_error_message=_("这次体检里已有这种发现"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.check_up_id} {self.kind} {self.county}"
