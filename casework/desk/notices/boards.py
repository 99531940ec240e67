"""What waits to hang, what hangs, and putting a list up: chosen, looked at exactly as it will hang, posted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from casework.access import Access
from casework.desk.notices.access import Board, access_notices, boards_of, objection_desks
from casework.desk.notices.tables import notice_table, waiting_table
from casework.desk.paging import page_by_number
from casework.desk.session import access, staff_page
from casework.models import Notice, Staff
from workflows import registry
from workflows.notice_terms import NoticeTerms
from workflows.notices.objections import not_taken_in
from workflows.notices.places import waiting
from workflows.notices.posting import MOST_LINES, Draft, draft_notice, post_notice
from workflows.notices.refusals import NoticeRefusal
from workflows.notices.sheet import CHANNEL_WORDS, HEADINGS, rendered
from workflows.refusals import Refusal

PAGE = 50
MOST_DETAILS = 50


class PostForm(forms.Form):
    """Which of the terms' channels, those `offered`; `key` names the attempt."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    channels = forms.MultipleChoiceField(
        label=gettext_lazy("公示方式"),
        choices=list(CHANNEL_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请至少选一种公示方式")},
    )

    def __init__(self, *given: Any, offered: Sequence[str] = (), **named: Any) -> None:
        super().__init__(*given, **named)
        if offered:
            channels: Any = self.fields["channels"]
            channels.choices = [(one, CHANNEL_WORDS[one]) for one in offered]


@staff_page
@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """What waits on my boards, what came in from the web, and every sheet of my places."""
    seen, notices = access_notices(request)
    page = page_by_number(notices.select_related("division"), "id", request.GET, size=PAGE, falling=True)
    context = {
        "boards": [(board, _address(board)) for board in boards_of(seen)],
        "objected": [(found, registry.programme(found.programme).title) for found in _objected(seen, notices)],
        "table": notice_table(page.rows),
        "pager": page.pager(reverse("desk:notices")),
    }
    return render(request, "desk/notices/boards.html", context)


def _objected(seen: Access, notices: Any) -> list[Notice]:
    """The sheets with something from the web that the county's desk has not taken in."""
    if not objection_desks(seen):
        return []
    found = not_taken_in(notices).values("line__notice")
    return list(notices.filter(pk__in=found).select_related("division").order_by("id")[:PAGE])


def _address(board: Board) -> str:
    query = f"?programme={board.programme}&place={board.place}&office={board.office}"
    return reverse("desk:notice_post") + query


@staff_page
@require_http_methods(["GET", "POST"])
def post(request: HttpRequest) -> HttpResponse:
    """Choose, look, post. Looking writes nothing."""
    seen = access(request)
    asked = {name: request.GET.get(name, "") for name in ("programme", "place", "office")}
    board = next((one for one in boards_of(seen) if _is(one, asked)), None)
    if board is None:
        return _nothing_waits(request)
    if request.method != "POST":
        return _choose(request, board)
    form = PostForm(request.POST)
    chosen = request.POST.getlist("case")
    if not form.is_valid():
        lines = [str(line) for lines in form.errors.values() for line in lines]
        return _choose(request, board, NoticeRefusal(_("还没有张榜："), lines))
    said = form.cleaned_data
    try:
        if request.POST.get("act") == "post":
            return _posted(request, board, chosen, said, seen.staff)
        drawn = draft_notice(
            board.programme, board.place, board.office, chosen, by=seen.staff, channels=said["channels"]
        )
    except Refusal as refusal:
        return _choose(request, board, refusal)
    return _preview(request, board, drawn, form, chosen)


def _is(board: Board, asked: dict[str, str]) -> bool:
    return (board.programme, board.place, board.office) == (asked["programme"], asked["place"], asked["office"])


def _nothing_waits(request: HttpRequest) -> HttpResponse:
    if not access(request).posts:
        raise PermissionDenied(_("您现在没有在任岗位。"))
    messages.info(request, _("这里现在没有待公示的案件，或不由您张榜。"))
    return redirect("desk:notices")


def _choose(request: HttpRequest, board: Board, refused: Refusal | None = None) -> HttpResponse:
    items = waiting(board.programme, board.place, board.office)
    rows = list(items.select_related("process__applicant", "process__division")[:MOST_LINES])
    channels = list(_terms_of(board).channels)
    form = PostForm(initial={"key": uuid.uuid4(), "channels": channels[:1]}, offered=channels)
    context = {
        "board": board,
        "form": form,
        "table": waiting_table(rows),
        "shown": len(rows),
        "columns": _("、").join(str(HEADINGS[column]) for column in _terms_of(board).show),
        "most": MOST_LINES,
        "notice": refusal_notice(refused) if refused else None,
        "crumbs": [(reverse("desk:notices"), pgettext("栏目", "公示")), ("", _("张榜"))],
    }
    return render(request, "desk/notices/post.html", context, status=409 if refused else 200)


def _terms_of(board: Board) -> NoticeTerms:
    """The newest; the verb asks those each case has pinned."""
    terms = registry.programme(board.programme).terms.versions[-1].notice
    return terms.at(board.place) if terms else NoticeTerms(days=0)


def _preview(request: HttpRequest, board: Board, drawn: Draft, form: PostForm, chosen: list[str]) -> HttpResponse:
    context = {
        "board": board,
        # Rendered by the very function that is searched for numbers; its template escapes what it shows.
        "sheet": mark_safe(rendered(drawn.sheet)),
        "against": NoticeRefusal(_("还不能张榜："), drawn.against) if drawn.against else None,
        "notice": refusal_notice(NoticeRefusal(_("还不能张榜："), drawn.against)) if drawn.against else None,
        "key": form.cleaned_data["key"],
        "channels": form.cleaned_data["channels"],
        "chosen": chosen,
        "crumbs": [
            (reverse("desk:notices"), pgettext("栏目", "公示")),
            (_address(board), _("张榜")),
            ("", _("先看榜样")),
        ],
    }
    return render(request, "desk/notices/preview.html", context, status=409 if drawn.against else 200)


def _posted(request: HttpRequest, board: Board, chosen: list[str], said: dict[str, Any], by: Staff) -> HttpResponse:
    notice = post_notice(
        board.programme, board.place, board.office, chosen, by=by, channels=said["channels"], key=str(said["key"])
    )
    words = {"number": notice.number, "last": notice.last_day}
    messages.success(request, _("%(number)s已登记张榜，请打印、张贴、拍照上传；公示到%(last)s止。") % words)
    return redirect("desk:notice", number=notice.number)


def refusal_notice(refusal: Refusal) -> dict[str, Any]:
    """A refusal as `templates/parts/notice.html` asks, its reasons as a list."""
    if not isinstance(refusal, NoticeRefusal):
        return {"level_tag": "error", "message": str(refusal)}
    details = list(refusal.details[:MOST_DETAILS])
    if len(refusal.details) > MOST_DETAILS:
        details.append(_("……一共%(count)d条") % {"count": len(refusal.details)})
    return {"level_tag": "error", "message": refusal.sentence, "details": details}
