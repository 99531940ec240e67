"""The divisions that come with the product: every one, once, under its parent."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.models import Division, Level
from casework.places import DivisionsProblem, full_name, load_divisions, read_divisions
from tests.factories import LONG_AGO, places

PER_LEVEL = {Level.PROVINCE: 1, Level.PREFECTURE: 14, Level.COUNTY: 122, Level.TOWNSHIP: 1977, Level.VILLAGE: 29270}


def written(path: Path, *lines: str) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(("code,name,level,parent", *lines)))
    return path


def test_the_file_has_every_division_of_the_province_under_its_parent() -> None:
    read = list(read_divisions())
    assert Counter(division.level for division in read) == PER_LEVEL
    codes = {division.code for division in read}
    assert len(codes) == len(read) == sum(PER_LEVEL.values()) == 31_384
    for division in read:
        assert len(division.code) == division.level
        assert division.name.strip() == division.name != ""
        if division.level != Level.PROVINCE:
            assert division.parent_id in codes
            assert division.code.startswith(division.parent_id)


def test_loading_brings_them_all_in_and_loading_again_adds_none(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_regions")
    assert capsys.readouterr().out.strip() == "新增区划 31384 个，原有 0 个。"
    counted = Counter(Division.objects.values_list("level", flat=True))
    assert counted == PER_LEVEL
    assert full_name("430922112252") == "湖南省益阳市桃江县桃花江镇川门湾村委会"
    call_command("load_regions")
    assert capsys.readouterr().out.strip() == "新增区划 0 个，原有 31384 个。"
    assert Division.objects.count() == sum(PER_LEVEL.values())


def test_what_is_known_keeps_its_name_and_its_dates(db: None, tmp_path: Path) -> None:
    places()
    known = Division.objects.count()
    path = written(tmp_path / "more.csv.gz", "430922,改名县,county,4309", "430922112999,新村,village,430922112")
    assert load_divisions(path) == (1, known)
    county = Division.objects.get(pk="430922")
    assert (county.name, county.valid_from) == ("桃江县", LONG_AGO)
    assert Division.objects.get(pk="430922112999").parent_id == "430922112"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("430922,桃江县,village,4309", "a county's code for a village"),
        ("430922112252,川门湾村委会,village,430922113", "a parent that is not its prefix"),
        ("43092x,桃江县,county,4309", "a letter in the code"),
        (",桃江县,county,4309", "no code"),
        ("430922,桃江县,shire,4309", "a level there is not"),
    ],
)
def test_a_line_that_is_no_division_is_named_and_nothing_is_loaded(
    db: None, tmp_path: Path, line: str, why: str
) -> None:
    path = written(tmp_path / "wrong.csv.gz", "43,湖南省,province,", line)
    with pytest.raises(DivisionsProblem, match=r"wrong\.csv\.gz, line 3"):
        load_divisions(path)
    assert Division.objects.count() == 0, why
    with pytest.raises(CommandError, match="line 3"):
        call_command("load_regions", file=path)


def test_a_file_that_is_not_there_is_said_plainly(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="区划文件读不了"):
        call_command("load_regions", file=tmp_path / "none.csv.gz")


def test_the_full_name_of_what_is_not_known_is_empty(db: None) -> None:
    assert full_name("999999") == ""
