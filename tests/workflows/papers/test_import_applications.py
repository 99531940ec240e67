"""A pile of applications: every line becomes a case or goes back with all its reasons."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.timezone import localdate

from casework.models import (
    Case,
    DeclaredRelative,
    Event,
    PayeeAccount,
    Person,
    Role,
    SheetImport,
    SheetLine,
    Stage,
    WorkItem,
)
from casework.sheets.problems import MissingColumns, SheetProblem
from tests.factories import PersonFactory, StaffFactory
from tests.workflows.papers.sheets import HEADINGS, KEYS, applications, line, workbook
from tests.world import COUNTY, VILLAGE, World
from workflows import trail
from workflows.papers import applications as importing
from workflows.papers.applications import import_applications
from workflows.papers.report import Report
from workflows.posts import Days, lend
from workflows.refusals import NotAllowed

APPLIED = datetime.date(2026, 11, 2)


@pytest.fixture
def person(world: World) -> Person:
    return PersonFactory(registered=True)


def bring_in(world: World, source: bytes, **options: Any) -> Report:
    options.setdefault("by", world.by(Role.INTAKE_CLERK))
    return import_applications("nursing_subsidy", source, county=COUNTY, applied_on=APPLIED, **options)


def test_an_accepted_line_is_a_case_waiting_at_its_village(world: World, person: Person) -> None:
    report = bring_in(world, applications([line(person)]))
    row = report.rows[0]
    assert (row.row, row.outcome, row.days, row.amount) == (3, "accepted", 10, Decimal("1300.00"))
    case = Case.objects.get(number=row.case)
    assert case.stage == Stage.ACCEPTED
    item = WorkItem.objects.get(process=case, finished__isnull=True)
    assert (item.step, item.office, item.role) == ("village", VILLAGE, Role.VILLAGE_VERIFIER)
    assert case.decisions.get().staff == world.by(Role.INTAKE_CLERK)
    assert list(trail.breaks()) == []


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("a wrong digit", {"identity": "990922195503070011"}, ["id_checksum"]),
    ("a number Excel has rounded", {"identity": 9.9092219550307e17}, ["id_precision_lost"]),
    ("a card Excel has rounded", {"card": 6.2991234567890e18}, ["id_precision_lost"]),
    ("a day that is not", {"admitted": "2026年9月31日"}, ["date_invalid"]),
    ("no card", {"card": ""}, ["missing_field"]),
    ("a level nobody knows", {"level": "特重"}, ["unknown_value"]),
    ("a hospital nobody knows", {"hospital": "某某诊所"}, ["unknown_value"]),
    ("out before in", {"discharged": "2026-08-01"}, ["discharge_before_admission"]),
    ("in the future", {"discharged": "2026-11-03"}, ["future_date"]),
    ("a hospital of level one", {"hospital": "城关镇中心卫生院"}, ["hospital_level_too_low"]),
    ("a hospital never designated", {"hospital": "仁爱护理院"}, ["hospital_not_designated"]),
    ("a hospital no longer designated", {"hospital": "康宁民营医院"}, ["hospital_not_designated"]),
    ("a day too late", {"admitted": "2026-07-25", "discharged": "2026-08-03"}, ["late_application"]),
    ("another's card", {"holder": "代领人"}, ["account_holder_mismatch"]),
    (
        "late and another's card",
        {"admitted": "2026-07-25", "discharged": "2026-08-03", "holder": "代领人"},
        ["account_holder_mismatch", "late_application"],
    ),
    ("unreadable and late", {"level": "", "discharged": "2026-05-05", "admitted": "2026-05-01"}, ["missing_field"]),
]


@pytest.mark.parametrize(("changes", "reasons"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_line_goes_back_with_every_reason(
    world: World, person: Person, changes: dict[str, Any], reasons: list[str]
) -> None:
    report = bring_in(world, applications([line(person, **changes)]))
    assert report.as_json()["rows"][0]["reasons"] == reasons
    assert not Case.objects.exists()
    assert SheetLine.objects.get().outcome == SheetLine.Outcome.REFUSED


def test_an_account_that_is_on_file_under_another_name_sends_its_line_back(world: World, person: Person) -> None:
    """An account has one holder: under which name the bank knows it must be cleared up before, not by the batch."""
    bring_in(world, applications([line(person)]))
    PayeeAccount.objects.update(holder_name="改名以前")
    later = line(person, admitted="2026-09-01", discharged="2026-09-05")
    assert bring_in(world, applications([later], title="又一份")).rows[0].reasons == ("account_of_another_name",)
    assert PayeeAccount.objects.get().holder_name == "改名以前"


def test_the_last_day_to_apply_is_in_time(world: World, person: Person) -> None:
    report = bring_in(world, applications([line(person, admitted="2026-07-25", discharged="2026-08-04")]))
    assert report.rows[0].outcome == "accepted"


def test_somebody_not_in_this_countys_register_is_not_known(world: World, person: Person) -> None:
    person.register_entries.all().delete()
    assert bring_in(world, applications([line(person)])).rows[0].reasons == ("not_in_register",)


def test_a_category_outside_the_scheme_is_not_covered(world: World, person: Person) -> None:
    person.register_entries.update(category="hardship")
    assert bring_in(world, applications([line(person)])).rows[0].reasons == ("category_not_covered",)


def test_an_entry_that_had_run_out_on_admission_is_not_valid(world: World, person: Person) -> None:
    person.register_entries.update(valid_to="2026-08-04")
    assert bring_in(world, applications([line(person)])).rows[0].reasons == ("register_not_valid",)


def test_who_died_before_discharge_is_deceased_and_on_the_day_is_not(world: World, person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(death_date="2026-08-14")
    assert bring_in(world, applications([line(person)])).rows[0].reasons == ("deceased",)
    Person.objects.filter(pk=person.pk).update(death_date="2026-08-15")
    assert bring_in(world, applications([line(person)], title="又一份")).rows[0].outcome == "accepted"


def test_the_same_stay_twice_and_one_that_overlaps_go_back(world: World, person: Person) -> None:
    sheet = applications(
        [
            line(person),
            line(person),
            line(person, admitted="2026-08-14", discharged="2026-08-20"),
            line(person, admitted="2026-08-15", discharged="2026-08-20"),
        ]
    )
    outcomes = [(row.outcome, row.reasons) for row in bring_in(world, sheet).rows]
    assert outcomes == [
        ("accepted", ()),
        ("refused", ("duplicate_row",)),
        ("refused", ("stay_overlap",)),
        ("accepted", ()),
    ]


def test_a_stay_of_an_earlier_sheet_counts_too(world: World, person: Person) -> None:
    bring_in(world, applications([line(person)]))
    assert bring_in(world, applications([line(person)], title="第二批")).rows[0].reasons == ("duplicate_row",)


def test_the_years_cap_is_used_up_in_order(world: World, person: Person) -> None:
    stays = [("2026-08-05", "2026-08-31"), ("2026-09-05", "2026-10-01"), ("2026-10-06", "2026-11-01")]
    report = bring_in(world, applications([line(person, admitted=a, discharged=d) for a, d in stays]))
    assert [(row.days, row.reasons) for row in report.rows] == [(26, ()), (26, ()), (8, ("annual_cap_reached",))]
    assert report.total == Decimal("7800.00")


def test_the_terms_on_admission_govern_the_whole_stay(world: World, person: Person) -> None:
    sheet = applications([line(person, admitted="2026-06-28", discharged="2026-08-07")])
    row = bring_in(world, sheet).rows[0]
    assert (row.days, row.amount) == (40, Decimal("4800.00"))


def test_the_place_in_front_of_a_hospitals_name_does_not_matter(world: World, person: Person) -> None:
    sheet = applications([line(person, hospital="桃江县人民医院")])
    assert bring_in(world, sheet).rows[0].outcome == "accepted"


def test_a_card_first_seen_on_the_sheet_keeps_its_bank(world: World, person: Person) -> None:
    given = line(person, card="6299000011112222333")
    rows = [(*HEADINGS, "开户行"), [1, *(given[key] for key in KEYS[1:]), "邮储银行"]]
    case = Case.objects.get(number=bring_in(world, workbook(rows)).rows[0].case)
    assert case.payee_account is not None and case.payee_account.bank == "邮储银行"


def test_the_same_bytes_again_change_nothing_and_give_the_first_report(world: World, person: Person) -> None:
    sheet = applications([line(person), line(person, level="特重")])
    first = bring_in(world, sheet)
    events, cases = Event.objects.count(), Case.objects.count()
    again = bring_in(world, sheet)
    assert again.repeated and again.as_json() == first.as_json()
    assert (Event.objects.count(), Case.objects.count(), SheetImport.objects.count()) == (events, cases, 1)


def test_a_dry_run_judges_and_keeps_nothing(world: World, person: Person) -> None:
    report = bring_in(world, applications([line(person)]), dry_run=True)
    assert (report.accepted, report.rows[0].case) == (1, None)
    assert not Case.objects.exists() and not SheetImport.objects.exists() and not Event.objects.exists()


def test_a_crash_in_the_middle_leaves_nothing(
    world: World, person: Person, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def crash(*args: Any, **options: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(importing, "finish", crash)
    with pytest.raises(MemoryError):
        bring_in(world, applications([line(person)]))
    assert not Case.objects.exists() and not SheetImport.objects.exists() and not SheetLine.objects.exists()
    assert [path for path in settings.FILES_DIR.rglob("*") if path.is_file()] == []


def test_only_an_intake_clerk_of_the_county_may(world: World, person: Person) -> None:
    for outsider in (world.by(Role.COUNTY_APPROVER), StaffFactory(post=(Role.INTAKE_CLERK, "430102"))):
        with pytest.raises(NotAllowed, match="受理员"):
            bring_in(world, applications([line(person)]), by=outsider)


def test_a_clerks_own_line_is_for_another_clerk(world: World, person: Person) -> None:
    clerk = world.by(Role.INTAKE_CLERK)
    clerk.identity_hash = person.identity_hash
    clerk.save()
    assert bring_in(world, applications([line(person)])).rows[0].reasons == ("recusal",)


def test_nobody_has_the_line_of_their_own_taken_in_by_whom_they_lent_the_post_to(world: World, person: Person) -> None:
    clerk, deputy = world.by(Role.INTAKE_CLERK), StaffFactory()
    DeclaredRelative.objects.create(
        staff=clerk, identity_hash=person.identity_hash, relation="哥哥", declared_on="2026-01-01"
    )
    today = localdate()
    lend(clerk.posts.get().pk, deputy, Days(today, today), by=clerk, reason="leave")
    assert bring_in(world, applications([line(person)]), by=deputy).rows[0].reasons == ("recusal",)


def test_a_sheet_without_a_needed_column_is_refused_whole_and_the_column_named(world: World) -> None:
    with pytest.raises(MissingColumns, match="社会保障卡号"):
        bring_in(world, workbook([[word for word in HEADINGS if word != "社会保障卡号"], ["1"] * 9]))
    assert not SheetImport.objects.exists()


def test_what_is_no_spreadsheet_is_said_to_be_none(world: World) -> None:
    with pytest.raises(SheetProblem):
        bring_in(world, b"%PDF-1.7 not a sheet")


def test_numbers_and_names_lie_sealed_in_the_database(world: World, person: Person) -> None:
    given = line(person)
    bring_in(world, applications([given]))
    stored = str(list(SheetLine.objects.values_list("cells", "problems"))) + str(
        list(Event.objects.values_list("details"))
    )
    assert given["identity"] not in stored and given["card"] not in stored and given["name"] not in stored
