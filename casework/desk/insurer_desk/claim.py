"""A claim as its insurer sees it: what a claim needs, what it has said, and what it may say now.

Nothing of the register, the household, the office's own trail, or how the village came to its view.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.access import access_claim
from casework.desk.deadline import deadline_of
from casework.desk.decide import DecisionForm, decision_form_for, fill, said_on
from casework.desk.insurer_desk.claims import access_insurers
from casework.desk.papers import picture_response
from casework.desk.session import staff_page
from casework.masking import mask_identity
from casework.models import Capacity, Case, Claim, Decision, Evidence, Role, WorkItem
from workflows import registry
from workflows.history import outcome_words, reasons_in_words
from workflows.insurance_exchange import lodging
from workflows.insurance_exchange.connections import opened

NEEDED = frozenset({*lodging.FACTS, "loss", "incident_at", "notified_at", "known_on"})
"""Of what the family told, what a claim needs: not who reported it, nor why late."""

MOST = 60


@staff_page
@require_safe
def claim(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, access_claim_or_404(request, number))


@staff_page
@require_POST
def answer(request: HttpRequest, number: str, item_id: int) -> HttpResponse:
    """Say what the insurer decides, asks for or has paid. Twice is harmless: the form names its step."""
    found = access_claim_or_404(request, number)
    item = WorkItem.objects.filter(process=found.case_id, pk=item_id).first()
    if item is None or item.role != Role.INSURER_CLERK:
        return _page(request, found, errors=[_("这件理赔现在不等贵公司办理，请看最新情况。")], status=409)
    errors = said_on(request, item)
    if errors:
        return _page(request, found, errors=errors, status=422)
    return redirect("desk:insurer_claim", number=number)


@staff_page
@require_safe
def paper(request: HttpRequest, number: str, pk: int, size: str) -> HttpResponse:
    found = access_claim_or_404(request, number)
    picture = Evidence.objects.filter(case=found.case_id, pk=pk).exclude(kind__in=lodging.KEPT_BACK).first()
    if picture is None or size not in ("full", "thumb"):
        raise Http404
    return picture_response(picture, number, size)


def access_claim_or_404(request: HttpRequest, number: str) -> Claim:
    """The claim, if it was lodged with an insurer of theirs; else 404, as if there were none."""
    try:
        return access_claim(access_insurers(request), number)
    except Claim.DoesNotExist as missing:
        raise Http404 from missing


def _open_item(claim: Claim) -> WorkItem | None:
    with_owner = WorkItem.objects.select_related("owner").filter(process=claim.case_id, finished__isnull=True)
    item: WorkItem | None = with_owner.first()
    if item is not None:
        item.process = claim.case
    return item


def _page(request: HttpRequest, found: Claim, *, errors: list[str] | None = None, status: int = 200) -> HttpResponse:
    item = _open_item(found)
    form = _form(request, found, item)
    if errors:
        fill(form, request.POST)
    case = found.case
    context = {
        "claim": found,
        "case": case,
        "deadline": deadline_of(item, case.terms_version) if item and item.role == Role.INSURER_CLERK else None,
        "notice": {"level_tag": "error", "message": _("没有办成："), "details": errors} if errors else None,
        "policy": _policy(found),
        "loss": _loss(case),
        "photos": _papers(case),
        "answers": _answers(case),
        "payments": _payments(found),
        "decision": form,
        "crumbs": [(reverse("desk:insurer_claims"), _("理赔")), ("", case.number)],
    }
    return render(request, "desk/insurer/claim.html", context, status=status)


def _form(request: HttpRequest, found: Claim, item: WorkItem | None) -> DecisionForm:
    """What may be said now; the words for what is not theirs name no person."""
    if item is None:
        return DecisionForm(refused=[_("案件已经结束：%(stage)s。") % {"stage": found.case.get_stage_display()}])
    if item.role != Role.INSURER_CLERK or item.flow_task is None:
        return DecisionForm(refused=[_("现在在“%(step)s”这一步，不等贵公司办理。") % {"step": _step(item)}])
    seen = access_insurers(request)
    form = decision_form_for(item, seen, seen.staff)
    form.hands = None
    form.url = reverse("desk:insurer_answer", args=[found.case.number, item.pk])
    form.submit = _("确认")
    return form


def _step(item: WorkItem) -> str:
    return str(item.flow_task.task_title) if item.flow_task else item.step


def _policy(found: Claim) -> list[dict[str, Any]]:
    number = mask_identity(opened(found.insured.identity_number))
    line = found.line.insurer_number or str(found.line.number) if found.line else ""
    return [
        {"label": _("被保险人"), "text": found.insured.name},
        {"label": _("证件号码"), "text": number, "kind": "code"},
        {"label": _("保单号"), "text": found.policy.insurer_number if found.policy else "", "kind": "code"},
        {"label": _("分单号"), "text": line, "kind": "code"},
        {"label": _("转来时间"), "kind": "moment", "date": found.lodged_at},
        {"label": _("报案时间"), "kind": "moment", "date": found.notified_at},
    ]


def _loss(case: Case) -> list[dict[str, Any]]:
    facts = {name: value for name, value in case.facts.items() if name in NEEDED}
    described = registry.programme(case.programme).describe(Case(programme=case.programme, facts=facts))
    return [{"label": label, "text": text} for label, text in described]


def _papers(case: Case) -> list[dict[str, Any]]:
    found = Evidence.objects.filter(case=case).exclude(kind__in=lodging.KEPT_BACK)[:MOST]
    return [
        {
            "url": reverse("desk:insurer_paper", args=[case.number, one.pk, "full"]),
            "thumb": reverse("desk:insurer_paper", args=[case.number, one.pk, "thumb"]),
            "alt": one.get_kind_display(),
            "caption": one.get_kind_display(),
            "taken": one.taken_at,
        }
        for one in found
    ]


def _answers(case: Case) -> list[dict[str, Any]]:
    """What the insurer itself has said so far."""
    programme = registry.programme(case.programme)
    made = Decision.objects.filter(case=case, participation__capacity=Capacity.INSURE).order_by("-pk")[:MOST]
    return [
        {
            "at": one.at,
            "what": outcome_words(one.step, one.outcome, programme),
            "who": one.staff_name,
            "office": one.office_name,
            "why": _("；").join([*reasons_in_words(one.reasons, programme), *([one.note] if one.note else [])]),
        }
        for one in made[::-1]
    ]


def _payments(found: Claim) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    if found.decision:
        shown.append({"label": found.get_decision_display(), "kind": "date", "date": found.decided_on})
    if found.decided_amount is not None:
        shown.append({"label": _("核定金额"), "kind": "money", "amount": found.decided_amount})
    for paid in found.payments.all()[:MOST]:
        note = f"{paid.paid_on} {paid.reference}"
        shown.append({"label": _("已付款"), "kind": "money", "amount": paid.amount, "note": note})
    return shown
