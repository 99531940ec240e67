"""Carrying a county's cases to paid, by its own staff, through the verbs that everybody uses."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256

from django.db.models import Count, Sum
from django.utils.timezone import localdate, localtime, now

from casework.access import within
from casework.demo.bank import answer
from casework.demo.boards import keep_boards, still_hanging
from casework.demo.hands import Hands
from casework.demo.papers import bring_papers
from casework.demo.photographs import home_visit
from casework.models import Case, Evidence, PaymentBatch, Role, Staff, Stage, WantedPaper, WorkItem
from casework.models.law import NOTICE_WORDS
from workflows.amend import change_account
from workflows.papers.evidence import attach
from workflows.papers.wanted import still_wanted
from workflows.payments.bank_files import TEXT_UTF8, export_batch
from workflows.payments.batches import check_batch, draw_batch, lock_batch, waiting
from workflows.payments.returns import apply_return
from workflows.refusals import Refusal

PROGRAMME = "nursing_subsidy"
FAMILIES, UNITS = "foundation_grant", "loan_interest_subsidy"
WALKED = (PROGRAMME, FAMILIES, UNITS)
FINDINGS = (
    "已入户，见到本人，出院小结、费用清单原件与申报一致，住院期间由申报的护理人照料。",
    "入户查看，本人在家休养，邻居证实住院属实，医院、日期与申报一致。",
    "与本人及家属当面核对，身份证、社会保障卡均为本人，住院和护理情况属实。",
)
IN_NEED = (
    "已入户，见到本人，家中情况与申报的困难一致。",
    "入户查看，邻居也说近一年确有困难。",
    "与本人当面核对，身份证、社会保障卡均为本人，困难情况属实。",
)
SHORTLY_BEFORE = datetime.timedelta(minutes=25)
UNFINISHED = (
    PaymentBatch.State.DRAWN,
    PaymentBatch.State.CHECKED,
    PaymentBatch.State.LOCKED,
    PaymentBatch.State.EXPORTED,
)
Say = Callable[[str], object]


@dataclass
class Walk:
    """One walk through a county: what was done, and what could not be."""

    county: str
    hands: Hands
    say: Say
    done: Counter[str] = field(default_factory=Counter)
    stuck: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Totals:
    """Closed cases of a county and what they were paid."""

    cases: int
    yuan: Decimal


def walk(county: str, say: Say) -> Walk:
    """Carry every case on from where it is, until nothing moves any more. Safe to run again, and beside the desk."""
    trip = Walk(county, Hands(county), say)
    while _steps(trip) or _boards(trip) or _batches(trip):
        # Batches come when no single step is left to take, so that few large ones go to the bank.
        continue
    for notice in still_hanging(county):
        trip.stuck.setdefault(notice.number, f"公示到{notice.last_day}止，期满以后再办")
    return trip


def paid_totals(county: str) -> Totals:
    """All closed cases of the county, in this walk or before."""
    closed = Case.objects.filter(within((county,)), programme__in=WALKED, stage=Stage.CLOSED)
    found = closed.aggregate(cases=Count("pk"), yuan=Sum("paid_amount"))
    return Totals(found["cases"], found["yuan"] or Decimal("0.00"))


def open_items(county: str) -> Iterator[WorkItem]:
    """The steps people do one by one, the longest waiting first."""
    items = WorkItem.objects.filter(
        within((county,), "division"), programme__in=WALKED, step__in=DEEDS, finished__isnull=True
    )
    yield from items.select_related("process").order_by("id")


def visit(hands: Hands, item: WorkItem, *, at: datetime.datetime | None = None) -> None:
    """The village goes and looks: a photograph, findings, passed."""
    case = item.process
    said = FINDINGS if case.programme == PROGRAMME else IN_NEED
    findings = said[int(case.number[-5:]) % len(said)]

    def photograph(staff: Staff) -> None:
        bring_papers(case, by=staff, at=at)
        if case.papers.get(Evidence.Kind.PHOTOGRAPH):
            return
        taken_at = localtime(at or now()) - SHORTLY_BEFORE
        caption = f"DEMO  {case.number}  {taken_at:%Y-%m-%d %H:%M}"
        data = home_visit(case.number, taken_at=taken_at, caption=caption)
        attach(case.number, Evidence.Kind.PHOTOGRAPH, data, by=staff, at=at)

    hands.act(item, "pass", before=photograph, note=findings, at=at)


def accept(hands: Hands, item: WorkItem) -> None:
    hands.act(item, "accept", note="材料齐全，符合受理条件。")


def resubmit(hands: Hands, item: WorkItem, *, at: datetime.datetime | None = None) -> None:
    """Everything on the list has been brought."""
    ticks = {paper.pk: WantedPaper.Answer.BROUGHT for paper in still_wanted(item.process)}
    hands.act(item, "resubmit", note="所缺材料已补齐。", values={"ticks": ticks}, at=at)


def resume(hands: Hands, item: WorkItem) -> None:
    hands.act(item, "resume", note="情况已经核实清楚。")


def uphold(hands: Hands, item: WorkItem, *, at: datetime.datetime | None = None) -> None:
    hands.act(item, "uphold", reasons=("decision_right",), note="调阅全部材料，原决定没有错。", at=at)


def overturn(hands: Hands, item: WorkItem) -> None:
    hands.act(item, "overturn", note="同一次住院没有领过别的补贴，应予批准。")


def review(hands: Hands, item: WorkItem, *, at: datetime.datetime | None = None) -> None:
    case = item.process
    note = "材料与村级核实一致。" if case.programme != UNITS else "材料齐全，带动情况属实，同意上报。"
    hands.act(item, "pass", before=lambda staff: bring_papers(case, by=staff, at=at), note=note, at=at)


def decide(hands: Hands, item: WorkItem, *, at: datetime.datetime | None = None) -> None:
    """The county approves what there is to pay, and refuses what the year's cap has left nothing of."""
    if item.process.paid_amount:
        hands.act(item, "settle", note="重新核定后不需补发。", at=at)
    elif item.process.amount == 0:
        hands.act(item, "refuse", reasons=("annual_cap_used",), note="本年度可补天数已用完。", at=at)
    else:
        hands.act(item, "approve", note="同意。", at=at)


