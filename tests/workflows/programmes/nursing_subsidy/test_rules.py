"""The rules of 住院护理补贴, as worked examples a caseworker can check with a calendar, and as what always holds."""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.models import Designation, RegisterEntry
from workflows.programmes.nursing_subsidy import rules
from workflows.programmes.nursing_subsidy.assessment import TERMS
from workflows.programmes.nursing_subsidy.rules import Claim, HospitalFacts, Stay
from workflows.terms import Terms

OLD, NEW = TERMS.version("2024-01-01"), TERMS.version("2026-07-01")


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def stay(admission: str, discharge: str, level: str = "severe") -> Stay:
    return Stay(day(admission), day(discharge), level)


def governing(admission: datetime.date) -> Terms:
    terms = TERMS.in_force(admission)
    assert terms is not None
    return terms


@pytest.mark.parametrize(
    ("admission", "discharge", "days", "why"),
    [
        ("2026-08-05", "2026-08-31", 26, "the day of discharge is not counted"),
        ("2026-08-05", "2026-08-06", 1, "one night"),
        ("2026-08-05", "2026-08-05", 0, "in and out on one day"),
        ("2028-02-28", "2028-03-01", 2, "a leap year's February"),
        ("2026-02-28", "2026-03-01", 1, "another February"),
    ],
)
def test_days_are_nights(admission: str, discharge: str, days: int, why: str) -> None:
    assert stay(admission, discharge).days == days, why


@pytest.mark.parametrize(
    ("admission", "discharge", "by_year"),
    [
        ("2026-12-20", "2027-01-10", {2026: 12, 2027: 9}),
        ("2026-12-31", "2027-01-01", {2026: 1}),
        ("2027-01-01", "2027-01-02", {2027: 1}),
        ("2025-12-31", "2027-01-02", {2025: 1, 2026: 365, 2027: 1}),
        ("2026-08-05", "2026-08-05", {}),
    ],
)
def test_a_stay_over_new_year_uses_two_years(admission: str, discharge: str, by_year: dict[int, int]) -> None:
    assert stay(admission, discharge).days_by_year() == by_year


@pytest.mark.parametrize(
    ("level", "admission", "rate", "why"),
    [
        ("light", "2026-06-30", "60.00", "the last day of the old terms"),
        ("moderate", "2026-06-30", "90.00", "the last day of the old terms"),
        ("severe", "2026-06-30", "120.00", "the last day of the old terms"),
        ("light", "2026-07-01", "70.00", "the first day of the new"),
        ("moderate", "2026-07-01", "100.00", "the first day of the new"),
        ("severe", "2026-07-01", "130.00", "the first day of the new"),
    ],
)
def test_the_terms_of_the_admission_day_set_the_rate_of_the_whole_stay(
    level: str, admission: str, rate: str, why: str
) -> None:
    found = stay(admission, "2026-07-31", level)
    award = rules.assess(found, governing(found.admission), {})
    assert award.rate == Decimal(rate), why
    assert award.amount == Decimal(rate) * found.days


def test_before_the_first_terms_there_is_nothing_to_go_by() -> None:
    assert TERMS.in_force(day("2023-12-31")) is None
    assert TERMS.in_force(day("2024-01-01")) is OLD


@pytest.mark.parametrize(
    ("admission", "discharge", "used", "days_by_year", "amount", "cut", "why"),
    [
        ("2026-08-05", "2026-08-31", {}, {2026: 26}, "3380.00", False, "nothing used before"),
        ("2026-08-01", "2026-10-15", {}, {2026: 60}, "7800.00", True, "75 days, 60 a year"),
        ("2026-06-01", "2026-08-01", {}, {2026: 45}, "5400.00", True, "61 days under the old 45"),
        ("2026-09-01", "2026-10-01", {2026: 40}, {2026: 20}, "2600.00", True, "30 days, 20 left"),
        ("2026-09-01", "2026-10-01", {2026: 30}, {2026: 30}, "3900.00", False, "the last of the cap, to the day"),
        ("2026-09-01", "2026-10-01", {2026: 60}, {}, "0.00", True, "the cap is used up"),
        ("2026-09-01", "2026-10-01", {2026: 90}, {}, "0.00", True, "more was used than the cap: never below zero"),
        ("2026-09-01", "2026-10-01", {2025: 60}, {2026: 30}, "3900.00", False, "last year's days are last year's"),
        ("2026-12-20", "2027-01-10", {2026: 55}, {2026: 5, 2027: 9}, "1820.00", True, "each year has its own cap"),
        ("2026-12-20", "2027-01-10", {2026: 60, 2027: 55}, {2027: 5}, "650.00", True, "both years nearly used"),
        ("2026-11-01", "2027-03-15", {}, {2026: 60, 2027: 60}, "15600.00", True, "61 and 73 days, 60 of each"),
        ("2026-08-05", "2026-08-05", {}, {}, "0.00", False, "no night, nothing cut"),
    ],
)
def test_each_calendar_year_pays_up_to_its_cap(
    admission: str, discharge: str, used: dict[int, int], days_by_year: dict[int, int], amount: str, cut: bool, why: str
) -> None:
    found = stay(admission, discharge)
    award = rules.assess(found, governing(found.admission), used)
    assert award.days_by_year == days_by_year, why
    assert award.days == sum(days_by_year.values())
    assert award.amount == Decimal(amount)
    assert award.cut_by_cap is cut


