"""Cases of one programme on their ways: all that go past a step are taken past it together, by whoever's step it is."""

from __future__ import annotations

import datetime
import functools
import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.timezone import localdate, localtime

from casework.demo import walk
from casework.demo.boards import Board
from casework.demo.fates import item_of
from casework.demo.hands import Hands
from casework.demo.papers import bring_papers
from casework.demo.photographs import home_visit
from casework.demo.standard.families import carry
from casework.demo.standard.log import fill_log
from casework.demo.standard.ways import Way
from casework.models import BatchLine, Case, Evidence, Level, Notice, Role, Staff
from workflows.flow import Step
from workflows.graph import main_road
from workflows.notices.closing import close_notice
from workflows.outcomes import Kind, Outcome
from workflows.papers.evidence import attach
from workflows.papers.wanted import ASKABLE, Line
from workflows.payments.batches import draw_batch
from workflows.programme import Programme
from workflows.refusals import NotAllowed, Refusal
from workflows.reopening import reopen
from workflows.standard.papers import name_of, wanted_papers
from workflows.terms import Terms

SAID = {
    Role.INTAKE_CLERK: "材料齐全，符合受理条件。",
    Role.VILLAGE_VERIFIER: "入户查看，与本人核对，情况与申报一致。",
    Role.TOWNSHIP_REVIEWER: "材料齐全，与申报一致。",
    Role.COUNTY_APPROVER: "同意。",
}
A_WHILE = datetime.timedelta(minutes=20)
A_DAY_TO_CLOSE = datetime.timedelta(days=1)
SENT_BACK = "账号已销户"


@dataclass
class Tale:
    """A case, its way, and when it was last moved; `stuck` is why it went no further."""

    number: str
    way: Way
    at: datetime.datetime
    step: int = 0
    """How far along the road it is."""
    stuck: str = ""


