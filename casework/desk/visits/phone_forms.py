"""What a visitor writes at the door, on a phone held in one hand."""

from __future__ import annotations

import base64
import binascii
import datetime
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.desk.case_forms import ManyFilesField, ManyFilesInput
from casework.evidence.images import MAX_BYTES, TOO_MANY_BYTES
from casework.models import Case
from workflows.visits.needs import NEEDS
from workflows.visits.record import Visit
from workflows.visits.writing import MOST_PICTURES

DRAWN = "data:image/png;base64,"
LARGEST_DRAWING = 400_000
"""Characters: a signature is some ten thousand."""

SIGNERS = (
    ("self", gettext_lazy("本人")),
    ("family", gettext_lazy("家属代签")),
    ("neighbour", gettext_lazy("他人代签")),
)
A_MOMENT = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
MOMENTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


class VisitForm(forms.Form):
    """A visit. `client_key` is made with the page, so that sending it twice is one visit."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    photographs = ManyFilesField(
        label=gettext_lazy("拍照"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*", "capture": "environment"}),
        help_text=gettext_lazy("进门和慰问时各拍一张。请允许相机记录位置。"),
    )
    visitors = forms.CharField(
        label=gettext_lazy("谁去的"),
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一人：姓名 职务。职务照当时的写。"),
        error_messages={"required": gettext_lazy("请写明谁去走访的")},
    )
    goods = forms.CharField(
        label=gettext_lazy("送了什么"),
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一样：品名 数量 价值（元），例如“大米 10公斤 80”。"),
    )
    signature = forms.CharField(required=False, max_length=LARGEST_DRAWING, widget=forms.HiddenInput)
    slip = forms.FileField(
        label=gettext_lazy("或拍下签过字的签收单"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    signer_is = forms.ChoiceField(
        label=gettext_lazy("谁签的"), choices=SIGNERS, widget=forms.RadioSelect, initial="self"
    )
    signer = forms.CharField(label=gettext_lazy("代签人姓名"), max_length=60, required=False)
    needs = forms.MultipleChoiceField(
        label=gettext_lazy("发现的需求"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(need.code, need.words) for need in NEEDS.values()],
    )
    needs_words = forms.CharField(
        label=gettext_lazy("需求说明"), max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    started_at = forms.DateTimeField(label=gettext_lazy("到达时间"), widget=A_MOMENT, input_formats=MOMENTS)
    finished_at = forms.DateTimeField(
        label=gettext_lazy("离开时间"), widget=A_MOMENT, input_formats=MOMENTS, required=False,
        help_text=gettext_lazy("不填就按提交的时间。"),
    )  # fmt: skip

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if case.pays_by != Case.PaysBy.GOODS:
            del self.fields["goods"]

    def before_signing(self) -> list[forms.BoundField]:
        return [self[name] for name in ("photographs", "visitors", "goods") if name in self.fields]

    def after_signing(self) -> list[forms.BoundField]:
        names = ("slip", "signer_is", "signer", "needs", "needs_words", "started_at", "finished_at")
        return [self[name] for name in names]

    def clean_photographs(self) -> list[bytes]:
        files = self.cleaned_data["photographs"]
        if len(files) > MOST_PICTURES:
            raise forms.ValidationError(_("一次走访最多放%(most)d张照片") % {"most": MOST_PICTURES})
        for file in files:
            if file.size > MAX_BYTES:
                raise forms.ValidationError(f"{file.name}：{TOO_MANY_BYTES}")
        return [file.read() for file in files]

    def clean_slip(self) -> bytes:
        file = self.cleaned_data["slip"]
        if file is None:
            return b""
        if file.size > MAX_BYTES:
            raise forms.ValidationError(TOO_MANY_BYTES)
        read: bytes = file.read()
        return read

    def clean_signature(self) -> bytes:
        drawn = self.cleaned_data["signature"]
        if not drawn:
            return b""
        if not drawn.startswith(DRAWN):
            raise forms.ValidationError(_("签名没有传完整，请擦掉重签"))
        try:
            return base64.b64decode(drawn[len(DRAWN) :], validate=True)
        except binascii.Error as broken:
            raise forms.ValidationError(_("签名没有传完整，请擦掉重签")) from broken

    def clean_goods(self) -> list[dict[str, str]]:
        lines = [line.split() for line in self.cleaned_data["goods"].splitlines() if line.strip()]
        return [_goods_line(line) for line in lines]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("signer_is") not in (None, "self") and not given.get("signer"):
            self.add_error("signer", _("代签的请写明是谁"))
        return given

    def receipt(self) -> bytes:
        """The drawn signature, or else the slip."""
        drawn: bytes = self.cleaned_data["signature"] or self.cleaned_data["slip"]
        return drawn

    def visit(self, case: Case) -> Visit:
        said = self.cleaned_data
        goods = said.get("goods", [])
        lines = [line.split(maxsplit=1) for line in said["visitors"].splitlines() if line.strip()]
        return Visit(
            client_key=said["client_key"],
            visitors=[{"name": line[0], "rank": line[1] if len(line) > 1 else ""} for line in lines],
            started_at=said["started_at"],
            finished_at=said["finished_at"] or max(said["started_at"], now()),
            goods=goods,
            value=sum((Decimal(line["value"]) for line in goods), Decimal("0.00")) if goods else None,
            signer=said["signer"] or (case.applicant.name if said["signer_is"] == "self" else ""),
            signer_is=said["signer_is"],
            needs=said["needs"],
            needs_words=said["needs_words"],
        )


def _goods_line(words: list[str]) -> dict[str, str]:
    """品名 数量 价值. Raises `ValidationError` naming the line."""
    shown = " ".join(words)
    if len(words) != 3:
        raise forms.ValidationError(_("“%(line)s”要写成：品名 数量 价值") % {"line": shown})
    try:
        value = Decimal(words[2].removesuffix("元")).quantize(Decimal("0.01"))
    except InvalidOperation as problem:
        raise forms.ValidationError(_("“%(line)s”的价值要写成元，如 80") % {"line": shown}) from problem
    if not 0 <= value < 100_000:
        raise forms.ValidationError(_("“%(line)s”的价值不对，请核对") % {"line": shown})
    return {"item": words[0], "quantity": words[1], "value": f"{value:.2f}"}


def offered(visitors: str, goods: str) -> dict[str, Any]:
    """What stands in a fresh form."""
    arrived: datetime.datetime = localtime(now())
    return {"client_key": uuid.uuid4(), "visitors": visitors, "goods": goods, "started_at": arrived}
