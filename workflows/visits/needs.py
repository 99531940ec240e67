"""A need noticed on a visit becomes a case of the programme that meets it, linked to the visit it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.access import access_of
from casework.models import Case, CaseLink, Level, PayeeAccount, Staff, VisitRecord
from casework.models.fields import SealedText
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from workflows import registry, trail
from workflows.papers.correcting import enter_application
from workflows.papers.sheets import clerk_actor
from workflows.refusals import NotAllowed
from workflows.standing import Actor

KIND = CaseLink.Kind.NEED_OF_VISIT
KNOWN_OF_A_PERSON = ("name", "identity_number", "account_number", "account_holder", "bank", "phone")
"""Columns of an application that the books can fill; nobody types them again, and no page shows them in full."""
OF_A_SHEET = ("sequence", "stay", "township", "village")


@dataclass(frozen=True)
class Need:
    """What a visitor ticks. `programme` meets it; empty where a word to a colleague is all there is."""

    code: str
    words: Any
    programme: str = ""

    @property
    def begins_a_case(self) -> bool:
        found = registry.programmes().get(self.programme)
        return found is not None and found.on_paper


NEEDS: Mapping[str, Need] = {
    need.code: need
    for need in (
        Need("nursing", gettext_lazy("住院护理补贴"), "nursing_subsidy"),
        Need("insurance", gettext_lazy("保险理赔"), "insurance_claim"),
        Need("rights", gettext_lazy("权益维护"), "rights_case"),
        Need("schooling", gettext_lazy("孩子上学"), "freshman_grant"),
        Need("emergency", gettext_lazy("大病、急难救助"), "foundation_grant"),
        Need("home_care", gettext_lazy("居家养老服务"), "home_care"),
        Need("company", gettext_lazy("精神慰藉、志愿服务")),
        Need("other", gettext_lazy("其他")),
    )
}


def fields_wanted(need: Need) -> list[Column]:
    """What the programme's application asks besides what the books know of a person."""
    columns = registry.programme(need.programme).applications.columns
    return [column for column in columns if column.name not in (*KNOWN_OF_A_PERSON, *OF_A_SHEET)]


def cases_of(record: VisitRecord) -> dict[str, Case]:
    """Programme -> the case that was begun from a visit's needs."""
    links = CaseLink.objects.filter(from_case=record.case_id, kind=KIND).select_related("to_case").order_by("id")
    return {link.to_case.programme: link.to_case for link in links}


def take_up(record_id: int, code: str, cells: Mapping[str, Cell], *, by: Staff) -> Case:
    """Begin the case that meets a need, as the county's intake clerk. Taken up already: that very case.

    Raises `NotEntered` when the application cannot be entered with what is given, `NotAllowed` when it is not for `by`.
    """
    need = NEEDS.get(code)
    with transaction.atomic():
        record = VisitRecord.objects.select_related("case__applicant").get(pk=record_id)
        visited = Case.objects.select_for_update().get(pk=record.case_id)
        if need is None or code not in record.needs or not need.begins_a_case:
            raise NotAllowed(_("这项需求没有可以登记的项目，请与有关部门联系"))
        held = cases_of(record).get(need.programme)
        if held is not None:
            return held
        county = visited.division_id[: Level.COUNTY]
        actor = clerk_actor(by, county)
        given = {**_of_the_person(record.case), **cells}
        made = enter_application(need.programme, given, county=county, applied_on=localdate(), by=by)
        _link(visited, made, actor, by)
    return made


def link_need(record: VisitRecord, made: Case, *, by: Staff) -> None:
    """Tie the case that meets a need to the visit it was noticed on, where it was begun on a page of its own.

    Once: tied already, nothing happens. Never a confidential one: its number would stand in an open file.
    """
    if made.confidential or made.pk == record.case_id:
        return
    offices = [post.office_name for post in access_of(by).posts if record.division.startswith(post.office_code)]
    actor = Actor(by.pk, by.name, offices[0] if offices else "")
    with transaction.atomic():
        visited = Case.objects.select_for_update().get(pk=record.case_id)
        if not CaseLink.objects.filter(from_case=visited, to_case=made, kind=KIND).exists():
            _link(visited, made, actor, by)


def _link(visited: Case, made: Case, actor: Actor, by: Staff) -> None:
    CaseLink.objects.create(from_case=visited, to_case=made, kind=KIND, made_by=by, made_at=now())
    for one, other in ((visited, made), (made, visited)):
        details = {"with": other.number, "kind": KIND.value}
        trail.record_for_case(one.pk, "cases_linked", actor=actor, details=details)


def _of_the_person(case: Case) -> dict[str, Cell]:
    person = case.applicant
    account = case.payee_account or PayeeAccount.objects.filter(person=person).order_by("-id").first()
    return {
        "name": person.name,
        "identity_number": _opened(person.identity_number),
        "phone": _opened(person.phone),
        "account_number": _opened(account.account_number) if account else "",
        "account_holder": account.holder_name if account else "",
        "bank": account.bank if account else "",
    }


def _opened(text: str) -> str:
    return text.reveal() if isinstance(text, SealedText) else text
