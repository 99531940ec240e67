"""The log of a case 登记簿: written by whoever gives the service or checks the work, read by whoever settles it.

What kinds of entries there are, who makes them and what each must say is data of the programme's terms (`log`). An
entry decides nothing and moves no case, so it is no step of the flow; it is an act on a case, and stands in its trail.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Capacity, Case, Evidence, Level, LogEntry, Role, Staff, Stage, WorkItem
from workflows import registry, trail
from workflows.holding import lock_case
from workflows.outcomes import Hand
from workflows.refusals import Incomplete, NotAllowed, NotYourPost, Recused
from workflows.standing import Actor, standing

WRITERS: Mapping[str, Hand] = {
    "village": Hand(Role.VILLAGE_VERIFIER, Level.VILLAGE, Capacity.VERIFY),
    "township": Hand(Role.TOWNSHIP_REVIEWER, Level.TOWNSHIP, Capacity.REVIEW),
    "county": Hand(Role.INTAKE_CLERK, Level.COUNTY, Capacity.INTAKE),
}
"""Who can make an entry, as terms say it."""

CLOSED_TO_IT = frozenset(
    {Stage.DRAFT, Stage.SUBMITTED, Stage.CORRECTION, Stage.SUSPENDED, Stage.REJECTED, Stage.WITHDRAWN, Stage.TERMINATED}
)
"""Before it is accepted nothing is done for it; what has ended without a grant, or stands still, has no log."""

IN_USE = "in_use"
"""The step of an entitlement that was granted; see `workflows.standard.road`."""

LONGEST = 200
MOST_SHOWN = 100


@dataclass(frozen=True)
class Kind:
    """A kind of entry. `unit`: it has a quantity, in this unit, of `most` at once and `most_in_all` in the whole case;
    `money`: a sum; `paper`: a paper of the file; `of_use`: it tells of the use of what was granted, and of nothing
    before."""

    name: str
    label: str
    by: tuple[str, ...]
    unit: str = ""
    money: bool = False
    paper: bool = False
    words: bool = False
    most: Decimal | None = None
    most_in_all: Decimal | None = None
    of_use: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as somebody writes it."""

    kind: str
    day: datetime.date | None
    quantity: Decimal | None = None
    money: Decimal | None = None
    words: str = ""
    paper: int | None = None


def kinds_of(case: Case) -> dict[str, Kind]:
    """The kinds of entries a case's own terms know; none where they know no log."""
    body = _terms_of(case)
    said: Sequence[Mapping[str, Any]] = body.get("log", {}).get("kinds", ())
    steps: Mapping[str, Mapping[str, Any]] = body.get("steps", {})
    before = {name for place, step in steps.items() if place != IN_USE for name in step.get("log", ())}
    return {
        kind["name"]: Kind(
            kind["name"],
            kind["label"],
            tuple(kind["by"]),
            unit=kind.get("unit", ""),
            money=bool(kind.get("money")),
            paper=bool(kind.get("paper")),
            words=bool(kind.get("words")),
            most=_bound(kind, "most"),
            most_in_all=_bound(kind, "most_in_all"),
            of_use=IN_USE in steps and kind["name"] not in before,
        )
        for kind in said
    }


def _bound(kind: Mapping[str, Any], key: str) -> Decimal | None:
    return Decimal(str(kind[key])) if key in kind else None


def title_of(case: Case) -> str:
    return str(_log_of(case).get("title", _("登记簿")))


def _log_of(case: Case) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _terms_of(case).get("log", {})
    return found


def _terms_of(case: Case) -> Mapping[str, Any]:
    try:
        return registry.programme(case.programme).terms.version(case.terms_version).body
    except KeyError:
        return {}


def enter(case_number: str, written: Written, *, by: Staff, key: str, at: datetime.datetime | None = None) -> LogEntry:
    """Make an entry. The same `key` again gives the entry it made the first time. Raises a `Refusal`.

    `at` is for history brought in; otherwise it is now.
    """
    with transaction.atomic():
        case = lock_case(case_number)
        if (known := LogEntry.objects.filter(key=key).first()) is not None:
            return _same(known, case)
        kind = kinds_of(case).get(written.kind)
        if kind is None:
            raise NotAllowed(_("这个项目没有这种登记"))
        actor = _writer(case, kind, by)
        paper = _paper(case, written)
        if missing := [*_when(case, kind, written), *_what(kind, written, paper), *_in_all(case, kind, written)]:
            raise Incomplete(missing)
        assert written.day is not None  # `_when` has said so otherwise
        entry = LogEntry(
            case=case,
            kind=kind.name,
            day=written.day,
            quantity=written.quantity if kind.unit else None,
            unit=kind.unit,
            money=written.money if kind.money else None,
            words=written.words.strip(),
            paper=paper,
        )
        return _write(entry, actor, by, key, "log_entered", at or now())


