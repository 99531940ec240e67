"""The forms of the pages about posts: lending one, ending one, giving one, leaving."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Office, Role, Staff
from workflows.posts import REASONS, Days

REQUIRED: dict[str, Any] = {
    "required": gettext_lazy("请填写这一项"),
    "invalid": gettext_lazy("日期看不懂，请写成 2026-11-22 这样"),
}
ENDING = ("left", "term_over", "seconded")
LENDING = ("leave", "training", "illness", "seconded")
TYPED = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


def _reasons(codes: tuple[str, ...]) -> list[tuple[str, Any]]:
    return [("", gettext_lazy("请选一条")), *((code, REASONS[code]) for code in codes)]


class DayField(forms.DateField):
    """A day, as a phone's own calendar asks for it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = REQUIRED


class AccountField(forms.CharField):
    """Somebody by the account they log in with; `cleaned_data` holds the person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=60, widget=forms.TextInput(attrs=TYPED), error_messages=REQUIRED, **kwargs)

    def clean(self, value: Any) -> Any:
        name = super().clean(value)
        if not name:
            return None
        found = Staff.objects.filter(username=name.strip()).first()
        if found is None:
            raise forms.ValidationError(_("没有账号“%(name)s”，请核对后重填") % {"name": name})
        return found


class LendForm(forms.Form):
    to = AccountField(label=gettext_lazy("受托人的登录账号"), help_text=gettext_lazy("同事登录用的账号，不是姓名。"))
    first = DayField(label=gettext_lazy("从哪天起"))
    last = DayField(label=gettext_lazy("到哪天止（含当天）"))
    reason = forms.ChoiceField(label=gettext_lazy("为什么委托"), choices=_reasons(LENDING), error_messages=REQUIRED)

    def days(self) -> Days:
        return Days(self.cleaned_data["first"], self.cleaned_data["last"])


class EndForm(forms.Form):
    last_day = DayField(label=gettext_lazy("在岗最后一天"), initial=localdate)
    reason = forms.ChoiceField(label=gettext_lazy("原因"), choices=_reasons(ENDING), error_messages=REQUIRED)


class LeaveForm(EndForm):
    successor = AccountField(
        label=gettext_lazy("接手人的登录账号"),
        required=False,
        help_text=gettext_lazy("不填就全部退回待办，由同岗位的人办理。"),
    )
    field_order = ("successor", "last_day", "reason")


class GiveForm(forms.Form):
    office = forms.CharField(
        label=gettext_lazy("机构的区划代码或名称"),
        max_length=120,
        widget=forms.TextInput(attrs=TYPED),
        error_messages=REQUIRED,
        help_text=gettext_lazy("县6位、乡镇9位、村12位，或机构全称。"),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("岗位"),
        choices=[("", gettext_lazy("请选一个")), *Role.choices],
        error_messages=REQUIRED,
    )
    first = DayField(label=gettext_lazy("到任日期"), initial=localdate)

    def clean_office(self) -> Office:
        words = self.cleaned_data["office"].strip()
        today: datetime.date = localdate()
        existing = Office.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today))
        found = list(existing.filter(Q(division_id=words) | Q(name=words)).order_by("kind", "id")[:2])
        if not found:
            raise forms.ValidationError(_("没有这个机构：%(words)s，请核对代码或名称") % {"words": words})
        if len(found) > 1:
            raise forms.ValidationError(_("有不止一个机构符合，请写机构全称"))
        return found[0]
