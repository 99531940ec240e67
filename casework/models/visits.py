"""Hardship visits 走访慰问: rounds, who is nominated, the teams and their routes, and what was seen and given."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.evidence import Evidence
from casework.models.offices import Staff
from casework.models.people import Household
from casework.models.regions import Division

NOTHING = Decimal("0.00")


class VisitRound(models.Model):
    """A round 慰问轮次: one festival of one year in one place, with its money and its standard for each household.

    `promised` is what its approvals have taken of `budget`, in yuan; it can never be more, whoever approves. `version`
    is that of the terms under which it was set up.
    """

    class Festival(models.TextChoices):
        SPRING = "spring", _("春节")
        MAY_29 = "may_29", _("5·29会员活动日")
        MID_AUTUMN = "mid_autumn", _("中秋")
        DOUBLE_NINTH = "double_ninth", _("重阳")
        OTHER = "other", _("其他")

    class State(models.TextChoices):
        PLANNED = "planned", _("筹备")
        NOMINATING = "nominating", _("提名中")
        SETTLED = "settled", _("名单已定")
        VISITING = "visiting", _("走访中")
        CLOSED = "closed", _("已结束")

    class Form(models.TextChoices):
        CARD = "card", _("慰问金，打卡发放")
        GOODS = "goods", _("慰问品，当面送达")

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    festival = models.CharField(_("节日"), max_length=20, choices=Festival.choices)
    title = models.CharField(_("名称"), max_length=60)
    form = models.CharField(_("慰问方式"), max_length=8, choices=Form.choices, default=Form.CARD)
    goods = models.CharField(_("慰问品"), max_length=200, blank=True)
    standard = models.DecimalField(_("每户标准"), max_digits=10, decimal_places=2)
    budget = models.DecimalField(_("预算"), max_digits=14, decimal_places=2)
    promised = models.DecimalField(_("已批准"), max_digits=14, decimal_places=2, default=NOTHING)
    fund_source = models.CharField(_("资金来源"), max_length=120)
    basis = models.CharField(_("依据"), max_length=200)
    categories = models.JSONField(_("对象类别"), default=list)
    nominate_by = models.DateField(_("提名截止"))
    visit_from = models.DateField(_("走访开始"))
    visit_to = models.DateField(_("走访结束"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.PLANNED)
    version = models.CharField(_("方案版本"), max_length=20)
    created_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("慰问轮次")
        indexes = (models.Index(fields=("division", "-id"), name="round_division"),)
        constraints = (
            models.UniqueConstraint(
                fields=("division", "year", "title"),
                name="round_once_a_year",
                violation_error_message=_("这一年已有同名的慰问轮次"),
            ),
            models.CheckConstraint(
                condition=models.Q(promised__gte=0, promised__lte=models.F("budget")),
                name="round_within_budget",
                violation_error_message=_("批准的金额不能超过本轮预算"),
            ),
            models.CheckConstraint(
                condition=models.Q(standard__gt=0),
                name="round_has_a_standard",
                violation_error_message=_("每户标准要大于零"),
            ),
            models.CheckConstraint(
                condition=models.Q(visit_to__gte=models.F("visit_from")),
                name="round_dates_in_order",
                violation_error_message=_("走访结束日期不能早于开始日期"),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def left(self) -> Decimal:
        """Yuan that may still be approved."""
        return self.budget - self.promised


class VisitTeam(models.Model):
    """A team and its route: villages in the order they are visited."""

    round = models.ForeignKey(VisitRound, models.PROTECT, related_name="teams")
    name = models.CharField(_("组名"), max_length=40)
    route = models.JSONField(_("路线"), default=list, help_text="codes of villages, in order")
    from_day = models.DateField(_("出发日期"))
    to_day = models.DateField(_("返回日期"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("走访组")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "name"),
                name="team_name_once_a_round",
                violation_error_message=_("本轮已有同名的走访组"),
            ),
            models.CheckConstraint(
                condition=models.Q(to_day__gte=models.F("from_day")),
                name="team_days_in_order",
                violation_error_message=_("返回日期不能早于出发日期"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class VisitTeamMember(models.Model):
    """Somebody in a team, by value: a leader who comes along has no account here. `rank` is kept as it was then."""

    team = models.ForeignKey(VisitTeam, models.PROTECT, related_name="members")
    name = models.CharField(_("姓名"), max_length=60)
    rank = models.CharField(_("职务"), max_length=60, blank=True)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="visit_teams")

    class Meta:
        ordering = ("id",)
        verbose_name = _("走访组成员")
        constraints = (
            models.UniqueConstraint(
                fields=("team", "name"),
                name="member_once_a_team",
                violation_error_message=_("这个人已在组里"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Nomination(models.Model):
    """A household's place in a round, held by a case; `promised` is what its approval has taken of the budget.

    Live until the case is refused, withdrawn or terminated. The team, the day and the order are when it is visited.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="nomination")
    round = models.ForeignKey(VisitRound, models.PROTECT, related_name="nominations")
    household = models.ForeignKey(Household, models.PROTECT, related_name="nominations")
    division = models.CharField(max_length=12)
    live = models.BooleanField(default=True)
    promised = models.DecimalField(max_digits=10, decimal_places=2, default=NOTHING)
    team = models.ForeignKey(VisitTeam, models.PROTECT, null=True, blank=True, related_name="nominations")
    visit_on = models.DateField(_("走访日期"), null=True, blank=True)
    place = models.PositiveSmallIntegerField(_("顺序"), default=0)

    class Meta:
        ordering = ("id",)
        verbose_name = _("慰问名额")
        indexes = (
            models.Index(fields=("round", "division", "id"), name="nomination_round_division"),
            models.Index(fields=("team", "visit_on", "place"), name="nomination_route"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("round", "household"),
                condition=models.Q(live=True),
                name="household_once_a_round",
                violation_error_message=_("这一户在本轮已经提名"),
            ),
            models.CheckConstraint(
                condition=models.Q(promised__gte=0) & (models.Q(live=True) | models.Q(promised=0)),
                name="nomination_frees_what_it_held",
                violation_error_message=_("不再慰问的户不能还占着预算"),
            ),
        )

    def __str__(self) -> str:
        return str(self.case_id)


