"""Two programmes in folders do not answer to one title: nobody could tell their cases apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.standard.pages import a_page, programme_of
from workflows import registry
from workflows.programme import Programme


@pytest.fixture
def twins() -> tuple[Programme, Programme]:
    one = programme_of(a_page())
    return one, replace(one, slug="twin", number_prefix="SYBY")


def test_a_title_in_two_folders_is_told_with_both(
    twins: tuple[Programme, Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "SOURCES", (lambda: iter(twins),))
    registry.forget()
    with pytest.raises(registry.TwoAlike, match="都叫“试验补助”（trial、twin），请换一个 title"):
        registry.programmes()
    registry.forget()


def test_a_page_that_was_published_under_a_folders_title_is_still_there(
    twins: tuple[Programme, Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, twin = twins
    monkeypatch.setattr(registry, "on_pages", lambda: iter((twin,)))
    monkeypatch.setattr(registry, "SOURCES", (lambda: iter((one,)), registry.on_pages))
    registry.forget()
    assert set(registry.programmes()) == {"trial", "twin"}
    registry.forget()
