"""Taking a demand in 登记诉求, one thing at a time.

What has been told so far goes from page to page sealed, in the form itself: nothing is kept until it is handed in, and
nothing of a person stands in an address, a session or a log. Sending any page twice is harmless.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from casework.crypto import Unreadable, key_ring
from casework.desk.rights.take_in_forms import AgainstForm, StakeForm, WhatForm, WhoForm, asking_of, told_of
from casework.desk.session import access, staff_page
from casework.masking import mask_identity
from casework.models import Demand, Dispute, Level
from casework.places import full_name
from workflows.programmes.rights_case.intake import TAKES_IN, take_in
from workflows.programmes.rights_case.terms import TERMS, limitation_clause, limitation_of
from workflows.refusals import Incomplete, Refusal

Draft = dict[str, Any]
STEPS: Mapping[str, Any] = {
    "who": gettext_lazy("谁来反映"),
    "against": gettext_lazy("对方是谁"),
    "what": gettext_lazy("什么事"),
    "stake": gettext_lazy("要求什么"),
    "check": gettext_lazy("核对"),
}


@sensitive_post_parameters()
@staff_page
@require_http_methods(["GET", "POST"])
@sensitive_variables("draft")
def take_in_page(request: HttpRequest) -> HttpResponse:
    seen = access(request)
    counties = tuple(code for code in seen.codes(*TAKES_IN) if len(code) == Level.COUNTY)
    if not counties:
        raise PermissionDenied(_("诉求由县级的维权专员或受理员登记，您现在没有这些岗位。"))
    draft = _opened(request, seen.staff.pk)
    step = request.POST.get("step", "")
    if request.method == "GET" or draft is None or step not in STEPS:
        return _page(request, "who", {"key": str(uuid.uuid4()), "by": seen.staff.pk}, counties)
    back = request.POST.get("go", "")
    if back in draft:
        return _page(request, back, draft, counties)
    if step == "check":
        return _hand_in(request, draft, counties)
    form = _form(step, counties, request.POST)
    if not form.is_valid():
        return _page(request, step, draft, counties, form)
    draft[step] = json.loads(json.dumps(form.cleaned_data, cls=DjangoJSONEncoder))
    following = next((name for name in STEPS if name not in draft), "check")
    return _page(request, following, draft, counties)


def _hand_in(request: HttpRequest, draft: Draft, counties: tuple[str, ...]) -> HttpResponse:
    missing = next((name for name in STEPS if name not in draft and name != "check"), None)
    if missing is not None:
        return _page(request, missing, draft, counties)
    staff = access(request).staff
    try:
        case = take_in(asking_of(draft), told_of(draft), by=staff, key=draft["key"])
    except Incomplete as refused:
        return _page(request, "check", draft, counties, errors=list(refused.missing))
    except Refusal as refused:
        return _page(request, "check", draft, counties, errors=[str(refused)])
    said = _("已登记，案号 %(number)s，等维权专员审查。请把案号告诉当事人。")
    messages.success(request, said % {"number": case.number})
    return redirect("desk:queue")


def _page(
    request: HttpRequest,
    step: str,
    draft: Draft,
    counties: tuple[str, ...],
    form: forms.Form | None = None,
    errors: list[str] | None = None,
) -> HttpResponse:
    names = list(STEPS)
    context = {
        "step": step,
        "title": STEPS[step],
        "where": _("第%(number)d步，共%(count)d步") % {"number": names.index(step) + 1, "count": len(names)},
        "form": form or (_form(step, counties, None, draft.get(step)) if step != "check" else None),
        "facts": _facts(draft) if step == "check" else [],
        "errors": errors or [],
        "done": [(name, STEPS[name]) for name in names if name in draft and name != step],
        "kept": key_ring().seal_text(json.dumps(draft, ensure_ascii=False)),
        "crumbs": [(reverse("desk:queue"), _("待办")), ("", _("登记诉求"))],
    }
    wrong = bool(errors) or (form is not None and bool(form.errors))
    return render(request, "desk/rights/take_in.html", context, status=422 if wrong else 200)


def _form(step: str, counties: tuple[str, ...], sent: Any, initial: Any = None) -> forms.Form:
    if step == "who":
        return WhoForm(sent, initial=initial, counties=counties)
    kinds: Mapping[str, Callable[..., forms.Form]] = {"against": AgainstForm, "what": WhatForm, "stake": StakeForm}
    return kinds[step](sent, initial=initial)


def _opened(request: HttpRequest, staff_id: int) -> Draft | None:
    """What the page before sealed, if it was made for this reader."""
    try:
        draft: Draft = json.loads(key_ring().open_text(request.POST.get("kept", "")))
    except (Unreadable, ValueError):
        return None
    return draft if draft.get("by") == staff_id else None


def _facts(draft: Draft) -> list[dict[str, Any]]:
    """All that was told, once more, with the limitation as it will stand."""
    told, who = told_of(draft), draft["who"]
    facts: list[dict[str, Any]] = [
        {"label": _("谁"), "text": who["name"], "note": mask_identity(who["identity_number"])},
        {"label": _("户籍地"), "text": full_name(who["division"])},
        {"label": _("对方"), "text": told.counterparty, "note": Demand.Counterparty(told.counterparty_kind).label},
        {"label": _("纠纷类型"), "text": Dispute(told.dispute).label},
        {"label": _("发生日期"), "kind": "date", "date": told.incident_on},
        {"label": _("发生地点"), "text": told.place},
        {"label": _("经过和要求"), "text": told.told},
        {"label": _("主张金额"), "kind": "money", "amount": told.claimed},
        {"label": _("其他要求"), "text": told.stake},
    ]
    if told.limitation_on is not None:
        note = told.limitation_reason
        return [*facts, {"label": _("时效届满日"), "kind": "date", "date": told.limitation_on, "note": note}]
    terms = TERMS.in_force(localdate())
    found = limitation_of(terms, told.dispute, told.incident_on) if terms else None
    note = limitation_clause(terms, told.dispute) if terms else ""
    if found is None:
        return [*facts, {"label": _("时效届满日"), "text": _("没有时效限制"), "note": note}]
    return [*facts, {"label": _("时效届满日"), "kind": "date", "date": found.due_on, "note": note}]
