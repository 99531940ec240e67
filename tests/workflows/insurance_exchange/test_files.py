"""Claims out and answers in by file: the same bytes, line by line, and twice is once."""

from __future__ import annotations

import dataclasses
import io
from decimal import Decimal

import openpyxl
import pytest
from django.utils.timezone import localdate

from casework.models import AnswerFile, Case, ClaimBatch, ClaimLodging, Event, InsurerAnswer, Role
from casework.sheets.writing import table_workbook
from notifications.outbox import drain
from tests.workflows.insurance_exchange.story import as_file, connection, exchanging, lodged, read, said, yesterday
from tests.workflows.programmes.insurance_claim.stories import (
    claim,
    clerk_of,
    insurer,
    notified,
    somebody_insured,
    walked,
)
from tests.world import COUNTY, World
from workflows.insurance_exchange.answer_files import FileRefused, FileReport, look, take_file
from workflows.insurance_exchange.batches import JSON, XLSX, DigestDiffers, draw, export, made_file
from workflows.insurance_exchange.lodging import claim_message
from workflows.insurance_exchange.messages import digest_of
from workflows.jobs import HANDLERS
from workflows.payments.refusals import BatchRefusal
from workflows.refusals import NotYourPost

HEADINGS = ("案号", "提交次数", "回复类别", "日期", "金额", "理算说明", "理由", "补充材料", "支付流水号", "说明")


@pytest.fixture
def world(world: World) -> World:
    return exchanging(world)


def three(world: World) -> list[Case]:
    cases = [walked(world, "insurer", notified(world, somebody_insured(world, name=f"产品{n}"))) for n in (1, 2, 3)]
    drain(HANDLERS)
    return cases


def drawn(world: World) -> ClaimBatch:
    return draw(insurer(), COUNTY, by=world.by(Role.INTAKE_CLERK))


def brought(world: World, data: bytes) -> FileReport:
    return take_file(connection(), data, by=world.by(Role.INTAKE_CLERK))


# -- out ---------------------------------------------------------------------------------------------------------------


def test_both_files_hold_the_same_and_are_the_same_however_often(world: World) -> None:
    cases, batch, by = three(world), drawn(world), world.by(Role.INTAKE_CLERK)
    for form in (JSON, XLSX):
        assert export(batch, by=by, form=form).data == made_file(ClaimBatch.objects.get(), form).data
    body = read(made_file(batch, JSON).data)
    sheet = openpyxl.load_workbook(io.BytesIO(made_file(batch, XLSX).data)).worksheets[0]
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [one["claim"] for one in body["claims"]] == [row[0] for row in rows[:-1]] == [case.number for case in cases]
    assert [one["insured"]["number"] for one in body["claims"]] == [row[7] for row in rows[:-1]]
    assert digest_of([digest_of(one) for one in body["claims"]]) == body["digest"] == rows[-1][7] == batch.digest
    assert Event.objects.filter(chain=f"claims:{batch.number}").count() == 3


def test_what_went_out_goes_out_once(world: World) -> None:
    three(world)
    drawn(world)
    with pytest.raises(BatchRefusal, match="没有等着"):
        drawn(world)


def test_a_message_changed_in_the_database_stops_the_file(world: World) -> None:
    three(world)
    batch = drawn(world)
    lodging = ClaimLodging.objects.filter(batch=batch).first()
    assert lodging is not None
    lodging.message = '{"claim":"1"}'
    lodging.save()
    with pytest.raises(DigestDiffers):
        made_file(batch, JSON)


@pytest.mark.parametrize("role", [Role.COUNTY_APPROVER, Role.ADMINISTRATOR])
def test_of_the_county_only_the_intake_clerk_sends_and_brings(world: World, role: str) -> None:
    case = lodged(world)
    batch = drawn(world)
    with pytest.raises(NotYourPost):
        draw(insurer(), COUNTY, by=world.by(role))
    with pytest.raises(NotYourPost):
        export(batch, by=world.by(role), form=JSON)
    with pytest.raises(NotYourPost):
        take_file(connection(), as_file(said(case)), by=world.by(role))
    assert not InsurerAnswer.objects.exists()


def test_the_insurers_own_clerk_fetches_its_batch_and_hands_its_answers_in_and_no_other_insurers(world: World) -> None:
    case = lodged(world)
    batch = drawn(world)
    with pytest.raises(NotYourPost):
        draw(insurer(), COUNTY, by=world.by(Role.INSURER_CLERK))
    stranger = clerk_of(insurer("另一家保险公司"))
    with pytest.raises(NotYourPost):
        export(batch, by=stranger, form=JSON)
    with pytest.raises(NotYourPost):
        take_file(connection(), as_file(said(case)), by=stranger)
    clerk = world.by(Role.INSURER_CLERK)
    assert export(batch, by=clerk, form=JSON).data == made_file(batch, JSON).data
    assert take_file(connection(), as_file(said(case)), by=clerk).counts() == {"taken": 1}
    told = Event.objects.filter(action__in=("claims_exported", "answers_taken"))
    assert {event.actor_name for event in told} == {clerk.name} and told.count() == 2


