"""The work item 待办, which is the task: a step that waits for somebody, or is done."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import AbstractTask
from viewflow.workflow.status import STATUS

from casework.models.cases import Case
from casework.models.reading import MadeOfItsColumns
from casework.models.roles import Role

INSIDE = "SUBSTR(%s, 1, %d)"
"""The office of a level that an office lies in, or is: in SQL, word for word as the indexes below have it."""


def inside(length: int) -> models.Func:
    """The same for a query. The length stands in the text: a parameter would not be known for the index's own."""
    return models.Func(
        models.F("office"), template=INSIDE % ("%(expressions)s", length), output_field=models.CharField()
    )


class WorkItem(MadeOfItsColumns, AbstractTask):
    """A step waiting for somebody, or done. Carries all a queue shows, so a queue page reads one index.

    `office` is the division code of the office it waits in: 12 digits a village, 9 a township, 6 a county.
    """

    process = models.ForeignKey(Case, models.PROTECT, related_name="work_items")
    status = models.CharField(_("状态"), max_length=12, choices=STATUS.choices, default=STATUS.NEW)
    created = models.DateTimeField(_("到达时间"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="work_items",
        verbose_name=_("领取人"),
    )
    step = models.CharField(_("环节"), max_length=40)
    programme = models.CharField(_("项目"), max_length=40)
    office = models.CharField(_("机构"), max_length=12)
    role = models.CharField(_("岗位"), max_length=30, choices=Role.choices)
    division = models.CharField(_("村社区"), max_length=12)
    due_at = models.DateTimeField(_("办理期限"))
    clock_from = models.DateTimeField(_("计时起点"), null=True, blank=True, help_text="none: its day was said by hand")
    extra_days = models.PositiveSmallIntegerField(_("延长天数"), default=0)
    alarm_at = models.DateTimeField(null=True, blank=True, help_text="when the sweep must next look")
    warned_at = models.DateTimeField(_("提醒时间"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("督办时间"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager[WorkItem]] = models.Manager()

    # viewflow's generic link needs these two columns to exist; nothing here writes them, so they have no index.
    owner_permission_content_type = models.ForeignKey(
        ContentType, models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    # Columns of viewflow's that nothing here uses: no timers, jobs, permissions by name or joins.
    previous = None
    scheduled = None
    external_task_id = None
    owner_permission = None
    data: dict[str, object] | None = None
    seed = None
    artifact = None

    class Meta:
        default_permissions = ()
        verbose_name = _("待办")
        indexes = (
            # The queue: exactly the page's question, in the page's order.
            models.Index(
                fields=("office", "role", "due_at", "id"),
                name="queue",
                condition=models.Q(finished__isnull=True),
            ),
            models.Index(
                fields=("office", "role", "division", "due_at", "id"),
                name="queue_by_village",
                condition=models.Q(finished__isnull=True),
            ),
            models.Index(
                fields=("office", "role", "programme", "step", "due_at", "id"),
                name="queue_by_step",
                condition=models.Q(finished__isnull=True),
            ),
            # What falls due in an office, whoever's it is.
            models.Index(
                fields=("office", "due_at", "id"),
                name="due_in_office",
                condition=models.Q(finished__isnull=True),
            ),
            # The same of a county and all in it, and of a township: who sits there keeps the deadlines below.
            models.Index(inside(6), "due_at", "id", name="due_in_county", condition=models.Q(finished__isnull=True)),
            models.Index(inside(9), "due_at", "id", name="due_in_township", condition=models.Q(finished__isnull=True)),
            # What the sweep must look at, the first first.
            models.Index(
                fields=("alarm_at", "id"),
                name="alarms",
                condition=models.Q(finished__isnull=True, alarm_at__isnull=False),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("process",),
                condition=models.Q(finished__isnull=True),
                name="one_open_item_a_case",
                violation_error_message=_("这件案子已有一个待办环节"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} #{self.pk}"
