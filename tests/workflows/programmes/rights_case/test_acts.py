"""Acts in a rights case: sealed, pinned in the trail, kept for good; and the clock of the step they are done in."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from casework.models import Case, Decision, Event, MoneyLine, Person, RightsAct, Watch, WorkItem
from casework.models.fields import opened
from tests.workflows.programmes.rights_case.stories import (
    EMPLOYER,
    IDENTITY,
    NAME,
    WORDS,
    Rights,
    act,
    demand_of,
    fresh,
    in_days,
    new_key,
)
from tests.world import open_item
from workflows import trail
from workflows.programmes.rights_case.acts import digest_of, instalments
from workflows.programmes.rights_case.terms import months_after, years_after
from workflows.refusals import Incomplete, NotAllowed, Recused

YUAN = Decimal


def test_nothing_that_names_anybody_lies_open_in_the_database_or_the_trail(rights: Rights) -> None:
    case = rights.handled()
    rights.say(case, "act", **act("negotiation", "厂长王某到场", participants="王某、向某"))
    row = demand_of(case)
    for column in ("counterparty", "told", "place"):
        assert opened(getattr(row, column)) not in str(getattr(row, column))
    told = json.dumps(list(Event.objects.filter(chain=case.number).values("details")), ensure_ascii=False)
    told += json.dumps(fresh(case).facts, ensure_ascii=False)
    for secret in (NAME, IDENTITY, EMPLOYER, WORDS, "王某"):
        assert secret not in told


def test_an_act_is_a_decision_an_event_and_a_record_whose_words_the_trail_pins(rights: Rights) -> None:
    case = rights.handled()
    rights.say(case, "act", **act("evidence", "取得工资条"))
    row = RightsAct.objects.get(case=case)
    event = Event.objects.get(chain=case.number, seq=row.seq)
    assert event.details["act"] == {"kind": "evidence", "digest": _digest(row)}
    assert Decision.objects.filter(case=case, outcome="act").count() == 1
    assert list(trail.breaks(chain=case.number)) == []
    assert fresh(case).stage == "accepted"


def _digest(row: RightsAct) -> str:
    said = {name: opened(getattr(row, name)) for name in ("place", "participants", "words")}
    return digest_of({"kind": row.kind, "done_on": row.done_on, **said})


def test_the_same_attempt_twice_is_one_act(rights: Rights) -> None:
    case, key = rights.handled(), new_key()
    item = open_item(case)
    rights.say(case, "act", key=key, **act("note", "电话联系"))
    from_then = open_item(case)
    assert from_then.pk != item.pk
    assert RightsAct.objects.filter(case=case).count() == 1
    again = rights.take_in(key=new_key())
    assert rights.take_in(key=demand_of(again).key).pk == again.pk


@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.parametrize("model", [RightsAct, MoneyLine])
def test_the_database_refuses_to_change_what_was_written(rights: Rights, model: Any, change: str) -> None:
    case = rights.agreed()
    rows = model.objects.filter(case=case)
    assert rows.exists()
    with pytest.raises(DatabaseError, match="never changed or deleted"), transaction.atomic():
        if change == "update":
            rows.update(seq=99)
        else:
            rows._raw_delete(using="default")


def test_a_new_key_may_seal_an_act_anew(rights: Rights) -> None:
    case = rights.agreed()
    row = RightsAct.objects.get(case=case)
    row.words = opened(row.words)
    row.save(update_fields=["words"])
    assert opened(RightsAct.objects.get(case=case).words) == "双方到场"


def test_the_clock_of_a_step_goes_on_through_its_acts_and_says_what_it_says_once(rights: Rights) -> None:
    case = rights.referred()
    before = open_item(case)
    WorkItem.objects.filter(pk=before.pk).update(warned_at=before.created)
    rights.say(case, "act", **act("note", "催问一次"))
    after = open_item(case)
    assert (after.due_at, after.clock_from, after.warned_at) == (before.due_at, None, before.created)


def test_the_answer_is_due_as_said_or_after_seven_and_three_working_days(rights: Rights) -> None:
    by_the_terms = rights.referred(channel="social_bodies")
    said = rights.handled()
    rights.say(said, "refer", addressee="县人社局", words="请查处", answer_due=in_days(3))
    rows = RightsAct.objects.filter(kind="referral").order_by("id")
    assert [row.answer_due for row in rows] == [open_item(by_the_terms).due_at.date(), in_days(3)]


def test_the_last_instalment_has_what_is_left_over_and_months_end_where_they_end() -> None:
    plan = instalments(YUAN("100.00"), in_days(0).replace(2026, 12, 31), 3)
    assert [(day.isoformat(), amount) for day, amount in plan] == [
        ("2026-12-31", YUAN("33.33")),
        ("2027-01-31", YUAN("33.33")),
        ("2027-02-28", YUAN("33.34")),
    ]
    leap = in_days(0).replace(2024, 2, 29)
    assert (years_after(leap, 1).isoformat(), months_after(leap, 12).isoformat()) == ("2025-02-28", "2025-02-28")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "agreement"}, "请选做了什么"),
        ({"done_on": in_days(1)}, "不能晚于今天"),
        ({"words": " "}, "请写内容"),
    ],
)
def test_what_is_wrong_with_an_act_is_said(rights: Rights, values: dict[str, Any], says: str) -> None:
    with pytest.raises(Incomplete, match=says):
        rights.say(rights.handled(), "act", **{**act("note"), **values})


def test_ones_own_and_ones_relatives_demands_are_not_taken_in(rights: Rights) -> None:
    rights.take_in()
    kin = Person.objects.get(name=NAME).identity_hash
    rights.officer.relatives.create(identity_hash=kin, relation="兄妹", declared_on="2026-01-01")
    with pytest.raises(Recused):
        rights.take_in()
    with pytest.raises(NotAllowed):
        rights.take_in(by=rights.approver)
    assert Case.objects.count() == 1


def test_a_day_set_by_hand_is_watched_in_place_of_the_one_before(rights: Rights) -> None:
    case = rights.handled(dispute="labour")
    rights.say(case, "set_limitation", limitation=in_days(500), note="时效因仲裁中断，重新计算")
    assert [watch.due_on for watch in Watch.objects.filter(case=case, state="open")] == [in_days(500)]
    assert opened(demand_of(case).limitation_reason) == "时效因仲裁中断，重新计算"
