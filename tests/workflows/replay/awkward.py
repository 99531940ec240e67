"""Logs as other houses really write them, by hand, each awkward in several ways. Everybody in them is invented."""

from __future__ import annotations

HOSPITAL = b"""<?xml version="1.0" encoding="UTF-8" ?>
<!-- exported by a tool that nests, and says who -->
<xes:log xmlns:xes="http://www.xes-standard.org/" xes.version="2.0" xes.features="nested-attributes">
 <xes:extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
 <xes:global scope="trace"><xes:string key="concept:name" value="__INVALID__"/></xes:global>
 <xes:global scope="event"><xes:string key="concept:name" value="__INVALID__"/></xes:global>
 <xes:classifier name="Name and turn" keys="concept:name lifecycle:transition"/>
 <xes:string key="concept:name" value="ward 7"><xes:string key="concept:name" value="not the log's name"/></xes:string>
 <xes:trace>
  <xes:string key="concept:name" value="A &amp; B"><xes:int key="concept:name" value="9"/></xes:string>
  <xes:list key="diagnoses"><xes:values><xes:string key="concept:name" value="not a name"/></xes:values></xes:list>
  <xes:event>
   <xes:string key="org:resource" value="invented person"/>
   <xes:string key="concept:name" value="triage">
    <xes:date key="time:timestamp" value="1900-01-01T00:00:00Z"/>
   </xes:string>
   <xes:date key="time:timestamp" value="2014-10-22T11:15:41.000+02:00"/>
   <xes:string key="lifecycle:transition" value="start"/>
  </xes:event>
  <xes:event>
   <xes:string key="lifecycle:transition" value="complete"/>
   <xes:date key="time:timestamp" value="2014-10-22T11:15:40.999+02:00"/>
   <xes:string key="concept:name" value="triage"/>
  </xes:event>
  <xes:event>
   <xes:date key="time:timestamp" value="2014-10-21T23:59:59.999+02:00"/>
   <xes:float key="cost" value="7.5"/>
  </xes:event>
 </xes:trace>
 <xes:trace/>
 <xes:trace><xes:string key="concept:name" value="NA"/></xes:trace>
</xes:log>
"""
"""Prefixes, nested attributes that look like ours, turns of a life cycle, clocks that go back, an event without a name,
a trace with nothing at all."""

OLD_OFFICE = """<?xml version='1.0' encoding='ISO-8859-1'?>
<log xes.version="1.0" openxes.version="1.0RC7">
<trace><string key="concept:name" value="Straße 1"/>
<event><string key="concept:name" value="Prüfung"/><date key="time:timestamp" value="2011-10-01T00:38:44"/></event>
<event><string key="concept:name" value="prüfung "/><date key="time:timestamp" value="2011-10-01T00:38"/></event>
<event><string key="concept:name" value="Prüfung"/><date key="time:timestamp" value="2011-03-27T02:30:00"/></event>
<event><string key="concept:name" value=""/><date key="time:timestamp" value=""/></event>
</trace>
<trace><string key="concept:name" value="Straße 1"/>
<event><int key="concept:name" value="007"/><date key="time:timestamp" value="2011-10-01T00:38:44,5+02:00"/></event>
</trace></log>""".encode("iso-8859-1")
"""Letters beyond ASCII in an old encoding, times without a zone (one in the hour that summer time leaves out), two
traces of one name, names that differ by a blank, a number for a name."""

MINISTRY = """<?xml version="1.0" encoding="UTF-16"?>
<log><event><string key="concept:name" value="of no case"/></event>
<trace><string key="concept:name" value="案一"/>
<event><string key="concept:name" value="审核&#10;二"/><date key="time:timestamp" value="2019-02-28"/></event>
</trace></log>""".encode("utf-16")
"""Two bytes a letter with a mark in front, an event outside any case, a name of two lines, a day without an hour."""

ALL = {"hospital": HOSPITAL, "old office": OLD_OFFICE, "ministry": MINISTRY}