@dataclass
class Road:
    """The cases of a programme, their road, and who walks it with them."""

    programme: Programme
    terms: Terms
    county: str
    hands: Hands
    until: datetime.datetime
    tales: list[Tale] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Why applications became no case: new terms may want what nobody here can invent."""

    def __post_init__(self) -> None:
        road = main_road(self.programme.flow_for(self.terms.version))
        self.steps = [place for place in road if isinstance(place, Step)]
        self.rng = random.Random(f"road {self.county} {self.programme.slug}")

    @property
    def boards(self) -> list[str]:
        """The places in which lists hang, along the road."""
        return [step.notice for step in self.steps if "post" in step.outcomes]

    def boards_before(self, way: Way) -> list[str]:
        return [step.notice for step in self.steps[: way.passes] if "post" in step.outcomes]

    def walk(self) -> None:
        """Everybody to where they are to be found. The first step a sheet has taken with it, where it is the county's;
        those at the counter wait in it."""
        begun = 1 if self.steps[0].level == Level.COUNTY else 0
        for number, step in enumerate(self.steps[begun:], start=begun):
            moving = [tale for tale in self.tales if not tale.stuck and tale.way.passes > number]
            onward = _onward(step)
            for tale in moving:
                tale.step = number
            if step.notice:
                self._on_the_board(step, moving)
            elif onward.by_batch:
                self._pay(number)
                break
            else:
                for tale in moving:
                    self._act(tale, onward)
        for tale in self.tales:
            if tale.way.turn and not tale.stuck:
                self._turn(tale)

    # -- step by step ----------------------------------------------------------------------------------------------

    def _act(self, tale: Tale, outcome: Outcome) -> None:
        """One step, with whatever papers and entries it wants to see."""

        def deed() -> None:
            item = item_of(tale.number)
            case: Case = item.process
            step: Step = item.flow_task
            advances = outcome.kind is Kind.ADVANCE
            at = self._next_moment(tale)
            if advances:
                self._fill(case, self._wants(step.name), at)
                carry(case, self.programme, self.terms, self.hands, at)
            said = SAID.get(Role(step.hand_of(outcome).role), "情况属实。")
            reasons = [one for one in self.programme.reasons_for(outcome.name)] if outcome.needs_reason else []
            reason = self.rng.choice(reasons) if reasons else None

            def papers(staff: Staff) -> None:
                if advances:
                    self._put_in(case, step.name, staff, at)

            self.hands.act(
                item, outcome.name, before=papers, reasons=(reason.code,) if reason else (),
                note=f"{reason.sentence}。" if reason else said, at=at, values=self._answers(case, outcome, at),
            )  # fmt: skip

        self._try([tale], deed)

    def _turn(self, tale: Tale) -> None:
        """Off the road, and back on it where somebody disagrees."""
        outcome = self.steps[tale.way.passes].outcomes[tale.way.turn]
        if outcome.by_batch:
            return
        tale.step = tale.way.passes
        self._act(tale, outcome)
        if not tale.way.again or tale.stuck:
            return
        reason = next(one for one in self.programme.reasons_for("request_review") if one.code == "refusal_disputed")
        at = self._next_moment(tale)

        def deed(staff: Staff) -> object:
            note = "申请人不同意，带来了新的证明。"
            return reopen(tale.number, by=staff, reasons=(reason.code,), note=note, at=at)

        self._try([tale], lambda: self.hands.somebody(self.county, Role.INTAKE_CLERK, deed))

    def _answers(self, case: Case, outcome: Outcome, at: datetime.datetime | None) -> dict[str, Any]:
        asked = {question.name for question in outcome.asks}
        found: dict[str, Any] = {}
        if "review_on" in asked:
            found["review_on"] = localdate(at) + datetime.timedelta(days=30)
        if "papers" in asked:
            wanted = wanted_papers(case.facts, self.terms) or [{"words": "户口簿复印件"}]
            found["papers"] = tuple(
                Line(kind=one["kind"]) if one.get("kind") in ASKABLE else Line(words=name_of(one)) for one in wanted
            )
        return found

    def _put_in(self, case: Case, step: str, staff: Staff, at: datetime.datetime | None) -> None:
        """The papers the terms want, and the photograph of a visit; what is there already stays."""
        bring_papers(case, by=staff, at=at)
        photographed = self.terms.body["steps"].get(step, {}).get("photograph")
        if photographed and not case.papers.get(Evidence.Kind.PHOTOGRAPH):
            attach(case.number, Evidence.Kind.PHOTOGRAPH, self._photograph(case.number, at), by=staff, at=at)

    def _photograph(self, number: str, at: datetime.datetime | None) -> bytes:
        taken_at = localtime(at or self.until) - walk.SHORTLY_BEFORE
        return home_visit(number, taken_at=taken_at, caption=f"DEMO  {number}  {taken_at:%Y-%m-%d %H:%M}")

    def _wants(self, step: str) -> Sequence[str]:
        said = self.terms.body
        found = list(said["steps"].get(step, {}).get("log", ()))
        if step == "county" and "log" in said["amount"]:
            found.append(said["amount"]["log"])
        return found

    def _fill(self, case: Case, kinds: Sequence[str], at: datetime.datetime | None) -> None:
        fill_log(case, kinds, hands=self.hands, total_of=self.terms.body["amount"], at=at)

    # -- together ----------------------------------------------------------------------------------------------------

    def _on_the_board(self, step: Step, tales: Sequence[Tale]) -> None:
        """Posted, photographed, and taken down after its last day: a sheet for each office, and for each of those who
        came with as many boards before them."""
        sheets: dict[tuple[str, int], list[Tale]] = defaultdict(list)
        for tale in tales:
            sheets[item_of(tale.number).office, len(self.boards_before(tale.way))].append(tale)
        for (office, _boards), here in sheets.items():
            if "post" in step.outcomes:
                self._try(here, functools.partial(self._post, step, office, here))
            else:
                self._try(here, functools.partial(self._take_down, here))

    def _post(self, step: Step, office: str, tales: Sequence[Tale]) -> None:
        at = max(self._next_moment(tale) or self.until for tale in tales)
        numbers = tuple(tale.number for tale in tales)
        board = Board(self.programme.slug, step.notice, office, step.role, numbers)
        if board.posted(self.hands, numbers, at=at) is None:
            raise NotAllowed("名单没有张榜")
        for tale in tales:
            tale.at = at

    def _take_down(self, tales: Sequence[Tale]) -> None:
        notice = Notice.objects.get(lines__case__number=tales[0].number, state=Notice.State.POSTED)
        day = datetime.datetime.combine(notice.last_day + A_DAY_TO_CLOSE, datetime.time(9), tzinfo=self.until.tzinfo)
        close_notice(notice, by=notice.posted_by, at=min(day, self.until))
        for tale in tales:
            tale.at = min(day, self.until)

    def _pay(self, first: int) -> None:
        """Three batches: one the bank has answered, one it has, one that somebody is to check."""
        waiting = [tale for tale in self.tales if not tale.stuck and tale.way.passes > first]
        names = [step.name for step in self.steps]
        check, bank = names.index("payment_check"), names.index("bank")
        answered = [tale for tale in waiting if tale.way.passes > bank or tale.way.turn]
        sent = [tale for tale in waiting if tale.way.passes == bank and not tale.way.turn]
        drawn = [tale for tale in waiting if tale.way.passes == check]
        for tale in waiting:
            case: Case = item_of(tale.number).process
            self._try([tale], functools.partial(self._fill, case, self._wants("payment"), None))
        self._try(answered, lambda: self._answered(answered))
        self._try(sent, lambda: walk.send_to_bank(self.hands, self._draw(sent)))
        self._try(drawn, lambda: self._draw(drawn))

    def _draw(self, tales: Sequence[Tale]) -> Any:
        officer = self.hands.in_post(self.county, Role.PAYMENT_OFFICER)[0]
        numbers = [tale.number for tale in tales if not tale.stuck]
        return draw_batch(self.programme.slug, self.county, by=officer, case_numbers=numbers)

    def _answered(self, tales: Sequence[Tale]) -> None:
        batch = self._draw(tales)
        back = [tale.number for tale in tales if tale.way.turn]
        lines = BatchLine.objects.filter(batch=batch, case__number__in=back).values_list("line_number", flat=True)
        walk.pay(self.hands, batch, returned=dict.fromkeys(lines, SENT_BACK))

    # -- when --------------------------------------------------------------------------------------------------------

    def _next_moment(self, tale: Tale) -> datetime.datetime | None:
        """The rest of the time but for the days lists still hang, shared among the steps that are left, in office
        hours; None is now."""
        if tale.at >= self.until:
            return None
        left = tale.way.passes - tale.step + bool(tale.way.turn) + tale.way.again
        boards = [step.notice for step in self.steps[tale.step : tale.way.passes] if "post" in step.outcomes]
        moment = tale.at + (self.until - span_of(self.terms, boards) - tale.at) / (left + 1)
        moment = moment.replace(hour=9 + self.rng.randrange(8), minute=self.rng.randrange(60))
        tale.at = min(max(moment, tale.at + A_WHILE), self.until - datetime.timedelta(minutes=1))
        return tale.at

    def _try(self, tales: Sequence[Tale], deed: Callable[[], object]) -> None:
        """A case that cannot go on stays where it is, and says why: new terms may want what nobody here can invent."""
        if not tales:
            return
        try:
            deed()
        except Refusal as refusal:
            for tale in tales:
                tale.stuck = str(refusal)


def _onward(step: Step) -> Outcome:
    return next(one for one in step.outcomes.values() if one.kind is Kind.ADVANCE and not one.returns)


def span_of(terms: Terms, boards: Sequence[str]) -> datetime.timedelta:
    days = [terms.notice.at(place) for place in boards if terms.notice is not None]
    return datetime.timedelta(days=sum(one.days * (2 if one.working else 1) + 2 for one in days))
