"""A claim from the fall on the stairs to the money in hand, and what each step asks for."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils.timezone import localdate, now

from casework.models import Claim, ClaimPayment, Entitlement, Pause, Policy, Role, Stage, Watch, WorkItem
from notifications.models import Message
from tests.factories import PersonFactory, StaffFactory
from tests.workflows.programmes.insurance_claim.stories import (
    STAY,
    at_hour,
    claim,
    clerk_of,
    fresh,
    insured,
    insurer,
    loss,
    notified,
    plan,
    policy,
    say,
    somebody_insured,
    walked,
    with_insurer,
    with_papers,
)
from tests.world import COUNTY, World, open_item
from workflows.programmes.insurance_claim.money import findings_of, paid_so_far
from workflows.programmes.insurance_claim.notifying import AlreadyNotified, notify_loss
from workflows.refusals import Incomplete, NotAllowed, NotYourPost
from workflows.reopening import reopen
from workflows.watches import sweep_watches


@pytest.fixture
def world(world: World) -> World:
    return with_insurer(world)


def missing(attempt: pytest.ExceptionInfo[Incomplete]) -> str:
    return "；".join(attempt.value.missing)


def test_the_whole_road_ends_with_the_money_in_the_familys_hands(world: World) -> None:
    case = walked(world, "end")

    row = claim(case)
    assert (case.stage, case.pays_by, case.paid_amount) == (Stage.CLOSED, "others", Decimal("0.00"))
    assert (row.decision, row.decided_amount, paid_so_far(row)) == ("agreed", Decimal("1800.00"), Decimal("1800.00"))
    assert row.policy is not None and row.line is not None and row.insurer is not None
    assert findings_of(row) == []


# -- loss notification -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("notifier", Claim.Notifier.values)
def test_anyone_may_tell_of_a_loss(world: World, notifier: str) -> None:
    case = notified(world, notifier=notifier)

    assert claim(case).notifier == notifier
    assert open_item(case).step == "village"


@pytest.mark.parametrize("hours", [48, 49])
def test_late_is_noted_with_its_reason_and_is_not_fatal(world: World, hours: int) -> None:
    person = somebody_insured(world)
    told = at_hour(STAY[0]) + datetime.timedelta(hours=hours)
    if hours > 48:
        with pytest.raises(NotAllowed, match="写明原因"):
            notify_loss(loss(person, notified_at=told), by=world.by(Role.INTAKE_CLERK))

    case = notified(world, person, notified_at=told, late_because="在山里，没有信号")

    assert claim(case).late is (hours > 48)
    assert walked(world, "end", case).stage == Stage.CLOSED


def test_a_loss_is_written_down_once(world: World) -> None:
    person = somebody_insured(world)
    first = notified(world, person)

    with pytest.raises(AlreadyNotified) as again:
        notify_loss(loss(person), by=world.by(Role.INTAKE_CLERK))

    assert first.number in str(again.value)
    assert Claim.objects.count() == 1


def test_a_loss_that_was_paid_is_not_written_down_anew_and_one_that_was_turned_away_can_be(world: World) -> None:
    paid = walked(world, "end")
    with pytest.raises(AlreadyNotified, match=paid.number):
        notified(world, paid.applicant)

    turned_away = notified(world, PersonFactory())
    say(world, turned_away, "withdraw")
    assert notified(world, turned_away.applicant).number != turned_away.number


def test_a_village_elsewhere_writes_down_no_loss_of_this_one(world: World) -> None:
    person = somebody_insured(world)
    neighbour = StaffFactory(post=(Role.VILLAGE_VERIFIER, "430922113239"))

    with pytest.raises(NotAllowed, match="没有这个岗位"):
        notify_loss(loss(person), by=neighbour)


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"notified_at": at_hour(datetime.date(2026, 8, 1))}, "先出险"),
        ({"discharge": datetime.date(2026, 8, 30)}, "出院日期早于入院日期"),
        ({"admission": None, "discharge": None}, "入院和出院"),
        ({"known_on": datetime.date(2026, 8, 1)}, "知道出险的日期"),
    ],
)
def test_what_cannot_be_is_not_written_down(world: World, said: dict[str, object], complaint: str) -> None:
    with pytest.raises(NotAllowed, match=complaint):
        notified(world, **said)


def test_somebody_on_no_roster_can_tell_of_a_loss_and_the_county_says_why_it_goes_no_further(world: World) -> None:
    case = notified(world, PersonFactory())
    walked(world, "county", case)

    with pytest.raises(Incomplete) as refused:
        say(world, case, "lodge")
    assert "投保名单上没有这个人" in missing(refused)

    say(world, case, "refuse")
    assert fresh(case).stage == Stage.REJECTED


# -- village and county ----------------------------------------------------------------------------------------------


def test_the_village_gathers_what_the_terms_list_or_says_what_cannot_be_had(world: World) -> None:
    case = with_papers(notified(world, cause="traffic"), "police_proof")

    with pytest.raises(Incomplete) as refused:
        say(world, case, "gathered")
    assert "交警证明和驾驶证" in missing(refused)

    say(world, case, "gathered", note="交警还没有出证明，已申请")
    assert open_item(case).step == "county"


@pytest.mark.parametrize(
    ("day", "of_the_plan", "complaint"),
    [
        (datetime.date(2026, 2, 28), {}, "不在保障期间"),
        (datetime.date(2026, 3, 30), {"waiting_days": 30}, "等待期"),
        (datetime.date(2026, 9, 1), {"medical_sum": Decimal(0)}, "不保这种损失"),
        (datetime.date(2026, 9, 1), {"age_to": 60}, "年龄不在"),
    ],
)
def test_the_county_holds_a_loss_against_the_roster(
    world: World, day: datetime.date, of_the_plan: dict[str, object], complaint: str
) -> None:
    person = somebody_insured(world, **of_the_plan)
    case = walked(world, "county", notified(world, person, incident_at=at_hour(day), notified_at=at_hour(day, 12)))

    with pytest.raises(Incomplete) as refused:
        say(world, case, "lodge")

    assert complaint in missing(refused)


def test_the_first_day_after_the_waiting_days_is_covered(world: World) -> None:
    day = datetime.date(2026, 3, 31)
    person = somebody_insured(world, waiting_days=30)

    case = notified(world, person, incident_at=at_hour(day), notified_at=at_hour(day, 12))

    assert walked(world, "insurer", case).stage == Stage.LODGED


def test_somebody_entered_after_the_fall_is_not_insured_against_it(world: World) -> None:
    person = PersonFactory()
    insured(policy(world.by(Role.INTAKE_CLERK), plan()), person, entered=STAY[0] + datetime.timedelta(days=2))
    case = walked(world, "county", notified(world, person))

    with pytest.raises(Incomplete) as refused:
        say(world, case, "lodge")

    assert "出险之后才登记投保" in missing(refused)


@pytest.mark.parametrize(("life", "years"), [(False, 2), (True, 5)])
def test_the_limitation_is_two_years_and_five_for_life(world: World, life: bool, years: int) -> None:
    case = walked(world, "insurer", notified(world, somebody_insured(world, life=life)))

    assert claim(case).limitation_on == STAY[0].replace(year=STAY[0].year + years)


def test_the_county_is_warned_of_the_limitation_until_the_claim_is_lodged_or_has_ended(world: World) -> None:
    case = notified(world)
    day = STAY[0].replace(year=STAY[0].year + 2)
    watched = Watch.objects.get(case=case)
    assert (watched.due_on, watched.warn_on, watched.role) == (day, day - datetime.timedelta(days=60), "intake_clerk")
    assert sweep_watches(at=at_hour(day - datetime.timedelta(days=61))) == 0
    assert sweep_watches(at=at_hour(day - datetime.timedelta(days=60))) == 1
    assert Message.objects.get(template="watch.limitation.warned").subject == f"queue:{COUNTY}.intake_clerk"

    walked(world, "insurer", case)
    assert Watch.objects.get(case=case).state == Watch.State.MET
    taken_back = notified(world, case.applicant, loss=Claim.Loss.OUTPATIENT)
    say(world, taken_back, "withdraw")
    assert Watch.objects.get(case=taken_back).state == Watch.State.DROPPED


def test_a_claim_past_its_limitation_goes_on_with_a_word_of_explanation(world: World) -> None:
    person, day = PersonFactory(), datetime.date(2024, 4, 1)
    insured(policy(world.by(Role.INTAKE_CLERK), plan(), year=2024), person)
    told = {"incident_at": at_hour(day), "notified_at": now() - datetime.timedelta(minutes=5)}
    case = walked(world, "county", notified(world, person, **told, late_because="家里不知道有保险"))

    with pytest.raises(Incomplete) as refused:
        say(world, case, "lodge")
    assert "索赔时效2026-04-01已经届满" in missing(refused)

    say(world, case, "lodge", note="家属刚知道有保险，由保险公司定")
    assert fresh(case).stage == Stage.LODGED


def test_the_same_days_are_not_paid_for_by_the_day_twice_where_the_plan_says_so(world: World) -> None:
    person = PersonFactory(registered=True)
    cash = {"cash_a_day": Decimal("50.00"), "cash_days_most": 90}
    insured(policy(world.by(Role.INTAKE_CLERK), plan(**cash)), person)
    subsidised = world.case("village", person=person, admission_date="2026-09-05", discharge_date="2026-09-20")
    assert Entitlement.objects.filter(case=subsidised, live=True).exists()
    case = walked(world, "county", notified(world, person, loss=Claim.Loss.HOSPITAL_CASH))

    with pytest.raises(Incomplete) as refused:
        say(world, case, "lodge")

    assert subsidised.number in missing(refused)


# -- the insurer -----------------------------------------------------------------------------------------------------


def test_papers_are_asked_for_once_in_full_and_the_second_time_is_refused(world: World) -> None:
    case = walked(world, "supplement")
    say(world, case, "supplied")
    assert open_item(case).step == "insurer"

    with pytest.raises(Incomplete) as refused:
        say(world, case, "ask_supplement")

    assert "不能再要求第二次" in missing(refused)
    assert open_item(case).step == "insurer"


def test_waiting_for_papers_is_not_counted_in_the_thirty_days(world: World) -> None:
    case = walked(world, "insurer")
    lodged = now() - datetime.timedelta(days=20)
    WorkItem.objects.filter(process=case, finished__isnull=True).update(clock_from=lodged)
    say(world, case, "ask_supplement")
    Pause.objects.filter(case=case).update(began=now() - datetime.timedelta(days=10))
    say(world, case, "supplied")

    assert localdate(open_item(case).due_at) == localdate(lodged) + datetime.timedelta(days=30 + 10)


def test_the_clerk_of_another_insurer_has_no_say(world: World) -> None:
    case = walked(world, "insurer")
    stranger = clerk_of(insurer("远方财险桃江支公司"))

    for outcome in ("agree", "ask_supplement", "refuse"):
        with pytest.raises(NotYourPost):
            say(world, case, outcome, by=stranger)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"amount": None}, "核定金额"),
        ({"amount": Decimal("0.00")}, "核定金额"),
        ({"amount": Decimal("1.001")}, "核定金额"),
        ({"decided_on": None}, "请填核定日期"),
        ({"decided_on": datetime.date(2000, 1, 1)}, "不能早于转保险公司"),
        ({"calculation": " "}, "怎么算出来"),
    ],
)
def test_a_yes_says_how_much_when_and_how_it_was_worked_out(
    world: World, values: dict[str, object], complaint: str
) -> None:
    case = walked(world, "insurer")

    with pytest.raises(Incomplete) as refused:
        say(world, case, "agree", **values)

    assert complaint in missing(refused)
    assert claim(case).decision == Claim.Decision.NONE


def test_a_refusal_has_its_reasons_and_a_late_one_is_noted(world: World) -> None:
    case = walked(world, "insurer")
    early = at_hour(localdate() - datetime.timedelta(days=9))
    Claim.objects.filter(case=case).update(lodged_at=early)

    say(world, case, "refuse", decided_on=localdate() - datetime.timedelta(days=5))

    row = claim(case)
    assert (fresh(case).stage, row.decision, row.decided_amount) == (Stage.REJECTED, "refused", None)
    assert findings_of(row) == ["拒赔5日后才通知，超过3日"]


def test_whoever_disagrees_with_a_refusal_asks_us_and_the_claim_goes_to_the_insurer_again(world: World) -> None:
    case = walked(world, "supplement")
    say(world, case, "supplied")
    say(world, case, "refuse")
    reopen(case.number, by=world.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])
    say(world, case, "remit", by=StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)))
    assert open_item(case).step == "village"

    walked(world, "insurer", case)

    row = claim(case)
    assert (row.lodgings, row.decision, row.supplement_asked_at) == (2, Claim.Decision.NONE, None)


# -- the money -------------------------------------------------------------------------------------------------------


def test_a_payment_that_is_not_what_was_decided_is_shown_and_not_accepted_in_silence(world: World) -> None:
    case = walked(world, "payment")
    say(world, case, "paid", paid_amount=Decimal("1700.00"))
    assert findings_of(claim(case)) == ["实付1700.00元，核定1800.00元，两数不同"]

    with pytest.raises(Incomplete) as refused:
        say(world, case, "received")
    assert "两数不同" in missing(refused)

    say(world, case, "not_received")
    say(world, case, "paid", paid_amount=Decimal("100.00"))
    say(world, case, "received")
    assert fresh(case).stage == Stage.CLOSED
    assert findings_of(claim(case)) == []


def test_one_payment_is_written_down_once(world: World) -> None:
    case = walked(world, "payment")
    say(world, case, "paid", reference="流水001")
    say(world, case, "not_received")

    with pytest.raises(Incomplete) as refused:
        say(world, case, "paid", reference="流水001")

    assert "不能登记两次" in missing(refused)
    assert ClaimPayment.objects.count() == 1


def test_what_was_paid_is_never_changed(world: World) -> None:
    walked(world, "confirm")

    for change in (lambda rows: rows.update(amount=Decimal("1.00")), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change(ClaimPayment.objects.all())


def test_paid_after_ten_days_is_a_finding(world: World) -> None:
    case = walked(world, "payment")
    Claim.objects.filter(case=case).update(decided_on=localdate() - datetime.timedelta(days=11))
    say(world, case, "paid")

    assert findings_of(claim(case)) == ["核定后11日才付款，超过10日"]


def test_what_is_not_paid_as_agreed_goes_back_to_the_village_and_to_the_insurer_again(world: World) -> None:
    case = walked(world, "payment")

    say(world, case, "not_honoured")

    assert (open_item(case).step, fresh(case).stage) == ("village", Stage.ACCEPTED)
    walked(world, "insurer", case)
    assert claim(case).decision == Claim.Decision.NONE
    assert fresh(case).amount is None


def test_a_policy_not_yet_confirmed_covers_nobody(world: World) -> None:
    person = somebody_insured(world)
    Policy.objects.update(state=Policy.State.SENT)
    case = walked(world, "county", notified(world, person))

    with pytest.raises(Incomplete):
        say(world, case, "lodge")
