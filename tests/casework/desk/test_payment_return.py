"""Handing in the bank's return file, looking at it, taking it, and the report that stays."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from casework.models import Event, PaymentBatch, Role
from tests.casework.desk.test_payments import as_, at, text
from tests.factories import StaffFactory
from tests.workflows.payments.story import SENT_BACK, exported, fresh, line, locked, return_text, states
from tests.world import COUNTY, World
from workflows.payments.lines import account_of


def hand_in(client: Client, batch: PaymentBatch, data: bytes) -> Any:
    return client.post(at("batch_return", batch), {"file": SimpleUploadedFile("回盘.txt", data)})


def token_of(response: Any) -> str:
    found = re.search(r"file=([^&]+)", response["Location"])
    assert found is not None
    return found[1]


def test_the_file_is_looked_at_first_and_nothing_is_taken_yet(world: World) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    handed = hand_in(client, batch, return_text(batch, {2: SENT_BACK}))
    assert handed.status_code == 302
    page = text(client.get(handed["Location"]))
    assert "✓ 到账" in page and "↩ 退票" in page and "账户已销户" in page and "录入这2笔" in page
    assert states(batch) == ["pending", "pending"]


def test_confirmed_it_is_taken_and_the_same_page_is_the_report(world: World) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    token = token_of(hand_in(client, batch, return_text(batch, {2: SENT_BACK})))
    sent = {"key": str(uuid.uuid4()), "stored": token}
    page = text(client.post(at("batch_return", batch), sent, follow=True))
    assert "已录入：到账1笔，退票1笔" in page and "都已经录入" in page
    assert states(batch) == ["paid", "returned"] and fresh(batch).state == "answered"
    events = Event.objects.count()
    again = text(client.post(at("batch_return", batch), sent, follow=True))
    assert "已录入：到账1笔，退票1笔" in again and Event.objects.count() == events


def test_the_file_is_kept_sealed_and_the_trail_knows_where(world: World, settings: Any) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    data = return_text(batch)
    token = token_of(hand_in(client, batch, data))
    client.post(at("batch_return", batch), {"key": str(uuid.uuid4()), "stored": token})
    stored = Event.objects.get(action="batch_answered").details["stored"]
    sealed = (Path(settings.FILES_DIR) / stored).read_bytes()
    account = account_of(line(batch, 1))
    assert account is not None and account.encode() in data and account.encode() not in sealed


def test_a_wrong_line_is_named_and_stays(world: World) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    handed = hand_in(client, batch, return_text(batch, {1: {"金额": "3379.99"}}))
    page = text(client.get(handed["Location"]))
    assert "▲ 有问题，不入账" in page and "差一分也不能入账" in page and "录入这1笔" in page
    assert "还在等银行答复的序号：1" in page
    only = text(client.get(handed["Location"] + "&only=paid"))
    assert "差一分" not in only


def test_a_file_that_cannot_be_read_is_said_on_the_form_and_not_kept(world: World, settings: Any) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    for data, said in ((b"\x00\x01", "看不懂"), ("你好".encode(), "表头"), (b"", "空")):
        response = hand_in(client, batch, data)
        assert response.status_code == 400 and said in text(response)
    assert not Path(settings.FILES_DIR).exists()


def test_another_batchs_file_is_refused(world: World) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    foreign = return_text(batch) + "合计|批次FF430922-2020-0001".encode()
    response = hand_in(client, batch, foreign)
    assert response.status_code == 400 and "FF430922-2020-0001" in text(response)


def test_a_file_handed_in_for_one_batch_cannot_be_taken_for_another(world: World) -> None:
    first, second = exported(world), exported(world)
    client = as_(world, Role.PAYMENT_OFFICER)
    token = token_of(hand_in(client, first, return_text(first)))
    sent = {"key": str(uuid.uuid4()), "stored": token}
    assert client.post(at("batch_return", second), sent).status_code == 404
    for forged in (token[:-1], "x", f"{token}x"):
        assert client.get(at("batch_return", first) + f"?file={forged}").status_code == 404
    assert states(second) == ["pending", "pending"]


def test_before_the_batch_has_gone_out_there_is_nothing_to_hand_in(world: World) -> None:
    batch, client = locked(world), as_(world, Role.PAYMENT_OFFICER)
    page = client.get(at("batch_return", batch))
    assert page.status_code == 409 and "不能录入回盘" in text(page) and 'type="file"' not in text(page)


def test_the_checker_does_not_read_it_in(world: World) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_CHECKER)
    response = hand_in(client, batch, return_text(batch))
    assert response.status_code == 409 and "“发放经办”办理" in text(response)
    assert states(batch) == ["pending", "pending"]


def test_a_line_the_gateway_refuses_is_told_and_left_for_a_colleague(world: World) -> None:
    batch, officer = exported(world), world.by(Role.PAYMENT_OFFICER)
    officer.identity_hash = line(batch, 1).case.applicant.identity_hash
    officer.save()
    data = return_text(batch)
    client = as_(world, Role.PAYMENT_OFFICER)
    token = token_of(hand_in(client, batch, data))
    page = text(client.post(at("batch_return", batch), {"key": str(uuid.uuid4()), "stored": token}, follow=True))
    assert "文件第2行没有录入" in page and "回避" in page
    colleague = Client()
    colleague.force_login(StaffFactory(post=(Role.PAYMENT_OFFICER, COUNTY)))
    colleague.post(at("batch_return", batch), {"key": str(uuid.uuid4()), "stored": token})
    assert fresh(batch).state == "answered"


def test_a_form_without_its_key_asks_for_the_file_again(world: World) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    token = token_of(hand_in(client, batch, return_text(batch)))
    response = client.post(at("batch_return", batch), {"stored": token})
    assert response.status_code == 400 and "重新上传" in text(response)


def test_no_full_account_stands_on_any_page_of_the_answer(world: World) -> None:
    batch, client = exported(world), as_(world, Role.PAYMENT_OFFICER)
    handed = hand_in(client, batch, return_text(batch, {1: {"账号": "6299000000000000009"}}))
    page = text(client.get(handed["Location"]))
    assert "6299000000000000009" not in page and (account_of(line(batch, 2)) or "") not in page
