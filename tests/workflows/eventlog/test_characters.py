"""Any text can be written, and no two become one."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.eventlog.samples import texts
from tests.workflows.eventlog.xes_rules import NAME
from workflows.eventlog.characters import as_name, spelled

tricky = st.text(st.sampled_from("_x0041FfeéA: (\x00\ud800𠀀")) | texts


def unspelled(text: str) -> str:
    return re.sub(r"_x([0-9A-F]{8}|[0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text)


@given(text=tricky)
def test_what_is_spelled_can_be_written_in_xml_and_read_back(text: str) -> None:
    element = ET.fromstring(f"<a b={quoteattr(spelled(text))}/>")

    assert unspelled(element.get("b", "")) == text


@given(key=tricky.filter(bool))
def test_any_key_becomes_a_name_and_can_be_read_back(key: str) -> None:
    assert NAME.fullmatch(as_name(key))
    assert unspelled(as_name(key)) == key


@pytest.mark.parametrize("text", ["", "NA", "受理", "a_b", "_x", "x0041_", "<&>", "\t\n\r", "𠀀"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert spelled(text) == text


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("concept:name", "concept:name"),
        ("案号", "案号"),
        ("(case)_id", "_x0028_case_x0029__id"),
        ("1st", "_x0031_st"),
        ("-a", "_x002D_a"),
        ("a b", "a_x0020_b"),
        ("_x0041_", "_x005F_x0041_"),
        ("𠀀", "_x00020000_"),
    ],
)
def test_a_key_is_spelled_only_where_it_is_no_name(key: str, name: str) -> None:
    assert as_name(key) == name


def test_nothing_stands_for_the_empty_key() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        as_name("")
