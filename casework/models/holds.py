"""What somebody holds that can be held once, whichever programme gives it: one benefit, once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case


class BenefitHold(models.Model):
    """A period [begins, ends) of a benefit, held by a person or a household through a case.

    `benefit` is what is held, not who gives it: the days of a stay in hospital are one benefit, whether a nursing
    subsidy or an insurer pays for them. `claimant` is `p` and the key of a person, or `h` and the key of a household.
    While it is live, nobody holds the same benefit on a day of it a second time: PostgreSQL keeps that as an exclusion
    constraint (`one_benefit_once`), SQLite by triggers of that name.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="holds")
    benefit = models.CharField(_("待遇"), max_length=60)
    claimant = models.CharField(_("享受人"), max_length=24)
    begins = models.DateField(_("起日"))
    ends = models.DateField(_("止日"), help_text="the first day that is no longer part of it")
    live = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("待遇享受期间")
        indexes = (
            models.Index(fields=("claimant", "benefit", "begins"), name="hold_claimant", condition=models.Q(live=True)),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends__gt=models.F("begins")),
                name="hold_dates_in_order",
                violation_error_message=_("止日必须晚于起日"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.benefit} {self.begins}–{self.ends}"
