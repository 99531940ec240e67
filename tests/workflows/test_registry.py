"""Two programmes in folders do not answer to one title: nobody could tell their cases apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.workflows.standard.pages import a_page, programme_of
from workflows import registry
from workflows.programme import Programme


@pytest.fixture
def twins() -> Iterator[tuple[Programme, Programme]]:
    one = programme_of(a_page())
    yield one, replace(one, slug="twin", number_prefix="SYBY")
    registry.forget()


def test_a_title_in_two_folders_leaves_the_second_out_and_names_both(
    twins: tuple[Programme, Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "SOURCES", (lambda: iter(twins),))
    registry.forget()
    assert set(registry.programmes()) == {"trial"}
    (out,) = registry.left_out()
    assert "有两个项目都叫“试验补助”（trial、twin），请换一个 title" in str(out)


def test_a_page_that_was_published_under_a_folders_title_is_still_there(
    twins: tuple[Programme, Programme], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, twin = twins
    monkeypatch.setattr(registry, "on_pages", lambda: iter((twin,)))
    monkeypatch.setattr(registry, "SOURCES", (lambda: iter((one,)), registry.on_pages))
    registry.forget()
    assert set(registry.programmes()) == {"trial", "twin"}
