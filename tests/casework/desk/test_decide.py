"""Deciding one case from its page: what may be done, what was typed is kept, and on to the next."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from casework.access import access_of
from casework.desk.decide import decision_form_for
from casework.models import Case, Decision, DeclaredRelative, Event, Role, Staff, Stage, WorkItem
from tests.factories import StaffFactory
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, World, open_item, photographed
from workflows.holding import claim
from workflows.perform import perform


@pytest.fixture
def reviewer(world: World) -> Staff:
    return world.by(Role.TOWNSHIP_REVIEWER)


@pytest.fixture
def item(world: World) -> WorkItem:
    return open_item(world.case(at="township"))


def send(client: Client, item: WorkItem, by: Staff, query: str = "", **data: Any) -> Any:
    client.force_login(by)
    form = {"outcome": "pass", "note": "", "key": str(uuid.uuid4()), **data}
    return client.post(reverse("desk:decide", args=[item.pk]) + query, form)


def told(answer: Any) -> list[str]:
    return [str(message) for message in answer.wsgi_request._messages]


def test_a_decision_moves_the_case_and_goes_on_to_the_next_of_the_queue(
    client: Client, world: World, reviewer: Staff, item: WorkItem
) -> None:
    following = world.case(at="township")
    query = f"?queue={TOWNSHIP}.township_reviewer&step=nursing_subsidy.township"
    answer = send(client, item, reviewer, query, note="材料齐全")
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:case", args=[following.number]) + query)
    assert told(answer) == [f"{item.process.number}：审核通过。"]
    decision = Decision.objects.get(work_item=item)
    assert (decision.staff_id, decision.note) == (reviewer.pk, "材料齐全")
    assert Case.objects.get(pk=item.process_id).stage == Stage.REVIEWED


def test_after_the_last_of_the_queue_it_goes_back_to_what_was_passed_over(
    client: Client, world: World, reviewer: Staff, item: WorkItem
) -> None:
    last = open_item(world.case(at="township"))
    assert send(client, last, reviewer)["Location"] == reverse("desk:case", args=[item.process.number])


def test_what_a_colleague_holds_is_not_the_next(client: Client, world: World, reviewer: Staff, item: WorkItem) -> None:
    held = open_item(world.case(at="township"))
    claim(held.pk, by=StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP)))
    answer = send(client, item, reviewer)
    assert answer["Location"] == reverse("desk:queue")
    assert told(answer)[1] == "这一队里没有等您办的了。"


def test_narrowed_to_a_village_the_next_comes_from_that_village(
    client: Client, world: World, reviewer: Staff, item: WorkItem
) -> None:
    world.case(at="township")
    query = f"?queue={TOWNSHIP}.township_reviewer&village={TOWNSHIP}999"
    answer = send(client, item, reviewer, query)
    assert answer["Location"] == reverse("desk:queue") + query


def test_sent_twice_it_is_done_once_and_says_so(client: Client, reviewer: Staff, item: WorkItem) -> None:
    key = str(uuid.uuid4())
    send(client, item, reviewer, key=key)
    events = Event.objects.count()
    again = send(client, item, reviewer, key=key)
    assert again.status_code == 302
    assert any("没有重复办理" in line for line in told(again))
    assert (Decision.objects.filter(work_item=item).count(), Event.objects.count()) == (1, events)


def test_a_refusal_gives_the_form_back_with_everything_typed_and_all_that_is_missing(
    client: Client, reviewer: Staff, item: WorkItem
) -> None:
    key = str(uuid.uuid4())
    answer = send(client, item, reviewer, outcome="send_back", note="照片是去年的 <b>", key=key)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请选择至少一条理由" in page
    assert "照片是去年的 &lt;b&gt;</textarea>" in page
    assert f'name="key" value="{key}"' not in page
    assert 'value="send_back" required checked' in page
    assert item.process.applicant.name in page
    assert not Decision.objects.filter(work_item=item).exists()


def test_reasons_that_were_picked_stay_picked(client: Client, world: World) -> None:
    item = open_item(world.case(at="village"))
    verifier = world.by(Role.VILLAGE_VERIFIER)
    answer = send(client, item, verifier, outcome="pass", reasons_refuse=["late"], note="")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "至少一张入户照片" in page
    assert "请在意见栏写明入户核实的情况" in page
    assert 'name="reasons_refuse" value="late" checked' in page


def test_only_the_reasons_of_the_chosen_outcome_count(client: Client, reviewer: Staff, item: WorkItem) -> None:
    data = {"reasons_send_back": ["photograph_unclear"], "reasons_refuse": ["late"]}
    send(client, item, reviewer, outcome="send_back", **data)
    assert Decision.objects.get(work_item=item).reasons == ["photograph_unclear"]


def test_somebody_elses_decision_is_told_with_what_was_written_still_there(
    client: Client, reviewer: Staff, item: WorkItem
) -> None:
    colleague = StaffFactory(name="刘畅", post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    perform(item.pk, "pass", by=colleague)
    answer = send(client, item, reviewer, outcome="refuse", reasons_refuse=["late"], note="写了很久的一段话")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "这一步已由刘畅于" in page
    assert "写了很久的一段话" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"outcome": ""}, "请选一项决定"),
        ({"key": ""}, "页面不完整"),
        ({"key": "not-a-key"}, "页面不完整"),
        ({"note": "字" * 2001}, "最多2000字"),
        ({"outcome": "nothing"}, "没有“nothing”这种结果"),
    ],
)
def test_what_cannot_be_understood_is_said_and_nothing_happens(
    client: Client, reviewer: Staff, item: WorkItem, data: dict[str, str], words: str
) -> None:
    answer = send(client, item, reviewer, **data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Decision.objects.filter(work_item=item).exists()


def test_an_item_of_another_place_is_as_if_there_were_none(client: Client, item: WorkItem) -> None:
    elsewhere = StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    assert send(client, item, elsewhere).status_code == 404
    for name in ("desk:claim", "desk:release", "desk:hand_over"):
        assert client.post(reverse(name, args=[item.pk])).status_code == 404
    assert client.get(reverse("desk:item", args=[item.pk])).status_code == 404


def test_looking_never_decides(client: Client, reviewer: Staff, item: WorkItem) -> None:
    client.force_login(reviewer)
    for name in ("desk:decide", "desk:claim", "desk:release", "desk:hand_over"):
        assert client.get(reverse(name, args=[item.pk])).status_code == 405
    assert client.get(reverse("desk:item", args=[item.pk]))["Location"] == reverse(
        "desk:case", args=[item.process.number]
    )


# -- what I may do now, and if not why not -------------------------------------------------------------------------


def form_for(item: WorkItem, staff: Staff) -> Any:
    fresh = WorkItem.objects.select_related("process__applicant", "owner").get(pk=item.pk)
    return decision_form_for(fresh, access_of(staff), staff)


def test_the_form_offers_every_outcome_with_what_follows_and_the_reasons_that_fit(
    reviewer: Staff, item: WorkItem
) -> None:
    form = form_for(item, reviewer)
    offered = {choice.value: choice for choice in form.outcomes}
    assert list(offered) == ["pass", "send_back", "refuse"]
    assert offered["pass"].hint == "转“县级审批”。"
    assert offered["refuse"].hint == "案件到此结束：不予批准。会告知申请人。"
    assert offered["pass"].reasons == []
    assert "photograph_unclear" in [reason.value for reason in offered["send_back"].reasons]
    assert "late" not in [reason.value for reason in offered["send_back"].reasons]
    assert uuid.UUID(form.key)
    assert (form.refused, form.hands.claim_url) == ([], reverse("desk:claim", args=[item.pk]))


def test_an_outcome_that_cannot_be_chosen_yet_says_why(world: World) -> None:
    item = open_item(world.case(at="village"))
    verifier = world.by(Role.VILLAGE_VERIFIER)
    assert form_for(item, verifier).outcomes[0].missing == ["至少一张入户照片，请先上传"]
    photographed(item.process)
    assert form_for(item, verifier).outcomes[0].missing == []


def test_who_may_not_decide_is_told_why(world: World, reviewer: Staff, item: WorkItem) -> None:
    colleague = StaffFactory(name="刘畅", post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    relative = StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    DeclaredRelative.objects.create(
        staff=relative,
        identity_hash=item.process.applicant.identity_hash,
        relation="姐姐",
        declared_on=localdate(),
    )
    claim(item.pk, by=colleague)
    people = (
        (world.by(Role.COUNTY_APPROVER), "您现在没有这个岗位"),
        (world.by(Role.AUDITOR), "您现在没有这个岗位"),
        (relative, "依规应当回避"),
        (reviewer, "这件已由刘畅领取"),
    )
    for staff, words in people:
        form = form_for(item, staff)
        assert words in form.refused[0], staff
        assert form.outcomes == []


def test_what_is_done_in_a_batch_is_not_offered_here(world: World) -> None:
    item = open_item(world.case(at="payment"))
    form = form_for(item, world.by(Role.PAYMENT_OFFICER))
    assert (form.outcomes, form.hands) == ([], None)
    assert "在发放批次里成批办理" in form.refused[0]


def test_a_finished_step_offers_nothing(reviewer: Staff, item: WorkItem) -> None:
    perform(item.pk, "pass", by=reviewer)
    assert "已经办完" in form_for(item, reviewer).refused[0]


# -- whose hands it is in -------------------------------------------------------------------------------------------


def test_the_buttons_claim_put_back_and_pass_on(client: Client, reviewer: Staff, item: WorkItem) -> None:
    colleague = StaffFactory(name="刘畅", post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    client.force_login(reviewer)
    case_url = reverse("desk:case", args=[item.process.number])
    answer = client.post(reverse("desk:claim", args=[item.pk]) + f"?queue={TOWNSHIP}.township_reviewer&evil=1")
    assert answer["Location"] == f"{case_url}?queue={TOWNSHIP}.township_reviewer"
    assert form_for(item, reviewer).hands.release_url
    assert [one.name for one in form_for(item, reviewer).hands.colleagues] == ["刘畅"]
    client.post(reverse("desk:release", args=[item.pk]))
    assert WorkItem.objects.get(pk=item.pk).owner_id is None
    client.post(reverse("desk:hand_over", args=[item.pk]), {"to": colleague.pk})
    assert WorkItem.objects.get(pk=item.pk).owner_id == colleague.pk
    answer = client.post(reverse("desk:release", args=[item.pk]))
    assert told(answer)[-1] == "这件已由刘畅领取。请先商量，由对方退回待办或移交给您。"


@pytest.mark.parametrize("to", ["", "x", "987654"])
def test_passing_on_to_nobody_is_said(client: Client, reviewer: Staff, item: WorkItem, to: str) -> None:
    client.force_login(reviewer)
    answer = client.post(reverse("desk:hand_over", args=[item.pk]), {"to": to})
    assert told(answer) == ["请选移交给谁。"]


def test_a_colleague_may_take_over_what_somebody_left_behind(client: Client, reviewer: Staff, item: WorkItem) -> None:
    colleague = StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP))
    claim(item.pk, by=reviewer)
    reviewer.posts.update(valid_to=reviewer.posts.get().valid_from)
    hands = form_for(item, colleague).hands
    assert "已不在这个岗位" in hands.words
    client.force_login(colleague)
    client.post(hands.claim_url)
    assert WorkItem.objects.get(pk=item.pk).owner_id == colleague.pk


def test_deciding_costs_the_gateways_statements_and_a_few_to_find_the_next(
    client: Client, world: World, reviewer: Staff, item: WorkItem, django_assert_max_num_queries: Any
) -> None:
    world.case(at="township")
    client.force_login(reviewer)
    form = {"outcome": "pass", "note": "", "key": str(uuid.uuid4())}
    url = reverse("desk:decide", args=[item.pk]) + f"?queue={TOWNSHIP}.township_reviewer"
    with django_assert_max_num_queries(20):
        assert client.post(url, form).status_code == 302


def test_a_queue_that_is_not_mine_is_not_gone_on_with(client: Client, world: World, item: WorkItem) -> None:
    approver = world.by(Role.COUNTY_APPROVER)
    answer = send(client, item, approver, f"?queue={COUNTY}.intake_clerk")
    assert answer.status_code == 422
    assert "您现在没有这个岗位" in answer.content.decode()
