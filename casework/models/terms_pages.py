"""Pages of terms written here: a programme that is data, drafted on a page, and in force once it is published."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.offices import Staff


class TermsPage(models.Model):
    """A page of terms 方案 of a programme: as written, and whether it is published.

    A page that is published is never changed; another is written in its place. The last one published of a slug is the
    programme; those before it are how it came about.
    """

    slug = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("名称"), max_length=20)
    text = models.TextField(_("方案"), help_text="YAML")
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("起草时间"))
    published_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = _("方案")
        indexes = (models.Index(fields=("slug", "-id"), name="terms_page_slug"),)
        constraints = (
            models.UniqueConstraint(
                fields=("slug",),
                condition=models.Q(published_at__isnull=True),
                name="one_draft_a_programme",
                violation_error_message=_("这个项目已有一份草稿，请接着改那一份"),
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=True, published_by__isnull=True)
                | models.Q(published_at__isnull=False, published_by__isnull=False),
                name="terms_published_by_somebody",
                violation_error_message=_("发布必须写明是谁"),
            ),
        )

    def __str__(self) -> str:
        return self.title
