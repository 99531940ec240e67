"""What the steps of a standard road require of the file before they can be said."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from casework.models import Evidence
from workflows import registry
from workflows.carried import households_of
from workflows.caselog import kinds_of, totals_of
from workflows.flow import Act, Requirement
from workflows.standard.papers import wanting


def home_visit_is_photographed(act: Act) -> list[str]:
    """入户核实，至少一张现场照片。"""
    return [] if act.case.papers.get(Evidence.Kind.PHOTOGRAPH) else [_("至少一张入户照片，请先上传")]


def findings_are_written(act: Act) -> list[str]:
    """入户核实，写明核实情况。"""
    return [] if act.note else [_("请在意见栏写明入户核实的情况")]


def papers_are_here(act: Act) -> list[str]:
    """Every paper the terms want of this application is in the file."""
    terms = registry.programme(act.case.programme).terms.version(act.case.terms_version)
    missing = wanting(act.case, terms)
    return [_("案卷里还缺：%(papers)s，请先上传") % {"papers": "、".join(missing)}] if missing else []


def log_has(kinds: tuple[str, ...]) -> Requirement:
    """The log has at least one entry of each of these kinds that stands."""

    def asked(act: Act) -> list[str]:
        known, found = kinds_of(act.case), totals_of(act.case)
        labels = [known[kind].label if kind in known else kind for kind in kinds if kind not in found]
        return [_("登记簿里还没有：%(what)s") % {"what": "、".join(labels)}] if labels else []

    return asked


def log_agrees(act: Act) -> list[str]:
    """What is applied for is what the log adds up to, where the terms settle by the log."""
    words = _of_the_log(act)
    if words is None or words["logged"] == words["asked"]:
        return []
    return [_("申报%(asked)s%(unit)s，登记簿合计%(logged)s%(unit)s，两者要相同") % words]


def log_still_covers(act: Act) -> list[str]:
    """An entry may have been taken back since the approval: what is no longer in the log is not paid."""
    words = _of_the_log(act)
    if words is None or words["logged"] >= words["asked"]:
        return []
    said = _("批准的是%(asked)s%(unit)s，登记簿现在只有%(logged)s%(unit)s，不能发放；请补登记，或经复核重新核定")
    return [said % words]


def _of_the_log(act: Act) -> dict[str, Any] | None:
    """What is asked and what is logged, in which unit; None where the terms settle by no log."""
    amount = registry.programme(act.case.programme).terms.version(act.case.terms_version).body["amount"]
    if "log" not in amount:
        return None
    total = totals_of(act.case).get(amount["log"])
    asked = int(act.case.facts.get(amount["of"]) or 0)
    return {"asked": asked, "logged": total.quantity if total else 0, "unit": amount["unit"]}


def families_are_linked(act: Act) -> list[str]:
    """A unit that is to name the families it carries has named no fewer than it applied for."""
    terms = registry.programme(act.case.programme).terms.version(act.case.terms_version)
    wanted = terms.body.get("carried")
    facts = act.case.facts
    if wanted is None or any(facts.get(name) != value for name, value in wanted.get("when", {}).items()):
        return []
    linked, asked = households_of(act.case), int(facts.get(wanted["of"]) or 0)
    if linked >= asked:
        return []
    return [_("申报带动%(asked)s户，已登记%(linked)s户，请先登记齐") % {"asked": asked, "linked": linked}]


def not_yet_judged(requirement: Requirement) -> Requirement:
    """Asked of a case that waits at intake. A line of a sheet was judged, under the same locks, when its assessment was
    made; its papers are asked for further on."""

    def asked(act: Act) -> list[str]:
        return [] if act.values.get("assessment") is not None else requirement(act)

    return asked
