"""The page of terms that docs/new-programme.md writes is a whole programme: it is taken out of the page and run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from casework.sheets.values import Cell
from tests.new_programme_keys import with_keys
from tests.workflows.standard.stories import a_person, granted, hand_in, walked
from tests.world import World
from workflows import programmes as folder
from workflows import registry
from workflows.programme import Programme
from workflows.proof import faults_of

PAGE = Path(settings.BASE_DIR) / "docs" / "new-programme.md"
TERMS = re.compile(r"^```yaml page=(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHECK: dict[str, Cell] = {
    "hospital": "县人民医院",
    "checked_on": "2026-08-03",
    "cost": "480.00",
    "reimbursed": "120.00",
    "kind_of_check": "基础",
}


@pytest.fixture
def checkup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programme]:
    """The page's programme, in a folder beside the house's own for as long as a test lasts."""
    found = TERMS.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    home = tmp_path / found[1]
    home.mkdir()
    (home / "terms.yaml").write_text(found[2], encoding="utf-8")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    registry.forget()
    yield registry.programme(found[1])
    registry.forget()


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
