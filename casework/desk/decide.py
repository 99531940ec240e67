"""Deciding one case: what I may do now, and if not why not; then the next in the queue."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from casework.access import Access, access_item
from casework.desk.addresses import case_url, item_url, queue_url
from casework.desk.hands import Hands, hands_of
from casework.desk.questions import Asked, asked_by
from casework.desk.queue import filters_from, next_after
from casework.desk.session import access, staff_page
from casework.models import Case, Staff, WorkItem
from casework.places import full_name
from workflows import registry
from workflows.flow import Step
from workflows.offering import by_its_office
from workflows.outcomes import Outcome
from workflows.perform import OPEN, missing_for, perform
from workflows.refusals import Incomplete, Refusal
from workflows.standing import Standing, standing

LONGEST_NOTE = 2000
STALE = gettext_lazy("页面不完整，请刷新后再办理")
IN_THE_BATCH = gettext_lazy("“%(step)s”在发放批次里成批办理，不在这里单件办理。")
WITH_THE_SHEET = gettext_lazy("“%(step)s”随公示榜一并办理，请到“公示”里操作。")


@dataclass(slots=True)
class ReasonChoice:
    value: str
    label: str
    checked: bool = False


@dataclass(slots=True)
class OutcomeChoice:
    """One way to end the step. `missing` says why it cannot be chosen now; `asked` are the fields it comes with."""

    value: str
    label: str
    hint: str
    reasons: list[ReasonChoice]
    missing: list[str] = field(default_factory=list)
    checked: bool = False
    asked: Asked | None = None


@dataclass(slots=True)
class DecisionForm:
    """What `templates/parts/decision.html` asks for, and whose hands the item is in (`desk/_hands.html`).

    `refused` says why this reader cannot decide at all; then there are no outcomes. `unsaved` is what was written in a
    form that could not be saved and can no longer be sent.
    """

    url: str = ""
    heading: str = ""
    key: str = ""
    outcomes: list[OutcomeChoice] = field(default_factory=list)
    fields: Sequence[Any] = ()
    note: str = ""
    note_help: str = ""
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    hands: Hands | None = None
    unsaved: str = ""
    submit: str = ""


class DecisionInput(forms.Form):
    """What a decision form sends. The reasons stand under the outcome's own name and are read beside it."""

    key = forms.UUIDField(error_messages={"required": STALE, "invalid": STALE})
    outcome = forms.CharField(max_length=40, error_messages={"required": gettext_lazy("请选一项决定")})
    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": gettext_lazy("说明最多2000字，请写短一些，详情作为材料上传")},
    )


def decision_form_for(item: WorkItem, access: Access, staff: Staff, *, kept: str = "") -> DecisionForm:
    """What `staff` may do with an item now, and if not why not.

    `kept` is the query of the page the form stands on: the queue's filters in it are carried on, so that the next case
    comes from the queue as it was narrowed. Nothing is locked: the gateway asks all of this again.
    """
    step = item.flow_task
    kept = filters_from(QueryDict(kept), access).as_query()
    if item.status not in OPEN or step is None:
        return DecisionForm(refused=[_("这一步已经办完。请看案件历史。")])
    form = DecisionForm(url=item_url("desk:decide", item.pk, kept), heading=step.task_title, key=str(uuid.uuid4()))
    try:
        seen = standing(staff, item)
        form.hands = hands_of(item, access, seen, kept=kept)
        seen.check_may_act(item, step.capacity)
    except Refusal as refused:
        form.refused = [str(refused)]
        return form
    offered = [one for one in by_its_office(step, item.process) if not one.by_batch]
    if not offered:
        form.hands = None
        form.refused = [str(WITH_THE_SHEET if step.notice else IN_THE_BATCH) % {"step": step.task_title}]
    form.outcomes = [choice_of(item, outcome, seen) for outcome in offered]
    return form


def choice_of(item: WorkItem, outcome: Outcome, seen: Standing) -> OutcomeChoice:
    programme = registry.programme(item.programme)
    reasons = [ReasonChoice(one.code, one.sentence) for one in programme.reasons_for(outcome.name)]
    return OutcomeChoice(
        value=outcome.name,
        label=outcome.label,
        hint=hint_of(outcome),
        reasons=reasons if outcome.needs_reason else [],
        missing=missing_for(item, outcome, seen),
        asked=asked_by(outcome, item.process),
    )


def hint_of(outcome: Outcome) -> str:
    """What follows from an outcome, in one line."""
    if outcome.stays:
        line = _("记下来，案件留在这一步。")
    elif outcome.returns:
        line = _("回到原来的环节。")
    else:
        then = _("转“%(step)s”。") if isinstance(outcome.next, Step) else _("案件到此结束：%(step)s。")
        line = then % {"step": outcome.next.task_title}
    return line + _("会告知申请人。") if outcome.announces else line


