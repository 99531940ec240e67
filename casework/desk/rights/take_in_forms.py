"""The forms of taking a demand in, one thing at a time: who, against whom, what happened, what is at stake."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework import identity
from casework.access import within
from casework.crypto import lookup_hash
from casework.models import Demand, Dispute, Division, Level, Person
from casework.sheets import values
from workflows.programmes.rights_case.intake import Asking, Told

REQUIRED: dict[str, Any] = {
    "required": gettext_lazy("请填写这一项"),
    "invalid": gettext_lazy("日期看不懂，请写成 2026-11-22 这样"),
}
QUIET = {"autocomplete": "off", "spellcheck": "false"}
MOST_VILLAGES = 20


def _text(label: Any, *, most: int = 60, help: Any = "", required: bool = True, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs=QUIET)
    return forms.CharField(
        label=label, max_length=most, help_text=help, required=required, widget=widget, error_messages=REQUIRED
    )


def _day(label: Any, *, help: Any = "", required: bool = True) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, help_text=help, required=required, widget=widget, error_messages=REQUIRED)


class WhoForm(forms.Form):
    """Whose demand it is. Of somebody the register knows, the place is known too."""

    name = _text(gettext_lazy("姓名"))
    identity_number = _text(gettext_lazy("身份证号"), most=30)
    phone = _text(gettext_lazy("联系电话"), most=30, required=False)
    village = _text(
        gettext_lazy("村（社区）"),
        help=gettext_lazy("如“桃花江镇川门湾村”。名册里有的人可以不填。"),
        required=False,
    )

    def __init__(self, *args: Any, counties: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.counties = counties

    def clean_identity_number(self) -> str:
        number = identity.clean(self.cleaned_data["identity_number"])
        if fault := identity.fault(number):
            raise forms.ValidationError(fault)
        return number

    def clean_name(self) -> str:
        return values.name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        known = Person.objects.filter(identity_hash=lookup_hash("identity", given["identity_number"])).first()
        if known is not None and known.name != given["name"]:
            self.add_error("name", _("这个身份证号登记的是另一个姓名，请核对姓名和身份证号"))
        place = known.division_id if known is not None else None
        if given.get("village") or not place or not place.startswith(self.counties):
            place = self._village(given.get("village", ""))
        given["division"] = place or ""
        return given

    def _village(self, words: str) -> str | None:
        found = villages_named(words.strip(), self.counties) if words.strip() else []
        if len(found) == 1:
            return found[0]
        if not words.strip():
            self.add_error("village", _("名册里没有这个人，请写村（社区）"))
        elif found:
            self.add_error("village", _("有%(count)d个村（社区）叫这个名字，请把乡镇也写上") % {"count": len(found)})
        else:
            self.add_error("village", _("本县没有这个村（社区），请核对名称"))
        return None


def villages_named(words: str, counties: tuple[str, ...]) -> list[str]:
    """The villages that begin so; or, with the township in front, those of that township."""
    inside = Division.objects.filter(within(counties, "code"))
    villages = inside.filter(level=Level.VILLAGE)
    found = list(villages.filter(name__startswith=words).values_list("code", flat=True)[:MOST_VILLAGES])
    if found:
        return found
    for code, name in inside.filter(level=Level.TOWNSHIP).values_list("code", "name"):
        rest = words.removeprefix(name)
        if rest != words and rest:
            found += villages.filter(parent=code, name__startswith=rest).values_list("code", flat=True)
    return found[:MOST_VILLAGES]


class AgainstForm(forms.Form):
    counterparty_kind = forms.ChoiceField(
        label=gettext_lazy("对方是什么人"),
        choices=Demand.Counterparty.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项")},
    )
    counterparty = _text(gettext_lazy("对方名称"), most=120, help=gettext_lazy("单位写全称，个人写姓名。加密保存。"))


class WhatForm(forms.Form):
    dispute = forms.ChoiceField(
        label=gettext_lazy("什么纠纷"),
        choices=Dispute.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一项")},
    )
    incident_on = _day(gettext_lazy("哪天发生的"), help=gettext_lazy("拿不准的，写知道权益受侵害的那一天。"))
    place = _text(gettext_lazy("在哪里"), most=120, required=False)
    told = _text(gettext_lazy("经过和要求"), most=2000, rows=6, help=gettext_lazy("加密保存，只有办理人和上级看得到。"))

    def clean_incident_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["incident_on"]
        if day > localdate():
            raise forms.ValidationError(_("发生日期不能晚于今天"))
        return day


class StakeForm(forms.Form):
    claimed = forms.DecimalField(
        label=gettext_lazy("要求多少钱（元）"),
        required=False,
        min_value=Decimal("0.00"),
        max_digits=12,
        decimal_places=2,
        error_messages={"invalid": gettext_lazy("请填金额（元），最多两位小数，如1500.00")},
    )
    stake = _text(gettext_lazy("不是钱的要求"), most=500, rows=3, required=False)
    limitation_on = _day(
        gettext_lazy("时效届满日"), required=False, help=gettext_lazy("不填就按方案算。与方案不同的，写明理由。")
    )
    limitation_reason = _text(gettext_lazy("为什么与方案不同"), most=500, rows=2, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("limitation_on") and not given.get("limitation_reason"):
            self.add_error("limitation_reason", _("请写明理由"))
        return given


def asking_of(draft: Mapping[str, Any]) -> Asking:
    who = draft["who"]
    return Asking(who["name"], who["identity_number"], who["division"], values.text(who.get("phone", "")))


def told_of(draft: Mapping[str, Any]) -> Told:
    """What was told over the pages, as the verb wants it."""
    what, stake = draft["what"], draft["stake"]
    return Told(
        dispute=what["dispute"],
        counterparty_kind=draft["against"]["counterparty_kind"],
        counterparty=draft["against"]["counterparty"],
        told=what["told"],
        incident_on=datetime.date.fromisoformat(what["incident_on"]),
        place=what.get("place", ""),
        claimed=Decimal(stake["claimed"]) if stake.get("claimed") else None,
        stake=stake.get("stake", ""),
        limitation_on=datetime.date.fromisoformat(stake["limitation_on"]) if stake.get("limitation_on") else None,
        limitation_reason=stake.get("limitation_reason", ""),
    )
