"""The letter that goes with a referral 转办函, to print: to whom, about what, by when. Its printing is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.access import Access
from casework.desk.addresses import case_url
from casework.desk.case_file import access_case_or_404
from casework.desk.session import access, staff_page
from casework.desk.slip import office_of
from casework.models import Case, Demand, RightsAct
from casework.models.fields import opened
from workflows import trail
from workflows.standing import Actor


@staff_page
@require_safe
def letter(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    case, referral = _referral(request, number, pk)
    demand = Demand.objects.get(case=case)
    context = {
        "case": case,
        "referral": referral,
        "office": office_of(case),
        "back_url": case_url(number),
        "printed_url": reverse("desk:rights_letter_printed", args=[number, pk]),
        "words": opened(referral.words),
        "facts": _facts(case, demand, referral),
    }
    return render(request, "desk/rights/letter.html", context)


@staff_page
@require_POST
def printed(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    case, referral = _referral(request, number, pk)
    actor = _actor(access(request), case)
    trail.record_for_case(case.pk, "letter_printed", actor=actor, details={"act": referral.seq})
    messages.success(request, _("已登记：函件已打印。"))
    return redirect(case_url(number))


def _referral(request: HttpRequest, number: str, pk: int) -> tuple[Case, RightsAct]:
    case = access_case_or_404(request, number)
    found = RightsAct.objects.filter(case=case, pk=pk, kind=RightsAct.Kind.REFERRAL).first()
    if found is None:
        raise Http404
    return case, found


def _actor(seen: Access, case: Case) -> Actor:
    """Whoever may open the case may print its letter; the post in its jurisdiction is named first."""
    posts = sorted(seen.posts, key=lambda post: not case.division_id.startswith(post.office_code))
    return Actor(seen.staff.pk, seen.staff.name, posts[0].office_name, posts[0].role)


def _facts(case: Case, demand: Demand, referral: RightsAct) -> list[dict[str, Any]]:
    return [
        {"label": _("案号"), "text": case.number},
        {"label": _("当事人"), "text": case.applicant.name},
        {"label": _("对方"), "text": opened(demand.counterparty)},
        {"label": _("纠纷类型"), "text": demand.get_dispute_display()},
        {"label": _("发生日期"), "kind": "long_date", "date": demand.incident_on},
        {"label": _("要求"), "text": opened(demand.told)},
        {"label": _("主张金额"), "kind": "money", "amount": demand.claimed},
        {"label": _("请在此日以前答复"), "kind": "long_date", "date": referral.answer_due},
        {"label": _("转办日期"), "kind": "long_date", "date": referral.done_on},
    ]
