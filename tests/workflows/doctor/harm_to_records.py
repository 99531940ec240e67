"""Damage to signatures, money, the trail, numbers, files and jobs."""

from __future__ import annotations

import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils.timezone import now

from casework.models import (
    Entitlement,
    Evidence,
    NumberSeries,
    Participation,
    PaymentBatch,
    Role,
    SheetImport,
    VisitRound,
)
from notifications.models import Outbox
from notifications.outbox import job
from tests.back_door import Sql
from tests.workflows.doctor.harm import batched, damage, on_case
from tests.workflows.doctor.ward import case, rejected
from tests.workflows.payments import story
from tests.workflows.visits import stories as visits
from tests.world import COUNTY, World
from workflows import trail
from workflows.papers.sheets import file_store
from workflows.standing import SYSTEM

# -- who did what ------------------------------------------------------------------------------------------------------


@damage
def somebody_is_entered_as_a_participant(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "village")
    Participation.objects.create(case=hurt, staff=world.by(Role.AUDITOR), capacity="review")
    return [("part_without_decision", hurt.number)]


@damage
def a_signature_is_forged(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "village")
    sql("UPDATE casework_participation SET signed_digest = %s WHERE case_id = %s", "f" * 64, hurt.pk)
    return [("signature_without_decision", hurt.number)]


@damage
def a_signature_under_a_promise_is_taken_away(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "payment")
    sql("UPDATE casework_participation SET signed_digest = '' WHERE case_id = %s AND capacity = 'review'", hurt.pk)
    return [("unsigned_promise", hurt.number)]


@damage
def the_check_of_a_payment_is_taken_away(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "end")
    sql("UPDATE casework_participation SET signed_digest = '' WHERE case_id = %s AND capacity = 'check'", hurt.pk)
    return [("unsigned_promise", hurt.number)]


# -- money -------------------------------------------------------------------------------------------------------------


