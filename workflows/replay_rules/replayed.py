"""One case after the other judged and assessed again: what it was, what it would be, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial

from casework.models import Case
from workflows.assessment import Assessment
from workflows.programme import Bench, Programme
from workflows.replay_rules.files import CaseFile
from workflows.replay_rules.order import Order, Standing, assess_beside
from workflows.terms import Terms, TermsBook

NOTHING = Decimal("0.00")
NO_TERMS = "按这件案子的日期，新方案里还没有施行的版本"


class ReplayProblem(Exception):
    """A case that cannot be replayed; the text says which and why."""


class Change(StrEnum):
    """What the other terms would have made of a case."""

    SAME = "same"
    GRANTED = "granted"
    REFUSED = "refused"
    HIGHER = "higher"
    LOWER = "lower"


class Unmoved(StrEnum):
    """Why a refusal stays one whatever the terms say. `GROUND`: for facts on the ground. `UNEXPLAINED`: the terms it
    was decided under would have granted it, so it was not they that refused it. `REVIEWED`: one of the applicant's
    cases went to review, granted or refused; all of theirs are left as they were decided."""

    GROUND = "ground"
    UNEXPLAINED = "unexplained"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class Result:
    """Granted with an amount in yuan, or refused, which is nothing."""

    granted: bool
    amount: Decimal


REFUSED = Result(granted=False, amount=NOTHING)


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decided case under the other terms. `terms` is their version that governs it, empty when none does; `why` are
    the sentences that explain what it would be."""

    number: str
    county: str
    was: Result
    now: Result
    terms: str
    why: Sequence[str]
    unmoved: Unmoved | None = None

    @property
    def difference(self) -> Decimal:
        return self.now.amount - self.was.amount

    @property
    def change(self) -> Change:
        if self.was.granted != self.now.granted:
            return Change.GRANTED if self.now.granted else Change.REFUSED
        if not self.difference:
            return Change.SAME
        return Change.HIGHER if self.difference > 0 else Change.LOWER


@dataclass(frozen=True, slots=True)
class Court:
    """Who judges by which book: the programme, its rules, and the terms to be tried."""

    programme: Programme
    bench: Bench
    book: TermsBook

    def replay_person(self, files: Sequence[CaseFile]) -> Iterator[Replayed]:
        """One person's cases in order of acceptance; those decided in the year come out."""
        if any(file.reviewed for file in files):
            yield from (self._as_decided(file) for file in files if file.in_year)
            return
        order = Order(files)
        for file in files:
            if file.in_year:
                hearing = Hearing(self, order, file)
                standing, replayed = hearing.of_granted() if file.promised else hearing.of_refused()
                order.settle(file, standing)
                yield replayed

    def _as_decided(self, file: CaseFile) -> Replayed:
        """A case that is not replayed: nothing is said of what other terms would have made of it."""
        was, terms = _was(file), self.bench.governing(file.case, self.book)
        why = ("本人有案件申请过复核，按原决定计",)
        version = terms.version if terms else ""
        return Replayed(file.case.number, file.case.division_id[:6], was, was, version, why, Unmoved.REVIEWED)

    def pinned(self, case: Case) -> Terms:
        try:
            return self.programme.terms.version(case.terms_version)
        except KeyError as missing:
            raise ReplayProblem(
                f"案件{case.number}依据的方案版本“{case.terms_version}”在现行方案里找不到，无法对照，请先补上这个版本"
            ) from missing


