"""What a claim adds to the page of its case: the roster, what the plan promises, and the insurer's answer."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from casework.access import visible
from casework.desk.case_file import CaseFile
from casework.desk.more import More, Section
from casework.models import CaseLink, Claim, Evidence
from workflows.insurance.contesting import may_be_contested
from workflows.programmes.insurance_claim.assessment import estimate_of, papers_for
from workflows.programmes.insurance_claim.cover import Cover, covers_for
from workflows.programmes.insurance_claim.money import findings_of
from workflows.programmes.rights_case.intake import TAKES_IN

MOST_COVERS = 5


def more_of_claim(file: CaseFile) -> More:
    """Eight statements at most."""
    claims = Claim.objects.select_related("case", "insurer", "policy__plan__product", "line")
    claim = claims.filter(case=file.case).first()
    if claim is None:
        return More()
    covers = covers_for(claim.insured_id, claim.loss, localdate(claim.incident_at))[:MOST_COVERS]
    context = {
        "findings": findings_of(claim),
        "covers": [_cover(one) for one in covers],
        "promised": _promised(file, covers),
        "facts": _facts(claim),
        "payments": [_payment(one) for one in claim.payments.order_by("paid_on")],
        "papers": _papers(file),
        "linked": _linked(file),
    }
    links = []
    if file.viewer.covers(file.case.division_id, *TAKES_IN) and may_be_contested(claim):
        links.append((reverse("desk:insurance_contest", args=[file.case.number]), _("立案维权")))
    return More(sections=[Section("claim", _("理赔"), "desk/insurance/_claim.html", context)], links=links)


def _cover(cover: Cover) -> dict[str, Any]:
    policy = cover.policy
    words = {"begins": cover.insured.covers_from, "ends": cover.insured.covers_to}
    return {
        "label": policy.plan.product.name,
        "text": _("保单%(number)s") % {"number": policy.insurer_number},
        "note": _("；").join(cover.against) or _("保障%(begins)s至%(ends)s，可以理赔") % words,
    }


def _promised(file: CaseFile, covers: list[Cover]) -> dict[str, Any] | None:
    """What the plan says, by the family's own figures; the insurer decides."""
    if not covers or covers[0].against:
        return None
    cover = covers[0]
    members = cover.line.insured.filter(live=True).count()
    found = estimate_of(file.case, cover.policy.plan, units=cover.line.units, members=members)
    if found is None:
        return None
    return {"lines": [{"text": line} for line in found.explanation], "label": _("按方案估算"), "total": found.amount}


def _facts(claim: Claim) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"label": _("保险公司"), "text": claim.insurer.name if claim.insurer else ""},
        {"label": _("索赔时效届满"), "kind": "date", "date": claim.limitation_on},
    ]
    if claim.lodged_at:
        facts.append({"label": _("转保险公司"), "kind": "date", "date": localtime(claim.lodged_at)})
    if claim.supplement_asked_at:
        facts.append({"label": _("要求补充材料"), "kind": "date", "date": localtime(claim.supplement_asked_at)})
    if claim.decision:
        decided = {"label": _("核定"), "text": claim.get_decision_display(), "note": claim.calculation}
        facts += [decided, {"label": _("核定日期"), "kind": "date", "date": claim.decided_on}]
        facts.append({"label": _("核定金额"), "kind": "money", "amount": claim.decided_amount})
    return facts


def _payment(payment: Any) -> dict[str, Any]:
    return {"label": payment.reference, "kind": "money", "amount": payment.amount, "note": payment.paid_on.isoformat()}


def _linked(file: CaseFile) -> list[dict[str, Any]]:
    """The rights cases it led to, for who may open them: that a family is in dispute is confidential in itself."""
    mine = CaseLink.objects.filter(visible(file.viewer, "to_case__"), from_case=file.case)
    found = mine.select_related("to_case").order_by("pk")[:MOST_COVERS]
    return [{"label": one.get_kind_display(), "text": one.to_case.number} for one in found]


def _papers(file: CaseFile) -> list[dict[str, Any]]:
    """The list of the loss, each ticked that is in the file."""
    held = file.case.papers
    return [
        {"state": "have" if held.get(kind) else "missing", "label": Evidence.Kind(kind).label, "note": ""}
        for kind in papers_for(file.case)
    ]
