"""Claims out and answers back over HTTP, by jobs, against the insurer we ship; whatever goes wrong on the way."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
import time_machine
from django.utils.timezone import localdate, now

from casework.management.sandbox_insurer.server import Sandbox
from casework.models import Case, ClaimLodging, InsurerAnswer, InsurerConnection, InsurerNonce
from notifications.models import Outbox
from notifications.outbox import drain
from tests.workflows.insurance_exchange.story import KEY, connected, connection, exchanging, read, said, taken
from tests.workflows.programmes.insurance_claim.stories import fresh, insurer, say, walked
from tests.world import World, open_item
from workflows.insurance_exchange import calling, polling
from workflows.insurance_exchange.connections import opened
from workflows.insurance_exchange.lodging import send_all_waiting
from workflows.jobs import HANDLERS

HOURS = datetime.timedelta(hours=2)


@pytest.fixture
def world(world: World) -> World:
    return exchanging(world)


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = calling.ask
    for module in ("lodging", "polling"):
        monkeypatch.setattr(f"workflows.insurance_exchange.{module}.ask", lambda *asked: ask(*asked, patience=0.3))


def online(world: World, sandbox: Sandbox) -> InsurerConnection:
    return connected(world, insurer(), base_url=sandbox.base_url)


def numbered(case: Case, digit: int) -> Case:
    """The same case under a number the sandbox's rule is known for."""
    Case.objects.filter(pk=case.pk).update(number=case.number[:-1] + str(digit))
    return fresh(case)


def later(times: int = 1) -> None:
    """Time goes by: whatever is due by then is done."""
    for turn in range(1, times + 1):
        with time_machine.travel(now() + turn * HOURS):
            while drain(HANDLERS):
                continue


def at(case: Case) -> str:
    item = case.work_items.filter(finished__isnull=True).first()
    return item.step if item else str(fresh(case).stage)


def test_a_claim_goes_out_after_the_commit_and_its_answers_come_back(world: World) -> None:
    with Sandbox(KEY) as sandbox:
        found = online(world, sandbox)
        case = walked(world, "insurer")
        polling.poll_soon(found)
        while drain(HANDLERS):
            continue
        lodging = ClaimLodging.objects.get(case=case)
        assert lodging.received_at is not None and list(sandbox.insurer.claims) == [case.number]
        later(2)
    assert at(case) == "confirm"
    assert list(InsurerAnswer.objects.order_by("id").values_list("kind", "state")) == [
        ("agreed", "taken"),
        ("paid", "taken"),
    ]
    told = connection()
    assert (told.fault, told.cursor, told.skew) == ("", "2", 0) and told.answered_at is not None


def test_the_message_holds_what_a_claim_needs_and_nothing_else(world: World) -> None:
    case = walked(world, "insurer")
    drain(HANDLERS)
    message = read(opened(ClaimLodging.objects.get(case=case).message).encode())
    claim = case.claim
    assert message["insured"]["number"] == opened(claim.insured.identity_number)
    assert set(message) == {
        "format", "claim", "round", "lodged_at", "county", "policy", "insured", "loss", "incident_at", "notified_at",
        "papers", "cause", "place", "story", "admission_date", "discharge_date", "cost", "settled",
    }  # fmt: skip
    assert "19912345678" not in str(message) and "家属" not in str(message)


@pytest.mark.parametrize(
    "how", ["timeouts", "errors", "truncated", "bad_signature", "skewed", "huge", "nonsense", "lost_reply"]
)
def test_whatever_goes_wrong_in_between_the_claim_gets_there_once_and_is_paid(world: World, how: str) -> None:
    with Sandbox(KEY, misbehave=[how], hang=2.0) as sandbox:
        found = online(world, sandbox)
        case = walked(world, "insurer")
        while drain(HANDLERS):
            continue
        assert connection().fault, how
        polling.poll_soon(found)
        later(5)
        assert len(sandbox.insurer.claims) == 1
    assert at(case) == "confirm", how


