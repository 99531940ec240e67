"""Whatever happens, a case never gets to payment with a mark other than its present person and amount."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils.timezone import localdate
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from casework.models import Case, Notice, NoticeLine, Role, Stage
from tests import factories
from tests.workflows.notices.noticed import COUNTY, PLACES, Village, days_later
from tests.world import IN_BATCHES, open_item
from workflows.notices.closing import withdraw_notice
from workflows.notices.objections import Said, object_from_web, take_in
from workflows.payments.hung import unlike_the_board
from workflows.payments.refusals import NotDrawn
from workflows.perform import perform
from workflows.refusals import Refusal
from workflows.reopening import reopen

pytestmark = pytest.mark.django_db

Act = Callable[[Village, Case], object]


def last_notice(case: Case) -> Notice:
    line = NoticeLine.objects.filter(case=case).select_related("notice__posted_by").order_by("-id").first()
    if line is None:
        raise Refusal
    return line.notice


def post(village: Village, case: Case) -> object:
    place = open_item(case).step
    if place not in PLACES:
        raise Refusal
    notice = village.post(case, place=place)
    village.photograph(notice)
    return notice


def close(village: Village, case: Case) -> object:
    notice = last_notice(case)
    with days_later(notice):
        return village.close(notice)


def close_early(village: Village, case: Case) -> object:
    return village.close(last_notice(case))


def withdraw(village: Village, case: Case) -> object:
    notice = last_notice(case)
    return withdraw_notice(notice, by=notice.posted_by, note="有误")


def object_to(village: Village, case: Case) -> object:
    notice = last_notice(case)
    object_from_web(notice, 1, Said("不符合"))
    return take_in(notice, by=village.by(Role.INTAKE_CLERK))


def dismiss(village: Village, case: Case) -> object:
    newcomer = factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    return perform(open_item(case).pk, "dismiss", by=newcomer, values={"answer": "查过"})


def amount_changes(village: Village, case: Case) -> object:
    """As when another case of the same person gives its days back; not after the county has promised it."""
    amount = Decimal("3380.00") if case.amount != Decimal("3380.00") else Decimal("130.00")
    early = (Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED)
    return Case.objects.filter(pk=case.pk, stage__in=early).update(amount=amount)


def decided(outcome: str, role: str, **more: object) -> Act:
    def say(village: Village, case: Case) -> object:
        return village.say(case, outcome, role, **more)

    return say


ACTS: dict[str, Act] = {
    "post": post,
    "close": close,
    "close early": close_early,
    "withdraw": withdraw,
    "object": object_to,
    "dismiss": dismiss,
    "amount": amount_changes,
    "township passes": decided("pass", Role.TOWNSHIP_REVIEWER),
    "township sends back": decided("send_back", Role.TOWNSHIP_REVIEWER, reasons=("facts_unclear",)),
    "village passes": decided("pass", Role.VILLAGE_VERIFIER),
    "county approves": decided("approve", Role.COUNTY_APPROVER),
    "clear by hand": decided("clear", Role.VILLAGE_VERIFIER, values={"notice": "GS430922-2026G0001"}),
    "draw": lambda village, case: village.draw(case),
}
ALL_THE_WAY = ["post", "close", "township passes", "county approves", "post", "close", "draw"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(between=st.lists(st.lists(st.sampled_from(sorted(ACTS)), max_size=2), min_size=7, max_size=7))
@example(between=[["amount"], ["amount"], [], [], [], [], []])
@example(between=[[], ["object"], ["dismiss", "close"], ["amount"], ["amount"], ["object"], ["dismiss", "close"]])
def test_no_case_gets_past_the_board(village: Village, between: list[list[str]]) -> None:
    """The whole road, and on it anything that may happen, in any order."""
    with transaction.atomic():
        case = village.case()
        for chance, step in zip(between, ALL_THE_WAY, strict=True):
            for act in (*chance, step):
                happens(ACTS[act], village, case)
                holds(case)
        transaction.set_rollback(True)


def happens(act: Act, village: Village, case: Case) -> None:
    case.refresh_from_db()
    with contextlib.suppress(Refusal), transaction.atomic():
        act(village, case)


def holds(case: Case) -> None:
    now = Case.objects.get(pk=case.pk)
    if now.stage in (Stage.PAYABLE, Stage.PAID, Stage.CLOSED):
        assert now.noticed == dict.fromkeys(PLACES, now.notice_mark)
        assert unlike_the_board([now]) == {}
        assert not NoticeLine.objects.filter(case=now, state__in=("hanging", "objected")).exists()


def test_the_whole_road_undisturbed_gets_there(village: Village) -> None:
    """So that the property above is about something."""
    case = village.case()
    for step in ALL_THE_WAY:
        happens(ACTS[step], village, case)

    assert Case.objects.get(pk=case.pk).stage == Stage.PAYABLE


def test_money_the_bank_sends_back_goes_out_again_on_what_has_hung_and_on_no_other_sum(village: Village) -> None:
    case = village.case("county_notice")
    village.hang(case, place="county_notice")
    for step in IN_BATCHES:
        village.world.pay_on(case, step)
    officer, values = village.by(Role.PAYMENT_OFFICER), {"came_back_on": localdate(), "bank_reason": "销户"}
    reopen(case.number, "came_back", by=officer, reasons=["sent_back_late"], values=values)
    village.say(case, "corrected", Role.INTAKE_CLERK)
    amount = Case.objects.get(pk=case.pk).amount
    Case.objects.filter(pk=case.pk).update(amount=Decimal("1.00"))
    with pytest.raises(NotDrawn, match="公示之后金额有变动"):
        village.draw(case)
    Case.objects.filter(pk=case.pk).update(amount=amount)
    for step in IN_BATCHES:
        village.world.pay_on(case, step)
    holds(case)
    assert (Case.objects.get(pk=case.pk).stage, NoticeLine.objects.count()) == (Stage.CLOSED, len(PLACES))
