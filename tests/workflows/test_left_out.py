"""A programme that cannot be read is left out, and told; the others go on. One that has cases stops the start."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.utils.timezone import now
from viewflow import this

from casework.management import command_line
from casework.management.commands import serve
from tests.workflows.paper_flows import on, programme_of, village
from tests.workflows.standard.pages import PAGE
from tests.workflows.standard.stories import a_person, granted
from tests.world import World
from workflows import missing, programmes, registry
from workflows.doctor import EXAMINATIONS, Scope
from workflows.flow import FlowProblem
from workflows.terms import TermsProblem

WRONG = PAGE.replace('yuan: "500.00"', 'yuan: "-1"')
WHY = "trial/terms.yaml：第1个版本（2025-01-01）的“amount.yuan”不能是负数，现在是“-1”"
Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the page of `trial`, in a folder beside the house's own, and has the registry look."""
    monkeypatch.setattr(programmes, "__path__", [*programmes.__path__, str(tmp_path)])
    monkeypatch.setattr(registry, "_last_read", {})

    def write_page(text: str) -> None:
        (tmp_path / "trial").mkdir(exist_ok=True)
        (tmp_path / "trial" / "terms.yaml").write_text(text, encoding="utf-8")
        registry.forget()

    yield write_page
    registry.forget()


@pytest.fixture
def wrong(write: Write, db: None) -> None:
    write(WRONG)


@pytest.mark.usefixtures("wrong")
def test_a_page_with_a_mistake_is_left_out_and_the_others_are_there() -> None:
    assert "trial" not in registry.programmes()
    assert {"nursing_subsidy", "freshman_grant"} <= registry.programmes().keys()
    assert [(one.slug, one.why) for one in registry.left_out()] == [("trial", WHY)]


@pytest.mark.usefixtures("wrong")
def test_a_start_is_warned_in_one_sentence_and_goes_on() -> None:
    (said,) = missing.programmes_are_read(None)

    assert (said.id, said.level) == ("workflows.W100", checks.WARNING)
    assert said.msg == f"项目“trial”读不出来，没有启用，别的项目不受影响。请改正后重新启动。{WHY}"


@pytest.mark.usefixtures("wrong")
def test_whoever_asks_whether_all_is_well_is_told_no() -> None:
    with pytest.raises(CommandError, match="有项目读不出来：trial"):
        call_command("check", stderr=StringIO())
    with pytest.raises(CommandError, match=r"流程没有通过证明.*trial"):
        call_command("prove_flows", stdout=(out := StringIO()))
    assert "trial\n  不对 workflows.W100：项目“trial”读不出来，没有启用" in out.getvalue()
    with pytest.raises(CommandError) as refused:
        call_command("prove_flows", "trial")
    assert str(refused.value).endswith(WHY)


@pytest.mark.usefixtures("wrong")
def test_the_site_says_it_when_it_starts() -> None:
    command = serve.Command(stdout=StringIO(), stderr=(said := StringIO()))
    command.announce("127.0.0.1", 8000, "", embedded=True)
    assert said.getvalue().strip().endswith(WHY)


@pytest.mark.usefixtures("wrong")
def test_the_check_up_finds_it() -> None:
    (examination,) = [one for one in EXAMINATIONS if one.name == "programmes"]
    (found,) = examination.find(Scope(at=now(), job_kinds=frozenset()))
    assert (found.kind.code, found.subject, found.county) == ("programme_unreadable", "trial", "")
    assert found.sentence.endswith(WHY)


def test_one_that_has_a_case_stops_the_start(write: Write, world: World) -> None:
    write(PAGE)
    line = {**a_person(), "degree": "轻", "begun_on": "2026-01-05"}
    granted(world, "trial", line, on="2026-11-02")
    registry._last_read.clear()  # another process, that has never read it
    write(WRONG)

    (said,) = missing.programmes_are_read(None)
    assert (said.id, said.level) == ("workflows.E100", checks.ERROR)
    assert said.msg.startswith("项目“trial”读不出来，它已有申请，不能少了它启动。请改正，或换回原来的方案。")
    with pytest.raises(SystemCheckError, match="不能少了它启动"):
        call_command("check", stderr=StringIO())
    with pytest.raises(CommandError, match="不能少了它启动"):
        call_command("prove_flows")


