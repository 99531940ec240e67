"""The pages of terms that docs/new-programme.md writes are whole programmes: taken out of the page, proved, and run."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command

from casework.sheets.values import Cell
from tests.new_programme_keys import with_keys
from tests.workflows.standard.stories import a_person, granted, hand_in, walked
from tests.world import World
from workflows import programmes as folder
from workflows import registry
from workflows.programme import Programme
from workflows.proof import faults_of
from workflows.standard.amounts import Applied, amount_of
from workflows.standard.programme import programme_from
from workflows.standard.schema import NEEDS
from workflows.terms import parsed

PAGE = Path(settings.BASE_DIR) / "docs" / "new-programme.md"
TEXT = PAGE.read_text(encoding="utf-8")
TERMS = dict(re.findall(r"^```yaml page=(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
PIECES = dict(re.findall(r"^```yaml piece=(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
PRINTED = re.findall(r"^```text\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SUM = re.compile(r"^# (.+) → ([\d.]+)$", re.MULTILINE)
SUMS = [(name, *found) for name, piece in PIECES.items() for found in SUM.findall(piece)]
OUTERMOST = ("title", "bank_memo", "fund", "applicant")
CHECK: dict[str, Cell] = {
    "hospital": "县人民医院",
    "checked_on": "2026-08-03",
    "cost": "480.00",
    "reimbursed": "120.00",
    "kind_of_check": "基础",
}


Put = Callable[[str, str], Programme]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Put]:
    """Puts a page of terms into a folder beside the house's own for as long as a test lasts."""
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    monkeypatch.setattr(registry, "_last_read", {})

    def put_there(slug: str, text: str) -> Programme:
        (tmp_path / slug).mkdir()
        (tmp_path / slug / "terms.yaml").write_text(text, encoding="utf-8")
        registry.forget()
        return registry.programme(slug)

    yield put_there
    registry.forget()


@pytest.fixture
def checkup(put: Put) -> Programme:
    return put("checkup_aid", TERMS["checkup_aid"])


def smallest_with(piece: str) -> Programme:
    """The smallest programme with a piece of the page in it."""
    page, put_in = parsed(TERMS["winter_coal"], "page"), parsed(piece, "piece")
    for key, value in put_in.items():
        place = page if key in OUTERMOST else page["versions"][0]
        place[key] = value
    return programme_from("winter_coal", yaml.safe_dump(page, allow_unicode=True), name="piece", on_trial=True)


@pytest.mark.parametrize("name", PIECES)
def test_every_piece_fits_into_the_smallest_programme_and_its_road_is_proved(name: str) -> None:
    assert faults_of(smallest_with(PIECES[name])) == []


@pytest.mark.parametrize(("name", "facts", "amount"), SUMS)
def test_a_sum_is_what_the_page_says(name: str, facts: str, amount: str) -> None:
    programme = smallest_with(PIECES[name])
    terms = programme.terms.versions[0].body
    words = {field.name: field.choices for field in programme.facts}
    labels = {field.name: field.label for field in programme.facts}
    given: dict[str, Any] = dict(pair.split(": ") for pair in facts.split(", "))
    given = {key: int(value) if value.isdigit() else value for key, value in given.items()}
    found, _lines = amount_of(terms["amount"], Applied(given, words, labels, datetime.date(2027, 1, 1)))
    assert f"{found:.2f}" == amount


def test_every_kind_of_amount_has_its_example() -> None:
    shown = {smallest_with(piece).terms.versions[0].body["amount"]["kind"] for piece in PIECES.values()}
    assert shown >= NEEDS.keys() - {"fixed"}


def test_the_smallest_is_proved_in_the_words_of_the_page(put: Put, db: None) -> None:
    put("winter_coal", TERMS["winter_coal"])
    call_command("prove_flows", "winter_coal", stdout=(out := StringIO()))
    assert PRINTED[0] in out.getvalue()


def test_the_smallest_pays(put: Put, world: World) -> None:
    put("winter_coal", TERMS["winter_coal"])
    case = walked(world, granted(world, "winter_coal", a_person(), on="2026-11-27"))
    assert (case.number[:2], case.stage, case.paid_amount) == ("DM", "closed", Decimal("600.00"))


def test_a_mistake_is_told_in_the_words_of_the_page(put: Put) -> None:
    with pytest.raises(KeyError):
        put("winter_coal", TERMS["winter_coal"].replace('"600.00"', '"-6"'))
    assert [f"{one.why}\n" for one in registry.left_out()] == [PRINTED[1]]


def test_the_page_is_a_programme_and_its_road_is_proved(checkup: Programme) -> None:
    assert (checkup.title, checkup.number_prefix) == ("老年体检补助", "TJ")
    assert faults_of(checkup) == []
    assert "checkup_aid" in registry.on_paper()


def test_a_line_of_a_sheet_is_paid_what_the_page_says(world: World, checkup: Programme) -> None:
    case = granted(world, checkup.slug, {**a_person(born="1960-03-07"), **CHECK}, on="2026-08-20")
    assert case.amount == Decimal("288.00")
    assert "(480.00 − 120.00) × 80 % = 288.00" in PAGE.read_text(encoding="utf-8")
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("288.00"))


def test_an_earlier_check_is_under_the_earlier_terms(world: World, checkup: Programme) -> None:
    earlier = {**a_person(born="1960-03-07"), **CHECK, "checked_on": "2026-06-01"}
    report = hand_in(world, checkup.slug, earlier, {**earlier, "checked_on": "2026-05-02"}, on="2026-06-20")
    assert [(row.reasons, row.amount) for row in report.rows] == [
        ((), Decimal("186.00")),
        (("already_granted",), None),
    ]


def test_whoever_is_too_young_or_too_late_reads_the_pages_own_numbers(world: World, checkup: Programme) -> None:
    young = {**a_person(born="1966-08-04"), **CHECK}
    report = hand_in(world, checkup.slug, young, on="2026-11-02")
    assert report.rows[0].reasons == ("too_young", "late_application")
    said = [checkup.codes[code].sentence for code in report.rows[0].reasons]
    assert said == ["体检日期不满60周岁", "超过体检日期之后90日的申请期限"]


def test_the_page_lists_every_key_there_is_as_it_is_checked() -> None:
    page = PAGE.read_text(encoding="utf-8")
    if os.environ.get("NUANXIN_WRITE_DOCS") == "1":
        PAGE.write_text(with_keys(page), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == with_keys(page), "run with NUANXIN_WRITE_DOCS=1"
