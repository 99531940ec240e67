"""Taking a demand in 诉求登记: who, against whom, over what, what is at stake. What names anybody is sealed."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework import identity, initials
from casework.crypto import key_ring, lookup_hash
from casework.models import Case, Demand, Dispute, Division, Level, Person, PersonInitials, Post, Role, Staff
from casework.models.fields import SealedText
from workflows.ledger import Ledger
from workflows.papers import numbers
from workflows.papers.sheets import kin_of
from workflows.perform import begin
from workflows.programmes.rights_case.flow import RightsCaseFlow
from workflows.programmes.rights_case.terms import TERMS, limitation_clause, limitation_of
from workflows.refusals import Incomplete, NotAllowed, Recused
from workflows.standing import Actor, office_word
from workflows.terms import Terms

SLUG = RightsCaseFlow.programme
PREFIX = "WQ"
TAKES_IN = (Role.RIGHTS_OFFICER, Role.INTAKE_CLERK)
PINNED = ("dispute", "counterparty_kind", "counterparty", "told", "place", "incident_on", "claimed", "stake")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks. A person we do not know is written down; one we know is left as they are."""

    name: str
    identity_number: str
    division: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What they ask for. `limitation_on` only where it is not as the terms have it, with `limitation_reason`."""

    dispute: str
    counterparty_kind: str
    counterparty: str
    told: str
    incident_on: datetime.date
    place: str = ""
    claimed: Decimal | None = None
    stake: str = ""
    limitation_on: datetime.date | None = None
    limitation_reason: str = ""


def take_in(
    asking: Asking,
    told: Told,
    *,
    by: Staff,
    key: str | None = None,
    applied_on: datetime.date | None = None,
    at: datetime.datetime | None = None,
) -> Case:
    """A rights case waiting to be looked at. The same `key` again gives the same case.

    Raises `NotAllowed` for whoever takes nothing in there, `Recused` for one's own or a relative's demand, `Incomplete`
    with everything that is wrong with what was told.
    """  # fmt: skip
    county = asking.division[: Level.COUNTY]
    actor = _actor(by, county)
    day = applied_on or localdate()
    terms = TERMS.in_force(day)
    if wrong := what_is_wrong(asking, told, terms, day):
        raise Incomplete(wrong)
    assert terms is not None
    hashed = lookup_hash("identity", asking.identity_number)
    if hashed in kin_of(by):
        raise Recused
    try:
        with transaction.atomic():
            if key and (before := Demand.objects.filter(key=key).select_related("case").first()):
                return before.case
            person = _person(asking, hashed)
            case = _case(person, asking, told, terms, day)
            ledger = Ledger(at=at or now())
            begin(case, RightsCaseFlow, ledger, actor=actor)
            ledger.write()
            _demand(case, told, terms, key).save(force_insert=True)
    except IntegrityError:
        if key and (before := Demand.objects.filter(key=key).select_related("case").first()):
            return before.case
        raise
    return case


def what_is_wrong(asking: Asking, told: Told, terms: Terms | None, day: datetime.date) -> list[str]:
    """Everything, in sentences; empty when it can be taken in."""
    wrong = []
    if terms is None:
        wrong.append(_("这一天还没有施行的维权办法"))
    if fault := identity.fault(asking.identity_number):
        wrong.append(fault)
    if not asking.name.strip():
        wrong.append(_("请填姓名"))
    if not Division.objects.filter(pk=asking.division, level=Level.VILLAGE).exists():
        wrong.append(_("请选当事人的村（社区）"))
    if told.dispute not in Dispute.values:
        wrong.append(_("请选纠纷类型"))
    if told.counterparty_kind not in Demand.Counterparty.values or not told.counterparty.strip():
        wrong.append(_("请写明对方是谁"))
    if not told.told.strip():
        wrong.append(_("请写明要求什么"))
    if told.incident_on > day:
        wrong.append(_("发生日期不能晚于登记日期"))
    if told.claimed is not None and told.claimed < 0:
        wrong.append(_("主张金额不能为负"))
    if told.limitation_on is not None and not told.limitation_reason.strip():
        wrong.append(_("时效届满日与方案不同的，请写明理由"))
    if told.limitation_on is not None and told.limitation_on < told.incident_on:
        wrong.append(_("时效届满日不能早于发生日期"))
    return wrong


def _actor(by: Staff, county: str) -> Actor:
    posts = Post.objects.in_force(localdate()).filter(staff=by, role__in=TAKES_IN, office__division_id=county)
    # The rights officer's own post first, where somebody holds both.
    found = sorted(posts.values_list("role", "office__name"), key=lambda row: TAKES_IN.index(Role(row[0])))
    if not found:
        said = _("只有%(county)s的维权专员或受理员可以登记诉求")
        raise NotAllowed(said % {"county": office_word(county)})
    role, office = found[0]
    return Actor(by.pk, by.name, office, role)


def _person(asking: Asking, hashed: str) -> Person:
    known = Person.objects.filter(identity_hash=hashed).first()
    if known is not None:
        if known.name != asking.name.strip():
            raise Incomplete([_("这个身份证号登记的是另一个姓名，请核对姓名和身份证号")])
        return known
    number = asking.identity_number
    seal = key_ring().seal_text
    person = Person.objects.create(
        name=asking.name.strip(),
        identity_number=SealedText(seal(number)),
        identity_hash=hashed,
        sex=Person.Sex.MALE if identity.sex(number) == "男" else Person.Sex.FEMALE,
        birth_date=identity.birth_date(number),
        phone=SealedText(seal(asking.phone)) if asking.phone else "",
        phone_hash=lookup_hash("phone", asking.phone) if asking.phone else "",
        division_id=asking.division,
    )
    rows = [PersonInitials(person=person, initials=reading) for reading in initials.readings(person.name)]
    PersonInitials.objects.bulk_create(rows, ignore_conflicts=True)
    return person


def _case(person: Person, asking: Asking, told: Told, terms: Terms, day: datetime.date) -> Case:
    """What is pinned by every signature: the codes as they are, and a keyed digest of all that was told."""
    body = {name: str(getattr(told, name) or "") for name in PINNED}
    facts = {
        "dispute": told.dispute,
        "counterparty_kind": told.counterparty_kind,
        "incident_on": told.incident_on.isoformat(),
        "demand": lookup_hash("demand", json.dumps(body, sort_keys=True, ensure_ascii=False)),
    }
    return Case(
        number=numbers.reserve(PREFIX, asking.division[: Level.COUNTY], day.year, 1)[0],
        programme=SLUG,
        terms_version=terms.version,
        applicant=person,
        division_id=asking.division,
        applied_on=day,
        facts=facts,
        signatures_required=list(terms.signatures),
        pays_by=Case.PaysBy.OTHERS,
        confidential=True,
    )


def _demand(case: Case, told: Told, terms: Terms, key: str | None) -> Demand:
    found = limitation_of(terms, told.dispute, told.incident_on)
    by_the_terms = found.due_on if found else None
    return Demand(
        case=case,
        dispute=told.dispute,
        counterparty_kind=told.counterparty_kind,
        counterparty=told.counterparty.strip(),
        told=told.told.strip(),
        place=told.place.strip(),
        incident_on=told.incident_on,
        claimed=told.claimed,
        stake=told.stake.strip(),
        limitation_on=told.limitation_on or by_the_terms,
        limitation_clause=limitation_clause(terms, told.dispute),
        limitation_reason=told.limitation_reason.strip() if told.limitation_on else "",
        key=key,
    )
