"""What goes between the county and an insurer: how it is reached, what was sent, what it said.

A claim goes out once for each lodging, as one frozen message; by file, over HTTP, or both. An answer comes in once by
its id, by whichever road, and says on its row what became of it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.fields import EncryptedTextField
from casework.models.offices import Office, Staff
from casework.models.regions import Division


class InsurerConnection(models.Model):
    """How one insurer is reached, and in whose name what it says by file or wire is said here.

    `clerk` is an account nobody logs in with, in the insurer's own post. `cursor` is how far its answers were read;
    `fault` the code of what went wrong when it was last asked, empty when nothing did; `skew` how many seconds its
    clock was ahead of ours.
    """

    office = models.OneToOneField(Office, models.PROTECT, related_name="connection", verbose_name=_("保险公司"))
    clerk = models.OneToOneField(Staff, models.PROTECT, related_name="+", verbose_name=_("对接账号"))
    base_url = models.CharField(_("接口地址"), max_length=200, blank=True, default="")
    key_id = models.CharField(_("密钥编号"), max_length=40, unique=True)
    secret = EncryptedTextField(_("密钥"))
    enabled = models.BooleanField(_("启用在线对接"), default=False)
    cursor = models.CharField(max_length=64, blank=True, default="")
    asked_at = models.DateTimeField(_("上次查询"), null=True)
    answered_at = models.DateTimeField(_("上次收到答复"), null=True)
    fault = models.CharField(_("上次的问题"), max_length=40, blank=True, default="")
    skew = models.IntegerField(_("对方时钟快几秒"), null=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("保险对接")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(enabled=False) | ~models.Q(base_url=""),
                name="connection_enabled_has_address",
                violation_error_message=_("启用在线对接前要填接口地址"),
            ),
        )

    def __str__(self) -> str:
        return self.key_id


class InsurerNonce(models.Model):
    """A nonce an insurer has signed with, kept as long as its request could come again."""

    connection = models.ForeignKey(InsurerConnection, models.PROTECT, related_name="+")
    nonce = models.CharField(max_length=32)
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("connection", "nonce"),
                name="nonce_used_once",
                violation_error_message=_("这次请求已经收到过"),
            ),
        )

    def __str__(self) -> str:
        return self.nonce


class ClaimBatch(models.Model):
    """A batch of claims 理赔批次 for one insurer, as a file: the same bytes however often it is made."""

    number = models.CharField(_("批次号"), max_length=32, unique=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="claim_batches", verbose_name=_("保险公司"))
    county = models.ForeignKey(Division, models.PROTECT, related_name="+")
    drawn_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("编制时间"))
    digest = models.CharField(_("摘要"), max_length=64)
    line_count = models.PositiveIntegerField(_("件数"))

    class Meta:
        default_permissions = ()
        ordering = ("-id",)
        verbose_name = _("理赔批次")
        indexes = (models.Index(fields=("county", "-id"), name="claim_batch_county"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(line_count__gt=0),
                name="claim_batch_not_empty",
                violation_error_message=_("批次里没有案件"),
            ),
        )

    def __str__(self) -> str:
        return self.number


class ClaimLodging(models.Model):
    """A claim as it went to its insurer, in one round: 1, and one more each time papers were supplied.

    `message` is the canonical JSON, sealed; `received_at` when the insurer's machine said that it has it. `fault` is
    the code of why it has not, where asking again would not help.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="lodgings")
    round = models.PositiveSmallIntegerField(_("提交次数"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    county = models.ForeignKey(Division, models.PROTECT, related_name="+")
    message = EncryptedTextField()
    digest = models.CharField(_("摘要"), max_length=64)
    lodged_at = models.DateTimeField(_("转出时间"))
    batch = models.ForeignKey(ClaimBatch, models.PROTECT, null=True, related_name="lines")
    line_number = models.PositiveIntegerField(_("序号"), null=True)
    received_at = models.DateTimeField(_("对方收到时间"), null=True)
    fault = models.CharField(_("问题"), max_length=40, blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("转出的理赔")
        indexes = (
            models.Index(
                fields=("office", "county", "id"),
                name="lodging_to_send",
                condition=models.Q(batch__isnull=True, received_at__isnull=True),
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("case", "round"), name="lodged_once_a_round", violation_error_message=_("这一次已经转出过")
            ),
            models.UniqueConstraint(
                fields=("batch", "line_number"),
                name="lodging_line_once_a_batch",
                violation_error_message=_("批次里序号重复"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}/{self.round}"


class AnswerFile(models.Model):
    """A file of answers 回复文件 somebody brought, once for its bytes. `counts` is how many lines came to what."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="answer_files", verbose_name=_("保险公司"))
    county = models.ForeignKey(Division, models.PROTECT, related_name="+")
    sha256 = models.CharField(_("文件摘要"), max_length=64)
    stored_as = models.CharField(max_length=80)
    taken_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(_("录入时间"))
    counts = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        ordering = ("-id",)
        verbose_name = _("回复文件")
        indexes = (models.Index(fields=("county", "-id"), name="answer_file_county"),)
        constraints = (
            models.UniqueConstraint(
                fields=("office", "sha256"),
                name="answer_file_once",
                violation_error_message=_("这份文件已经录入过"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.office_id} {self.sha256[:12]}"


class InsurerAnswer(models.Model):
    """One thing an insurer said of one claim, by its own id for it, and what became of it.

    `message` is the canonical JSON, sealed: a reason can name a person. `case` is empty where there is none of that
    number that was ever lodged with this insurer. `problem` is a code of `workflows.insurance_exchange.problems`.
    """

    class Road(models.TextChoices):
        FILE = "file", _("文件")
        POLL = "poll", _("查询")
        PUSH = "push", _("推送")

    class State(models.TextChoices):
        TAKEN = "taken", _("已办")
        REPEAT = "repeat", _("已办过")
        WAITING = "waiting", _("等前一步")
        OUT_OF_STEP = "out_of_step", _("对不上")
        SETTLED = "settled", _("已核对")

    office = models.ForeignKey(Office, models.PROTECT, related_name="answers", verbose_name=_("保险公司"))
    answer_id = models.CharField(_("回复编号"), max_length=64)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="insurer_answers")
    kind = models.CharField(_("类别"), max_length=12)
    round = models.PositiveSmallIntegerField(_("提交次数"))
    message = EncryptedTextField()
    digest = models.CharField(max_length=64)
    road = models.CharField(_("来路"), max_length=6, choices=Road.choices)
    file = models.ForeignKey(AnswerFile, models.PROTECT, null=True, related_name="answers")
    received_at = models.DateTimeField(_("收到时间"))
    tried_at = models.DateTimeField(null=True)
    state = models.CharField(_("结果"), max_length=12, choices=State.choices)
    problem = models.CharField(max_length=40, blank=True, default="")
    sentence = models.CharField(_("问题"), max_length=300, blank=True, default="")
    settled_note = models.CharField(_("怎么核对的"), max_length=400, blank=True, default="")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("保险公司的回复")
        indexes = (
            models.Index(
                fields=("office", "-id"),
                name="answer_out_of_step",
                condition=models.Q(state__in=("waiting", "out_of_step")),
            ),
            models.Index(fields=("case", "id"), name="answer_case"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("office", "answer_id"),
                name="answered_once",
                violation_error_message=_("这条回复已经收到过"),
            ),
        )

    def __str__(self) -> str:
        return self.answer_id
