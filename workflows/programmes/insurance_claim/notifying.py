"""Loss notification 报案: anyone may say that something has happened; the village or the county writes it down."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import get_current_timezone, localdate, now
from django.utils.translation import gettext as _

from casework.access import Access, access_of
from casework.models import Case, Claim, ClaimPayment, Division, Person, Role, Staff, Stage
from casework.models.stages import ENDED
from workflows import registry
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.perform import begin
from workflows.programmes.insurance_claim import rules
from workflows.programmes.insurance_claim.assessment import TERMS, limitation_of
from workflows.programmes.insurance_claim.consequences import watch_limitation
from workflows.programmes.insurance_claim.cover import best_cover, covers_for
from workflows.refusals import NotAllowed
from workflows.standing import Actor

SLUG = "insurance_claim"
WRITERS = (Role.VILLAGE_VERIFIER, Role.INTAKE_CLERK)
"""Whose desk a loss is written down at, whoever has told of it."""

PAID = ClaimPayment.objects.filter(claim=OuterRef("pk"))
WITHOUT_MONEY = Q(~Exists(PAID), case__stage__in=ENDED - {Stage.CLOSED})
"""Ended, and nobody was paid: whoever has something new to say tells of it anew. A claim that was paid is taken up
again by a review."""

WITH_A_STAY = frozenset({Claim.Loss.INPATIENT, Claim.Loss.HOSPITAL_CASH})


class AlreadyNotified(NotAllowed):
    """This very loss has been told of; the case of then is the case."""

    code = "already_notified"

    def __init__(self, case: Case) -> None:
        self.case = case
        super().__init__(_("这次出险已经报过案，案号%(number)s，不用重复报") % {"number": case.number})


@dataclass(frozen=True)
class Loss:
    """What somebody has said: who was hurt, how, when and where; who said it, and when. Times are aware; `cost` is
    yuan the family has paid itself."""

    insured: Person
    loss: str
    cause: str
    incident_at: datetime.datetime
    notified_at: datetime.datetime
    notifier: str
    place: str
    story: str
    notifier_name: str = ""
    late_because: str = ""
    known_on: datetime.date | None = None
    hospital: str = ""
    admission: datetime.date | None = None
    discharge: datetime.date | None = None
    cost: Decimal | None = None
    settled: bool = False

    @property
    def known(self) -> datetime.date:
        return self.known_on or localdate(self.incident_at)

    def facts(self) -> dict[str, Any]:
        """As the case keeps them, under every signature. Times to the minute in the office's zone."""
        zone = get_current_timezone()
        return {
            "loss": self.loss,
            "cause": self.cause,
            "incident_at": self.incident_at.astimezone(zone).isoformat(timespec="minutes"),
            "place": self.place,
            "story": self.story,
            "notifier": self.notifier,
            "notifier_name": self.notifier_name,
            "notified_at": self.notified_at.astimezone(zone).isoformat(timespec="minutes"),
            "late_because": self.late_because,
            "known_on": self.known.isoformat(),
            "hospital": self.hospital,
            "admission_date": self.admission.isoformat() if self.admission else "",
            "discharge_date": self.discharge.isoformat() if self.discharge else "",
            "cost": f"{self.cost:.2f}" if self.cost is not None else "",
            "settled": self.settled,
        }


def notify_loss(loss: Loss, *, by: Staff, at: datetime.datetime | None = None) -> Case:
    """Write a loss down: a case that waits in its village for papers. A loss on no roster is written down as well:
    the county says so with a reason, not the counter.

    Raises `NotAllowed` when `by` has no desk there or what is said cannot be; `AlreadyNotified` the second time.
    """
    moment = at or now()
    division = loss.insured.division_id
    if division is None or len(division) != 12:
        raise NotAllowed(_("这个人没有登记村（社区），请先在名册里补上"))
    actor = _writer(by, division)
    if problems := faults_of(loss, moment):
        raise NotAllowed("；".join(problems))
    with transaction.atomic():
        # The person first: two who tell of one loss at the same moment wait for each other here.
        Person.objects.select_for_update().get(pk=loss.insured.pk)
        before = Claim.objects.filter(insured=loss.insured, loss=loss.loss, incident_at=loss.incident_at)
        told = before.exclude(WITHOUT_MONEY).select_related("case").first()
        if told is not None:
            raise AlreadyNotified(told.case)
        case, ledger = _case(loss, division, moment), Ledger(at=moment)
        begin(case, registry.programme(SLUG).flow, ledger, actor=actor)
        ledger.write()
        _claim(case, loss)
    return case


