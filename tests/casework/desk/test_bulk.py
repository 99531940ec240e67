"""Many alike at once: looked at together, each through the gateway, a report for each, and never twice."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime

from casework.desk import bulk as desk_bulk
from casework.models import Case, Decision, DeclaredRelative, Event, Role, Staff, Stage, WantedPaper, WorkItem
from tests.factories import PersonFactory, StaffFactory
from tests.workflows.second_thoughts.stories import BILL, brought, in_days, say, wanting
from tests.world import OTHER_VILLAGE, TOWNSHIP, World, open_item
from workflows import bulk as workflows_bulk
from workflows import trail
from workflows.bulk import perform_many
from workflows.holding import claim
from workflows.refusals import NotAllowed

URL = "/desk/bulk/"


@pytest.fixture
def reviewer(world: World) -> Staff:
    return world.by(Role.TOWNSHIP_REVIEWER)


@pytest.fixture
def items(world: World) -> list[WorkItem]:
    """Three cases waiting for the township."""
    names = ("向冬梅", "石秀兰", "田桂英")
    people = [PersonFactory(name=name, registered=True) for name in names]
    return [open_item(world.case(at="township", person=person)) for person in people]


def ticked(items: list[WorkItem], outcome: str = "pass", **more: Any) -> dict[str, Any]:
    return {"item": [item.pk for item in items], "outcome": outcome, **more}


def confirmed(items: list[WorkItem], outcome: str = "pass", **more: Any) -> dict[str, Any]:
    return ticked(items, outcome, **{"confirmed": "1", "note": "", "key": str(uuid.uuid4()), **more})


def test_what_is_ticked_is_first_looked_at_with_the_sum_and_nothing_is_decided(
    client: Client, reviewer: Staff, items: list[WorkItem]
) -> None:
    client.force_login(reviewer)
    answer = client.post(URL, ticked(items))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "一并办理：审核通过，3件" in page
    assert all(item.process.applicant.name in page for item in items)
    assert "10,140.00" in page
    assert re.search(r'name="key" value="[0-9a-f-]{36}"', page)
    assert not Decision.objects.filter(step="township").exists()


def test_confirmed_each_is_decided_and_the_report_says_so(
    client: Client, reviewer: Staff, items: list[WorkItem]
) -> None:
    client.force_login(reviewer)
    answer = client.post(URL, confirmed(items, note="名册已核对"), follow=True)
    page = answer.content.decode()
    assert page.count("已办好") == 4
    assert {row.note for row in Decision.objects.filter(step="township")} == {"名册已核对"}
    assert set(Case.objects.values_list("stage", flat=True)) == {Stage.REVIEWED}
    assert list(trail.breaks()) == []


def test_one_that_is_refused_keeps_no_other_from_being_done(
    client: Client, reviewer: Staff, items: list[WorkItem]
) -> None:
    claim(items[0].pk, by=StaffFactory(name="刘畅", post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP)))
    DeclaredRelative.objects.create(
        staff=reviewer,
        identity_hash=items[1].process.applicant.identity_hash,
        relation="妹妹",
        declared_on="2026-01-01",
    )
    client.force_login(reviewer)
    page = client.post(URL, confirmed(items), follow=True).content.decode()
    assert "这件已由刘畅领取" in page
    assert "依规应当回避" in page
    assert [row.work_item_id for row in Decision.objects.filter(step="township")] == [items[2].pk]
    # What is left to do stands first.
    assert page.index("石秀兰") < page.index("田桂英")


def test_the_report_can_be_read_again_and_decides_nothing(
    client: Client, reviewer: Staff, items: list[WorkItem]
) -> None:
    client.force_login(reviewer)
    answer = client.post(URL, confirmed(items))
    events = Event.objects.count()
    pages = [client.get(answer["Location"]).content.decode() for _time in range(2)]
    assert all(page.count("已办好") == 4 for page in pages)
    assert Event.objects.count() == events


def test_the_same_form_sent_again_finds_all_done_by_itself(
    client: Client, reviewer: Staff, items: list[WorkItem]
) -> None:
    client.force_login(reviewer)
    form = confirmed(items)
    client.post(URL, form)
    events = Event.objects.count()
    page = client.post(URL, form, follow=True).content.decode()
    assert page.count("没有重复办理") == 3
    assert "没有办成" not in page.split("<table")[1]
    assert Event.objects.count() == events


def test_one_cut_off_in_the_middle_can_be_sent_again(reviewer: Staff, items: list[WorkItem]) -> None:
    key = uuid.uuid4()
    ids = [item.pk for item in items]
    perform_many(ids[:1], "pass", by=reviewer, key=key)
    lines = perform_many(ids, "pass", by=reviewer, key=key)
    assert [bool(line.receipt and line.receipt.repeated) for line in lines] == [True, False, False]


def test_another_form_over_the_same_cases_is_told_who_was_first(reviewer: Staff, items: list[WorkItem]) -> None:
    ids = [item.pk for item in items]
    perform_many(ids, "pass", by=reviewer, key=uuid.uuid4())
    lines = perform_many(ids, "pass", by=reviewer, key=uuid.uuid4())
    assert all(reviewer.name in line.refusal for line in lines)


def test_refusing_many_needs_a_reason_and_gives_it_to_each(
    client: Client, reviewer: Staff, items: list[WorkItem]
) -> None:
    client.force_login(reviewer)
    asked = client.post(URL, ticked(items, "refuse")).content.decode()
    assert "理由，每件都写这一条" in asked
    without = client.post(URL, confirmed(items, "refuse", note="写好的话"))
    assert without.status_code == 422
    assert "请至少选一条理由" in without.content.decode()
    assert "写好的话" in without.content.decode()
    client.post(URL, confirmed(items, "refuse", reasons=["late"]))
    assert [row.reasons for row in Decision.objects.filter(step="township")] == [["late"]] * 3


# -- what is asked of all ----------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(world: World) -> list[WorkItem]:
    """Three cases waiting at intake."""
    return [open_item(world.enter()) for _number in range(3)]


ASKED = {"papers_kinds": ["itemised_bill"], "papers_words": "出院小结第二页\n\n费用清单", "reasons": ["papers_missing"]}


def test_many_are_asked_for_the_same_papers_and_each_gets_its_list(
    client: Client, world: World, waiting: list[WorkItem]
) -> None:
    client.force_login(world.by(Role.INTAKE_CLERK))
    page = client.post(URL, ticked(waiting, "ask_for_papers")).content.decode()
    assert "要补哪些材料（一次写全）" in page and "其他要补的，每行写一项" in page
    answer = client.post(URL, confirmed(waiting, "ask_for_papers", **ASKED), follow=True)
    assert answer.content.decode().count("已办好") == 4
    for item in waiting:
        papers = WantedPaper.objects.filter(case=item.process_id)
        assert [(paper.label, paper.asked_in_id) for paper in papers] == [
            ("费用清单", item.pk), ("出院小结第二页", item.pk)
        ]  # fmt: skip
    assert list(trail.breaks()) == []


def test_many_are_suspended_until_one_day_and_taken_up_again_together(
    client: Client, reviewer: Staff, world: World, items: list[WorkItem]
) -> None:
    client.force_login(reviewer)
    page = client.post(URL, ticked(items, "suspend")).content.decode()
    assert "复查日期" in page and "案件停在这里，等到复查日期" in page
    until = {"review_on": in_days(20).isoformat(), "reasons": ["applicant_away"]}
    client.post(URL, confirmed(items, "suspend", **until))
    suspended = [open_item(item.process) for item in items]
    assert {(item.step, localtime(item.due_at).date()) for item in suspended} == {("suspended", in_days(20))}
    client.force_login(world.by(Role.INTAKE_CLERK))
    client.post(URL, confirmed(suspended, "resume"))
    assert {open_item(item.process).step for item in items} == {"township"}
    assert list(trail.breaks()) == []


@pytest.mark.parametrize(
    ("outcome", "said", "words"),
    [
        ("suspend", {"reasons": ["applicant_away"]}, "请填写这一项"),
        ("suspend", {"reasons": ["applicant_away"], "review_on": "二十日"}, "看不懂这个日期"),
        ("suspend", {"reasons": ["applicant_away"], "review_on": "2020-01-01"}, "复查日期要在明天以后"),
        ("suspend", {"review_on": "2099-01-01"}, "请至少选一条理由"),
    ],
)
def test_an_answer_that_will_do_for_none_is_asked_for_again_with_all_that_was_typed(
    client: Client, reviewer: Staff, items: list[WorkItem], outcome: str, said: dict[str, Any], words: str
) -> None:
    client.force_login(reviewer)
    answer = client.post(URL, confirmed(items, outcome, note="等住院回来", **said))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page and "等住院回来" in page
    assert str(said.get("review_on", "")) in page
    assert not Decision.objects.filter(outcome=outcome).exists()


def test_an_empty_list_of_papers_is_asked_for_again(client: Client, world: World, waiting: list[WorkItem]) -> None:
    client.force_login(world.by(Role.INTAKE_CLERK))
    answer = client.post(URL, confirmed(waiting, "ask_for_papers", reasons=["papers_missing"]))
    assert answer.status_code == 422
    assert "请写明要补哪些材料" in answer.content.decode()


def test_one_whom_the_list_does_not_fit_is_reported_beside_the_others(
    client: Client, world: World, waiting: list[WorkItem]
) -> None:
    """A paper that was brought in that case already."""
    clerk = world.by(Role.INTAKE_CLERK)
    case = wanting(world, (BILL,), waiting[0].process)
    say(case, "resubmit", clerk, ticks=brought(case))
    client.force_login(clerk)
    chosen = [open_item(item.process) for item in waiting]
    page = client.post(URL, confirmed(chosen, "ask_for_papers", **ASKED), follow=True).content.decode()
    assert "“费用清单”以前已经告知并核对过" in page
    assert page.count("没有办成") == 2 and page.count("已办好") == 3


def test_what_must_be_ticked_for_each_by_itself_is_not_offered_for_many(client: Client, world: World) -> None:
    client.force_login(world.by(Role.INTAKE_CLERK))
    item = open_item(wanting(world))
    page = client.post(URL, confirmed([item], "resubmit"), follow=True).content.decode()
    assert "请选一项一并作出的决定" in page


def test_a_wrong_form_keeps_its_key(client: Client, reviewer: Staff, items: list[WorkItem]) -> None:
    client.force_login(reviewer)
    key = str(uuid.uuid4())
    page = client.post(URL, confirmed(items, "refuse", key=key)).content.decode()
    assert f'name="key" value="{key}"' in page


@pytest.mark.parametrize(
    ("form", "words"),
    [({"outcome": "pass"}, "还没有勾选案件"), ({"item": ["987654", "x"], "outcome": "pass"}, "已不在这里")],
)
def test_nothing_ticked_or_nothing_there_goes_back_with_a_sentence(
    client: Client, reviewer: Staff, form: dict[str, Any], words: str
) -> None:
    client.force_login(reviewer)
    page = client.post(URL, form, follow=True).content.decode()
    assert words in page


def test_an_outcome_the_step_has_not_goes_back_with_a_sentence(
    client: Client, reviewer: Staff, items: list[WorkItem]
) -> None:
    client.force_login(reviewer)
    for outcome in ("", "approve"):
        assert "请选一项一并作出的决定" in client.post(URL, ticked(items, outcome), follow=True).content.decode()


def test_cases_at_different_steps_are_not_decided_together(client: Client, world: World) -> None:
    clerk = world.by(Role.INTAKE_CLERK)
    client.force_login(clerk)
    mixed = [open_item(world.enter()), open_item(world.case(at="township"))]
    page = client.post(URL, ticked(mixed, "accept"), follow=True).content.decode()
    assert "请先按环节筛选" in page


def test_what_belongs_to_a_payment_batch_is_not_decided_here(client: Client, world: World) -> None:
    officer = world.by(Role.PAYMENT_OFFICER)
    client.force_login(officer)
    item = open_item(world.case(at="payment"))
    page = client.post(URL, confirmed([item], "draw"), follow=True).content.decode()
    assert "请选一项一并作出的决定" in page
    assert Case.objects.get().stage == Stage.APPROVED


def test_no_more_than_so_many_at_once(
    client: Client, reviewer: Staff, items: list[WorkItem], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_bulk, "MOST", 2)
    monkeypatch.setattr(workflows_bulk, "MOST", 2)
    client.force_login(reviewer)
    assert "一次最多办2件" in client.post(URL, confirmed(items), follow=True).content.decode()
    with pytest.raises(NotAllowed, match="一次最多办2件"):
        perform_many([item.pk for item in items], "pass", by=reviewer, key=uuid.uuid4())
    assert not Decision.objects.filter(step="township").exists()


def test_cases_of_another_place_are_as_if_they_were_not_there(client: Client, items: list[WorkItem]) -> None:
    client.force_login(StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE)))
    page = client.post(URL, confirmed(items), follow=True).content.decode()
    assert "已不在这里" in page
    assert "向冬梅" not in page


def test_a_report_is_only_for_who_made_it(client: Client, reviewer: Staff, items: list[WorkItem]) -> None:
    client.force_login(reviewer)
    address = client.post(URL, confirmed(items))["Location"]
    other = Client()
    other.force_login(StaffFactory(post=(Role.TOWNSHIP_REVIEWER, TOWNSHIP)))
    assert other.get(address).status_code == 404
    assert client.get(reverse("desk:bulk_report", args=[uuid.uuid4()])).status_code == 404
    assert client.get(URL).status_code == 405


def test_a_session_remembers_a_few_reports_only(client: Client, world: World, reviewer: Staff) -> None:
    client.force_login(reviewer)
    addresses = []
    for _number in range(4):
        addresses.append(client.post(URL, confirmed([open_item(world.case(at="township"))]))["Location"])
    assert [client.get(address).status_code for address in addresses] == [404, 200, 200, 200]


def test_looking_at_them_together_takes_the_same_few_statements_however_many(
    client: Client, reviewer: Staff, items: list[WorkItem], django_assert_max_num_queries: Any
) -> None:
    client.force_login(reviewer)
    with django_assert_max_num_queries(5):
        client.post(URL, ticked(items))
