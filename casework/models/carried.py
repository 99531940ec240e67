"""Families a unit carries with it 带动: whom a loan's interest subsidy or a project is for, besides the unit itself."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.offices import Staff
from casework.models.people import Person


class CarriedFamily(models.Model):
    """A family of the register, by one of its members, that the unit of a case carries. Unlinked, it is not live."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="carried")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    linked_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(_("登记时间"))
    live = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("带动户")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "person"),
                name="family_carried_once_a_case",
                violation_error_message=_("这一户已经登记在这件案子里"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.person_id}"
