"""What else can happen to a case 其他办理, beside the step it waits in: suspended, withdrawn, terminated, reviewed.

On the case's page stands which of it is this reader's to say, whoever's queue the case is in; each has a page of its
own that says in words what will follow, and asks for what it needs. Looking writes nothing; sending twice does it once.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.access import Access
from casework.desk.addresses import aside_url, case_url
from casework.desk.case_file import access_case_or_404, open_item
from casework.desk.consequences import consequences_of
from casework.desk.decide import DecisionInput, ReasonChoice, facts_of, hint_of
from casework.desk.questions import Asked, asked_by
from casework.desk.session import access, staff_page
from casework.models import Case, WorkItem
from casework.models.stages import ENDED
from workflows import registry, reopening
from workflows.offering import beside_the_road, has_a_place
from workflows.outcomes import Outcome
from workflows.perform import Receipt, missing_for, perform
from workflows.refusals import Incomplete, NotAllowed, Refusal
from workflows.second_thoughts import COUNTY_DESK
from workflows.standing import InOffice, Standing, standing


@dataclass(slots=True)
class Aside:
    """An outcome beside the road that is this reader's to say. `why_not` is what stands in its way, empty when nothing.

    `item` is not saved for a case that has ended.
    """

    outcome: Outcome
    item: WorkItem
    url: str
    hint: str
    why_not: list[str] = field(default_factory=list)


@dataclass(slots=True)
class AsideForm:
    """What `templates/desk/aside.html` asks for."""

    key: str
    item: int | None
    submit: str
    asked: Asked | None
    reasons: list[ReasonChoice]
    note: str = ""
    errors: list[str] = field(default_factory=list)


def asides_of(case: Case, item: WorkItem | None, viewer: Access) -> list[Aside]:
    """What the viewer may do to the case beside its road, from the posts they hold. Nothing is locked: the gateway asks
    all of this again. A statement or two for those who hold such a post, none for the others."""
    if item is None:
        return _of_an_ended_case(case, viewer)
    step = item.flow_task
    if step is None:
        return []
    stood: dict[tuple[str, int], Standing | Refusal] = {}
    found = []
    for outcome in beside_the_road(step, case):
        hand = step.hand_of(outcome)
        if outcome.by_batch or not _holds(viewer, hand, case):
            continue
        seen = stood.get((hand.role, hand.level)) or _standing(viewer, item, hand)
        stood[hand.role, hand.level] = seen
        found.append(_offered(case, item, outcome, seen))
    return found


def why_none(case: Case, viewer: Access) -> str:
    """For the desk that would write a request for a review down: why it cannot, where the case's own flow has no such
    step. Empty otherwise."""
    if case.stage not in ENDED or not _holds(viewer, COUNTY_DESK, case):
        return ""
    try:
        reopening.way_back_in(case)
    except NotAllowed as refused:
        return str(refused)
    return ""


@staff_page
@require_http_methods(["GET", "POST"])
def aside(request: HttpRequest, number: str, outcome: str) -> HttpResponse:
    """The page of one of them; sent, it is done."""
    found = access_case_or_404(request, number)
    if request.method == "POST":
        return _do(request, found, outcome)
    offered = _find(found, outcome, access(request))
    if offered is None:
        # What is not this reader's, or not said of a case where this one is, has no page.
        raise Http404
    return _page(request, found, offered)


def _do(request: HttpRequest, case: Case, name: str) -> HttpResponse:
    sent = DecisionInput({**request.POST.dict(), "outcome": name})
    if not sent.is_valid():
        return _again(request, case, name, [str(line) for lines in sent.errors.values() for line in lines])
    item = _item_sent(request, case)
    asked = _asked(case, item, name, request.POST)
    if asked is not None and not asked.is_valid():
        return _again(request, case, name, asked.problems())
    given: dict[str, Any] = {
        "by": access(request).staff,
        "reasons": request.POST.getlist(f"reasons_{name}"),
        "note": sent.cleaned_data["note"],
        "key": str(sent.cleaned_data["key"]),
        "values": asked.values() if asked else {},
    }
    try:
        receipt = perform(item.pk, name, **given) if item else reopening.reopen(case.number, name, **given)
    except Incomplete as refused:
        return _again(request, case, name, list(refused.missing))
    except Refusal as refused:
        return _again(request, case, name, [str(refused)])
    _say(request, receipt)
    return redirect(case_url(case.number))


def _say(request: HttpRequest, receipt: Receipt) -> None:
    case = Case.objects.only("stage").get(pk=receipt.case_id)
    words = {"number": receipt.number, "stage": case.get_stage_display()}
    if receipt.repeated:
        messages.info(request, _("%(number)s刚才已经办过，没有重复办理。现在是“%(stage)s”。") % words)
    else:
        messages.success(request, _("%(number)s已办好，现在是“%(stage)s”。") % words)


def _again(request: HttpRequest, case: Case, name: str, errors: list[str]) -> HttpResponse:
    """The page once more with everything that was typed; where it is not to be done any more, the case and why."""
    fresh = access_case_or_404(request, case.number)
    offered = _find(fresh, name, access(request))
    if offered is None or offered.why_not:
        messages.error(request, _("没有办成：%(why)s") % {"why": _("；").join(errors)})
        return redirect(case_url(case.number))
    return _page(request, fresh, offered, typed=request.POST, errors=errors)


def _page(
    request: HttpRequest,
    case: Case,
    offered: Aside,
    *,
    typed: QueryDict | None = None,
    errors: list[str] | None = None,
) -> HttpResponse:
    outcome = offered.outcome
    picked = typed.getlist(f"reasons_{outcome.name}") if typed else []
    ready = registry.programme(case.programme).reasons_for(outcome.name) if outcome.needs_reason else []
    form = AsideForm(
        key=(typed.get("key") if typed else "") or str(uuid.uuid4()),
        item=offered.item.pk,
        submit=_("确认：%(label)s") % {"label": outcome.label},
        asked=asked_by(outcome, case, typed),
        reasons=[ReasonChoice(one.code, one.sentence, one.code in picked) for one in ready],
        note=typed.get("note", "") if typed else "",
        errors=errors or [],
    )
    context = {
        "case": case,
        "outcome": outcome,
        "form": form,
        "facts": facts_of(case),
        "consequences": consequences_of(outcome, case),
        "why_not": offered.why_not,
        "case_url": case_url(case.number),
        "crumbs": [(case_url(case.number), case.number), ("", outcome.label)],
    }
    return render(request, "desk/aside.html", context, status=422 if errors else 200)


# -- what is offered ---------------------------------------------------------------------------------------------------


def _find(case: Case, name: str, viewer: Access) -> Aside | None:
    return next((one for one in asides_of(case, open_item(case), viewer) if one.outcome.name == name), None)


def _of_an_ended_case(case: Case, viewer: Access) -> list[Aside]:
    """What takes it up again, for those whose it is to say: a review is asked for, the bank has sent the money back."""
    found = []
    for step, outcome in reopening.ways_back_in(case):
        hand = step.hand_of(outcome)
        if _holds(viewer, hand, case) and has_a_place(outcome, case):
            item = reopening.item_of(case, step, at=now())
            found.append(_offered(case, item, outcome, _standing(viewer, item, hand)))
    return found


def _offered(case: Case, item: WorkItem, outcome: Outcome, seen: Standing | Refusal) -> Aside:
    found = Aside(outcome, item, aside_url(case.number, outcome.name), hint_of(outcome))
    if isinstance(seen, Refusal):
        found.why_not = [str(seen)]
        return found
    try:
        seen.check_may_act(item, item.flow_task.hand_of(outcome).capacity, held=outcome.hand is None)
    except Refusal as refused:
        found.why_not = [str(refused)]
    else:
        found.why_not = missing_for(item, outcome, seen)
    return found


def _holds(viewer: Access, hand: InOffice, case: Case) -> bool:
    office = case.division_id[: hand.level]
    return any((post.role, post.office_code) == (hand.role, office) for post in viewer.posts)


def _standing(viewer: Access, item: WorkItem, hand: InOffice) -> Standing | Refusal:
    try:
        return standing(viewer.staff, item, hand)
    except Refusal as refused:
        return refused


# -- what was sent -----------------------------------------------------------------------------------------------------


def _item_sent(request: HttpRequest, case: Case) -> WorkItem | None:
    """The step the form was made for, open or done since; None for a case that had ended then."""
    sent = request.POST.get("item", "")
    if not sent:
        return None
    found = WorkItem.objects.filter(process=case, pk=int(sent)).first() if sent.isascii() and sent.isdigit() else None
    if found is None or found.flow_task is None:
        raise Http404
    found.process = case
    return found


def _asked(case: Case, item: WorkItem | None, name: str, typed: QueryDict) -> Asked | None:
    """What was answered to what the outcome asks; of a case that is no longer where it was, the gateway tells."""
    try:
        step = item.flow_task if item else reopening.way_back_in(case, name)[1]
    except NotAllowed:
        return None
    outcomes: Mapping[str, Outcome] = step.outcomes
    return asked_by(outcomes[name], case, typed) if name in outcomes else None
