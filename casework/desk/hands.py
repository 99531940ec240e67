"""Whose hands an item is in: taking it up, putting it back, passing it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from casework.access import Access, access_item
from casework.desk.addresses import case_url, item_url
from casework.desk.queue import filters_from
from casework.desk.session import access, staff_page
from casework.models import Staff, WorkItem
from workflows import holding
from workflows.refusals import Refusal
from workflows.standing import Standing


@dataclass(slots=True)
class Hands:
    """What `desk/_hands.html` shows: who holds the item, and the buttons this reader has."""

    words: str
    claim_url: str = ""
    release_url: str = ""
    hand_over_url: str = ""
    colleagues: list[Staff] = field(default_factory=list)


def hands_of(item: WorkItem, access: Access, seen: Standing, *, kept: str = "") -> Hands:
    """Of an open item, for somebody with the post."""
    staff = access.staff
    may = _may_act(item, seen)
    if item.owner_id == staff.pk:
        return Hands(
            _("这件由您领取，别人不能办理。"),
            release_url=item_url("desk:release", item.pk, kept),
            hand_over_url=item_url("desk:hand_over", item.pk, kept) if may else "",
            colleagues=holding.colleagues(item, besides=staff) if may else [],
        )
    if item.owner is None:
        return Hands(
            _("还没有人领取；不领取也可以直接办理。"), claim_url=item_url("desk:claim", item.pk, kept) if may else ""
        )
    if holding.has_left(item):
        words = _("这件由%(name)s领取，此人已不在这个岗位。您可以接过来办。") % {"name": item.owner.name}
        return Hands(words, claim_url=item_url("desk:claim", item.pk, kept))
    return Hands(_("这件由%(name)s领取。") % {"name": item.owner.name})


@staff_page
@require_POST
def claim(request: HttpRequest, item_id: int) -> HttpResponse:
    return _act(request, item_id, lambda by: holding.claim(item_id, by=by), _("已领取，别人不会再办这件。"))


@staff_page
@require_POST
def release(request: HttpRequest, item_id: int) -> HttpResponse:
    return _act(request, item_id, lambda by: holding.release(item_id, by=by), _("已退回待办，同岗位的人都可以办。"))


@staff_page
@require_POST
def hand_over(request: HttpRequest, item_id: int) -> HttpResponse:
    chosen = request.POST.get("to", "")
    to = Staff.objects.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None
    if to is None:
        messages.error(request, _("请选移交给谁。"))
        return _back(request, item_id)
    done = _("已移交给%(name)s。") % {"name": to.name}
    return _act(request, item_id, lambda by: holding.hand_over(item_id, by=by, to=to), done)


def _act(request: HttpRequest, item_id: int, verb: Callable[[Staff], object], done: str) -> HttpResponse:
    """Say the verb on an item I may see, tell what came of it, and back to the case."""
    answer = _back(request, item_id)
    try:
        verb(access(request).staff)
    except Refusal as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return answer


def _back(request: HttpRequest, item_id: int) -> HttpResponse:
    try:
        item = access_item(access(request), item_id)
    except WorkItem.DoesNotExist as missing:
        raise Http404 from missing
    kept = filters_from(request.GET, access(request)).as_query()
    return redirect(case_url(item.process.number, kept))


def _may_act(item: WorkItem, seen: Standing) -> bool:
    try:
        seen.check_may_act(item, item.flow_task.capacity)
    except Refusal:
        return False
    return True
