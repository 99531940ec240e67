"""其他办理: what may happen beside the road, offered to whom it belongs, done once, with what follows said in words."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.models import BatchLine, Case, Decision, Event, Role, Staff, WantedPaper
from tests.factories import StaffFactory
from tests.workflows.second_thoughts.stories import (
    at,
    fresh,
    in_days,
    left_as_it_was_paid,
    longer,
    newcomer,
    paid_again,
    refused,
    remitted,
    suspended,
    under_review,
    walked_on,
    wanting,
)
from tests.world import COUNTY, OTHER_VILLAGE, World, open_item
from workflows.holding import claim
from workflows.programmes.nursing_subsidy.flow import NursingSubsidyFlow


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def page_of(case: Case, staff: Staff) -> str:
    answer = logged_in(staff).get(reverse("desk:case", args=[case.number]))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def aside(case: Case, outcome: str) -> str:
    return reverse("desk:aside", args=[case.number, outcome])


def offered(case: Case, staff: Staff) -> list[str]:
    return re.findall(rf"/desk/cases/{case.number}/other/(\w+)/", page_of(case, staff))


def sent(case: Case, outcome: str, *reasons: str, **more: Any) -> dict[str, Any]:
    items = case.work_items.filter(finished__isnull=True)
    form = {"key": str(uuid.uuid4()), "item": getattr(items.first(), "pk", ""), "note": ""}
    return {**form, f"reasons_{outcome}": list(reasons), **more}


# -- offered -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "role", "what"),
    [
        ("village", Role.INTAKE_CLERK, ["withdraw", "terminate"]),
        ("village", Role.VILLAGE_VERIFIER, ["suspend"]),
        ("intake", Role.INTAKE_CLERK, ["suspend", "withdraw", "terminate"]),
        ("payment", Role.PAYMENT_OFFICER, ["suspend"]),
        ("payment", Role.INTAKE_CLERK, ["withdraw", "terminate", "request_review"]),
        ("papers", Role.INTAKE_CLERK, ["terminate"]),
        ("suspended", Role.INTAKE_CLERK, ["withdraw", "terminate"]),
        ("payment_check", Role.INTAKE_CLERK, []),
        ("bank", Role.PAYMENT_OFFICER, []),
        ("internal_review", Role.INTAKE_CLERK, []),
        ("end", Role.INTAKE_CLERK, ["request_review"]),
        ("village", Role.AUDITOR, []),
        ("village", Role.TOWNSHIP_REVIEWER, []),
        ("end", Role.COUNTY_APPROVER, []),
    ],
)
def test_the_case_page_offers_each_reader_what_is_theirs_whoever_has_the_case(
    world: World, step: str, role: str, what: list[str]
) -> None:
    assert offered(at(world, step), world.by(role)) == what


def test_a_paid_case_on_its_second_round_is_offered_its_own_end_and_no_other(world: World) -> None:
    case = remitted(world, world.case("end"))
    assert offered(case, world.by(Role.INTAKE_CLERK)) == ["suspend", "let_stand"]


def test_the_countys_form_has_settling_only_for_a_case_that_was_paid(world: World) -> None:
    assert 'value="settle"' not in page_of(world.case("county"), world.by(Role.COUNTY_APPROVER))


def test_where_something_stands_in_the_way_it_is_said_and_there_is_no_link(world: World) -> None:
    case = world.case("village")
    claim(open_item(case).pk, by=world.by(Role.VILLAGE_VERIFIER))
    colleague = StaffFactory(post=(Role.VILLAGE_VERIFIER, case.division_id))
    html = page_of(case, colleague)
    assert "现在不能办：这件已由" in html
    assert offered(case, colleague) == []


def test_of_an_ended_case_of_the_first_version_the_desk_reads_why_not(world: World) -> None:
    case = refused(world, "village")
    Case.objects.filter(pk=case.pk).update(flow_class=NursingSubsidyFlow, flow_version=1)
    assert "第1版" in page_of(case, world.by(Role.INTAKE_CLERK))
    assert "第1版" not in page_of(case, world.by(Role.COUNTY_APPROVER))


# -- the page ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "outcome", "role", "said"),
    [
        ("village", "suspend", Role.VILLAGE_VERIFIER, ["复查日期", "随时可以恢复办理", "申请人住院或外出"]),
        ("payment", "withdraw", Role.INTAKE_CLERK, ["案件到此结束", "已经批准的3380.00元不再发放", "签字或按手印"]),
        ("village", "terminate", Role.INTAKE_CLERK, ["可以申请复核", "申请人已经去世"]),
        ("end", "request_review", Role.INTAKE_CLERK, ["申请人提出复核的日期", "没有参与过的县级审批人", "最迟"]),
        ("payment", "request_review", Role.INTAKE_CLERK, ["等复核作出决定以后再发"]),
    ],
)
def test_its_page_says_what_will_follow_and_asks_for_what_it_needs(
    world: World, step: str, outcome: str, role: str, said: list[str]
) -> None:
    case = world.case(step)
    before = fresh(case).trail_seq
    answer = logged_in(world.by(role)).get(aside(case, outcome))
    html = unescape(answer.content.decode())
    assert answer.status_code == 200
    assert [words for words in said if words not in html] == []
    assert "会告知申请人" in html
    assert fresh(case).trail_seq == before


def test_what_is_not_the_readers_has_no_page(world: World) -> None:
    case = world.case("village")
    for role, outcome in (
        (Role.VILLAGE_VERIFIER, "withdraw"),
        (Role.INTAKE_CLERK, "suspend"),
        (Role.INTAKE_CLERK, "accept"),
        (Role.VILLAGE_VERIFIER, "pass"),
        (Role.AUDITOR, "terminate"),
        (Role.INTAKE_CLERK, "no_such_thing"),
    ):
        assert logged_in(world.by(role)).get(aside(case, outcome)).status_code == 404
    stranger = logged_in(StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE)))
    assert stranger.get(aside(case, "suspend")).status_code == 404
    assert stranger.post(aside(case, "suspend"), sent(case, "suspend")).status_code == 404


# -- done --------------------------------------------------------------------------------------------------------------


def test_the_desk_withdraws_what_somebody_else_holds_and_twice_is_once(world: World) -> None:
    case = world.case("township")
    claim(open_item(case).pk, by=world.by(Role.TOWNSHIP_REVIEWER))
    clerk, form = logged_in(world.by(Role.INTAKE_CLERK)), sent(case, "withdraw", "applicant_withdrew", note="已签字")
    first = clerk.post(aside(case, "withdraw"), form, follow=True)
    again = clerk.post(aside(case, "withdraw"), form, follow=True)
    assert "已办好，现在是“已撤回”" in first.content.decode()
    assert "没有重复办理" in again.content.decode()
    assert Decision.objects.filter(case=case, outcome="withdraw").count() == 1


def test_a_day_goes_through_to_the_trail(world: World) -> None:
    case = world.case("village")
    form = sent(case, "suspend", "applicant_away", **{"suspend-review_on": in_days(20).isoformat()})
    answer = logged_in(world.by(Role.VILLAGE_VERIFIER)).post(aside(case, "suspend"), form, follow=True)
    assert "现在是“已中止”" in answer.content.decode()
    assert Event.objects.get(chain=case.number, details__outcome="suspend").details["review_on"] == str(in_days(20))


@pytest.mark.parametrize(
    ("day", "said"),
    [("", "请填写这一项"), ("2026年", "看不懂这个日期"), ("2020-01-01", "复查日期要在明天以后")],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(world: World, day: str, said: str) -> None:
    case = world.case("village")
    form = sent(case, "suspend", "applicant_away", note="在女儿家", **{"suspend-review_on": day})
    answer = logged_in(world.by(Role.VILLAGE_VERIFIER)).post(aside(case, "suspend"), form)
    html = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert said in html
    assert "在女儿家" in html
    assert form["key"] in html
    assert re.search(r'value="applicant_away" checked', html)
    assert fresh(case).stage == "accepted"


def test_an_ended_case_is_taken_up_again_on_the_day_the_applicant_asked_and_once(world: World) -> None:
    case, clerk = refused(world), logged_in(world.by(Role.INTAKE_CLERK))
    form = sent(case, "request_review", "refusal_disputed", **{"request_review-asked_on": in_days(0).isoformat()})
    for said in ("现在是“复核中”", "没有重复办理"):
        assert said in clerk.post(aside(case, "request_review"), form, follow=True).content.decode()
    assert Decision.objects.filter(case=case, transition="request_review").count() == 1


def test_a_form_that_comes_too_late_tells_why_and_changes_nothing(world: World) -> None:
    case = world.case("village")
    form = sent(case, "withdraw", "applicant_withdrew")
    logged_in(world.by(Role.INTAKE_CLERK)).post(aside(case, "withdraw"), form)
    other = logged_in(StaffFactory(post=(Role.INTAKE_CLERK, COUNTY)))
    late = other.post(aside(case, "withdraw"), {**form, "key": str(uuid.uuid4())}, follow=True)
    assert "没有办成" in late.content.decode()
    assert Decision.objects.filter(case=case, outcome="withdraw").count() == 1


@pytest.mark.parametrize("item", ["987654", "x"])
def test_an_item_of_another_case_is_not_acted_on_from_here(world: World, item: str) -> None:
    case, other = world.case("village"), world.case("village")
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    for number in (item, str(open_item(other).pk)):
        form = sent(case, "withdraw", "applicant_withdrew", item=number)
        assert clerk.post(aside(case, "withdraw"), form).status_code == 404
    assert (fresh(case).stage, fresh(other).stage) == ("accepted", "accepted")


# -- the review, and the list, on the case page ------------------------------------------------------------------------


def test_the_reviewer_sees_the_decision_its_reasons_who_took_it_and_who_cannot_review_it(world: World) -> None:
    case = under_review(world, refused(world))
    html = page_of(case, newcomer()).split("要复核的决定")[1]
    approver = world.by(Role.COUNTY_APPROVER).name
    for words in ("县级审批：不予批准", "不属于补贴对象", approver, "办过这件、不能复核的人", "3,380.00"):
        assert words in html
    assert [value for value in ("uphold", "remit", "overturn") if f'value="{value}" required>' not in html] == []


def test_who_refused_it_reads_that_they_cannot_review_it(world: World) -> None:
    case = under_review(world, refused(world))
    assert "您已在这件案子里承担“审批”" in page_of(case, world.by(Role.COUNTY_APPROVER))


def test_the_main_form_of_a_suspended_case_takes_it_up_again(world: World) -> None:
    case, clerk = suspended(world), world.by(Role.INTAKE_CLERK)
    assert 'name="outcome" value="resume"' in page_of(case, clerk)
    form = {"key": str(uuid.uuid4()), "outcome": "resume", "note": ""}
    logged_in(clerk).post(reverse("desk:decide", args=[open_item(case).pk]), form)
    assert fresh(case).stage == "accepted"


def test_the_list_is_written_with_the_decision_and_ticked_off_with_the_next(world: World) -> None:
    case, clerk = world.case("intake"), logged_in(world.by(Role.INTAKE_CLERK))
    url, form = reverse("desk:decide", args=[open_item(case).pk]), {"key": str(uuid.uuid4()), "note": ""}
    asked = {"outcome": "ask_for_papers", "reasons_ask_for_papers": "papers_missing"}
    refusal = clerk.post(url, {**form, **asked})
    assert "请写明要补哪些材料" in unescape(refusal.content.decode())
    named = {"ask_for_papers-papers_kinds": ["itemised_bill"], "ask_for_papers-papers_words": "户口簿\n\n第二页"}
    assert clerk.post(url, {**form, **asked, **named}).status_code == 302
    papers = list(WantedPaper.objects.filter(case=case))
    assert [paper.label for paper in papers] == ["费用清单", "户口簿", "第二页"]

    url, form = reverse("desk:decide", args=[open_item(case).pk]), {"key": str(uuid.uuid4()), "outcome": "resubmit"}
    ticks = {f"resubmit-ticks_{paper.pk}": "brought" for paper in papers[:2]}
    html = unescape(clerk.post(url, {**form, **ticks}).content.decode())
    assert "第二页：请核对：已补来，还是不再需要" in html
    assert clerk.post(url, {**form, **ticks, f"resubmit-ticks_{papers[2].pk}": "waived"}).status_code == 302
    assert list(WantedPaper.objects.filter(case=case).values_list("answer", flat=True)) == ["brought"] * 2 + ["waived"]
    assert "告知申请人补的材料" in page_of(case, world.by(Role.INTAKE_CLERK))


def test_a_case_page_costs_a_few_statements_more_for_what_it_offers(
    world: World, django_assert_max_num_queries: Any
) -> None:
    client = logged_in(world.by(Role.INTAKE_CLERK))
    for case in (world.case("payment"), refused(world), wanting(world)):
        client.get(reverse("desk:case", args=[case.number]))
        with django_assert_max_num_queries(25):
            client.get(reverse("desk:case", args=[case.number]))


# -- money that came back -------------------------------------------------------------------------------------------


def test_the_payments_officer_writes_down_on_a_closed_case_that_its_money_came_back(world: World) -> None:
    case, officer = world.case("end"), world.by(Role.PAYMENT_OFFICER)
    assert offered(case, officer) == ["came_back"]
    assert offered(case, world.by(Role.INTAKE_CLERK)) == ["request_review"]
    page = unescape(logged_in(officer).get(aside(case, "came_back")).content.decode())
    assert "银行的退回单" in page and "银行退回的日期" in page and "退回的是哪一笔" not in page
    answer = {"came_back-came_back_on": in_days(0).isoformat(), "came_back-bank_reason": "账户已销户"}
    form = sent(case, "came_back", "sent_back_late", **answer)
    done = logged_in(officer).post(aside(case, "came_back"), form)
    assert (done.status_code, fresh(case).stage, open_item(case).step) == (302, "approved", "account")
    again = logged_in(officer).post(aside(case, "came_back"), form)
    assert again.status_code == 302
    assert Decision.objects.filter(case=case, outcome="came_back").count() == 1


def test_of_a_case_paid_in_rounds_the_page_asks_which_payment_it_was(world: World) -> None:
    case = longer(world, remitted(world, world.case("end")))
    paid_again(world, walked_on(world, case, "payment"))
    case, officer = fresh(case), world.by(Role.PAYMENT_OFFICER)
    page = unescape(logged_in(officer).get(aside(case, "came_back")).content.decode())
    first, second = BatchLine.objects.filter(case=case).order_by("pk")
    assert "退回的是哪一笔" in page and first.batch.number in page and second.batch.number in page
    answer: dict[str, Any] = {"came_back-came_back_on": in_days(0).isoformat(), "came_back-bank_reason": "销户"}
    without = logged_in(officer).post(aside(case, "came_back"), sent(case, "came_back", "sent_back_late", **answer))
    assert without.status_code == 422
    answer["came_back-came_back_lines"] = [second.pk]
    logged_in(officer).post(aside(case, "came_back"), sent(case, "came_back", "sent_back_late", **answer))
    assert (fresh(case).paid_amount, fresh(case).stage) == (first.amount, "approved")


def test_a_case_left_as_it_was_paid_is_offered_to_be_decided_anew(world: World) -> None:
    case, officer = left_as_it_was_paid(world), world.by(Role.PAYMENT_OFFICER)
    assert offered(case, officer) == ["came_back_anew"]
    assert "案件回到受理重新核定" in unescape(logged_in(officer).get(aside(case, "came_back_anew")).content.decode())