class Hearing:
    """One case before the court."""

    def __init__(self, court: Court, order: Order, file: CaseFile) -> None:
        self.court = court
        self.order = order
        self.file = file
        self.case = file.case
        self.pinned = court.pinned(self.case)
        self.terms = court.bench.governing(self.case, court.book)
        self.then = court.bench.against(self.case, self.pinned, ())
        self.fresh = self._fresh()
        self.used_then = self._used_then()

    def of_granted(self) -> tuple[Standing, Replayed]:
        """An approved case: refused where the other terms have something against it that its own had not."""
        if self.terms is None or self.fresh:
            return Standing({}), self._replayed(REFUSED, tuple(self.fresh.values()))
        found = self._assessed(self.terms)
        if not self._earns(found):
            return Standing({}), self._replayed(REFUSED, _explained(found))
        held = Standing(found.days_by_year, (found.begins, found.ends))
        return held, self._replayed(Result(granted=True, amount=found.amount), _explained(found))

    def of_refused(self) -> tuple[Standing, Replayed]:
        """A refused case: granted where its refusal followed from its terms, and the others have nothing against it."""
        if self.terms is None or self.fresh:
            return Standing({}), self._kept(tuple(self.fresh.values()), self._on_the_ground())
        found = self._assessed(self.terms)
        # What it had reserved before it was refused, it would have reserved under these terms too.
        reserved = Standing(found.days_by_year)
        if (unmoved := self._on_the_ground()) is not None:
            return reserved, self._kept(self._given(), unmoved)
        if against := self.court.bench.against(self.case, self.terms, self.order.periods_beside(self.file)):
            return reserved, self._kept(tuple(against.values()))
        if not self._earns(found):
            return reserved, self._kept(_explained(found))
        if not self.then and self._earns(self._assess(self.pinned, self.used_then)):
            return reserved, self._kept(self._given(), Unmoved.UNEXPLAINED)
        held = Standing(found.days_by_year, (found.begins, found.ends))
        why = (*self._given(), *_explained(found))
        return held, self._replayed(Result(granted=True, amount=found.amount), why)

    def _fresh(self) -> Mapping[str, str]:
        """What stands against it under the other terms and did not under its own: what is the terms' doing."""
        if self.terms is None:
            return {"no_terms_in_force": NO_TERMS}
        now = self.court.bench.against(self.case, self.terms, ())
        return {code: said for code, said in now.items() if code not in self.then}

    def _earns(self, found: Assessment) -> bool:
        """Whether it comes to anything: to money, where the programme gives money at all."""
        return bool(found.amount) or self.court.programme.pays_by == Case.PaysBy.NOTHING

    def _assess(self, terms: Terms, used: Mapping[int, int]) -> Assessment:
        return self.court.bench.assess(self.case, terms, used)

    def _assessed(self, terms: Terms) -> Assessment:
        own = self.file.days if self.file.promised else {}
        used, promised = self.order.used_now(self.file, self.used_then), self.order.promised_after(self.file)
        return assess_beside(partial(self._assess, terms), used, promised, own)

    def _used_then(self) -> Mapping[int, int]:
        """Days used before it in life: counted in order of acceptance where that explains the award it was given.

        Where it does not, because cases were amended or sent back in between, the number its award itself names.
        """
        counted = self.order.reserved_before(self.file)
        if self.file.used is None:
            return counted
        found = self._assess(self.pinned, counted)
        explains = found.amount == self.case.amount and dict(found.days_by_year) == self.file.days
        return counted if explains else self.file.used

    def _on_the_ground(self) -> Unmoved | None:
        known = self.court.programme.reasons
        by_terms = all(code in known and known[code].by_terms for code in self.file.reasons)
        return None if by_terms else Unmoved.GROUND

    def _given(self) -> tuple[str, ...]:
        """The reasons it was refused for, as they were given."""
        known = self.court.programme.reasons
        said = "；".join(known[code].sentence if code in known else code for code in self.file.reasons)
        return (f"原不予批准的理由：{said}",)

    def _kept(self, why: Sequence[str], unmoved: Unmoved | None = None) -> Replayed:
        return self._replayed(REFUSED, why, unmoved)

    def _replayed(self, now: Result, why: Sequence[str], unmoved: Unmoved | None = None) -> Replayed:
        case = self.case
        version = self.terms.version if self.terms else ""
        return Replayed(case.number, case.division_id[:6], _was(self.file), now, version, why, unmoved)


def _was(file: CaseFile) -> Result:
    return Result(granted=True, amount=file.case.amount or NOTHING) if file.promised else REFUSED


def _explained(found: Assessment) -> tuple[str, ...]:
    return tuple(found.body["explanation"])
