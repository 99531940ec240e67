"""A programme's own keys are checked to the last one, and what is wrong is said in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.workflows.misprints import Misprint, check_refused
from workflows.programmes.nursing_subsidy import assessment
from workflows.programmes.nursing_subsidy.assessment import TERMS, read_terms
from workflows.terms_shape import Check, Wrong, each, every, text, whole, words, yuan

SHIPPED = Path(assessment.__file__).with_name("terms.yaml")


def complaint(check: Check, value: Any) -> str:
    """What is wrong with a value; nothing when it is right."""
    try:
        check(value)
    except Wrong as wrong:
        return str(wrong)
    return ""


@pytest.mark.parametrize("value", ["70.00", "0", "0.5", 70, 70.5, "1000000"])
def test_an_amount_is_written_as_people_write_it(value: Any) -> None:
    assert complaint(yuan, value) == ""


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("-0.01", "不能是负数"),
        (-70, "不能是负数"),
        ("七十", "要写金额"),
        ("", "要写金额"),
        (None, '要写金额（元），如 "70.00"，现在是空的'),
        (True, "要写金额"),
        (["70"], "要写金额"),
        (float("inf"), "要写金额"),
        ("nan", "要写金额"),
        ("70.005", "最多写到分"),
        ("1e99", "不能大于1000000元"),
    ],
)
def test_what_is_no_amount_is_refused(value: Any, says: str) -> None:
    assert says in complaint(yuan, value)


@pytest.mark.parametrize(
    ("value", "says"),
    [(0, ""), (366, ""), (-1, "要在0到366之间"), (367, "要在0到366之间"), (True, "要写整数"), (1.5, "要写整数")],
)
def test_a_whole_number_has_its_limits(value: Any, says: str) -> None:
    found = complaint(whole(0, 366), value)
    assert says in found and bool(says) == bool(found)


def test_the_path_to_what_is_wrong_is_named() -> None:
    check = each({"rates": every(each({"light": yuan}, {"note": text})), "kinds": words(["a", "b"])})
    right = {"rates": {"north": {"light": "1", "note": "x"}, "south": {"light": "2"}}, "kinds": ["b"]}
    assert complaint(check, right) == ""
    assert complaint(check, {**right, "rates": {"south": {"light": "-2"}}}).startswith("“rates.south.light”不能是负数")
    assert complaint(check, {**right, "rates": {}}).startswith("“rates”要写成若干“项: 值”")
    assert complaint(check, {**right, "kinds": ["c"]}) == "“kinds”里有不认识的“c”，可写的是：a、b"
    assert complaint(check, "x" * 99) == f"要写成若干“项: 值”，现在是“{'x' * 30}…”"


def test_the_terms_of_the_house_are_checked_as_any_others() -> None:
    assert [version.body for version in read_terms(SHIPPED).versions] == [version.body for version in TERMS.versions]


@pytest.mark.parametrize(
    "misprint",
    [
        ("    days_a_year: 60\n", "", "第2个版本（2026-07-01）的“days_a_year”没有写"),
        ("days_a_year: 60", "days_per_year: 60", "“days_a_year”没有写（写了不认识的“days_per_year”，是不是写错了？）"),
        ("days_a_year: 60", "days_a_year: -60", "第2个版本（2026-07-01）的“days_a_year”要在1到366之间，现在是-60"),
        ("days_a_year: 60", "days_a_year: 60\n    days_off: 1", "第2个版本（2026-07-01）的“days_off”是不认识的项"),
        ('"100.00"', '"-100.00"', "第2个版本（2026-07-01）的“yuan_a_day.moderate”不能是负数，现在是“-100.00”"),
        (', severe: "130.00"', "", "第2个版本（2026-07-01）的“yuan_a_day.severe”没有写"),
        ('severe: "130.00"', 'sever: "130.00"', "“yuan_a_day.severe”没有写（写了不认识的“sever”"),
        (
            "[bereaved, disabled_child]",
            "[bereaved, orphan]",
            "第1个版本（2024-01-01）的“categories”里有不认识的“orphan”",
        ),
        ("[bereaved, disabled_child]", "[]", "“categories”要写成列表，至少一个"),
        ("minimum_hospital_level: 2", "minimum_hospital_level: 4", "“minimum_hospital_level”要在1到3之间，现在是4"),
        ("discharge: 90", "discharge: -1", "“apply_within_days_of_discharge”要在0到3650之间，现在是-1"),
        ("programme: nursing_subsidy", "programme: other", "“programme”要写“nursing_subsidy”，现在是“other”"),
        ("programme: nursing_subsidy\n", "", "“programme”要写“nursing_subsidy”，现在是“”"),
    ],
)
def test_terms_with_a_mistake_are_refused_by_version_and_key(tmp_path: Path, misprint: Misprint) -> None:
    check_refused(tmp_path / "new.yaml", SHIPPED.read_text(encoding="utf-8"), misprint, read_terms)