def faults_of(loss: Loss, moment: datetime.datetime) -> list[str]:
    """What cannot be as it is said."""
    said = []
    today = localdate(moment)
    if not loss.incident_at <= loss.notified_at <= moment:
        said.append(_("出险时间、报案时间、现在要有先后：先出险，再报案，都不能晚于现在"))
    elif TERMS.in_force(localdate(loss.incident_at)) is None:
        said.append(_("出险太早，那时还没有理赔办法"))
    elif is_late(loss) and not loss.late_because:
        said.append(_("报案超过48小时，请写明原因（只记明，不因此拒赔）"))
    if not localdate(loss.incident_at) <= loss.known <= today:
        said.append(_("知道出险的日期不能早于出险，也不能晚于今天"))
    if loss.admission and loss.discharge and loss.discharge < loss.admission:
        said.append(_("出院日期早于入院日期"))
    if loss.loss in WITH_A_STAY and not (loss.admission and loss.discharge):
        said.append(_("住院的请填入院和出院日期"))
    died = loss.insured.death_date
    if died is not None and localdate(loss.incident_at) > died:
        said.append(_("出险时间晚于登记的死亡日期%(day)s，请核对") % {"day": died})
    return said


def is_late(loss: Loss) -> bool:
    """Whether it was told of after the hours the terms give."""
    terms = TERMS.in_force(localdate(loss.incident_at)) or TERMS.versions[0]
    return rules.is_late(loss.incident_at, loss.notified_at, terms.body["notify_within_hours"])


def _writer(by: Staff, division: str) -> Actor:
    """The post in which `by` writes it down: in that village, or at its county's desk."""
    seen: Access = access_of(by)
    places: Mapping[str, str] = {Role.VILLAGE_VERIFIER: division, Role.INTAKE_CLERK: division[:6]}
    for post in seen.posts:
        if places.get(Role(post.role)) == post.office_code:
            return Actor(by.pk, by.name, post.office_name, post.role)
    place = Division.objects.filter(pk=division).values_list("name", flat=True).first() or division
    raise NotAllowed(_("%(place)s的报案由本村核实员或县级受理员登记，您没有这个岗位") % {"place": place})


def _case(loss: Loss, division: str, moment: datetime.datetime) -> Case:
    programme = registry.programme(SLUG)
    terms = TERMS.in_force(localdate(loss.incident_at))
    assert terms is not None  # `faults_of` has looked
    today = localdate(moment)
    return Case(
        number=numbers.reserve(programme.number_prefix, division[:6], today.year, 1)[0],
        programme=programme.slug,
        terms_version=terms.version,
        flow_version=programme.flow.version,
        applicant=loss.insured,
        division_id=division,
        applied_on=localdate(loss.notified_at),
        facts=loss.facts(),
        signatures_required=list(terms.signatures),
        notices_required=list(terms.notices),
        pays_by=programme.pays_by,
        confidential=programme.confidential,
    )


def _claim(case: Case, loss: Loss) -> Claim:
    """The row beside it. The policy is what the roster says today; the county looks again before lodging."""
    cover = best_cover(covers_for(loss.insured.pk, loss.loss, localdate(loss.incident_at)))
    product = cover.policy.plan.product if cover else None
    last = limitation_of(case, loss.known, life=bool(product and product.life))
    watch_limitation(case, last)
    return Claim.objects.create(
        case=case,
        insured=loss.insured,
        loss=loss.loss,
        notifier=loss.notifier,
        incident_at=loss.incident_at,
        notified_at=loss.notified_at,
        late=is_late(loss),
        known_on=loss.known,
        limitation_on=last,
        policy=cover.policy if cover else None,
        line=cover.line if cover else None,
        insurer=product.insurer if product else None,
    )
