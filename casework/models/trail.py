"""The trail: what happened, in order, chained by hash; the database refuses to change or delete it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case


class Chain(models.Model):
    """The head of a chain that is not a case's: of a person, an import, a batch. (A case carries its own.)"""

    name = models.CharField(max_length=60, primary_key=True)
    seq = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """One thing that happened, by whom, in canonical form under a hash that includes the one before.

    `details` holds codes, counts and digests, never a name, a number or free text of a person: the trail is
    shown to auditors of other offices and exported.
    """

    chain = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="events", db_index=False)
    at = models.DateTimeField(_("时间"))
    action = models.CharField(_("动作"), max_length=40)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(_("经办人"), max_length=60)
    actor_office = models.CharField(_("机构"), max_length=120, blank=True)
    details = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        ordering = ("chain", "seq")
        verbose_name = _("轨迹")
        constraints = (
            models.UniqueConstraint(
                fields=("chain", "seq"),
                name="one_event_a_place",
                violation_error_message=_("轨迹的这个位置已有记录"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.chain}#{self.seq} {self.action}"