def take_back(case_number: str, entry_id: int, *, by: Staff, reason: str, key: str) -> LogEntry:
    """Take back an entry made by mistake, by another that says why. It stays, and counts no more.

    The same `key` again gives the entry it made the first time. Raises a `Refusal`.
    """
    with transaction.atomic():
        case = lock_case(case_number)
        found = LogEntry.objects.filter(pk=entry_id, case=case, takes_back=None).first()
        if found is None:
            raise NotAllowed(_("没有这条登记"))
        if (known := LogEntry.objects.filter(key=key).first()) is not None:
            return _same(known, case)
        kind = kinds_of(case).get(found.kind)
        if kind is None:
            raise NotAllowed(_("这个项目没有这种登记"))
        actor = _writer(case, kind, by)
        if LogEntry.objects.filter(takes_back=found).exists():
            raise NotAllowed(_("这条登记已经作废"))
        if not reason.strip():
            raise Incomplete([_("请写明为什么作废")])
        entry = LogEntry(case=case, kind=kind.name, day=localdate(), words=reason.strip()[:LONGEST], takes_back=found)
        return _write(entry, actor, by, key, "log_taken_back", now())


def entries_of(case: Case) -> list[LogEntry]:
    """The last of its entries, the latest first, each with who made it and whether it was taken back. One statement."""
    rows = LogEntry.objects.filter(case=case).select_related("taken_back_by", "paper", "entered_by")
    return list(rows.order_by("-pk")[:MOST_SHOWN])


@dataclass(frozen=True, slots=True)
class Total:
    """What stands of a kind: how many entries, their quantities and sums."""

    count: int
    quantity: Decimal
    money: Decimal


def totals_of(case: Case) -> dict[str, Total]:
    """Kind -> what of it stands. One statement."""
    live = LogEntry.objects.filter(case=case, takes_back=None, taken_back_by=None)
    rows = live.order_by().values("kind").annotate(count=Count("pk"), quantity=Sum("quantity"), money=Sum("money"))
    return {row["kind"]: Total(row["count"], Decimal(row["quantity"] or 0), Decimal(row["money"] or 0)) for row in rows}


def may_enter(case: Case, by: Staff) -> list[Kind]:
    """The kinds of entries somebody may make now, in the order of the terms."""
    if case.stage in CLOSED_TO_IT:
        return []
    kinds = kinds_of(case)
    begun = any(kind.of_use for kind in kinds.values()) and _use_of(case) is not None
    open_now = [kind for kind in kinds.values() if begun or not kind.of_use]
    return [kind for kind in open_now if _writes(case, kind, by) is not None]


def _write(entry: LogEntry, actor: Actor, by: Staff, key: str, action: str, at: datetime.datetime) -> LogEntry:
    case = entry.case
    entry.entered_by, entry.office_name, entry.entered_at, entry.key = by, actor.office, at, key
    entry.save(force_insert=True)
    details = {
        "entry": entry.pk,
        "kind": entry.kind,
        "day": entry.day.isoformat(),
        "quantity": "" if entry.quantity is None else f"{entry.quantity:.2f}",
        "money": "" if entry.money is None else f"{entry.money:.2f}",
        "takes_back": entry.takes_back_id,
    }
    trail.next_event(case, action, actor=actor, at=at, details=details).save(force_insert=True)
    case.save(update_fields=["trail_seq", "trail_head"])
    return entry


def _same(known: LogEntry, case: Case) -> LogEntry:
    if known.case_id != case.pk:
        raise NotAllowed(_("这次登记已经记在另一件案子里，请刷新后重填"))
    return known


def _writer(case: Case, kind: Kind, by: Staff) -> Actor:
    """`by`, in a post that writes this kind. Raises `NotAllowed`, `NotYourPost` or `Recused`."""
    if case.stage in CLOSED_TO_IT:
        raise NotAllowed(_("案件现在是“%(stage)s”，不能登记") % {"stage": case.get_stage_display()})
    if kind.of_use and _use_of(case) is None:
        said = _("“%(kind)s”登记的是批准以后的使用，案件现在是“%(stage)s”，还没有开始享受")
        raise NotAllowed(said % {"kind": kind.label, "stage": case.get_stage_display()})
    actor = _writes(case, kind, by)
    if actor is None:
        first = WRITERS[kind.by[0]]
        raise NotYourPost(str(Role(first.role).label), case.division_id[: first.level])
    return actor


