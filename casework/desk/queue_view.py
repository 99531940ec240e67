"""The page of my queue: its filters, its table, what can be done with the rows that are ticked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.access import Access
from casework.desk.addresses import case_url, queue_url
from casework.desk.cells import cell
from casework.desk.clock_section import estimated_in
from casework.desk.deadline import deadline_of
from casework.desk.queue import (
    COUNTED,
    Cursor,
    Filters,
    Pair,
    Pile,
    QueuePage,
    cursor_from,
    filters_from,
    piles,
    programmes_of,
    queue_page,
)
from casework.desk.search import SearchForm
from casework.desk.session import access, staff_page
from casework.models import Division, Level, Role, WorkItem
from workflows import registry
from workflows.flow import Step
from workflows.offering import for_many

MOST_SHORTCUTS = 6
"""What one does most; everything else is in the filters."""


@staff_page
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    seen = access(request)
    if (elsewhere := begins_elsewhere(seen)) and not request.GET:
        return redirect(elsewhere)
    page = queue_page(seen, filters_from(request.GET, seen), cursor_from(request.GET))
    bulk = bulk_of(page)
    heaps = piles(page.filters.pair) if page.filters.pair else []
    narrowed = page.filters.narrowed or len(page.pairs) > 1
    context = {
        "search": SearchForm(),
        "seat_words": _pair_words(seen, page.filters.pair),
        "filters": filter_form(page, seen, heaps) if page.items or narrowed else None,
        "narrowed": narrowed,
        "shortcuts": shortcuts(page, heaps),
        "clear_url": _url(Filters(page.filters.pair)) if page.filters.narrowed else "",
        "table": table_of(page, seen, ticks=bulk is not None),
        "estimate": estimated_in(page.items),
        "bulk": bulk,
        "bulk_hint": _("要成批办理，先用“环节”筛选到一个环节。") if _is_mixed(page) else "",
        "kept": kept_query(page),
        "pager": {
            "previous_url": _url(page.filters, page.previous) if page.previous else "",
            "next_url": _url(page.filters, page.next) if page.next else "",
            "text": _("本页%(count)d件") % {"count": len(page.items)},
        },
    }
    return render(request, "desk/queue.html", context)


FIRST_PAGES = {
    Role.SUPERVISOR: "desk:orders",
    Role.AUDITOR: "oversight:home",
    Role.ADMINISTRATOR: "oversight:check_up",
    Role.ARCHIVIST: "desk:cases",
    Role.VISITOR: "desk:visit_rounds",
}
"""Where those begin the day who decide no case; of several the first."""


def begins_elsewhere(seen: Access) -> str:
    """The page of somebody for whom nothing can wait here; "" for everybody else."""
    if seen.insurers and not seen.posts:
        return "desk:insurer_claims"
    if not seen.posts or any(post.role not in FIRST_PAGES for post in seen.posts):
        return ""
    return next(page for role, page in FIRST_PAGES.items() if seen.has(role))


def shortcuts(page: QueuePage, heaps: Sequence[Pile]) -> list[tuple[str, str, bool]]:
    """What I have most of, first: (address, words, whether it is chosen). None where all is of one step."""
    chosen = page.filters
    found = []
    for pile in heaps[:MOST_SHORTCUTS] if len(heaps) > 1 else ():
        programme = registry.programme(pile.programme)
        step = programme.step(pile.step)
        words = {"title": programme.title, "step": step.task_title if step else pile.step, "count": pile.count}
        mine = (pile.programme, pile.step) == (chosen.programme, chosen.step)
        address = _url(Filters(chosen.pair, pile.programme, pile.step, chosen.village))
        found.append((address, _("%(title)s·%(step)s %(count)d") % words, mine))
    return found


def filter_form(page: QueuePage, seen: Access, heaps: Sequence[Pile]) -> forms.Form | None:
    """The filters with what there is to choose, what waits most first; None for somebody who works no queue.

    Only to draw them: what was asked for is read by `filters_from`.
    """
    pair, chosen = page.filters.pair, page.filters
    if pair is None:
        return None
    known = _most_first(programmes_of(pair.role), heaps)
    form = forms.Form()
    if len(page.pairs) > 1:
        offices = [(one.code, _pair_words(seen, one)) for one in page.pairs]
        form.fields["queue"] = _choice(_("岗位"), offices, pair.code)
    if len(pair.office) < Level.VILLAGE:
        villages = village_choices(page.places, pair, chosen.village)
        form.fields["village"] = _choice(_("乡镇、村社区"), [("", _("全部")), *villages], chosen.village)
    titles = [(slug, one.title) for slug, (one, _steps) in known.items()]
    form.fields["programme"] = _choice(_("项目"), [("", _("全部")), *titles], chosen.programme)
    steps = _steps_offered(known, heaps, chosen)
    step = f"{chosen.programme}.{chosen.step}" if chosen.step else ""
    form.fields["step"] = _choice(_("环节"), [("", _("全部")), *steps], step)
    return form


def _steps_offered(known: dict[str, Any], heaps: Sequence[Pile], chosen: Filters) -> list[tuple[str, str]]:
    """The steps of the programme that is chosen, or the only one; of all of them those in which something waits, the
    most first."""
    only = chosen.programme if chosen.programme in known else next(iter(known)) if len(known) == 1 else ""
    if only:
        return [(f"{only}.{step.name}", step.task_title) for step in known[only][1]]
    titles = {(slug, step.name): step.task_title for slug, (_one, its_steps) in known.items() for step in its_steps}
    return [
        (f"{pile.programme}.{pile.step}", f"{known[pile.programme][0].title}：{titles[pile.programme, pile.step]}")
        for pile in heaps
        if (pile.programme, pile.step) in titles
    ]


def _most_first(known: dict[str, Any], heaps: Sequence[Pile]) -> dict[str, Any]:
    """Programmes of which more waits before those of which less does; the rest as they are."""
    waiting = Counter[str]()
    for pile in heaps:
        waiting[pile.programme] += pile.count
    return dict(sorted(known.items(), key=lambda pair: -waiting[pair[0]]))


def _choice(label: str, choices: list[tuple[str, str]], chosen: str) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, initial=chosen, required=False)


def village_choices(places: dict[str, Division], pair: Pair, chosen: str) -> list[tuple[str, str]]:
    """The places right below the office; under the township chosen, its villages too."""
    township = chosen[: Level.TOWNSHIP]
    found = []
    for code in sorted(places):
        place = places[code]
        if place.parent_id == pair.office:
            found.append((code, place.name))
        elif township and place.parent_id == township and len(pair.office) < Level.TOWNSHIP:
            found.append((code, f"　{place.name}"))
    return found


def table_of(page: QueuePage, seen: Access, *, ticks: bool) -> dict[str, Any]:
    """The rows as `templates/parts/table.html` asks for them. Who holds what is a column when anybody holds anything,
    and the programme is named when there is more than one."""
    count = _("%(count)d件以上") % {"count": COUNTED} if page.more else _("%(count)d件") % {"count": page.total}
    held = any(item.owner_id for item in page.items)
    rows = []
    for item in page.items:
        cells = row_of(item, page)
        if held:
            cells.append(cell(_("领取"), text=_holder(item, seen)))
        free = item.owner_id in (None, seen.staff.pk)
        tick = {"value": item.pk, "label": page.names[item.process_id]} if free else None
        rows.append({"cells": cells, "tick": tick})
    return {
        "caption": _("共%(count)s，按期限先后") % {"count": count},
        "rows": rows,
        "ticks": ticks,
        "tick_name": "item",
        "empty": _empty(page),
    }


def row_of(item: WorkItem, page: QueuePage) -> list[dict[str, Any]]:
    """A row's cells: until when, who, which step, where, how much, since when."""
    case, step, pair = item.process, step_of(item), page.filters.pair
    several = len({one.programme for one in page.items}) > 1
    village, township = page.places.get(item.division), page.places.get(item.division[: Level.TOWNSHIP])
    above = township.name if township and pair and len(pair.office) < Level.TOWNSHIP else ""
    return [
        cell(_("期限"), kind="deadline", deadline=deadline_of(item, case.terms_version)),
        cell(
            _("申请人"),
            text=page.names[case.pk],
            url=case_url(case.number, kept_query(page)),
            header=True,
            note=case.number,
        ),
        cell(
            _("环节"),
            text=step.task_title if step else item.step,
            note=registry.programme(item.programme).title if several else "",
        ),
        # Where somebody lives may tell who they are.
        cell(_("村社区"), text="")
        if case.confidential
        else cell(_("村社区"), text=village.name if village else item.division, note=above),
        # Where money is not by the day there are none to count.
        cell(_("天数"), kind="number", text=None if case.amount and not case.payable_days else case.payable_days),
        cell(_("金额"), kind="money", amount=case.amount),
        cell(_("到达"), kind="date", date=localtime(item.created).date()),
    ]


