"""Reading the bank's return file: whatever form it has, and every problem of every line, changing nothing."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from casework.models import Event, PaymentBatch, Role
from casework.sheets.writing import table_workbook
from tests.workflows.payments.story import SENT_BACK, exported, line, locked, return_rows, return_text, states
from tests.world import World
from workflows.payments.bank_files import TEXT_UTF8, export_batch
from workflows.payments.bank_rows import read_amount
from workflows.payments.returns import RESULTS, read_return


def test_a_clean_file_is_all_paid(world: World) -> None:
    batch = exported(world)
    report = read_return(batch, return_text(batch))
    assert (report.faults, report.wrong, report.unanswered) == ((), [], ())
    first, _second = report.having("paid")
    assert (first.row, first.line, first.amount) == (2, 1, Decimal("3380.00"))
    assert (first.case_number, first.reference) == (line(batch, 1).case.number, "20261122000001")
    assert first.on == datetime.date(2026, 11, 20)


def test_reading_changes_nothing(world: World) -> None:
    batch = exported(world)
    events = Event.objects.count()
    read_return(batch, return_text(batch, {1: SENT_BACK}))
    assert states(batch) == ["pending", "pending"] and Event.objects.count() == events


def _pipes(rows: list[list[str]]) -> str:
    return "\n".join("|".join(row) for row in rows)


TEXT_FORMS: list[tuple[str, Callable[[list[list[str]]], bytes]]] = [
    ("utf-8", lambda rows: _pipes(rows).encode("utf-8")),
    ("utf-8 with its mark", lambda rows: _pipes(rows).encode("utf-8-sig")),
    ("gb18030", lambda rows: _pipes(rows).encode("gb18030")),
    ("utf-16", lambda rows: _pipes(rows).encode("utf-16")),
    ("tabs", lambda rows: "\r\n".join("\t".join(row) for row in rows).encode()),
    ("commas", lambda rows: "\n".join(",".join(row) for row in rows).encode()),
    ("quoted", lambda rows: "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()),
    ("a bar at each end", lambda rows: "\n".join("|" + "|".join(row) + "|" for row in rows).encode()),
    ("title and blank lines", lambda rows: ("某某银行代发回盘\n\n" + _pipes(rows) + "\n\n").encode("gb18030")),
    ("a total below", lambda rows: (_pipes(rows) + "\n合计|2笔|||6760.00||||").encode()),
]


@pytest.mark.parametrize(("form", "write"), TEXT_FORMS, ids=[form for form, _write in TEXT_FORMS])
def test_text_is_read_whatever_its_encoding_and_separator(
    world: World, form: str, write: Callable[[list[list[str]]], bytes]
) -> None:
    batch = exported(world)
    report = read_return(batch, write(return_rows(batch, {2: SENT_BACK})))
    assert [answer.line for answer in report.having("paid")] == [1], form
    assert [(answer.line, answer.reason) for answer in report.having("returned")] == [(2, "账户已销户")]
    assert not report.faults and not report.wrong


def test_a_workbook_is_read_with_its_title_numbers_and_dates(world: World) -> None:
    batch = exported(world)
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["中国某某银行 代发业务回单"])
    head, *rows = return_rows(batch)
    sheet.append(head)
    for row in rows:
        cells: list[Any] = [*row]
        cells[0], cells[4] = int(row[0]), float(row[4])
        cells[8] = datetime.datetime(2026, 11, 20)  # noqa: DTZ001  # a cell has no time zone
        sheet.append(cells)
    sheet.append(["合计", "", "", "", 6760])
    buffer = io.BytesIO()
    book.save(buffer)
    report = read_return(batch, buffer.getvalue())
    assert [answer.line for answer in report.having("paid")] == [1, 2]
    assert report.having("paid")[0].row == 3 and report.having("paid")[0].on == datetime.date(2026, 11, 20)


def test_our_own_file_with_the_banks_columns_added_is_read(world: World) -> None:
    batch = locked(world)
    made = export_batch(batch, by=world.by(Role.PAYMENT_OFFICER), form=TEXT_UTF8)
    head, *lines, foot = made.data.decode().splitlines()
    added = "\r\n".join([f"{head}|处理状态|失败原因", *[f"{written}|交易成功|" for written in lines], foot])
    report = read_return(PaymentBatch.objects.get(), added.encode("gb18030"))
    assert not report.faults and len(report.having("paid")) == 2


def test_columns_are_found_by_meaning_in_the_banks_own_words(world: World) -> None:
    batch = exported(world)
    words = ["笔号", "业务编号", "收款人名称", "收款账号", "交易金额", "交易结果", "退票原因", "交易流水号", "记账日期"]
    _head, *rows = return_rows(batch, {1: SENT_BACK})
    turned = [[*reversed(row)] for row in (words, *rows)]
    report = read_return(batch, table_workbook(turned[0], turned[1:]))
    assert [answer.line for answer in report.having("returned")] == [1]
    assert [answer.line for answer in report.having("paid")] == [2]


PROBLEMS = [
    ({"案号": "HL430922209900001"}, "line_unknown"),
    ({"案号": "", "序号": "99"}, "line_unknown"),
    ({"案号": "", "序号": ""}, "line_unknown"),
    ({"序号": "2"}, "line_mismatch"),
    ({"金额": "3379.99"}, "amount_differs"),
    ({"金额": "3380.001"}, "amount_differs"),
    ({"金额": "叁仟"}, "amount_unreadable"),
    ({"账号": "6299000000000000009"}, "account_differs"),
    ({"账号": ""}, "account_differs"),
    ({"账号": "6.299E+15"}, "account_unreadable"),
    ({"户名": "别人"}, "holder_differs"),
    ({"处理结果": "不知道"}, "result_unknown"),
    ({"处理结果": "成功失败"}, "result_unknown"),
    ({"处理结果": ""}, "result_missing"),
    ({"处理结果": "退票", "原因": ""}, "reason_missing"),
    ({"日期": "2026年13月1日"}, "date_unreadable"),
]


@pytest.mark.parametrize(("edit", "code"), PROBLEMS, ids=[f"{code} {edit}" for edit, code in PROBLEMS])
def test_a_line_that_is_wrong_is_named_and_the_others_stand(world: World, edit: dict[str, str], code: str) -> None:
    batch = exported(world)
    report = read_return(batch, return_text(batch, {1: edit}))
    (wrong,) = report.wrong
    assert wrong.row == 2 and [problem.code for problem in wrong.problems] == [code]
    assert [answer.line for answer in report.having("paid")] == [2]
    assert report.unanswered == (1,)


def test_a_line_with_several_faults_tells_all_of_them(world: World) -> None:
    batch = exported(world, 1)
    report = read_return(batch, return_text(batch, {1: {"金额": "1", "账号": "1", "处理结果": "?"}}))
    codes = [problem.code for problem in report.answers[0].problems]
    assert codes == ["amount_differs", "account_differs", "result_unknown"]


def test_a_line_answered_twice_counts_neither_time(world: World) -> None:
    batch = exported(world)
    twice = return_text(batch) + "|".join(return_rows(batch, {1: SENT_BACK}, only=[1])[1]).encode()
    report = read_return(batch, twice)
    assert [(answer.row, answer.problems[0].code) for answer in report.wrong] == [
        (2, "answered_twice"),
        (4, "answered_twice"),
    ]
    assert report.unanswered == (1,)


def test_a_line_the_file_leaves_out_is_reported_as_unanswered(world: World) -> None:
    batch = exported(world, 3)
    report = read_return(batch, return_text(batch, only=[1, 3]))
    assert report.unanswered == (2,) and not report.wrong


def test_a_number_alone_is_enough_to_know_a_line(world: World) -> None:
    batch = exported(world)
    rows = return_rows(batch)
    for column in ("案号", "户名", "流水号", "日期", "原因"):
        at = rows[0].index(column)
        for row in rows:
            del row[at]
    assert len(read_return(batch, _pipes(rows).encode()).having("paid")) == 2


def test_full_width_digits_thousands_and_signs_are_the_same_money() -> None:
    same = ("3380", "3380.0", "3,380.00", "¥3380.00", "￥3,380", "３３８０．００", " 3380 元", 3380, 3380.0)
    assert {read_amount(cell) for cell in same} == {Decimal(3380)}
    assert [read_amount(cell) for cell in ("", "-", "三千", "NaN", "1.2.3", True)] == [None] * 6


def test_no_result_word_means_both() -> None:
    assert set(RESULTS.values()) == {"paid", "returned"}
    assert RESULTS["成功"] == "paid" and RESULTS["不成功"] == RESULTS["失败"] == RESULTS["退票"] == "returned"


def _foreign(batch: PaymentBatch) -> bytes:
    return return_text(batch).replace(b"\r\n", "\r\n合计|批次FF430922-2020-0001\r\n".encode(), 1)


def _unlike(batch: PaymentBatch) -> bytes:
    return return_text(batch) + f"合计|批次{batch.number}|2笔||6760.00||{'0' * 64}".encode()


def _elsewhere(batch: PaymentBatch) -> bytes:
    return return_text(batch, {number: {"案号": f"HL43010220260000{number}"} for number in (1, 2)})


FAULTS: list[tuple[Callable[[PaymentBatch], bytes], str]] = [
    (_foreign, "FF430922-2020-0001"),
    (_unlike, "摘要"),
    (_elsewhere, "没有一行属于"),
    (lambda batch: b"", "没有内容"),
    (lambda batch: b"\n\n", "没有内容"),
    (lambda batch: b"\x89PNG\r\n\x00\x00\x00", "看不懂"),
    (lambda batch: "随便一句话".encode(), "表头"),
    (lambda batch: "序号|案号|账号|处理结果\n1|x|1|成功".encode(), "“金额”"),
    (lambda batch: "序号|案号|账号|金额|处理结果".encode(), "没有明细行"),
    (lambda batch: b"PK\x03\x04" + b"x" * 40, "损坏"),
    (lambda batch: b"x" * (6 << 20), "5MB"),
    (lambda batch: "账号,金额,处理结果\n".encode() + b"1" * 5000, "不像表格"),
]


@pytest.mark.parametrize(("write", "said"), FAULTS, ids=[said for _write, said in FAULTS])
def test_what_is_wrong_with_the_file_as_a_whole_is_one_sentence_and_no_answers(
    world: World, write: Callable[[PaymentBatch], bytes], said: str
) -> None:
    batch = exported(world)
    report = read_return(batch, write(batch))
    assert said in "".join(report.faults)
    assert report.answers == () and report.unanswered == ()


def test_a_batch_that_has_not_gone_to_the_bank_has_no_answer(world: World) -> None:
    batch = locked(world)
    assert "还没有送银行" in read_return(batch, return_text(batch)).faults[0]


def test_an_altered_batch_is_not_read_against(world: World) -> None:
    batch = exported(world)
    data = return_text(batch)
    batch.lines.filter(line_number=1).update(amount=Decimal("3379.99"))
    assert "改动过" in read_return(batch, data).faults[0]
