"""Writing the trail, and checking it.

An event's hash is sha-256 over the canonical JSON array
`[chain, seq, at, action, actor id, actor name, actor office, details, hash before]`: keys sorted, no spaces, UTF-8
unescaped, time in UTC to the microsecond. The first event of a chain has the empty string before it.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import now

from casework.models import Case, Chain, Event
from casework.rows import new_row
from workflows.standing import Actor

ACTIONS = frozenset(
    {
        "submitted",
        "brought_in",
        "decided",
        "closed",
        "claimed",
        "released",
        "handed_over",
        "facts_amended",
        "log_entered",
        "log_taken_back",
        "family_linked",
        "family_unlinked",
        "donation_entered",
        "award_changed",
        "account_changed",
        "evidence_attached",
        "unmasked",
        "slip_printed",
        "register_imported",
        "applications_imported",
        "line_corrected",
        "sheet_returned",
        "deadline_warned",
        "deadline_extended",
        "watch_warned",
        "watch_passed",
        "co_handler_added",
        "co_handler_ended",
        "co_handled",
        "letter_printed",
        "escalated",
        "order_answered",
        "order_struck_off",
        "calendar_changed",
        "calendar_confirmed",
        "batch_drawn",
        "batch_checked",
        "batch_refused",
        "batch_locked",
        "batch_exported",
        "batch_answered",
        "batch_line_came_back",
        "batch_line_out_asked",
        "batch_line_kept",
        "batch_line_let_out",
        "claims_batched",
        "claims_exported",
        "answers_taken",
        "answer_settled",
        "insurer_connected",
        "notice_posted",
        "notice_photographed",
        "notice_objected",
        "notice_closed",
        "notice_settled",
        "notice_withdrawn",
        "keys_rotated",
        "terms_published",
        "post_given",
        "post_lent",
        "post_taken_back",
        "post_ended",
        "everything_handed_over",
        "case_moved",
        "log_replayed",
        "round_opened",
        "round_taken_on",
        "round_budget_changed",
        "round_deadline_moved",
        "team_formed",
        "visits_assigned",
        "visit_corrected",
        "cover_written",
        "cover_ended",
        "cover_lapsed",
        "family_contacted",
        "cases_linked",
        "log_exported",
        "repaired",
        "policy_made",
        "policy_sent",
        "policy_taken_back",
        "policy_confirmed",
        "roster_listed",
        "roster_imported",
        "roster_struck",
        "roster_exported",
        "endorsement_asked",
        "endorsement_answered",
    }
)
"""The registered words; an unknown one cannot be written."""

CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def event_hash(event: Event, before: str) -> str:
    """The hash `event` must carry when the one before it in its chain has the hash `before`."""
    at = event.at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    body = [
        event.chain,
        event.seq,
        at,
        event.action,
        event.actor_id,
        event.actor_name,
        event.actor_office,
        event.details,
        before,
    ]
    return sha256(CANONICAL(body).encode()).hexdigest()


def next_event(case: Case, action: str, *, actor: Actor, at: datetime.datetime, details: Mapping[str, Any]) -> Event:
    """The next event of a case's chain, not yet saved; moves the head on the case in hand. Lock the case first."""
    event = _event(case.number, case.trail_seq + 1, action, actor, at, details, before=case.trail_head)
    event.case = case
    case.trail_seq, case.trail_head = event.seq, event.hash
    return event


def record(
    chain: str, action: str, *, actor: Actor, details: Mapping[str, Any], at: datetime.datetime | None = None
) -> Event:
    """Append to a chain that is no case's (a person's, an import's, a batch's), in the caller's transaction."""
    with transaction.atomic():
        Chain.objects.get_or_create(name=chain)
        head = Chain.objects.select_for_update().get(name=chain)
        event = _event(chain, head.seq + 1, action, actor, at or now(), details, before=head.head)
        event.save(force_insert=True)
        head.seq, head.head = event.seq, event.hash
        head.save(update_fields=["seq", "head"])
    return event


