"""Terms: dated versions read from a file, and a file that is wrong says which version and which key."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tests.workflows.misprints import Misprint, check_refused
from workflows import registry
from workflows.limits import Deadline
from workflows.programme import Programme
from workflows.terms import TermsBook, TermsProblem, load

GOOD = """
common:
  signatures: [verify, approve]
  deadlines:
    intake: {days: 5, clause: 五个工作日}
    papers: {days: 30, working: false}
versions:
  - in_force_from: 2026-07-01
    source: 第二份
    rates: {light: "70.00"}
  - in_force_from: 2024-01-01
    source: 第一份
    rates: {light: "60.00"}
    signatures: [verify]
"""

Loader = Callable[[str], TermsBook]


@pytest.fixture
def loaded(tmp_path: Path) -> Loader:
    def load_text(text: str) -> TermsBook:
        path = tmp_path / "terms.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path)

    return load_text


@pytest.mark.parametrize(
    ("on", "version"),
    [
        ("2023-12-31", None),
        ("2024-01-01", "2024-01-01"),
        ("2026-06-30", "2024-01-01"),
        ("2026-07-01", "2026-07-01"),
        ("2099-01-01", "2026-07-01"),
    ],
)
def test_the_version_in_force_is_the_last_that_has_begun(loaded: Loader, on: str, version: str | None) -> None:
    found = loaded(GOOD).in_force(datetime.date.fromisoformat(on))
    assert (found and found.version) == version


def test_a_version_takes_what_is_common_and_says_what_differs(loaded: Loader) -> None:
    old, new = loaded(GOOD).versions
    assert (old.source, new.source) == ("第一份", "第二份")
    assert (old.signatures, new.signatures) == (("verify",), ("verify", "approve"))
    assert new.deadlines == {"intake": Deadline(5, True, "五个工作日"), "papers": Deadline(30, working=False)}
    assert old.money("rates", "light") == Decimal("60.00")
    assert "deadlines" not in new.body and "signatures" not in new.body


@pytest.mark.parametrize(
    "misprint",
    [
        ("    source: 第一份\n", "", "第2个版本（2024-01-01）的“source”没有写"),
        ("source: 第一份", "source: 7", "第2个版本（2024-01-01）的“source”要写文字，现在是“7”"),
        ("  - in_force_from: 2024-01-01\n    source", "  - source", "第2个版本的“in_force_from”没有写"),
        (
            "2026-07-01",
            "去年夏天",
            "第1个版本的“in_force_from”要写日期，如 2026-07-01（不加引号、不带时间），现在是“去年夏天”",
        ),
        ("2026-07-01", "2026-07-01 08:00:00", "的“in_force_from”要写日期"),
        ("2026-07-01", "2026-13-01", "第8行的“2026-13-01”不是真有的日期或数"),
        ("  signatures: [verify, approve]\n", "", "第1个版本（2026-07-01）的“signatures”没有写"),
        ("[verify, approve]", "verify", "的“signatures”要写成列表，至少一个，如 [intake]，现在是“verify”"),
        ("[verify, approve]", "[]", "的“signatures”要写成列表，至少一个"),
        ("[verify, approve]", "[verify, aprove]", "的“signatures”里有不认识的“aprove”，可写的是：intake、verify、"),
        ("[verify, approve]", "[verify, verify]", "的“signatures”里“verify”写了两次"),
        ("{days: 5, clause", "{day: 5, clause", "的“deadlines.intake.days”没有写（写了不认识的“day”，是不是写错了？）"),
        ("{days: 5, clause", "{days: -5, clause", "的“deadlines.intake.days”要在1到3650之间，现在是-5"),
        ("papers: {days: 30, working: false}", "papers: 30", "的“deadlines.papers”要写成若干“项: 值”，现在是“30”"),
        ("  deadlines:\n", "  deadline:\n", "第1个版本（2026-07-01）的“deadlines”没有写"),
        ("in_force_from: 2024-01-01", "in_force_from: 2026-07-01", "有两个版本的“in_force_from”（施行日期）是同一天"),
        ("common:", "comon:", "最外层不认识“comon”，只能有 programme、common 和 versions"),
        ("common:\n", "common: 7\nprogramme:\n", "“common”要写成若干“项: 值”"),
        ("versions:", "version:", "没有“versions”（各版本的列表）"),
        ("[verify, approve]", "[verify", "不是规范的 YAML：第4行第12列附近写法不对，“[”没有对上“]”"),
        ("    intake: {", "    - intake: {", "，上面几行是带“-”的列表，这一行不是：写成“项: 值”的（如 steps 的环节）"),
        ("source: 第一份", "source: 第一份: 修订", "写法不对，一行里有两个“: ”："),
        ("  deadlines:\n", "\tdeadlines:\n", "写法不对，缩进要用空格，不能用制表符（Tab）"),
        (
            "    source: 第二份\n",
            "    source: 第二份\n    source: 又一份\n",
            "第10行的“source”在同一处写了两次，请只留一个",
        ),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, misprint: Misprint) -> None:
    check_refused(tmp_path / "terms.yaml", GOOD, misprint, load)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "没有“versions”"),
        ("versions:", "没有“versions”"),
        ("versions: []", "“versions”里一个版本也没有"),
        ("versions: [7]", "第1个版本要写成若干“项: 值”"),
    ],
)
def test_a_file_without_versions_says_so(loaded: Loader, text: str, says: str) -> None:
    with pytest.raises(TermsProblem, match=says):
        loaded(text)


def test_the_problem_names_the_file(loaded: Loader) -> None:
    with pytest.raises(TermsProblem, match=r"^[\w-]+/terms\.yaml：第2个版本"):
        loaded(GOOD.replace("    source: 第一份\n", ""))


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(TermsProblem, match=r"读不了方案文件 .*none\.yaml：没有这个文件"):
        load(tmp_path / "none.yaml")
    with pytest.raises(TermsProblem, match="这是一个文件夹"):
        load(tmp_path)
    (tmp_path / "picture.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(TermsProblem, match=r"picture\.yaml不是 UTF-8 编码的文本文件"):
        load(tmp_path / "picture.yaml")


@pytest.mark.parametrize("programme", registry.programmes().values(), ids=lambda programme: programme.slug)
def test_every_version_of_every_programme_has_a_deadline_for_every_step(programme: Programme) -> None:
    for version in programme.terms.versions:
        steps = {step.name for step in programme.flow_for(version.version).steps()}
        assert version.deadlines.keys() == steps, version.version
        assert all(deadline.days > 0 and deadline.clause for deadline in version.deadlines.values())
        assert version.source
