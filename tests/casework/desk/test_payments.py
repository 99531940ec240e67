"""The payment pages: what waits, drawing, a batch, locking, exporting."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import Case, Event, PaymentBatch, Role
from tests.factories import StaffFactory
from tests.workflows.payments.story import PROGRAMME, checked, drawn, exported, fresh, line, locked, waiting_cases
from tests.world import COUNTY, World
from workflows.payments.batches import draw_batch
from workflows.payments.lines import account_of, lines_of

DRAW = f"?programme={PROGRAMME}&county={COUNTY}"
LARGEST_PAGE = 60_000


def as_(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.by(role))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def at(name: str, batch: PaymentBatch) -> str:
    return reverse(f"desk:{name}", args=[batch.number])


def draw_form(**more: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), **more}


def test_the_officer_sees_what_waits_with_its_sum_and_where_to_draw_it(world: World) -> None:
    waiting_cases(world, 2)
    page = text(as_(world, Role.PAYMENT_OFFICER).get(reverse("desk:batches")))
    assert "住院护理补贴：2件" in page and "6,760.00" in page
    assert "编制批次" in page and "还没有发放批次" in page


def test_the_checker_sees_the_batches_and_is_not_asked_to_draw(world: World) -> None:
    batch = drawn(world)
    page = text(as_(world, Role.PAYMENT_CHECKER).get(reverse("desk:batches")))
    assert batch.number in page and "待复核" in page and "等着列入批次" not in page


@pytest.mark.parametrize("role", [Role.INTAKE_CLERK, Role.COUNTY_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_roles_are_told_that_this_is_not_their_page(world: World, role: str) -> None:
    batch = locked(world)
    client = as_(world, role)
    for address in (reverse("desk:batches"), reverse("desk:batch_draw"), at("batch", batch), at("batch_check", batch)):
        assert client.get(address).status_code == 403
    assert client.post(at("batch_export", batch), {"form": "xlsx"}).status_code == 403
    assert fresh(batch).state == "locked"


def test_another_countys_batch_is_as_good_as_none(world: World) -> None:
    batch = locked(world)
    client = Client()
    client.force_login(StaffFactory(post=(Role.PAYMENT_OFFICER, "430102")))
    for name in ("batch", "batch_check", "batch_lines_out", "batch_return"):
        assert client.get(at(name, batch)).status_code == 404
    for name in ("batch_lock", "batch_export", "batch_check", "batch_lines_out", "batch_return"):
        assert client.post(at(name, batch), {"form": "xlsx"}).status_code == 404
    assert batch.number not in text(client.get(reverse("desk:batches")))
    assert client.get(reverse("desk:batch_draw") + DRAW).status_code == 403


def test_nobody_gets_in_without_logging_in(world: World) -> None:
    batch = drawn(world)
    for address in (reverse("desk:batches"), reverse("desk:batch_draw"), at("batch", batch), at("batch_return", batch)):
        assert Client().get(address).status_code == 302


def test_reading_never_writes(world: World) -> None:
    batch = exported(world)
    waiting_cases(world, 1)
    client = as_(world, Role.PAYMENT_OFFICER)
    addresses = [reverse("desk:batches"), reverse("desk:batch_draw") + DRAW]
    addresses += [at(name, batch) for name in ("batch", "batch_check", "batch_return")]
    with CaptureQueriesContext(connection) as asked:
        for address in addresses:
            assert client.get(address).status_code == 200
    assert [query["sql"] for query in asked if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")] == []
    for name in ("batch_lock", "batch_export"):
        assert client.get(at(name, batch)).status_code == 405


def test_all_that_waits_is_drawn_with_one_button(world: World) -> None:
    waiting_cases(world, 2)
    client = as_(world, Role.PAYMENT_OFFICER)
    response = client.post(reverse("desk:batch_draw") + DRAW, draw_form(everything="on"), follow=True)
    assert PaymentBatch.objects.get().line_count == 2
    assert "已编制批次" in text(response) and "待复核" in text(response)


def test_the_ticked_cases_alone_are_drawn(world: World) -> None:
    first, second = waiting_cases(world, 2)
    client = as_(world, Role.PAYMENT_OFFICER)
    page = text(client.get(reverse("desk:batch_draw") + DRAW))
    assert f'value="{first.number}"' in page and f'value="{second.number}"' in page
    client.post(reverse("desk:batch_draw") + DRAW, draw_form(case=[second.number]))
    assert [found.case for found in PaymentBatch.objects.get().lines.all()] == [second]


def test_pressing_twice_draws_once(world: World) -> None:
    waiting_cases(world, 2)
    client, form = as_(world, Role.PAYMENT_OFFICER), draw_form(everything="on")
    first, second = (client.post(reverse("desk:batch_draw") + DRAW, form) for _ in range(2))
    assert first.status_code == second.status_code == 302 and first["Location"] == second["Location"]
    assert PaymentBatch.objects.count() == 1


def test_a_case_that_is_not_mine_says_so_and_has_no_box(world: World) -> None:
    mine, theirs = waiting_cases(world, 2)
    officer = world.by(Role.PAYMENT_OFFICER)
    officer.identity_hash = theirs.applicant.identity_hash
    officer.save()
    page = text(as_(world, Role.PAYMENT_OFFICER).get(reverse("desk:batch_draw") + DRAW))
    assert f'value="{mine.number}"' in page and f'value="{theirs.number}"' not in page
    assert "您应当回避" in page


def test_what_was_left_out_stays_written_on_the_batch(world: World) -> None:
    theirs = waiting_cases(world, 2)[0]
    officer = world.by(Role.PAYMENT_OFFICER)
    officer.identity_hash = theirs.applicant.identity_hash
    officer.save()
    client = as_(world, Role.PAYMENT_OFFICER)
    page = text(client.post(reverse("desk:batch_draw") + DRAW, draw_form(everything="on"), follow=True))
    assert f"{theirs.number}：应当回避" in page


def test_a_refused_draw_lists_every_reason_on_the_page(world: World) -> None:
    (case,) = waiting_cases(world, 1)
    gone = drawn_elsewhere(world, case)
    response = as_(world, Role.PAYMENT_OFFICER).post(reverse("desk:batch_draw") + DRAW, draw_form(case=[gone]))
    assert response.status_code == 409
    assert gone in text(response) and "可能已列入别的批次" in text(response)


def drawn_elsewhere(world: World, case: Case) -> str:
    draw_batch(PROGRAMME, COUNTY, by=world.by(Role.PAYMENT_OFFICER), case_numbers=[case.number])
    return case.number


def test_nothing_ticked_and_a_form_without_its_key_are_told_so(world: World) -> None:
    waiting_cases(world, 1)
    client = as_(world, Role.PAYMENT_OFFICER)
    assert "没有选中案件" in text(client.post(reverse("desk:batch_draw") + DRAW, draw_form()))
    assert "页面不完整" in text(client.post(reverse("desk:batch_draw") + DRAW, {"everything": "on"}))
    assert not PaymentBatch.objects.exists()


def test_a_batch_shows_accounts_masked_only(world: World) -> None:
    batch = locked(world)
    numbers = [account_of(found) or "" for found in lines_of(batch)]
    for role, name in ((Role.PAYMENT_OFFICER, "batch"), (Role.PAYMENT_CHECKER, "batch_check")):
        page = text(as_(world, role).get(at(name, batch)))
        assert all(number not in page and f"**** {number[-4:]}" in page for number in numbers)


def test_a_batch_says_why_this_person_may_not_go_on(world: World) -> None:
    batch = drawn(world)
    assert "由桃江县的“发放复核”办理" in text(as_(world, Role.PAYMENT_OFFICER).get(at("batch", batch)))
    assert "去复核" in text(as_(world, Role.PAYMENT_CHECKER).get(at("batch", batch)))


def test_locking_is_a_post_and_twice_is_harmless(world: World) -> None:
    batch = checked(world)
    client = as_(world, Role.PAYMENT_OFFICER)
    for _ in range(2):
        assert "已锁定" in text(client.post(at("batch_lock", batch), follow=True))
    assert fresh(batch).state == "locked" and Event.objects.filter(action="batch_locked").count() == 1


def test_locking_what_is_not_checked_is_refused_in_words(world: World) -> None:
    batch = drawn(world)
    response = as_(world, Role.PAYMENT_OFFICER).post(at("batch_lock", batch))
    assert response.status_code == 409 and "现在是“待复核”，不能锁定" in text(response)


@pytest.mark.parametrize(("form", "ending"), [("xlsx", "xlsx"), ("utf-8", "txt"), ("gb18030", "txt")])
def test_exporting_gives_the_file_and_leaves_a_mark(world: World, form: str, ending: str) -> None:
    batch = locked(world)
    response = as_(world, Role.PAYMENT_OFFICER).post(at("batch_export", batch), {"form": form})
    assert response.status_code == 200
    assert response["Content-Disposition"] == f'attachment; filename="{batch.number}.{ending}"'
    assert "no-store" in response["Cache-Control"]
    assert Event.objects.get(action="batch_exported").details["form"] == form
    assert fresh(batch).state == "exported"


def test_an_export_in_no_known_form_is_refused(world: World) -> None:
    batch = locked(world)
    response = as_(world, Role.PAYMENT_OFFICER).post(at("batch_export", batch), {"form": "pdf"})
    assert response.status_code == 409 and fresh(batch).state == "locked"


def test_the_batch_tells_its_story(world: World) -> None:
    batch = exported(world)
    page = text(as_(world, Role.PAYMENT_OFFICER).get(at("batch", batch)))
    for said in ("编制批次：2笔，¥6760.00", "复核无误", f"摘要{batch.digest[:12]}", "导出文本（UTF-8），含完整账号"):
        assert said in page


def test_a_page_of_lines_is_bounded_in_size_and_in_questions(world: World) -> None:
    asked = []
    client = as_(world, Role.PAYMENT_OFFICER)
    for count in (2, 55):
        batch = drawn(world, count)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(at("batch", batch))
        asked.append(len(queries))
        assert len(response.content) < LARGEST_PAGE
    assert asked[0] == asked[1] <= 25
    assert "下一页" in text(response)
    second = text(client.get(at("batch", batch) + "?after=50"))
    assert line(batch, 55).case.number in second and line(batch, 50).case.number not in second
    first = text(client.get(at("batch", batch) + "?before=51"))
    assert line(batch, 1).case.number in first and "上一页" not in first


def test_what_waits_is_paged_both_ways(world: World) -> None:
    cases = waiting_cases(world, 52)
    client = as_(world, Role.PAYMENT_OFFICER)
    response = client.get(reverse("desk:batch_draw") + DRAW)
    assert len(response.content) < LARGEST_PAGE and "共52件" in text(response)
    following = response.context["pager"]["next_url"]
    second = client.get(following)
    assert cases[51].number in text(second) and cases[49].number not in text(second)
    back = client.get(second.context["pager"]["previous_url"])
    assert cases[0].number in text(back) and back.context["pager"]["previous_url"] == ""


def test_an_address_that_names_no_programme_leads_back_to_the_list(world: World) -> None:
    response = as_(world, Role.PAYMENT_OFFICER).get(reverse("desk:batch_draw"))
    assert response.status_code == 302 and response["Location"] == reverse("desk:batches")
