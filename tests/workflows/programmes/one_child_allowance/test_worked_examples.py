"""独生子女津贴, as a caseworker would work it out by hand: twenty yuan a month until the child is fourteen."""

from __future__ import annotations

from decimal import Decimal

from casework.models import Case, Person
from casework.sheets.values import Cell
from tests.factories import invented_identity
from tests.workflows.standard.stories import at_the_counter, granted, hand_in, walked, written_by
from tests.world import VILLAGE, World

SLUG = "one_child_allowance"


def parent(name: str = "向春分", number: int = 701, **facts: Cell) -> dict[str, Cell]:
    """A parent whom no book knows, with the certificate's number."""
    said = {"proof": "光荣证2016-0088", "child": "向惊蛰", "child_birth_date": "2016-05-20", "village": "川门湾村委会"}
    return {**written_by(name, invented_identity(number)), **said, **facts}


def test_a_nine_year_old_brings_twelve_months_of_twenty_yuan(world: World) -> None:
    """2026年2月1日申请，子女2016年5月20日出生，全年不满14周岁：12 × 20 = 240元。"""
    case = granted(world, SLUG, parent(), on="2026-02-01")
    assert (case.amount, case.division_id) == (Decimal("240.00"), VILLAGE)
    assert "12个月 × 20.00元 = 240.00元（示例：每月20元，发到子女满14周岁当月）" in case.award["explanation"]
    case = walked(world, case)
    assert (case.stage, case.paid_amount) == ("closed", Decimal("240.00"))


def test_in_the_year_the_child_turns_fourteen_it_ends_with_that_month(world: World) -> None:
    """子女2012年5月20日出生，2026年5月满14周岁：1月至5月，5 × 20 = 100元。"""
    case = granted(world, SLUG, parent(child_birth_date="2012-05-20"), on="2026-02-01")
    assert case.amount == Decimal("100.00")
    assert case.award["explanation"][:2] == ["发到2026年5月（子女出生日期满14周岁当月）", "2026年1月起，共5个月"]


def test_whoever_was_certified_this_year_begins_with_that_month(world: World) -> None:
    case = granted(world, SLUG, parent(certified_on="2026-02-15"), on="2026-03-01")
    assert case.amount == Decimal("220.00")


def test_after_fourteen_nothing_is_due_and_a_child_parent_or_a_late_one_is_refused(world: World) -> None:
    grown = parent(child_birth_date="2010-05-20")
    rows = hand_in(world, SLUG, grown, parent(number=702, village="没有这个村"), on="2026-02-01").rows
    assert [row.reasons for row in rows] == [("nothing_due",), ("unknown_place",)]
    assert [row.reasons for row in hand_in(world, SLUG, parent(), on="2026-04-01").rows] == [("outside_window",)]


def test_two_parents_whom_no_book_knows_have_one_allowance_on_one_certificate(world: World) -> None:
    father = parent("田大暑", 703, proof=" 光荣证2016-0088 ")
    others = parent("彭小寒", 704, proof="光荣证2016-0089")
    rows = hand_in(world, SLUG, parent(), father, others, on="2026-02-01").rows
    assert [row.reasons for row in rows] == [(), ("others_granted",), ()]


def test_at_the_counter_a_resident_nobody_knew_is_entered_with_the_case(world: World) -> None:
    case = at_the_counter(world, SLUG, parent(), on="2026-02-01")
    known = Person.objects.get(name="向春分")
    assert (Case.objects.get().applicant, known.division_id) == (known, VILLAGE)
    assert case.stage == "submitted"
