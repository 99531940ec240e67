"""One case that came of another: a refused claim taken up as a rights case, a need noticed on a visit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.offices import Staff


class CaseLink(models.Model):
    """`from_case` led to `to_case`, or has to do with it. Written once, by whoever saw the connection."""

    class Kind(models.TextChoices):
        RIGHTS_OF_CLAIM = "rights_of_claim", _("拒赔后维权")
        NEED_OF_VISIT = "need_of_visit", _("走访发现的需求")
        SAME_EVENT = "same_event", _("同一件事")

    from_case = models.ForeignKey(Case, models.PROTECT, related_name="links_out")
    to_case = models.ForeignKey(Case, models.PROTECT, related_name="links_in")
    kind = models.CharField(_("关系"), max_length=20, choices=Kind.choices)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("关联时间"))

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("关联案件")
        constraints = (
            models.UniqueConstraint(
                fields=("from_case", "to_case", "kind"),
                name="case_linked_once",
                violation_error_message=_("这两件案子已经关联过"),
            ),
            models.CheckConstraint(
                condition=~models.Q(from_case=models.F("to_case")),
                name="case_linked_to_another",
                violation_error_message=_("案件不能和自己关联"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_case_id} {self.kind} {self.to_case_id}"
