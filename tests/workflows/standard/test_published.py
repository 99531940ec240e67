"""A programme written on a page: drafted, proved, published, used; and what has come into force stays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from casework.models import Case, Event, Role, Staff, TermsPage
from tests.workflows.standard.stories import a_person, granted, walked
from tests.world import World
from workflows import registry
from workflows.refusals import NotAllowed
from workflows.standard import published
from workflows.standard.published import discard, draft, look, publish

SLUG = "winter_aid"
PAGE = """
programme: winter_aid
title: 冬季补助
number_prefix: QNBZ
bank_memo: 冬季补助
fund: 生育关怀资金
applicant: person
common:
  who: {categories: [bereaved], register_valid_on: applied_on, clause: 示例}
  how_often: {times: year, per: person, clause: 示例}
  steps:
    intake: {days: 5, clause: 示例}
    county: {days: 10, clause: 示例}
    payment: {days: 10, clause: 示例}
versions:
  - in_force_from: 2026-01-01
    source: 示例县冬季补助方案
    amount: {kind: fixed, yuan: "600.00", clause: 示例}
"""
NEXT = """  - in_force_from: 2026-12-01
    source: 示例县冬季补助方案（12月起）
    amount: {kind: fixed, yuan: "700.00", clause: 示例}
"""


@pytest.fixture(autouse=True)
def _in_the_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "SOURCES", (registry.in_python, registry.as_terms, registry.on_pages))
    cache.delete(published.MARK)
    registry.forget()
    with time_machine.travel("2026-11-20 10:00+08:00"):
        yield
    monkeypatch.undo()
    cache.delete(published.MARK)
    registry.forget()


@pytest.fixture
def supervisor(world: World) -> Staff:
    return world.by(Role.SUPERVISOR)


def put_in_force(by: Staff, text: str = PAGE) -> TermsPage:
    page = publish(draft(SLUG, text, by=by).pk, by=by)
    registry.forget()  # on commit; a test's transaction has none
    return page


def test_what_is_published_can_be_applied_for_and_is_paid(world: World, supervisor: Staff) -> None:
    put_in_force(supervisor)

    case = walked(world, granted(world, SLUG, a_person(), on="2026-11-20"))

    assert (case.stage, f"{case.paid_amount:.2f}", case.number[:4]) == ("closed", "600.00", "QNBZ")


def test_a_draft_is_no_programme(supervisor: Staff) -> None:
    draft(SLUG, PAGE, by=supervisor)
    registry.forget()

    assert SLUG not in registry.programmes()


def test_publishing_twice_publishes_once_and_is_in_the_trail(supervisor: Staff) -> None:
    page = put_in_force(supervisor)

    assert publish(page.pk, by=supervisor).published_at == page.published_at
    event = Event.objects.get(chain=f"programme:{SLUG}")
    assert (event.action, event.details["versions"]) == ("terms_published", ["2026-01-01"])


def test_a_new_version_changes_nothing_for_cases_under_the_old_one(world: World, supervisor: Staff) -> None:
    put_in_force(supervisor)
    old = granted(world, SLUG, a_person(), on="2026-11-20")

    put_in_force(supervisor, PAGE + NEXT)
    with time_machine.travel("2026-12-05 10:00+08:00"):
        new = granted(world, SLUG, a_person("石玉兰", 502), on="2026-12-05")

    assert f"{walked(world, old).paid_amount:.2f}" == "600.00"
    assert f"{new.amount:.2f}" == "700.00"


def test_with_other_steps_the_old_cases_keep_their_road(world: World, supervisor: Staff) -> None:
    put_in_force(supervisor)
    old = granted(world, SLUG, a_person(), on="2026-11-20")
    steps = "    steps:\n      intake: {days: 5, clause: 示例}\n      township: {days: 5, clause: 示例}\n"
    steps += "      county: {days: 10, clause: 示例}\n      payment: {days: 10, clause: 示例}\n"

    put_in_force(supervisor, PAGE + NEXT + steps)

    found = registry.programme(SLUG)
    assert [step.name for step in found.flow.steps()][:3] == ["intake", "papers", "township"]
    assert Case.objects.get(pk=old.pk).flow_class is found.earlier[0]
    assert walked(world, old).stage == "closed"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("600.00", "900.00"), "2026-01-01起施行的版本已经生效，不能改动"),
        (("QNBZ", "QMBZ"), "案号开头和银行摘要发布以后不能改"),
        (("versions:\n", "versions:\n" + NEXT.replace("2026-12-01", "2026-11-20")), "太早"),
    ],
    ids=["a rate in force", "the prefix", "a version from today"],
)
def test_what_has_come_into_force_stays(supervisor: Staff, change: tuple[str, str], said: str) -> None:
    put_in_force(supervisor)

    page = draft(SLUG, PAGE.replace(*change), by=supervisor)

    with pytest.raises(NotAllowed, match=said):
        publish(page.pk, by=supervisor)


@pytest.mark.parametrize(
    ("slug", "change", "said"),
    [
        (SLUG, ("yuan:", "yuen:"), "第1个版本（2026-01-01）的“amount.yuen”"),
        (SLUG, ("title: 冬季补助", "title: 金秋助学"), "已有项目叫“金秋助学”，请换一个 title"),
        (SLUG, ("number_prefix: QNBZ", "number_prefix: HL"), "案号开头“HL”已由“住院护理补贴”使用"),
        (SLUG, ("    county: {days: 10, clause: 示例}\n", ""), "每个项目都要有受理和县级审批"),
        (SLUG, ("programme: winter_aid", "programme: other"), "“programme”要写“winter_aid”"),
        ("Winter Aid", ("", ""), "代码要用小写英文字母"),
    ],
)
@pytest.mark.django_db
def test_what_is_wrong_is_said_in_a_sentence(slug: str, change: tuple[str, str], said: str) -> None:
    looked = look(slug, PAGE.replace(*change) if change[0] else PAGE)

    assert said in looked.problem
    assert not looked.may_be_published


def test_nothing_wrong_is_published_and_it_stays_a_draft(supervisor: Staff) -> None:
    page = draft(SLUG, PAGE.replace("yuan:", "yuen:"), by=supervisor)

    with pytest.raises(NotAllowed, match="不能发布"):
        publish(page.pk, by=supervisor)

    assert TermsPage.objects.get(pk=page.pk).published_at is None


def test_the_programmes_of_the_house_are_not_rewritten_here(supervisor: Staff) -> None:
    with pytest.raises(NotAllowed, match="随系统提供的项目"):
        draft("freshman_grant", PAGE, by=supervisor)


def test_only_supervisors_write_terms(world: World) -> None:
    for role in (Role.INTAKE_CLERK, Role.COUNTY_APPROVER, Role.ADMINISTRATOR):
        with pytest.raises(NotAllowed, match="督办员"):
            draft(SLUG, PAGE, by=world.by(role))


def test_a_draft_can_be_thrown_away_and_what_is_published_cannot(supervisor: Staff) -> None:
    kept = put_in_force(supervisor)
    thrown = draft(SLUG, PAGE + NEXT, by=supervisor)

    discard(thrown.pk, by=supervisor)
    discard(kept.pk, by=supervisor)

    assert list(TermsPage.objects.all()) == [kept]


def test_another_process_learns_of_it_by_the_mark(supervisor: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "_seen", [0.0, 0.0])
    before = registry.programmes()
    published.look_again()
    assert registry.programmes() is before

    cache.set(published.MARK, 7.0)
    published._seen[0] = 0.0
    published.look_again()
    assert registry.programmes() is not before


# -- the pages ---------------------------------------------------------------------------------------------------------


FORM: dict[str, Any] = {
    "slug": SLUG, "title": "冬季补助", "number_prefix": "QNBZ", "bank_memo": "冬季补助", "fund": "生育关怀资金",
    "categories": ["bereaved"], "yuan": "600", "times": "year", "per": "person", "steps": ["village"],
    "in_force_from": "2026-11-20", "source": "示例县冬季补助方案",
}  # fmt: skip


def test_a_supervisor_adds_a_programme_by_form_and_publishes_it(client: Client, supervisor: Staff) -> None:
    client.force_login(supervisor)
    answer = client.post("/desk/terms/new/", FORM, follow=True)
    shown = answer.content.decode()
    assert answer.status_code == 200 and "流程已证明" in shown
    page = TermsPage.objects.get()
    assert client.get(f"/desk/terms/{page.pk}/").status_code == 200

    client.post(f"/desk/terms/{page.pk}/publish/")
    registry.forget()

    assert registry.programme(SLUG).title == "冬季补助"
    assert [step.name for step in registry.programme(SLUG).flow.steps()][:3] == ["intake", "papers", "village"]
    assert "冬季补助" in client.get("/desk/terms/").content.decode()


def test_a_form_with_a_mistake_comes_back_with_everything_typed(client: Client, supervisor: Staff) -> None:
    client.force_login(supervisor)

    answer = client.post("/desk/terms/new/", {**FORM, "number_prefix": "q", "yuan": ""})

    assert answer.status_code == 422
    assert "要写2到4个大写字母" in answer.content.decode() and 'value="冬季补助"' in answer.content.decode()
    assert not TermsPage.objects.exists()


def test_yaml_with_a_mistake_is_kept_and_says_where(client: Client, supervisor: Staff) -> None:
    client.force_login(supervisor)
    page = draft(SLUG, PAGE, by=supervisor)

    answer = client.post(f"/desk/terms/{page.pk}/", {"text": PAGE.replace("yuan:", "yuen:")}, follow=True)

    shown = answer.content.decode()
    assert "amount.yuen" in shown and "/publish/" not in shown


def test_nobody_else_sees_the_pages(client: Client, world: World, supervisor: Staff) -> None:
    page = draft(SLUG, PAGE, by=supervisor)
    client.force_login(world.by(Role.COUNTY_APPROVER))

    for path in ("", "new/", f"{page.pk}/"):
        assert client.get(f"/desk/terms/{path}").status_code == 404
    client.post(f"/desk/terms/{page.pk}/publish/")
    assert TermsPage.objects.get().published_at is None
