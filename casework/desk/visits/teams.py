"""Teams and routes of a round: forming one, and giving it many households for a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from casework.desk.cells import cell
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.desk.visits.round_access import access_round_or_404, keeps
from casework.models import Division, Nomination, VisitRound, VisitTeam, VisitTeamMember, WorkItem
from workflows.refusals import Refusal
from workflows.visits.teams import MOST_STOPS, Member, assign, form_team, villages_named
from workflows.visits.writing import STEP

PAGE = 100
MOST_TEAMS = 50
A_DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class TeamForm(forms.Form):
    """A team to be; members and villages a line each."""

    name = forms.CharField(label=gettext_lazy("组名"), max_length=40)
    members = forms.CharField(
        label=gettext_lazy("成员"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("每行一人：姓名 职务 账号。没有账号的来宾不写账号，例如“田山青 常务副会长 zoufang”。"),
    )
    route = forms.CharField(
        label=gettext_lazy("路线"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "要去的村社区，按先后每行一个，写村名；有同名的写上乡镇。已填上有待走访户的村，可删可调。"
        ),
    )
    from_day = forms.DateField(label=gettext_lazy("出发日期"), widget=A_DAY)
    to_day = forms.DateField(label=gettext_lazy("返回日期"), widget=A_DAY)

    def people(self) -> list[Member]:
        lines = [line.split() for line in self.cleaned_data["members"].splitlines() if line.strip()]
        return [Member(*[*line, "", ""][:3]) for line in lines]

    def villages(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["route"].splitlines() if line.strip()]


class AssignForm(forms.Form):
    team = forms.ModelChoiceField(label=gettext_lazy("走访组"), queryset=VisitTeam.objects.none())
    day = forms.DateField(label=gettext_lazy("走访日期"), widget=A_DAY)

    def __init__(self, *args: Any, round_: VisitRound, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = VisitTeam.objects.filter(round=round_)
        team.empty_label = _("选走访组")


@staff_page
@require_http_methods(["GET", "POST"])
def teams(request: HttpRequest, pk: int) -> HttpResponse:
    """The teams there are, the households they have, and one more team."""
    found = _kept(request, pk)
    waiting = Nomination.objects.filter(
        Exists(WorkItem.objects.filter(process=OuterRef("case"), step=STEP, finished__isnull=True)),
        round=found,
        live=True,
    )
    fresh = {"from_day": found.visit_from, "to_day": found.visit_to, "route": _route_offered(waiting)}
    form = TeamForm(request.POST or None, initial=fresh)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        days = (said["from_day"], said["to_day"])
        try:
            route = villages_named(found, form.villages())
            form_team(pk, said["name"], form.people(), route, days, by=access(request).staff)
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("已建立“%(team)s”。") % {"team": said["name"]})
            return redirect("desk:visit_teams", pk=pk)
    page = page_by_number(waiting.select_related("case__applicant", "team"), "id", request.GET, size=PAGE)
    formed = _teams_of(found)
    codes = {one.division for one in page.rows}.union(*(team.route for team in formed))
    names = dict(Division.objects.filter(pk__in=codes).values_list("code", "name"))
    address = reverse("desk:visit_teams", args=[pk])
    context = {
        "round": found,
        "form": form,
        "assign": AssignForm(round_=found, initial={"day": found.visit_from}),
        "teams": {"rows": [{"cells": _team_cells(team, names)} for team in formed],
                  "empty": {"message": _("还没有走访组"), "hint": _("没有分组的户由村里走访。")}},
        "table": {
            "caption": _("已批准、还没有走访的户"),
            "rows": [_waiting_row(one, names) for one in page.rows],
            "ticks": True,
            "tick_name": "number",
            "empty": {"message": _("没有等着走访的户")},
        },
        "shown": len(page.rows),
        "pager": page.pager(address),
        "crumbs": [(reverse("desk:visit_rounds"), _("走访慰问")),
                   (reverse("desk:visit_round", args=[pk]), found.title), ("", _("走访组和路线"))],
    }  # fmt: skip
    return render(request, "desk/visits/teams.html", context, status=422 if form.errors else 200)


@staff_page
@require_POST
def assign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is ticked goes to the team chosen."""
    found = _kept(request, pk)
    form = AssignForm(request.POST, round_=found)
    numbers = request.POST.getlist("number")
    if not form.is_valid() or not numbers:
        messages.error(request, _("请勾选要安排的户，并选走访组和日期。"))
        return redirect("desk:visit_teams", pk=pk)
    said = form.cleaned_data
    try:
        count = assign(pk, numbers, said["team"].pk, said["day"], by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        words = {"count": count, "team": said["team"].name, "day": said["day"]}
        messages.success(request, _("已把%(count)d户安排给“%(team)s”，%(day)s走访。") % words)
    return redirect("desk:visit_teams", pk=pk)


def _kept(request: HttpRequest, pk: int) -> VisitRound:
    found = access_round_or_404(request, pk)
    if not keeps(access(request), found):
        raise Http404
    return found


def _teams_of(found: VisitRound) -> list[VisitTeam]:
    members = Prefetch("members", VisitTeamMember.objects.order_by("id"))
    return list(VisitTeam.objects.filter(round=found).prefetch_related(members)[:MOST_TEAMS])


def _route_offered(waiting: QuerySet[Nomination]) -> str:
    """The villages in which somebody without a team waits, a line each, with their townships."""
    codes = set(waiting.filter(team__isnull=True).values_list("division", flat=True)[:MOST_STOPS])
    names = Division.objects.filter(pk__in=codes).order_by("code").values_list("parent__name", "name")
    return "\n".join(f"{township}{name}" for township, name in names)


def _team_cells(team: VisitTeam, names: Mapping[str, str]) -> list[dict[str, Any]]:
    members = _("、").join(f"{one.name}（{one.rank}）" if one.rank else one.name for one in team.members.all())
    return [
        cell(_("组名"), text=team.name, header=True),
        cell(_("成员"), text=members),
        cell(_("路线"), text=_("、").join(names.get(code, code) for code in team.route)),
        cell(_("出发日期"), kind="date", date=team.from_day),
        cell(_("返回日期"), kind="date", date=team.to_day),
    ]


def _waiting_row(one: Nomination, names: dict[str, str]) -> dict[str, Any]:
    number, name = one.case.number, one.case.applicant.name
    order = _("第%(place)d户") % {"place": one.place} if one.team else ""
    cells = [
        cell(_("姓名"), text=name, url=reverse("desk:case", args=[number]), header=True, note=number),
        cell(_("村社区"), text=names.get(one.division, one.division)),
        cell(_("走访组"), text=one.team.name if one.team else "", note=order),
        cell(_("走访日期"), kind="date", date=one.visit_on),
    ]
    return {"cells": cells, "tick": {"value": number, "label": name}}
