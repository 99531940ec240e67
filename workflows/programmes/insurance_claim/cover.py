"""Who is insured against what on a day: a loss held against the rosters."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from casework.models import InsuredPerson, Policy, RosterLine
from workflows.programmes.insurance_claim import rules


@dataclass(frozen=True, slots=True)
class Cover:
    """A line somebody is insured by, and what stands against a loss of that day; nothing when it is covered."""

    insured: InsuredPerson
    against: tuple[str, ...]

    @property
    def line(self) -> RosterLine:
        return self.insured.line

    @property
    def policy(self) -> Policy:
        return self.insured.line.policy


def covers_for(person_id: int, loss: str, day: datetime.date) -> list[Cover]:
    """Every line of a confirmed policy this person has ever been insured by, those that cover the loss first.

    A line that was taken off by endorsement still covers what happened before; one that was struck off before the
    roster was sent never insured anybody. Two statements.
    """
    insured = (
        InsuredPerson.objects.filter(person_id=person_id, live=True, line__policy__state=Policy.State.CONFIRMED)
        .filter(line__state__in=(RosterLine.State.CONFIRMED, RosterLine.State.REMOVED))
        .select_related("person", "line__policy__plan__product__insurer")
        .order_by("-line__covers_from", "-pk")[:MOST_LINES]
    )
    found = [Cover(one, tuple(_against(one, loss, day))) for one in insured]
    return sorted(found, key=lambda cover: bool(cover.against))


MOST_LINES = 40
"""Years of policies of several products; older ones are out of time."""


def best_cover(covers: Sequence[Cover]) -> Cover | None:
    """The line that covers the loss; None when there is none."""
    return covers[0] if covers and not covers[0].against else None


def _against(insured: InsuredPerson, loss: str, day: datetime.date) -> list[str]:
    """核对：在不在名单、保险期间、等待期、年龄、保险责任。"""
    line, plan = insured.line, insured.line.policy.plan
    said = []
    if not rules.covers(plan, loss, plan.product.kind):
        said.append(_("这个方案不保这种损失"))
    if not insured.covers_from <= day <= insured.covers_to:
        words = {"begins": insured.covers_from, "ends": insured.covers_to}
        said.append(_("出险不在保障期间（%(begins)s至%(ends)s）") % words)
    elif day < (first := rules.first_insured_day(insured.covers_from, plan.waiting_days)):
        said.append(_("出险在等待期内，%(first)s起才有保障") % {"first": first})
    if localdate(line.entered_at) > day >= insured.covers_from:
        said.append(_("出险之后才登记投保"))
    born = insured.person.birth_date
    if born and not plan.age_from <= rules.age_on(born, insured.covers_from) <= plan.age_to:
        said.append(_("投保时的年龄不在%(least)d至%(most)d岁之间") % {"least": plan.age_from, "most": plan.age_to})
    return said