def test_the_explanation_reads_like_the_paper() -> None:
    award = rules.assess(stay("2026-12-20", "2027-01-10", "moderate"), NEW, {2026: 55, 2024: 3})
    assert list(award.explanation) == [
        "2026-12-20入院，2027-01-10出院，出院当天不计，住院21天",
        "适用标准：示例县住院护理补贴方案（2026年7月1日起调整标准），中度每天100.00元，每年最多60天",
        "2026年此前已补55天，上限60天，本次12天中可补5天",
        "14天 × 100.00元 = 1400.00元",
    ]
    stored = award.as_json()
    assert (stored["amount"], stored["rate"], stored["days"]) == ("1400.00", "100.00", 14)
    assert (stored["days_by_year"], stored["used_before"]) == ({"2026": 5, "2027": 9}, {"2026": 55})


def entry(category: str = "bereaved", since: str = "2020-01-01", until: str | None = "2026-12-31") -> RegisterEntry:
    return RegisterEntry(category=category, valid_from=day(since), valid_to=day(until) if until else None)


SOUND = {
    "stay": stay("2026-08-05", "2026-08-31"),
    "applied_on": day("2026-11-02"),
    "entries": [entry()],
    "death_date": None,
    "hospital": HospitalFacts(level=2, designated=True),
    "holder_is_applicant": True,
}


@pytest.mark.parametrize(
    ("changes", "reasons", "why"),
    [
        ({}, [], "nothing stands against"),
        ({"applied_on": day("2026-11-29")}, [], "the ninetieth day after discharge"),
        ({"applied_on": day("2026-11-30")}, ["late_application"], "one day late"),
        ({"death_date": day("2026-08-31")}, [], "died on the day of discharge"),
        ({"death_date": day("2026-08-30")}, ["deceased"], "died the day before"),
        ({"death_date": day("2026-10-01")}, [], "died after coming home"),
        ({"hospital": HospitalFacts(1, True)}, ["hospital_level_too_low"], "a township hospital"),
        ({"hospital": HospitalFacts(3, True)}, [], "a hospital of the highest level"),
        ({"hospital": HospitalFacts(2, False)}, ["hospital_not_designated"], "not on the list that day"),
        ({"holder_is_applicant": False}, ["account_holder_mismatch"], "somebody else's card"),
        ({"entries": [entry("disabled_child")]}, [], "the other category that is covered"),
        ({"entries": [entry("hardship")]}, ["category_not_covered"], "a category that is not"),
        ({"entries": [entry("complication")]}, ["category_not_covered"], "nor this one"),
        ({"entries": [entry(since="2026-08-05")]}, [], "entered on the day of admission"),
        ({"entries": [entry(since="2026-08-06")]}, ["register_not_valid"], "entered the day after"),
        ({"entries": [entry(until="2026-08-05")]}, [], "valid for the last day"),
        ({"entries": [entry(until="2026-08-04")]}, ["register_not_valid"], "expired the day before"),
        ({"entries": [entry(until=None)]}, [], "valid without end"),
        (
            {
                "entries": [entry("hardship", until="2026-01-01")],
                "death_date": day("2026-08-10"),
                "hospital": HospitalFacts(1, False),
                "applied_on": day("2027-01-01"),
                "holder_is_applicant": False,
            },
            [
                "category_not_covered",
                "register_not_valid",
                "deceased",
                "hospital_level_too_low",
                "hospital_not_designated",
                "late_application",
                "account_holder_mismatch",
            ],
            "everything at once, in the order of the scheme",
        ),
    ],
)
def test_every_reason_against_is_told(changes: dict[str, object], reasons: list[str], why: str) -> None:
    assert rules.ineligibilities(Claim(**{**SOUND, **changes}), NEW) == reasons, why


