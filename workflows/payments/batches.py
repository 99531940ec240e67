"""The verbs of a batch: drawn by one, checked by another (or sent back), locked with a digest.

Each is one transaction that locks the batch and reads it afresh; every case in it moves through the gateway.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import BatchLine, Case, Decision, Event, NumberSeries, PaymentBatch, Staff, WorkItem
from workflows import trail
from workflows.payments.digest import chain_of, digest_of
from workflows.payments.faults import refuse_faults
from workflows.payments.lines import attempt, due_to, lines_of, perform_each, refuse_asked_out, total_of
from workflows.payments.permissions import acting, may_check, may_lock
from workflows.payments.refusals import BatchRefusal, NotDrawn, NothingToDraw
from workflows.payments.road import Way, road_of
from workflows.perform import perform
from workflows.refusals import Refusal
from workflows.standing import Actor

State = PaymentBatch.State
LINE_WRONG = "batch_line_wrong"
MAX_LINES = 1000
"""One transaction of some seconds, in which SQLite lets nobody else write; and what one person can check."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that waits but was not drawn, and why."""

    case_number: str
    code: str
    sentence: str


def waiting(programme: str, county: str) -> QuerySet[WorkItem]:
    """The cases of a county that wait to be drawn, first come first: the order they are drawn in."""
    step = road_of(programme).draw.step
    items: QuerySet[WorkItem] = WorkItem.objects.filter(
        office=county, role=step.role, programme=programme, step=step.name, finished__isnull=True
    ).order_by("id")
    return items


def draw_batch(
    programme: str,
    county: str,
    *,
    by: Staff,
    case_numbers: Collection[str] | None = None,
    key: str | None = None,
) -> PaymentBatch:
    """Draw waiting cases into a new batch: all of it or nothing. 编制批次

    Without `case_numbers`: everything that waits, up to `MAX_LINES`, but for cases that are not this officer's to
    handle; `left_out_of` tells which. With them: exactly these, and one that cannot be drawn refuses the whole
    (`NotDrawn`, with every reason). The same `key` again gives the batch it made.
    """
    try:
        with transaction.atomic():
            return _draw(programme, county, case_numbers, by=by, key=key)
    except IntegrityError as clash:
        if any(word in str(clash) for word in ("batchline", "case_in_one_live_batch", "case_paid_once_a_round")):
            raise NotDrawn([_("有案件已在另一个发放批次里，或已经付过款，请刷新后再试")]) from clash
        raise


def _draw(
    programme: str, county: str, case_numbers: Collection[str] | None, *, by: Staff, key: str | None
) -> PaymentBatch:
    way = road_of(programme).draw
    actor = acting(by, county, way.step.role)
    # One at a time draws from a county's queue, and reads it after the one before has committed.
    series = _locked_series(county)
    drawn_before = _drawn_with(key)
    if drawn_before is not None:
        return drawn_before
    items, left_out = _chosen(programme, county, case_numbers)
    batch = _new_batch(programme, county, series, by)
    cases = _draw_each(batch, items, way, left_out, by=by, key=key)
    against = [f"{case.case_number}：{case.sentence}" for case in left_out]
    if against and case_numbers is not None:
        raise NotDrawn(against)
    if not cases:
        raise NothingToDraw(against)
    _write_lines(batch, cases)
    _record(batch, "batch_drawn", actor, left_out={case.case_number: case.code for case in left_out})
    return batch


def left_out_of(batch: PaymentBatch) -> dict[str, str]:
    """Case number -> code of the refusal, for the cases that waited but were left out when it was drawn."""
    drawn = Event.objects.filter(chain=chain_of(batch), action="batch_drawn").first()
    return dict(drawn.details["left_out"]) if drawn else {}


def _locked_series(county: str) -> NumberSeries:
    key = f"FF{county}-{localdate().year}"
    NumberSeries.objects.get_or_create(key=key)
    return NumberSeries.objects.select_for_update().get(key=key)


def _drawn_with(key: str | None) -> PaymentBatch | None:
    """The batch an earlier attempt with this key made: its first line's decision carries the key and its moment."""
    first = Decision.objects.filter(key=attempt(key, 1)).first() if key else None
    if first is None:
        return None
    return PaymentBatch.objects.filter(lines__case_id=first.case_id, drawn_at=first.at).first()


def _chosen(programme: str, county: str, case_numbers: Collection[str] | None) -> tuple[list[WorkItem], list[LeftOut]]:
    items = waiting(programme, county).select_related("process")
    if case_numbers is None:
        return list(items[:MAX_LINES]), []
    wanted = set(case_numbers)
    if not wanted:
        raise NothingToDraw([_("没有选中案件")])
    if len(wanted) > MAX_LINES:
        raise NotDrawn([_("一个批次最多%(most)d笔，选了%(count)d笔") % {"most": MAX_LINES, "count": len(wanted)}])
    found = list(items.filter(process__number__in=wanted))
    missing = wanted - {item.process.number for item in found}
    sentence = _("不在待列入批次的案件里，可能已列入别的批次，或还没有批准")
    return found, [LeftOut(number, "not_waiting", sentence) for number in sorted(missing)]


def _new_batch(programme: str, county: str, series: NumberSeries, by: Staff) -> PaymentBatch:
    series.last += 1
    series.save(update_fields=["last"])
    return PaymentBatch.objects.create(
        number=f"{series.key}-{series.last:04d}", programme=programme, county_id=county, drawn_by=by, drawn_at=now()
    )


