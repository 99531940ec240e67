"""Columns stand under each other on a console, where a Chinese character is two places wide."""

from __future__ import annotations

from casework.text_table import table


def test_columns_stand_under_each_other() -> None:
    rows = [("县", "件", "元"), ("桃江县", "12", "—"), ("AB", "3", "1.00")]
    assert list(table(rows)) == [
        "  县      件  元",
        "  桃江县  12  —",
        "  AB      3   1.00",
    ]


def test_numbers_stand_at_their_ends() -> None:
    rows = [("县", "金额（元）"), ("桃江县", "1300.00"), ("AB", "-0.50")]
    assert list(table(rows, to_the_right={1})) == [
        "  县      金额（元）",
        "  桃江县     1300.00",
        "  AB           -0.50",
    ]
