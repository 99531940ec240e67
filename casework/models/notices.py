"""Public notices 公示: a sheet that hangs somewhere for so many days, its lines, and what was said against them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.fields import EncryptedTextField
from casework.models.law import NOTICE_WORDS
from casework.models.offices import Staff
from casework.models.regions import Division

LIVE = ("hanging", "objected")


class Notice(models.Model):
    """A sheet 公示榜 of one programme in one place. `digest` is of the list as posted, `closed_digest` of the (person,
    amount) that hung to the end; both are in the notice's own chain of the trail too."""

    class State(models.TextChoices):
        POSTED = "posted", _("公示中")
        CLOSED = "closed", _("已期满")
        WITHDRAWN = "withdrawn", _("已撤下")

    number = models.CharField(_("公示编号"), max_length=32, unique=True)
    programme = models.CharField(_("项目"), max_length=40)
    place = models.CharField(_("公示环节"), max_length=20, choices=list(NOTICE_WORDS.items()))
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", help_text="whose board it is")
    title = models.CharField(_("标题"), max_length=60)
    channels = models.JSONField(_("公示方式"), default=list)
    show = models.JSONField(default=list, help_text="what its lines say")
    clause = models.CharField(_("依据"), max_length=200)
    days = models.PositiveSmallIntegerField(_("天数"))
    working = models.BooleanField(_("工作日"))
    posted_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(_("张榜时间"))
    last_day = models.DateField(_("最后一天"))
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.POSTED)
    line_count = models.PositiveIntegerField(_("人数"))
    total = models.DecimalField(_("合计"), max_digits=14, decimal_places=2)
    digest = models.CharField(_("摘要"), max_length=64)
    closed_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("撤榜时间"), null=True)
    closed_digest = models.CharField(_("期满名单摘要"), max_length=64, blank=True)
    key = models.CharField(max_length=64, null=True, unique=True, help_text="of the attempt that posted it")

    class Meta:
        default_permissions = ()
        ordering = ("-id",)
        verbose_name = _("公示榜")
        indexes = (models.Index(fields=("division", "state", "-id"), name="notice_division"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(days__gt=0, line_count__gt=0),
                name="notice_has_days_and_lines",
                violation_error_message=_("公示必须有天数，也必须有名单"),
            ),
            models.CheckConstraint(
                condition=models.Q(state="posted", closed_by__isnull=True, closed_at__isnull=True, closed_digest="")
                | models.Q(state="withdrawn", closed_by__isnull=False, closed_at__isnull=False, closed_digest="")
                | (
                    models.Q(state="closed", closed_by__isnull=False, closed_at__isnull=False)
                    & ~models.Q(closed_digest="")
                ),
                name="notice_closed_is_frozen",
                violation_error_message=_("期满的公示必须有撤榜人、时间和名单摘要，还在张榜的不能有"),
            ),
        )

    def __str__(self) -> str:
        return self.number


class NoticeLine(models.Model):
    """A line of a sheet. What it shows was copied when it was posted, and so was `mark`, its case's `notice_mark`."""

    class State(models.TextChoices):
        HANGING = "hanging", _("公示中")
        OBJECTED = "objected", _("有异议，待答复")
        CLEARED = "cleared", _("期满无异议")
        REMOVED = "removed", _("已撤下")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, models.PROTECT, related_name="notice_lines")
    place = models.CharField(max_length=20, help_text="the notice's, for the key below")
    line_number = models.PositiveIntegerField(_("序号"))
    shown = models.JSONField(_("公示内容"), help_text="what was shown -> the masked text")
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    mark = models.CharField(max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.HANGING)
    ended_at = models.DateTimeField(_("了结时间"), null=True)
    why = models.CharField(_("撤下原因"), max_length=20, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("notice_id", "line_number")
        verbose_name = _("公示明细")
        indexes = (models.Index(fields=("case", "place", "-id"), name="notice_line_case"),)
        constraints = (
            models.UniqueConstraint(
                fields=("notice", "line_number"),
                name="notice_line_number_once",
                violation_error_message=_("公示榜上这个序号已有人"),
            ),
            models.UniqueConstraint(
                fields=("case", "place"),
                condition=models.Q(state__in=LIVE),
                name="case_on_one_live_line_a_place",
                violation_error_message=_("这件案子已在另一张公示榜上"),
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=LIVE, ended_at__isnull=True)
                | (~models.Q(state__in=LIVE) & models.Q(ended_at__isnull=False)),
                name="notice_line_ends_once",
                violation_error_message=_("了结的公示明细必须有时间，没有了结的不能有"),
            ),
            models.CheckConstraint(
                condition=~models.Q(mark=""),
                name="notice_line_is_marked",
                violation_error_message=_("公示明细必须记着公示的人和金额"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.line_number}"


class NoticePhotograph(models.Model):
    """A photograph of the sheet where it hangs: the proof that it did. Kept sealed, as all evidence is."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="photographs")
    sha256 = models.CharField(max_length=64, unique=True)
    file = models.CharField(max_length=80)
    thumbnail = models.CharField(max_length=80)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_at = models.DateTimeField(_("拍摄时间"), null=True)
    uploaded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("张榜照片")

    def __str__(self) -> str:
        return f"{self.notice_id} {self.pk}"


class Objection(models.Model):
    """An objection 异议 to a line, by anyone, named or not. What it says and who says it is sealed: the people it is
    about work next door. `taken_by` is who wrote it down; None while one from the web has not been looked at."""

    class Outcome(models.TextChoices):
        DISMISSED = "dismissed", _("不成立")
        FOUNDED = "founded", _("成立")

    line = models.ForeignKey(NoticeLine, models.PROTECT, related_name="objections")
    text = EncryptedTextField(_("异议内容"))
    name = EncryptedTextField(_("提出人"), blank=True, default="")
    contact = EncryptedTextField(_("联系方式"), blank=True, default="")
    received_at = models.DateTimeField(_("收到时间"))
    from_web = models.BooleanField(_("网上提出"), default=False)
    taken_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(_("核查结果"), max_length=10, choices=Outcome.choices, blank=True)
    answer = EncryptedTextField(_("答复"), blank=True, default="")
    answered_by = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    key = models.CharField(max_length=64, null=True, unique=True, help_text="of the attempt that made it")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("公示异议")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(outcome="", answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (
                    models.Q(answered_by__isnull=False, answered_at__isnull=False)
                    & ~models.Q(outcome="")
                    & ~models.Q(answer="")
                ),
                name="objection_answered_in_full",
                violation_error_message=_("答复异议必须写明结果、内容、答复人和时间"),
            ),
            models.CheckConstraint(
                condition=~models.Q(answered_by=models.F("taken_by")) | models.Q(answered_by__isnull=True),
                name="objection_answered_by_another",
                violation_error_message=_("登记异议的人不能答复异议"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.pk}"
