"""What falls due, by month, ten days 旬 or week: 月计划、旬调度、周安排."""

from __future__ import annotations

import datetime
import heapq
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.desk.addresses import case_url
from casework.desk.cells import cell
from casework.desk.clock_section import estimate_notice, estimated_in
from casework.desk.deadline import deadline_of
from casework.desk.due_days import (
    COUNTED,
    FIRST_YEAR,
    LAST_YEAR,
    ONE_DAY,
    VIEWS,
    WORDS,
    Days,
    Wanted,
    counts,
    opening,
)
from casework.desk.due_offices import Chosen, choices_of, choose, offices_of, places_below
from casework.desk.queue import COLUMNS, Cursor, attach_cases, cursor_from, read_from
from casework.desk.session import access, staff_page
from casework.models import Division, Level, WorkItem
from workflows import clock, registry

PAGE = 50
OVERDUE = "overdue"
WEEKDAYS = (
    gettext_lazy("一"),
    gettext_lazy("二"),
    gettext_lazy("三"),
    gettext_lazy("四"),
    gettext_lazy("五"),
    gettext_lazy("六"),
    gettext_lazy("日"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: which offices and step, which stretch of days, and which of them are listed."""

    chosen: Chosen
    wanted: Wanted
    view: str
    day: datetime.date
    listed: str = ""

    @property
    def days(self) -> Days:
        return VIEWS[self.view](self.day)

    def as_query(self, **more: str) -> str:
        step = f"{self.wanted.programme}.{self.wanted.step}" if self.wanted.step else ""
        said = {"office": self.chosen.said, "step": step, "view": self.view, "day": self.day.isoformat()}
        given = {**said, "list": self.listed, **more}
        return urlencode({name: value for name, value in given.items() if value})

    def url(self, **more: str) -> str:
        return f"{reverse('desk:due')}?{self.as_query(**more)}"


@staff_page
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """At most nine statements of one office, or of one and all below it: who is there (two), the places below, counts,
    items (two on a later page), cases, places. Of several offices of one's own the items are one or two for each."""
    seen, today = access(request), localdate()
    offices = offices_of(seen)
    if not offices:
        return render(request, "desk/due.html", {"empty": _nothing()})
    below = places_below(offices, request.GET.get("office", ""))
    asked = asked_for(request.GET, choose(request.GET.get("office", ""), offices, below), today)
    numbers, late = counts(asked.wanted, asked.days.every(), today)
    items, previous, following = listed(asked, today, cursor_from(request.GET))
    names = attach_cases(items)
    context = {
        "office": asked.chosen.name,
        "views": _views(asked),
        "title": _title(asked),
        "previous": asked.url(day=(asked.days.first - ONE_DAY).isoformat(), list=""),
        "following": asked.url(day=(asked.days.last + ONE_DAY).isoformat(), list=""),
        "form": _form(asked, choices_of(offices, below)),
        "asked": asked,
        "days": _days(asked, numbers, today),
        "weekdays": WEEKDAYS if asked.view != "ten" else (),
        "late": _late(asked, late),
        "estimate": _estimate(asked, items),
        "table": _table(asked, items, names),
        "pager": {
            "previous_url": asked.url(**previous.as_query()) if previous else "",
            "next_url": asked.url(**following.as_query()) if following else "",
        },
    }
    return render(request, "desk/due.html", context)


def asked_for(query: QueryDict, chosen: Chosen, today: datetime.date) -> Asked:
    """What an address asks for; what cannot be, is as if it had not been asked for."""
    programme, _dot, name = query.get("step", "").partition(".")
    known = registry.programmes().get(programme)
    step = known.step(name) if known else None
    wanted = Wanted(chosen.where, programme, step.name, str(step.role)) if step else Wanted(chosen.where)
    view = query.get("view", "")
    day = _day(query.get("day", "")) or today
    asked = Asked(chosen, wanted, view if view in VIEWS else "week", day)
    listed = query.get("list", "")
    one_day = _day(listed)
    in_view = one_day is not None and asked.days.first <= one_day <= asked.days.last
    return replace(asked, listed=listed if in_view or listed == OVERDUE else "")


def _day(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def listed(
    asked: Asked, today: datetime.date, after: Cursor | None
) -> tuple[list[WorkItem], Cursor | None, Cursor | None]:
    """A page of what is to be listed (all that is late, one day, or the whole stretch), in order of the deadline."""
    if asked.listed == OVERDUE:
        stretch = Q(due_at__lt=opening(today))
    else:
        day = _day(asked.listed)
        days = Days(day, day) if day else asked.days
        stretch = Q(due_at__gte=opening(days.first), due_at__lt=opening(days.last + ONE_DAY))
    items = _read(asked.wanted, stretch, after)
    further, items = len(items) > PAGE, items[:PAGE]
    back = after is not None and after.back
    if back:
        items.reverse()
    before = _edge(items[:1], True) if (further if back else after is not None) else None
    return items, before, _edge(items[-1:], False) if further or back else None


def _edge(items: list[WorkItem], back: bool) -> Cursor | None:
    return Cursor(items[0].due_at, items[0].pk, back) if items else None


def _read(wanted: Wanted, stretch: Q, after: Cursor | None) -> list[WorkItem]:
    """The first of each office's, put together in order; each is read in the order of its index, and no farther."""
    narrowed = {"role": wanted.role, "programme": wanted.programme, "step": wanted.step}
    stretch &= Q(**{column: value for column, value in narrowed.items() if value})
    found = [
        read_from(place.rows().filter(stretch).order_by("due_at", "id").select_related("owner").only(*COLUMNS), after,
            PAGE + 1)
        for place in wanted.where
    ]  # fmt: skip
    backwards = after is not None and after.back
    merged = heapq.merge(*found, key=lambda item: (item.due_at, item.pk), reverse=backwards)
    return list(islice(merged, PAGE + 1))


# -- what the page shows ---------------------------------------------------------------------------------------------


def _views(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"word": WORDS[view], "url": replace(asked, view=view, listed="").url(), "current": view == asked.view}
        for view in VIEWS
    ]


def _title(asked: Asked) -> str:
    first, last = asked.days
    if asked.view == "month":
        return _("%(year)d年%(month)d月") % {"year": first.year, "month": first.month}
    if asked.view == "ten":
        third = (_("上旬"), _("中旬"), _("下旬"))[min((first.day - 1) // 10, 2)]
        return _("%(year)d年%(month)d月%(third)s") % {"year": first.year, "month": first.month, "third": third}
    return _("%(first)s 至 %(last)s") % {"first": first, "last": last}


def _form(asked: Asked, choices: list[tuple[str, str]]) -> forms.Form:
    form = forms.Form()
    if len(choices) > 1:
        form.fields["office"] = forms.ChoiceField(label=_("机构"), choices=choices, required=False)
        form.initial["office"] = asked.chosen.said
    steps = [("", _("全部"))]
    several = len(registry.programmes()) > 1
    for slug, programme in registry.programmes().items():
        for step in programme.steps():
            if any(int(step.level) == len(one.office) or (one.below and int(step.level) > len(one.office))
                   for one in asked.chosen.where):  # fmt: skip
                word = f"{programme.title}：{step.task_title}" if several else step.task_title
                steps.append((f"{slug}.{step.name}", word))
    form.fields["step"] = forms.ChoiceField(label=_("环节"), choices=steps, required=False)
    form.initial["step"] = f"{asked.wanted.programme}.{asked.wanted.step}" if asked.wanted.step else ""
    form.fields["day"] = forms.DateField(
        label=_("到哪一天"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        initial=asked.day.isoformat(),
    )
    form.fields["view"] = forms.CharField(widget=forms.HiddenInput, initial=asked.view)
    return form


def _days(asked: Asked, numbers: dict[datetime.date, int], today: datetime.date) -> list[dict[str, Any]]:
    """Each day of the stretch with how much falls due on it, and whether the offices are open."""
    shown: list[dict[str, Any]] = []
    for day, count in numbers.items():
        is_open = clock.calendar().is_working_day(day)
        shown.append(
            {
                "day": day,
                "place": day.isoweekday() if asked.view != "ten" and not shown else 0,
                "count": _number(count),
                "url": asked.url(list=day.isoformat()) if count else "",
                "today": day == today,
                "chosen": asked.listed == day.isoformat(),
                "off": not is_open,
                "made_up": is_open and day.weekday() >= 5,
            }
        )
    return shown


def _number(count: int) -> str:
    return f"{COUNTED}+" if count > COUNTED else str(count)


def _late(asked: Asked, count: int) -> dict[str, Any] | None:
    if not count:
        return None
    said = _("此前到期、还没有办完的有%(count)s件。") % {"count": _number(count)}
    action = "" if asked.listed == OVERDUE else _("列出来")
    return {"level_tag": "warning", "message": said, "url": action and asked.url(list=OVERDUE), "action": action}


def _estimate(asked: Asked, items: list[WorkItem]) -> dict[str, Any] | None:
    """That days shown are a guess: because of the days themselves, or of a deadline listed."""
    years = clock.calendar().unconfirmed(*asked.days)
    return estimate_notice(years) or estimated_in(items)


def _table(asked: Asked, items: list[WorkItem], names: Mapping[int, str]) -> dict[str, Any]:
    codes = {code for item in items for code in (item.office, item.division, item.division[: Level.TOWNSHIP])}
    places = dict(Division.objects.filter(pk__in=codes).values_list("code", "name")) if codes else {}
    if asked.listed == OVERDUE:
        caption = _("已经超期的，最早的在前")
    else:
        caption = _("%(when)s到期的，按期限先后") % {"when": asked.listed or _title(asked)}
    return {
        "caption": caption,
        "rows": [{"cells": _cells(item, places, names[item.process_id], asked.chosen)} for item in items],
        "empty": {"message": _("没有到期的案件"), "hint": _("换一段时间，或看另一个环节。")},
    }


def _cells(item: WorkItem, places: dict[str, str], name: str, chosen: Chosen) -> list[dict[str, Any]]:
    case, step = item.process, registry.programme(item.programme).step(item.step)
    above = places.get(item.division[: Level.TOWNSHIP], "") if len(item.office) < Level.TOWNSHIP else ""
    said = _("已督办") if item.escalated_at else _("已提醒") if item.warned_at else ""
    cells = [
        cell(_("期限"), kind="deadline", deadline=deadline_of(item, case.terms_version)),
        cell(_("申请人"), text=name, url=case_url(case.number), header=True, note=case.number),
        cell(_("环节"), text=step.task_title if step else item.step, note=said),
        cell(_("村社区"), text="")
        if case.confidential
        else cell(_("村社区"), text=places.get(item.division, item.division), note=above),
        cell(_("领取"), text=item.owner.name if item.owner else ""),
    ]
    if chosen.several:
        # Where a confidential case waits below the county would say where the person lives.
        hidden = case.confidential and len(item.office) > Level.COUNTY
        cells.insert(3, cell(_("机构"), text="" if hidden else places.get(item.office, item.office)))
    return cells


def _nothing() -> dict[str, str]:
    hint = _("如果岗位有变动，请联系系统管理员。")
    return {"message": _("您的岗位没有要管的办理期限"), "hint": hint}