# -- in ----------------------------------------------------------------------------------------------------------------


def row(case: Case, kind: str = "同意赔付", **otherwise: str) -> list[str]:
    cells = {
        "案号": case.number,
        "提交次数": "1",
        "回复类别": kind,
        "日期": localdate().isoformat(),
    }
    if kind in ("同意赔付", "已付款"):
        cells |= {"金额": "1,800.00"}
    extra = {"同意赔付": {"理算说明": "九成"}, "已付款": {"支付流水号": "SB1"}, "拒赔": {"理由": "不属于保险责任"}}
    cells |= extra.get(kind, {}) | otherwise
    return [cells.get(heading, "") for heading in HEADINGS]


def test_a_sheet_in_which_the_payment_stands_before_its_decision_is_taken_whole(world: World) -> None:
    one, two, three_ = three(world)
    rows = [
        row(one, "已付款"),
        row(one),
        row(two, "拒赔", 说明="见条款"),
        row(three_, "要求补充", 补充材料="出院小结、事故证明"),
    ]
    data = table_workbook(HEADINGS, rows)
    before = look(connection(), data)
    assert {line.state for line in before.lines} == {"ready"} and not InsurerAnswer.objects.exists()
    after = brought(world, data)
    assert {line.state for line in after.lines} == {"taken"}, [line.sentence for line in after.lines]
    assert [claim(case).decision for case in (one, two, three_)] == ["agreed", "refused", ""]
    told = Event.objects.filter(chain=one.number, action="decided").last()
    assert told is not None and told.details["via"] == "file"


def test_the_same_file_again_changes_nothing(world: World) -> None:
    case = lodged(world)
    data = as_file(said(case), said(case, "paid"))
    first = brought(world, data)
    count = Event.objects.count()
    again = brought(world, data)
    assert (again.lines, again.taken_before, Event.objects.count()) == (first.lines, True, count)
    assert AnswerFile.objects.get().counts == {"taken": 2}


def test_one_lines_fault_holds_up_no_other(world: World) -> None:
    one, two, three_ = three(world)
    lines = [
        (said(one), "taken", ""),
        (dataclasses.replace(said(one, id="x"), claim="LP430922202699999"), "out_of_step", "没有这个案号"),
        (said(two, amount=Decimal("1.00"), id="a"), "out_of_step", "写了两次"),
        (said(two, amount=Decimal("2.00"), id="b"), "out_of_step", "写了两次"),
        (said(three_, on=yesterday()), "out_of_step", "不能早于"),
        (said(one, "paid", amount=Decimal("1900.00")), "out_of_step", "超过核定的1800.00"),
    ]
    report = brought(world, as_file(*[line[0] for line in lines]))
    assert [line.state for line in report.lines] == [line[1] for line in lines]
    for line, (_answer, _state, words) in zip(report.lines, lines, strict=True):
        assert words in line.sentence
    assert (claim(two).decision, claim(three_).decision) == ("", "")


@pytest.mark.parametrize(
    ("otherwise", "words"),
    [
        ({"提交次数": ""}, "提交次数"),
        ({"回复类别": "随便"}, "回复类别"),
        ({"金额": "一千八"}, "金额"),
        ({"金额": "-5"}, "金额"),
        ({"理算说明": ""}, "怎么算"),
    ],
)
def test_a_row_that_cannot_be_read_says_why(world: World, otherwise: dict[str, str], words: str) -> None:
    case = lodged(world)
    report = look(connection(), table_workbook(HEADINGS, [row(case, **otherwise)]))
    assert [(line.state, words in line.sentence) for line in report.lines] == [("unread", True)]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"PK\x03\x04", "a broken workbook"),
        (b"{", "half a file"),
        (as_file(), "no line"),
        (b'{"format":"other"}', "another format"),
        (table_workbook(("姓名", "金额"), [["向冬", "1"]]), "another sheet"),
    ],
)
def test_what_is_wrong_with_the_whole_takes_none_of_it(world: World, data: bytes, why: str) -> None:
    with pytest.raises(FileRefused):
        brought(world, data)
    assert not AnswerFile.objects.exists(), why


def test_another_insurers_file_takes_none_of_it(world: World) -> None:
    case = lodged(world)
    for data in (as_file(said(case), key="PA-2026"), as_file(dataclasses.replace(said(case), claim="LP1"))):
        with pytest.raises(FileRefused):
            brought(world, data)
    assert not InsurerAnswer.objects.exists()


def test_an_id_that_says_two_things_in_two_files_is_told_in_the_second(world: World) -> None:
    case = lodged(world)
    brought(world, as_file(said(case, id="one")))
    report = look(connection(), as_file(said(case, id="one", amount=Decimal("1.00"))))
    assert [line.state for line in report.lines] == ["out_of_step"]


def test_of_photographs_of_the_home_not_even_a_mark_goes_out(world: World) -> None:
    case = walked(world, "insurer")
    Case.objects.filter(pk=case.pk).update(papers={**case.papers, "photograph": ["f" * 64]})
    kinds = [paper["kind"] for paper in claim_message(claim(case), 1)["papers"]]
    assert "photograph" not in kinds and "identity_copy" in kinds