def _draw_each(
    batch: PaymentBatch, items: Sequence[WorkItem], way: Way, left_out: list[LeftOut], *, by: Staff, key: str | None
) -> list[int]:
    """The cases the gateway let in, in order; the others join `left_out`."""
    cases: list[int] = []
    for item in items:
        try:
            perform(
                item.pk,
                way.outcome,
                by=by,
                key=attempt(key, len(cases) + 1),
                values={"batch": batch.number},
                at=batch.drawn_at,
            )
        except Refusal as refusal:
            left_out.append(LeftOut(item.process.number, refusal.code, str(refusal)))
        else:
            cases.append(item.process_id)
    return cases


def _write_lines(batch: PaymentBatch, case_ids: Sequence[int]) -> None:
    """Copy name, account and amount as they are now, under the locks the gateway took on the cases."""
    cases = Case.objects.select_related("payee_account").in_bulk(case_ids)
    lines = []
    for number, case_id in enumerate(case_ids, start=1):
        case = cases[case_id]
        account = case.payee_account
        # The law has just let the case be scheduled: it has an amount above zero and an account.
        assert account is not None
        lines.append(
            BatchLine(
                batch=batch,
                case=case,
                line_number=number,
                holder_name=account.holder_name,
                account_number=account.account_number,
                account_hash=account.account_hash,
                bank=account.bank,
                amount=due_to(case),
                pay_round=case.pay_round,
            )
        )
    BatchLine.objects.bulk_create(lines, batch_size=500)
    batch.line_count, batch.total = len(lines), total_of(lines)
    batch.save(update_fields=["line_count", "total"])


def check_batch(batch: PaymentBatch, *, by: Staff, key: str | None = None) -> PaymentBatch:
    """A second person has held every line against its case, and puts their name to each. 复核

    Raises `BatchWrong` with everything found; then nothing has happened.
    """
    with transaction.atomic():
        batch = locked(batch)
        if batch.state == State.CHECKED and batch.checked_by_id == by.pk:
            return batch
        actor = may_check(batch, by)
        refuse_faults(batch)
        perform_each(batch, list(lines_of(batch)), road_of(batch.programme).confirm, by=by, key=key)
        batch.state, batch.checked_by, batch.checked_at = State.CHECKED, by, now()
        batch.save(update_fields=["state", "checked_by", "checked_at"])
        _record(batch, "batch_checked", actor)
    return batch


def send_back_batch(batch: PaymentBatch, *, by: Staff, note: str = "", key: str | None = None) -> PaymentBatch:
    """The checker refuses all of it: the batch is void, its cases wait to be drawn again. 整批退回"""
    with transaction.atomic():
        batch = locked(batch)
        if batch.state == State.CANCELLED:
            return batch
        actor = may_check(batch, by)
        _take_out(batch, list(lines_of(batch)), actor, by=by, note=note, key=key)
    return batch


def remove_line(
    batch: PaymentBatch, line_number: int, *, by: Staff, note: str = "", key: str | None = None
) -> PaymentBatch:
    """The checker takes one line out; the rest stays. Taking out the last one voids the batch. 移出一笔"""
    with transaction.atomic():
        batch = locked(batch)
        if batch.lines.filter(line_number=line_number, state=BatchLine.State.REMOVED).exists():
            return batch
        actor = may_check(batch, by)
        lines = list(lines_of(batch).filter(line_number=line_number))
        if not lines:
            sentence = _("批次%(number)s里没有第%(line)d行。")
            raise BatchRefusal(sentence % {"number": batch.number, "line": line_number})
        _take_out(batch, lines, actor, by=by, note=note, key=key)
    return batch


def lock_batch(batch: PaymentBatch, *, by: Staff) -> PaymentBatch:
    """From here on nothing in it changes, and the digest proves it. 锁定

    Everything is held against the cases once more: days may lie between the check and this.
    """
    with transaction.atomic():
        batch = locked(batch)
        if batch.state == State.LOCKED:
            return batch
        actor = may_lock(batch, by)
        refuse_asked_out(batch)
        refuse_faults(batch)
        batch.state, batch.locked_at, batch.digest = State.LOCKED, now(), digest_of(batch)
        batch.save(update_fields=["state", "locked_at", "digest"])
        _record(batch, "batch_locked", actor)
    return batch


def locked(batch: PaymentBatch) -> PaymentBatch:
    """The batch, locked and read afresh."""
    return PaymentBatch.objects.select_for_update().get(pk=batch.pk)


def _take_out(
    batch: PaymentBatch, lines: Sequence[BatchLine], actor: Actor, *, by: Staff, note: str, key: str | None
) -> None:
    """Send the lines' cases back to wait for another batch, and put the batch's sums right."""
    way = road_of(batch.programme).send_back
    perform_each(batch, lines, way, by=by, key=key, reasons=(LINE_WRONG,), note=note)
    batch.lines.filter(pk__in=[line.pk for line in lines]).update(state=BatchLine.State.REMOVED)
    left = list(lines_of(batch))
    batch.line_count, batch.total = len(left), total_of(left)
    if not left:
        batch.state = State.CANCELLED
    batch.save(update_fields=["line_count", "total", "state"])
    _record(batch, "batch_refused", actor, lines=[line.line_number for line in lines])


def _record(batch: PaymentBatch, action: str, actor: Actor, **details: object) -> None:
    sums = {"count": batch.line_count, "total": f"{batch.total:.2f}", "digest": digest_of(batch)}
    trail.record(chain_of(batch), action, actor=actor, details={**sums, **details})
