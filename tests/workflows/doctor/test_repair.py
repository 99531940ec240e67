"""What is safe to put right is, through the verbs everybody uses, with a trail that stays whole.

Nothing else is touched; and what was put right is right: doing it again does nothing more.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import models
from django.utils.timezone import now

from casework.models import (
    BatchLine,
    BenefitHold,
    Case,
    Chain,
    Decision,
    Event,
    NumberSeries,
    Participation,
    PaymentBatch,
    Post,
    Role,
    WorkItem,
)
from notifications.models import Outbox
from notifications.outbox import drain, job, try_again
from tests.back_door import Sql
from tests.workflows.doctor.damages import DAMAGES, Damage
from tests.workflows.doctor.harm import GONE_FLOW
from tests.workflows.doctor.ward import case, found, rejected, scope, suspended
from tests.world import COUNTY, World, open_item
from workflows import history, registry, trail
from workflows.doctor import EXAMINATIONS, mended
from workflows.holding import claim, put_back
from workflows.jobs import HANDLERS
from workflows.papers import numbers
from workflows.perform import perform
from workflows.reopening import reopen
from workflows.restoring import restore_item

MENDABLE = {
    "item_missing",
    "holder_left",
    "hold_left",
    "job_given_up",
    "series_behind",
    "alarm_missing",
    "order_missing",
    "pause_left",
}
NEVER_TOUCHED = (Decision, Participation, PaymentBatch, BatchLine)


def mend_all() -> list[str]:
    return [done for examination in EXAMINATIONS for done in mended(examination, scope())]


def lost(sql: Sql, of: Case) -> Case:
    sql("DELETE FROM casework_workitem WHERE process_id = %s AND finished IS NULL", of.pk)
    return Case.objects.get(pk=of.pk)


def rows_of(model: type[models.Model]) -> list[dict[str, object]]:
    return list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]  # every model has it


# -- the missing work item ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["intake", "village", "township", "county", "payment", "payment_check", "bank"])
def test_a_missing_work_item_is_made_anew_where_the_case_was(ward: World, sql: Sql, at: str) -> None:
    before = case(ward, at)
    was = (
        WorkItem.objects.filter(process=before, finished__isnull=True)
        .values("step", "office", "role", "division")
        .get()
    )
    hurt = lost(sql, before)

    (done,) = mend_all()

    item = open_item(hurt)
    assert {field: getattr(item, field) for field in was} == was
    assert item.due_at > now()
    assert item.owner_id is None
    assert hurt.number in done
    assert found() == []
    assert mend_all() == []


def test_the_case_goes_on_from_there_as_if_nothing_had_been(ward: World, sql: Sql) -> None:
    hurt = lost(sql, case(ward, "township"))
    mend_all()
    perform(open_item(hurt).pk, "pass", by=ward.by(Role.TOWNSHIP_REVIEWER), note="属实")
    assert open_item(hurt).step == "county"
    assert found() == []


def test_it_is_in_the_trail_in_the_systems_name_and_in_words(ward: World, sql: Sql) -> None:
    hurt = lost(sql, case(ward, "township"))
    mend_all()
    event = Event.objects.filter(chain=hurt.number).latest("seq")
    assert (event.action, event.actor_id, event.actor_name) == ("repaired", None, "系统")
    assert event.details == {"what": "item_missing", "step": "township"}
    assert history.what(event, registry.programme(hurt.programme)) == "系统修复：补上缺失的待办"
    assert list(trail.breaks()) == []


def test_a_suspended_case_and_one_under_review_are_put_back_where_they_were(ward: World, sql: Sql) -> None:
    resting = lost(sql, suspended(ward))
    reviewed = rejected(ward)
    reopen(reviewed.number, by=ward.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])
    lost(sql, reviewed)
    mend_all()
    assert (open_item(resting).step, open_item(reviewed).step) == ("suspended", "refusal_review")
    assert found() == []


def the_stage_was_altered_too(hurt: Case, sql: Sql) -> None:
    sql("UPDATE casework_case SET stage = 'accepted' WHERE id = %s", hurt.pk)


def the_trail_was_altered_too(hurt: Case, sql: Sql) -> None:
    sql("UPDATE casework_event SET actor_name = '别人' WHERE chain = %s AND seq = 1", hurt.number)


def the_last_decision_was_altered_too(hurt: Case, sql: Sql) -> None:
    last = Decision.objects.filter(case=hurt).latest("pk")
    sql("UPDATE casework_decision SET outcome = 'send_back' WHERE id = %s", last.pk)


def the_flow_is_gone_too(hurt: Case, sql: Sql) -> None:
    sql("UPDATE casework_case SET flow_class = %s WHERE id = %s", GONE_FLOW, hurt.pk)


def it_is_marked_finished_too(hurt: Case, sql: Sql) -> None:
    sql("UPDATE casework_case SET finished = %s WHERE id = %s", now(), hurt.pk)


@pytest.mark.parametrize(
    "worse",
    [
        the_stage_was_altered_too,
        the_trail_was_altered_too,
        the_last_decision_was_altered_too,
        the_flow_is_gone_too,
        it_is_marked_finished_too,
    ],
)
def test_where_there_is_any_doubt_nothing_is_made(ward: World, sql: Sql, worse: Callable[[Case, Sql], None]) -> None:
    hurt = lost(sql, case(ward, "township"))
    worse(hurt, sql)
    assert mend_all() == []
    assert not WorkItem.objects.filter(process=hurt, finished__isnull=True).exists()
    assert ("item_missing", hurt.number) in found()


def test_a_case_that_waits_or_has_ended_or_is_not_there_is_left_alone(ward: World) -> None:
    for number in (case(ward, "township").number, case(ward, "end").number, rejected(ward).number, "HL0"):
        assert restore_item(number) is None


# -- the others --------------------------------------------------------------------------------------------------------


def keeping_its_benefit(ward: World, sql: Sql) -> Case:
    hurt = rejected(ward)
    sql("UPDATE casework_benefithold SET live = %s WHERE case_id = %s", True, hurt.pk)
    return Case.objects.get(pk=hurt.pk)


def test_a_benefit_a_refused_case_has_kept_is_let_go_and_can_be_had_by_another(ward: World, sql: Sql) -> None:
    hurt = keeping_its_benefit(ward, sql)

    assert mend_all() == [f"{hurt.number}：放开了占着的待遇"]

    assert not BenefitHold.objects.filter(case=hurt, live=True).exists()
    event = Event.objects.filter(chain=hurt.number).latest("seq")
    assert (event.action, event.actor_name, event.details) == ("repaired", "系统", {"what": "hold_left"})
    assert history.what(event, registry.programme(hurt.programme)) == "系统修复：放开已经不该占着的待遇"
    assert list(trail.breaks()) == []
    assert (found(), mend_all()) == ([], [])


def it_has_its_days_too(hurt: Case, sql: Sql) -> None:
    sql("UPDATE casework_entitlement SET live = %s WHERE case_id = %s", True, hurt.pk)


def it_was_never_refused(hurt: Case, sql: Sql) -> None:
    sql("UPDATE casework_case SET stage = 'terminated' WHERE id = %s", hurt.pk)


@pytest.mark.parametrize(
    "worse", [it_has_its_days_too, it_was_never_refused, the_trail_was_altered_too, the_last_decision_was_altered_too]
)
def test_where_there_is_any_doubt_no_benefit_is_let_go(
    ward: World, sql: Sql, worse: Callable[[Case, Sql], None]
) -> None:
    hurt = keeping_its_benefit(ward, sql)
    worse(hurt, sql)
    assert mend_all() == []
    assert BenefitHold.objects.filter(case=hurt, live=True).exists()
    assert ("hold_left", hurt.number) in found()


def test_what_a_leaver_held_is_put_back_and_says_whose_it_was(ward: World) -> None:
    hurt, reviewer = case(ward, "township"), ward.by(Role.TOWNSHIP_REVIEWER)
    claim(open_item(hurt).pk, by=reviewer)
    Post.objects.filter(staff=reviewer).update(valid_to="2020-12-31")

    assert mend_all() == [f"{hurt.number}：已退回待办"]

    item = open_item(hurt)
    assert (item.owner_id, item.status) == (None, "NEW")
    event = Event.objects.filter(chain=hurt.number).latest("seq")
    assert (event.action, event.actor_name, event.details["former"]) == ("released", "系统", reviewer.pk)
    assert list(trail.breaks()) == []
    assert mend_all() == []


def test_what_somebody_in_post_holds_stays_theirs(ward: World) -> None:
    item = open_item(case(ward, "township"))
    claim(item.pk, by=ward.by(Role.TOWNSHIP_REVIEWER))
    assert put_back(item.pk) is False
    item.refresh_from_db()
    assert item.owner_id == ward.by(Role.TOWNSHIP_REVIEWER).pk


def test_a_job_given_up_is_tried_again_and_done(ward: World) -> None:
    number = case(ward, "village").number
    Outbox.objects.update(given_up=True, attempts=8, last_error="KeyError")
    (key,) = Outbox.objects.values_list("key", flat=True)
    assert mend_all() == [f"{key}：已放回去重做"]
    assert drain(HANDLERS) == 1
    assert mend_all() == []
    assert number in key


def test_a_job_of_no_known_kind_is_left_for_a_release_that_knows_it(ward: World) -> None:
    strange = job("telegram", "telegram:1", {}, run_at=now())
    strange.given_up = True
    strange.save()
    assert mend_all() == []
    strange.refresh_from_db()
    assert strange.given_up


def test_a_job_that_is_waiting_or_done_is_not_tried_again(ward: World) -> None:
    waiting = job("tell_applicant", "tell:1", {}, run_at=now())
    waiting.save()
    assert try_again(waiting.pk) is False


def test_a_series_is_moved_up_to_the_highest_number_and_the_next_is_a_new_one(ward: World) -> None:
    numbers_given = {case(ward, "intake").number for _ in range(3)}
    key = max(numbers_given)[:12]
    NumberSeries.objects.filter(key=key).update(last=1)

    assert mend_all() == [f"{key}：编号簿已补到3"]

    assert case(ward, "intake").number not in numbers_given
    event = Event.objects.get(chain="repairs")
    assert event.details == {"what": "series_behind", "series": key, "before": 1, "now": 3}
    assert list(trail.breaks()) == []
    assert Chain.objects.get(name="repairs").seq == 1
    assert mend_all() == []


def test_a_series_is_never_moved_back(ward: World) -> None:
    key = case(ward, "intake").number[:12]
    NumberSeries.objects.filter(key=key).update(last=90)
    assert numbers.catch_up(key, 3) is False
    assert NumberSeries.objects.get(key=key).last == 90


@pytest.mark.parametrize("hurt", DAMAGES, ids=lambda function: function.__name__)
def test_whatever_was_done_repair_mends_what_it_may_and_touches_no_money_signature_or_event(
    ward: World, sql: Sql, hurt: Damage
) -> None:
    expected = hurt(ward, sql)
    untouched = [rows_of(model) for model in NEVER_TOUCHED]
    events = list(Event.objects.order_by("pk").values_list("pk", "hash", "actor_name"))
    broken = [(one.chain, one.seq) for one in trail.breaks()]

    mend_all()

    left = found()
    assert left == sorted(one for one in expected if one[0] not in MENDABLE)
    assert [rows_of(model) for model in NEVER_TOUCHED] == untouched
    assert list(Event.objects.order_by("pk").values_list("pk", "hash", "actor_name"))[: len(events)] == events
    assert [(one.chain, one.seq) for one in trail.breaks()] == broken
    assert mend_all() == []
    assert Case.objects.filter(division__code__startswith=COUNTY).exists() or expected
