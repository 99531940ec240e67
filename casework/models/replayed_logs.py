"""Event logs of other systems, brought in: each file once, with the flow its cases took."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.offices import Staff
from casework.models.regions import Division


class ReplayedLog(models.Model):
    """An event log 历史日志. The same content is the same log, packed or not, whenever it comes.

    `shape` is what its cases' flow is made of: activities, which of them begins, follows or ends how often, and the
    life-cycle words (see `workflows.archived.shape`). Cases are brought in from the first to the last;
    `cases_done` says how many so far, so that an interrupted run goes on where it stopped.
    """

    digest = models.CharField(max_length=64, help_text="sha256 of the unpacked file")
    slug = models.CharField(max_length=40, unique=True, help_text="the programme of its cases")
    name = models.CharField(_("名称"), max_length=200)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    archivist = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    zone = models.CharField(_("时区"), max_length=60, help_text="of times that came without one")
    lifecycle = models.CharField(max_length=200, blank=True, help_text="only events of this transition were taken")
    shape = models.JSONField(default=dict)
    case_count = models.PositiveIntegerField(_("案件数"))
    event_count = models.PositiveIntegerField(_("事件数"))
    cases_done = models.PositiveIntegerField(_("已补录"), default=0)
    begun = models.DateTimeField(_("开始补录"))
    finished = models.DateTimeField(_("补录完成"), null=True)

    objects: ClassVar[models.Manager[ReplayedLog]] = models.Manager()

    class Meta:
        ordering = ("-id",)
        verbose_name = _("历史日志")
        constraints = (
            models.UniqueConstraint(
                fields=("digest",),
                name="log_brought_in_once",
                violation_error_message=_("这份日志已经补录过"),
            ),
            models.CheckConstraint(
                condition=models.Q(cases_done__lte=models.F("case_count")),
                name="log_no_more_done_than_there_are",
                violation_error_message=_("补录的案件不能比日志里的多"),
            ),
        )

    def __str__(self) -> str:
        return self.slug
