"""The trail, chain by chain: a county's are those of its cases and its batches; all others are the installation's."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from casework.models import Case, Chain, Event, PaymentBatch
from workflows import trail
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of

BROKEN = Kind(
    "chain_broken",
    "轨迹被改动过，或缺了一段",
    "请停办有关案件，把数据库原样留存，与备份逐条核对，告知审计员。轨迹从不自动修复",
)
OF_BATCHES = "batch:"


def find(scope: Scope) -> Iterator[Finding]:
    yield from _of_cases(scope)
    yield from _of_batches(scope)


def _of_cases(scope: Scope) -> Iterator[Finding]:
    cases = Case.objects.filter(scope.inside()).order_by("number")
    heads = cases.values_list("number", "trail_seq", "trail_head").iterator(chunk_size=2000)
    for broken in trail.breaks_of(heads):
        division = Case.objects.values_list("division_id", flat=True).get(number=broken.chain)
        yield _broken(broken, broken.chain, county_of(division))


def _of_batches(scope: Scope) -> Iterator[Finding]:
    """A batch's head lies beside it: where that is gone too, there is no chain to break."""
    for number, county in PaymentBatch.objects.filter(scope.inside("county_id")).values_list("number", "county_id"):
        head = Chain.objects.filter(name=f"{OF_BATCHES}{number}").values_list("name", "seq", "head").first()
        if head is None or not head[1]:
            yield Finding(BROKEN, number, county, f"{number}：批次没有轨迹")
            continue
        for broken in trail.breaks_of([head]):
            yield _broken(broken, number, county)


def find_others(scope: Scope) -> Iterator[Finding]:
    """Of imports, people, keys; and events in a chain that nothing there is has."""
    chains = Chain.objects.exclude(name__startswith=OF_BATCHES).order_by("name")
    for broken in trail.breaks_of(chains.values_list("name", "seq", "head").iterator(chunk_size=2000)):
        yield _broken(broken, broken.chain, "")
    known = (
        Exists(Chain.objects.filter(name=OuterRef("chain"))),
        Exists(Case.objects.filter(number=OuterRef("chain"))),
    )
    orphans = Event.objects.filter(~known[0], ~known[1]).order_by("chain").values_list("chain", flat=True).distinct()
    for chain in orphans.iterator():
        yield Finding(BROKEN, chain, "", f"{chain}：有轨迹，案件或链首记录不存在")


def _broken(broken: trail.Break, subject: str, county: str) -> Finding:
    return Finding(BROKEN, subject, county, f"{subject} 第{broken.seq}条：{broken.why}")


CHAINS = Examination("chains", "案件和批次的轨迹", find)
OTHER_CHAINS = Examination("other_chains", "其他轨迹", find_others, of_installation=True)
