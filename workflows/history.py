"""A case's trail in words: who did what when, and why, each act set beside the decision it pins."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from casework.models import Case, Decision, Event, Evidence, Role, Stage, Watch
from workflows import amend, registry, unmasking
from workflows.programme import Programme

Details = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the trail. `altered`: the decision beside it says another thing than the trail has pinned."""

    seq: int
    at: datetime.datetime
    what: str
    who: str
    office: str
    why: tuple[str, ...]
    digest: str
    altered: bool = False


def history(case: Case, events: Sequence[Event], decisions: Sequence[Decision], *, words: bool = True) -> list[Entry]:
    """The events in words, in their order. Without `words` what somebody has written themselves is told by its digest:
    a confidential case's notes may name people."""
    programme = registry.programme(case.programme)
    made = {(decision.step, decision.outcome, decision.at): decision for decision in decisions}
    entries = []
    for event in events:
        details = event.details
        is_decision = event.action == "decided"
        decision = made.get((details.get("step"), details.get("outcome"), event.at)) if is_decision else None
        entries.append(
            Entry(
                seq=event.seq,
                at=event.at,
                what=what(event, programme),
                who=event.actor_name,
                office=event.actor_office,
                why=_reasons_of(decision, programme, words) if decision else _ground(event),
                digest=event.hash,
                altered=is_decision and not _agrees(event, decision),
            )
        )
    return entries


def unaccounted(events: Sequence[Event], decisions: Sequence[Decision]) -> list[Decision]:
    """Decisions of which the trail knows nothing."""
    said = {(event.details.get("step"), event.details.get("outcome"), event.at) for event in events}
    return [decision for decision in decisions if (decision.step, decision.outcome, decision.at) not in said]


def what(event: Event, programme: Programme) -> str:
    """What was done, in words."""
    return WORDS[event.action](event.details, programme) if event.action in WORDS else event.action


def outcome_words(step: str, outcome: str, programme: Programme) -> str:
    """村级核实：核实通过. A step or outcome the flow no longer has keeps its code."""
    found = programme.step(step)
    if found is None:
        return f"{step}：{outcome}"
    label = found.outcomes[outcome].label if outcome in found.outcomes else outcome
    return f"{found.task_title}：{label}"


def reasons_in_words(codes: Sequence[str], programme: Programme) -> list[str]:
    """Each reason's sentence; a code the programme no longer has stays as it is."""
    return [programme.reasons[code].sentence if code in programme.reasons else code for code in codes]


def _reasons_of(decision: Decision, programme: Programme, words: bool) -> tuple[str, ...]:
    said = reasons_in_words(decision.reasons, programme)
    if decision.note and not words:
        return (*said, _("另写了理由（摘要 %(digest)s）") % {"digest": sha256(decision.note.encode()).hexdigest()[:12]})
    return (*said, decision.note) if decision.note else tuple(said)


def _agrees(event: Event, decision: Decision | None) -> bool:
    """Whether the decision's row is still what the trail pinned: person, reasons, note, file and amount."""
    if decision is None:
        return False
    details = event.details
    note = sha256(decision.note.encode()).hexdigest() if decision.note else ""
    amount = "" if decision.amount is None else f"{decision.amount:.2f}"
    return (decision.staff_id, decision.reasons, note, decision.file_digest, amount) == (
        event.actor_id,
        details.get("reasons"),
        details.get("note"),
        details.get("file"),
        details.get("amount"),
    )


def _ground(event: Event) -> tuple[str, ...]:
    """The reason given with an act that is no decision."""
    ready = {"unmasked": unmasking.REASONS, "facts_amended": amend.REASONS}.get(event.action, {})
    code, digest = event.details.get("reason"), event.details.get("reason_digest")
    if code:
        return (str(ready.get(code, code)),)
    return (_("另写了理由（摘要 %(digest)s）") % {"digest": digest[:12]},) if digest else ()


def staff_events_in_words(events: Sequence[Event]) -> list[Entry]:
    """What was done about somebody's posts, in words."""
    return [
        Entry(event.seq, event.at, _staff_event(event), event.actor_name, event.actor_office, (), event.hash)
        for event in events
    ]


def _staff_event(event: Event) -> str:
    details = event.details
    role = str(Role(details["role"]).label) if details.get("role") in Role.values else ""
    words = {**details, "role": role, "office": details.get("office", "")}
    return _(STAFF_WORDS.get(event.action, event.action)) % words


