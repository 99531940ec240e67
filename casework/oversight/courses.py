"""How cases really ran, beside the flow as it is drawn: for auditors and supervisors."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.access import within
from casework.models import Division, Level, Role
from casework.session import access, staff_page
from workflows import registry
from workflows.chart import to_svg
from workflows.courses import (
    Courses,
    Waiting,
    busiest,
    commonest_loops,
    courses_of,
    slowest,
    slowest_offices,
    titles_of,
)
from workflows.flow import CaseFlow
from workflows.graph import places_of
from workflows.programme import Programme

MOST_COUNTIES = 200
FIRST_YEAR = 2015


class CoursesForm(forms.Form):
    """Which flow, where, and the cases ended in which year."""

    flow = forms.ChoiceField(label=gettext_lazy("流程"), required=False)
    county = forms.ChoiceField(label=gettext_lazy("县市区"), required=False)
    year = forms.IntegerField(label=gettext_lazy("办结年份"), required=False, min_value=FIRST_YEAR, max_value=2100)

    def __init__(self, *args: Any, counties: list[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        flows = [(_key(flow), _name(programme, flow)) for programme, flow in _flows()]
        self.fields["flow"] = forms.ChoiceField(label=_("流程"), required=False, choices=flows)
        places = [(county.pk, county.name) for county in counties]
        self.fields["county"] = forms.ChoiceField(label=_("县市区"), required=False, choices=places)

    def given(self, name: str, otherwise: Any) -> Any:
        """What was asked for; what cannot be understood is as if it had not been."""
        self.is_valid()
        return self.cleaned_data.get(name) or otherwise


@staff_page
@require_safe
def courses(request: HttpRequest) -> HttpResponse:
    """One county at a time: a province's cases of a year are no page."""
    codes = access(request).codes(Role.AUDITOR, Role.SUPERVISOR)
    if not codes:
        raise PermissionDenied(_("办理情况由审计员和督办员查阅，您现在没有这些岗位。"))
    counties = _counties(codes)
    form = CoursesForm(request.GET, counties=counties)
    county = form.given("county", counties[0].pk if counties else codes[0])
    year = form.given("year", localdate().year)
    # A post below a county sees its own part of it; of what is confidential a part so small would tell whose it is.
    inside = tuple(code for code in codes if code.startswith(county)) or (county,)
    period = _new_year(year), _new_year(year + 1)
    programme, flow = _chosen(form.given("flow", "") or _most_common(inside, *period))
    if programme.discreet is not None:
        inside = tuple(code for code in inside if len(code) <= Level.COUNTY)
    found = courses_of(flow, within(inside, "division"), *period)
    context = {
        "form": CoursesForm({"flow": _key(flow), "county": county, "year": year}, counties=counties),
        "title": _name(programme, flow),
        "found": found,
        # Our own drawing, of our own words.
        "chart": mark_safe(to_svg(flow, found.outcomes)),
        **_tables(found, flow),
        "crumbs": [(reverse("oversight:home"), _("查档")), ("", _("办理情况"))],
    }
    return render(request, "oversight/courses.html", context)


def _tables(found: Courses, flow: type[CaseFlow]) -> dict[str, Any]:
    titles, offices = titles_of(flow), slowest_offices(found)
    names = dict(Division.objects.filter(pk__in={code for (_, code), _ in offices}).values_list("code", "name"))
    order = {name: number for number, name in enumerate(places_of(flow))}
    steps = sorted(found.steps.items(), key=lambda pair: order.get(pair[0], len(order)))
    empty = {"message": _("这一年没有办结的案件")}
    return {
        "steps": {"rows": [{"cells": [_head(titles.get(step, step)), *_waited(one)]} for step, one in steps],
                  "empty": empty},
        "offices": {"rows": [{"cells": [_head(names.get(code, code)), _text(_("环节"), titles.get(step, step)),
                                        *_waited(one)]} for (step, code), one in offices], "empty": empty},
        "slowest": {"rows": [{"cells": [
            {"label": _("走过的环节"), "header": True, "text": _way(course.steps, titles)},
            {"label": _("件数"), "kind": "number", "text": course.cases},
            {"label": _("中位天数"), "kind": "number", "text": f"{course.days:.1f}"},
        ]} for course in slowest(found)], "empty": empty},
        "loops": {"rows": [{"cells": [
            {"label": _("又回到"), "header": True, "text": titles.get(loop.again, loop.again)},
            _text(_("由哪里退回"), _turn(flow, loop.back_from, loop.outcome)),
            {"label": _("次数"), "kind": "number", "text": loop.times},
            {"label": _("件数"), "kind": "number", "text": loop.cases},
            {"label": _("占办结"), "kind": "number", "text": f"{loop.cases / found.cases:.1%}"},
            {"label": _("多用天数（中位）"), "kind": "number", "text": f"{loop.days:.1f}"},
        ]} for loop in commonest_loops(found)], "empty": {"message": _("没有返工的案件")}},
    }  # fmt: skip


def _way(steps: tuple[str, ...], titles: dict[str, str]) -> str:
    return " → ".join(titles.get(step, step) for step in steps)


def _head(text: str) -> dict[str, Any]:
    return {"label": _("环节或机构"), "header": True, "text": text}


def _text(label: str, text: str) -> dict[str, Any]:
    return {"label": label, "text": text}


def _waited(one: Waiting) -> list[dict[str, Any]]:
    return [
        {"label": _("次数"), "kind": "number", "text": one.times},
        {"label": _("中位天数"), "kind": "number", "text": f"{one.median:.1f}"},
        {"label": _("九成在几天内"), "kind": "number", "text": f"{one.ninetieth:.1f}"},
    ]


def _turn(flow: type[CaseFlow], step: str, outcome: str) -> str:
    found = next((one for one in flow.steps() if one.name == step), None)
    label = found.outcomes[outcome].label if found and outcome in found.outcomes else outcome
    return f"{found.task_title if found else step}【{label}】"


def _flows() -> list[tuple[Programme, type[CaseFlow]]]:
    return [(programme, flow) for programme in registry.programmes().values() for flow in programme.flows]


def _key(flow: type[CaseFlow]) -> str:
    return f"{flow.programme}.{flow.version}"


def _most_common(inside: tuple[str, ...], since: datetime.datetime, until: datetime.datetime) -> str:
    """The flow most cases of that time ended under, among those of which something can be shown there."""
    shown = within(inside)
    if any(len(code) > Level.COUNTY for code in inside):
        shown &= ~Q(programme__in=[slug for slug, one in registry.programmes().items() if one.discreet is not None])
    found = busiest(shown, since, until)
    return f"{found[0]}.{found[1]}" if found else ""


def _name(programme: Programme, flow: type[CaseFlow]) -> str:
    return _("%(title)s（流程第%(version)s版）") % {"title": programme.title, "version": flow.version}


def _chosen(key: str) -> tuple[Programme, type[CaseFlow]]:
    return next((pair for pair in _flows() if _key(pair[1]) == key), _flows()[0])


def _counties(codes: tuple[str, ...]) -> list[Division]:
    """The counties of the jurisdiction; for a post below a county, the one it lies in."""
    wanted = within(tuple(code for code in codes if len(code) <= Level.COUNTY), "code")
    around = {code[: Level.COUNTY] for code in codes if len(code) > Level.COUNTY}
    found = Division.objects.filter(wanted, level=Level.COUNTY) | Division.objects.filter(pk__in=around)
    return list(found.order_by("code")[:MOST_COUNTIES])


def _new_year(year: int) -> datetime.datetime:
    return datetime.datetime(year, 1, 1, tzinfo=get_current_timezone())