def test_what_runs_already_goes_on_by_what_it_read(write: Write, db: None) -> None:
    write(PAGE)
    before = registry.programme("trial")

    write(WRONG)

    assert registry.programme("trial") is before
    (said,) = missing.lines()
    assert said.startswith("项目“trial”的方案读不出来，正在运行的仍按原来读到的办。")


def test_of_two_alike_the_later_is_left_out(write: Write, db: None) -> None:
    write(re.sub("number_prefix: [A-Z]+", "number_prefix: HL", PAGE))

    assert "nursing_subsidy" in registry.programmes()
    (one,) = registry.left_out()
    assert one.why == "“住院护理补贴”和“试验补助”的案号都以“HL”开头，请换一个 number_prefix"


def test_a_page_that_is_mended_is_there_again(write: Write, db: None) -> None:
    write(WRONG)
    write(PAGE)
    assert ("trial" in registry.programmes(), registry.left_out()) == (True, ())


def test_a_place_a_flow_does_not_have_is_told_with_step_and_outcome() -> None:
    with pytest.raises(FlowProblem) as wrong:
        programme_of(village=on(village(), "up", "上报", "verify", this.townshipp))
    said = str(wrong.value)
    assert "的环节 village（核实），结果 up（上报）：to= 写的“townshipp”不是这个流程里的环节，可写的是：" in said
    assert said.split("可写的是：")[1].startswith("intake、")


@pytest.mark.parametrize("problem", [TermsProblem("trial/terms.yaml：错了"), FlowProblem("错了")])
def test_no_command_answers_a_mistake_in_a_programme_with_a_traceback(
    problem: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(argv: list[str]) -> None:
        raise problem

    monkeypatch.setattr(command_line, "execute_from_command_line", failing)
    monkeypatch.setattr(sys, "argv", ["manage.py", "migrate"])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    assert left.value.code == f"方案或流程写得不对：{problem}"


@pytest.mark.parametrize("name", ["terms.yml", "terms.yaml.txt", "Terms.yaml"])
def test_a_page_under_another_name_is_told_of(write: Write, tmp_path: Path, name: str) -> None:
    write(PAGE)
    (tmp_path / "trial" / "terms.yaml").rename(tmp_path / "trial" / name)
    registry.forget()
    told = f"文件夹 trial 里没有 terms.yaml，有 {name}，请改名为 terms.yaml"
    assert [(one.slug, one.why) for one in registry.left_out()] == [("trial", told)]


@pytest.mark.parametrize("name", ["Trial", "tri-al", "试验", "2trial"])
def test_a_folder_whose_name_no_address_can_hold_is_left_out(write: Write, tmp_path: Path, name: str) -> None:
    write(PAGE.replace("programme: trial", f"programme: {name}"))
    (tmp_path / "trial").rename(tmp_path / name)
    registry.forget()
    (out,) = registry.left_out()
    assert out.why == f"文件夹“{name}”要用小写英文字母、数字和下划线起名，以字母开头，最多40个"


@pytest.mark.usefixtures("wrong")
def test_proving_one_programme_mentions_another_that_is_left_out() -> None:
    call_command("prove_flows", "freshman_grant", stdout=(out := StringIO()))
    assert "trial\n  注意 workflows.W100：项目“trial”读不出来" in out.getvalue()


def test_a_folder_an_update_did_not_bring_along_stops_the_start(world: World, write: Write, tmp_path: Path) -> None:
    write(PAGE)
    line = {**a_person(), "degree": "轻", "begun_on": "2026-01-05"}
    granted(world, "trial", line, on="2026-11-02")
    assert missing.no_programme_is_lost(None, databases=["default"]) == []

    (tmp_path / "trial" / "terms.yaml").unlink()
    registry.forget()
    registry._last_read.clear()

    (said,) = missing.no_programme_is_lost(None, databases=["default"])
    told = "项目“trial”已有案件，它的文件夹不见了，不能少了它启动。请把 trial 文件夹放回去"
    assert (said.id, said.level, said.msg) == ("workflows.E101", checks.ERROR, told)
    assert missing.lines() == [told]
    (examination,) = [one for one in EXAMINATIONS if one.name == "programmes"]
    (found,) = examination.find(Scope(at=now(), job_kinds=frozenset()))
    assert (found.subject, found.sentence) == ("trial", told)
    with pytest.raises(SystemCheckError, match="E101"):
        call_command("migrate", "--check", skip_checks=False, stdout=StringIO(), stderr=StringIO())
