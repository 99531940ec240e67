"""What a hardship visit adds to the page of its case: the visits, what they point out, and the needs taken up."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.desk.case_file import CaseFile
from casework.desk.more import More, Section
from casework.desk.visits.phone import visits_as
from casework.models import Case, Level, Role, VisitRecord
from workflows.visits.findings import in_words
from workflows.visits.needs import KIND, NEEDS, cases_of

MOST = 10
ELSEWHERE = {
    "insurance_claim": ("desk:insurance_notify", gettext_lazy("去报案")),
    "rights_case": ("desk:rights_take_in", gettext_lazy("去登记诉求（保密，不与走访关联）")),
}
"""Programme -> the page of its own on which its cases begin, and what leads there."""


def came_of_a_visit(file: CaseFile) -> More:
    """Of a case that began with a need noticed on a visit: the way back to that visit."""
    # Both trails say so, and the page has read this one: nothing more is asked of the database.
    links = [event.details for event in file.events if event.action == "cases_linked"]
    visited = [said["with"] for said in links if said.get("kind") == KIND]
    if not visited or file.case.programme == "hardship_visit":
        return More()
    words = _("走访时发现的需求，看走访%(number)s") % {"number": visited[0]}
    return More(links=[(reverse("desk:case", args=[visited[0]]), words)])


def more_of_a_visit(file: CaseFile) -> More:
    case = file.case
    records = list(VisitRecord.objects.filter(case=case).select_related("written_by").order_by("-id")[:MOST])
    links = []
    if file.item is not None and file.item.step == "visit" and visits_as(file.viewer, case) is not None:
        links.append((reverse("desk:visit_write", args=[case.number]), _("登记走访")))
    if visits_as(file.viewer, case) is not None and any(record.stands for record in records):
        links.append((reverse("desk:visit_correct", args=[case.number]), _("更正走访记录")))
    if not records:
        return More(links=links)
    may_take_up = (Role.INTAKE_CLERK, case.division_id[: Level.COUNTY]) in {
        (post.role, post.office_code) for post in file.viewer.posts
    }
    shown = [_shown(record, case, may_take_up) for record in records]
    section = Section("visits", _("走访"), "desk/visits/_visits.html", {"visits": shown})
    return More(sections=(section,), links=links)


def _shown(record: VisitRecord, case: Case, may_take_up: bool) -> dict[str, Any]:
    made = cases_of(record)
    return {
        "facts": _facts(record),
        "stands": record.stands,
        "why": _why(record),
        "findings": in_words(record.findings),
        "needs": [
            _need(code, record, case, made, may_take_up and record.stands) for code in record.needs if code in NEEDS
        ],
        "needs_words": record.needs_words,
    }


def _why(record: VisitRecord) -> str:
    """Of one that stands no longer, why: said by the one that corrects it, or by the decision to go again."""
    if record.stands:
        return ""
    after = next((one for one in VisitRecord.objects.filter(corrects=record).values_list("why", flat=True)), "")
    return after or str(_("要重新走访，原因见“此前的决定”"))


def _facts(record: VisitRecord) -> list[dict[str, Any]]:
    who = _("、").join(f"{one['name']}（{one['rank']}）" if one.get("rank") else one["name"] for one in record.visitors)
    goods = _("、").join(f"{line['item']}{line['quantity']}（{line['value']}元）" for line in record.goods)
    written = _("%(name)s登记") % {"name": record.written_by.name}
    facts: list[dict[str, Any]] = [
        {"label": _("走访时间"), "kind": "moment", "date": record.started_at, "note": written},
        {"label": _("走访人"), "text": who},
        {"label": _("金额或价值"), "kind": "money", "amount": record.value, "note": goods},
        {"label": _("签收"), "text": record.signer if record.receipt_id else _("没有签收")},
    ]
    return facts


def _need(code: str, record: VisitRecord, case: Case, made: dict[str, Case], may_take_up: bool) -> dict[str, Any]:
    need = NEEDS[code]
    found = made.get(need.programme)
    takes_up = found is None and may_take_up and need.begins_a_case
    page, words = ELSEWHERE.get(need.programme, ("", ""))
    goes = found is None and may_take_up and page
    return {
        "elsewhere": f"{reverse(page)}?visit={record.pk}" if goes else "",
        "elsewhere_words": words,
        "words": need.words,
        "number": found.number if found else "",
        "url": reverse("desk:case", args=[found.number]) if found else "",
        "take_up": reverse("desk:visit_need", args=[case.number, record.pk, code]) if takes_up else "",
    }
