"""A village's page of a round: its households in the register, to be ticked, each with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.desk.cells import cell
from casework.desk.session import access, staff_page
from casework.desk.visits.round_access import access_round_or_404
from casework.models import Nomination, RegisterEntry, Role, VisitRound
from casework.places import full_name
from workflows.refusals import Refusal
from workflows.visits.nominating import MOST, candidates, nominate

LONGEST = 200


@staff_page
@require_http_methods(["GET", "POST"])
def nominate_page(request: HttpRequest, pk: int, village: str) -> HttpResponse:
    """Whom the village can put forward; sent, they are. Sent twice, the second time finds them put forward."""
    found = access_round_or_404(request, pk)
    posts = access(request).posts
    if (Role.VILLAGE_VERIFIER, village) not in {(post.role, post.office_code) for post in posts}:
        raise Http404
    if request.method == "POST":
        _put_forward(request, found, village)
        return redirect("desk:visit_nominate", pk=pk, village=village)
    entries = _one_a_household(candidates(found, village)[: MOST * 3])[:MOST]
    held = Nomination.objects.filter(round=found, division=village, live=True)
    in_it = list(held.select_related("case__applicant").order_by("-id")[:MOST])
    context = {
        "round": found,
        "place": full_name(village),
        "rows": [_row(found, entry) for entry in entries],
        "table": {
            "caption": _("本村已提名%(count)d户") % {"count": len(in_it)},
            "rows": [{"cells": _held_cells(one)} for one in in_it],
            "empty": {"message": _("本村还没有提名")},
        },
        "takes_names": found.state == VisitRound.State.NOMINATING,
        "crumbs": [
            (reverse("desk:visit_rounds"), _("走访慰问")),
            (reverse("desk:visit_round", args=[pk]), found.title),
            ("", _("提名")),
        ],
    }
    return render(request, "desk/visits/nominate.html", context)


def _put_forward(request: HttpRequest, found: VisitRound, village: str) -> None:
    picked = [int(pk) for pk in request.POST.getlist("person") if pk.isascii() and pk.isdigit() and len(pk) <= 18]
    if not picked:
        messages.error(request, _("还没有勾选。请先勾选要提名的户。"))
        return
    reasons = {pk: request.POST.get(f"reason_{pk}", "").strip()[:LONGEST] for pk in picked}
    try:
        lines = nominate(found.pk, village, reasons, by=access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
        return
    done = [line for line in lines if line.number]
    if done:
        messages.success(request, _("已提名%(count)d户，送乡镇审核。") % {"count": len(done)})
    names = _names(village, [line.person_id for line in lines if line.why_not])
    for line in lines:
        if line.why_not:
            messages.warning(request, f"{names.get(line.person_id, '')}：{line.why_not}")


def _names(village: str, person_ids: list[int]) -> dict[int, str]:
    """Of the village's own people: a key from elsewhere must not be answered with a name."""
    entries = RegisterEntry.objects.filter(person__in=person_ids, division=village)
    return dict(entries.values_list("person_id", "person__name"))


def _one_a_household(entries: Any) -> list[RegisterEntry]:
    """The first of each, as they come in the order of their households."""
    found: dict[int, RegisterEntry] = {}
    for entry in entries:
        found.setdefault(entry.person.household_id, entry)
    return list(found.values())


def _row(found: VisitRound, entry: RegisterEntry) -> dict[str, Any]:
    return {
        "person": entry.person_id,
        "name": entry.person.name,
        "household": entry.person.household.number if entry.person.household else "",
        "category": entry.get_category_display(),
        "fits": entry.category in found.categories,
    }


def _held_cells(one: Nomination) -> list[dict[str, Any]]:
    return [
        cell(_("姓名"), text=one.case.applicant.name, url=reverse("desk:case", args=[one.case.number]), header=True,
             note=one.case.number),
        cell(_("阶段"), kind="stage", code=one.case.stage, word=one.case.get_stage_display()),
        cell(_("金额"), kind="money", amount=one.case.amount),
        cell(_("提名理由"), text=one.case.facts.get("remark", "")),
    ]  # fmt: skip