@staff_page
@require_safe
def item(request: HttpRequest, item_id: int) -> HttpResponse:
    """An item's own address, for whoever has only that: the page of its case."""
    found = access_item_or_404(request, item_id)
    return redirect(case_url(found.process.number, kept_of(request)))


@staff_page
@require_POST
def decide(request: HttpRequest, item_id: int) -> HttpResponse:
    """End the step with what was chosen, then on to the next of the queue. Twice is harmless."""
    found = access_item_or_404(request, item_id)
    errors = said_on(request, found)
    return _again(request, item_id, errors) if errors else _onward(request, found)


def said_on(request: HttpRequest, item: WorkItem) -> list[str]:
    """Say what a decision form says about an item one may see, and tell what came of it; or why nothing did."""
    sent = DecisionInput(request.POST)
    outcome = request.POST.get("outcome", "")
    if not sent.is_valid():
        return [str(line) for lines in sent.errors.values() for line in lines]
    said = sent.cleaned_data
    asked = _answered(item, outcome, request.POST)
    if asked is not None and not asked.is_valid():
        return asked.problems()
    given = {"reasons": request.POST.getlist(f"reasons_{outcome}"), "note": said["note"], "key": str(said["key"])}
    values = asked.values() if asked else {}
    try:
        receipt = perform(item.pk, said["outcome"], by=access(request).staff, values=values, **given)
    except Incomplete as refused:
        return list(refused.missing)
    except Refusal as refused:
        return [str(refused)]
    words = {"number": receipt.number, "outcome": _label(item, receipt.outcome)}
    if receipt.repeated:
        messages.info(request, _("%(number)s刚才已经办过：%(outcome)s。没有重复办理。") % words)
    else:
        messages.success(request, _("%(number)s：%(outcome)s。") % words)
    return []


def _answered(item: WorkItem, name: str, typed: QueryDict) -> Asked | None:
    """What was answered to what the chosen outcome asks. Nothing is asked of a step that is done: the gateway will say
    by whom."""
    outcome = item.flow_task.outcomes.get(name) if item.flow_task and item.status in OPEN else None
    return asked_by(outcome, item.process, typed) if outcome else None


def access_item_or_404(request: HttpRequest, item_id: int) -> WorkItem:
    try:
        return access_item(access(request), item_id)
    except WorkItem.DoesNotExist as missing:
        raise Http404 from missing


def kept_of(request: HttpRequest) -> str:
    """The queue's filters in the address of this page, to go on with."""
    return filters_from(request.GET, access(request)).as_query()


def _label(item: WorkItem, outcome: str) -> str:
    found = item.flow_task.outcomes.get(outcome) if item.flow_task else None
    return found.label if found else outcome


def _onward(request: HttpRequest, done: WorkItem) -> HttpResponse:
    """The next item of the queue; the queue itself when it is empty, or was not mine."""
    seen = access(request)
    following = next_after(done, seen, filters_from(request.GET, seen))
    if following is not None:
        return redirect(case_url(following.process.number, kept_of(request)))
    messages.info(request, _("这一队里没有等您办的了。"))
    return redirect(queue_url(kept_of(request)))


def _again(request: HttpRequest, item_id: int, errors: list[str]) -> HttpResponse:
    """The form once more, with everything that was typed and what is wrong."""
    found = access_item_or_404(request, item_id)
    seen = access(request)
    form = decision_form_for(found, seen, seen.staff, kept=request.GET.urlencode())
    fill(form, request.POST)
    file_url = case_url(found.process.number, kept_of(request))
    context = {
        "decision": form,
        "notice": {"level_tag": "error", "message": _("您的决定没有生效："), "details": errors},
        "case": found.process,
        "facts": facts_of(found.process),
        "case_url": file_url,
        "crumbs": [
            (queue_url(kept_of(request)), _("待办")),
            (file_url, found.process.number),
            ("", _("再办一次")),
        ],
    }
    return render(request, "desk/decide.html", context, status=422)


def fill(form: DecisionForm, typed: QueryDict) -> None:
    """Put back what was chosen and written; the attempt keeps its key."""
    form.note = typed.get("note", "")
    for choice in form.outcomes:
        choice.checked = choice.value == typed.get("outcome") and not choice.missing
        picked = typed.getlist(f"reasons_{choice.value}")
        for reason in choice.reasons:
            reason.checked = reason.value in picked
        if choice.checked and choice.asked is not None:
            choice.asked.data, choice.asked.is_bound = typed, True
    if form.refused:
        form.unsaved = form.note


def facts_of(case: Case) -> list[dict[str, Any]]:
    """Enough of the case to decide with the form in hand; the whole file is one link away."""
    shown: list[dict[str, Any]] = [
        {"label": _("申请人"), "text": case.applicant.name},
        {"label": _("户籍地"), "text": full_name(case.division_id)},
    ]
    described = registry.programme(case.programme).describe(case)
    shown += [{"label": label, "text": text} for label, text in described]
    return [*shown, {"label": _("金额"), "kind": "money", "amount": case.amount}]
