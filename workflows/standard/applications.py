"""Applications of a standard programme: read off a sheet or a form."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from casework.crypto import lookup_hash
from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.values import Cell
from workflows.papers.codes import first_of
from workflows.programme import Docket
from workflows.terms import TermsBook

OF_THE_PERSON = ("name", "identity_number", "account_number", "account_holder", "bank", "phone", "village", "township")
CODES = (
    (values.PrecisionLost, "id_precision_lost"),
    (values.BadDate, "date_invalid"),
    (values.BadIdentity, "id_checksum"),
)


@dataclass(frozen=True)
class Application:
    """An application as written: cleaned, not yet judged. `facts` as they are kept on a case."""

    name: str
    identity_number: str
    facts: Mapping[str, Any]
    account_number: str = ""
    account_holder: str = ""
    bank: str = ""
    phone: str = ""
    village: str = ""
    township: str = ""
    deceased_identity: str = ""

    @functools.cached_property
    def identity_hash(self) -> str:
        return lookup_hash("identity", self.identity_number)

    @functools.cached_property
    def account_hash(self) -> str:
        return lookup_hash("account", self.account_number) if self.account_number else ""

    @functools.cached_property
    def deceased_hash(self) -> str:
        return lookup_hash("identity", self.deceased_identity) if self.deceased_identity else ""


class Opens(Protocol):
    def __call__(self, county: str, applied_on: datetime.date) -> Docket: ...


@dataclass
class StandardApplications:
    """A standard programme's part in `workflows.papers`."""

    book: TermsBook
    columns: tuple[Column, ...]
    readers: Mapping[str, Callable[[Cell], Any]]
    opens: Opens

    def open_docket(self, county: str, applied_on: datetime.date) -> Docket:
        return self.opens(county, applied_on)

    def read(self, cells: Mapping[str, Cell]) -> Application:
        """A line's cells as an application. Raises `LineRefused` with the one code that stands alone."""
        found: dict[str, Any] = {}
        problems: list[tuple[str, str]] = []
        for column in self.columns:
            try:
                found[column.name] = self.readers[column.name](cells.get(column.name, ""))
            except values.CellProblem as problem:
                code = next((code for kind, code in CODES if isinstance(problem, kind)), "unknown_value")
                problems.append((code, f"{column.label}：{problem}"))
            else:
                if column.required and found[column.name] in ("", None):
                    problems.append(("missing_field", f"没有填“{column.label}”"))
        if problems:
            raise first_of(problems)
        return _application(found)


def _application(found: dict[str, Any]) -> Application:
    left_out = {*OF_THE_PERSON, "sequence", "deceased_identity"}
    facts = {name: value for name, value in found.items() if name not in left_out and value not in ("", None)}
    of_the_person = {name: found[name] for name in OF_THE_PERSON if found.get(name)}
    return Application(facts=facts, deceased_identity=found.get("deceased_identity", ""), **of_the_person)
