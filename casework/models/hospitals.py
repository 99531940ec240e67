"""Hospitals on a county's list, and when each was designated."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.regions import Division


class Hospital(models.Model):
    """A hospital as a county's list names it. Level 1–3 医院等级."""

    county = models.ForeignKey(Division, models.PROTECT, related_name="hospitals")
    name = models.CharField(_("医院名称"), max_length=80)
    level = models.PositiveSmallIntegerField(_("等级"))

    class Meta:
        ordering = ("county_id", "name")
        verbose_name = _("医院")
        constraints = (
            models.UniqueConstraint(
                fields=("county", "name"),
                name="hospital_once_a_county",
                violation_error_message=_("本县名单里已有这家医院"),
            ),
            models.CheckConstraint(
                condition=models.Q(level__gte=1, level__lte=3),
                name="hospital_level_1_to_3",
                violation_error_message=_("医院等级只能是一、二、三级"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Designation(models.Model):
    """The days on which a hospital was designated 定点 (both inclusive)."""

    hospital = models.ForeignKey(Hospital, models.CASCADE, related_name="designations")
    valid_from = models.DateField(_("定点起"))
    valid_to = models.DateField(_("定点止"), null=True, blank=True)

    class Meta:
        ordering = ("valid_from",)
        verbose_name = _("定点期间")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="designation_dates_in_order",
                violation_error_message=_("定点止不能早于定点起"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.valid_from}–{self.valid_to or ''}"

    def covers(self, day: datetime.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
