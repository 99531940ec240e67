"""`manage.py replay_log`: what it says of a log, of what it left out, and of what is wrong."""

from __future__ import annotations

import gzip
import hashlib
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from casework.models import Case, ReplayedLog
from casework.models import Event as TrailEvent
from tests.workflows.replay.logs import SMALL, Event, Trace, log, plain, put, read, said, sequences
from tests.world import World


def run(*arguments: object) -> str:
    out = io.StringIO()
    call_command("replay_log", *map(str, arguments), "--zone", "Europe/Amsterdam", stdout=out)
    return out.getvalue()


def test_it_says_what_the_log_holds_and_what_became_of_it(world: World, tmp_path: Path) -> None:
    told = run(put(tmp_path, SMALL), "--check")

    assert "log.xes：5 件案件、14 条事件、4 种环节、7 种先后关系。" in told
    assert "时间：2020-05-04 至 2020-05-04（世界时）。" in told
    assert "流程已证明：4 个环节、8 种结果" in told
    assert "补录完成：5 件，归在桃江县，项目代码 replay-" in told
    assert "核对一致：5 件、14 条，每件的先后顺序和时间相同，7 种先后关系及次数相同。" in told
    assert "注意" not in told


def test_it_says_what_was_left_out_and_why(world: World, tmp_path: Path) -> None:
    more = '<string key="org:resource" value="somebody"/>'
    events = [Event("a", None, "start", more), Event("a", "2020-05-04T10:00:00"), Event(None, lifecycle="withdraw")]
    stray = '<event><string key="concept:name" value="stray"/></event>'
    told = run(put(tmp_path, log(Trace(None, events), Trace("x", []), inside=stray)))

    for words in (
        "注意：1 条没有环节名称（concept:name），都归在“（没有名称）”一环。",
        "事件分 3 种生命周期，全部补录",
        "其中 1 件没有任何事件，照样各成一件。",
        "注意：1 件没有案号",
        "注意：1 条没有时间",
        "注意：1 条的时间没写时区，按 Europe/Amsterdam 算。",
        "注意：1 条不在任何案件里，没有补录。",
        "没有带入 1 种其他属性（可能含个人信息）：org:resource。",
    ):
        assert words in told
    assert "somebody" not in told


def test_only_one_turn_of_the_life_cycle_is_taken_where_that_is_asked(world: World, tmp_path: Path) -> None:
    events = [Event("a", lifecycle="START"), Event("a", lifecycle="COMPLETE")]
    told = run(put(tmp_path, log(Trace("1", events))), "--lifecycle", "complete", "--check")

    assert "注意：1 条不是 complete，没有补录。" in told
    assert "核对一致：1 件、1 条" in told


def test_a_turn_of_the_life_cycle_that_no_event_has_is_refused_since_a_log_comes_in_but_once(
    world: World, tmp_path: Path
) -> None:
    path = put(tmp_path, log(Trace("1", [Event("a", lifecycle="start"), Event("a", lifecycle=None)])))
    with pytest.raises(CommandError, match="没有一条事件是“compleet”，日志里有的是：complete、start。请改 --lifecycle"):
        run(path, "--lifecycle", "compleet")
    assert not ReplayedLog.objects.exists()

    assert "1 条不是 complete" in run(path, "--lifecycle", "complete")


def test_the_second_time_it_says_that_nothing_has_changed(world: World, tmp_path: Path) -> None:
    run(put(tmp_path, SMALL))
    told = run(put(tmp_path, SMALL), "--check")

    assert "这份日志以前补录过，没有任何变化。" in told
    assert "核对一致" in told
    assert Case.objects.count() == 5


