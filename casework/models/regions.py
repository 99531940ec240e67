"""The places: statistical division codes, whose prefix is their parent."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.roles import Level


class Division(models.Model):
    """One administrative division 行政区划, from province to village.

    A code's prefix is its parent, so a jurisdiction is a prefix. Codes have dates: villages merge, and the last
    public list of village codes is of 2023-06-30.
    """

    code = models.CharField(_("代码"), max_length=12, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    level = models.PositiveSmallIntegerField(_("层级"), choices=Level.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("行政区划")
        indexes = (models.Index(fields=("level", "name"), name="division_level_name"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="division_dates_in_order",
                violation_error_message=_("停用日期不能早于启用日期"),
            ),
        )

    def __str__(self) -> str:
        return self.name
