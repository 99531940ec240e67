"""The office's calendar 工作日历: the days that are not what their weekday says, and the years that are settled."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarYear(models.Model):
    """A year the office has entered. Until it is confirmed, a deadline that touches it is an estimate."""

    year = models.PositiveSmallIntegerField(_("年份"), primary_key=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("确认人")
    )

    class Meta:
        default_permissions = ()
        ordering = ("year",)
        verbose_name = _("工作日历年份")

    def __str__(self) -> str:
        return str(self.year)


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday 放假, or a Saturday or Sunday made up for one 调休上班."""

    day = models.DateField(_("日期"), primary_key=True)
    working = models.BooleanField(_("上班"))
    name = models.CharField(_("名称"), max_length=40, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("day",)
        verbose_name = _("放假或调休上班日")

    def __str__(self) -> str:
        return self.day.isoformat()
