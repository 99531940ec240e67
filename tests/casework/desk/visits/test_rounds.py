"""The pages of a round: what each post sees and may press."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from casework.models import Case, Role, Staff, VisitRound, VisitTeam
from tests.factories import StaffFactory
from tests.workflows.visits import stories
from tests.world import COUNTY, VILLAGE, World


def at_desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def test_a_keeper_sets_a_round_up_and_takes_it_on(world: World) -> None:
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    today = localdate()
    said = {
        "division": COUNTY,
        "year": 2026,
        "festival": "spring",
        "title": "2026年春节慰问",
        "form": "card",
        "standard": "500",
        "budget": "21000",
        "fund_source": "县级财政预算",
        "basis": "示例县方案",
        "categories": ["bereaved"],
        "nominate_by": today,
        "visit_from": today,
        "visit_to": today + datetime.timedelta(days=9),
    }
    answer = clerk.post(reverse("desk:visit_round_new"), said, follow=True)
    assert "已建立“2026年春节慰问”" in text(answer)
    found = VisitRound.objects.get()
    clerk.post(reverse("desk:visit_round_state", args=[found.pk]), {"state": "nominating"})
    clerk.post(reverse("desk:visit_round_budget", args=[found.pk]), {"budget": "30000"})
    found.refresh_from_db()
    assert (found.state, found.budget) == ("nominating", Decimal("30000.00"))


def test_more_than_the_terms_allow_is_refused_with_the_clause(world: World) -> None:
    stories.a_round(world)
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    form = clerk.get(reverse("desk:visit_round_new")).context["form"]
    said = {
        **form.initial,
        "division": COUNTY,
        "title": "过高",
        "festival": "spring",
        "form": "card",
        "budget": "90000",
    }
    said |= {"fund_source": "预算", "basis": "方案", "standard": "2000.01"}
    answer = clerk.post(reverse("desk:visit_round_new"), said)
    assert answer.status_code == 422
    assert "每户标准不能超过2000.00元" in text(answer)


def test_only_those_who_keep_it_are_offered_to(world: World) -> None:
    round_ = stories.a_round(world)
    url = reverse("desk:visit_round", args=[round_.pk])
    assert "管理本轮" in text(at_desk(world.by(Role.COUNTY_APPROVER)).get(url))
    village = at_desk(world.by(Role.VILLAGE_VERIFIER))
    assert "管理本轮" not in text(village.get(url))
    assert "川门湾村委会提名" in text(village.get(url))
    village.post(reverse("desk:visit_round_state", args=[round_.pk]), {"state": "settled"})
    round_.refresh_from_db()
    assert round_.state == "nominating"
    assert village.get(reverse("desk:visit_round_new")).status_code == 404
    assert village.get(reverse("desk:visit_teams", args=[round_.pk])).status_code == 404


def test_another_county_sees_none_of_it(world: World) -> None:
    round_ = stories.a_round(world)
    stranger = at_desk(StaffFactory(post=(Role.INTAKE_CLERK, "430102")))
    assert "2026年春节慰问" not in text(stranger.get(reverse("desk:visit_rounds")))
    for page in ("visit_round", "visit_teams"):
        assert stranger.get(reverse(f"desk:{page}", args=[round_.pk])).status_code == 404


def test_a_village_puts_forward_by_ticks_and_is_told_of_each_that_could_not_be(world: World) -> None:
    round_ = stories.a_round(world)
    fits, other = stories.families(2)
    other.accounts.all().delete()
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    url = reverse("desk:visit_nominate", args=[round_.pk, VILLAGE])
    assert fits.name in text(client.get(url))
    said = {"person": [fits.pk, other.pk], f"reason_{fits.pk}": "老伴住院"}
    answer = text(client.post(url, said, follow=True))
    assert "已提名1户" in answer
    assert f"{other.name}：没有登记过本人的收款账户" in answer
    case = Case.objects.get()
    assert case.facts["remark"] == "老伴住院"
    again = text(client.post(url, {"person": [fits.pk]}, follow=True))
    assert "这一户在本轮已经提名" in again


def test_a_key_of_somebody_elsewhere_is_not_answered_with_their_name(world: World) -> None:
    round_ = stories.a_round(world)
    (stranger,) = stories.families(1, name="买买提江阿卜杜", division_id="430922113239")
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    url = reverse("desk:visit_nominate", args=[round_.pk, VILLAGE])
    answer = text(client.post(url, {"person": [stranger.pk]}, follow=True))
    assert "不在本村的名册里" in answer
    assert stranger.name not in answer


def test_a_village_has_no_page_for_another(world: World) -> None:
    round_ = stories.a_round(world)
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    assert client.get(reverse("desk:visit_nominate", args=[round_.pk, "430922113239"])).status_code == 404


def test_a_team_is_formed_and_given_many_at_once_in_the_order_of_its_route(world: World) -> None:
    round_, cases = stories.approved(world, 3)
    visitor = StaffFactory(username="zoufang", post=(Role.VISITOR, COUNTY))
    client = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:visit_teams", args=[round_.pk])
    today = localdate()
    team = {"name": "第一组", "members": "田山青 常务副会长 zoufang\n文冬 县委副书记", "route": VILLAGE,
            "from_day": today, "to_day": today}  # fmt: skip
    assert "已建立“第一组”" in text(client.post(url, team, follow=True))
    made = VisitTeam.objects.get()
    assert [(one.name, one.rank, one.staff) for one in made.members.all()] == [
        ("田山青", "常务副会长", visitor),
        ("文冬", "县委副书记", None),
    ]
    said = {"number": [case.number for case in cases], "team": made.pk, "day": today}
    answer = client.post(reverse("desk:visit_assign", args=[round_.pk]), said, follow=True)
    assert "已把3户安排给“第一组”" in text(answer)
    assert sorted(made.nominations.values_list("place", flat=True)) == [1, 2, 3]
    assert len(at_desk(visitor).get(reverse("desk:visits_mine")).context["places"]) == 3


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"members": "无账号 组长 nobody"}, "不是本级的走访员：nobody"),
        ({"route": "430102001001"}, "路线里有不属于本轮的村"),
        ({"to_day": "2020-01-01"}, "返回日期不能早于出发日期"),
    ],
)
def test_a_team_that_cannot_be_is_refused_and_keeps_what_was_typed(
    world: World, change: dict[str, str], why: str
) -> None:
    round_ = stories.a_round(world)
    client = at_desk(world.by(Role.INTAKE_CLERK))
    said = {
        "name": "第二组",
        "members": "田山青 会长",
        "route": VILLAGE,
        "from_day": "2026-01-02",
        "to_day": "2026-01-03",
    }
    answer = client.post(reverse("desk:visit_teams", args=[round_.pk]), {**said, **change})
    assert answer.status_code == 422
    assert why in text(answer)
    assert "第二组" in text(answer)


def test_a_rounds_page_asks_as_many_questions_for_two_households_as_for_twelve(
    world: World, django_assert_max_num_queries: Any
) -> None:
    round_, cases = stories.approved(world, 12)
    for seed, case in enumerate(cases):
        stories.visited(world, case, photographs=[stories.photograph(seed)], receipt=b"")
    client = at_desk(world.by(Role.COUNTY_APPROVER))
    client.get(reverse("desk:visit_round", args=[round_.pk]))
    with django_assert_max_num_queries(14):
        page = text(client.get(reverse("desk:visit_round", args=[round_.pk])))
    assert page.count("没有签收") == 12
    assert len(page) < 60_000