@pytest.mark.parametrize(
    ("entries", "governs", "why"),
    [
        ([entry("hardship"), entry("bereaved")], 1, "the one that is covered"),
        ([entry("bereaved", until="2026-01-01"), entry("disabled_child")], 1, "the covered one that is valid"),
        ([entry("disabled_child"), entry("bereaved")], 0, "the first of two that would do"),
        ([entry("hardship"), entry("bereaved", until="2026-01-01")], 1, "covered and expired, before not covered"),
        ([entry("hardship"), entry("complication")], 0, "none is covered: the first"),
        ([entry("hardship", until="2026-01-01")], 0, "the only one there is"),
    ],
)
def test_the_entry_to_judge_by_is_the_best_there_is(entries: list[RegisterEntry], governs: int, why: str) -> None:
    found = rules.governing_entry(entries, NEW.body["categories"], day("2026-08-05"))
    assert found is entries[governs], why


@pytest.mark.parametrize(
    ("on", "designated", "why"),
    [
        ("2019-12-31", False, "the day before the first"),
        ("2020-01-01", True, "the first day"),
        ("2026-03-31", True, "the last day"),
        ("2026-04-01", False, "the day after the last"),
    ],
)
def test_a_designation_holds_on_its_first_and_its_last_day(on: str, designated: bool, why: str) -> None:
    period = Designation(valid_from=day("2020-01-01"), valid_to=day("2026-03-31"))
    assert period.covers(day(on)) is designated, why
    assert Designation(valid_from=day("2020-01-01")).covers(day("2099-01-01"))


STAYS = st.builds(
    lambda admission, days, level: Stay(admission, admission + datetime.timedelta(days=days), level),
    st.dates(datetime.date(2024, 1, 1), datetime.date(2028, 12, 31)),
    st.integers(0, 400),
    st.sampled_from(sorted(rules.DEPENDENCY_LEVELS)),
)
USED = st.dictionaries(st.integers(2024, 2030), st.integers(0, 80))


@given(found=STAYS, used=USED)
def test_the_amount_is_the_rate_times_the_days_and_no_year_exceeds_its_cap(found: Stay, used: dict[int, int]) -> None:
    terms = governing(found.admission)
    award = rules.assess(found, terms, used)
    assert award.amount == award.rate * award.days
    assert award.amount == award.amount.quantize(Decimal("0.01"))
    assert award.days == sum(award.days_by_year.values()) <= found.days
    assert award.cut_by_cap is (award.days < found.days)
    for year, days in award.days_by_year.items():
        assert 0 < days <= terms.body["days_a_year"] - used.get(year, 0)
        assert days <= found.days_by_year()[year]


@given(found=STAYS)
def test_the_days_of_the_years_are_the_days_of_the_stay(found: Stay) -> None:
    assert sum(found.days_by_year().values()) == found.days


@given(found=STAYS, used=USED, more=st.integers(1, 30))
def test_who_has_been_given_more_is_given_no_more(found: Stay, used: dict[int, int], more: int) -> None:
    terms = governing(found.admission)
    later = {year: used.get(year, 0) + more for year in range(2024, 2031)}
    assert rules.assess(found, terms, later).days <= rules.assess(found, terms, used).days


@given(stays=st.lists(STAYS, min_size=2, max_size=5), data=st.data())
def test_the_sum_of_days_under_one_version_does_not_depend_on_the_order(stays: list[Stay], data: st.DataObject) -> None:
    """Who comes first is given first; together they are given the same days of each year, and never more than a cap."""

    def granted(order: list[Stay]) -> Counter[int]:
        used: Counter[int] = Counter()
        for found in order:
            used.update(rules.assess(found, NEW, used).days_by_year)
        return used

    in_turn = granted(stays)
    assert granted(data.draw(st.permutations(stays))) == in_turn
    assert all(days <= NEW.body["days_a_year"] for days in in_turn.values())
