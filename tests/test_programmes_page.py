"""The programme that docs/new-programme.md writes in Python is a whole one: it is taken out of the page and run."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings

from casework.demo import bank
from casework.models import Case, Role, Staff
from casework.sheets.writing import table_workbook
from tests import factories
from tests.world import COUNTY, World, open_item
from workflows import programmes as folder
from workflows import registry
from workflows.papers.applications import import_applications
from workflows.papers.correcting import enter_application
from workflows.papers.report import Report
from workflows.payments.bank_files import export_batch
from workflows.payments.batches import check_batch, draw_batch, lock_batch
from workflows.payments.returns import apply_return
from workflows.perform import perform
from workflows.policy import policy_page
from workflows.programme import Programme
from workflows.proof import prove
from workflows.refusals import Incomplete
from workflows.reopening import reopen
from workflows.terms import TermsProblem, load

PAGE = Path(settings.BASE_DIR) / "docs" / "new-programme.md"
FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SLUG = "winter_heating"
HEADINGS = ("姓名", "身份证号", "采暖方式", "社保卡号", "户名")


@pytest.fixture
def winter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Programme]:
    """The page's programme, standing beside the house's own for as long as a test lasts."""
    home = tmp_path / "programmes" / SLUG
    home.mkdir(parents=True)
    (home / "__init__.py").touch()
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (home / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(home.parent)])
    registry.forget()
    yield registry.programme(SLUG)
    registry.forget()
    for module in [name for name in sys.modules if name.startswith(f"{folder.__name__}.{SLUG}")]:
        del sys.modules[module]
    vars(folder).pop(SLUG, None)


def line(staff_name: str, number: str, heating: str = "用电", holder: str = "") -> tuple[str, ...]:
    return (staff_name, number, heating, "6299000000000000077", holder or staff_name)


def hand_in(world: World, *lines: tuple[str, ...]) -> Report:
    clerk: Staff = world.by(Role.INTAKE_CLERK)
    day = datetime.date(2026, 11, 2)
    return import_applications(SLUG, table_workbook(HEADINGS, lines), county=COUNTY, applied_on=day, by=clerk)


def a_person(number: int = 501) -> tuple[str, str]:
    identity = factories.invented_identity(number)
    person = factories.PersonFactory(name="向秋菊", identity_number=identity, registered=True)
    return person.name, identity


def test_the_page_has_every_file_of_the_folder_it_describes() -> None:
    files = {name for name, _text in FILE.findall(PAGE.read_text(encoding="utf-8"))}
    in_python = PAGE.read_text(encoding="utf-8").split("\n## In Python")[1]
    table = set(re.findall(r"^\| `([\w.]+)` \|", in_python, re.MULTILINE))
    assert files == table == {"terms.yaml", "rules.py", "applications.py", "flow.py", "forms.py", "programme.py"}


def test_the_registry_finds_it_by_looking_and_its_flow_is_proved(winter: Programme) -> None:
    assert {"nursing_subsidy", SLUG} <= set(registry.programmes())
    proof = prove(winter)
    assert proof.faults == ()
    assert (proof.steps, proof.holds) == (15, True)


def test_a_line_of_a_sheet_goes_all_the_way_to_paid(world: World, winter: Programme) -> None:
    report = hand_in(world, line(*a_person()))
    assert [(row.outcome, row.amount) for row in report.rows] == [("accepted", Decimal("800.00"))]
    case = Case.objects.get(programme=SLUG)
    assert case.number == "QN430922202600001"
    assert winter.describe(case)[0] == ("取暖方式", "用电")
    for outcome, role in (
        ("pass", Role.VILLAGE_VERIFIER),
        ("pass", Role.TOWNSHIP_REVIEWER),
        ("approve", Role.COUNTY_APPROVER),
    ):
        perform(open_item(case).pk, outcome, by=world.by(role), note="情况属实")
    officer = world.by(Role.PAYMENT_OFFICER)
    batch = draw_batch(SLUG, COUNTY, by=officer)
    check_batch(batch, by=world.by(Role.PAYMENT_CHECKER))
    lock_batch(batch, by=officer)
    sent = export_batch(batch, by=officer, form="utf-8").data
    assert "取暖补助" in sent.decode()
    apply_return(batch, bank.answer(sent, on=datetime.date(2026, 11, 20)), by=officer)
    case = Case.objects.get(pk=case.pk)
    assert (case.stage, case.amount) == ("closed", Decimal("800.00"))


def test_a_mistyped_key_of_its_own_is_told_by_programme_version_and_key(winter: Programme, tmp_path: Path) -> None:
    home = tmp_path / "programmes" / SLUG
    written = (home / "terms.yaml").read_text(encoding="utf-8")
    (home / "terms.yaml").write_text(written.replace("yuan_a_winter", "yuan_per_winter"), encoding="utf-8")
    with pytest.raises(TermsProblem) as wrong:
        load(home / "terms.yaml", sys.modules[f"{folder.__name__}.{SLUG}.rules"].SHAPE)
    assert str(wrong.value) == (
        "winter_heating/terms.yaml：第1个版本（2025-10-01）的“yuan_a_winter”没有写"
        "（写了不认识的“yuan_per_winter”，是不是写错了？）"
    )


def test_its_page_says_who_how_much_and_until_when(world: World, winter: Programme) -> None:
    says = policy_page(winter, datetime.date(2026, 11, 2)).says
    assert says.amounts == ("每人每年冬季一次：燃煤600.00元，用电800.00元（示例方案第四条）",)
    assert all((says.who, says.papers, says.limits))


def test_what_the_county_refused_can_be_looked_at_again(world: World, winter: Programme) -> None:
    hand_in(world, line(*a_person()))
    case = Case.objects.get(programme=SLUG)
    clerk = world.by(Role.INTAKE_CLERK)
    perform(open_item(case).pk, "refuse", by=world.by(Role.VILLAGE_VERIFIER), reasons=["not_at_home"])
    reopen(case.number, by=clerk, reasons=["refusal_disputed"])
    assert open_item(Case.objects.get(pk=case.pk)).step == "internal_review"


def test_every_reason_against_a_line_is_given(world: World, winter: Programme) -> None:
    name, number = a_person()
    report = hand_in(
        world,
        line(name, number, "燃煤"),
        line(name, number, "燃煤"),
        line(name, number, "柴火"),
        line("无此人", factories.invented_identity(777)),
        line(name, number[:-1]),
        line("", number),
        line(name, number, holder="别人"),
    )
    assert [row.reasons for row in report.rows] == [
        (),
        ("duplicate_row",),
        ("unknown_value",),
        ("not_in_register",),
        ("id_checksum",),
        ("missing_field",),
        ("account_holder_mismatch", "duplicate_row"),
    ]


def test_what_stands_against_it_at_the_counter_is_said_at_intake(world: World, winter: Programme) -> None:
    name, number = a_person()
    hand_in(world, line(name, number))
    clerk = world.by(Role.INTAKE_CLERK)
    cells = {
        "name": name,
        "identity_number": number,
        "heating": "用电",
        "account_number": "6299000000000000077",
        "account_holder": name,
    }
    again = enter_application(SLUG, cells, county=COUNTY, applied_on=datetime.date(2026, 11, 20), by=clerk)
    with pytest.raises(Incomplete) as refused:
        perform(open_item(again).pk, "accept", by=clerk)
    assert refused.value.missing == ("同一次住院已经申报过",)
