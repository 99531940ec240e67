"""Each rule of the judge of XES, broken once: it must say so."""

from __future__ import annotations

import pytest

from tests.workflows.eventlog.samples import EVERYTHING, events, written
from tests.workflows.eventlog.xes_rules import faults
from workflows.eventlog.log import Trace

SOUND = written(Trace("first", events(2, seq=1)), Trace("second", events(1, seq=1), EVERYTHING)).decode()
TRACE_NAME = '<string key="concept:name" value="first"/>'
EVENT_NAME = '<string key="concept:name" value="步骤0"/>'
TIME = 'value="2026-11-02T12:00:00.007+08:00"'
TRANSITION = '<string key="lifecycle:transition" value="complete"/>'
LIST = SOUND[SOUND.index("<list") : SOUND.index("</list>")]
NESTED = '<int key="inner" value="1">'
CLASSIFIER = '<classifier name="Activity" scope="event" keys="concept:name"/>'
EXTENSION = '<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>'

FAULTS = (
    ("not xml", "</log>", ""),
    ("not xml", "步骤0", "步骤&0"),
    ("not xml", "步骤0", "步骤&#0;"),
    ("not xml", TRACE_NAME, '<string key="concept:name" key="concept:name" value="first"/>'),
    ("root", "<log ", '<log xmlns="http://www.xes-standard.org/" '),
    ("version", "1849.2016", "1.0"),
    ("features", "nested-attributes", "nested_attributes"),
    ("xml attribute", "<log ", '<log xes.creator="somebody" '),
    ("xml attribute missing", ' xes.version="1849.2016"', ""),
    ("xml attribute missing", ' uri="http://www.xes-standard.org/time.xesext"', ""),
    ("xml attribute missing", 'key="seq" value="1"', 'key="seq"'),
    ("xml attribute", "<trace>", '<trace id="1">'),
    ("order", CLASSIFIER, f"{CLASSIFIER}{EXTENSION.replace('oncept', 'opy')}"),
    ("order", TRACE_NAME, f"<event>{EVENT_NAME}{TRANSITION}<date key='time:timestamp' {TIME}/></event>{TRACE_NAME}"),
    ("extension twice", EXTENSION, EXTENSION * 2),
    ("extension uri", "http://www.xes-standard.org/org.xesext", "http://www.xes-standard.org/organizational.xesext"),
    ("extension name", 'name="Concept"', 'name="The Concept"'),
    ("global scope", 'scope="trace"', 'scope="case"'),
    ("global twice", '<global scope="event">', '<global scope="trace">'),
    ("classifier name", 'name="Activity"', 'name="Activity classifier"'),
    ("classifier key", 'keys="concept:name"', 'keys="org:resource"'),
    ("classifier keys", 'keys="concept:name"', 'keys=""'),
    ("prefix", 'key="seq"', 'key="cost:total"'),
    ("key: ", 'key="seq"', 'key="the seq"'),
    ("key: ", 'key="seq"', 'key="1st"'),
    ("key: ", 'key="seq"', 'key=""'),
    ("key twice", TRACE_NAME, TRACE_NAME * 2),
    ("key twice", TRANSITION, TRANSITION * 2),
    ("key twice", NESTED, f'{NESTED}<int key="a" value="1"/><int key="a" value="1"/>'),
    ("global not kept", TRACE_NAME, ""),
    ("global not kept", EVENT_NAME, ""),
    ("global not kept", EVENT_NAME, EVENT_NAME.replace("string", "id")),
    ("type", '<date key="time:timestamp"', '<string key="time:timestamp"'),
    ("type", TRACE_NAME, '<id key="concept:name" value="first"/>'),
    ("value: date", TIME, 'value="2026-11-02T12:00:00.007"'),
    ("value: date", TIME, 'value="2026-11-02T12:00:00+08:00"'),
    ("value: date", TIME, 'value="2026-11-02T12:00:00.007000+08:00"'),
    ("value: date", TIME, 'value="2026-11-02 12:00:00.007+08:00"'),
    ("value: date", TIME, 'value="2026-13-02T12:00:00.007+08:00"'),
    ("value: date", TIME, 'value="2026-11-02T12:00:00.007+08:05:43"'),
    ("value: int", 'key="seq" value="1"', 'key="seq" value="1.0"'),
    ("value: int", 'key="seq" value="1"', f'key="seq" value="{2**63}"'),
    ("value: float", 'value="1950.00"', 'value="1,950.00"'),
    ("value: float", 'value="0.5"', 'value="nan"'),
    ("value: boolean", 'value="true"', 'value="True"'),
    ("transition", 'value="complete"', 'value="completed"'),
    ("list", LIST, '<list key="list">'),
    ("list", '<values key="values">', "<values>"),
    ("nested", ' xes.features="nested-attributes"', ' xes.features=""'),
    ("element", '<string key="text" value="字"/>', '<text key="text" value="字"/>'),
    ("element", EVENT_NAME, f"{EVENT_NAME}<event/>"),
    ("text", "<trace>", "<trace>first"),
)


def test_a_sound_log_has_no_fault() -> None:
    assert faults(SOUND.encode()) == []


@pytest.mark.parametrize(("rule", "sound", "broken"), FAULTS)
def test_a_broken_rule_is_seen(rule: str, sound: str, broken: str) -> None:
    spoilt = SOUND.replace(sound, broken)

    assert spoilt != SOUND
    found = faults(spoilt.encode())
    assert any(fault.startswith(rule) for fault in found), found
