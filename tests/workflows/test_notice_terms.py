"""How the terms write a public notice: days, what is shown, where, each place its own; and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.notice_terms import NoticeTerms
from workflows.terms import Terms, TermsProblem, load

HEAD = """
versions:
  - in_force_from: 2026-01-01
    source: 样例方案
    signatures: [verify]
    deadlines: {intake: {days: 5}}
"""


def terms(tmp_path: Path, more: str) -> Terms:
    path = tmp_path / "terms.yaml"
    path.write_text(HEAD + more, encoding="utf-8")
    return load(path).versions[0]


def test_a_notice_is_written_in_days_with_its_clause(tmp_path: Path) -> None:
    found = terms(tmp_path, "    notices: [village_notice]\n    notice: {days: 7, clause: 示例}\n")

    assert found.notices == ("village_notice",)
    assert found.notice == NoticeTerms(days=7, clause="示例")
    assert found.notice.at("village_notice") == found.notice
    assert (found.notice.working, found.notice.channels, "identity" in found.notice.show) == (False, ("board",), False)
    assert "notice" not in found.body


def test_a_place_may_have_it_otherwise(tmp_path: Path) -> None:
    """湘潭县: thirty days in the village, fifteen at the county."""
    written = (
        "notice: {days: 30, clause: 示例, show: [name, amount], county_notice: {days: 15, channels: [board, web]}}"
    )
    found = terms(tmp_path, f"    notices: [village_notice, county_notice]\n    {written}\n").notice

    assert found is not None
    assert (found.at("village_notice").days, found.at("county_notice").days) == (30, 15)
    assert found.at("county_notice").show == ("name", "amount")
    assert found.at("county_notice").channels == ("board", "web")


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("    notices: [village_notice]\n", "要公示的项目必须写明公示几天"),
        ("    notice: {days: 7}\n", "“notice.clause”没有写"),
        ("    notice: {clause: 示例}\n", "“notice.days”没有写"),
        ("    notice: {days: 0, clause: 示例}\n", "“notice.days”要在1到60之间"),
        ("    notice: {days: 7, clause: 示例, show: [name, account]}\n", "“notice.show”里有不认识的“account”"),
        ("    notice: {days: 7, clause: 示例, channels: [radio]}\n", "“notice.channels”里有不认识的“radio”"),
        ("    notice: {days: 7, clause: 示例, county_notice: {days: a}}\n", "“notice.county_notice.days”要写整数"),
        ("    notice: {days: 7, clause: 示例, province_notice: {days: 3}}\n", "“notice.province_notice”是不认识的项"),
    ],
)
def test_what_is_wrong_is_said_with_its_key(tmp_path: Path, more: str, why: str) -> None:
    with pytest.raises(TermsProblem, match=why):
        terms(tmp_path, more)
