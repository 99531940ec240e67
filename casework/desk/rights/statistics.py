"""Rights statistics 维权统计 of a year: cases by channel and success; money claimed, obtained, received; with units."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.desk.cells import cell
from casework.desk.rights.home import COUNTS
from casework.desk.session import access, staff_page
from casework.models import Channel, Level
from workflows.programmes.rights_case.statistics import ChannelYear, Year, year_of


class YearForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("年份"), required=False, min_value=2015, max_value=2100)


@staff_page
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Numbers only; of the county's cases or of those of all counties below."""
    codes = tuple(code for code in access(request).codes(*COUNTS) if len(code) <= Level.COUNTY)
    if not codes:
        raise PermissionDenied(_("维权统计由维权专员、负责人、督办员和审计员查阅，您现在没有这些岗位。"))
    asked = YearForm(request.GET)
    year = (asked.cleaned_data.get("year") if asked.is_valid() else None) or localdate().year
    found = year_of(codes, year)
    context = {
        "year": year,
        "form": YearForm({"year": year}),
        "facts": _facts(found),
        "table": _table(found),
        "crumbs": [(reverse("desk:rights"), _("维权")), ("", _("维权统计"))],
    }
    return render(request, "desk/rights/statistics.html", context)


def _facts(found: Year) -> list[dict[str, Any]]:
    total, share = found.total, found.insurance_share
    of_it = _("其中保险理赔%(sum)s元，占%(share)s") if share is not None else ""
    return [
        {"label": _("登记"), "text": _("%(count)d件") % {"count": found.taken_in}},
        {"label": _("办结"), "text": _("%(count)d件") % {"count": total.ended}, "note": _rate(total)},
        {"label": _("主张"), "kind": "money", "amount": total.claimed},
        {
            "label": _("争取到"),
            "kind": "money",
            "amount": total.obtained,
            "note": of_it % {"sum": f"{found.insurance_obtained:,.2f}", "share": f"{share:.1%}"} if share else "",
        },
        {"label": _("实际收到"), "kind": "money", "amount": total.received},
    ]


def _rate(one: ChannelYear) -> str:
    rate = one.success_rate
    if rate is None:
        return ""
    return _("争取到结果%(count)d件，成功率%(rate)s") % {"count": one.succeeded, "rate": f"{rate:.1%}"}


def _table(found: Year) -> dict[str, Any]:
    rows = [(str(Channel(code).label) if code else _("未选渠道"), one) for code, one in found.channels.items()]
    return {
        "caption": _("按渠道；主张、争取到、实际收到分开，不相加"),
        "rows": [{"cells": _cells(name, one)} for name, one in rows],
        "total": _cells(_("合计"), found.total),
        "empty": {"message": _("这一年没有维权案件")},
    }


def _cells(name: str, one: ChannelYear) -> list[dict[str, Any]]:
    rate = one.success_rate
    return [
        cell(_("渠道"), text=name, header=True),
        cell(_("办结（件）"), kind="number", text=one.ended),
        cell(_("争取到结果（件）"), kind="number", text=one.succeeded),
        cell(_("成功率"), kind="number", text="" if rate is None else f"{rate:.1%}"),
        cell(_("主张（元）"), kind="money", amount=one.claimed),
        cell(_("争取到（元）"), kind="money", amount=one.obtained),
        cell(_("实际收到（元）"), kind="money", amount=one.received),
    ]
