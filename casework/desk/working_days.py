"""The calendar 工作日历, looked at by everybody and kept by administrators."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.desk.cells import cell
from casework.desk.session import access, staff_page
from casework.models import CalendarDay, CalendarYear, Event, Role
from workflows.calendar_upkeep import FIRST, LAST, BadLines, confirm_year, enter_days, read_lines
from workflows.refusals import Refusal

MOST_EVENTS = 30
MOST_YEARS = 100
LONGEST = 20_000
ACTIONS = {"calendar_changed": gettext_lazy("改动%(count)d天"), "calendar_confirmed": gettext_lazy("确认")}


class LinesForm(forms.Form):
    """Lines to paste, as the notice has them."""

    source = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("例如 国务院办公厅关于2027年部分节假日安排的通知"),
    )
    lines = forms.CharField(
        label=gettext_lazy("放假和调休上班的日子"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("请每行写一天")},
        help_text=gettext_lazy(
            "每行一天：日期、放假或上班、名称，例如“2027-02-05 放假 春节”“2027-02-14 上班”。写错的日子用“照常”取消。"
        ),
    )


@staff_page
@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """Every year there is, and the one to come. Whether it is confirmed is what matters in November."""
    found = list(CalendarYear.objects.select_related("confirmed_by").order_by("-year")[:MOST_YEARS])
    this = localdate().year
    known = {year.year for year in found}
    fresh = [CalendarYear(year=year) for year in (this + 1, this) if year not in known]
    rows = sorted([*found, *fresh], key=lambda year: -year.year)
    context = {
        "table": {
            "caption": _("最近的年份在前"),
            "rows": [{"cells": _year_cells(year)} for year in rows],
            "empty": {"message": _("还没有年份")},
        }
    }
    return render(request, "desk/working_days.html", context)


@staff_page
@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, year: int) -> HttpResponse:
    """A year's days; an administrator pastes lines into it. All of them are taken, or none."""
    if not FIRST <= year <= LAST:
        raise Http404
    form = LinesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            entries = read_lines(said["lines"], year)
            changed = enter_days(year, entries, by=access(request).staff, source=said["source"])
        except BadLines as refused:
            for problem in refused.problems:
                form.add_error("lines", problem)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request, _("%(year)d年改动了%(days)d天，期限正在按新日历重算。") % {"year": year, "days": changed}
            )
            return redirect("desk:working_year", year=year)
    return _year_page(request, year, form)


@staff_page
@require_POST
def confirm(request: HttpRequest, year: int) -> HttpResponse:
    try:
        fresh = confirm_year(year, by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        said = _("%(year)d年已确认，期限不再是估计。") if fresh else _("%(year)d年先前已经确认过。")
        messages.success(request, said % {"year": year})
    return redirect("desk:working_year", year=year)


def _year_page(request: HttpRequest, year: int, form: LinesForm) -> HttpResponse:
    entered = CalendarYear.objects.select_related("confirmed_by").filter(year=year).first()
    days = list(CalendarDay.objects.filter(day__year=year))
    events = Event.objects.filter(chain=f"calendar:{year}").order_by("-seq")[:MOST_EVENTS]
    context = {
        "year": year,
        "notice": _state(year, entered),
        "table": {
            "caption": _("按日期先后，共%(count)d天") % {"count": len(days)},
            "rows": [{"cells": _day_cells(day)} for day in days],
            "empty": {"message": _("还没有录入"), "hint": _("每年11月通知公布以后录入。")},
        },
        "history": [_told(event) for event in events],
        "form": form if access(request).has(Role.ADMINISTRATOR) else None,
        "may_confirm": (entered is None or entered.confirmed_at is None) and bool(days),
        "crumbs": [(reverse("desk:working_days"), _("工作日历")), ("", str(year))],
    }
    return render(request, "desk/working_year.html", context, status=422 if form.errors else 200)


def _state(year: int, entered: CalendarYear | None) -> dict[str, Any]:
    if entered is not None and entered.confirmed_at is not None:
        who = entered.confirmed_by.name if entered.confirmed_by else _("随系统提供")
        words = {"who": who, "when": localtime(entered.confirmed_at).date()}
        return {"level_tag": "success", "word": _("已确认"), "message": _("%(who)s，%(when)s") % words}
    said = _("%(year)d年放假安排还没有确认，算到这一年的期限都是估计。")
    return {"level_tag": "warning", "message": said % {"year": year}}


def _year_cells(year: CalendarYear) -> list[dict[str, Any]]:
    confirmed = localtime(year.confirmed_at).date() if year.confirmed_at else None
    return [
        cell(_("年份"), text=year.year, url=reverse("desk:working_year", args=[year.year]), header=True),
        cell(_("状态"), text=_("已确认") if confirmed else _("未确认，期限是估计")),
        cell(_("确认"), kind="date", date=confirmed, note=year.confirmed_by.name if year.confirmed_by else ""),
        cell(_("依据"), text=year.source),
    ]


def _day_cells(day: CalendarDay) -> list[dict[str, Any]]:
    return [
        cell(_("日期"), kind="date", date=day.day, header=True, note=date_format(day.day, "l")),
        cell(_("安排"), text=_("调休上班") if day.working else _("放假")),
        cell(_("名称"), text=day.name),
        cell(_("依据"), text=day.source),
    ]


def _told(event: Event) -> dict[str, Any]:
    what = str(ACTIONS.get(event.action, event.action))
    days = event.details.get("days", {})
    why = _("，").join(f"{day} {_word(said)}" for day, said in sorted(days.items()))
    return {
        "at": event.at,
        "what": what % {"count": len(days)} if "%" in what else what,
        "who": event.actor_name,
        "office": event.actor_office,
        "why": why,
    }


def _word(said: str) -> str:
    return {"holiday": _("放假"), "working": _("上班")}.get(said, _("照常"))