def test_it_goes_on_where_it_was_interrupted_and_says_so(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.replay.setting_down.CASES_A_CHUNK", 2)
    monkeypatch.setattr("casework.management.commands.replay_log.SAY_EVERY", 0.0)
    with monkeypatch.context() as broken:
        broken.setattr("casework.management.commands.replay_log.Command._progress", _break)
        with pytest.raises(KeyboardInterrupt):
            run(put(tmp_path, SMALL))
    told = run(put(tmp_path, SMALL))

    assert "  已补录 4/5 件……" in told
    assert "前 2 件上一次已经补录，这一次从第 3 件接着来。" in told
    assert "补录完成：3 件" in told


def _break(*_args: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["out.xes", "out.xes.gz"])
def test_it_writes_the_log_again(world: World, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    told = run(put(tmp_path, SMALL), "--export", out)

    assert f"已写到 {out}：案件5件，事件14条。" in told
    event = TrailEvent.objects.get(chain="exports")
    assert (event.details["command"], event.details["cases"], event.details["events"]) == ("replay_log", 5, 14)
    assert event.details["file"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (out.read_bytes()[:2] == b"\x1f\x8b") is name.endswith(".gz")
    assert said(read(out)) == said(read(put(tmp_path, SMALL)))


def test_what_came_in_can_be_named_wherever_history_goes_out(world: World, tmp_path: Path) -> None:
    run(put(tmp_path, SMALL))
    world.case("intake")
    slug = ReplayedLog.objects.get().slug
    call_command("export_log", "--format", "xes", "--programme", slug, str(tmp_path / "ours.xes"), stdout=io.StringIO())
    call_command("export_bpmn", slug, str(tmp_path / "flow.bpmn"), stdout=io.StringIO())

    assert sequences(read(tmp_path / "ours.xes")) == sequences(read(put(tmp_path, SMALL)))
    assert all(f'name="{activity}"' in (tmp_path / "flow.bpmn").read_text() for activity in "abcd")
    with pytest.raises(CommandError, match="没有代码为“replay-nope”的项目"):
        call_command("export_log", "--format", "xes", "--programme", "replay-nope", str(tmp_path / "none.xes"))
    assert not (tmp_path / "none.xes").exists()


def test_it_replaces_a_file_only_when_told_to(world: World, tmp_path: Path) -> None:
    out = put(tmp_path, b"mine", "out.xes")
    with pytest.raises(CommandError, match="已经有了，没有动它"):
        run(put(tmp_path, SMALL), "--export", out)
    assert out.read_bytes() == b"mine"
    assert not ReplayedLog.objects.exists()

    run(put(tmp_path, SMALL), "--export", out, "--force")
    assert out.read_bytes().startswith(b"<?xml")


def test_the_log_itself_is_never_written_over(world: World, tmp_path: Path) -> None:
    path = put(tmp_path, SMALL)
    (tmp_path / "alias.xes").symlink_to(path)
    for out in (path, tmp_path / "alias.xes"):
        with pytest.raises(CommandError, match="就是要读的那份日志，写了就盖掉原件。请换一个文件名"):
            run(path, "--export", out, "--force")
    assert path.read_bytes() == SMALL
    assert not ReplayedLog.objects.exists()


def test_a_database_that_gives_up_is_told_in_a_sentence(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("database or disk is full")

    monkeypatch.setattr("casework.management.broken_database.connection.close", lambda: None)
    monkeypatch.setattr("workflows.ledger.Ledger.write", full)
    with pytest.raises(CommandError, match="数据库出了故障：database or disk is full。已补录的不变"):
        run(put(tmp_path, SMALL))
    assert not Case.objects.exists()

    monkeypatch.undo()
    assert "补录完成：5 件" in run(put(tmp_path, SMALL))


def test_a_difference_ends_it_with_a_fault(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(put(tmp_path, SMALL))
    row = ReplayedLog.objects.get()
    row.shape["activities"][1] = ["string", "B"]
    row.save()

    with pytest.raises(CommandError, match="核对不一致：第1件（文件第3行）第2条：文件里是“b”，数据库里是“B”"):
        run(put(tmp_path, SMALL), "--check")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--division", "999999"], "没有代码为“999999”的县"),
        (["--division", "430102"], "芙蓉区还没有机构"),
        (["--zone", "Mars/Base"], "没有“Mars/Base”这个时区"),
        (["--zone", "../../etc/hostname"], "没有“../../etc/hostname”这个时区"),
        (["--export", "out.csv"], "应以 .xes 或 .xes.gz 结尾"),
        (["--export", ".xes"], "应以 .xes 或 .xes.gz 结尾"),
        (["--export", "no/such/folder/out.xes"], "没有文件夹"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_anything_is_done(
    world: World, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("replay_log", str(put(tmp_path, SMALL)), *arguments)
    assert sentence in str(refused.value)
    assert not ReplayedLog.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "文件是空的"),
        (SMALL[:500], "就断了"),
        (gzip.compress(SMALL)[:-9], "压缩文件不完整"),
        (log(), "一件案件也没有"),
        (SMALL.replace(b"2020-05-04", b"2020-05-44", 1), "看不懂"),
    ],
)
def test_a_file_that_is_no_log_is_refused_and_nothing_is_left(
    world: World, tmp_path: Path, data: bytes, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(put(tmp_path, data))
    assert (ReplayedLog.objects.count(), Case.objects.count()) == (0, 0)


def test_a_file_that_is_not_there_or_a_folder_is_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有这个文件"):
        run(tmp_path / "nothing.xes")
    with pytest.raises(CommandError, match="这是一个文件夹"):
        run(tmp_path)


def test_a_log_of_many_attributes_names_the_first(world: World, tmp_path: Path) -> None:
    more = "".join(f'<int key="k{number:02}" value="1"/>' for number in range(15))
    told = run(put(tmp_path, log(Trace("1", [Event("a", more=more)]), plain("2", "a"))))

    assert "没有带入 15 种其他属性（可能含个人信息）：k00、k01" in told
    assert "k11等。" in told
    assert "k12" not in told