@pytest.mark.parametrize("how", [["repeats"], ["out_of_order"], ["repeats", "out_of_order"]])
def test_answers_twice_and_backwards_come_to_the_same(world: World, how: list[str]) -> None:
    with Sandbox(KEY, misbehave=how) as sandbox:
        found = online(world, sandbox)
        case = walked(world, "insurer")
        while drain(HANDLERS):
            continue
        # Everything has been said before we ask for the first time.
        sandbox.insurer.since(0, 1)
        polling.poll_soon(found)
        later(3)
    assert at(case) == "confirm"
    assert set(InsurerAnswer.objects.values_list("state", flat=True)) == {"taken"}


def test_papers_are_asked_for_supplied_and_the_second_round_is_decided(world: World) -> None:
    with Sandbox(KEY) as sandbox:
        found = online(world, sandbox)
        case = numbered(walked(world, "county"), 3)
        case = walked(world, "insurer", case)
        while drain(HANDLERS):
            continue
        polling.poll_soon(found)
        later()
        assert at(case) == "supplement"
        with time_machine.travel(now() + 1.5 * HOURS):
            say(world, case, "supplied")
        later(5)
        assert sorted(sandbox.insurer.claims[case.number].rounds) == [1, 2]
    assert at(case) == "confirm"


def test_what_the_insurer_will_not_have_is_not_sent_for_ever(world: World) -> None:
    with Sandbox(KEY) as sandbox:
        online(world, sandbox)
        case = walked(world, "insurer")
        sandbox.insurer.lodge({"claim": case.number, "round": 1, "lodged_at": "2026-01-01"})
        later(3)
        assert sandbox.asked - _polls() <= 1
    assert ClaimLodging.objects.get(case=case).fault == "refused"


def _polls() -> int:
    return Outbox.objects.filter(kind="insurer_poll").count()


def test_what_has_gone_by_file_is_not_sent_over_the_wire_as_well(world: World) -> None:
    from_before = walked(world, "insurer")
    drain(HANDLERS)
    with Sandbox(KEY) as sandbox:
        found = online(world, sandbox)
        send_all_waiting(found)
        send_all_waiting(found)
        while drain(HANDLERS):
            continue
        assert list(sandbox.insurer.claims) == [from_before.number] and sandbox.asked == 1


def test_a_claim_that_has_left_before_its_job_is_done_is_not_sent(world: World) -> None:
    case = walked(world, "insurer")
    say(world, case, "withdraw")
    drain(HANDLERS)
    assert not ClaimLodging.objects.filter(case=case).exists()


def test_each_connection_has_one_poll_however_often_it_is_asked_for(world: World) -> None:
    with Sandbox(KEY) as sandbox:
        found = online(world, sandbox)
        for _time in range(3):
            polling.poll_soon(found)
        polling.keep_polling(localdate())
        assert Outbox.objects.waiting().filter(kind="insurer_poll").count() == 1
        drain(HANDLERS)
        assert Outbox.objects.waiting().filter(kind="insurer_poll").count() == 1
        InsurerConnection.objects.update(enabled=False)
        later(2)
    assert not Outbox.objects.waiting().filter(kind="insurer_poll").exists()


def test_old_nonces_are_forgotten_when_they_could_not_be_used_any_more(world: World) -> None:
    found = connection()
    for minutes, nonce in ((1, "a" * 32), (30, "b" * 32)):
        at_that_time = now() - datetime.timedelta(minutes=minutes)
        InsurerNonce.objects.create(connection=found, nonce=nonce, at=at_that_time)
    polling.keep_polling(localdate())
    assert list(InsurerNonce.objects.values_list("nonce", flat=True)) == ["a" * 32]


def test_what_came_too_early_is_taken_when_a_person_has_gone_before(world: World) -> None:
    case = walked(world, "insurer")
    drain(HANDLERS)
    assert taken(said(case, "paid")).state == "waiting"
    say(world, case, "agree")
    polling.keep_polling(localdate())
    while drain(HANDLERS):
        continue
    assert at(case) == "confirm"


@pytest.mark.parametrize("body", [{}, {"answers": {}}, {"format": "nuanxin-answers-1", "answers": [], "next": 7}])
def test_a_page_that_is_none_moves_no_cursor(world: World, body: dict[str, Any]) -> None:
    found = connection()
    polling.settle_poll("key", {"connection": found.pk}, ("", calling.Reply(200, body, 0)))
    assert (connection().cursor, connection().fault) == ("", "not_understood")
    assert open_item(walked(world, "insurer")).step == "insurer"
