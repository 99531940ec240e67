"""How an insurer is reached: seen and set by the county's administrator. A secret is written, and never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from casework.desk.insurers.home import access_insurer
from casework.desk.session import access, staff_page
from casework.models import InsurerConnection, Office
from workflows.insurance_exchange.connections import set_up
from workflows.insurance_exchange.faults import fault_in_words
from workflows.insurance_exchange.lodging import send_all_waiting
from workflows.insurance_exchange.polling import poll_soon
from workflows.refusals import Refusal


class ConnectionForm(forms.Form):
    key_id = forms.CharField(
        label=gettext_lazy("密钥编号"),
        max_length=40,
        help_text=gettext_lazy("双方约定的名字，如 TJ-2026"),
    )
    secret = forms.CharField(
        label=gettext_lazy("密钥"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("至少32个字符。已经设过的不显示；不换就留空。"),
    )
    base_url = forms.CharField(
        label=gettext_lazy("接口地址"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("https:// 开头。只用文件往来的，留空。"),
    )
    enabled = forms.BooleanField(label=gettext_lazy("启用在线对接"), required=False)


@sensitive_post_parameters("secret")
@staff_page
@require_http_methods(["GET", "POST"])
def connection(request: HttpRequest, office: int) -> HttpResponse:
    found = access_insurer(request, office)
    known = InsurerConnection.objects.filter(office=found).first()
    initial = {"key_id": known.key_id, "base_url": known.base_url, "enabled": known.enabled} if known else {}
    form = ConnectionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = set_up(found, by=access(request).staff, **form.cleaned_data)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            if made.enabled:
                send_all_waiting(made)
                poll_soon(made)
            messages.success(request, _("已保存“%(office)s”的对接设置。") % {"office": found.name})
            return redirect("desk:insurers")
    return _page(request, found, known, form)


@staff_page
@require_POST
def ask_now(request: HttpRequest, office: int) -> HttpResponse:
    """Bring the next poll forward. Asked twice, it is asked once."""
    found = access_insurer(request, office)
    known = InsurerConnection.objects.filter(office=found, enabled=True).first()
    if known is None:
        messages.error(request, _("“%(office)s”没有启用在线对接。") % {"office": found.name})
    else:
        poll_soon(known)
        messages.success(request, _("马上查询“%(office)s”的答复，过一会儿刷新看结果。") % {"office": found.name})
    return redirect("desk:insurers")


def _page(request: HttpRequest, office: Office, known: InsurerConnection | None, form: ConnectionForm) -> HttpResponse:
    facts: list[dict[str, Any]] = []
    if known is not None:
        facts = [
            {"label": _("上次查询"), "kind": "moment", "date": known.asked_at},
            {"label": _("上次收到答复"), "kind": "moment", "date": known.answered_at},
            {"label": _("上次的问题"), "text": fault_in_words(known.fault)},
            {"label": _("对方时钟快几秒"), "text": "" if known.skew is None else str(known.skew)},
        ]
    context = {
        "insurer": office,
        "form": form,
        "facts": facts,
        "online": known is not None and known.enabled,
        "crumbs": [(reverse("desk:insurers"), _("保险对接")), ("", office.name)],
    }
    return render(request, "desk/insurers/connection.html", context, status=422 if form.errors else 200)
