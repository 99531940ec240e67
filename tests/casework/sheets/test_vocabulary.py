"""The words counties use, and the words that sound alike and mean something else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import yaml

from casework.sheets.columns import Column, match_headings, score
from casework.sheets.vocabulary import APPLICATION_COLUMNS, REGISTER_COLUMNS

APPLICATION = {
    "sequence": "序号",
    "name": "姓名",
    "identity_number": "公民身份号码",
    "hospital": "住院医院",
    "admission_date": "入院日期",
    "discharge_date": "出院日期",
    "dependency_level": "失能等级",
    "caregiver": "护理人",
    "account_number": "社会保障卡号",
    "account_holder": "户名",
    "bank": "开户行",
    "phone": "联系电话",
    "township": "乡镇",
    "village": "村（社区）",
    "remark": "备注",
}
REGISTER = {
    "household_number": "户编号",
    "name": "姓名",
    "relation": "与户主关系",
    "sex": "性别",
    "identity_number": "公民身份号码",
    "category": "家庭类别",
    "certificate_number": "证件号",
    "valid_from": "认定日期",
    "valid_to": "有效期至",
    "division_code": "户籍地代码",
    "village": "村（社区）",
    "phone": "联系电话",
    "account_number": "社会保障卡号",
    "bank": "开户行",
    "death_date": "死亡日期",
}

TABLES = {"applications": (APPLICATION, APPLICATION_COLUMNS), "register": (REGISTER, REGISTER_COLUMNS)}
WORDINGS = yaml.safe_load(Path(__file__).with_name("headings.yaml").read_text("utf-8"))
CASES = [(table, field) for table, fields in WORDINGS.items() for field in fields if field != "nothing"]


def headings_of(table: str, field: str) -> list[str]:
    return [heading.strip().replace("\\n", "\n") for heading in WORDINGS[table][field].split("|")]


def columns_found(headings: Iterable[str], columns: Sequence[Column]) -> dict[str, str]:
    return {name: heading.parts[-1] for name, heading in match_headings(list(headings), columns).found.items()}


@pytest.mark.parametrize(("table", "field"), CASES)
def test_a_field_under_other_names(table: str, field: str) -> None:
    plain, columns = TABLES[table]
    for heading in headings_of(table, field):
        expected = plain | {field: heading}
        assert columns_found(expected.values(), columns) == expected


@pytest.mark.parametrize("table", TABLES)
def test_what_only_sounds_like_a_field_is_left_unread(table: str) -> None:
    plain, columns = TABLES[table]
    for heading in headings_of(table, "nothing"):
        match = match_headings([*plain.values(), heading], columns)
        assert [unread.text for unread in match.unread] == [heading]
        assert {name: found.text for name, found in match.found.items()} == plain


def test_somebody_elses_field_is_not_taken_even_where_our_own_is_missing() -> None:
    needed = [column for column in APPLICATION_COLUMNS if column.required]
    for heading in headings_of("applications", "nothing"):
        assert not [column.name for column in needed if score(column, (heading,))], heading


def test_the_certificate_is_not_the_identity_number() -> None:
    for certificate, identity in (
        ("证件号", "身份证号"),
        ("证书编号", "证件号码"),
        ("特扶证号", "证件号码"),
        ("证件号码", "身份证号码"),
    ):
        headings = [*(REGISTER | {"certificate_number": certificate, "identity_number": identity}).values()]
        found = columns_found(headings, REGISTER_COLUMNS)
        assert (found["certificate_number"], found["identity_number"]) == (certificate, identity)


def test_both_dates_of_a_stay_may_stand_in_one_column() -> None:
    headings = [text for name, text in APPLICATION.items() if name not in ("admission_date", "discharge_date")]
    for together in (
        "住院起止时间",
        "入出院日期",
        "出入院时间",
        "住院时间",
        "住院日期",
        "住院起止日期（年月日）",
        "起止时间",
        "入院、出院时间",
    ):
        match = match_headings([*headings, together], APPLICATION_COLUMNS)
        assert match.found["stay"].text == together
        assert match.missing == ()


def test_the_bank_the_account_and_the_holder_are_three_things() -> None:
    headings = ["姓名", "开户银行", "开户银行账号", "开户银行户名"]
    found = columns_found(headings, APPLICATION_COLUMNS)
    assert found == {
        "name": "姓名", "bank": "开户银行", "account_number": "开户银行账号", "account_holder": "开户银行户名",
    }  # fmt: skip


def test_the_needed_columns_are_those_the_programme_cannot_do_without() -> None:
    assert {c.name for c in APPLICATION_COLUMNS if c.required} == {
        "name", "identity_number", "hospital", "admission_date", "discharge_date", "dependency_level",
        "account_number", "account_holder",
    }  # fmt: skip
    assert {c.name for c in REGISTER_COLUMNS if c.required} == {"name", "identity_number", "category", "valid_from"}


@pytest.mark.parametrize("columns", [APPLICATION_COLUMNS, REGISTER_COLUMNS], ids=["applications", "register"])
def test_every_word_listed_can_win_its_column(columns: tuple[Column, ...]) -> None:
    for column in columns:
        for tier in column.says:
            for word in tier.split():
                assert score(column, (word,)) > 500, f"{word} is ruled out for {column.name}"
