"""Insurance 计生系列保险: what is sold, the policies taken out, and who is on the roster.

Every limit, share and premium is dated data of a `PlanVersion`, with the clause it comes from.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from casework.models.offices import Office, Staff
from casework.models.people import Household, Person
from casework.models.regions import Division

ZERO = Decimal("0.00")


class InsuranceProduct(models.Model):
    """A product of an insurer. `life` decides how long a claim may be made: 5 years, and 2 for everything else."""

    class Kind(models.TextChoices):
        ACCIDENT = "accident", _("家庭意外伤害保险")
        HEALTH = "health", _("健康保险")
        COMPOSITE = "composite", _("综合保险")
        GIFT = "gift", _("赠送保险")

    insurer = models.ForeignKey(Office, models.PROTECT, related_name="products", verbose_name=_("保险公司"))
    name = models.CharField(_("产品"), max_length=80)
    kind = models.CharField(_("险种"), max_length=12, choices=Kind.choices)
    life = models.BooleanField(_("人寿保险"), default=False)

    class Meta:
        default_permissions = ()
        ordering = ("insurer_id", "id")
        verbose_name = _("保险产品")
        constraints = (
            models.UniqueConstraint(
                fields=("insurer", "name"),
                name="product_once_an_insurer",
                violation_error_message=_("这家保险公司已有同名产品"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class PlanVersion(models.Model):
    """A product as it is sold from a day on. Yuan; shares of the whole (0.90 is 90 %); ages in full years.

    `share_settled` is what is reimbursed where basic medical insurance has already paid, `share_unsettled` where it
    has not. `shared_by_members`: the sums are for the whole household, divided by its insured members.
    """

    class Unit(models.TextChoices):
        HOUSEHOLD = "household", _("户")
        PERSON = "person", _("人")

    product = models.ForeignKey(InsuranceProduct, models.PROTECT, related_name="plans")
    in_force_from = models.DateField(_("起售日期"))
    unit = models.CharField(_("按户或按人"), max_length=10, choices=Unit.choices)
    premium = models.DecimalField(_("保费"), max_digits=10, decimal_places=2)
    accident_sum = models.DecimalField(_("意外伤害保额"), max_digits=12, decimal_places=2, default=ZERO)
    medical_sum = models.DecimalField(_("医疗保额"), max_digits=12, decimal_places=2, default=ZERO)
    deductible = models.DecimalField(_("免赔额"), max_digits=10, decimal_places=2, default=ZERO)
    share_settled = models.DecimalField(_("医保已报销的赔付比例"), max_digits=5, decimal_places=4, default=Decimal(1))
    share_unsettled = models.DecimalField(_("医保未报销的赔付比例"), max_digits=5, decimal_places=4, default=Decimal(1))
    cash_a_day = models.DecimalField(_("住院津贴每日"), max_digits=10, decimal_places=2, default=ZERO)
    cash_days_most = models.PositiveSmallIntegerField(_("住院津贴最多天数"), default=0)
    cash_with_nursing = models.BooleanField(_("住院津贴可与护理补贴同享"), default=False)
    waiting_days = models.PositiveSmallIntegerField(_("等待期天数"), default=0)
    age_from = models.PositiveSmallIntegerField(_("最低年龄"), default=0)
    age_to = models.PositiveSmallIntegerField(_("最高年龄"), default=120)
    units_most = models.PositiveSmallIntegerField(_("最多份数"), default=1)
    shared_by_members = models.BooleanField(_("保额由全户分享"), default=False)
    source = models.CharField(_("条款依据"), max_length=200)

    class Meta:
        default_permissions = ()
        ordering = ("product_id", "in_force_from")
        verbose_name = _("保险方案")
        constraints = (
            models.UniqueConstraint(
                fields=("product", "in_force_from"),
                name="plan_once_a_day",
                violation_error_message=_("这个产品在这一天已有一个方案"),
            ),
            models.CheckConstraint(
                condition=models.Q(premium__gte=0, accident_sum__gte=0, medical_sum__gte=0, deductible__gte=0)
                & models.Q(cash_a_day__gte=0),
                name="plan_amounts_not_negative",
                violation_error_message=_("方案里的金额不能为负"),
            ),
            models.CheckConstraint(
                condition=models.Q(share_settled__gt=0, share_settled__lte=1)
                & models.Q(share_unsettled__gt=0, share_unsettled__lte=1),
                name="plan_shares_of_the_whole",
                violation_error_message=_("赔付比例要大于0、不超过100%"),
            ),
            models.CheckConstraint(
                condition=models.Q(age_from__lte=models.F("age_to")),
                name="plan_ages_in_order",
                violation_error_message=_("最低年龄不能大于最高年龄"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.product_id} {self.in_force_from}"


class Policy(models.Model):
    """A policy 保单 of a county or township for a coverage period (both days inclusive).

    `number` is ours and names its chain in the trail; `insurer_number` is the insurer's, told when it confirms. The
    shares say who pays one unit's premium; they add up to it, and what belongs to nobody named stands under `by_other`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("编制中")
        SENT = "sent", _("已送保险公司")
        CONFIRMED = "confirmed", _("已承保")
        CANCELLED = "cancelled", _("已作废")

    number = models.CharField(_("投保编号"), max_length=32, unique=True)
    insurer_number = models.CharField(_("保单号"), max_length=60, blank=True, default="")
    plan = models.ForeignKey(PlanVersion, models.PROTECT, related_name="policies")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("区划"))
    begins = models.DateField(_("起保日期"))
    ends = models.DateField(_("终保日期"))
    unit_premium = models.DecimalField(_("每份保费"), max_digits=10, decimal_places=2)
    by_family = models.DecimalField(_("家庭承担"), max_digits=10, decimal_places=2, default=ZERO)
    by_city = models.DecimalField(_("市级承担"), max_digits=10, decimal_places=2, default=ZERO)
    by_county = models.DecimalField(_("县级承担"), max_digits=10, decimal_places=2, default=ZERO)
    by_insurer = models.DecimalField(_("保险公司优惠"), max_digits=10, decimal_places=2, default=ZERO)
    by_other = models.DecimalField(_("其他"), max_digits=10, decimal_places=2, default=ZERO)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("编制时间"))
    sent_at = models.DateTimeField(_("送出时间"), null=True, blank=True)
    confirmed_on = models.DateField(_("承保日期"), null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("-begins", "-id")
        verbose_name = _("保单")
        indexes = (models.Index(fields=("division", "-begins", "-id"), name="policy_division"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends__gte=models.F("begins")),
                name="policy_dates_in_order",
                violation_error_message=_("终保日期不能早于起保日期"),
            ),
            models.CheckConstraint(
                condition=models.Q(
                    unit_premium=Round(
                        models.F("by_family")
                        + models.F("by_city")
                        + models.F("by_county")
                        + models.F("by_insurer")
                        + models.F("by_other"),
                        precision=2,
                    )
                ),
                name="policy_shares_close",
                violation_error_message=_("各方承担之和必须等于每份保费，说不清的填在“其他”"),
            ),
            models.CheckConstraint(
                condition=models.Q(by_family__gte=0, by_city__gte=0, by_county__gte=0, by_insurer__gte=0)
                & models.Q(by_other__gte=0),
                name="policy_shares_not_negative",
                violation_error_message=_("各方承担不能为负"),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed")
                | (~models.Q(insurer_number="") & models.Q(confirmed_on__isnull=False)),
                name="policy_confirmed_has_number",
                violation_error_message=_("已承保的必须有保险公司的保单号和日期"),
            ),
        )

    def __str__(self) -> str:
        return self.number

    @property
    def chain(self) -> str:
        """Its chain in the trail."""
        return f"policy:{self.number}"


