"""Messages 消息: reminders and supervision orders said to me, to a queue I work in, or to the office I supervise for.
Newest first."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from casework.access import Access, queues_of
from casework.desk.addresses import case_url
from casework.desk.cells import cell
from casework.desk.paging import page_of_several
from casework.desk.session import access, staff_page
from casework.models import Case, Role
from notifications.inbox import mark_read, read_by, said_to
from notifications.models import Message
from workflows import addressees, registry
from workflows.supervision import SUPERVISORS

PAGE = 50
WORDS = {
    "deadline.warned": gettext_lazy("办理期限快到了，请抓紧办理"),
    "deadline.escalated": gettext_lazy("已经超过办理期限，上级机构发了督办单，请说明情况并尽快办完"),
    "deadline.supervised": gettext_lazy("有环节超过了办理期限，已发督办单，请督促办理，办完后销号"),
    "watch.limitation.warned": gettext_lazy("时效快要届满，请尽快提出或改定时效"),
    "watch.limitation.passed": gettext_lazy("时效已经届满"),
    "watch.answer.warned": gettext_lazy("外单位的答复快要到期"),
    "watch.answer.passed": gettext_lazy("外单位到期没有答复，请催问"),
    "watch.performance.warned": gettext_lazy("对方履行的日期快到了"),
    "watch.performance.passed": gettext_lazy("履行的日期已过，没有登记履行，请催促"),
    "watch.confirmation.warned": gettext_lazy("申请司法确认的期限快到了"),
    "watch.confirmation.passed": gettext_lazy("申请司法确认的期限已过"),
}
"""What is said, by the message's template; a case's number and a step's name are all it names."""


@staff_page
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Five statements (who is there, three; what was read; which cases), and one for each of my subjects."""
    seen = access(request)
    mine = subjects_of(seen)
    page = page_of_several([said_to(one) for one in mine], "id", request.GET, size=PAGE, falling=True)
    read = read_by(addressees.person(seen.staff.pk), page.rows)
    unread = [message.pk for message in page.rows if message.pk not in read]
    context = {
        "table": _table(page.rows, unread, mine),
        "unread": unread,
        "pager": page.pager(reverse("desk:inbox")),
    }
    return render(request, "desk/inbox.html", context)


@staff_page
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Remember that I have read what the page showed; what is not said to me is passed over."""
    seen = access(request)
    keys = [int(key) for key in request.POST.getlist("message")[:PAGE] if _is_key(key)]
    mark_read(keys, subjects=subjects_of(seen), by=addressees.person(seen.staff.pk))
    messages.success(request, _("已记下您看过了。"))
    return redirect("desk:inbox")


def subjects_of(seen: Access) -> dict[str, str]:
    """Under which words messages to this person are kept, from the posts held today; each as it is shown."""
    names = {post.office_code: post.office_name for post in seen.posts}
    queues = {
        addressees.queue(office, role): _("%(office)s%(role)s") % {"office": names[office], "role": Role(role).label}
        for office, role in queues_of(seen)
    }
    # What is said to an office is for those of it who supervise: nobody else can do anything about it.
    offices = {addressees.office(post.office_code): post.office_name for post in seen.posts if post.role in SUPERVISORS}
    return {addressees.person(seen.staff.pk): _("您本人"), **queues, **offices}


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _table(rows: Sequence[Message], unread: Sequence[int], mine: Mapping[str, str]) -> dict[str, Any]:
    numbers = {message.context.get("case", "") for message in rows}
    known = Case.objects.filter(number__in=numbers) if numbers else Case.objects.none()
    programmes = dict(known.values_list("number", "programme"))
    hint = _("期限快到、超过期限、上级督办时，这里会有消息。")
    return {
        "caption": _("最新的在前"),
        "rows": [
            {"cells": _cells(message, programmes, mine[message.subject], new=message.pk in unread)} for message in rows
        ],
        "empty": {"message": _("没有消息"), "hint": hint},
    }


def _cells(message: Message, programmes: dict[str, str], to: str, *, new: bool) -> list[dict[str, Any]]:
    told = message.context
    number, order = told.get("case", ""), told.get("order", "")
    said = str(WORDS.get(message.template, _("有一条新消息")))
    state = _("没看过") if new else _("看过")
    case = case_url(number) if number in programmes else ""
    return [
        cell(_("时间"), kind="moment", date=message.at),
        cell(
            _("消息"),
            text=said,
            url=reverse("desk:order", args=[order]) if order else case,
            header=True,
            note=f"{state} {order}".strip(),
        ),
        cell(_("案号"), kind="code", text=number, url=case),
        cell(_("环节"), text=_step(programmes.get(number, ""), told.get("step", ""))),
        cell(_("期限"), kind="date", date=_day(told.get("due", ""))),
        cell(_("发给"), text=to),
    ]


def _step(programme: str, name: str) -> str:
    known = registry.programmes().get(programme)
    step = known.step(name) if known else None
    return str(step.task_title) if step else name


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
