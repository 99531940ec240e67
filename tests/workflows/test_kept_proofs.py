"""A proof that held is kept under everything it depends on; whatever changes is proved anew."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from tests.workflows.paper_flows import programme_of, township
from workflows import proof, registry
from workflows.proof import flows_are_proved, kept


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> list[str]:
    """The programmes that were proved, in order; nothing is kept to begin with."""
    settings.DATA_DIR = tmp_path
    asked: list[str] = []
    prove = proof.faults_of

    def seen(programme: Any) -> Any:
        asked.append(programme.slug)
        return prove(programme)

    monkeypatch.setattr(proof, "faults_of", seen)
    return asked


def of(monkeypatch: pytest.MonkeyPatch, programme: Any) -> None:
    monkeypatch.setattr(registry, "programmes", lambda: {programme.slug: programme})


def test_what_was_proved_is_not_proved_again(monkeypatch: pytest.MonkeyPatch, proved: list[str]) -> None:
    programme = programme_of()
    of(monkeypatch, programme)

    assert flows_are_proved(None) == flows_are_proved(None) == []
    assert proved == [programme.slug]


def test_a_fault_is_found_each_time(monkeypatch: pytest.MonkeyPatch, proved: list[str]) -> None:
    of(monkeypatch, programme_of(township=township(signs=False)))

    first, again = flows_are_proved(None), flows_are_proved(None)

    assert [message.id for message in first] == [message.id for message in again] != []
    assert len(proved) == 2


def test_another_flow_other_terms_or_another_reason_have_another_name() -> None:
    whole = programme_of()
    reason = next(iter(whole.reasons.values()))
    others = [
        programme_of(township=township(signs=False)),
        programme_of(signatures=("verify",)),
        programme_of(no_deadline_for="township"),
        dataclasses.replace(whole, reasons={**whole.reasons, "more": dataclasses.replace(reason, code="more")}),
    ]

    assert kept.fingerprint(whole) == kept.fingerprint(programme_of())
    assert len({kept.fingerprint(one) for one in (whole, *others)}) == 1 + len(others)


def test_another_law_has_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    programme = programme_of()
    before = kept.fingerprint(programme)
    monkeypatch.setattr(kept, "_code", lambda: "the law was changed")

    assert kept.fingerprint(programme) != before


def test_where_nothing_can_be_written_it_is_proved_each_time(
    monkeypatch: pytest.MonkeyPatch, proved: list[str], settings: Any, tmp_path: Path
) -> None:
    of(monkeypatch, programme_of())
    (tmp_path / "a file").touch()
    settings.DATA_DIR = tmp_path / "a file"

    assert flows_are_proved(None) == flows_are_proved(None) == []
    assert len(proved) == 2