class VisitRecord(models.Model):
    """A visit as it was written down at the door. `visitors` are {name, rank} by value; `goods` {item, quantity,
    value}.

    `client_key` is made on the visitor's phone: the same visit sent twice, however late, is one row. `findings` are
    codes of `workflows.visits.findings`, as they were when it was written: reasons to look, never a verdict.

    A record is never changed. One that was wrong no longer `stands`, and stays to be read; the one that `corrects` it
    says why, or the decision does by which the visit was made again.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="visits")
    round = models.ForeignKey(VisitRound, models.PROTECT, related_name="visits")
    division = models.CharField(max_length=12)
    client_key = models.UUIDField(unique=True)
    visitors = models.JSONField(_("走访人"), default=list)
    started_at = models.DateTimeField(_("到达时间"))
    finished_at = models.DateTimeField(_("离开时间"))
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    goods = models.JSONField(_("慰问品"), default=list)
    value = models.DecimalField(_("金额或价值"), max_digits=10, decimal_places=2)
    signer = models.CharField(_("签收人"), max_length=60, blank=True)
    signer_is = models.CharField(_("签收人身份"), max_length=20, blank=True)
    receipt = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="+")
    needs = models.JSONField(_("发现的需求"), default=list)
    needs_words = models.CharField(_("需求说明"), max_length=400, blank=True)
    findings = models.JSONField(default=list)
    pointed_out = models.BooleanField(default=False)
    stands = models.BooleanField(default=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", verbose_name=_("更正的记录")
    )
    why = models.CharField(_("更正原因"), max_length=200, blank=True)
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("走访记录")
        indexes = (
            models.Index(fields=("round", "pointed_out", "-id"), name="visit_round_findings"),
            models.Index(fields=("written_by", "started_at"), name="visit_by_visitor"),
            models.Index(fields=("division", "-id"), name="visit_division"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(finished_at__gte=models.F("started_at")),
                name="visit_hours_in_order",
                violation_error_message=_("离开时间不能早于到达时间"),
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0),
                name="visit_value_not_negative",
                violation_error_message=_("金额不能为负"),
            ),
            models.UniqueConstraint(
                fields=("case",),
                condition=models.Q(stands=True),
                name="visit_stands_once",
                violation_error_message=_("这一户已经有一次走访记录"),
            ),
        )

    def __str__(self) -> str:
        return str(self.client_key)