def answer_objection(hands: Hands, item: WorkItem) -> None:
    """Somebody who had no part has looked into it."""
    said = "经入户核查并向邻里了解，申报情况属实，异议不成立。"
    hands.act(item, "dismiss", note="已核查。", values={"answer": said})


def mend_account(hands: Hands, item: WorkItem) -> None:
    """A new card for the one the bank refused."""
    case = item.process
    digits = str(int(sha256(f"card {case.number} {item.pk}".encode()).hexdigest(), 16))[:17]

    def another_card(staff: Staff) -> None:
        change_account(case.number, f"62{digits}", "农村商业银行", case.applicant.name, by=staff)

    hands.act(item, "corrected", before=another_card, note="本人换领新卡，已核对户名和账号。")


DEEDS: dict[str, Callable[[Hands, WorkItem], None]] = {
    "intake": accept,
    "papers": resubmit,
    "village": visit,
    "township": review,
    "county": decide,
    "account": mend_account,
    "suspended": resume,
    "internal_review": uphold,
    "refusal_review": overturn,
    **{f"{place}_objection": answer_objection for place in NOTICE_WORDS},
}


def _steps(trip: Walk) -> int:
    """One step of every case that can be moved; how many that were."""
    moved = 0
    for item in open_items(trip.county):
        number = item.process.number
        if number in trip.stuck:
            continue
        try:
            DEEDS[item.step](trip.hands, item)
        except Refusal as refusal:
            trip.stuck[number] = str(refusal)
        else:
            moved += 1
            trip.done[item.flow_task.task_title] += 1
    if moved:
        trip.say(f"办理{moved}个环节：" + "，".join(f"{title}{count}件" for title, count in trip.done.items()))
        trip.done.clear()
    return moved


def _boards(trip: Walk) -> int:
    """Every board looked after; how many sheets moved."""
    try:
        touched = keep_boards(trip.county, trip.hands)
    except Refusal as refusal:
        trip.stuck["公示"] = str(refusal)
        return 0
    if touched:
        trip.say(f"公示榜：登记异议、期满了结、张榜共{touched}张")
    return touched


def _batches(trip: Walk) -> int:
    """Every unfinished batch to the bank and back, then whatever waits into a new one, programme by programme."""
    moved = 0
    unfinished = PaymentBatch.objects.filter(county_id=trip.county, programme__in=WALKED, state__in=UNFINISHED)
    for batch in unfinished.order_by("id"):
        moved += _pay_unless_stuck(trip, batch)
    for programme in WALKED:
        drawn = _draw(trip, programme)
        moved += _pay_unless_stuck(trip, drawn) if drawn else 0
    return moved


def _draw(trip: Walk, programme: str) -> PaymentBatch | None:
    """A new batch of all that waits, by the first officer who may draw any of it."""
    if not waiting(programme, trip.county).exists():
        return None
    for officer in trip.hands.in_post(trip.county, Role.PAYMENT_OFFICER):
        try:
            return draw_batch(programme, trip.county, by=officer)
        except Refusal as refusal:
            trip.stuck["待列入批次"] = str(refusal)
    return None


def _pay_unless_stuck(trip: Walk, batch: PaymentBatch) -> int:
    if batch.number in trip.stuck:
        return 0
    try:
        pay(trip.hands, batch)
    except Refusal as refusal:
        trip.stuck[batch.number] = str(refusal)
        return 0
    batch.refresh_from_db()
    if batch.state in UNFINISHED:
        trip.stuck[batch.number] = "回盘里还有没有处理完的明细，请到“发放”里查看"
        return 0
    trip.say(f"批次{batch.number}：{batch.line_count}笔，{batch.total:.2f}元，银行已回盘")
    return 1


def pay(hands: Hands, batch: PaymentBatch, returned: Mapping[int, str] | None = None) -> None:
    """A batch from wherever it stands to the bank's answer; `returned` lines come back, by number and reason."""
    exported = send_to_bank(hands, batch)
    data = answer(exported, on=localdate(), returned=returned)
    hands.somebody(batch.county_id, Role.PAYMENT_OFFICER, lambda staff: apply_return(batch, data, by=staff))


def send_to_bank(hands: Hands, batch: PaymentBatch) -> bytes:
    """Checked, locked and exported, as far as that has not been done; the file for the bank."""
    county = batch.county_id
    if batch.state == PaymentBatch.State.DRAWN:
        batch = hands.somebody(county, Role.PAYMENT_CHECKER, lambda staff: check_batch(batch, by=staff))
    if batch.state == PaymentBatch.State.CHECKED:
        batch = hands.somebody(county, Role.PAYMENT_OFFICER, lambda staff: lock_batch(batch, by=staff))
    made = hands.somebody(county, Role.PAYMENT_OFFICER, lambda staff: export_batch(batch, by=staff, form=TEXT_UTF8))
    return made.data
