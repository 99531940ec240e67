"""Batches: none lies half done, none says other than its lines, its digest and its cases do.

Nothing here is ever repaired: it is money.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from casework.models import BatchLine, Case, PaymentBatch, Stage, WorkItem
from workflows import registry
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.payments.digest import digest_of, lock_event
from workflows.payments.refusals import NotPaidByBatch
from workflows.payments.road import road_of

State, Line = PaymentBatch.State, BatchLine.State

WAITS = Kind(
    "batch_waits", "发放批次停在半路太久", "请县级发放经办和发放复核在“发放”里接着办：复核、锁定、导出或录入回盘"
)
LEFT_PENDING = Kind(
    "line_left_pending",
    "批次已经回盘或作废，里面还有待付的明细",
    "请停办有关案件，系统管理员核对批次轨迹，与银行对账后告知审计员",
)
SUMS_DIFFER = Kind(
    "sums_differ", "批次的笔数或合计与明细不符", "请不要导出或入账；系统管理员核对批次轨迹和数据库备份，告知审计员"
)
DIGEST_DIFFERS = Kind(
    "digest_differs",
    "锁定的批次被改动过：明细、批次和轨迹里的摘要不一致",
    "请不要导出或入账；把数据库原样留存，与备份和银行的文件逐笔核对，告知审计员",
)
LINE_APART = Kind(
    "line_apart",
    "发放明细与案件对不上：明细待付，案件却不在这一步",
    "请停办这件案子，系统管理员核对批次和案件的轨迹，告知审计员",
)
NO_LINE = Kind(
    "payable_without_line",
    "案件待付款，却不在任何待付的批次里，谁也付不了它",
    "请停办这件案子，系统管理员核对批次和案件的轨迹，联系维护人员处理",
)
PATIENCE = {State.DRAWN: 7, State.CHECKED: 3, State.LOCKED: 3, State.EXPORTED: 15}
"""Days in a state. [P] our own defaults."""

SINCE = {State.DRAWN: "drawn_at", State.CHECKED: "checked_at", State.LOCKED: "locked_at", State.EXPORTED: "locked_at"}
LIVE = (State.DRAWN, State.CHECKED, State.LOCKED, State.EXPORTED)
LOCKED = (State.LOCKED, State.EXPORTED, State.ANSWERED)


def find(scope: Scope) -> Iterator[Finding]:
    batches = PaymentBatch.objects.filter(scope.inside("county_id")).order_by("pk")
    yield from _waiting(scope, batches)
    yield from _left_pending(batches)
    yield from _sums(batches)
    yield from _digests(batches)
    yield from _lines_apart(scope)
    yield from _without_line(scope)


def _waiting(scope: Scope, batches: QuerySet[PaymentBatch]) -> Iterator[Finding]:
    for state, days in PATIENCE.items():
        column = SINCE[state]
        before = {f"{column}__lt": scope.at - datetime.timedelta(days=days)}
        rows = batches.filter(state=state, **before).values_list("number", "county_id", column)
        for number, county, since in rows.iterator():
            sentence = f"{number}：{state.label}，从{localdate(since)}起"
            yield Finding(WAITS, number, county, sentence)


def _left_pending(batches: QuerySet[PaymentBatch]) -> Iterator[Finding]:
    pending = Count("lines", filter=Q(lines__state=Line.PENDING))
    done = batches.exclude(state__in=LIVE).annotate(pending=pending).filter(pending__gt=0)
    for number, county, state, count in done.values_list("number", "county_id", "state", "pending").iterator():
        yield Finding(LEFT_PENDING, number, county, f"{number}：{State(state).label}，还有{count}笔待付")


def _sums(batches: QuerySet[PaymentBatch]) -> Iterator[Finding]:
    standing = ~Q(lines__state=Line.REMOVED)
    summed = batches.annotate(
        lines_there=Count("lines", filter=standing),
        sum_there=Coalesce(Sum("lines__amount", filter=standing), Decimal(0)),
    )
    columns = ("number", "county_id", "line_count", "lines_there", "total", "sum_there")
    for number, county, count, lines, total, amount in summed.values_list(*columns).iterator():
        # SQLite adds decimals up as floats.
        amount = round(Decimal(amount), 2)
        if (count, total) != (lines, amount):
            sentence = f"{number}：批次写着{count}笔{total:.2f}元，明细是{lines}笔{amount:.2f}元"
            yield Finding(SUMS_DIFFER, number, county, sentence)


def _digests(batches: QuerySet[PaymentBatch]) -> Iterator[Finding]:
    """One batch in memory at a time: a thousand lines at most."""
    for batch in batches.filter(state__in=LOCKED).iterator(chunk_size=50):
        locked = lock_event(batch)
        in_trail = locked.details.get("digest") if locked else None
        if digest_of(batch) == batch.digest == in_trail:
            continue
        where = "轨迹里没有锁定的记录" if in_trail is None else "明细、批次、轨迹三处的摘要不同"
        yield Finding(DIGEST_DIFFERS, batch.number, batch.county_id, f"{batch.number}：{where}")


def _lines_apart(scope: Scope) -> Iterator[Finding]:
    """A pending line's case is payable, and waits where its batch is: for the check until it is checked, then for the
    bank. A line that was paid is of a case that is no longer waiting for that payment."""
    lines = BatchLine.objects.filter(scope.inside("batch__county_id"), batch__state__in=LIVE, state=Line.PENDING)
    columns = ("batch__number", "line_number", "case__number", "batch__county_id")
    for (states, name), (title, programmes) in _waits().items():
        here = lines.filter(batch__programme__in=programmes, batch__state__in=states)
        items = WorkItem.objects.filter(process=OuterRef("case"), step=name, finished__isnull=True)
        apart = here.exclude(Exists(items), case__stage=Stage.PAYABLE)
        for number, line, case, county in apart.order_by("pk").values_list(*columns).iterator():
            yield Finding(LINE_APART, case, county, f"{number}第{line}行（{case}）：案件不在“{title}”")
    paid = BatchLine.objects.filter(
        scope.inside("batch__county_id"), state=Line.PAID, case__stage=Stage.PAYABLE, case__pay_round=F("pay_round")
    )
    for number, line, case, county in paid.order_by("pk").values_list(*columns).iterator():
        yield Finding(LINE_APART, case, county, f"{number}第{line}行（{case}）：明细已到账，案件还是待付款")


def _waits() -> dict[tuple[tuple[str, ...], str], tuple[str, list[str]]]:
    """Where a pending line's case waits: (states of its batch, step) -> the step's title, and whose programmes it is.

    Most programmes have the same steps for this, and are asked about together.
    """
    found: dict[tuple[tuple[str, ...], str], tuple[str, list[str]]] = {}
    for programme in registry.programmes():
        try:
            road = road_of(programme)
        except NotPaidByBatch:
            continue
        for states, step in (((State.DRAWN,), road.confirm.step), (LIVE[1:], road.credited.step)):
            found.setdefault((tuple(states), step.name), (str(step.task_title), []))[1].append(programme)
    return found


def _without_line(scope: Scope) -> Iterator[Finding]:
    lines = BatchLine.objects.filter(case=OuterRef("pk"), state=Line.PENDING)
    cases = Case.objects.filter(scope.inside(), ~Exists(lines), stage=Stage.PAYABLE).order_by("pk")
    for number, division in cases.values_list("number", "division_id").iterator():
        yield Finding(NO_LINE, number, county_of(division), f"{number}：待付款，没有待付的明细")


BATCHES = Examination("batches", "发放批次", find)