def kept_query(page: QueuePage) -> str:
    """The filters to carry along; nothing for the only queue there is, as it comes."""
    return page.filters.as_query() if page.filters.narrowed or len(page.pairs) > 1 else ""


def bulk_of(page: QueuePage) -> dict[str, Any] | None:
    """The decisions to be made on many at once: those of the one step all rows are at. None when there is none."""
    step = step_of(page.items[0]) if page.items and not _is_mixed(page) else None
    outcomes = for_many(step) if step else []
    if not outcomes:
        return None
    return {
        "outcomes": [{"value": outcome.name, "label": outcome.label} for outcome in outcomes],
        "shown": len(page.items),
    }


def step_of(item: WorkItem) -> Step | None:
    """The step of an item as its programme has it now; None for one that is no longer there."""
    return registry.programme(item.programme).step(item.step)


def _is_mixed(page: QueuePage) -> bool:
    return len({(item.programme, item.step) for item in page.items}) > 1


def _holder(item: WorkItem, seen: Access) -> str:
    if item.owner is None:
        return ""
    return _("您") if item.owner_id == seen.staff.pk else item.owner.name


def _pair_words(seen: Access, pair: Pair | None) -> str:
    if pair is None:
        return ""
    office = next((post.office_name for post in seen.posts if post.office_code == pair.office), pair.office)
    return f"{office} · {Role(pair.role).label}"


def _empty(page: QueuePage) -> dict[str, str]:
    if page.filters.pair is None:
        hint = _("可以用上面的查找打开本辖区的案件。如果岗位有变动，请联系系统管理员。")
        return {"message": _("您的岗位没有要办的案件"), "hint": hint}
    if page.filters.narrowed:
        message = _("这样筛选没有等您办的案件")
        return {"message": message, "url": _url(Filters(page.filters.pair)), "action": _("看全部待办")}
    return {"message": _("没有等您办的案件"), "hint": _("新案件到了会按期限排在这里。")}


def _url(filters: Filters, cursor: Cursor | None = None) -> str:
    return queue_url(filters.as_query(**(cursor.as_query() if cursor else {})))
