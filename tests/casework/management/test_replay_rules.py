"""`replay_rules`: what it says on the console and in its files, and what it says to bad input."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate
from openpyxl import load_workbook

from casework.management import replay_lists, replay_report
from casework.management.commands import replay_rules as command
from casework.models import Case
from casework.sheets import writing
from tests.factories import hospitals
from tests.workflows.replay_rules.stories import accepted, approved, entered, refuse, somebody
from tests.world import World
from workflows.programmes.nursing_subsidy import assessment

SHIPPED = Path(assessment.__file__).with_name("terms.yaml")
WRITTEN = SHIPPED.read_text(encoding="utf-8")


@pytest.fixture
def new(tmp_path: Path) -> Path:
    """A lower cap from July on, a longer time to apply."""
    changed = WRITTEN.replace("days_a_year: 60", "days_a_year: 40").replace("discharge: 90", "discharge: 120")
    path = tmp_path / "new.yaml"
    path.write_text(changed, encoding="utf-8")
    return path


@pytest.fixture
def decided(world: World) -> list[Case]:
    """Of one person 26 and 24 nights; of another 10, in another county; one late; one that was no stay at all."""
    other, person = somebody(), somebody()
    cases = [approved(world, person, stay) for stay in ("08-05 08-31", "09-01 09-25")]
    cases.append(approved(world, other, "08-05 08-15"))
    hospitals("430102")
    Case.objects.filter(pk=cases[2].pk).update(division_id="430102")
    cases.append(refuse(world, entered(world, somebody(), "07-10 07-18"), "late"))
    cases.append(refuse(world, accepted(world, somebody(), "09-01 09-05"), "not_hospitalised"))
    return cases


def run(terms: Path, **options: Any) -> None:
    call_command("replay_rules", "nursing_subsidy", **{"terms": terms, "year": 2026, **options})


def test_it_says_how_many_and_how_much_in_all_and_by_county(
    decided: list[Case], new: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(new)
    said = capsys.readouterr().out
    lines = [re.sub(" +", " ", line).strip() for line in said.splitlines()]
    for line in (
        "住院护理补贴：2026年作出决定的案件按新方案试算。只看不改，什么也没有保存。",
        "2026-07-01起：示例县住院护理补贴方案（2026年7月1日起调整标准）",
        "作出决定的案件 5 件",
        "不变 3 件",
        "改为批准 1 件",
        "改为不予批准 0 件",
        "金额增加 0 件",
        "金额减少 1 件",
        "（不变的案件里，1 件不予批准的理由与方案无关（入户核实、缺材料等），仍不批准）",
        "原金额 7800.00",
        "试算金额 7540.00",
        "差额 -260.00",
        "芙蓉区 1 0 1300.00 1300.00 0.00",
        "桃江县 4 2 6500.00 6240.00 -260.00",
        "有变化的案件 2 件",
        f"{decided[1].number} 桃江县 批准 3120.00元 → 批准 1820.00元（-1300.00）",
        f"{decided[3].number} 桃江县 不予批准 → 批准 1040.00元（+1040.00）",
    ):
        assert line in lines, said
    assert any(line.startswith("原不予批准的理由：超过出院后90天的申请期限；2026-07-10入院") for line in lines)


def test_the_console_shows_the_largest_differences_and_the_list_has_all(
    decided: list[Case],
    new: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cheaper = tmp_path / "cheaper.yaml"
    cheaper.write_text(WRITTEN.replace('"130.00"', '"129.99"'), encoding="utf-8")
    monkeypatch.setattr(replay_report, "SHOWN", 2)
    run(cheaper, list=tmp_path / "all.csv")
    said = capsys.readouterr().out
    assert "有变化的案件 3 件，以下是差额最大的 2 件（全部清单请加 --list 文件名）" in said
    assert re.findall(r"（(-\d\.\d\d)）", said) == ["-0.26", "-0.24"]
    assert len((tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()) == 1 + 3
    assert said.endswith(f"有变化的案件清单已写到 {tmp_path / 'all.csv'}\n")


ROWS = [
    ["批准", "3120.00", "批准", "1820.00", "-1300.00", "金额减少", "2026-07-01"],
    ["不予批准", "0.00", "批准", "1040.00", "1040.00", "改为批准", "2026-07-01"],
]


def test_the_list_is_a_csv_or_an_xlsx_of_text(decided: list[Case], new: Path, tmp_path: Path) -> None:
    run(new, list=tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        headings, *rows = list(csv.reader(file))
    run(new, list=tmp_path / "all.XLSX")
    cells = [*load_workbook(tmp_path / "all.XLSX").active.iter_rows()]
    assert {cell.data_type for row in cells for cell in row} == {"s"}
    assert [[cell.value for cell in row] for row in cells] == [headings, *rows]
    assert headings == list(replay_lists.HEADINGS)
    assert [row[2:9] for row in rows] == ROWS
    assert [row[:2] for row in rows] == [[decided[1].number, "桃江县"], [decided[3].number, "桃江县"]]
    assert "2026年此前已补26天，上限40天，本次24天中可补14天" in rows[0][9]


def test_nobody_is_named_in_what_is_written(
    decided: list[Case], new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(new, list=tmp_path / "all.csv", json=tmp_path / "all.json")
    written = [
        capsys.readouterr().out,
        *((tmp_path / f"all.{kind}").read_text("utf-8-sig") for kind in ("csv", "json")),
    ]
    for case in decided:
        for text in written:
            assert case.applicant.name not in text
            assert case.facts["certificate_number"] not in text


def test_the_json_has_the_same_cases_and_sums_that_add_up_to_the_cent(
    decided: list[Case], new: Path, tmp_path: Path
) -> None:
    run(new, json=tmp_path / "all.json")
    found = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    assert (found["programme"], found["year"]) == ("nursing_subsidy", 2026)
    assert [terms["in_force_from"] for terms in found["terms"]] == ["2024-01-01", "2026-07-01"]
    lower, granted = found["changed"]
    assert (lower["case"], lower["county"], lower["change"]) == (decided[1].number, "430922", "lower")
    assert (granted["was"], granted["now"]) == (
        {"granted": False, "amount": "0.00"},
        {"granted": True, "amount": "1040.00"},
    )
    summary, counties = found["summary"], found["counties"]
    assert summary["cases"] == 5 and summary["changed"] == len(found["changed"]) == 2
    assert summary["same"] + summary["granted"] + summary["refused"] + summary["higher"] + summary["lower"] == 5
    assert summary["unmoved"] == {"ground": 1, "unexplained": 0, "reviewed": 0}
    for what in ("was", "now", "difference"):
        assert sum(Decimal(county[what]) for county in counties) == Decimal(summary[what])
    assert Decimal(summary["now"]) - Decimal(summary["was"]) == Decimal(summary["difference"])
    assert Decimal(summary["was"]) == sum(case.amount for case in decided[:3])
    assert found["lines_sent_back"] == {"lines": 0, "by_reason": {}}


def test_a_year_without_decisions_says_so_and_still_writes_what_was_asked_for(
    decided: list[Case], new: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(new, year=2020, list=tmp_path / "none.xlsx", json=tmp_path / "none.json")
    assert "2020年没有作出决定的案件，没有可试算的。" in capsys.readouterr().out
    assert json.loads((tmp_path / "none.json").read_text(encoding="utf-8"))["changed"] == []
    assert load_workbook(tmp_path / "none.xlsx").active.max_row == 1


def test_what_an_xlsx_cannot_hold_is_said_and_nothing_is_left(
    decided: list[Case], new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_MOST_ROWS", 2)
    with pytest.raises(CommandError, match=r"一张 \.xlsx 最多2行，装不下这份名单，请改写成 \.csv"):
        run(new, list=tmp_path / "all.xlsx", json=tmp_path / "all.json")
    assert list(tmp_path.iterdir()) == [new]


def test_a_file_that_was_there_is_replaced_whole_or_kept(
    decided: list[Case], new: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "all.csv").write_text("before", encoding="utf-8")

    def breaks(*_: object) -> Any:
        raise RuntimeError("half way")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(command, "lines_sent_back", breaks)
        run(new, list=tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_text(encoding="utf-8") == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.csv", "new.yaml"]
    run(new, list=tmp_path / "all.csv")
    assert (tmp_path / "all.csv").read_bytes() != b"before"
    assert (tmp_path / "all.csv").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("year", "says"),
    [
        ("26", "“26”不是年份，请写四位数字，如 2026"),
        ("二〇二六", "“二〇二六”不是年份"),
        ("２０２６", "“２０２６”不是年份"),
        ("1999", "“1999”不是年份"),
        ("-2026", "year"),
        (f"{localdate().year + 1}", f"{localdate().year + 1}年还没有到，没有作出决定的案件"),
    ],
)
def test_a_year_that_is_none_is_said_to_be_none(db: None, year: str, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("replay_rules", "nursing_subsidy", f"--terms={SHIPPED}", f"--year={year}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("versions: [", "不是规范的 YAML：第1行第12列附近写法不对"),
        ("programme: nursing_subsidy\nversions: []", "“versions”里一个版本也没有"),
        (
            SHIPPED.read_text("utf-8").replace("    days_a_year: 60\n", ""),
            "第2个版本（2026-07-01）的“days_a_year”没有写",
        ),
        (
            SHIPPED.read_text("utf-8").replace('"70.00"', '"-70.00"'),
            "第2个版本（2026-07-01）的“yuan_a_day.light”不能是负数",
        ),
    ],
)
def test_terms_that_are_wrong_are_refused_before_anything_is_looked_at(
    db: None, tmp_path: Path, text: str, says: str, django_assert_num_queries: Any
) -> None:
    (tmp_path / "wrong.yaml").write_text(text, encoding="utf-8")
    with django_assert_num_queries(0), pytest.raises(CommandError, match=says) as refused:
        run(tmp_path / "wrong.yaml", list=tmp_path / "all.csv")
    assert str(refused.value).startswith("wrong.yaml") and str(refused.value).endswith("改好后再试算。")
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.yaml"]


def test_arguments_that_make_no_sense_are_told_in_words(db: None, new: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"没有代码为“nope”的项目。现有：.*nursing_subsidy"):
        call_command("replay_rules", "nope", terms=new, year=2026)
    for options, says in (
        ({"list": tmp_path / "all.pdf"}, r"--list 的文件名要以 \.csv 或 \.xlsx 结尾，现在是“all\.pdf”"),
        ({"json": new}, "--terms、--list、--json 不能是同一个文件"),
        ({"list": tmp_path / "none" / "all.csv"}, r"写不了 .*all\.csv：.*请检查文件夹是否存在、是否有权写"),
        ({"terms": tmp_path / "none.yaml"}, r"读不了方案文件 .*none\.yaml：没有这个文件"),
    ):
        with pytest.raises(CommandError, match=says):
            run(**{"terms": new, **options})
    assert list(tmp_path.iterdir()) == [new]


def test_what_would_be_a_formula_in_a_list_is_words(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = ("=1+1", "+86", "-", "@A1", "曾", Decimal("-12.00"))
    monkeypatch.setattr(replay_lists, "_cells", lambda *_given: cells)
    assert replay_lists._texts(None, {}) == ["'=1+1", "'+86", "'-", "'@A1", "曾", "-12.00"]  # type: ignore[arg-type]  # not looked at
