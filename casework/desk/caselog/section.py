"""The log on the page of a case: what was entered, what it adds up to, and the way to the next entry."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.desk.case_file import CaseFile
from casework.desk.more import More, Section
from casework.models import Case, LogEntry
from workflows.caselog import Kind, entries_of, kinds_of, may_enter, title_of, totals_of
from workflows.refusals import Recused


def log_of(file: CaseFile) -> More:
    """Nothing where the case's terms know no log. Two statements, and one for each post that may write."""
    kinds = kinds_of(file.case)
    if not kinds:
        return More()
    try:
        writes = {kind.name for kind in may_enter(file.case, file.viewer.staff)}
    except Recused:
        writes = set()
    title = title_of(file.case)
    url = reverse("desk:log", args=[file.case.number]) if writes else ""
    context = {"table": _table(file.case, kinds, writes), "totals": _totals(file.case, kinds), "url": url}
    links = [(url, _("登记一条"))] if writes else []
    return More([Section("log", title, "desk/_log.html", context)], links)


def _totals(case: Case, kinds: dict[str, Kind]) -> list[dict[str, Any]]:
    shown = []
    for name, total in totals_of(case).items():
        kind = kinds.get(name)
        said = [_("%(count)d条") % {"count": total.count}]
        said += [f"{_plain(total.quantity)}{kind.unit}"] if kind and kind.unit else []
        said += [f"{total.money:.2f}元"] if total.money else []
        shown.append({"label": kind.label if kind else name, "text": _("，").join(said)})
    return shown


def _table(case: Case, kinds: dict[str, Kind], writes: set[str]) -> dict[str, Any]:
    return {
        "caption": _("登记的记录，后登记的在前"),
        "rows": [{"cells": _cells(case, entry, kinds, writes)} for entry in entries_of(case)],
        "empty": {"message": _("还没有登记过"), "hint": ""},
    }


def _cells(case: Case, entry: LogEntry, kinds: dict[str, Kind], writes: set[str]) -> list[dict[str, Any]]:
    kind = kinds.get(entry.kind)
    taken_back = hasattr(entry, "taken_back_by")
    quantity = f"{_plain(entry.quantity)}{entry.unit}" if entry.quantity is not None else ""
    label = kind.label if kind else entry.kind
    if entry.takes_back_id:
        label = _("作废：%(what)s") % {"what": label}
    act: dict[str, Any] = {"label": _("更正"), "text": _("已作废") if taken_back else ""}
    if entry.kind in writes and not taken_back and not entry.takes_back_id:
        url = reverse("desk:log_take_back", args=[case.number, entry.pk])
        act = {"label": _("更正"), "kind": "code", "text": _("作废"), "url": url}
    return [
        {"label": _("日期"), "kind": "date", "date": entry.day, "header": True},
        {"label": _("种类"), "text": label},
        {"label": _("数量"), "kind": "number", "text": quantity},
        {"label": _("金额"), "kind": "money", "amount": entry.money},
        {"label": _("说明"), "text": entry.words},
        {"label": _("凭证"), "text": entry.paper.get_kind_display() if entry.paper else ""},
        {"label": _("登记人"), "text": f"{entry.entered_by.name}（{entry.office_name}）"},
        act,
    ]


def _plain(number: Any) -> str:
    return f"{number:f}".rstrip("0").rstrip(".") if number is not None else ""
