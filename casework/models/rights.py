"""Rights protection 权益维护: a demand and what has been done about it. Everything personal in it is sealed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.fields import EncryptedTextField
from casework.models.offices import Office, Staff


class Channel(models.TextChoices):
    """Whom the office turns to: S0:49 「借力执法部门、群众自治、依托协会组织、联合社会机构」."""

    LAW_ENFORCEMENT = "law_enforcement", _("执法部门")
    SELF_GOVERNANCE = "self_governance", _("群众自治调解")
    ASSOCIATION = "association", _("协会协商")
    SOCIAL_BODIES = "social_bodies", _("法律援助和社会机构")


class Dispute(models.TextChoices):
    """What it is about; the terms say how long there is for each."""

    WAGES = "wages", _("在职期间欠薪")
    LABOUR = "labour", _("劳动争议")
    WORK_INJURY = "work_injury", _("工伤、工亡")
    INSURANCE = "insurance", _("保险理赔")
    LIFE_INSURANCE = "life_insurance", _("人寿保险理赔")
    ACCIDENT = "accident", _("交通事故和人身损害")
    LAND = "land", _("土地和集体收益")
    FAMILY = "family", _("赡养、继承等家事")
    OTHER = "other", _("其他")


class Demand(models.Model):
    """What somebody asks for 诉求: against whom, over what, how much is at stake, and until when it can be claimed.

    `limitation_on` is the last day; None where the terms know no limitation. A day set by hand has its reason.
    """

    class Counterparty(models.TextChoices):
        EMPLOYER = "employer", _("用人单位")
        INSURER = "insurer", _("保险公司")
        ORGANISATION = "organisation", _("其他单位")
        PERSON = "person", _("个人")

    case = models.OneToOneField(Case, models.PROTECT, related_name="demand")
    dispute = models.CharField(_("纠纷类型"), max_length=20, choices=Dispute.choices)
    channel = models.CharField(_("渠道"), max_length=20, choices=Channel.choices, blank=True, default="")
    counterparty_kind = models.CharField(_("对方是"), max_length=20, choices=Counterparty.choices)
    counterparty = EncryptedTextField(_("对方名称"))
    told = EncryptedTextField(_("诉求"))
    place = EncryptedTextField(_("发生地点"), blank=True, default="")
    incident_on = models.DateField(_("发生日期"))
    claimed = models.DecimalField(_("主张金额"), max_digits=12, decimal_places=2, null=True)
    stake = EncryptedTextField(_("其他要求"), blank=True, default="")
    limitation_on = models.DateField(_("时效届满日"), null=True)
    limitation_clause = models.CharField(_("时效依据"), max_length=200, blank=True, default="")
    limitation_reason = EncryptedTextField(_("改定时效的理由"), blank=True, default="")
    key = models.CharField(max_length=64, null=True, unique=True, help_text="idempotency key of the taking in")

    class Meta:
        default_permissions = ()
        verbose_name = _("诉求")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(claimed__isnull=True) | models.Q(claimed__gte=0),
                name="demand_claimed_not_negative",
                violation_error_message=_("主张金额不能为负"),
            ),
            models.CheckConstraint(
                condition=models.Q(limitation_on__isnull=True) | models.Q(limitation_on__gte=models.F("incident_on")),
                name="demand_limitation_after_incident",
                violation_error_message=_("时效届满日不能早于发生日期"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.dispute}"


class CoHandler(models.Model):
    """An office elsewhere that handles the case too 协办: one of the house, which then sees it, or one outside."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="co_handlers")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="co_handled")
    name = models.CharField(_("协办单位"), max_length=120)
    since = models.DateField(_("开始协办"))
    until = models.DateField(_("结束协办"), null=True)
    added_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("协办单位")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "name"),
                condition=models.Q(until__isnull=True),
                name="co_handler_once_a_case",
                violation_error_message=_("这个单位已经在协办这件案子"),
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="co_handler_dates_in_order",
                violation_error_message=_("结束协办的日期不能早于开始协办的日期"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class RightsAct(models.Model):
    """One thing done in the case, written once and never changed: the database refuses, and lets only seals be renewed.

    What it says is pinned by a keyed digest in the trail, at `seq`. Whose act it was is kept by value: the office of
    whoever did it, or a co-handler's.
    """

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", _("收集证据")
        REFERRAL = "referral", _("转办")
        ANSWER = "answer", _("外单位答复")
        NEGOTIATION = "negotiation", _("协商")
        MEDIATION = "mediation", _("调解")
        AGREEMENT = "agreement", _("达成协议")
        CONFIRMATION = "confirmation", _("司法确认")
        ARBITRATION = "arbitration", _("申请仲裁")
        AWARD = "award", _("仲裁裁决")
        LAWSUIT = "lawsuit", _("提起诉讼")
        JUDGMENT = "judgment", _("判决")
        CHANNEL = "channel", _("改换渠道")
        NOTE = "note", _("记事")

    case = models.ForeignKey(Case, models.PROTECT, related_name="rights_acts")
    seq = models.PositiveIntegerField(help_text="of its event in the case's trail")
    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    done_on = models.DateField(_("日期"))
    place = EncryptedTextField(_("地点"), blank=True, default="")
    participants = EncryptedTextField(_("参加人"), blank=True, default="")
    words = EncryptedTextField(_("内容"), blank=True, default="")
    addressee = models.CharField(_("转往单位"), max_length=120, blank=True, default="")
    answer_due = models.DateField(_("答复期限"), null=True)
    channel_before = models.CharField(max_length=20, choices=Channel.choices, blank=True, default="")
    channel = models.CharField(_("渠道"), max_length=20, choices=Channel.choices, blank=True, default="")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    staff_name = models.CharField(_("记录人"), max_length=60)
    office_name = models.CharField(_("办理单位"), max_length=120)
    at = models.DateTimeField(_("记录时间"))
    key = models.CharField(max_length=64, null=True, unique=True, help_text="idempotency key of the attempt")

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("维权办理记录")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "seq"),
                name="rights_act_once_an_event",
                violation_error_message=_("这一条已经记过"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Performance(models.Model):
    """What an agreement or award says is to be done by a day 履行: an amount, or a deed in words."""

    class State(models.TextChoices):
        DUE = "due", _("待履行")
        DONE = "done", _("已履行")
        DROPPED = "dropped", _("不再要求")

    case = models.ForeignKey(Case, models.PROTECT, related_name="performances")
    number = models.PositiveSmallIntegerField(_("期次"))
    due_on = models.DateField(_("履行期限"))
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2, null=True)
    deed = EncryptedTextField(_("要做的事"), blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.DUE)
    settled_on = models.DateField(_("履行日期"), null=True)

    class Meta:
        default_permissions = ()
        ordering = ("due_on", "number")
        verbose_name = _("履行事项")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "number"),
                name="performance_number_once_a_case",
                violation_error_message=_("这一期已经登记过"),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | models.Q(amount__gt=0),
                name="performance_amount_above_zero",
                violation_error_message=_("履行金额要大于零；不是付钱的，请写明要做的事"),
            ),
            models.CheckConstraint(
                condition=models.Q(state="due", settled_on__isnull=True)
                | (~models.Q(state="due") & models.Q(settled_on__isnull=False)),
                name="performance_settled_on_a_day",
                violation_error_message=_("已履行的事项必须有履行日期"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.number}"


class MoneyLine(models.Model):
    """Money claimed, obtained or received, by the channel it came through: three things that are never added up.

    Never changed (the database refuses): what was written wrongly is taken back by a line below zero.
    """

    class What(models.TextChoices):
        CLAIMED = "claimed", _("主张")
        OBTAINED = "obtained", _("争取到")
        RECEIVED = "received", _("实际收到")

    case = models.ForeignKey(Case, models.PROTECT, related_name="money_lines")
    seq = models.PositiveIntegerField(help_text="of its event in the case's trail")
    what = models.CharField(_("性质"), max_length=10, choices=What.choices)
    channel = models.CharField(_("渠道"), max_length=20, choices=Channel.choices)
    amount = models.DecimalField(_("金额"), max_digits=12, decimal_places=2)
    on = models.DateField(_("日期"))
    performance = models.ForeignKey(Performance, models.PROTECT, null=True, related_name="money_lines")

    class Meta:
        default_permissions = ()
        ordering = ("on", "id")
        verbose_name = _("维权金额")
        indexes = (models.Index(fields=("on", "what", "channel"), name="rights_money_by_day"),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(amount=0),
                name="rights_money_is_some",
                violation_error_message=_("金额不能是零"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.what}"
