"""Spreadsheets handed in: each sheet once, each of its lines kept, with what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.fields import EncryptedTextField
from casework.models.offices import Staff
from casework.models.regions import Division


class SheetImport(models.Model):
    """A sheet that was handed in. The same bytes for the same county are the same import, whenever they come.

    The original lies sealed in the file store, for the annotated copy that goes back.
    """

    class Kind(models.TextChoices):
        REGISTER = "register", _("对象名册")
        APPLICATIONS = "applications", _("申报表")

    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    programme = models.CharField(_("项目"), max_length=40, blank=True)
    county = models.ForeignKey(Division, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    file = models.CharField(max_length=80)
    file_name = models.CharField(_("文件名"), max_length=200, blank=True)
    applied_on = models.DateField(_("申报日期"), null=True)
    imported_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(_("导入时间"))
    line_count = models.PositiveIntegerField(_("行数"), default=0)
    accepted_count = models.PositiveIntegerField(_("通过"), default=0)
    total = models.DecimalField(_("金额合计"), max_digits=14, decimal_places=2, default=0)
    report = models.JSONField(default=dict, help_text="the first report: codes, row numbers, case numbers")

    class Meta:
        ordering = ("-id",)
        verbose_name = _("材料导入")
        indexes = (models.Index(fields=("county", "-id"), name="import_county"),)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "programme", "county", "sha256"),
                name="sheet_once_a_county",
                violation_error_message=_("这份表已经导入过"),
            ),
        )

    def __str__(self) -> str:
        return self.file_name or self.sha256[:12]


class SheetLine(models.Model):
    """A line of a sheet: its cells as read (sealed), and what became of it.

    A refused line is paper sent back to whoever handed it in, kept and correctable; never a decision about a person.
    """

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("通过")
        REFUSED = "refused", _("退回")

    sheet = models.ForeignKey(SheetImport, models.PROTECT, related_name="lines")
    row = models.PositiveIntegerField(_("行号"))
    cells = EncryptedTextField(_("原文"))
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices)
    reasons = models.JSONField(default=list, help_text="reason codes")
    problems = EncryptedTextField(_("说明"), blank=True, default="")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="sheet_lines")
    corrected_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    corrected_at = models.DateTimeField(_("更正时间"), null=True)

    class Meta:
        ordering = ("sheet_id", "row")
        verbose_name = _("表中一行")
        constraints = (
            models.UniqueConstraint(fields=("sheet", "row"), name="line_once_a_sheet"),
            models.CheckConstraint(
                condition=~models.Q(outcome="refused") | ~models.Q(reasons=[]),
                name="refused_line_has_reasons",
                violation_error_message=_("退回的行必须写明原因"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.sheet_id}:{self.row}"