def _writes(case: Case, kind: Kind, by: Staff) -> Actor | None:
    """The post somebody would write this kind in; None without one. Raises `Recused` for kin."""
    item = WorkItem(process=case, role="", office="")
    for level in kind.by:
        try:
            seen = standing(by, item, WRITERS[level])
        except NotYourPost:
            continue
        if seen.recused:
            raise Recused
        return seen.actor
    return None


def _paper(case: Case, written: Written) -> Evidence | None:
    if written.paper is None:
        return None
    found: Evidence | None = Evidence.objects.filter(pk=written.paper, case=case).first()
    if found is None:
        raise NotAllowed(_("案卷里没有这份材料"))
    return found


def _use_of(case: Case) -> tuple[datetime.date, datetime.date | None] | None:
    """The first day of an entitlement's use, and its last when it is over; None before it has begun. One statement."""
    items = WorkItem.objects.filter(process=case, step=IN_USE).order_by("pk")
    stretches = list(items.values_list("created", "finished"))
    if not stretches:
        return None
    ended = stretches[-1][1] if case.stage == Stage.CLOSED else None
    return localdate(stretches[0][0]), localdate(ended) if ended else None


def _when(case: Case, kind: Kind, written: Written) -> list[str]:
    if written.day is None:
        return [_("请填写日期")]
    if written.day > localdate():
        return [_("日期不能晚于今天")]
    use = _use_of(case) if kind.of_use else None
    if use is not None and written.day < use[0]:
        return [_("日期不能早于%(day)s：那天才开始享受") % {"day": use[0]}]
    if use is not None and use[1] is not None and written.day > use[1]:
        return [_("日期不能晚于%(day)s：享受到那天为止") % {"day": use[1]}]
    first, last = log_days(case)
    if first is None and written.day < case.applied_on:
        return [_("日期不能早于申请日期%(day)s") % {"day": case.applied_on}]
    if first is not None and written.day < first:
        return [_("日期不能早于%(day)s：这件案子登记的是那天起的事") % {"day": first}]
    if last is not None and written.day >= last:
        return [_("日期要早于%(day)s：那天起的事登记在以后的案子里") % {"day": last}]
    return []


def log_days(case: Case) -> tuple[datetime.date | None, datetime.date | None]:
    """The first day the log is about, and the one after the last, where the terms name facts for them."""
    return _day(case, "from"), _day(case, "to")


def _day(case: Case, bound: str) -> datetime.date | None:
    written = case.facts.get(_log_of(case).get(bound, ""))
    return datetime.date.fromisoformat(written) if written else None


def _in_all(case: Case, kind: Kind, written: Written) -> list[str]:
    """What the entry would take the whole case beyond. Read under the case's lock: two entries at once wait here."""
    if kind.most_in_all is None or written.quantity is None:
        return []
    total = totals_of(case).get(kind.name)
    before = total.quantity if total else Decimal(0)
    if before + written.quantity <= kind.most_in_all:
        return []
    words = {"most": kind.most_in_all, "unit": kind.unit, "before": f"{before.normalize():f}"}
    return [_("合计最多%(most)s%(unit)s，已经登记%(before)s%(unit)s") % words]


def _what(kind: Kind, written: Written, paper: Evidence | None) -> list[str]:
    missing = []
    if kind.unit and (written.quantity is None or written.quantity <= 0):
        missing.append(_("请填写数量（%(unit)s）") % {"unit": kind.unit})
    if kind.unit and written.quantity is not None and kind.most is not None and written.quantity > kind.most:
        missing.append(_("一次最多%(most)s%(unit)s") % {"most": kind.most, "unit": kind.unit})
    if kind.money and (written.money is None or written.money <= 0):
        missing.append(_("请填写金额"))
    if kind.words and not written.words.strip():
        missing.append(_("请写明情况"))
    if len(written.words.strip()) > LONGEST:
        missing.append(_("说明最多%(most)d个字") % {"most": LONGEST})
    if kind.paper and paper is None:
        missing.append(_("请选一份案卷里的材料作凭证；没有的先上传"))
    return missing
