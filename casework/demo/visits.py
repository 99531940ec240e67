"""Two rounds of hardship visits and the families of a county, so that each of their queues has work.

Last autumn's round hands over goods; this winter's pays to the card and stands at every step. Put forward, checked,
approved and visited by those whose step it is, through the verbs that everybody uses.
"""

from __future__ import annotations

import datetime
import io
import random
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate, localtime, now
from PIL import Image, ImageDraw

from casework.demo.hands import Hands
from casework.demo.photographs import home_visit
from casework.models import Case, RegisterEntry, Role, Staff, VisitRound, WorkItem
from workflows.visits.nominating import candidates, nominate
from workflows.visits.record import Visit
from workflows.visits.rounds import Plan, open_round, take_on
from workflows.visits.teams import Member, assign, form_team
from workflows.visits.writing import write_visit

State = VisitRound.State
PLACE = uuid.UUID("6f1d6f2e-6d0e-4a51-9b51-7a4d1a5a0a10")
"""Under which the keys of the demonstration's visits are made: the same county has the same visits."""
REASONS = ("老伴常年卧病，医药费开支大", "独居，行动不便", "今年房屋受灾", "孩子在读，负担重")
AUTUMN, WINTER = 4, 12
AT_THE_TOWNSHIP, AT_THE_COUNTY, TO_BE_VISITED = 3, 3, 3


def build_visits(county: str) -> int:
    """All of it or nothing, and only into a county without rounds; how many households were put forward."""
    if VisitRound.objects.filter(division=county).exists():
        return 0
    with transaction.atomic():
        hands = Hands(county)
        autumn = _round(county, hands, "mid_autumn", "goods", days_ago=70, standard="200.00", budget="10000.00")
        goods = _put_forward(hands, autumn, AUTUMN)
        _approve(hands, goods)
        _take_on(hands, autumn, State.SETTLED, State.VISITING)
        for case in goods[:-1]:
            _visit(hands, case, autumn)
        winter = _round(county, hands, "spring", "card", days_ago=3, standard="500.00", budget="21000.00")
        cases = _put_forward(hands, winter, WINTER)
        onward = cases[AT_THE_TOWNSHIP:]
        _pass_on(hands, onward)
        approved = onward[AT_THE_COUNTY:]
        _grant(hands, approved)
        _team(hands, winter, approved[:2])
        for case in approved[TO_BE_VISITED:]:
            _visit(hands, case, winter, reused=case is approved[-1])
    return len(goods) + len(cases)


def _round(
    county: str, hands: Hands, festival: str, form: str, *, days_ago: int, standard: str, budget: str
) -> VisitRound:
    today = localdate()
    first = today - datetime.timedelta(days=days_ago)
    name = "中秋" if festival == "mid_autumn" else "春节"
    plan = Plan(
        division=county,
        year=today.year,
        festival=festival,
        title=f"{today.year}年{name}慰问（示例）",
        form=form,
        standard=Decimal(standard),
        budget=Decimal(budget),
        fund_source="县级财政预算（示例）",
        basis=f"示例县{today.year}年{name}走访慰问方案",
        categories=["bereaved", "disabled_child"],
        nominate_by=today + datetime.timedelta(days=10),
        visit_from=first,
        visit_to=today + datetime.timedelta(days=30),
        goods="大米10公斤、食用油5升" if form == "goods" else "",
    )
    keeper = hands.in_post(county, Role.COUNTY_APPROVER)[0]
    return take_on(open_round(plan, by=keeper).pk, State.NOMINATING, by=keeper)


def _put_forward(hands: Hands, round_: VisitRound, count: int) -> list[Case]:
    """The first households of the county that fit, each by its own village."""
    county = round_.division_id
    entries = RegisterEntry.objects.filter(county_id=county, category__in=round_.categories).order_by("division", "id")
    numbers: list[str] = []
    for village, _entries in groupby(entries, key=lambda entry: entry.division_id):
        left = count - len(numbers)
        if left <= 0:
            break
        people: dict[int, str] = {}
        homes: set[int | None] = set()
        for entry in candidates(round_, village):
            fits = entry.category in round_.categories and entry.person.accounts.exists()
            if fits and entry.person.household_id not in homes and len(people) < left:
                homes.add(entry.person.household_id)
                people[entry.person_id] = REASONS[len(numbers + list(people)) % len(REASONS)]
        verifier = hands.in_post(village, Role.VILLAGE_VERIFIER)[0]
        lines = nominate(round_.pk, village, people, by=verifier) if people else []
        numbers += [line.number for line in lines if line.number]
    return list(Case.objects.filter(number__in=numbers).order_by("id"))


