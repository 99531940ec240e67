"""三个全覆盖: who looks after each special family, where it is treated, and when it was last spoken to."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.hospitals import Hospital
from casework.models.offices import Staff
from casework.models.people import Household


class FamilyCover(models.Model):
    """Somebody or something a special family can count on, from one day to another (both inclusive).

    The two contacts 双岗联系人 are staff or somebody named; the green channel 就医绿色通道 is at a hospital; the family
    doctor 家庭医生 has a contract, named with its clinic. `division` is the family's village.
    """

    class Kind(models.TextChoices):
        TOWNSHIP_CONTACT = "township_contact", _("乡镇联系人")
        VILLAGE_CONTACT = "village_contact", _("村级联系人")
        GREEN_CHANNEL = "green_channel", _("就医绿色通道")
        FAMILY_DOCTOR = "family_doctor", _("家庭医生")

    household = models.ForeignKey(Household, models.PROTECT, related_name="covers")
    division = models.CharField(max_length=12)
    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    staff = models.ForeignKey(Staff, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("姓名或名称"), max_length=60)
    title = models.CharField(_("职务或单位"), max_length=60, blank=True)
    hospital = models.ForeignKey(Hospital, models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)
    written_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("家庭保障安排")
        indexes = (models.Index(fields=("division", "kind"), name="cover_division_kind"),)
        constraints = (
            models.UniqueConstraint(
                fields=("household", "kind"),
                condition=models.Q(valid_to__isnull=True),
                name="cover_one_without_end",
                violation_error_message=_("这一户已有一项没有写止期的同类安排"),
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="cover_dates_in_order",
                violation_error_message=_("止期不能早于起期"),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="green_channel") | models.Q(hospital__isnull=False),
                name="green_channel_has_a_hospital",
                violation_error_message=_("绿色通道要写明医院"),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="family_doctor") | models.Q(valid_to__isnull=False),
                name="doctor_contract_has_an_end",
                violation_error_message=_("家庭医生签约要写明止期"),
            ),
        )

    def __str__(self) -> str:
        return self.name


class ContactLog(models.Model):
    """That somebody spoke with the family: when and how, nothing of what was said."""

    class How(models.TextChoices):
        VISIT = "visit", _("上门")
        PHONE = "phone", _("电话")
        MESSAGE = "message", _("微信")

    household = models.ForeignKey(Household, models.PROTECT, related_name="contacts")
    division = models.CharField(max_length=12)
    on = models.DateField(_("联系日期"))
    how = models.CharField(_("方式"), max_length=10, choices=How.choices)
    client_key = models.UUIDField(unique=True)
    by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("联系记录")
        indexes = (
            models.Index(fields=("household", "-on"), name="contact_household_day"),
            models.Index(fields=("division", "-on"), name="contact_division_day"),
        )

    def __str__(self) -> str:
        return f"{self.on} {self.how}"


class CoverLapse(models.Model):
    """That a family has been without one of these, and the case that is to put it right."""

    class Kind(models.TextChoices):
        NO_CONTACT = "no_contact", _("久未联系")
        TOWNSHIP_CONTACT = "township_contact", _("没有乡镇联系人")
        VILLAGE_CONTACT = "village_contact", _("没有村级联系人")
        GREEN_CHANNEL = "green_channel", _("没有就医绿色通道")
        FAMILY_DOCTOR = "family_doctor", _("没有家庭医生")

    household = models.ForeignKey(Household, models.PROTECT, related_name="lapses")
    kind = models.CharField(_("种类"), max_length=20, choices=Kind.choices)
    case = models.OneToOneField(Case, models.PROTECT, related_name="lapse")
    live = models.BooleanField(default=True)

    class Meta:
        ordering = ("id",)
        verbose_name = _("脱节")
        constraints = (
            models.UniqueConstraint(
                fields=("household", "kind"),
                condition=models.Q(live=True),
                name="lapse_raised_once",
                violation_error_message=_("这一户的这个问题已经有一件在办"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"
