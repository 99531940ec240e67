"""The two tables that come in: which fields they have, in the words that 122 counties use for them.

The words are data, in wordings/: a county that calls a field by a name nobody has thought of is one line there.
Account and holder have all their words in one tier: of a 社保卡号 and a 银行账号 side by side nobody can know
which is to be paid, so that is asked about, never guessed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import yaml

from casework.sheets.columns import Column

_WORDINGS: Final = Path(__file__).with_name("wordings")
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def _load(*files: str) -> Mapping[str, Column]:
    columns: dict[str, Column] = {}
    shared = yaml.safe_load((_WORDINGS / "shared.yaml").read_text("utf-8"))
    for file in files:
        written = yaml.safe_load((_WORDINGS / file).read_text("utf-8"))
        for name, facts in written["columns"].items():
            columns[name] = _column(name, facts, shared)
    return columns


def _column(name: str, facts: Mapping[str, Any], shared: Mapping[str, Any]) -> Column:
    split = facts.get("splits_into")
    return Column(
        name=name,
        label=facts["label"],
        kind=facts.get("kind", "text"),
        says=tuple(_for_everyone(tier, shared["people"]) for tier in facts.get("says", ())),
        hints=tuple(facts.get("hints", ())),
        never=tuple(facts.get("never", ())),
        never_of=tuple(shared["whose"][who] for who in facts.get("not_of", ())),
        splits_into=(split[0], split[1]) if split else None,
    )


def _for_everyone(tier: str, people: Mapping[str, str]) -> str:
    """{patient}姓名 becomes 患者姓名 病人姓名 …"""
    words: list[str] = []
    for word in tier.split():
        who = _PLACEHOLDER.search(word)
        words += [word.replace(who[0], person) for person in people[who[1]].split()] if who else [word]
    return " ".join(words)


def _table(known: Mapping[str, Column], fields: str) -> Sequence[Column]:
    """The fields of a table in its usual order; a star marks one that must be there."""
    return tuple(replace(known[field.removesuffix("*")], required=field.endswith("*")) for field in fields.split())


APPLICATION_COLUMNS: Final = _table(
    _load("shared.yaml", "application.yaml"),
    "sequence name* identity_number* hospital* admission_date* discharge_date* stay dependency_level* caregiver "
    "account_number* account_holder* bank phone township village remark",
)

REGISTER_COLUMNS: Final = _table(
    _load("shared.yaml", "register.yaml"),
    "sequence household_number name* relation sex identity_number* category* certificate_number valid_from* "
    "valid_to validity division_code township village phone account_number account_holder bank death_date remark",
)
