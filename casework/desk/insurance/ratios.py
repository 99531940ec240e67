"""赔付率、案均赔款、出险率: a policy year by product and by township."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.access import within
from casework.desk.insurance.home import access_insurance
from casework.desk.session import staff_page
from casework.models import Division, Level
from workflows.insurance.ratios import HIGH, LOW, Ratios, by_product, by_township

YEARS_BACK = 5


@staff_page
@require_safe
def ratios(request: HttpRequest) -> HttpResponse:
    """Seven statements, however many claims there are."""
    _seen, codes = access_insurance(request)
    this_year = localdate().year
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= this_year + 1 else this_year
    townships = dict(
        Division.objects.filter(within(codes, "code"), level=Level.TOWNSHIP).values_list("code", "name")[:200]
    )
    here = reverse("desk:insurance_ratios")
    products, places = by_product(codes, year), by_township(codes, year, townships)
    context = {
        "year": year,
        "years": [(one, f"{here}?year={one}") for one in range(this_year - YEARS_BACK, this_year + 1)],
        "odd": [one for one in products if one.is_odd],
        "low": LOW,
        "high": HIGH,
        "by_product": _table(_("按产品"), products),
        "by_township": _table(_("按乡镇"), places),
        "crumbs": [(reverse("desk:insurance"), _("保险")), ("", _("赔付率"))],
    }
    return render(request, "desk/insurance/ratios.html", context)


def _table(caption: str, rows: list[Ratios]) -> dict[str, Any]:
    return {
        "caption": caption,
        "rows": [{"cells": _cells(row)} for row in rows],
        "empty": {"title": _("这个保单年度没有承保"), "text": _("换一个年度看看。")},
    }


def _share(value: Decimal | None) -> str:
    return "" if value is None else f"{value}%"


def _cells(row: Ratios) -> list[dict[str, Any]]:
    in_year = _("当年付出%(paid)s元") % {"paid": f"{row.paid_in_year:,.2f}"}
    by_payment = _("按付款年%(share)s") % {"share": _share(row.payout_by_payment_year) or "—"}
    persons = _("%(part)d人/%(whole)d人") % {"part": row.claimants, "whole": row.persons}
    homes = _("%(part)d户/%(whole)d户") % {"part": row.claiming_households, "whole": row.households}
    return [
        {"label": _("名称"), "text": row.name, "header": True},
        {"label": _("保费（元）"), "kind": "money", "amount": row.premium},
        {"label": _("赔款（元）"), "kind": "money", "amount": row.paid, "note": in_year},
        {"label": _("赔付率"), "kind": "number", "text": _share(row.payout), "note": by_payment},
        {"label": _("案均赔款（元/件）"), "kind": "money", "amount": row.average},
        {"label": _("出险率（按人）"), "kind": "number", "text": _share(row.per_person), "note": persons},
        {"label": _("出险率（按户）"), "kind": "number", "text": _share(row.per_household), "note": homes},
    ]
