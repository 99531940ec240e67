"""Putting a list up: what it says, what may not hang, and that a case hangs once."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from casework.models import Case, Event, Notice, NoticeLine, Person, RegisterEntry, Role
from tests import factories
from tests.workflows.notices import noticed
from tests.workflows.notices.noticed import COUNTY, SLUG, VILLAGE, Village
from tests.world import open_item
from workflows import registry, trail
from workflows.notices.digest import digest_of_list
from workflows.notices.posting import draft_notice
from workflows.notices.refusals import NotPosted
from workflows.notices.sheet import rendered
from workflows.perform import perform
from workflows.refusals import NotYourPost
from workflows.reopening import reopen

pytestmark = pytest.mark.django_db


def against(village: Village, *cases: Case, **more: object) -> tuple[str, ...]:
    with pytest.raises(NotPosted) as refused:
        village.post(*cases, **more)
    assert not Notice.objects.exists()
    return refused.value.details


def named(name: str, **more: object) -> Person:
    return factories.PersonFactory(name=name, registered=True, registered__category="disabled_child", **more)


def test_a_line_says_a_masked_name_a_village_and_an_amount(village: Village) -> None:
    case = village.case(person=named("张晓明"))
    line = village.post(case).lines.get()

    assert line.shown == {
        "name": "张*明",
        "village": "川门湾村委会",
        "township": "桃花江镇",
        "amount": f"{case.amount:.2f}",
    }
    assert (line.amount, line.mark) == (case.amount, case.notice_mark)


def test_posting_draws_up_a_sheet_with_its_sums_its_digest_and_a_chain_of_its_own(village: Village) -> None:
    cases = [village.case(), village.case()]
    notice = village.post(*cases)

    assert notice.number == "GS430922-2026G0001"
    assert (notice.line_count, notice.total) == (2, sum(case.amount or 0 for case in cases))
    assert notice.digest == digest_of_list(notice.lines.all())
    (event,) = Event.objects.filter(chain=f"notice:{notice.number}")
    assert (event.action, event.details["digest"]) == ("notice_posted", notice.digest)
    assert list(trail.breaks()) == []


@pytest.mark.parametrize(
    ("working", "days", "last"),
    [(False, 3, "2026-11-05"), (False, 7, "2026-11-09"), (True, 7, "2026-11-11"), (True, 30, "2026-12-14")],
)
def test_the_day_of_posting_does_not_count(
    village: Village, monkeypatch: pytest.MonkeyPatch, working: bool, days: int, last: str
) -> None:
    known = noticed.programme(days=days, working=working)
    monkeypatch.setattr(registry, "programmes", lambda: registry.Programmes({known.slug: known}))

    assert village.post(village.case()).last_day.isoformat() == last


def test_the_same_attempt_twice_hangs_one_sheet(village: Village) -> None:
    case = village.case()

    assert village.post(case, key="a form's token") == village.post(case, key="a form's token")
    assert Notice.objects.count() == 1


def test_a_case_that_hangs_is_not_hung_again(village: Village) -> None:
    case = village.case()
    village.post(case)
    with pytest.raises(NotPosted, match="不在待公示的案件里"):
        village.post(case)


def test_the_database_itself_lets_a_case_hang_once_in_a_place(village: Village) -> None:
    line = village.post(village.case()).lines.get()
    again = NoticeLine(
        notice=line.notice, case=line.case, place=line.place, line_number=2, shown={}, amount=1, mark="m"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_who_has_no_post_there_hangs_nothing(village: Village) -> None:
    case = village.case()
    with pytest.raises(NotYourPost):
        village.post(case, by=village.by(Role.TOWNSHIP_REVIEWER))


def test_a_bereaved_family_never_hangs_on_the_web_and_the_line_is_named(village: Village) -> None:
    """By the register of anybody at home, and not by what the application says alone."""
    mother = named("王秀英")
    father = factories.PersonFactory(household=mother.household)
    factories.RegisterEntryFactory(person=father, category=RegisterEntry.Category.BEREAVED)
    case, other = village.case(person=mother), village.case()

    said = against(village, other, case, channels=("board", "web"))

    assert [line for line in said if "失独家庭，不上网" in line]
    assert all(case.number in line for line in said)
    assert village.post(other, channels=("board", "web")).channels == ["board", "web"]
    assert village.post(case, channels=("board",)).lines.get().case == case


def test_a_family_whose_certificate_has_run_out_has_still_lost_its_child(village: Village) -> None:
    ended = {"category": RegisterEntry.Category.BEREAVED, "valid_to": datetime.date(2025, 12, 31)}
    mother = named("王秀英")
    factories.RegisterEntryFactory(person=mother, **ended)
    father = factories.PersonFactory()
    factories.RegisterEntryFactory(person=factories.PersonFactory(household=father.household), **ended)

    for parent in (mother, father):
        said = against(village, village.case(person=parent), channels=("board", "web"))
        assert [line for line in said if "失独家庭，不上网" in line]


def test_a_bereaved_family_hangs_under_no_title_that_says_so(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    known = noticed.programme(title="失独家庭护理补贴名单")
    monkeypatch.setattr(registry, "programmes", lambda: registry.Programmes({known.slug: known}))
    case = village.case(category="bereaved")

    (said,) = against(village, case)

    assert "失独" in said
    assert "中性的标题" in said


def test_a_number_in_what_hangs_refuses_the_sheet_and_names_the_line(village: Village) -> None:
    """Somebody typed a phone into the name of the village: the page is read as it will be read."""
    good, bad = village.case(), village.case()
    moved = factories.PersonFactory(registered=True, registered__category="disabled_child", name="李·19912345678")
    Case.objects.filter(pk=bad.pk).update(applicant=moved)
    factories.Division.objects.filter(pk=VILLAGE).update(name="川门湾村 199-1234-5678")

    said = against(village, good, bad)

    assert len(said) == 2
    assert "里有手机号码，不能公示" in said[0]
    assert good.number in said[0]


def test_a_number_in_the_clause_refuses_the_whole_sheet(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    known = noticed.programme(clause="有疑问请打 199 1234 5678")
    monkeypatch.setattr(registry, "programmes", lambda: registry.Programmes({known.slug: known}))

    assert against(village, village.case()) == ("公示榜上有手机号码，不能公示",)


def test_a_confidential_case_never_hangs(village: Village) -> None:
    case = village.case()
    Case.objects.filter(pk=case.pk).update(confidential=True)

    assert against(village, case) == (f"{case.number}：这件案子保密，不能公示",)


def test_a_colleague_who_has_it_in_hand_is_named_and_nothing_hangs(village: Village) -> None:
    mine, theirs = village.case(), village.case()
    colleague = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE), name="彭秋菊")
    item = open_item(theirs)
    item.owner = colleague
    item.save(update_fields=["owner"])

    (said,) = against(village, mine, theirs)

    assert said.startswith("第2行")
    assert "彭秋菊" in said
    assert open_item(mine).step == "village_notice"


def test_a_draft_writes_nothing(village: Village) -> None:
    case = village.case()
    drawn = draft_notice(SLUG, "village_notice", VILLAGE, [case.number], by=village.by(Role.VILLAGE_VERIFIER))

    assert drawn.sheet.rows[0][0] == 1
    assert not Notice.objects.exists()
    assert open_item(case).step == "village_notice"


def test_a_case_that_left_one_sheet_hangs_on_the_next(village: Village) -> None:
    """Terminated while it hung, looked at again and sent its road again, before the first sheet came down."""
    case = village.case()
    first = village.post(case)
    village.say(case, "terminate", Role.INTAKE_CLERK, reasons=("moved_away",))
    reopen(case.number, by=village.by(Role.INTAKE_CLERK), reasons=("refusal_disputed",))
    newcomer = factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    perform(open_item(case).pk, "remit", by=newcomer, reasons=("facts_unclear",), note="没有迁出")
    village.verified(case)

    second = village.post(case)

    assert (first.lines.get().why, second.lines.get().state) == ("left", "hanging")


def test_the_law_keeps_the_verb_to_the_keepers_of_boards(village: Village) -> None:
    case = village.case()
    with pytest.raises(NotYourPost):
        perform(open_item(case).pk, "post", by=village.by(Role.PAYMENT_OFFICER), values={"notice": "GS"})


def test_whoever_works_in_english_hangs_a_sheet_the_village_can_read(village: Village) -> None:
    case = village.case()
    with override("en"):
        drawn = draft_notice(SLUG, "village_notice", VILLAGE, [case.number], by=village.by(Role.VILLAGE_VERIFIER))
        page = rendered(drawn.sheet)

    assert drawn.sheet.headings == ("姓名", "所在村社区", "金额（元）")
    assert "张榜当天不算" in page
