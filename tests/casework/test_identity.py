"""Identity numbers of invented people (province 99)."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import identity

WOMAN = "99092219560308168X"
MAN = "990922195711253119"

births = st.dates(min_value=datetime.date(1900, 1, 1), max_value=datetime.date(2026, 12, 31))
places = st.integers(990000, 999999)
orders = st.integers(1, 999)


def number_of(place: int, birth: datetime.date, order: int) -> str:
    first17 = f"{place}{birth:%Y%m%d}{order:03d}"
    return first17 + identity.check_digit(first17)


@settings(max_examples=60)
@given(places, births, orders)
def test_a_number_tells_its_birth_and_sex(place: int, birth: datetime.date, order: int) -> None:
    number = number_of(place, birth, order)
    assert identity.is_valid(number)
    assert identity.birth_date(number) == birth
    assert identity.sex(number) == ("男" if order % 2 else "女")


@settings(max_examples=60)
@given(places, births, orders, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(place: int, birth: datetime.date, order: int, at: int, shift: int) -> None:
    number = number_of(place, birth, order)
    wrong = number[:at] + str((int(number[at]) + shift) % 10) + number[at + 1 :]
    assert not identity.is_valid(wrong)


@settings(max_examples=60)
@given(places, births, orders, st.data())
def test_however_it_is_typed_cleaning_gives_the_number_back(
    place: int, birth: datetime.date, order: int, data: st.DataObject
) -> None:
    number = number_of(place, birth, order)
    clutter = st.sampled_from(["", " ", "\u3000", "\u00a0", "\u200b", "\ufeff", "'", "’", "＇", "\t", "\n"])
    typed = "".join(
        data.draw(clutter) + data.draw(st.sampled_from([sign, wide(sign), sign.lower(), wide(sign.lower())]))
        for sign in number
    )
    assert identity.clean(typed + data.draw(clutter)) == number


def wide(sign: str) -> str:
    return chr(ord(sign) + 0xFEE0)


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("", "18位"),
        ("990922560308168", "15位"),
        (WOMAN + "1", "19位"),
        ("99092219560308168Y", "数字"),
        ("9909221956O308168X", "数字"),
        ("X9092219560308168X", "数字"),
        ("990922195602308982", "出生日期19560230"),
        ("990922000003089821", "出生日期"),
        ("990922195603081680", "校验位"),
        ("９９０９２２１９５６０３０８１６８Ｘ", "数字"),
    ],
)
def test_what_is_wrong_is_said(number: str, word: str) -> None:
    assert word in identity.fault(number)
    assert not identity.is_valid(number)


def test_a_29th_of_february_counts_in_leap_years_only() -> None:
    for year, real in ((1956, True), (1957, False), (2000, True), (1900, False)):
        first17 = f"990922{year}0229001"
        assert identity.is_valid(first17 + identity.check_digit(first17)) is real


def test_the_two_people_of_this_file() -> None:
    assert (identity.sex(WOMAN), identity.birth_date(WOMAN)) == ("女", datetime.date(1956, 3, 8))
    assert (identity.sex(MAN), identity.birth_date(MAN)) == ("男", datetime.date(1957, 11, 25))


def test_nothing_is_told_of_a_number_that_is_not_one() -> None:
    for ask in (identity.sex, identity.birth_date):
        with pytest.raises(ValueError, match="not a valid"):
            ask("990922195603081680")
    with pytest.raises(ValueError, match="seventeen"):
        identity.check_digit("123")