STAFF_WORDS: Mapping[str, str] = {
    "post_given": gettext_noop("安排岗位：%(role)s（%(office)s），自%(first)s"),
    "post_lent": gettext_noop("委托岗位：%(role)s（%(office)s），%(first)s至%(last)s"),
    "post_taken_back": gettext_noop("收回委托：%(role)s（%(office)s）"),
    "post_ended": gettext_noop("停止任职：%(role)s（%(office)s），到%(last)s"),
    "everything_handed_over": gettext_noop("离任移交：%(items)s件待办，其中%(passed)s件交给接手人，到%(last)s"),
}


# -- the words -------------------------------------------------------------------------------------------------


def _decided(details: Details, programme: Programme) -> str:
    """The outcome, with what was said of it besides: a second list of papers, the day of the next look."""
    words = outcome_words(details.get("step", ""), details.get("outcome", ""), programme)
    more = [sentence % {"said": details[name]} for name, sentence in _SAID.items() if details.get(name)]
    more += programme.told(details)
    if details.get("via") in VIA:
        more.append(str(VIA[details["via"]]))
    papers = details.get("papers") or {}
    if "brought" in papers:
        more.append(_("补来%(brought)s项，不再需要%(waived)s项") % papers)
    elif papers:
        more.append(_("%(count)d项材料") % {"count": len(papers["kinds"]) + papers["in_words"]})
    return _("%(words)s（%(more)s）") % {"words": words, "more": "，".join(more)} if more else words


VIA = {
    "file": gettext_lazy("由保险公司的文件录入"),
    "poll": gettext_lazy("在线查询得到的答复"),
    "push": gettext_lazy("保险公司在线推送的答复"),
}
"""How something was said when nobody sat at a page."""

_SAID = {
    "review_on": gettext_lazy("到%(said)s复查"),
    "asked_on": gettext_lazy("%(said)s提出"),
    "told_again": gettext_lazy("第%(said)s次告知"),
    "visitors": gettext_lazy("%(said)s人走访"),
    "photographs": gettext_lazy("照片%(said)s张"),
    "came_back_on": gettext_lazy("银行%(said)s退回"),
    "notice": gettext_lazy("公示%(said)s"),
    "objections": gettext_lazy("答复%(said)s条异议"),
    "donation": gettext_lazy("从捐赠%(said)s列支"),
    "donation_back": gettext_lazy("退回捐赠%(said)s"),
}


def _closed(details: Details, programme: Programme) -> str:
    stage = details.get("to", "")
    return _("案件办结：%(stage)s") % {"stage": Stage(stage).label if stage in Stage.values else stage}


REPAIRED = {
    "item_missing": gettext_lazy("系统修复：补上缺失的待办"),
    "hold_left": gettext_lazy("系统修复：放开已经不该占着的待遇"),
    "alarm_missing": gettext_lazy("系统修复：重新定好提醒的时刻"),
    "order_missing": gettext_lazy("系统修复：没有督办单，重新定好督办的时刻"),
    "pause_left": gettext_lazy("系统修复：结束停着的计时，期限不变"),
}


def _repaired(details: Details, programme: Programme) -> str:
    return str(REPAIRED.get(str(details.get("what")), _("系统修复")))


def _amended(details: Details, programme: Programme) -> str:
    labels = {field.name: field.label for field in programme.facts}
    fields = "、".join(labels[name] for name in details.get("fields", ()) if name in labels)
    return _("更改申请内容：%(fields)s") % {"fields": fields}


def _award(details: Details, programme: Programme) -> str:
    return _("金额重新核定：%(days)s天，¥%(amount)s（因案件%(number)s变动）") % {
        "days": details.get("days"),
        "amount": details.get("amount"),
        "number": details.get("because"),
    }


def _attached(details: Details, programme: Programme) -> str:
    kind = details.get("kind", "")
    label = Evidence.Kind(kind).label if kind in Evidence.Kind.values else kind
    return _("放入材料：%(kind)s") % {"kind": label}


def _unmasked(details: Details, programme: Programme) -> str:
    number = unmasking.NUMBERS.get((details.get("what", ""), details.get("field", "")))
    return _("查看完整号码：%(field)s") % {"field": number.label if number else details.get("field")}


def _passed(of_itself: str, on_leaving: str) -> Callable[[Details, Programme], str]:
    def said(details: Details, programme: Programme) -> str:
        sentence = on_leaving if details.get("because") == "left" else of_itself
        return _(sentence)

    return said


