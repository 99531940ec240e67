"""With `NUANXIN_NO_SKIPS=1` a skipped test fails the run, at its end, with every reason listed.

Where PostgreSQL, Redis or chromium is missing a developer's run skips what needs them and says so. The run
that decides whether a change may land has them all: there a skip means that something was not tested. An
expected failure (xfail) was run, and is no skip.
"""

from __future__ import annotations

import os

import pytest

VARIABLE = "NUANXIN_NO_SKIPS"


def pytest_configure(config: pytest.Config) -> None:
    # The controller alone: under xdist it is handed every worker's reports, those of skipped modules too.
    if os.environ.get(VARIABLE) == "1" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(NoSkips(), "nuanxin-no-skips")


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """The words given to `pytest.skip`, `skipif` or `importorskip`."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)


class NoSkips:
    """Remembers what was skipped and why, and turns the run's result when there was anything."""

    def __init__(self) -> None:
        self.skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self.skipped[report.nodeid] = reason_of(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        passed = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)
        if self.skipped and session.exitstatus in passed:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self.skipped:
            return
        terminalreporter.section(f"{VARIABLE}=1: nothing may be skipped here", sep="=", red=True, bold=True)
        for nodeid, reason in sorted(self.skipped.items()):
            terminalreporter.line(f"FAILED (skipped) {nodeid}: {reason}")
