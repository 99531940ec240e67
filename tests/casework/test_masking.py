"""What is shown of a number or a name to somebody who need not see all of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.masking import (
    mask_account,
    mask_identity,
    mask_name,
    mask_phone,
    public_identity,
    public_name,
    without_numbers,
)
from tests.factories import invented_identity


@pytest.mark.parametrize(
    ("mask", "whole", "shown", "why"),
    [
        (mask_identity, "990922195503073143", "990922********3143", "place and the last four"),
        (mask_identity, "99092219550307314X", "990922********314X", "an X is a digit like another"),
        (mask_identity, "99092255030731", "990922****0731", "an old number of fifteen, less one"),
        (mask_identity, "990922550307", "990922**0307", "the shortest of which anything shows"),
        (mask_identity, "99092255030", "***********", "too short: nothing shows"),
        (mask_identity, "", "", "none"),
        (mask_account, "6299000000000008023", "**** 8023", "the last four, as a bank prints them"),
        (mask_account, "", "", "none"),
        (mask_phone, "19912343710", "199****3710", "a mobile number"),
        (mask_phone, "07378812", "073****8812", "the shortest of which anything shows"),
        (mask_phone, "8812345", "*******", "too short: nothing shows"),
        (mask_phone, "", "", "none"),
        (mask_name, "向冬", "向*", "two characters"),
        (mask_name, "曾志文", "曾*文", "three"),
        (mask_name, "欧阳志文", "欧**文", "four"),
        (mask_name, "迪丽热巴·买买提", "迪******提", "a longer name"),
        (mask_name, "向", "向", "one character is no name to hide"),
        (mask_name, "", "", "none"),
    ],
)
def test_only_what_is_needed_shows(mask: Callable[[str], str], whole: str, shown: str, why: str) -> None:
    assert mask(whole) == shown, why


DIGITS = st.text("0123456789", min_size=0, max_size=30)


@given(number=DIGITS)
def test_an_identity_number_hides_all_but_ten_and_keeps_its_length(number: str) -> None:
    shown = mask_identity(number)
    assert len(shown) == len(number)
    hidden = shown.count("*")
    assert hidden == (len(number) - 10 if len(number) >= 12 else len(number))


@given(number=DIGITS.filter(lambda text: len(text) >= 8))
def test_an_account_shows_its_last_four_and_no_more(number: str) -> None:
    assert mask_account(number).replace("*", "").strip() == number[-4:]


@given(number=DIGITS)
def test_a_phone_number_hides_four_digits_or_all(number: str) -> None:
    shown = mask_phone(number)
    assert sum(character.isdigit() for character in shown) <= 7
    assert "*" in shown or not number


@given(name=st.text("向冬青秋兰曾志文", min_size=2, max_size=8))
def test_a_name_shows_its_first_and_at_most_its_last(name: str) -> None:
    shown = mask_name(name)
    assert len(shown) == len(name)
    assert shown[0] == name[0]
    assert shown[1:-1] == "*" * (len(name) - 2)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张晓明", "张*明"),
        ("向秀", "向*"),
        ("欧阳", "欧*"),
        ("欧阳明", "欧阳*"),
        ("欧阳建国", "欧阳*国"),
        ("李王晓明", "李**明"),
        ("买买提·阿不都拉", "买**·阿***"),
        ("迪丽•热巴", "迪*·热*"),
        ("𬙋小㛃", "𬙋*㛃"),
        ("䶮\ufe00子明", "䶮\ufe00*明"),
        ("明", "*"),
        ("", ""),
    ],
)
def test_a_name_on_a_board_is_known_to_whoever_knows_the_family(name: str, shown: str) -> None:
    assert public_name(name) == shown


def test_an_identity_number_on_a_board_keeps_two_and_three() -> None:
    assert public_identity(invented_identity(12)) == f"99{'*' * 13}{invented_identity(12)[-3:]}"
    assert public_identity("12345") == "*****"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"号码{invented_identity(12)}与户口簿不符", f"号码****{invented_identity(12)[-4:]}与户口簿不符"),
        ("990922 19550307 001X有误", "****001X有误"),
        ("卡号6299-0000-0000-0000-017已注销", "卡号****-017已注销"),
        ("申报表990922550307001.xlsx", "申报表****7001.xlsx"),
        ("请补HL430922202600001的材料，电话19912345678", "请补HL430922202600001的材料，电话19912345678"),
        ("2026-11-02前补齐，共1234567.00元", "2026-11-02前补齐，共1234567.00元"),
        ("", ""),
    ],
)
def test_a_sentence_keeps_of_long_numbers_their_end(text: str, shown: str) -> None:
    assert without_numbers(text) == shown
