"""Teams and their routes: who goes where on which day, many households assigned at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Concat
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.models import (
    Division,
    Level,
    Nomination,
    Post,
    Role,
    Staff,
    VisitRound,
    VisitTeam,
    VisitTeamMember,
    WorkItem,
)
from casework.rows import update_rows
from workflows import trail
from workflows.refusals import NotAllowed
from workflows.visits.rounds import chain_of, keeper
from workflows.visits.writing import STEP

MOST = 500
"""Households assigned in one go."""
MOST_MEMBERS = 12
MOST_STOPS = 60


@dataclass(frozen=True, slots=True)
class Member:
    """By value; `username` of somebody who has an account here, empty for a guest."""

    name: str
    rank: str = ""
    username: str = ""


def form_team(
    round_id: int,
    name: str,
    members: Sequence[Member],
    route: Sequence[str],
    days: tuple[datetime.date, datetime.date],
    *,
    by: Staff,
) -> VisitTeam:
    """A team with its route and days. Raises `NotAllowed` with what is wrong."""
    if not members or len(members) > MOST_MEMBERS:
        raise NotAllowed(_("一组要有1到%(most)d人") % {"most": MOST_MEMBERS})
    if days[1] < days[0]:
        raise NotAllowed(_("返回日期不能早于出发日期"))
    try:
        with transaction.atomic():
            found = VisitRound.objects.select_for_update().get(pk=round_id)
            actor = keeper(found.division_id, by)
            if strange := [code for code in route if not code.startswith(found.division_id)]:
                raise NotAllowed(_("路线里有不属于本轮的村：%(codes)s") % {"codes": "、".join(strange)})
            team = VisitTeam.objects.create(round=found, name=name, route=list(route), from_day=days[0], to_day=days[1])
            accounts = _accounts(found.division_id, members)
            VisitTeamMember.objects.bulk_create(
                VisitTeamMember(team=team, name=one.name, rank=one.rank, staff=accounts.get(one.username))
                for one in members
            )
            details = {"team": team.pk, "members": len(members), "villages": len(route)}
            trail.record(chain_of(found), "team_formed", actor=actor, details=details)
    except IntegrityError as clash:
        raise NotAllowed(_("本轮已有叫“%(name)s”的走访组，或同一个人写了两次") % {"name": name}) from clash
    return team


def assign(round_id: int, numbers: Sequence[str], team_id: int, day: datetime.date, *, by: Staff) -> int:
    """Give households to a team for a day, in the order of its route; how many that were. The same again is harmless.

    Raises `NotAllowed`: more than `MOST`, a day the team is not out, or somebody not yet approved.
    """
    if len(set(numbers)) > MOST:
        raise NotAllowed(_("一次最多安排%(most)d户，请分几次。") % {"most": MOST})
    with transaction.atomic():
        found = VisitRound.objects.select_for_update().get(pk=round_id)
        actor = keeper(found.division_id, by)
        team = VisitTeam.objects.filter(round=found, pk=team_id).first()
        if team is None:
            raise NotAllowed(_("请选一个走访组"))
        if not team.from_day <= day <= team.to_day:
            words = {"team": team.name, "first": team.from_day, "last": team.to_day}
            raise NotAllowed(_("“%(team)s”只在%(first)s至%(last)s出发，请换一天") % words)
        rows = Nomination.objects.filter(round=found, live=True, case__number__in=numbers)
        places = list(rows.select_related("case").select_for_update(of=("self",)).order_by("id"))
        waiting = set(
            WorkItem.objects.filter(
                process__in=[one.case_id for one in places], step=STEP, finished__isnull=True
            ).values_list("process", flat=True)
        )
        if wrong := [one.case.number for one in places if one.case_id not in waiting]:
            raise NotAllowed(_("只有已批准、还没走访的户可以安排：%(numbers)s") % {"numbers": "、".join(wrong[:5])})
        order = {code: number for number, code in enumerate(team.route)}
        places.sort(key=lambda one: (order.get(one.division, len(order)), one.division, one.pk))
        for number, one in enumerate(places, start=1):
            one.team_id, one.visit_on, one.place = team.pk, day, number
        update_rows(places, ["team", "visit_on", "place"])
        if places:
            details = {"team": team.pk, "day": day.isoformat(), "count": len(places)}
            trail.record(chain_of(found), "visits_assigned", actor=actor, details=details)
    return len(places)


def villages_named(round_: VisitRound, lines: Sequence[str]) -> list[str]:
    """The codes of villages written by name (or its beginning, or after the township's), or by code, in their order.

    Raises `NotAllowed` with what is no village of the round, or is more than one.
    """
    if len(lines) > MOST_STOPS:
        raise NotAllowed(_("一条路线最多%(most)d个村社区，请分成几组") % {"most": MOST_STOPS})
    inside = Division.objects.filter(code__startswith=round_.division_id, level=Level.VILLAGE)
    named = inside.annotate(full=Concat("parent__name", "name"))
    found, strange = [], []
    for line in lines:
        word = "".join(line.split())
        exact = Q(code=word) | Q(name=word) | Q(full=word)
        codes = list(named.filter(exact).values_list("code", flat=True)[:2])
        codes = codes or list(
            named.filter(Q(name__startswith=word) | Q(full__startswith=word)).values_list("code", flat=True)[:2]
        )
        if len(codes) == 1:
            found.append(codes[0])
        else:
            strange.append(_("%(name)s（有同名的，请写上乡镇）") % {"name": word} if codes else word)
    if strange:
        raise NotAllowed(_("路线里有不属于本轮的村：%(codes)s") % {"codes": "、".join(strange)})
    return list(dict.fromkeys(found))


def _accounts(division: str, members: Sequence[Member]) -> dict[str, Staff]:
    """Username -> staff, for those who name one: somebody in post as a visitor of that place. Raises `NotAllowed`."""
    wanted = {one.username for one in members if one.username}
    posts = Post.objects.in_force(localdate()).filter(
        staff__username__in=wanted, role=Role.VISITOR, office__division_id=division
    )
    known = {post.staff.username: post.staff for post in posts.select_related("staff")}
    if missing := sorted(wanted - known.keys()):
        raise NotAllowed(_("这些账号不是本级的走访员：%(names)s") % {"names": "、".join(missing)})
    return known
