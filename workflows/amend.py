"""Putting a case's facts or its account right, by the one who has it in hand.

Facts are what every signature relies on, so changing one changes their digest, and whoever has signed must sign
again: nobody takes a signature back by hand.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.crypto import lookup_hash
from casework.models import Capacity, Case, PayeeAccount, Person, Staff, Stage
from casework.models.fields import SealedText
from casework.models.stages import ASIDE
from casework.sheets import values
from casework.sheets.values import Cell
from workflows import registry, trail
from workflows.entitlement import AWARD_COLUMNS, give_up_reservation, reassess
from workflows.holding import holder, lock_case, open_step
from workflows.papers.codes import LineRefused, sentences
from workflows.programme import Docket, FactField, Programme, Verdict
from workflows.reasons import recorded
from workflows.refusals import NotAllowed

REASONS = {
    "typing_error": gettext_lazy("录入有误，与申请材料不一致"),
    "papers_differ": gettext_lazy("与出院小结、费用清单不一致"),
    "visit_differs": gettext_lazy("与入户核实的情况不一致"),
    "applicant_corrected": gettext_lazy("申请人更正"),
}
"""Ready to pick; the code goes into the trail."""

TAKEN_MEANWHILE = ("entitlement", "one_period_once", "no_period_overlaps", "one_benefit_once")
"""What the database says of it: the table, or one of its constraints."""

AMENDABLE = frozenset({Stage.SUBMITTED, Stage.CORRECTION, Stage.ACCEPTED})
"""While the case lies at intake, with its applicant, or in its village. Later it goes back there first."""

FACT_COLUMNS = (
    "facts",
    "facts_digest",
    "terms_version",
    "signatures_required",
    "notices_required",
    "trail_seq",
    "trail_head",
)


@dataclass(frozen=True, slots=True)
class Amended:
    """What was changed, and the codes of what now stands against the case (for intake to decide on)."""

    case: Case
    changed: tuple[str, ...]
    against: tuple[str, ...]


def amendable_fields(programme: Programme) -> list[FactField]:
    """The facts that stand on the application. What the register says is mended in the register."""
    written = {column.name for column in programme.applications.columns}
    return [field for field in programme.facts if field.name in written]


def amend_facts(case_number: str, changes: Mapping[str, Cell], *, by: Staff, reason: str) -> Amended:
    """Change facts as written on the application (words and dates as on paper), and assess the case anew.

    Raises a `Refusal`, and nothing has changed, when `by` has not the case in hand at intake or in the village, when
    a value cannot be read, or when an accepted case would no longer be entitled: that takes a decision.
    """
    ground = recorded(reason, REASONS)
    try:
        with transaction.atomic():
            return _amend(case_number, changes, by, ground)
    except IntegrityError as clash:
        # The key of the period: another case claimed the same days in the same moment.
        if any(name in str(clash) for name in TAKEN_MEANWHILE):
            raise NotAllowed(_("这段时间已被另一件案子申请，不能重复")) from clash
        raise


def _amend(case_number: str, changes: Mapping[str, Cell], by: Staff, ground: Mapping[str, str]) -> Amended:
    # The person before the case, as imports do: two amendments for one person wait for each other here.
    list(Person.objects.select_for_update(of=("self",)).filter(cases__number=case_number).only("pk"))
    case = lock_case(case_number)
    item, step = open_step(case)
    _check_on_its_road(case)
    if case.stage not in AMENDABLE or step.capacity not in (Capacity.INTAKE, Capacity.VERIFY):
        raise NotAllowed(
            _("案件已到“%(step)s”，申请内容不能再改。要改请先退回村级或受理环节") % {"step": step.task_title}
        )
    actor = holder(item, step, by)
    programme = registry.programme(case.programme)
    docket = programme.applications.open_docket(case.division_id[:6], case.applied_on)
    verdict = _read(case, programme, docket, changes)
    if programme.flow_of_terms and programme.flow_for(verdict.terms_version) is not case.flow_class:
        raise NotAllowed(_("按更改后的内容，适用的方案办理环节不同。请撤回这一件，按新的内容重新申请"))
    moment, before, old = now(), case.facts_digest, case.facts
    _put(case, programme, verdict)
    changed = sorted(name for name in {*old, *case.facts} if old.get(name) != case.facts.get(name))
    # What the register says is read anew with the rest; alone it is no amendment.
    if changes.keys().isdisjoint(changed):
        raise NotAllowed(_("填的内容与原来相同，没有更改"))
    against = docket.reasons_against(case)
    if against and case.paid_amount:
        raise NotAllowed(
            _("按更改后的内容不符合补贴条件：%(why)s。这件案子已经发放%(amount)s元，请不要改，按“已发放的不变”办结；"
              "确属错发的，另按追缴办理")
            % {"why": "；".join(sentences(against, own=programme.codes)), "amount": case.paid_amount}
        )  # fmt: skip
    if against and case.stage == Stage.ACCEPTED:
        raise NotAllowed(
            _("按更改后的内容不符合补贴条件：%(why)s。如情况属实，请不要改，按“核实不通过”或“退回受理”办理")
            % {"why": "；".join(sentences(against, own=programme.codes))}
        )
    details = {"fields": changed, "before": before, "after": case.facts_digest, **ground}
    event = trail.next_event(case, "facts_amended", actor=actor, at=moment, details=details)
    event.save(force_insert=True)
    if against:
        give_up_reservation(case, at=moment)
    else:
        reassess(case, at=moment)
    case.save(update_fields=[*FACT_COLUMNS, *AWARD_COLUMNS])
    return Amended(case, tuple(changed), tuple(against))


def _check_on_its_road(case: Case) -> None:
    """What is suspended or under review is left as it is: it goes back to where it came from as it was there."""
    if case.stage in ASIDE:
        said = _("案件现在是“%(stage)s”，内容和账户都不能改。请先恢复办理或等复核作出决定")
        raise NotAllowed(said % {"stage": case.get_stage_display()})


def _read(case: Case, programme: Programme, docket: Docket, changes: Mapping[str, Cell]) -> Verdict:
    """The application as it would read with the changes, through the programme's own reader and docket."""
    allowed = {field.name for field in amendable_fields(programme)}
    if strange := sorted(changes.keys() - allowed):
        raise NotAllowed(_("这些内容不能在这里更改：%(names)s") % {"names": "、".join(strange)})
    try:
        application = programme.applications.read({**_as_written(case, programme), **changes})
    except LineRefused as refused:
        raise NotAllowed("；".join(sentences([refused.code], refused.details, programme.codes))) from refused
    docket.prepare([application])
    verdict = docket.enter(application)
    if not verdict.accepted:
        raise NotAllowed("；".join(sentences(verdict.reasons, verdict.details, programme.codes)))
    return verdict