def record_for_case(case_id: int, action: str, *, actor: Actor, details: Mapping[str, Any]) -> Event:
    """Append to a case's chain outside a step (unmasking, printing a slip), under the case's lock."""
    with transaction.atomic():
        case = Case.objects.select_for_update().only("number", "trail_seq", "trail_head").get(pk=case_id)
        event = next_event(case, action, actor=actor, at=now(), details=details)
        event.save(force_insert=True)
        case.save(update_fields=["trail_seq", "trail_head"])
    return event


def _event(
    chain: str,
    seq: int,
    action: str,
    actor: Actor,
    at: datetime.datetime,
    details: Mapping[str, Any],
    *,
    before: str,
) -> Event:
    if action not in ACTIONS:
        raise ValueError(f"unregistered trail action: {action}")
    if actor.stands_in_for is not None:
        details = {**details, "stands_in_for": actor.stands_in_for}
    event = new_row(
        Event,
        chain=chain,
        seq=seq,
        at=at,
        action=action,
        actor_id=actor.staff_id,
        actor_name=actor.name,
        actor_office=actor.office,
        details=dict(details),
    )
    event.hash = event_hash(event, before)
    return event


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: at which event, and how."""

    chain: str
    seq: int
    why: str


def breaks(chain: str | None = None) -> Iterator[Break]:
    """Every break, chain by chain; reads events in one pass, in constant memory but for the chains' heads. `chain`
    looks at one alone."""
    events = Event.objects.all() if chain is None else Event.objects.filter(chain=chain)
    yield from _walk(events, _heads(chain))


def breaks_of(heads: Iterable[tuple[str, int, str]]) -> Iterator[Break]:
    """Every break in the chains of these heads (name, length, last hash), some at a time, by the index."""
    coming = iter(heads)
    while some := {name: (seq, head) for name, seq, head in islice(coming, CHAINS_AT_A_TIME)}:
        yield from _walk(Event.objects.filter(chain__in=list(some)), some)


CHAINS_AT_A_TIME = 200


def _walk(events: QuerySet[Event], heads: dict[str, tuple[int, str]]) -> Iterator[Break]:
    current, seq, before, broken = "", 0, "", False
    for event in events.order_by("chain", "seq").iterator(chunk_size=2000):
        if event.chain != current:
            if current and not broken:
                yield from _against_head(current, seq, before, heads.pop(current, None))
            heads.pop(current, None)
            current, seq, before, broken = event.chain, 0, "", False
        if broken:
            continue
        found = _fault(event, seq, before)
        if found:
            broken = True
            yield found
        seq, before = event.seq, event.hash
    if current and not broken:
        yield from _against_head(current, seq, before, heads.pop(current, None))
    heads.pop(current, None)
    yield from (Break(name, head[0], "轨迹整条缺失") for name, head in sorted(heads.items()) if head[0])


def _fault(event: Event, seq: int, before: str) -> Break | None:
    if event.seq != seq + 1:
        return Break(event.chain, seq + 1, f"缺少第{seq + 1}条，直接到了第{event.seq}条")
    if event.hash != event_hash(event, before):
        return Break(event.chain, event.seq, "内容与摘要不符：这一条或它之前的一条被改动过")
    return None


def _against_head(chain: str, seq: int, last: str, head: tuple[int, str] | None) -> Iterator[Break]:
    if head is None:
        yield Break(chain, seq, "案件或链首记录不存在")
    elif head != (seq, last):
        yield Break(chain, min(seq, head[0]) + 1, f"末尾不符：应有{head[0]}条，现有{seq}条")


def _heads(chain: str | None) -> dict[str, tuple[int, str]]:
    cases = Case.objects.values_list("number", "trail_seq", "trail_head")
    others = Chain.objects.values_list("name", "seq", "head")
    if chain is not None:
        cases, others = cases.filter(number=chain), others.filter(name=chain)
    return {name: (seq, head) for rows in (cases.iterator(), others.iterator()) for name, seq, head in rows}