def _approve(hands: Hands, cases: Sequence[Case]) -> None:
    _pass_on(hands, cases)
    _grant(hands, cases)


def _pass_on(hands: Hands, cases: Sequence[Case]) -> None:
    _each(hands, cases, "pass", "名单与村里核对无误。")


def _grant(hands: Hands, cases: Sequence[Case]) -> None:
    _each(hands, cases, "grant", "同意。")


def _each(hands: Hands, cases: Sequence[Case], outcome: str, note: str) -> None:
    for item in WorkItem.objects.filter(process__in=cases, finished__isnull=True).select_related("process"):
        hands.act(item, outcome, note=note)


def _take_on(hands: Hands, round_: VisitRound, *states: str) -> None:
    keeper = hands.in_post(round_.division_id, Role.COUNTY_APPROVER)[0]
    for state in states:
        take_on(round_.pk, state, by=keeper)


def _team(hands: Hands, round_: VisitRound, cases: Sequence[Case]) -> None:
    """A team of the county's visitor and a guest, and two households for tomorrow."""
    keeper = hands.in_post(round_.division_id, Role.COUNTY_APPROVER)[0]
    visitor = hands.in_post(round_.division_id, Role.VISITOR)[0]
    members = [Member("文远", "副县长（示例）"), Member(visitor.name, "县计生协走访员", visitor.username)]
    route = list(dict.fromkeys(case.division_id for case in cases))
    days = (round_.visit_from, round_.visit_to)
    team = form_team(round_.pk, "第一走访组", members, route, days, by=keeper)
    tomorrow = localdate() + datetime.timedelta(days=1)
    assign(round_.pk, [case.number for case in cases], team.pk, tomorrow, by=keeper)


def _visit(hands: Hands, case: Case, round_: VisitRound, *, reused: bool = False) -> None:
    """By its village; `reused`: with no receipt, so that something is pointed out."""
    arrived = localtime(now()) - datetime.timedelta(minutes=50)
    goods = [{"item": "大米、食用油", "quantity": "1份", "value": f"{round_.standard:.2f}"}]
    visit = Visit(
        client_key=uuid.uuid5(PLACE, case.number),
        visitors=[{"name": "文远", "rank": "副县长（示例）"}, {"name": "村计生专干", "rank": ""}],
        started_at=arrived,
        finished_at=arrived + datetime.timedelta(minutes=20),
        goods=goods if case.pays_by == Case.PaysBy.GOODS else (),
        signer=case.applicant.name,
        signer_is="self",
        needs=("nursing",) if case.pk % 2 else ("company",),
        needs_words="最近住过院" if case.pk % 2 else "希望常有人来坐坐",
    )
    picture = home_visit(f"visit {case.number}", taken_at=arrived, caption=f"DEMO  {case.number}")
    given: dict[str, Any] = {"photographs": [picture], "receipt": b"" if reused else signature(case.number)}

    def write(staff: Staff) -> object:
        return write_visit(case.number, visit, by=staff, **given)

    deed: Callable[[Staff], object] = write
    hands.somebody(case.division_id, Role.VILLAGE_VERIFIER, deed)


def signature(seed: str) -> bytes:
    """A few strokes on white, as drawn with a finger: nobody's name."""
    rng = random.Random(f"signature {seed}")
    picture = Image.new("RGB", (640, 260), "white")
    draw = ImageDraw.Draw(picture)
    for _stroke in range(rng.randint(3, 5)):
        points = [(rng.randint(40, 600), rng.randint(40, 220)) for _point in range(rng.randint(3, 6))]
        draw.line(points, fill=(35, 32, 27), width=5, joint="curve")
    out = io.BytesIO()
    picture.save(out, format="PNG")
    return out.getvalue()
