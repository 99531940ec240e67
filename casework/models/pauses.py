"""Pauses 暂停计时: the stretches of a case in which the office waits for somebody else."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.work_items import WorkItem


class Pause(models.Model):
    """A stretch in which a case's clock stands still. Written by the gateway with the outcome that begins it.

    `stopped` is the work item that outcome ended: if the case comes back to its step, the clock goes on from there.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("补正")
        SUSPENSION = "suspension", _("中止")
        REVIEW = "review", _("复核")
        NOTICE = "notice", _("公示")

    case = models.ForeignKey(Case, models.PROTECT, related_name="pauses")
    kind = models.CharField(_("原因"), max_length=12, choices=Kind.choices)
    began = models.DateTimeField(_("开始"))
    ended = models.DateTimeField(_("结束"), null=True, blank=True)
    review_on = models.DateField(_("复查日期"), null=True, blank=True)
    stopped = models.ForeignKey(WorkItem, models.PROTECT, related_name="pauses", db_index=False)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("暂停计时")
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(ended__isnull=True),
                name="one_pause_at_a_time",
                violation_error_message=_("这件案子的计时已经暂停"),
            ),
            models.CheckConstraint(
                condition=models.Q(ended__isnull=True) | models.Q(ended__gte=models.F("began")),
                name="pause_ends_after_it_began",
                violation_error_message=_("暂停计时的结束不能早于开始"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.began:%Y-%m-%d}"
