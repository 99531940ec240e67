"""One of everything in one county, and every address of the site with each of them put where it belongs.

An address with a hole that nothing here fits is an error: whoever adds a page says here whose pages it shows.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import localdate, now

from casework.models import (
    Case,
    CheckUp,
    CheckUpFinding,
    Endorsement,
    Evidence,
    Notice,
    NoticeLine,
    NoticePhotograph,
    Person,
    Post,
    Role,
    SheetImport,
    SheetLine,
    WorkItem,
)
from tests.workflows.coverage.stories import cared_for, home
from tests.workflows.insurance_exchange.story import exchanging, lodged, said, taken
from tests.workflows.late import supervised
from tests.workflows.programmes.insurance_claim.stories import claim, insurer
from tests.workflows.programmes.rights_case.stories import NAME, rights_of
from tests.workflows.visits import stories as visits
from tests.world import COUNTY, VILLAGE, World, open_item
from workflows.insurance_exchange.batches import draw
from workflows.programmes.rights_case import co_handling

Holes = Mapping[str, Any]
NOBODYS = 9_999_999
NOWHERE = ("portal:", "api:", "set_language", "patterns")
"""Pages for everybody, which show nothing of anybody without a code of its own."""

OF_NOBODY = ("desk:terms", "desk:working")
"""Of programmes and calendars: no person, no place."""


@dataclass
class Everything:
    """What there is, by the beginning of the addresses it stands in; the longest that fits counts."""

    known: dict[str, list[Holes]]
    names: frozenset[str]

    def addresses(self) -> Iterator[tuple[str, str, str]]:
        """(pattern's name, an address of something there is, the same of something there is not)."""
        for name, route, holes in patterns():
            if not holes or name.startswith(NOWHERE) or name.startswith(OF_NOBODY):
                continue
            for given in self.fitting(name, route, holes):
                nobodys = {hole: nothing_like(value) for hole, value in given.items()}
                yield name, reverse(name, kwargs=dict(given)), reverse(name, kwargs=nobodys)

    def fitting(self, name: str, route: str, holes: Sequence[str]) -> list[Holes]:
        begins = max((one for one in self.known if route.startswith(one)), key=len, default=None)
        assert begins is not None, f"{name} ({route}): say in this module what its pages show"
        found = []
        for given in self.known[begins]:
            missing = [hole for hole in holes if hole not in given]
            assert not missing, f"{name} ({route}): nothing here fits {missing}"
            found.append({hole: given[hole] for hole in holes})
        return [dict(one) for one in {tuple(sorted(one.items(), key=str)) for one in found}]


def patterns() -> Iterator[tuple[str, str, list[str]]]:
    """Name, route and holes of every address of the site."""
    yield from _inside(get_resolver(), "", "", [])


def _inside(resolver: URLResolver, space: str, above: str, outer: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    for pattern in resolver.url_patterns:
        route, holes = above + str(pattern.pattern), [*outer, *pattern.pattern.converters]
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _inside(pattern, inner, route, holes)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", route, holes


def nothing_like(value: Any) -> Any:
    """As long, and of the same make, and there is nothing under it; words of the site stay what they are."""
    if isinstance(value, int):
        return NOBODYS
    if isinstance(value, uuid.UUID):
        return uuid.UUID(int=0)
    text = str(value)
    return f"{text[:-6]}{'9' * 6}" if any(mark.isdigit() for mark in text) else text


def build(world: World) -> Everything:
    """Everything, in the county of `world`, its people included."""
    exchanging(world)
    cases = _cases(world)
    known: dict[str, list[Holes]] = {"desk/cases/": cases, "oversight/cases/": cases}
    known["desk/items/"] = [{"item_id": item.pk} for item in WorkItem.objects.filter(finished__isnull=True)]
    for part in (_money, _insurance, _visits, _boards, _desk):
        known |= part(world)
    names = frozenset(Person.objects.values_list("name", flat=True)) | {NAME}
    return Everything(known, names)


def _cases(world: World) -> list[Holes]:
    ordinary, fresh = world.case(at="county"), world.case(at="village")
    people = rights_of()
    rights = people.referred()
    found = [{"number": case.number, **_of_a_case(world, case)} for case in (ordinary, fresh, rights)]
    helper = co_handling.ask(rights.number, by=people.officer, name="省外协会")
    return [*found, {**found[-1], "pk": rights.rights_acts.get().pk}, {**found[-1], "pk": helper.pk}]


def _of_a_case(world: World, case: Case) -> dict[str, Any]:
    paper = a_paper(world, case)
    return {"pk": paper.pk, "size": "full", "outcome": "suspend"}


def a_paper(world: World, case: Case) -> Evidence:
    columns = {"phash": "0" * 16, "band_a": 0, "band_b": 0, "band_c": 0, "band_d": 0, "width": 1, "height": 1}
    mark = uuid.uuid4().hex
    return Evidence.objects.create(
        case=case, kind=Evidence.Kind.IDENTITY_COPY, sha256=mark * 2, file=mark, thumbnail=mark, uploaded_at=now(),
        uploaded_by=world.by(Role.VILLAGE_VERIFIER), **columns,
    )  # fmt: skip


def _money(world: World) -> dict[str, list[Holes]]:
    case = world.case(at="payment_check")
    return {"desk/payments/": [{"number": case.batch_lines.get().batch.number}]}


def _insurance(world: World) -> dict[str, list[Holes]]:
    sent = lodged(world)
    batch = draw(insurer(), COUNTY, by=world.by(Role.INTAKE_CLERK))
    taken(said(sent, "paid"))
    held = claim(sent).policy
    assert held is not None
    line = held.lines.get()
    asked = Endorsement.objects.create(
        policy=held, line=line, kind=Endorsement.Kind.REMOVE, effective_on=localdate(), entered_on=localdate(),
        entered_by=world.by(Role.INTAKE_CLERK), entered_at=now(), reason="迁出",
    )  # fmt: skip
    answer = sent.insurer_answers.get()
    exchange: Holes = {"number": batch.number, "pk": answer.pk, "office": insurer().pk}
    paper = a_paper(world, sent)
    its_desk = {"number": sent.number, "item_id": open_item(sent).pk, "pk": paper.pk, "size": "full"}
    return {
        "desk/insurance/policies/": [{"number": held.number, "line": line.number, "pk": asked.pk}],
        "desk/insurers/": [exchange],
        "desk/insurer/files/": [exchange],
        "desk/insurer/": [its_desk],
    }


def _visits(world: World) -> dict[str, list[Holes]]:
    round_, (case, waiting) = visits.approved(world, 2)
    record = visits.visited(world, case, needs=["nursing"]).record
    family = cared_for(world)
    cover = family.household.covers.order_by("id").first()  # type: ignore[union-attr]
    of_round = {"pk": round_.pk, "village": VILLAGE}
    return {
        "desk/visits/": [{**of_round, "number": case.number, "record": record.pk, "code": "nursing"}],
        "desk/visits/mine/": [{"number": waiting.number}],
        "desk/families/": [{"household": home(family), "pk": cover.pk}],  # type: ignore[union-attr]
    }


def _boards(world: World) -> dict[str, list[Holes]]:
    case, by = world.case(at="township"), world.by(Role.VILLAGE_VERIFIER)
    notice = Notice.objects.create(
        number=f"GS{COUNTY}-2026G0001", programme="special_aid", place="village_notice", division_id=VILLAGE,
        title="名单", channels=["board"], show=["name"], clause="示例", days=7, working=False, posted_by=by,
        posted_at=now(), last_day=localdate() + datetime.timedelta(days=7), line_count=1, total=Decimal("1.00"),
        digest="0" * 64,
    )  # fmt: skip
    NoticeLine.objects.create(
        notice=notice, case=case, place=notice.place, line_number=1, shown={"name": "张*明"}, amount=1, mark="x"
    )
    picture = NoticePhotograph.objects.create(
        notice=notice, sha256="1" * 64, file="a", thumbnail="a", width=1, height=1, uploaded_by=by, uploaded_at=now()
    )
    return {"desk/notices/": [{"number": notice.number, "pk": picture.pk, "size": "full"}]}


def _desk(world: World) -> dict[str, list[Holes]]:
    order = supervised(world)
    clerk = world.by(Role.INTAKE_CLERK)
    sheet = SheetImport.objects.create(
        kind="applications", county_id=COUNTY, programme="nursing_subsidy", sha256="2" * 64, file_name="名单.xlsx",
        imported_by=clerk, imported_at=now(),
    )  # fmt: skip
    told = {"cells": '{"name": "曾立夏"}', "outcome": "refused", "reasons": ["stay_overlap"]}
    line = SheetLine.objects.create(sheet=sheet, row=3, **told)
    looked = CheckUp.objects.create(key="a", begun_at=now(), finished_at=now(), scope=[COUNTY], places=[COUNTY])
    CheckUpFinding.objects.create(
        check_up=looked, kind="chain_broken", county=COUNTY, title="轨迹", remedy="请核对", total=1,
        examples=[["", "HL430922202600001轨迹断裂", ""]],
    )  # fmt: skip
    post = Post.objects.get(staff=clerk)
    return {
        "desk/supervision/": [{"number": order.number}],
        "desk/imports/": [{"pk": sheet.pk}],
        "desk/imports/lines/": [{"pk": line.pk}],
        "desk/people/": [{"pk": clerk.pk}],
        "desk/people/posts/": [{"pk": post.pk}],
        "desk/bulk/": [{"key": uuid.uuid4()}],
        "oversight/check-up/": [{"pk": looked.pk, "kind": "chain_broken"}],
    }
