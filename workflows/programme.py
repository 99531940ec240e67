"""What a programme is: everything a new folder in `workflows/programmes/` must say of itself."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, Protocol

from django.db.models import Q
from django.utils.translation import gettext_lazy

from casework.models import Case
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from workflows.assessment import Assessment
from workflows.flow import CaseFlow, Step
from workflows.line_codes import Own
from workflows.refusals import NotAllowed
from workflows.terms import Terms, TermsBook

Period = tuple[datetime.date, datetime.date]
"""[begins, ends)."""


@dataclass(frozen=True)
class Reason:
    """A reason ready to pick, and what can still be done: every refusal states both.

    `by_terms`: it follows from the terms, so that under other terms it might not hold. The others are facts on the
    ground, which no terms change.
    """

    code: str
    sentence: str
    remedy: str
    outcomes: frozenset[str] = frozenset()
    by_terms: bool = False

    def offered_for(self, outcome: str) -> bool:
        return not self.outcomes or outcome in self.outcomes


@dataclass(frozen=True)
class Policy:
    """What a programme says of itself under given terms, a sentence a line: who may apply, what to bring, how much and
    how it is worked out, how often and until when. Whatever is not known to be a rule is told with its source.
    `notices`, what hangs where for how long, follows from the terms and is written by nobody."""

    who: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class FactField:
    """A fact as the form asks for it and the case page shows it."""

    name: str
    label: str
    kind: str = "text"
    choices: Mapping[str, str] = field(default_factory=dict)


class Held(Protocol):
    """A benefit for a period [begins, ends) of a person or a household; see `BenefitHold`."""

    @property
    def benefit(self) -> str: ...

    @property
    def claimant(self) -> str: ...

    @property
    def begins(self) -> datetime.date: ...

    @property
    def ends(self) -> datetime.date: ...


class Applications(Protocol):
    """How a programme's applications are read off paper and judged; see `workflows.papers`."""

    columns: tuple[Column, ...]

    def read(self, cells: Mapping[str, Cell]) -> Any:
        """A line's cells as an application. Raises `LineRefused` with one code."""

    def open_docket(self, county: str, applied_on: datetime.date) -> Docket:
        """A docket to judge a county's applications in, in order."""


class Docket(Protocol):
    """Judges applications one after another, remembering what it has granted."""

    def prepare(self, applications: Sequence[Any]) -> None:
        """Read (and lock) what judging these will need, in a fixed number of statements."""

    def judge(self, application: Any) -> Verdict:
        """Accepted, with the case's facts and its assessment; or every reason against."""

    def enter(self, application: Any) -> Verdict:
        """The facts of an application that is to wait at intake undecided; or why it cannot even be entered."""

    def reasons_against(self, case: Case) -> list[str]:
        """The codes of what stands against a case that is already entered."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of an application. `reasons` may be set on an accepted one too (its days were cut)."""

    accepted: bool
    reasons: tuple[str, ...]
    person_id: int | None = None
    division: str = ""
    identity_hash: str = ""
    terms_version: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    assessment: Assessment | None = None
    details: tuple[str, ...] = ()
    pays_by: str = ""


def applicants_name(case: Case) -> str:
    """Whose name must stand on the account the money goes to, when it goes to a person."""
    return str(case.applicant.name)


class NoApplications:
    """For a programme of which no sheets are handed in: its cases begin on a page of their own."""

    columns: tuple[Column, ...] = ()

    def read(self, cells: Mapping[str, Cell]) -> NoReturn:
        raise NotAllowed(NOT_ON_PAPER)

    def open_docket(self, county: str, applied_on: datetime.date) -> NoReturn:
        raise NotAllowed(NOT_ON_PAPER)


NOT_ON_PAPER = gettext_lazy("这个项目不用申报表，请在它自己的页面办理。")


class Rejudging(Protocol):
    """How a programme's decided cases are judged under other terms than their own; see `workflows.replay_rules`."""

    def read_terms(self, path: Path) -> TermsBook:
        """Terms from a file, checked as the programme's own are. Raises `TermsProblem`."""

    def open_bench(self) -> Bench:
        """A bench to judge decided cases at, some hundreds at a time."""


class Bench(Protocol):
    """Judges a case from its facts and any version of the terms, by the programme's own rules. Writes nothing."""

    def prepare(self, cases: Sequence[Case]) -> None:
        """Read what judging these will need, in a fixed number of statements; what was read for others may go."""

    def governing(self, case: Case, book: TermsBook) -> Terms | None:
        """The version of the book that governs the case, by the same rule as in life."""

    def against(self, case: Case, terms: Terms, held: Sequence[Period]) -> Mapping[str, str]:
        """Code -> sentence of all that stands against it under these terms, whatever was used of a year's days.

        `held` are the periods the person holds by other cases.
        """

    def assess(self, case: Case, terms: Terms, used: Mapping[int, int]) -> Assessment:
        """What it earns under these terms, after `used` days of each calendar year."""


