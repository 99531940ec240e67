"""The forms of paper coming in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.masking import mask_account, mask_identity, mask_phone
from casework.models import Division
from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from workflows import registry

MAX_BYTES = 20 * 1024 * 1024
MASKS = {"identity_number": mask_identity, "account_number": mask_account, "phone": mask_phone}


class SheetUploadForm(forms.Form):
    """A sheet, what it is, and the day it was handed in."""

    REGISTER = "register"

    kind = forms.ChoiceField(label=gettext_lazy("这是什么表"), widget=forms.RadioSelect)
    county = forms.ChoiceField(label=gettext_lazy("哪个县的"))
    applied_on = forms.DateField(
        label=gettext_lazy("申报日期"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("乡镇报来的日期；是否逾期按这一天算。对象名册不用填。"),
    )
    file = forms.FileField(
        label=gettext_lazy("电子表格"),
        help_text=gettext_lazy("Excel或WPS的.xlsx文件，标题行、合计行、签字行都不用删。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.ods,.et"}),
    )

    def __init__(self, *args: Any, counties: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(slug, _("%(title)s申报表") % {"title": found.title}) for slug, found in registry.on_paper().items()]
        choices_of(self, "kind").choices = [*titles, (self.REGISTER, _("对象名册"))]
        self.fields["kind"].initial = titles[0][0] if titles else self.REGISTER
        names = Division.objects.filter(pk__in=counties).values_list("code", "name")
        choices_of(self, "county").choices = list(names)
        self.fields["county"].initial = counties[0]
        self.fields["applied_on"].initial = localdate()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") != self.REGISTER and not given.get("applied_on"):
            self.add_error("applied_on", _("请填申报日期"))
        file = given.get("file")
        if file is not None and file.size > MAX_BYTES:
            self.add_error("file", _("文件太大，最多20MB。请分成几份导入。"))
        return given


def choices_of(form: forms.Form, name: str) -> forms.ChoiceField:
    """A choice field of a form, as what it is."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    return field


class LineForm(forms.Form):
    """A line's cells. A number that names somebody is shown masked, and left blank to leave it as it is."""

    def __init__(self, *args: Any, columns: Sequence[Column], cells: Mapping[str, Cell], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cells = cells
        for column in columns:
            if column.name in ("sequence", "stay") or (column.name not in cells and not column.required):
                continue
            written = values.shown(cells.get(column.name, ""))
            field = forms.CharField(label=column.label, required=False, max_length=200)
            if column.name in MASKS:
                field.help_text = _("现在填的是 %(masked)s；不改就留空") % {"masked": masked(column.name, written)}
                field.widget.attrs["autocomplete"] = "off"
            else:
                field.initial = written
            self.fields[column.name] = field

    def changes(self) -> dict[str, str]:
        """The cells that were rewritten."""
        return {
            name: text
            for name, text in self.cleaned_data.items()
            if not (name in MASKS and not text) and text != values.shown(self.cells.get(name, "")).strip()
        }


def masked(name: str, written: str) -> str:
    """A number as it may be shown: cleaned of spaces, then masked; an empty one says so."""
    digits = "".join(character for character in written if not character.isspace())
    return MASKS[name](digits) if digits else _("（空）")
