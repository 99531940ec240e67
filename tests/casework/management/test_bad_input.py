"""What cannot be meant is told in a sentence, with an exit code of its own."""

from __future__ import annotations

import sys

import pytest
from django.core.management import CommandError, call_command

from casework.management import command_line


def left_by(*arguments: str, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr(sys, "argv", ["manage.py", *arguments])
    with pytest.raises(SystemExit) as left:
        command_line.main()
    return left.value.code


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("sweep", "--limit", "abc"), "“abc”不是数"),
        (("sweep", "--limit", "-3"), "“-3”不是数"),
        (("doctor", "--most", "-1"), "“-1”不是数"),
        (("work", "--poll", "soon"), "“soon”不是秒数"),
        (("load_calendar", "二〇二七", "days.txt", "--by", "guanli"), "“二〇二七”不是数"),
        (("export_bpmn", "nursing_subsidy", "out.bpmn", "--flow-version", "two"), "“two”不是数"),
        (("serve", "--port", "http"), "“http”不是数"),
        (("insurer_sandbox", "--seed", "x"), "“x”不是数"),
    ],
)
def test_what_is_no_number_is_said_so(
    db: None,
    arguments: tuple[str, ...],
    says: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert left_by(*arguments, monkeypatch=monkeypatch) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("poll", ["0", "-1", "nan", "inf"])
def test_a_worker_rests_for_a_time_there_is(poll: str) -> None:
    with pytest.raises(CommandError, match="大于零的秒数"):
        call_command("work", f"--poll={poll}")


def test_a_chain_there_is_none_of_is_not_said_to_be_whole(db: None) -> None:
    """Somebody has mistyped the number of a case: nothing was checked."""
    with pytest.raises(CommandError, match="没有叫“HL43092220260001”的链，什么都没有核对"):
        call_command("verify_trail", "HL43092220260001")
