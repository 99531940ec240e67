"""The people who work here: offices, staff, their posts, and whom they may not decide about."""

from __future__ import annotations

import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.regions import Division
from casework.models.roles import Role


class Office(models.Model):
    """An association, insurer, bank or finance office at a division."""

    class Kind(models.TextChoices):
        ASSOCIATION = "association", _("计生协会")
        INSURER = "insurer", _("保险公司")
        BANK = "bank", _("代发银行")
        FINANCE = "finance", _("财政部门")

    division = models.ForeignKey(Division, models.PROTECT, related_name="offices")
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices, default=Kind.ASSOCIATION)
    name = models.CharField(_("名称"), max_length=120)
    valid_from = models.DateField(_("设立日期"))
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        ordering = ("division_id", "kind", "id")
        verbose_name = _("机构")
        constraints = (
            models.UniqueConstraint(
                fields=("division", "kind", "name"),
                name="office_once_a_division",
                violation_error_message=_("该区划已有同名机构"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, name: str, password: str | None = None, **fields: object) -> Staff:
        staff = self.model(username=username, name=name, **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):  # type: ignore[django-manager-missing]  # viewflow, a base of WorkItem, has no types
    """A person who works here and can log in. What they may do comes from their posts alone."""

    username = models.CharField(_("账号"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    identity_hash = models.CharField(max_length=64, blank=True, default="", db_index=True, editable=False)
    is_active = models.BooleanField(_("启用"), default=True)

    objects = StaffManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ("username",)
        verbose_name = _("工作人员")
        constraints = (
            # Two accounts would be two hats.
            models.UniqueConstraint(
                fields=("identity_hash",),
                condition=~models.Q(identity_hash=""),
                name="one_account_a_person",
                violation_error_message=_("这个人已经有账号"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class PostQuerySet(models.QuerySet["Post"]):
    def in_force(self, on: datetime.date) -> PostQuerySet:
        """Posts held on that day, in offices that exist, by people who may log in."""
        return self.filter(
            models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=on),
            models.Q(office__valid_to__isnull=True) | models.Q(office__valid_to__gte=on),
            models.Q(lent_by__isnull=True)
            | models.Q(lent_by__valid_to__isnull=True)
            | models.Q(lent_by__valid_to__gte=on),
            models.Q(lent_by__isnull=True) | models.Q(lent_by__staff__is_active=True),
            valid_from__lte=on,
            staff__is_active=True,
        )


class Post(models.Model):
    """A role in an office, held by a person from one date to another (both inclusive).

    Its jurisdiction is the office's division code, as a prefix. A post that is `lent_by` another is a delegation 委托:
    held for its holder from day to day, and no longer than they hold theirs.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="posts")
    office = models.ForeignKey(Office, models.PROTECT, related_name="posts")
    role = models.CharField(_("岗位"), max_length=30, choices=Role.choices)
    valid_from = models.DateField(_("到任日期"))
    valid_to = models.DateField(_("离任日期"), null=True, blank=True)
    lent_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="lent", verbose_name=_("受托于")
    )

    objects = PostQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("任职")
        indexes = (models.Index(fields=("staff", "role"), name="post_staff_role"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="post_dates_in_order",
                violation_error_message=_("离任日期不能早于到任日期"),
            ),
            models.CheckConstraint(
                condition=models.Q(lent_by__isnull=True) | models.Q(valid_to__isnull=False),
                name="post_lent_until_a_day",
                violation_error_message=_("委托必须写明截止日期"),
            ),
            models.UniqueConstraint(
                fields=("staff", "office", "role"),
                condition=models.Q(valid_to__isnull=True),
                name="post_held_once",
                violation_error_message=_("此人已任该岗位"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.office_id} {self.role}"


class DeclaredRelative(models.Model):
    """A relative a member of staff has declared 近亲属: their cases are never this person's to handle.

    Kept by keyed hash of the identity number only: the relative may be no one we otherwise know.
    """

    staff = models.ForeignKey(Staff, models.PROTECT, related_name="relatives")
    identity_hash = models.CharField(max_length=64)
    relation = models.CharField(_("关系"), max_length=20)
    declared_on = models.DateField(_("申报日期"))

    class Meta:
        verbose_name = _("申报的近亲属")
        constraints = (
            models.UniqueConstraint(
                fields=("staff", "identity_hash"),
                name="relative_declared_once",
                violation_error_message=_("这位近亲属已经申报过"),
            ),
        )

    def __str__(self) -> str:
        return self.relation
