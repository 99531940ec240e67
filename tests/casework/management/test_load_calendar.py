"""`manage.py load_calendar`: a year from a file, all of it or nothing, by an administrator."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.models import CalendarDay, CalendarYear, Role
from tests.world import World

LINES = "2027-02-05 放假 春节\n2027-02-06 放假 春节\n2027-02-14 上班\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "2027.txt"
    path.write_text(LINES, encoding="utf-8")
    return path


def said(world: World, *arguments: object, role: str = Role.ADMINISTRATOR) -> str:
    out = StringIO()
    call_command("load_calendar", *map(str, arguments), "--by", world.by(role).username, stdout=out)
    return out.getvalue()


def test_a_year_is_entered_and_confirmed(world: World, file: Path) -> None:
    told = said(world, 2027, file, "--source", "国办发明电〔2026〕7号", "--confirm")
    assert told == "2027年：3行，改动 3 天。\n2027年已确认。\n"
    assert CalendarDay.objects.filter(day__year=2027).count() == 3
    assert CalendarYear.objects.get(year=2027).confirmed_by == world.by(Role.ADMINISTRATOR)
    assert said(world, 2027, file, "--confirm") == "2027年：3行，改动 0 天。\n2027年先前已经确认过。\n"


def test_a_file_saved_on_windows_is_read(world: World, file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + LINES.replace("\n", "\r\n").encode())
    assert "改动 3 天" in said(world, 2027, file)


def test_one_line_that_is_wrong_and_nothing_is_entered(world: World, file: Path) -> None:
    file.write_text(LINES + "2028-01-01 放假\n过年 放假\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"第4行：2028-01-01不在2027年\n第5行"):
        said(world, 2027, file)
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_only_an_administrator_enters_it(world: World, file: Path) -> None:
    with pytest.raises(CommandError, match="系统管理员"):
        said(world, 2027, file, role=Role.INTAKE_CLERK)
    with pytest.raises(CommandError, match="没有账号“nobody”"):
        call_command("load_calendar", "2027", str(file), "--by", "nobody")


def test_a_file_that_cannot_be_read_is_said_so(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="读不了文件"):
        said(world, 2027, tmp_path / "none.txt")
    (tmp_path / "gbk.txt").write_bytes(LINES.encode("gb18030"))
    with pytest.raises(CommandError, match="不是 UTF-8"):
        said(world, 2027, tmp_path / "gbk.txt")
