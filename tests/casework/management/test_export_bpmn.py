"""`export_bpmn`: one file, whole or not at all, of any version of a flow; never one that cannot be run to its end."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from casework.management.commands import export_bpmn
from workflows import registry
from workflows.bpmn import to_bpmn

PROGRAMME = registry.programme("nursing_subsidy")
NURSING = PROGRAMME.flow


def test_the_command_writes_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "nursing.bpmn"
    out.write_text("an older one")

    call_command("export_bpmn", "nursing_subsidy", str(out))

    assert out.read_bytes() == to_bpmn(NURSING)
    assert list(tmp_path.iterdir()) == [out]
    assert "住院护理补贴的流程（第2版）已写到" in capsys.readouterr().out


def test_the_command_writes_an_earlier_version(tmp_path: Path) -> None:
    out = tmp_path / "nursing.bpmn"

    call_command("export_bpmn", "nursing_subsidy", str(out), "--flow-version", "1")

    assert out.read_bytes() == to_bpmn(registry.programme("nursing_subsidy").earlier[0])
    assert "流程第1版" in out.read_text(encoding="utf-8")


def test_the_command_names_the_versions_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"住院护理补贴没有第9版流程。现有：第1版、第2版。"):
        call_command("export_bpmn", "nursing_subsidy", str(tmp_path / "nope.bpmn"), "--flow-version", "9")

    assert list(tmp_path.iterdir()) == []


def test_the_command_names_the_programmes_there_are(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"没有代码为“nope”的项目。现有：.*nursing_subsidy（住院护理补贴）"):
        call_command("export_bpmn", "nope", str(tmp_path / "nope.bpmn"))

    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_so_and_nothing_is_left(tmp_path: Path) -> None:
    taken = tmp_path / "folder.bpmn"
    taken.mkdir()

    for out in (tmp_path / "missing" / "out.bpmn", taken):
        with pytest.raises(CommandError, match="写不了"):
            call_command("export_bpmn", "nursing_subsidy", str(out))

    assert list(tmp_path.iterdir()) == [taken]


def test_a_file_that_cannot_be_run_to_its_end_does_not_leave_the_house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = to_bpmn(NURSING).replace(b'targetRef="after_township"', b'targetRef="step_township"')
    monkeypatch.setattr(export_bpmn, "to_bpmn", lambda _: lost)

    with pytest.raises(
        CommandError, match=r"不健全，没有写出：走到这里就再也办不完：.*；永远走不到：flow_township__pass"
    ):
        call_command("export_bpmn", "nursing_subsidy", str(tmp_path / "lost.bpmn"))

    assert list(tmp_path.iterdir()) == []
