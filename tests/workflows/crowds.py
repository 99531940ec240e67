"""A county's cases in every condition, and what the tables hold: to compare two ways of doing one thing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from django.apps import apps
from django.db import models

from casework.models import (
    BenefitHold,
    Case,
    Decision,
    DeclaredRelative,
    Entitlement,
    Event,
    Participation,
    Pause,
    Role,
    Staff,
    WantedPaper,
    WorkItem,
)
from notifications.models import Outbox
from tests.factories import PersonFactory, StaffFactory
from tests.workflows.second_thoughts.stories import BILL, SUMMARY, brought, in_days, say, wanting
from tests.workflows.walk import hired
from tests.world import OTHER_VILLAGE, World, open_item, photographed
from workflows import registry
from workflows.bulk import Line
from workflows.holding import claim
from workflows.papers.wanted import MOST
from workflows.papers.wanted import Line as Paper
from workflows.perform import perform
from workflows.refusals import Refusal

STEPS = {step.name: step for step in registry.programme("nursing_subsidy").flow.steps()}
FIRST, SECOND = ("2026-08-05", "2026-09-20"), ("2026-09-20", "2026-11-01")
OVERLAP = ("2026-09-10", "2026-09-30")
LISTS: tuple[tuple[Paper, ...], ...] = (
    (SUMMARY,),
    (SUMMARY, BILL, Paper(words="出院小结第二页")),
    (Paper(words="户口簿"), Paper(words="户口簿")),
    (),
    (Paper(kind="secrets"),),
    tuple(Paper(words=f"第{number}样") for number in range(MOST + 1)),
)
DAYS = (1, 20, 20, 180, 0, 181, None)
MODELS = [model for app in ("casework", "notifications") for model in apps.get_app_config(app).get_models()]

# How a row made by the act under test is known again: its key differs from one time to the next, this does not.
KNOWN_BY: dict[type[models.Model], Callable[[dict[str, Any]], tuple[Any, ...]]] = {
    WorkItem: lambda row: (row["process_id"], row["step"]),
    Participation: lambda row: (row["case_id"], row["staff_id"]),
    Decision: lambda row: (row["case_id"], row["step"], row["key"]),
    Event: lambda row: (row["chain"], row["seq"]),
    Entitlement: lambda row: (row["case_id"],),
    BenefitHold: lambda row: (row["case_id"], row["benefit"], row["claimant"], row["begins"], row["ends"]),
    Outbox: lambda row: (row["key"],),
    Pause: lambda row: (row["case_id"], row["kind"], row["began"]),
    WantedPaper: lambda row: (row["case_id"], row["kind"], row["words"]),
}


class Crowd:
    """People who work here, and cases at every step: some applicants with two or three, under one year's cap."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.staff = [*hired(world), StaffFactory()]
        self.cases: list[Case] = []
        self._people_with_several()
        for step in ("village", "village", "township", "township", "township", "county", "county", "county", "payment"):
            self.cases.append(world.case(step))
        self.cases.append(world.enter(division=OTHER_VILLAGE))
        asked = [wanting(world, papers) for papers in ((SUMMARY,), (SUMMARY, BILL), (BILL,))]
        say(asked[2], "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(asked[2]))
        refused = world.case("township")
        perform(open_item(refused).pk, "refuse", by=world.by(Role.TOWNSHIP_REVIEWER), reasons=["late"])
        self.cases += [*asked, refused]
        # The open item of each with its step; of one that has ended, the last.
        last = [WorkItem.objects.filter(process=case).latest("pk") for case in self.cases]
        self.items = {item.pk: item.step for item in last}
        for case in Case.objects.filter(stage="accepted"):
            photographed(case)

    def _people_with_several(self) -> None:
        at = (("intake", "intake", "intake"), ("village", "intake"), ("township", "township"), ("county", "county"))
        for steps in at:
            person = PersonFactory(registered=True)
            for step, (begins, ends) in zip(steps, (FIRST, SECOND, OVERLAP), strict=False):
                given = {"admission_date": begins, "discharge_date": ends}
                self.cases.append(self.world.case(step, person=person, **given))

    def somebody(self, step: str, chance: Random) -> Staff:
        """More often than not somebody whose step it is."""
        fitting = [one for one in self.staff if one.posts.filter(role=STEPS[step].role).exists()]
        return chance.choice(fitting if chance.random() < 0.8 else self.staff)

    def some(self, step: str, chance: Random) -> list[int]:
        """Work items in any order: most that wait at the step, a few others, some of them twice."""
        alike = [pk for pk, waits_at in self.items.items() if waits_at == step and chance.random() < 0.9]
        found = alike + chance.sample(list(self.items), chance.randrange(1, 5))
        chance.shuffle(found)
        return found

    def answers(self, chance: Random) -> dict[str, Any]:
        """To all that is asked anywhere, more often than not such as will do."""
        days = chance.choice(DAYS)
        papers = WantedPaper.objects.filter(answer="").values_list("pk", flat=True)
        ticked = [pk for pk in papers if chance.random() < 0.8]
        return {
            "papers": chance.choice((LISTS[0], LISTS[1], *LISTS)),
            "review_on": None if days is None else in_days(days),
            "ticks": {pk: chance.choice(WantedPaper.Answer.values) for pk in ticked},
        }

    def spoil(self, how: str, item_id: int, by: Staff, outcome: str, key: uuid.UUID) -> None:
        """Make one of the cases one that cannot be decided, or not so, or not any more."""
        item = WorkItem.objects.select_related("process__applicant").get(pk=item_id)
        # Who may not, or cannot from there, has done nothing then.
        with suppress(Refusal):
            getattr(self, how)(item, by, outcome, str(uuid.uuid5(key, str(item.pk))))

    def will_do(self, item: WorkItem) -> dict[str, Any]:
        return {"papers": [BILL], "review_on": in_days(9), "ticks": brought(item.process)}

    def colleague(self, by: Staff, item: WorkItem) -> Staff:
        """Somebody else who has the post."""
        holders = Staff.objects.filter(posts__role=item.role, posts__office__division=item.office).exclude(pk=by.pk)
        return holders.order_by("pk").first() or by

    # -- what can be the matter with a case -------------------------------------------------------------------------

    def claimed_by_a_colleague(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        claim(item.pk, by=self.colleague(by, item))

    def claimed_by_oneself(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        claim(item.pk, by=by)

    def a_relatives(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        given = {"relation": "妹妹", "declared_on": "2026-01-01"}
        DeclaredRelative.objects.get_or_create(
            staff=by, identity_hash=item.process.applicant.identity_hash, defaults=given
        )

    def done_by_this_attempt(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        perform(item.pk, outcome, by=by, reasons=["late"], note="看过", key=key, values=self.will_do(item))

    def done_by_another_attempt(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        values = self.will_do(item)
        perform(item.pk, outcome, by=by, reasons=["late"], note="看过", key=f"another {key}", values=values)

    def done_by_a_colleague(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        values = self.will_do(item)
        perform(item.pk, outcome, by=self.colleague(by, item), reasons=["late"], note="看过", values=values)

    def told_before(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        """Asked for a paper in this case already, and not brought it yet."""
        WantedPaper.objects.get_or_create(case=item.process, kind="discharge_summary", defaults={"asked_in": item})

    def another_hat_worn(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        given = {"capacity": "check", "signed_digest": ""}
        Participation.objects.get_or_create(case=item.process, staff=by, defaults=given)

    def own_hat_worn(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        """Taken part in the same capacity before, without signing: to be signed now."""
        given = {"capacity": STEPS[item.step].capacity, "signed_digest": ""}
        Participation.objects.get_or_create(case=item.process, staff=by, defaults=given)

    def without_photograph(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        Case.objects.filter(pk=item.process_id).update(papers={})

    def signed_on_other_facts(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        case = item.process
        case.facts = {**case.facts, "caregiver": "女儿"}
        Case.objects.filter(pk=case.pk).update(facts=case.facts, facts_digest=case.digest_of_facts())

    def another_amount(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        Case.objects.filter(pk=item.process_id, amount__isnull=False).update(amount="1.00")

    def without_account(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        if item.process.stage != "approved":
            Case.objects.filter(pk=item.process_id).update(payee_account=None)

    def out_of_the_register(self, item: WorkItem, by: Staff, outcome: str, key: str) -> None:
        item.process.applicant.register_entries.all().delete()


NO_SPOILS = ("somebody", "some", "answers", "spoil", "will_do", "colleague")
SPOILS = [
    name for name, verb in vars(Crowd).items() if callable(verb) and not name.startswith("_") and name not in NO_SPOILS
]


def one_by_one(item_ids: Sequence[int], outcome: str, *, key: uuid.UUID, **said: Any) -> list[Line]:
    """What deciding many means: each through the gateway, each by itself, in the order given."""
    lines = []
    for item_id in dict.fromkeys(item_ids):
        try:
            receipt = perform(item_id, outcome, key=str(uuid.uuid5(key, str(item_id))), **said)
        except Refusal as refused:
            lines.append(Line(item_id, None, str(refused)))
        else:
            lines.append(Line(item_id, receipt))
    return lines


def keys_of_rows() -> dict[type[models.Model], set[Any]]:
    """What there is in every table."""
    return {model: set(model._default_manager.values_list("pk", flat=True)) for model in MODELS}


def rows_since(before: dict[type[models.Model], set[Any]]) -> dict[str, list[str]]:
    """Every row of every table, in full. A row that was not there before goes, here and where it is referred to, by
    what it is known by instead of its key."""
    held = {model: list(model._default_manager.order_by("pk").values()) for model in MODELS}
    names: dict[tuple[type[models.Model], Any], Any] = {}
    for model, rows in held.items():
        for row in rows:
            if (key := row[model._meta.pk.attname]) not in before[model]:
                names[model, key] = (model.__name__, *KNOWN_BY[model](row))
    return {model.__name__: sorted(repr(_named(model, row, names)) for row in rows) for model, rows in held.items()}


def _named(model: type[models.Model], row: dict[str, Any], names: dict[tuple[type[models.Model], Any], Any]) -> Any:
    found = dict(row)
    for field in model._meta.concrete_fields:
        of = field.related_model if field.is_relation else model if field.primary_key else None
        if of is not None:
            found[field.attname] = names.get((of, row[field.attname]), row[field.attname])
    return sorted(found.items())
