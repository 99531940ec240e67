"""The forms on the page of a policy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.access import within
from casework.crypto import lookup_hash
from casework.models import Endorsement, Person, RegisterEntry
from casework.sheets import values

LARGEST = 10 * 1024 * 1024
MOST_ADDED = 12


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, initial=localdate, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )


class CategoriesForm(forms.Form):
    """Which families the plan is for."""

    categories = forms.MultipleChoiceField(
        label=gettext_lazy("列入哪些家庭"),
        choices=RegisterEntry.Category.choices,
        widget=forms.CheckboxSelectMultiple,
    )


class SheetForm(forms.Form):
    """A roster from a sheet."""

    file = forms.FileField(
        label=gettext_lazy("名单表"),
        help_text=gettext_lazy(
            "列：户编号、姓名、证件种类、证件号码、出生日期、与户主关系、村代码、份数。孩子没有身份证的，证件种类填户口簿。"
        ),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("文件太大，请分成几份"))
        return file


class ConfirmForm(forms.Form):
    """The insurer's answer to a roster."""

    insurer_number = forms.CharField(label=gettext_lazy("保险公司的保单号"), max_length=60)
    confirmed_on = _day(gettext_lazy("承保日期"))
    declined = forms.CharField(
        label=gettext_lazy("没有承保的行"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行写一条：序号，空格，原因。例如：12 已在别处投保"),
    )

    def clean_declined(self) -> dict[int, str]:
        found = {}
        for line in self.cleaned_data["declined"].splitlines():
            if not line.strip():
                continue
            number, _space, why = line.strip().partition(" ")
            if not number.isascii() or not number.isdigit() or not why.strip():
                raise forms.ValidationError(
                    _("看不懂“%(line)s”，请写成：序号，空格，原因") % {"line": line.strip()[:30]}
                )
            found[int(number)] = why.strip()
        return found


class AddForm(forms.Form):
    """Who is to be insured besides; their numbers, each in a line, find them in the register."""

    numbers = forms.CharField(
        label=gettext_lazy("要增加的人的证件号码"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=gettext_lazy("一户一次，每行一个号码。"),
    )
    effective_on = _day(gettext_lazy("从哪天起有保障"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, *args: Any, place: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = place
        self.people: list[Person] = []

    def clean_numbers(self) -> str:
        text: str = self.cleaned_data["numbers"]
        written = [values.word(line).upper() for line in text.splitlines() if line.strip()]
        if len(written) > MOST_ADDED:
            raise forms.ValidationError(_("一次最多%(most)d人") % {"most": MOST_ADDED})
        hashes = [lookup_hash("identity", number) for number in written]
        people = {
            one.identity_hash: one for one in Person.objects.filter(within((self.place,)), identity_hash__in=hashes)
        }
        for order, key in enumerate(hashes, start=1):
            if key not in people:
                raise forms.ValidationError(_("第%(order)d个号码在名册里没有找到，请核对") % {"order": order})
        self.people = [people[key] for key in dict.fromkeys(hashes)]
        if len({one.household_id for one in self.people}) > 1:
            raise forms.ValidationError(_("这些人不是一户，请一户一次"))
        return text


class RemoveForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("办什么"),
        choices=[
            (Endorsement.Kind.REMOVE, gettext_lazy("批减：到这天以前为止")),
            (Endorsement.Kind.CORRECT, gettext_lazy("更正：名单上写错了")),
        ],
        widget=forms.RadioSelect,
    )
    effective_on = _day(gettext_lazy("生效日期"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


class AnswerForm(forms.Form):
    """What the insurer has said."""

    answer = forms.ChoiceField(
        label=gettext_lazy("保险公司"),
        choices=[("yes", gettext_lazy("同意")), ("no", gettext_lazy("不同意"))],
        widget=forms.RadioSelect,
    )
    number = forms.CharField(label=gettext_lazy("批单号"), required=False, max_length=60)
    on = _day(gettext_lazy("日期"))
