"""The forms of a case page: papers to add, facts and account to put right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.evidence.images import MAX_BYTES, TOO_MANY_BYTES
from casework.models import Case, Evidence
from workflows import amend, registry
from workflows.programme import FactField

MOST_AT_ONCE = 10
ACCEPT = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf"
REQUIRED = {"required": gettext_lazy("请填写这一项")}


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files in one field; `cleaned_data` holds the list."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(one, initial) for one in given]


class PapersForm(forms.Form):
    """Photographs taken now, or files chosen. On a phone the first opens the camera."""

    kind = forms.ChoiceField(label=gettext_lazy("这是什么材料"), choices=Evidence.Kind.choices)
    shot = ManyFilesField(
        label=gettext_lazy("现在拍照"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text=gettext_lazy("手机上会直接打开相机。电脑上请用下面一项。"),
    )
    chosen = ManyFilesField(
        label=gettext_lazy("或选已有的照片、扫描件"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy("照片（JPEG、PNG、WebP、HEIC）或PDF，一次最多10份，每份不超过15MB。"),
    )

    def of_files(self) -> list[forms.BoundField]:
        return [self["shot"], self["chosen"]]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        papers = [*given.get("shot", ()), *given.get("chosen", ())]
        if not papers and not self.errors:
            raise forms.ValidationError(_("请先拍照，或选一份文件"))
        if len(papers) > MOST_AT_ONCE:
            raise forms.ValidationError(_("一次最多%(count)d份，请分几次上传") % {"count": MOST_AT_ONCE})
        for paper in papers:
            if paper.size > MAX_BYTES:
                raise forms.ValidationError(f"{paper.name}：{TOO_MANY_BYTES}")
        given["papers"] = papers
        return given


class AmendForm(forms.Form):
    """The facts of an application as they stand, to be put right, and why."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme = registry.programme(case.programme)
        needed = {column.name for column in programme.applications.columns if column.required}
        for fact in amend.amendable_fields(programme):
            written = str(case.facts.get(fact.name, "") or "")
            self.fields[fact.name] = _fact_field(fact, written, required=fact.name in needed)
        reasons = [("", _("请选一项")), *amend.REASONS.items()]
        self.fields["reason"] = forms.ChoiceField(label=_("为什么改"), choices=reasons, error_messages=REQUIRED)

    def changes(self) -> dict[str, str]:
        """The facts that were rewritten, as they would stand on paper."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "reason"}


def _fact_field(fact: FactField, written: str, *, required: bool) -> forms.Field:
    if fact.kind == "choice":
        # The words of the paper, not the codes: what is sent is read like a line of a sheet.
        words = [(word, word) for word in fact.choices.values()]
        return forms.ChoiceField(label=fact.label, choices=words, initial=fact.choices.get(written, written))
    field = forms.CharField(
        label=fact.label, initial=written, required=required, max_length=120, error_messages=REQUIRED
    )
    if fact.kind == "date":
        field.widget = forms.DateInput(attrs={"type": "date"})
    return field


class AccountForm(forms.Form):
    """Another payee account. Holder and applicant are one person."""

    account_number = forms.CharField(
        label=gettext_lazy("社会保障卡或银行卡号"),
        max_length=40,
        error_messages=REQUIRED,
        help_text=gettext_lazy("照卡面抄，可以带空格。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    bank = forms.CharField(label=gettext_lazy("开户行"), max_length=60, required=False)
    holder_name = forms.CharField(
        label=gettext_lazy("户名"),
        max_length=60,
        error_messages=REQUIRED,
        help_text=gettext_lazy("必须是申请人本人，照卡面或存折填。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
