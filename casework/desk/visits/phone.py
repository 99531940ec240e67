"""The visitor's pages, for a phone: whom I am to visit, and a visit written at the door.

Every visit carries a key made with its page: sent twice (a tunnel, a double press) it is one visit, and the second time
is told so.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.access import Access, within
from casework.desk.case_file import access_case_or_404
from casework.desk.session import access, staff_page
from casework.desk.visits.phone_forms import CorrectionForm, VisitForm, as_written, offered
from casework.models import Case, Nomination, Role, Stage, VisitRecord, VisitTeamMember, WorkItem
from workflows.refusals import Refusal
from workflows.visits.correcting import correct_visit
from workflows.visits.findings import in_words
from workflows.visits.hands import TEAM
from workflows.visits.writing import STEP, write_visit

MOST = 100


@staff_page
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Whom I am to visit: those given to a team of mine, and those of my village. The next day and place first."""
    seen = access(request)
    found = list(_mine(seen).select_related("case__applicant", "case__division", "round", "team")[: MOST + 1])
    context = {
        "places": [_place(one) for one in found[:MOST]],
        "more": len(found) > MOST,
        "crumbs": [(reverse("desk:visit_rounds"), _("走访慰问")), ("", _("我要去走访的户"))],
    }
    return render(request, "desk/visits/mine.html", context)


@staff_page
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, number: str) -> HttpResponse:
    """One visit. Sent, it is kept, and the list comes again; looked at once more, it says what was kept."""
    case = access_case_or_404(request, number)
    seen = access(request)
    as_team = visits_as(seen, case)
    if as_team is None or case.programme != "hardship_visit":
        raise Http404
    place = Nomination.objects.select_related("round", "team").filter(case=case).first()
    if place is None:
        raise Http404
    if request.method == "POST":
        form = VisitForm(case, request.POST, request.FILES)
        if form.is_valid() and _kept(request, case, form, as_team=as_team):
            return redirect("desk:visits_mine")
    else:
        form = VisitForm(case, initial=offered(_who(seen, place), _goods(place)))
    context = {
        "form": form,
        "case": case,
        "place": place,
        "waits": _waits(case),
        "correct": _correct_url(case),
        "goods": case.pays_by == Case.PaysBy.GOODS,
        "crumbs": [(reverse("desk:visits_mine"), _("我要去走访的户")), ("", case.applicant.name)],
    }
    return render(request, "desk/visits/write.html", context, status=422 if form.errors else 200)


@staff_page
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """What was written of a visit, put right with a reason; the record as it was stays on the case's page."""
    case = access_case_or_404(request, number)
    as_team = visits_as(access(request), case)
    record = VisitRecord.objects.filter(case=case, stands=True).first()
    if as_team is None or record is None:
        raise Http404
    form = CorrectionForm(case, request.POST or None, initial=as_written(record))
    if request.method == "POST" and form.is_valid():
        try:
            done = correct_visit(
                number, form.visit(case), form.cleaned_data["why"], by=access(request).staff, as_team=as_team
            )
        except Refusal as refused:
            form.add_error(None, str(refused))
        else:
            _say_corrected(request, repeated=done.repeated)
            return redirect("desk:case", number=number)
    context = {
        "form": form,
        "case": case,
        "crumbs": [(reverse("desk:case", args=[number]), number), ("", _("更正走访记录"))],
    }
    return render(request, "desk/visits/correct.html", context, status=422 if form.errors else 200)


def _say_corrected(request: HttpRequest, *, repeated: bool) -> None:
    if repeated:
        messages.info(request, _("这次更正刚才已经登记过，没有重复登记。"))
    else:
        messages.success(request, _("已更正走访记录。原来的记录保留在案卷里。"))


def _waits(case: Case) -> bool:
    return WorkItem.objects.filter(process=case, step=STEP, finished__isnull=True).exists()


def _correct_url(case: Case) -> str:
    """Where what was written can be put right; empty where nothing stands."""
    written = VisitRecord.objects.filter(case=case, stands=True).exists()
    return reverse("desk:visit_correct", args=[case.number]) if written else ""


def visits_as(viewer: Access, case: Case) -> bool | None:
    """Whether the viewer would write the visit as a team's visitor (True), as the village (False), or not at all."""
    held = {(post.role, post.office_code) for post in viewer.posts}
    if (TEAM.role, case.division_id[: TEAM.level]) in held:
        return True
    if (Role.VILLAGE_VERIFIER, case.division_id) in held:
        return False
    return None


def _kept(request: HttpRequest, case: Case, form: VisitForm, *, as_team: bool) -> bool:
    try:
        done = write_visit(
            case.number,
            form.visit(case),
            by=access(request).staff,
            photographs=form.pictures(),
            receipt=form.receipt(),
            as_team=as_team,
        )
    except Refusal as refused:
        form.add_error(None, str(refused))
        return False
    words = {"name": case.applicant.name}
    if done.repeated:
        messages.info(request, _("%(name)s家的这次走访刚才已经登记过，没有重复登记。") % words)
        return True
    messages.success(request, _("已登记%(name)s家的走访。") % words)
    if done.record.findings:
        said = _("有几点请留意（不影响办理）：%(findings)s。")
        messages.warning(request, said % {"findings": _("；").join(in_words(done.record.findings))})
    return True


def _mine(seen: Access) -> Any:
    villages = [post.office_code for post in seen.posts if post.role == Role.VILLAGE_VERIFIER]
    counties = [post.office_code for post in seen.posts if post.role == TEAM.role]
    asked = Q(division__in=villages)
    if counties:
        # Somebody who was in a team of another county before has no more to do there.
        asked |= Q(team__members__staff=seen.staff) & within(tuple(counties), "division")
    made = VisitRecord.objects.filter(case=OuterRef("case"), stands=True)
    waiting = Nomination.objects.filter(asked, ~Exists(made), live=True, case__stage=Stage.APPROVED)
    return waiting.order_by(F("visit_on").asc(nulls_last=True), "place", "id").distinct()


def _place(one: Nomination) -> dict[str, Any]:
    case = one.case
    return {
        "url": reverse("desk:visit_write", args=[case.number]),
        "name": case.applicant.name,
        "village": case.division.name,
        "day": one.visit_on,
        "team": one.team.name if one.team else "",
        "round": one.round.title,
        "gives": one.round.goods if case.pays_by == Case.PaysBy.GOODS else _("打卡发放"),
        "amount": case.amount,
    }


def _who(seen: Access, place: Nomination) -> str:
    """The members of the team, a line each; without one, whoever sits here."""
    members = list(VisitTeamMember.objects.filter(team=place.team_id)) if place.team_id else []
    if members:
        return "\n".join(f"{one.name} {one.rank}".strip() for one in members)
    role = Role(seen.posts[0].role).label if seen.posts else ""
    return f"{seen.staff.name} {role}".strip()


def _goods(place: Nomination) -> str:
    """The round's goods as one line, at its standard."""
    if not place.round.goods:
        return ""
    return f"{place.round.goods.replace(' ', '')} 1份 {place.round.standard:.2f}"
