"""A village puts its households forward: many at once, each a case of its own that goes on to the township."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _

from casework.models import Nomination, Post, RegisterEntry, Role, Staff, VisitRound
from workflows import registry
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.papers.applications import new_case
from workflows.papers.codes import sentences
from workflows.papers.sheets import kin_of
from workflows.perform import begin, prepare, take
from workflows.refusals import NotAllowed, Refusal
from workflows.standing import Actor, Standing, office_word
from workflows.visits.applications import Docket

SLUG = "hardship_visit"
MOST = 200
"""Households put forward in one go."""


@dataclass(frozen=True, slots=True)
class Nominated:
    """What became of one: its case, or why not."""

    person_id: int
    number: str = ""
    why_not: str = ""


def candidates(round_: VisitRound, village: str) -> QuerySet[RegisterEntry]:
    """The village's entries in the register in force today, one or more a household, that have no place in the round
    yet. Whose category is not among the round's comes too: the village may have a reason."""
    today = localdate()
    taken = Nomination.objects.filter(round=round_, live=True, household=OuterRef("person__household"))
    entries: QuerySet[RegisterEntry] = RegisterEntry.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        ~Exists(taken),
        division=village,
        valid_from__lte=today,
        person__household__isnull=False,
        person__death_date__isnull=True,
    )
    return entries.select_related("person", "person__household").order_by("person__household", "id")


def nominate(round_id: int, village: str, reasons: Mapping[int, str], *, by: Staff) -> list[Nominated]:
    """Put people forward, person -> the reason. Each has the village's signature and waits at the township.

    One that cannot be put forward keeps none of the others back; a household that has its place already is told so and
    nothing is done twice. Raises `NotAllowed` when the round takes no names, or `by` is not the village's.
    """
    if len(reasons) > MOST:
        raise NotAllowed(_("一次最多提名%(most)d户，请分几次。") % {"most": MOST})
    with transaction.atomic():
        round_ = VisitRound.objects.select_for_update().filter(pk=round_id).first()
        _check_takes_names(round_, village)
        assert round_ is not None
        actor = _verifier(village, by)
        docket = Docket(village[:6], localdate())
        known = docket.known_by_key(list(reasons), round_)
        kin = kin_of(by)
        ledger = Ledger(at=now())
        found: dict[int, Nominated] = {}
        fitting = []
        for person_id, reason in reasons.items():
            person = known.get(person_id)
            if person is None or village not in {entry.division_id for entry in person.entries}:
                found[person_id] = Nominated(person_id, why_not=_("不在本村的名册里"))
            elif person.person.identity_hash in kin:
                found[person_id] = Nominated(person_id, why_not=_("是您本人或近亲属，应当回避，请由别人提名"))
            elif against := docket.against(round_, person, remark=reason, has_account=person.account is not None):
                found[person_id] = Nominated(person_id, why_not="；".join(sentences(against)))
            else:
                fitting.append((person, docket.accepted(round_, person, reason)))
        _enter(round_, fitting, actor, ledger, found)
        ledger.write()
    return [found[person_id] for person_id in reasons]


def _enter(round_: VisitRound, fitting: Sequence, actor: Actor, ledger: Ledger, found: dict[int, Nominated]) -> None:  # type: ignore[type-arg]
    """A case for each, begun at the village and put forward by it, left in the ledger."""
    if not fitting:
        return
    programme = registry.programme(SLUG)
    county = fitting[0][1].division[:6]
    today = localtime(ledger.at).date()
    taken = numbers.reserve(programme.number_prefix, county, today.year, len(fitting))
    village_step = programme.step("village")
    for (person, verdict), number in zip(fitting, taken, strict=True):
        case = new_case(programme, verdict, number, applied_on=today, account=person.account)
        item = begin(case, programme.flow, ledger, actor=actor, first=village_step)
        note = verdict.facts["remark"] or _("属于本轮慰问对象")
        act = prepare(item, "nominate", ledger, actor=actor, note=note, values={"round": round_})
        take(act, Standing(actor, recused=False))
        found[person.person.pk] = Nominated(person.person.pk, number=number)


def _check_takes_names(round_: VisitRound | None, village: str) -> None:
    if round_ is None or not village.startswith(round_.division_id):
        raise NotAllowed(_("没有这个慰问轮次，或不包括您的村"))
    if round_.state != VisitRound.State.NOMINATING:
        raise NotAllowed(_("“%(round)s”现在是“%(state)s”，不收提名") % _words(round_))
    if round_.nominate_by < localdate():
        said = _("“%(round)s”的提名已于%(until)s截止。确有遗漏的，请县级延长提名期限")
        raise NotAllowed(said % _words(round_))


def _words(round_: VisitRound) -> dict[str, object]:
    return {"round": round_.title, "state": round_.get_state_display(), "until": round_.nominate_by}


def _verifier(village: str, by: Staff) -> Actor:
    posts = Post.objects.in_force(localdate()).filter(staff=by, role=Role.VILLAGE_VERIFIER, office__division_id=village)
    office = posts.values_list("office__name", flat=True).first()
    if office is None:
        raise NotAllowed(
            _("提名由%(village)s的村级核实员办理，您现在没有这个岗位。") % {"village": office_word(village)}
        )
    return Actor(by.pk, by.name, office, Role.VILLAGE_VERIFIER)


__all__ = ["Nominated", "Refusal", "candidates", "nominate"]
