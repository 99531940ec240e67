"""Signatures as rows: who took part as what, and what each decided on which file."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.offices import Staff
from casework.models.roles import Capacity
from casework.models.work_items import WorkItem


class Participation(models.Model):
    """Who took part in a case as what. One person, one capacity: the database says so.

    `signed_digest` is the digest of the facts this person last put their name to; empty when they took part
    without signing (asked for papers, sent back).
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="participations")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="participations")
    capacity = models.CharField(_("身份"), max_length=12, choices=Capacity.choices)
    signed_digest = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("参与人")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "staff"),
                name="one_capacity_a_person_a_case",
                violation_error_message=_("同一件案子里，一个人只能有一种身份"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.capacity}"


class Decision(models.Model):
    """One decision: a row that is written once and never changed (the database refuses).

    Actor by value, so it stays readable when people and offices have gone. `file_digest` is of all that lay on
    the table, facts and papers; `facts_digest` of the facts alone, which later signatures must agree with.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    work_item = models.ForeignKey(WorkItem, models.PROTECT, related_name="decisions")
    participation = models.ForeignKey(Participation, models.PROTECT, related_name="decisions")
    step = models.CharField(_("环节"), max_length=40)
    outcome = models.CharField(_("结果"), max_length=40)
    transition = models.CharField(max_length=40)
    clause = models.CharField(_("依据"), max_length=120, blank=True)
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="decisions")
    staff_name = models.CharField(_("经办人"), max_length=60)
    office_name = models.CharField(_("机构"), max_length=120)
    reasons = models.JSONField(_("理由"), default=list, help_text="reason codes of the programme")
    note = models.TextField(_("意见"), blank=True, default="")
    at = models.DateTimeField(_("时间"))
    facts_digest = models.CharField(max_length=64)
    file_digest = models.CharField(max_length=64)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True)
    key = models.CharField(max_length=64, null=True, unique=True, help_text="idempotency key of the attempt")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("决定")
        constraints = (
            models.UniqueConstraint(
                fields=("work_item",),
                name="one_decision_a_work_item",
                violation_error_message=_("这一步已经办理过"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.outcome}"
