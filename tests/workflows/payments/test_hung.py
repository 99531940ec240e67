"""What goes to the bank is what hung on the board, or the batch says line by line what differs. 公示与发放不一致"""

from __future__ import annotations

from decimal import Decimal

import pytest

from casework.models import Case, NoticeLine, PaymentBatch, Role
from tests.workflows.notices.noticed import Village
from workflows.payments.batches import check_batch
from workflows.payments.faults import faults_of
from workflows.payments.refusals import BatchWrong

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn(village: Village) -> PaymentBatch:
    """Two cases that hung in their village and at the county, in a batch for the bank."""
    cases = [village.case(), village.case()]
    village.hang(*cases)
    for case in cases:
        village.say(case, "pass", Role.TOWNSHIP_REVIEWER)
        village.say(case, "approve", Role.COUNTY_APPROVER)
    village.hang(*cases, place="county_notice")
    return village.draw(*cases)


def not_as_noticed(batch: PaymentBatch) -> list[tuple[int, str]]:
    found = [fault for fault in faults_of(batch) if fault.code == "not_as_noticed"]
    return [(fault.line, fault.sentence.partition("）：")[2]) for fault in found]


def test_what_hung_to_the_end_is_paid(drawn: PaymentBatch) -> None:
    assert faults_of(drawn) == []


def test_an_amount_altered_after_the_board_is_said_line_by_line(drawn: PaymentBatch) -> None:
    """Two data sets, a clean one for the notice and an altered one for the payment."""
    line = drawn.lines.get(line_number=2)
    Case.objects.filter(pk=line.case_id).update(amount=Decimal("9999.00"), noticed={})

    said = not_as_noticed(drawn)

    assert [number for number, _said in said] == [2, 2]
    assert "公示的是" in said[0][1]
    assert "现在是9999.00元" in said[0][1]


def test_a_case_that_was_marked_and_never_hung_is_found(drawn: PaymentBatch) -> None:
    """Whoever can write the mark into the case has not written the list on the board."""
    line = drawn.lines.get(line_number=1)
    NoticeLine.objects.filter(case=line.case_id, place="county_notice").update(state="removed")

    assert not_as_noticed(drawn) == [(1, "没有县级公示期满的记录")]


def test_a_list_that_was_changed_after_it_came_down_is_found_by_its_digest(drawn: PaymentBatch) -> None:
    """The line, the case and its mark all agree with each other, and the trail does not agree with them."""
    line = drawn.lines.select_related("case").get(line_number=1)
    case = line.case
    case.amount = Decimal("9999.00")
    marks = dict.fromkeys(case.notices_required, case.notice_mark)
    Case.objects.filter(pk=case.pk).update(amount=case.amount, noticed=marks)
    NoticeLine.objects.filter(case=case).update(amount=case.amount, mark=case.notice_mark)

    # A digest is of a whole list: the neighbour on the same sheet is in doubt with it.
    assert {said[-17:] for _number, said in not_as_noticed(drawn)} == {"名单与期满时的摘要不符，之后被改动过"[-17:]}


def test_the_second_persons_check_refuses_it(village: Village, drawn: PaymentBatch) -> None:
    NoticeLine.objects.filter(case=drawn.lines.get(line_number=1).case_id).update(state="removed")

    with pytest.raises(BatchWrong, match=r"第1行.*没有村级公示期满的记录"):
        check_batch(drawn, by=village.by(Role.PAYMENT_CHECKER))
