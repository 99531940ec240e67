"""What a visitor writes at the door, on a phone held in one hand."""

from __future__ import annotations

import base64
import binascii
import datetime
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.desk.case_forms import ManyFilesField, ManyFilesInput
from casework.evidence.images import MAX_BYTES, TOO_MANY_BYTES
from casework.models import Case, VisitRecord
from workflows.visits.findings import WORDS
from workflows.visits.needs import NEEDS
from workflows.visits.record import Visit

DRAWN = "data:image/png;base64,"
LARGEST_DRAWING = 400_000
"""Characters: a signature is some ten thousand."""

CAMERA = {"accept": "image/*", "capture": "environment"}

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
    # A phone's camera gives one picture at a time, and a second one into the same field takes the first one's place.
    at_the_gate = forms.FileField(
        label=gettext_lazy("进门时拍一张"),
        required=False,
        widget=forms.FileInput(attrs=CAMERA),
        help_text=gettext_lazy("请在相机设置里打开“位置”，照片里才有拍摄地点。"),
    )
    inside = forms.FileField(label=gettext_lazy("慰问时拍一张"), required=False, widget=forms.FileInput(attrs=CAMERA))
    photographs = ManyFilesField(
        label=gettext_lazy("或选手机里已有的照片"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": "image/*"}),
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
        widget=forms.FileInput(attrs=CAMERA),
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
    as_it_is = forms.BooleanField(label=gettext_lazy("没有照片或签收，仍照这样登记"), required=False)
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
        names = ("at_the_gate", "inside", "photographs", "visitors", "goods")
        return [self[name] for name in names if name in self.fields]

    def after_signing(self) -> list[forms.BoundField]:
        names = ("slip", "signer_is", "signer", "needs", "needs_words", "started_at", "finished_at")
        asked = ("as_it_is",) if "as_it_is" in self.errors or self.data.get("as_it_is") else ()
        return [self[name] for name in (*names, *asked) if name in self.fields]

    def clean_at_the_gate(self) -> bytes:
        return _bytes_of(self.cleaned_data["at_the_gate"])

    def clean_inside(self) -> bytes:
        return _bytes_of(self.cleaned_data["inside"])

    def clean_photographs(self) -> list[bytes]:
        return [_bytes_of(file) for file in self.cleaned_data["photographs"]]

    def clean_slip(self) -> bytes:
        return _bytes_of(self.cleaned_data["slip"])

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
        if "as_it_is" in self.fields and not self.errors:
            self._ask_once_more(given)
        return given

    def _ask_once_more(self, given: dict[str, Any]) -> None:
        """A thumb that slips sends an empty page: what is wanting is told once, and taken when it is meant."""
        wanting = []
        if not (given.get("at_the_gate") or given.get("inside") or given.get("photographs")):
            wanting.append(str(WORDS["no_photograph"]))
        if not (given.get("signature") or given.get("slip")):
            wanting.append(str(WORDS["no_receipt"]))
        if wanting and not given.get("as_it_is"):
            said = _("%(wanting)s。请补上；确实没有的，请勾选“仍照这样登记”再交") % {"wanting": _("，").join(wanting)}
            self.add_error("as_it_is", said)

    def pictures(self) -> list[bytes]:
        """Those of the camera, then those chosen."""
        said = self.cleaned_data
        return [picture for picture in (said["at_the_gate"], said["inside"], *said["photographs"]) if picture]

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


class CorrectionForm(VisitForm):
    """What was written of a visit, to be put right; its pictures and its receipt stay as they are."""

    why = forms.CharField(
        label=gettext_lazy("更正原因"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写明原来哪里写错了。原来的记录会保留。"),
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(case, *args, **kwargs)
        for name in ("at_the_gate", "inside", "photographs", "signature", "slip", "as_it_is"):
            del self.fields[name]
        self.order_fields(["why"])


def as_written(record: VisitRecord) -> dict[str, Any]:
    """A record as it stands in the form that puts it right, under a key of its own."""
    return {
        "client_key": uuid.uuid4(),
        "visitors": "\n".join(f"{one['name']} {one.get('rank', '')}".strip() for one in record.visitors),
        "goods": "\n".join(f"{line['item']} {line['quantity']} {line['value']}" for line in record.goods),
        "signer_is": record.signer_is or "self",
        "signer": "" if record.signer_is == "self" else record.signer,
        "needs": record.needs,
        "needs_words": record.needs_words,
        "started_at": localtime(record.started_at),
        "finished_at": localtime(record.finished_at),
    }


def _bytes_of(file: UploadedFile | None) -> bytes:
    """Raises `ValidationError` for one that is too large."""
    if file is None:
        return b""
    if file.size is None or file.size > MAX_BYTES:
        raise forms.ValidationError(f"{file.name}：{TOO_MANY_BYTES}")
    read: bytes = file.read()
    return read


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