def _as_written(case: Case, programme: Programme) -> dict[str, Cell]:
    """The case's own cells, as they would stand on a sheet."""
    account = case.payee_account
    wanted = {column.name for column in programme.applications.columns}
    if account is None and "account_number" in wanted:
        raise NotAllowed(_("还没有登记收款账户，请先登记账户再改申请内容"))
    words = {field.name: field.choices for field in programme.facts}
    cells: dict[str, Cell] = {
        name: words.get(name, {}).get(value, value) for name, value in case.facts.items() if name in wanted
    }
    cells["name"] = case.applicant.name
    cells["identity_number"] = _opened(case.applicant.identity_number)
    if account is not None:
        cells["account_number"] = _opened(account.account_number)
        cells["account_holder"] = account.holder_name
    return {**cells, **(programme.written(case) if programme.written else {})}


def _opened(sealed: object) -> str:
    return str(sealed.reveal()) if isinstance(sealed, SealedText) else str(sealed)


def _put(case: Case, programme: Programme, verdict: Verdict) -> None:
    case.facts = dict(verdict.facts)
    case.facts_digest = case.digest_of_facts()
    case.terms_version = verdict.terms_version
    terms = programme.terms.version(verdict.terms_version)
    case.signatures_required, case.notices_required = list(terms.signatures), list(terms.notices)


def change_account(case_number: str, account_number: str, bank: str, holder_name: str, *, by: Staff) -> PayeeAccount:
    """Another payee account for a case at intake, waiting for papers, or sent back by the bank.

    The holder is the applicant. Raises a `Refusal`; then nothing has changed. The trail holds the keyed hashes of the
    old and the new number, never a digit of either.
    """
    try:
        number = values.account(account_number)
    except values.CellProblem as problem:
        raise NotAllowed(str(problem)) from problem
    if not number:
        raise NotAllowed(_("请填写收款账号"))
    with transaction.atomic():
        case = lock_case(case_number)
        item, step = open_step(case)
        _check_on_its_road(case)
        if step.capacity != Capacity.INTAKE:
            raise NotAllowed(_("案件在“%(step)s”，账户只能在受理、补正或银行退票之后更改") % {"step": step.task_title})
        actor = holder(item, step, by)
        payee = registry.programme(case.programme).payee(case)
        if values.name(holder_name) != payee:
            raise NotAllowed(
                _("户名必须是申请人本人，请核对社会保障卡上的姓名")
                if payee == case.applicant.name
                else _("户名必须是申请单位“%(unit)s”，请核对开户资料") % {"unit": payee}
            )
        before = case.payee_account
        account, is_other = _account(case, number, bank.strip(), payee, on=localdate())
        if not is_other:
            raise NotAllowed(_("与现在登记的账号和开户行相同，没有更改"))
        case.payee_account = account
        details = {"before": before.account_hash if before else "", "after": account.account_hash}
        event = trail.next_event(case, "account_changed", actor=actor, at=now(), details=details)
        event.save(force_insert=True)
        case.save(update_fields=["payee_account", "trail_seq", "trail_head"])
    return account


def _account(case: Case, number: str, bank: str, holder: str, *, on: datetime.date) -> tuple[PayeeAccount, bool]:
    """The applicant's account of that number, registered when new; and whether this changes the case at all."""
    account, is_new = PayeeAccount.objects.get_or_create(
        person=case.applicant,
        account_hash=lookup_hash("account", number),
        defaults={
            "holder_name": holder,
            "account_number": number,
            "bank": bank,
            "registered_on": on,
        },
    )
    # Whoever has the card before them knows its holder's name better than what is on file.
    renamed = (bool(bank) and account.bank != bank) or account.holder_name != holder
    if renamed and not is_new:
        account.bank, account.holder_name = bank or account.bank, holder
        account.save(update_fields=["bank", "holder_name"])
    return account, is_new or renamed or account.pk != case.payee_account_id
