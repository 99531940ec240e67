"""The second person's page."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from casework.models import Event, Role
from tests.casework.desk.test_payments import as_, at, text
from tests.workflows.payments.story import drawn, fresh, states
from tests.world import World


def form(act: str, **more: Any) -> dict[str, Any]:
    return {"act": act, "key": str(uuid.uuid4()), **more}


def test_every_line_stands_beside_its_case_and_agrees(world: World) -> None:
    page = text(as_(world, Role.PAYMENT_CHECKER).get(at("batch_check", drawn(world))))
    assert page.count("✓ 相符") == 2 and "复核无误，2笔" in page


def test_confirming_is_one_press_and_twice_is_harmless(world: World) -> None:
    batch, client, sent = drawn(world), as_(world, Role.PAYMENT_CHECKER), form("confirm")
    for _ in range(2):
        response = client.post(at("batch_check", batch), sent, follow=True)
        assert "复核无误，下一步锁定" in text(response)
    assert fresh(batch).state == "checked"
    assert Event.objects.filter(action="batch_checked").count() == 1


def test_what_does_not_agree_is_listed_and_there_is_nothing_to_confirm(world: World) -> None:
    batch = drawn(world)
    batch.lines.filter(line_number=1).update(amount=Decimal("3379.99"))
    client = as_(world, Role.PAYMENT_CHECKER)
    page = text(client.get(at("batch_check", batch)))
    assert "3379.99" in page and "▲ 不符" in page and 'value="confirm"' not in page
    refused = client.post(at("batch_check", batch), form("confirm"))
    assert refused.status_code == 409 and "没有通过" in text(refused)
    assert fresh(batch).state == "drawn"


def test_the_wrong_line_is_taken_out_with_a_word_on_why(world: World) -> None:
    batch = drawn(world)
    client = as_(world, Role.PAYMENT_CHECKER)
    missing = client.post(at("batch_check", batch), form("remove", line_number=1))
    assert missing.status_code == 400 and states(batch) == ["pending", "pending"]
    page = text(client.post(at("batch_check", batch), form("remove", line_number=1, note="金额不对"), follow=True))
    assert "已移出第1行，还有1笔" in page
    assert states(batch) == ["removed", "pending"]


def test_sent_back_as_a_whole_it_is_void(world: World) -> None:
    batch = drawn(world)
    client = as_(world, Role.PAYMENT_CHECKER)
    page = text(client.post(at("batch_check", batch), form("send_back", note="请重新核对"), follow=True))
    assert "已作废" in page and fresh(batch).state == "cancelled"


def test_the_officer_sees_the_page_and_why_it_is_not_theirs(world: World) -> None:
    batch = drawn(world)
    client = as_(world, Role.PAYMENT_OFFICER)
    page = text(client.get(at("batch_check", batch)))
    assert "由桃江县的“发放复核”办理" in page and 'name="act"' not in page
    assert client.post(at("batch_check", batch), form("confirm")).status_code == 409
    assert fresh(batch).state == "drawn"


def test_an_act_there_is_not_does_nothing(world: World) -> None:
    batch = drawn(world)
    assert as_(world, Role.PAYMENT_CHECKER).post(at("batch_check", batch), form("pay")).status_code == 400
    assert fresh(batch).state == "drawn"
