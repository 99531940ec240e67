"""What an applicant was asked to bring 补正: told once, in full, and ticked off."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.evidence import Evidence
from casework.models.work_items import WorkItem


class WantedPaper(models.Model):
    """One line of a list the applicant was given: a kind of paper, or something in the office's own words.

    The words are written to the applicant and may speak of them, so they stand here and on the notice 补正告知书; the
    trail has only their number and digest. No line is told twice in one case: what was not asked the first time is new,
    and a second list of the same is no list (一次性告知).
    """

    class Answer(models.TextChoices):
        BROUGHT = "brought", _("已补来")
        WAIVED = "waived", _("不再需要")

    case = models.ForeignKey(Case, models.PROTECT, related_name="wanted_papers")
    asked_in = models.ForeignKey(WorkItem, models.PROTECT, related_name="wanted_papers")
    kind = models.CharField(_("种类"), max_length=30, choices=Evidence.Kind.choices, blank=True, default="")
    words = models.CharField(_("内容"), max_length=60, blank=True, default="")
    answer = models.CharField(_("结果"), max_length=10, choices=Answer.choices, blank=True, default="")
    answered_at = models.DateTimeField(_("核对时间"), null=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("补正材料")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "kind", "words"),
                name="paper_wanted_once_a_case",
                violation_error_message=_("这份材料已经告知过，不能重复要求"),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="", words=""),
                name="wanted_paper_is_named",
                violation_error_message=_("请写明要补什么材料"),
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="wanted_paper_answered_at",
                violation_error_message=_("核对过的材料必须有核对时间"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind or 'words'}"

    @property
    def label(self) -> str:
        """What it is called in front of people."""
        return str(Evidence.Kind(self.kind).label) if self.kind else self.words
