"""A day a case must not miss 关注日期, beside the deadline of its step: told once before, and once when it is past."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case


class Watch(models.Model):
    """`office` and `role` are whose queue is told. `alarm_on` is the next day on which somebody must be told: none once
    it has been said that the day is past, or the matter is settled.
    """

    class Kind(models.TextChoices):
        LIMITATION = "limitation", _("时效届满")
        ANSWER = "answer", _("外单位答复到期")
        PERFORMANCE = "performance", _("履行到期")
        CONFIRMATION = "confirmation", _("申请司法确认到期")

    class State(models.TextChoices):
        OPEN = "open", _("关注中")
        MET = "met", _("已办")
        DROPPED = "dropped", _("不再关注")

    case = models.ForeignKey(Case, models.PROTECT, related_name="watches")
    kind = models.CharField(_("事项"), max_length=20, choices=Kind.choices)
    ref = models.PositiveIntegerField(default=0, help_text="which of several: an act's or an instalment's number")
    office = models.CharField(_("机构"), max_length=12)
    role = models.CharField(_("岗位"), max_length=30)
    due_on = models.DateField(_("日期"))
    warn_on = models.DateField(_("提醒日期"))
    clause = models.CharField(_("依据"), max_length=200, blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.OPEN)
    alarm_on = models.DateField(null=True)
    warned_at = models.DateTimeField(_("提醒时间"), null=True)
    passed_at = models.DateTimeField(_("逾期告知时间"), null=True)

    class Meta:
        default_permissions = ()
        ordering = ("due_on", "id")
        verbose_name = _("关注日期")
        indexes = (
            models.Index(fields=("alarm_on", "id"), name="watch_alarms", condition=models.Q(alarm_on__isnull=False)),
            models.Index(
                fields=("office", "role", "due_on", "id"),
                name="watch_in_office",
                condition=models.Q(state="open"),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("case", "kind", "ref"),
                condition=models.Q(state="open"),
                name="watched_once",
                violation_error_message=_("这个日期已经在关注"),
            ),
            models.CheckConstraint(
                condition=models.Q(warn_on__lte=models.F("due_on")),
                name="watch_warns_before",
                violation_error_message=_("提醒日期不能晚于到期日期"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"
