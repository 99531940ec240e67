"""Terms: dated versions read from a file, and a file that is wrong says which version and which key."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

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
    ("wrong", "right", "says"),
    [
        ("    source: 第一份\n", "", "version 2: KeyError 'source'"),
        (
            "  - in_force_from: 2024-01-01\n    source: 第一份",
            "  - source: 第一份",
            "version 2: KeyError 'in_force_from'",
        ),
        ("in_force_from: 2026-07-01", "in_force_from: 去年夏天", "version 1: TypeError in_force_from is not a date"),
        ("  signatures: [verify, approve]\n", "", "version 1: KeyError 'signatures'"),
        (
            "{days: 5, clause",
            "{day: 5, clause",
            "version 1: the deadline of 'intake' has 'day', which is none of days,",
        ),
        ("papers: {days: 30, working: false}", "papers: 30", "version 1: the deadline of 'papers' is 30; write"),
        ("  deadlines:\n", "  deadline:\n", "version 1: KeyError 'deadlines'"),
        ("in_force_from: 2024-01-01", "in_force_from: 2026-07-01", "two versions .* on the same day"),
        ("versions:", "version:", "no list of `versions`"),
        ("signatures: [verify, approve]", "signatures: [verify", "not YAML"),
    ],
)
def test_a_file_that_is_wrong_says_where(loaded: Loader, wrong: str, right: str, says: str) -> None:
    assert GOOD.count(wrong) == 1
    with pytest.raises(TermsProblem, match=says):
        loaded(GOOD.replace(wrong, right))


@pytest.mark.parametrize(
    ("text", "says"), [("", "no list"), ("versions:", "no list"), ("versions: []", "at least one")]
)
def test_a_file_without_versions_says_so(loaded: Loader, text: str, says: str) -> None:
    with pytest.raises(TermsProblem, match=says):
        loaded(text)


def test_the_problem_names_the_file(loaded: Loader) -> None:
    with pytest.raises(TermsProblem, match=r"^terms\.yaml, version 2: "):
        loaded(GOOD.replace("    source: 第一份\n", ""))


@pytest.mark.parametrize("programme", registry.programmes().values(), ids=lambda programme: programme.slug)
def test_every_version_of_every_programme_has_a_deadline_for_every_step(programme: Programme) -> None:
    steps = {step.name for step in programme.flow.steps()}
    for version in programme.terms.versions:
        assert version.deadlines.keys() == steps, version.version
        assert all(deadline.days > 0 and deadline.clause for deadline in version.deadlines.values())
        assert version.source
