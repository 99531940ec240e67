"""What period of what a person has been granted: the row that makes paying twice impossible."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.people import Person


class Entitlement(models.Model):
    """A period [begins, ends) of a programme that a case claims for a person.

    Live from acceptance until the case is refused or withdrawn. `days_by_year` is how many days of each calendar
    year it uses of the year's cap, e.g. `{"2026": 8}`.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="entitlement")
    person = models.ForeignKey(Person, models.PROTECT, related_name="entitlements")
    programme = models.CharField(max_length=40)
    begins = models.DateField()
    ends = models.DateField()
    days_by_year = models.JSONField(default=dict)
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("受益期间")
        indexes = (models.Index(fields=("person", "programme"), name="entitlement_person_programme"),)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "programme", "begins", "ends"),
                condition=models.Q(live=True),
                name="one_period_once",
                violation_error_message=_("这段时间已经申请过，不能重复"),
            ),
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("begins")),
                name="entitlement_dates_in_order",
                violation_error_message=_("止日不能早于起日"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.begins}–{self.ends}"
