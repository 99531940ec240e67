"""The analysts' page says what is in the files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workflows.eventlog import case_log, declared, words

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "event-logs.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([\w:]+)`", PAGE))
OF_XES = {*case_log.TRACE_GLOBALS, *case_log.EVENT_GLOBALS, *case_log.CLASSIFIERS, *case_log.LIFECYCLE.values()}
DECIDED = {"org:role", "org:group", "outcome", "capacity", "stage_before", "stage_after", "amount", "reasons"}
KINDS = (*declared.OBJECTS.values(), declared.STEP, declared.IN_A_CASE, declared.IN_A_BATCH)


@pytest.mark.parametrize(
    "name",
    sorted(OF_XES | DECIDED | set(declared.OBJECTS) | {name for kinds in KINDS for name in kinds} | set(words.ACTIONS)),
)
def test_every_name_in_a_file_stands_on_the_page(name: str) -> None:
    assert name in NAMED


@pytest.mark.parametrize("word", words.ACTIONS.values())
def test_every_word_for_an_act_stands_on_the_page(word: str) -> None:
    assert word in PAGE