@damage
def days_stay_taken_after_a_refusal(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = rejected(world)
    Entitlement.objects.filter(case=hurt).update(live=True)
    return [("entitlement_left", hurt.number)]


@damage
def promised_days_are_given_away(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "payment")
    Entitlement.objects.filter(case=hurt).update(live=False)
    return [("entitlement_missing", hurt.number)]


@damage
def less_is_written_down_than_was_paid(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "end")
    on_case(sql, hurt, "paid_amount = paid_amount - 0.01")
    return [("paid_amount_differs", hurt.number)]


@damage
def money_is_written_down_that_no_batch_has(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    on_case(sql, hurt, "paid_amount = 1")
    return [("paid_amount_differs", hurt.number)]


@damage
def a_round_has_promised_what_no_household_holds(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt, _cases = visits.approved(world)
    VisitRound.objects.filter(pk=hurt.pk).update(promised=F("promised") + 1)
    return [("round_promised_differs", str(hurt.pk))]


@damage
def a_batch_lies_unchecked_for_a_week(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.drawn)
    PaymentBatch.objects.filter(pk=batch.pk).update(drawn_at=now() - datetime.timedelta(days=8))
    return [("batch_waits", batch.number)]


@damage
def a_batch_has_gone_to_the_bank_and_nothing_came_back(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.exported)
    PaymentBatch.objects.filter(pk=batch.pk).update(locked_at=now() - datetime.timedelta(days=16))
    return [("batch_waits", batch.number)]


@damage
def a_batch_is_called_answered_with_lines_that_are_not(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.exported)
    sql("UPDATE casework_paymentbatch SET state = 'answered' WHERE id = %s", batch.pk)
    return [("line_left_pending", batch.number)]


@damage
def a_batchs_sum_is_altered(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.drawn)
    sql("UPDATE casework_paymentbatch SET total = total + 0.01 WHERE id = %s", batch.pk)
    return [("sums_differ", batch.number)]


@damage
def a_locked_line_is_altered(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.locked)
    sql("UPDATE casework_batchline SET holder_name = '别人' WHERE batch_id = %s AND line_number = 1", batch.pk)
    return [("digest_differs", batch.number)]


@damage
def a_line_that_waits_is_of_a_case_that_does_not(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = batched(world, story.drawn).lines.get(line_number=2).case
    on_case(sql, hurt, "stage = 'approved'")
    return [("line_apart", hurt.number), ("stage_apart", hurt.number)]


@damage
def a_line_is_called_paid_behind_its_cases_back(world: World, sql: Sql) -> list[tuple[str, str]]:
    line = batched(world, story.exported).lines.get(line_number=1)
    sql("UPDATE casework_batchline SET state = 'paid' WHERE id = %s", line.pk)
    number = line.case.number
    return [("line_apart", number), ("paid_amount_differs", number), ("payable_without_line", number)]


@damage
def a_payable_case_falls_out_of_its_batch(world: World, sql: Sql) -> list[tuple[str, str]]:
    line = batched(world, story.drawn).lines.get(line_number=1)
    sql("UPDATE casework_batchline SET state = 'returned', bank_reason = '无' WHERE id = %s", line.pk)
    return [("payable_without_line", line.case.number)]


# -- what holds it all -------------------------------------------------------------------------------------------------


@damage
def an_event_of_a_case_is_altered(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    sql("UPDATE casework_event SET actor_name = '别人' WHERE chain = %s AND seq = 2", hurt.number)
    return [("chain_broken", hurt.number)]


@damage
def an_event_of_a_batch_is_deleted(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.checked)
    sql("DELETE FROM casework_event WHERE chain = %s AND seq = 1", f"batch:{batch.number}")
    return [("chain_broken", batch.number)]


@damage
def a_batchs_whole_chain_is_deleted(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.drawn)
    for table, column in (("casework_event", "chain"), ("casework_chain", "name")):
        sql(f"DELETE FROM {table} WHERE {column} = %s", f"batch:{batch.number}")
    return [("chain_broken", batch.number)]


@damage
def an_event_of_no_case_is_altered(world: World, sql: Sql) -> list[tuple[str, str]]:
    trail.record("keys", "keys_rotated", actor=SYSTEM, details={"key": "k2"})
    sql("UPDATE casework_event SET actor_name = '别人' WHERE chain = 'keys'")
    return [("chain_broken", "keys")]


@damage
def a_chains_head_is_deleted(world: World, sql: Sql) -> list[tuple[str, str]]:
    trail.record("keys", "keys_rotated", actor=SYSTEM, details={"key": "k2"})
    sql("DELETE FROM casework_chain WHERE name = 'keys'")
    return [("chain_broken", "keys")]


@damage
def a_series_falls_behind(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "intake")
    NumberSeries.objects.filter(key=hurt.number[:12]).update(last=0)
    return [("series_behind", hurt.number[:12])]


@damage
def a_series_of_batches_is_lost(world: World, sql: Sql) -> list[tuple[str, str]]:
    batch = batched(world, story.drawn)
    NumberSeries.objects.filter(key=batch.number[:13]).delete()
    return [("series_behind", batch.number[:13])]


@damage
def a_photograph_is_lost(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    file_store().delete(Evidence.objects.get(case=hurt).file)
    return [("file_missing", hurt.number)]


@damage
def a_thumbnail_is_exchanged(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    stored: Path = settings.FILES_DIR / Evidence.objects.get(case=hurt).thumbnail
    stored.write_bytes(stored.read_bytes()[:-1] + b"?")
    return [("file_altered", hurt.number)]


@damage
def a_paper_of_the_list_is_gone(world: World, sql: Sql) -> list[tuple[str, str]]:
    hurt = case(world, "township")
    sql("DELETE FROM casework_evidence WHERE case_id = %s", hurt.pk)
    return [("papers_apart", hurt.number)]


@damage
def a_sheet_that_was_handed_in_is_lost(world: World, sql: Sql) -> list[tuple[str, str]]:
    sheet = SheetImport.objects.create(
        kind="register",
        county_id=COUNTY,
        sha256="0" * 64,
        file=f"00/00/{'0' * 28}",
        imported_by=world.by(Role.INTAKE_CLERK),
        imported_at=now(),
    )
    return [("file_missing", f"sheet:{sheet.pk}")]


@damage
def a_job_was_given_up(world: World, sql: Sql) -> list[tuple[str, str]]:
    Outbox.objects.create(key="tell:1", kind="tell_applicant", run_at=now(), given_up=True, attempts=8)
    return [("job_given_up", "tell:1")]


@damage
def a_job_is_of_no_kind(world: World, sql: Sql) -> list[tuple[str, str]]:
    job("telegram", "telegram:1", {}, run_at=now()).save()
    return [("job_unknown", "telegram:1")]


@damage
def nobody_works_off_the_outbox(world: World, sql: Sql) -> list[tuple[str, str]]:
    two_hours_ago = now() - datetime.timedelta(hours=2)
    job("tell_applicant", "tell:1", {}, run_at=two_hours_ago).save()
    leased = job("tell_applicant", "tell:2", {}, run_at=two_hours_ago)
    leased.leased_until = now() - datetime.timedelta(hours=1)
    leased.save()
    in_hand = job("tell_applicant", "tell:3", {}, run_at=two_hours_ago)
    in_hand.leased_until = now() + datetime.timedelta(minutes=1)
    in_hand.save()
    return [("job_overdue", "tell:1"), ("job_overdue", "tell:2")]