class RosterLine(models.Model):
    """A line of the roster 投保名单: a household, or a person alone, insured with so many units.

    Cover is from `covers_from` to `covers_to`, both inclusive: the policy's own period unless an endorsement says less.
    """

    class State(models.TextChoices):
        LISTED = "listed", _("待承保")
        CONFIRMED = "confirmed", _("已承保")
        DECLINED = "declined", _("未承保")
        REMOVED = "removed", _("已批减")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField(_("序号"))
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("村社区"))
    category = models.CharField(_("家庭类别"), max_length=20, blank=True, default="")
    units = models.PositiveSmallIntegerField(_("份数"), default=1)
    premium = models.DecimalField(_("保费"), max_digits=12, decimal_places=2)
    covers_from = models.DateField(_("保障起日"))
    covers_to = models.DateField(_("保障止日"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.LISTED)
    insurer_number = models.CharField(_("分单号"), max_length=60, blank=True, default="")
    declined_because = models.CharField(_("未承保原因"), max_length=120, blank=True, default="")
    entered_at = models.DateTimeField(_("登记时间"))

    class Meta:
        default_permissions = ()
        ordering = ("policy_id", "number")
        verbose_name = _("投保名单")
        indexes = (models.Index(fields=("policy", "state"), name="roster_policy_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=("policy", "number"), name="roster_number_once", violation_error_message=_("序号重复")
            ),
            models.UniqueConstraint(
                fields=("policy", "household"),
                condition=models.Q(state__in=("listed", "confirmed")),
                name="household_once_a_roster",
                violation_error_message=_("这一户已在名单里"),
            ),
            models.CheckConstraint(
                condition=models.Q(covers_to__gte=models.F("covers_from")) | models.Q(state="removed"),
                name="roster_dates_in_order",
                violation_error_message=_("保障止日不能早于起日"),
            ),
            models.CheckConstraint(
                condition=models.Q(premium__gte=0, units__gte=1),
                name="roster_premium_not_negative",
                violation_error_message=_("份数至少为一，保费不能为负"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.policy_id}/{self.number}"


class InsuredPerson(models.Model):
    """A person insured by a line. Product and days are the line's, kept here so that the database itself can see that
    nobody is insured twice at a time by one product (`nobody_insured_twice`: an exclusion constraint on PostgreSQL, an
    equal trigger on SQLite)."""

    class Document(models.TextChoices):
        ID_CARD = "id_card", _("居民身份证")
        HOUSEHOLD_BOOK = "household_book", _("户口簿")
        PASSPORT = "passport", _("护照")
        PERMIT = "permit", _("港澳台居民证件")
        MILITARY = "military", _("军人证件")

    line = models.ForeignKey(RosterLine, models.PROTECT, related_name="insured")
    person = models.ForeignKey(Person, models.PROTECT, related_name="insured")
    product = models.ForeignKey(InsuranceProduct, models.PROTECT, related_name="+")
    covers_from = models.DateField()
    covers_to = models.DateField()
    live = models.BooleanField(default=True)
    document = models.CharField(_("证件种类"), max_length=16, choices=Document.choices, default=Document.ID_CARD)

    class Meta:
        default_permissions = ()
        ordering = ("line_id", "id")
        verbose_name = _("被保险人")
        indexes = (models.Index(fields=("person", "product"), name="insured_person_product"),)
        constraints = (
            models.UniqueConstraint(
                fields=("line", "person"),
                name="insured_once_a_line",
                violation_error_message=_("同一户里这个人写了两次"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id} {self.person_id}"


class Endorsement(models.Model):
    """An endorsement 批改 of a policy: somebody added, taken off, or put right, from a day on.

    Nobody is added with effect on or before the day it is entered: an incident that has happened is not insured after
    the fact. The row says what was asked; the insurer's confirmation is `confirmed_on` with its number.
    """

    class Kind(models.TextChoices):
        ADD = "add", _("增加")
        REMOVE = "remove", _("减少")
        CORRECT = "correct", _("更正")

    class State(models.TextChoices):
        ASKED = "asked", _("待保险公司确认")
        CONFIRMED = "confirmed", _("已批改")
        DECLINED = "declined", _("未同意")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="endorsements")
    line = models.ForeignKey(RosterLine, models.PROTECT, related_name="endorsements")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind.choices)
    effective_on = models.DateField(_("生效日期"))
    entered_on = models.DateField(_("登记日期"))
    entered_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    reason = models.CharField(_("理由"), max_length=200)
    premium_change = models.DecimalField(_("保费增减"), max_digits=12, decimal_places=2, default=ZERO)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.ASKED)
    insurer_number = models.CharField(_("批单号"), max_length=60, blank=True, default="")
    confirmed_on = models.DateField(_("批改日期"), null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ("id",)
        verbose_name = _("批改")
        indexes = (models.Index(fields=("policy", "-id"), name="endorsement_policy"),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(kind="add") | models.Q(effective_on__gt=models.F("entered_on")),
                name="endorsement_adds_from_tomorrow",
                violation_error_message=_("增加的人最早从登记的次日起有保障，不能倒签"),
            ),
            models.CheckConstraint(
                condition=~models.Q(state="confirmed")
                | (~models.Q(insurer_number="") & models.Q(confirmed_on__isnull=False)),
                name="endorsement_confirmed_has_number",
                violation_error_message=_("已批改的必须有批单号和日期"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind} {self.pk}"
