"""The people we serve: persons, households, the register that says who is entitled, and where money may go."""

from __future__ import annotations

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.fields import EncryptedTextField
from casework.models.regions import Division


class Household(models.Model):
    """A household 户, by the number its county's register gives it."""

    county = models.ForeignKey(Division, models.PROTECT, related_name="+")
    number = models.CharField(_("户编号"), max_length=40)

    class Meta:
        verbose_name = _("户")
        constraints = (
            models.UniqueConstraint(
                fields=("county", "number"),
                name="household_number_once_a_county",
                violation_error_message=_("本县已有这个户编号"),
            ),
        )

    def __str__(self) -> str:
        return self.number


class Person(models.Model):
    """A person we know. The identity number is encrypted; `identity_hash` finds it again."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("女")
        MALE = "male", _("男")

    name = models.CharField(_("姓名"), max_length=60, db_index=True)
    identity_number = EncryptedTextField(_("公民身份号码"))
    identity_hash = models.CharField(max_length=64, unique=True, editable=False)
    sex = models.CharField(_("性别"), max_length=10, choices=Sex.choices, blank=True)
    birth_date = models.DateField(_("出生日期"), null=True)
    death_date = models.DateField(_("死亡日期"), null=True, blank=True)
    phone = EncryptedTextField(_("联系电话"), blank=True, default="")
    phone_hash = models.CharField(max_length=64, blank=True, default="", db_index=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="members")
    relation = models.CharField(_("与户主关系"), max_length=20, blank=True)
    division = models.ForeignKey(Division, models.PROTECT, null=True, related_name="residents")

    class Meta:
        verbose_name = _("人员")

    def __str__(self) -> str:
        return self.name


class PersonInitials(models.Model):
    """The pinyin initials a name can be found by: 曾 reads zeng and ceng, so each reading is a row."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="initials")
    initials = models.CharField(max_length=60, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "initials"), name="initials_once_a_person"),)

    def __str__(self) -> str:
        return self.initials


class RegisterEntry(models.Model):
    """An entry in a county's register 对象名册: a category, a certificate and its dates. Nothing clinical."""

    class Category(models.TextChoices):
        BEREAVED = "bereaved", _("失独")
        DISABLED_CHILD = "disabled_child", _("伤残")
        COMPLICATION = "complication", _("手术并发症")
        HARDSHIP = "hardship", _("特困")

    person = models.ForeignKey(Person, models.PROTECT, related_name="register_entries")
    county = models.ForeignKey(Division, models.PROTECT, related_name="+")
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    category = models.CharField(_("家庭类别"), max_length=20, choices=Category.choices)
    certificate_number = models.CharField(_("证件号"), max_length=60, blank=True)
    valid_from = models.DateField(_("认定日期"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)

    class Meta:
        verbose_name = _("名册登记")
        indexes = (models.Index(fields=("county", "category"), name="register_county_category"),)
        constraints = (
            models.UniqueConstraint(
                fields=("person", "county", "category", "valid_from"),
                name="register_entry_once",
                violation_error_message=_("名册里已有这一条"),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="register_dates_in_order",
                violation_error_message=_("有效期至不能早于认定日期"),
            ),
        )

    def __str__(self) -> str:
        return self.certificate_number or f"{self.category} {self.valid_from}"

    def valid_on(self, day: datetime.date) -> bool:
        """Whether the entry is in force that day; both ends are inclusive."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class PayeeAccount(models.Model):
    """A bank card 收款账户 money may go to. Its holder is the person, by name."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    holder_name = models.CharField(_("户名"), max_length=60)
    account_number = EncryptedTextField(_("社会保障卡号"))
    account_hash = models.CharField(max_length=64, db_index=True, editable=False)
    bank = models.CharField(_("开户行"), max_length=60, blank=True)
    registered_on = models.DateField(_("登记日期"))

    class Meta:
        verbose_name = _("收款账户")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "account_hash"),
                name="account_once_a_person",
                violation_error_message=_("此人已登记过这个账号"),
            ),
        )

    def __str__(self) -> str:
        return self.bank or str(self.pk)
