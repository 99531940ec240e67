"""Anyone may object to a line, with a name or without: that line alone waits, until a newcomer has answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from casework.models import Capacity, Case, Entitlement, Event, Notice, Objection, Participation, Role, Staff, Stage
from casework.models.fields import SealedText
from tests import factories
from tests.workflows.notices.noticed import COUNTY, Village, days_later
from tests.world import open_item
from workflows.notices.closing import withdraw_notice
from workflows.notices.objections import Said, not_taken_in, object_from_web, take_in, take_objection
from workflows.notices.refusals import NotTakenDown, ObjectionRefused
from workflows.perform import perform
from workflows.refusals import Incomplete, NotYourPost, SecondHat

pytestmark = pytest.mark.django_db

DOUBT = Said("她家女儿在外面有房有车，不该领")


def hung(village: Village, count: int = 2) -> tuple[Notice, list[Case]]:
    cases = [village.case() for _ in range(count)]
    notice = village.post(*cases)
    village.photograph(notice)
    return notice, cases


def answerer() -> Staff:
    return factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))


def answer(case: Case, outcome: str, by: Staff, **more: Any) -> None:
    perform(open_item(case).pk, outcome, by=by, values={"answer": "已入户查看，房屋是租的"}, **more)


def states(notice: Notice) -> list[str]:
    return [line.state for line in notice.lines.order_by("line_number")]


def test_an_objection_without_a_name_stops_its_line_and_the_others_go_on(village: Village) -> None:
    notice, (doubted, other) = hung(village)
    object_from_web(notice, 1, DOUBT)
    with days_later(notice):
        village.close(notice)

    assert states(notice) == ["objected", "cleared"]
    assert open_item(other).step == "township"
    assert Case.objects.get(pk=doubted.pk).noticed == {}


def test_what_came_from_the_web_is_taken_in_by_the_countys_desk(village: Village) -> None:
    notice, (case, _other) = hung(village)
    object_from_web(notice, 1, DOUBT)
    object_from_web(notice, 1, Said("我也觉得不对"))

    assert take_in(notice, by=village.by(Role.INTAKE_CLERK)) == 1
    assert open_item(case).step == "village_notice_objection"
    assert not not_taken_in([notice]).exists()
    assert take_in(notice, by=village.by(Role.INTAKE_CLERK)) == 0


def test_what_is_told_at_the_desk_is_written_down_and_the_case_waits(village: Village) -> None:
    notice, (case, _other) = hung(village)
    made = take_objection(notice, 1, Said("不符合条件", "彭建军", "199"), by=village.by(Role.INTAKE_CLERK))

    assert open_item(case).step == "village_notice_objection"
    assert (made.taken_by, made.from_web) == (village.by(Role.INTAKE_CLERK), False)


def test_whoever_keeps_the_board_does_not_take_what_is_said_against_it(village: Village) -> None:
    notice, _cases = hung(village)
    with pytest.raises(NotYourPost):
        take_objection(notice, 1, DOUBT, by=village.by(Role.VILLAGE_VERIFIER))


def test_what_is_said_and_who_says_it_is_sealed_and_in_no_trail(village: Village) -> None:
    notice, _cases = hung(village)
    take_objection(notice, 1, Said("不符合条件", "彭建军", "彭家组"), by=village.by(Role.INTAKE_CLERK))

    kept = Objection.objects.get()
    assert isinstance(kept.text, SealedText)
    assert (kept.name.reveal(), kept.contact.reveal()) == ("彭建军", "彭家组")
    told = str(list(Event.objects.values_list("details", flat=True)))
    assert not any(word in told for word in ("不符合条件", "彭建军", "彭家组"))
    assert Event.objects.filter(action="notice_objected").get().details == {"line": 1, "from": "desk"}


@pytest.mark.parametrize(
    "role", [Role.COUNTY_APPROVER, Role.TOWNSHIP_REVIEWER, Role.VILLAGE_VERIFIER, Role.INTAKE_CLERK]
)
def test_only_the_countys_approvers_answer(village: Village, role: str) -> None:
    notice, (case, _other) = hung(village)
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))

    if role == Role.COUNTY_APPROVER:
        answer(case, "dismiss", village.by(role))
        assert Participation.objects.get(case=case, staff=village.by(role)).capacity == Capacity.ANSWER
    else:
        with pytest.raises(NotYourPost):
            answer(case, "dismiss", village.by(role))


def test_whoever_has_approved_does_not_answer_for_it(village: Village) -> None:
    case = village.case("county_notice")
    notice = village.post(case, place="county_notice")
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))

    with pytest.raises(SecondHat):
        answer(case, "dismiss", village.by(Role.COUNTY_APPROVER))
    answer(case, "dismiss", answerer())


def test_an_answer_in_time_lets_the_line_hang_on_and_come_down_with_the_rest(village: Village) -> None:
    notice, (case, _other) = hung(village)
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))
    by = answerer()
    answer(case, "dismiss", by)

    assert states(notice) == ["hanging", "hanging"]
    kept = Objection.objects.get()
    assert (kept.outcome, kept.answered_by, kept.answer.reveal()) == ("dismissed", by, "已入户查看，房屋是租的")
    with days_later(notice):
        village.close(notice)
    assert states(notice) == ["cleared", "cleared"]


def test_an_answer_after_the_list_came_down_lets_the_line_go_on_by_itself(village: Village) -> None:
    """What hung to the end is frozen twice, each part with its digest."""
    notice, (case, _other) = hung(village)
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))
    with days_later(notice):
        village.close(notice)
    with days_later(notice, 3):
        answer(case, "dismiss", answerer())
        village.close(notice)

    assert states(notice) == ["cleared", "cleared"]
    chain = Event.objects.filter(chain=f"notice:{notice.number}", action__in=("notice_closed", "notice_settled"))
    assert [event.details["cleared"] for event in chain.order_by("seq")] == [[2], [1]]
    assert open_item(case).step == "township"


def test_a_founded_objection_before_the_decision_refuses_or_sends_back(village: Village) -> None:
    notice, (refused, returned) = hung(village)
    for line in (1, 2):
        take_objection(notice, line, DOUBT, by=village.by(Role.INTAKE_CLERK))
    answer(refused, "founded", answerer(), reasons=("objection_founded",))
    answer(returned, "send_back", answerer(), reasons=("objection_to_be_seen",))

    refused.refresh_from_db()
    assert refused.stage == Stage.REJECTED
    assert open_item(returned).step == "village"
    assert states(notice) == ["removed", "removed"]


def test_a_founded_objection_after_the_approval_revokes_it(village: Village) -> None:
    case = village.case("county_notice")
    notice = village.post(case, place="county_notice")
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))
    answer(case, "founded", answerer(), reasons=("objection_founded",))

    case.refresh_from_db()
    assert case.stage == Stage.REJECTED
    assert not Entitlement.objects.filter(case=case, live=True).exists()


def test_an_objection_is_not_answered_with_nothing(village: Village) -> None:
    notice, (case, _other) = hung(village)
    take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))

    with pytest.raises(Incomplete, match="对异议的答复"):
        perform(open_item(case).pk, "dismiss", by=answerer(), values={"answer": "  "})


def test_the_web_takes_none_when_the_days_are_over_and_the_desk_does_until_it_comes_down(village: Village) -> None:
    notice, (case, _other) = hung(village)
    with days_later(notice):
        with pytest.raises(ObjectionRefused, match="公示已经结束"):
            object_from_web(notice, 1, DOUBT)
        take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))

    assert open_item(case).step == "village_notice_objection"


@pytest.mark.parametrize(
    ("line", "said", "why"),
    [
        (9, DOUBT, "榜上没有第9行"),
        (1, Said("  "), "请写明有什么不同意见"),
        (1, Said("长" * 1001), "最多写1000字"),
        (1, Said("不对", name="名" * 61), "最多各60字"),
    ],
)
def test_what_is_wrong_with_an_objection_is_said(village: Village, line: int, said: Said, why: str) -> None:
    notice, _cases = hung(village)
    with pytest.raises(ObjectionRefused, match=why):
        object_from_web(notice, line, said)


def test_the_same_attempt_twice_is_one_objection(village: Village) -> None:
    notice, _cases = hung(village)
    clerk = village.by(Role.INTAKE_CLERK)

    assert object_from_web(notice, 1, DOUBT, key="a") == object_from_web(notice, 1, DOUBT, key="a")
    assert take_objection(notice, 2, DOUBT, by=clerk, key="b") == take_objection(notice, 2, DOUBT, by=clerk, key="b")
    assert Objection.objects.count() == 2


def test_a_crowd_of_objections_to_one_line_is_bounded(village: Village) -> None:
    notice, _cases = hung(village)
    for number in range(10):
        object_from_web(notice, 1, Said(f"第{number}个意见"))

    with pytest.raises(ObjectionRefused, match="已经很多"):
        object_from_web(notice, 1, DOUBT)


def test_a_sheet_with_an_open_objection_is_not_withdrawn(village: Village) -> None:
    notice, _cases = hung(village)
    object_from_web(notice, 1, DOUBT)

    with pytest.raises(NotTakenDown, match="有异议还没有答复"):
        withdraw_notice(notice, by=notice.posted_by, note="抄错了")


def test_the_database_wants_an_answer_whole_and_by_another(village: Village) -> None:
    notice, _cases = hung(village)
    made = take_objection(notice, 1, DOUBT, by=village.by(Role.INTAKE_CLERK))

    with pytest.raises(IntegrityError, match="objection_answered_in_full"), transaction.atomic():
        Objection.objects.filter(pk=made.pk).update(outcome="dismissed")
    whole = {"outcome": "dismissed", "answer": "查过了", "answered_at": made.received_at}
    with pytest.raises(IntegrityError, match="objection_answered_by_another"), transaction.atomic():
        Objection.objects.filter(pk=made.pk).update(answered_by=made.taken_by, **whole)
