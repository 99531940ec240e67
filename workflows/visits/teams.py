"""Teams and their routes: who goes where on which day, many households assigned at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.models import Nomination, Post, Role, Staff, VisitRound, VisitTeam, VisitTeamMember
from casework.models.stages import Stage
from casework.rows import update_rows
from workflows import trail
from workflows.refusals import NotAllowed
from workflows.visits.rounds import chain_of, keeper

MOST = 500
"""Households assigned in one go."""
MOST_MEMBERS = 12


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
        if wrong := [one.case.number for one in places if one.case.stage != Stage.APPROVED]:
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
