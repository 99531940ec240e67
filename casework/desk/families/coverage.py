"""三个全覆盖: the ratios of a place and of the places in it, and the families of a village."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from casework.access import Access, within
from casework.desk.cells import cell
from casework.desk.session import access, staff_page
from casework.models import Division, Level
from casework.places import full_name
from workflows.coverage.ratios import Coverage, coverage_of, percent
from workflows.coverage.state import Care, Kind, care_of, special_families, within_days

BELOW = {Level.COUNTY: Level.TOWNSHIP, Level.TOWNSHIP: Level.VILLAGE}
MOST_FAMILIES = 200
MOST_PLACES = 400


@staff_page
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """The place asked for, or the viewer's own: a county by township, a township by village, a village by family."""
    seen = access(request)
    place = _place(request, seen)
    if len(place) < Level.COUNTY:
        return render(request, "desk/families/choose.html", {"places": _counties(seen)})
    context: dict[str, Any] = {
        "place": full_name(place),
        "most": within_days(localdate()),
        "crumbs": [(reverse("desk:coverage"), _("三个全覆盖")), ("", full_name(place))],
    }
    if len(place) >= Level.VILLAGE:
        total, _parts = coverage_of(place, Level.VILLAGE, localdate())
        context |= {"report": _report(total), "table": _families(place)}
        return render(request, "desk/families/coverage.html", context)
    total, parts = coverage_of(place, BELOW[Level(len(place))], localdate())
    names = dict(Division.objects.filter(pk__in=list(parts)[:MOST_PLACES]).values_list("code", "name"))
    rows = [{"cells": _part_cells(code, names.get(code, code), part)} for code, part in sorted(parts.items())]
    context |= {
        "report": _report(total),
        "table": {
            "caption": _("单位：户"),
            "rows": rows[:MOST_PLACES],
            "empty": {"message": _("名册里没有特殊家庭")},
        },
    }
    return render(request, "desk/families/coverage.html", context)


def _place(request: HttpRequest, seen: Access) -> str:
    asked = request.GET.get("place", "")
    if asked:
        if not asked.isdigit() or len(asked) not in Level.values or not seen.covers(asked):
            raise Http404
        return asked
    codes = seen.codes()
    if not codes:
        raise Http404
    return codes[0]


def _counties(seen: Access) -> list[tuple[str, str]]:
    """(address, name) of every county a post above them covers."""
    rows = Division.objects.filter(within(seen.codes(), "code"), level=Level.COUNTY).order_by("code")
    return [(_address(code), name) for code, name in rows.values_list("code", "name")[:MOST_PLACES]]


def _address(place: str) -> str:
    return f"{reverse('desk:coverage')}?place={place}"


def _report(total: Coverage) -> dict[str, Any]:
    return {
        "counts": [
            {"label": _("特殊家庭"), "number": total.families, "unit": pgettext("单位", "户")},
            _count(_("双岗联系人"), total.contacts, total.families),
            _count(_("就医绿色通道"), total.green_channel, total.families),
            _count(_("家庭医生签约"), total.family_doctor, total.families),
            _count(_("三项齐全"), total.all_three, total.families),
        ]
    }


def _count(label: str, part: int, whole: int) -> dict[str, Any]:
    share = percent(part, whole)
    unit = pgettext("单位", "户") if share is None else _("户，%(share)s%%") % {"share": share}
    return {"label": label, "number": part, "unit": unit, "tone": "good" if whole and part == whole else ""}


def _part_cells(code: str, name: str, part: Coverage) -> list[dict[str, Any]]:
    def of(label: str, count: int) -> dict[str, Any]:
        share = percent(count, part.families)
        return cell(label, kind="number", text=count, note="" if share is None else f"{share}%")

    return [
        cell(_("地方"), text=name, url=_address(code), header=True),
        cell(_("特殊家庭"), kind="number", text=part.families),
        of(_("双岗联系人"), part.contacts),
        of(_("就医绿色通道"), part.green_channel),
        of(_("家庭医生签约"), part.family_doctor),
        of(_("三项齐全"), part.all_three),
        of(_("按期联系"), part.spoken),
    ]


def _families(village: str) -> dict[str, Any]:
    """The families of a village, each with what it lacks and when it was last spoken to."""
    entries = special_families(localdate()).filter(within((village,))).select_related("person")
    homes: dict[int, Any] = {}
    for entry in entries.order_by("person__household", "id")[: MOST_FAMILIES * 2]:
        homes.setdefault(entry.person.household_id or 0, entry)
    care, most = care_of(homes, localdate()), within_days(localdate())
    rows = [
        {"cells": _family_cells(home, entry, care.get(home, Care()), most)}
        for home, entry in list(homes.items())[:MOST_FAMILIES]
    ]
    return {"caption": _("本村特殊家庭"), "rows": rows, "empty": {"message": _("名册里没有特殊家庭")}}


def _family_cells(home: int, entry: Any, care: Care, most: int) -> list[dict[str, Any]]:
    words = {kind: Kind(kind).label for kind in Kind}
    lacking = [str(words[kind]) for kind in Kind if kind != Kind.NO_CONTACT and kind not in care.in_force]
    late = care.spoken is not None and (localdate() - care.spoken).days > most
    return [
        cell(_("姓名"), text=entry.person.name, url=reverse("desk:family", args=[home]), header=True,
             note=entry.get_category_display()),
        cell(_("欠缺"), text=_("、").join(lacking) or _("三项齐全")),
        cell(_("上次联系"), kind="date", date=care.spoken,
             note=_("已超过%(days)d日") % {"days": most} if late else ""),
    ]  # fmt: skip