def _printed(details: Details, programme: Programme) -> str:
    return _("打印补正告知书") if details.get("what") == "papers" else _("打印回执")


def _of_step(sentence: Any) -> Callable[[Details, Programme], str]:
    """A sentence about a step, with whatever else the details hold."""

    def said(details: Details, programme: Programme) -> str:
        step = programme.step(details.get("step", ""))
        return str(sentence) % {**details, "step": step.task_title if step else details.get("step", "")}

    return said


def _watched(sentence: Any) -> Callable[[Details, Programme], str]:
    def said(details: Details, programme: Programme) -> str:
        kind = details.get("kind", "")
        word = Watch.Kind(kind).label if kind in Watch.Kind.values else kind
        return str(sentence) % {"kind": word, "due": details.get("due", "")}

    return said


def _always(sentence: str) -> Callable[[Details, Programme], str]:
    return lambda details, programme: _(sentence)


def _logged(sentence: str) -> Callable[[Details, Programme], str]:
    """An entry of the case's log, by its kind as the newest terms call it."""

    def said(details: Details, programme: Programme) -> str:
        kinds = [kind for terms in programme.terms.versions for kind in terms.body.get("log", {}).get("kinds", ())]
        labels = {kind["name"]: kind["label"] for kind in kinds}
        return _(sentence) % {"what": labels.get(details["kind"], details["kind"]), "day": details["day"]}

    return said


def _moved(details: Details, programme: Programme) -> str:
    before, after = details.get("before", {}), details.get("after", {})
    return _("换到另一版本：流程第%(flow)s版、方案%(terms)s（原第%(old_flow)s版、%(old_terms)s）") % {
        "flow": after.get("flow"),
        "terms": after.get("terms"),
        "old_flow": before.get("flow"),
        "old_terms": before.get("terms"),
    }


WORDS: Mapping[str, Callable[[Details, Programme], str]] = {
    "case_moved": _moved,
    "submitted": _always(gettext_noop("提交申请")),
    "brought_in": _always(gettext_noop("历史案件补录")),
    "decided": _decided,
    "closed": _closed,
    "claimed": _always(gettext_noop("领取")),
    "released": _passed(gettext_noop("退回待办"), gettext_noop("离任，退回待办")),
    "handed_over": _passed(gettext_noop("移交"), gettext_noop("离任移交")),
    "facts_amended": _amended,
    "award_changed": _award,
    "account_changed": _always(gettext_noop("更改收款账户")),
    "family_linked": _always(gettext_noop("登记带动户")),
    "family_unlinked": _always(gettext_noop("取消带动户登记")),
    "log_entered": _logged(gettext_noop("登记：%(what)s（%(day)s）")),
    "log_taken_back": _logged(gettext_noop("作废一条登记：%(what)s")),
    "evidence_attached": _attached,
    "unmasked": _unmasked,
    "slip_printed": _printed,
    "deadline_warned": _of_step(gettext_lazy("期限提醒：%(step)s，%(due)s到期")),
    "deadline_extended": _of_step(gettext_lazy("延长期限：%(step)s，延长%(days)s天，从%(due)s改到%(until)s")),
    "watch_warned": _watched(gettext_lazy("日期提醒：%(kind)s，%(due)s到期")),
    "watch_passed": _watched(gettext_lazy("日期已过：%(kind)s，%(due)s到期")),
    "co_handler_added": _always(gettext_noop("请求协办")),
    "co_handler_ended": _always(gettext_noop("结束协办")),
    "co_handled": _always(gettext_noop("协办单位的办理记录")),
    "letter_printed": _always(gettext_noop("打印函件")),
    "escalated": _of_step(gettext_lazy("超期督办：%(step)s，期限%(due)s，督办单%(order)s")),
    "order_answered": _of_step(gettext_lazy("督办说明：督办单%(order)s")),
    "order_struck_off": _of_step(gettext_lazy("督办销号：督办单%(order)s")),
    "cover_lapsed": _always(gettext_noop("系统发现脱节")),
    "visit_corrected": _always(gettext_noop("更正走访记录")),
    "cases_linked": lambda details, programme: _("与案件%(with)s关联") % details,
    "answer_settled": _always(gettext_noop("核对保险公司的答复，移出对不上的清单")),
    "repaired": _repaired,
}
"""Every registered word that a case's trail can hold."""
