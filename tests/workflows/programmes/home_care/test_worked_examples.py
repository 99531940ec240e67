"""居家养老, as a caseworker would work it out by hand: the hours in the log, at the rate, up to the month's cap."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from casework.models import Case, LogEntry, Role
from casework.sheets.values import Cell
from tests.factories import StaffFactory
from tests.workflows.standard.stories import a_person, granted, hand_in, walked
from tests.world import COUNTY, World, open_item
from workflows.amend import amend_facts
from workflows.caselog import Written, enter, take_back
from workflows.payments.batches import draw_batch
from workflows.payments.refusals import NotDrawn
from workflows.perform import perform
from workflows.refusals import Incomplete
from workflows.reopening import reopen
from workflows.standard.units import check_character

SLUG = "home_care"
PROVIDER = "暖阳居家服务中心（示例）"


def month(hours: str, name: str = "向秋菊", number: int = 501, **facts: Cell) -> dict[str, Cell]:
    """Somebody of the register, served in March by the centre, which is paid."""
    said = {
        "unit_name": PROVIDER,
        "credit_code": "91990922MA0000001" + check_character("91990922MA0000001"),
        "account_holder": PROVIDER,
    }
    days = {"service_from": "2026-03-01", "service_to": "2026-04-01", "hours": hours}
    return {**a_person(name, number), **said, **days, **facts}


def served(world: World, case: Case, *visits: tuple[str, str]) -> None:
    for number, (day, hours) in enumerate(visits):
        written = Written("service", datetime.date.fromisoformat(day), Decimal(hours), words="做饭、打扫、陪诊")
        enter(case.number, written, by=world.by(Role.VILLAGE_VERIFIER), key=f"{case.number}-{number}-{day}")


def test_eighteen_hours_in_the_log_are_four_hundred_and_fifty_yuan_to_the_centre(world: World) -> None:
    """3月上门三次，每次6小时：18小时 × 25元 = 450元，付给服务单位。"""
    case = granted(world, SLUG, month("18"), on="2026-04-02")
    assert (case.amount, case.applicant.name) == (Decimal("450.00"), "向秋菊")
    served(world, case, ("2026-03-04", "6"), ("2026-03-14", "6"), ("2026-03-31", "6"))
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("450.00"))
    assert case.payee_account is not None and case.payee_account.holder_name == "暖阳居家服务中心(示例)"


def test_of_thirty_six_hours_the_month_pays_thirty(world: World) -> None:
    """服务36小时，每月最多30小时：30 × 25 = 750元。"""
    case = granted(world, SLUG, month("36"), on="2026-04-02")
    assert case.amount == Decimal("750.00")
    assert case.award["explanation"][0] == "申报36小时，每次最多30小时"


def test_hours_that_are_not_in_the_log_are_not_settled(world: World) -> None:
    case = granted(world, SLUG, month("18"), on="2026-04-02")
    served(world, case, ("2026-03-04", "6"))
    case = walked(world, case, "county")
    with pytest.raises(Incomplete, match="申报18小时，登记簿合计6"):
        perform(open_item(case).pk, "approve", by=world.by(Role.COUNTY_APPROVER))


def test_hours_written_wrongly_are_put_right_in_the_village_and_hold_the_same_month(world: World) -> None:
    case = granted(world, SLUG, month("18"), on="2026-04-02")
    amend_facts(case.number, {"hours": "12"}, by=world.by(Role.VILLAGE_VERIFIER), reason="visit_differs")
    case.refresh_from_db(fields=["amount"])
    assert (case.amount, case.holds.filter(live=True).count()) == (Decimal("300.00"), 1)


def test_hours_taken_back_after_the_approval_are_not_paid(world: World) -> None:
    case = granted(world, SLUG, month("18"), on="2026-04-02")
    served(world, case, ("2026-03-04", "6"), ("2026-03-14", "6"), ("2026-03-31", "6"))
    case = walked(world, case, "payment")
    last = LogEntry.objects.latest("pk")
    take_back(case.number, last.pk, by=world.by(Role.VILLAGE_VERIFIER), reason="那天没有上门", key="back")
    with pytest.raises(NotDrawn, match="登记簿现在只有12"):
        draw_batch(SLUG, COUNTY, by=world.by(Role.PAYMENT_OFFICER), case_numbers=[case.number])
    served(world, case, ("2026-03-30", "8"))
    assert walked(world, case).paid_amount == Decimal("450.00")


def test_a_review_settles_no_hours_that_are_not_in_the_log_either(world: World) -> None:
    case = granted(world, SLUG, month("18"), on="2026-04-02")
    served(world, case, ("2026-03-04", "6"))
    case = walked(world, case, "county")
    perform(open_item(case).pk, "refuse", by=world.by(Role.COUNTY_APPROVER), reasons=["not_served"])
    reopen(case.number, by=world.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])
    newcomer = StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    with pytest.raises(Incomplete, match="申报18小时，登记簿合计6"):
        perform(open_item(case).pk, "overturn", by=newcomer, note="服务属实")


@pytest.mark.parametrize(
    ("day", "said"), [("2026-02-28", "日期不能早于2026-03-01"), ("2026-04-01", "日期要早于2026-04-01")]
)
def test_another_months_service_is_not_logged_here(world: World, day: str, said: str) -> None:
    case = granted(world, SLUG, month("18"), on="2026-04-02")
    with pytest.raises(Incomplete, match=said):
        served(world, case, (day, "6"))


def test_a_settlement_keeps_to_its_month_and_is_made_once(world: World) -> None:
    over = month("18", "向小满", 502, service_to="2026-04-02")
    once = month("18")
    rows = hand_in(world, SLUG, over, once, {**once, "hours": "12"}, on="2026-04-02").rows
    assert [row.reasons for row in rows] == [("beyond_period",), (), ("already_granted",)]