@dataclass(frozen=True, slots=True)
class PinnedEntry:
    """The category a case was decided on, for a bench to judge by where the person's entry in that county's register is
    no longer there."""

    category: str

    def valid_on(self, day: datetime.date) -> bool:
        return True


@dataclass(frozen=True)
class Discreet:
    """What is shown of a confidential case where no name may stand."""

    words: Callable[[Sequence[int]], Mapping[int, str]]
    """Keys of cases -> what stands in a list where the applicant's name would. One statement."""

    sums: Callable[[Case], Sequence[tuple[str, Decimal]]]
    """What an auditor sees of its money: label, yuan."""


def says_nothing_more(details: Mapping[str, Any]) -> list[str]:
    return []


@dataclass(frozen=True)
class Programme:
    """A programme 项目: its procedure, its terms, its form, its words."""

    slug: str
    title: str
    number_prefix: str
    bank_memo: str
    flow: type[CaseFlow]
    terms: TermsBook
    reasons: Mapping[str, Reason]
    facts: tuple[FactField, ...]
    describe: Callable[[Case], list[tuple[str, str]]]
    assess: Callable[[Case, Mapping[int, int]], Assessment]
    applications: Applications
    rejudging: Rejudging | None = None
    earlier: tuple[type[CaseFlow], ...] = ()
    """The flows of before, oldest first: cases begun under one go on under it."""

    pays_by: str = Case.PaysBy.CARD
    """Whose money a new case is about, and how it reaches the applicant; `Verdict.pays_by` may say otherwise of one."""

    holds: Callable[[Case, Assessment], Sequence[Held]] | None = None
    """What an accepted case holds that nobody may hold twice, in whichever programme; see `workflows.overlap`."""

    can_hold: Q = field(default_factory=Q)
    """Which of its cases can hold anything at all, for whoever looks at all of them; empty means each."""

    policy: Callable[[Terms], Policy] | None = None
    """What its page says besides the road; see `workflows.policy`."""

    confidential: bool = False
    """Its cases are for their handlers and those above them only."""

    on_paper: bool = True
    """Whether applications come as sheets and over the counter; the others begin on a page of their own."""

    codes: Own = field(default_factory=dict)
    """What a refused line is told, where the house's own words (`workflows.papers.codes`) do not say it."""

    flow_of_terms: Mapping[str, type[CaseFlow]] = field(default_factory=dict)
    """Version of the terms -> the flow its cases begin under, where the terms say what steps there are."""

    payee: Callable[[Case], str] = applicants_name
    """Whose name the account must bear: the applicant's, or that of the unit they speak for."""

    carries: bool = False
    """Whether families a unit carries are linked to its cases; see `workflows.carried`."""

    written: Callable[[Case], Mapping[str, Cell]] | None = None
    """Cells of an application that are not among the case's facts as they stand (another person's number)."""

    discreet: Discreet | None = None
    """For a confidential one."""

    told: Callable[[Mapping[str, Any]], list[str]] = says_nothing_more
    """What a decision's event holds of the programme's own, in words for its history."""

    @property
    def flows(self) -> tuple[type[CaseFlow], ...]:
        """Every flow a case of this programme can be in, the newest first."""
        return (self.flow, *reversed(self.earlier))

    def flow_for(self, terms_version: str) -> type[CaseFlow]:
        """The flow a case that those terms govern begins under."""
        return self.flow_of_terms.get(terms_version, self.flow)

    def under(self, flow: type[CaseFlow]) -> Programme:
        """The programme as a case of that flow sees it: with the versions of the terms that go with it."""
        others = tuple(one for one in reversed(self.flows) if one is not flow)
        mine = [terms for terms in self.terms.versions if self.flow_of_terms.get(terms.version, flow) is flow]
        return replace(self, flow=flow, earlier=others, terms=TermsBook(mine) if mine else self.terms)

    def steps(self) -> list[Step]:
        """Every step there is in any of its flows; where two have one of a name, the newest."""
        found: dict[str, Step] = {}
        for flow in self.flows:
            for step in flow.steps():
                found.setdefault(step.name, step)
        return list(found.values())

    def step(self, name: str) -> Step | None:
        """The newest step of that name; asked for every line of a history, so nothing is listed."""
        nodes = (flow.instance.node(name, no_obsolete=True) for flow in self.flows)
        return next((node for node in nodes if isinstance(node, Step)), None)

    def reasons_for(self, outcome: str) -> list[Reason]:
        return [reason for reason in self.reasons.values() if reason.offered_for(outcome)]
