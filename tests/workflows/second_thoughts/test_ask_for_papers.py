"""要求补正: what is missing is told once, in full, as a list; and 材料已补齐: every line of it has its answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, transaction

from casework.models import Role, WantedPaper
from tests.workflows import invariants
from tests.workflows.second_thoughts.stories import BILL, SUMMARY, brought, fresh, last_act, remitted, say, wanting
from tests.world import World, open_item
from workflows.history import history
from workflows.papers.wanted import LONGEST, MOST, Line, line_of, still_wanted
from workflows.perform import perform
from workflows.refusals import Incomplete

SECOND_PAGE = Line(words="出院小结第二页")


def ask(world: World, case: object, papers: Sequence[Line]) -> tuple[str, ...]:
    """What is missing from the asking; nothing when it went through."""
    try:
        wanting(world, papers, case)  # type: ignore[arg-type]
    except Incomplete as refused:
        return refused.missing
    return ()


def test_the_list_goes_with_the_case(world: World) -> None:
    case = wanting(world, (SUMMARY, SECOND_PAGE))
    assert (case.stage, open_item(case).step) == ("correction", "papers")
    papers = list(WantedPaper.objects.filter(case=case))
    assert [paper.label for paper in papers] == ["出院小结", "出院小结第二页"]
    assert {(paper.answer, paper.answered_at) for paper in papers} == {("", None)}
    assert {paper.asked_in.step for paper in papers} == {"intake"}


@pytest.mark.parametrize(
    ("papers", "sentence"),
    [
        ((), "请写明要补哪些材料，一次写全，让申请人只跑一趟"),
        ((Line(), Line(words="")), "请写明要补哪些材料，一次写全，让申请人只跑一趟"),
        ((Line(words="字" * (LONGEST + 1)),), f"“{'字' * 20}”太长，每项最多{LONGEST}个字"),
        ((Line(kind="photograph"),), "没有“photograph”这种材料"),
        ((Line(kind="secrets"),), "没有“secrets”这种材料"),
        ([Line(words=f"第{number}样") for number in range(MOST + 1)], f"清单最多{MOST}项，现有{MOST + 1}项，请合并写"),
    ],
)
def test_a_list_that_says_nothing_or_too_much_is_no_list(world: World, papers: Sequence[Line], sentence: str) -> None:
    case = world.case("intake")
    assert ask(world, case, papers) == (sentence,)
    assert (fresh(case).stage, WantedPaper.objects.count()) == ("submitted", 0)


def test_a_line_named_twice_is_one_line_and_the_name_of_a_kind_is_that_kind(world: World) -> None:
    assert line_of(" 费用清单 ") == BILL
    case = wanting(world, (BILL, line_of("费用清单"), SECOND_PAGE, SECOND_PAGE))
    assert [paper.label for paper in still_wanted(case)] == ["费用清单", "出院小结第二页"]


def test_the_trail_has_the_kinds_the_count_and_a_digest_and_no_word_of_it(world: World) -> None:
    case = wanting(world, (SUMMARY, Line(words="女儿曾某的户口簿")))
    details = last_act(case).details
    assert details["papers"] == {"kinds": ["discharge_summary"], "in_words": 1, "digest": details["papers"]["digest"]}
    assert len(details["papers"]["digest"]) == 64
    assert "told_again" not in details
    assert "户口簿" not in str(details)
    assert history(case, [last_act(case)], [])[0].what == "受理：要求补正（2项材料）"


# -- once, in full -----------------------------------------------------------------------------------------------------


def test_what_was_told_and_brought_cannot_be_asked_for_again(world: World) -> None:
    case = wanting(world)
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case))
    assert ask(world, case, (BILL, SECOND_PAGE)) == (
        "“费用清单”以前已经告知并核对过，不能再要求一次；只能写以前没有告知的",
    )
    assert fresh(case).stage == "submitted"


def test_what_is_new_can_be_asked_for_and_the_trail_marks_it_as_the_second_time(world: World) -> None:
    case = wanting(world)
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case))
    wanting(world, (SECOND_PAGE,), case)
    assert last_act(case).details["told_again"] == 2
    assert history(case, [last_act(case)], [])[0].what == "受理：要求补正（第2次告知，1项材料）"
    assert [paper.label for paper in still_wanted(case)] == ["出院小结第二页"]
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case))
    wanting(world, (Line(kind="identity_copy"),), case)
    assert last_act(case).details["told_again"] == 3
    assert invariants.broken() == []


def test_the_second_time_with_nothing_new_is_refused(world: World) -> None:
    case = wanting(world)
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case))
    assert ask(world, case, ()) == ("请写明要补哪些材料，一次写全，让申请人只跑一趟",)


def test_what_was_never_brought_stays_on_the_list_when_the_case_comes_back_by_a_review(world: World) -> None:
    """Withdrawn because the papers did not come, and the review says that it was not right."""
    case = wanting(world)
    say(case, "withdraw", world.by(Role.INTAKE_CLERK), "papers_not_brought")
    case = remitted(world, case)
    assert ask(world, case, ()) == ()
    assert [paper.label for paper in still_wanted(case)] == ["出院小结", "费用清单"]
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case))
    assert still_wanted(case) == []


def test_the_database_itself_has_a_line_once_a_case(world: World) -> None:
    case = wanting(world, (BILL,))
    (paper,) = still_wanted(case)
    columns = {"case": case, "asked_in": paper.asked_in}
    for wrong, name in (
        ({"kind": "itemised_bill"}, "paper_wanted_once_a_case"),
        ({"kind": "", "words": ""}, "wanted_paper_is_named"),
        ({"words": "户口簿", "answer": "brought"}, "wanted_paper_answered_at"),
    ):
        with pytest.raises(IntegrityError) as clash, transaction.atomic():
            WantedPaper.objects.create(**columns, **wrong)
        assert name in str(clash.value) or "wantedpaper.case_id" in str(clash.value)


# -- ticked off --------------------------------------------------------------------------------------------------------


def test_every_line_has_its_answer_before_the_case_goes_on(world: World) -> None:
    case, clerk = wanting(world), world.by(Role.INTAKE_CLERK)
    first, second = still_wanted(case)
    for ticks, missing in (
        ({}, ["出院小结", "费用清单"]),
        ({first.pk: "brought"}, ["费用清单"]),
        ({first.pk: "brought", second.pk: "perhaps"}, ["费用清单"]),
    ):
        with pytest.raises(Incomplete) as refused:
            say(case, "resubmit", clerk, ticks=ticks)
        assert list(refused.value.missing) == [f"“{label}”还没有核对：已补来，还是不再需要" for label in missing]
    assert {paper.answer for paper in WantedPaper.objects.filter(case=case)} == {""}

    say(case, "resubmit", clerk, ticks={first.pk: "brought", second.pk: "waived"})

    assert fresh(case).stage == "submitted"
    answers = list(WantedPaper.objects.filter(case=case).values_list("answer", flat=True))
    assert answers == ["brought", "waived"]
    assert not WantedPaper.objects.filter(case=case, answered_at__isnull=True).exists()
    assert last_act(case).details["papers"] == {"brought": 1, "waived": 1}
    assert history(case, [last_act(case)], [])[0].what == "补正：材料已补齐（补来1项，不再需要1项）"
    assert invariants.broken() == []


def test_the_papers_of_another_case_are_not_ticked_off_here(world: World) -> None:
    case, other = wanting(world), wanting(world)
    with pytest.raises(Incomplete):
        say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(other))
    say(case, "resubmit", world.by(Role.INTAKE_CLERK), ticks=brought(case) | brought(other))
    assert len(still_wanted(other)) == 2


def test_ticked_off_twice_it_is_done_once(world: World) -> None:
    case, clerk = wanting(world), world.by(Role.INTAKE_CLERK)
    item, ticks = open_item(case).pk, brought(case)
    first, again = (perform(item, "resubmit", by=clerk, key="one form", values={"ticks": ticks}) for _ in range(2))
    assert (first.repeated, again.repeated) == (False, True)
    assert WantedPaper.objects.filter(case=case, answer="brought").count() == 2


def test_asked_twice_with_one_form_it_is_told_once(world: World) -> None:
    case, clerk = world.case("intake"), world.by(Role.INTAKE_CLERK)
    item, given = open_item(case).pk, {"reasons": ["papers_missing"], "values": {"papers": (BILL,)}}
    for repeated in (False, True):
        assert perform(item, "ask_for_papers", by=clerk, key="one form", **given).repeated is repeated
    assert WantedPaper.objects.count() == 1


def test_it_takes_a_reason_as_well(world: World) -> None:
    case = world.case("intake")
    with pytest.raises(Incomplete, match="请选择至少一条理由"):
        say(case, "ask_for_papers", world.by(Role.INTAKE_CLERK), papers=(BILL,))
    assert WantedPaper.objects.count() == 0
