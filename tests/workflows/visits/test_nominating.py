"""Names put forward: by the village from its register, by the county from a sheet; one place for a household."""

from __future__ import annotations

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from casework.models import Case, Nomination, RegisterEntry, Role, VisitRound
from casework.sheets.writing import table_workbook
from tests import factories
from tests.factories import StaffFactory
from tests.workflows.visits import stories
from tests.world import COUNTY, OTHER_VILLAGE, VILLAGE, World, open_item
from workflows.papers.applications import import_applications
from workflows.perform import perform
from workflows.refusals import NotAllowed
from workflows.visits import rounds
from workflows.visits.nominating import candidates, nominate

SLUG = "hardship_visit"


def why_not(world: World, round_: VisitRound, person: object, reason: str = "家里有困难") -> str:
    (line,) = nominate(round_.pk, VILLAGE, {person.pk: reason}, by=world.by(Role.VILLAGE_VERIFIER))  # type: ignore[attr-defined]
    return line.why_not


def test_a_household_put_forward_has_the_villages_signature_and_waits_at_the_township(world: World) -> None:
    (case,) = stories.put_forward(world, stories.a_round(world), stories.families(1))
    assert (case.stage, open_item(case).step) == ("verified", "township")
    assert case.signatures == {"verify": case.facts_digest}
    assert case.nomination.household_id == case.applicant.household_id


def test_two_of_one_household_have_one_place(world: World) -> None:
    round_ = stories.a_round(world)
    (one,) = stories.families(1)
    (other,) = stories.families(1, household=one.household)
    lines = nominate(round_.pk, VILLAGE, {one.pk: "", other.pk: ""}, by=world.by(Role.VILLAGE_VERIFIER))
    assert [line.why_not for line in lines] == ["", "这一户在本轮已经提名"]
    assert why_not(world, round_, one) == "这一户在本轮已经提名"


def test_the_database_keeps_one_place_a_household_too(world: World) -> None:
    round_ = stories.a_round(world)
    one, other = stories.put_forward(world, round_, stories.families(2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.filter(case=other).update(household=one.nomination.household)


def test_a_household_that_was_refused_can_be_put_forward_again(world: World) -> None:
    round_ = stories.a_round(world)
    (person,) = stories.families(1)
    (case,) = stories.put_forward(world, round_, [person])
    perform(open_item(case).pk, "refuse", by=world.by(Role.TOWNSHIP_REVIEWER), reasons=["helped_elsewhere"])
    (again,) = stories.put_forward(world, round_, [person])
    assert again.number != case.number


def test_whose_category_is_not_the_rounds_is_taken_with_a_reason_only(world: World) -> None:
    round_ = stories.a_round(world)
    (person,) = stories.families(1, registered__category=RegisterEntry.Category.HARDSHIP)
    assert why_not(world, round_, person, "") == "家庭类别不在本轮对象范围内，又没有写理由"
    assert why_not(world, round_, person, "丈夫摔伤，没有收入") == ""


@pytest.mark.parametrize(
    ("traits", "said"),
    [
        ({"death_date": datetime.date(2026, 1, 2)}, "名册里登记已去世"),
        ({"household": None}, "名册里没有写户编号，不能按户慰问"),
        ({"division_id": OTHER_VILLAGE}, "不在本村的名册里"),
    ],
)
def test_who_cannot_be_put_forward_and_why(world: World, traits: dict[str, object], said: str) -> None:
    (person,) = stories.families(1, **traits)
    assert why_not(world, stories.a_round(world), person) == said


def test_money_needs_a_card_and_goods_do_not(world: World) -> None:
    (person,) = stories.families(1)
    person.accounts.all().delete()
    money, goods = stories.a_round(world), stories.a_round(world, title="慰问品", form="goods", goods="大米")
    assert why_not(world, money, person) == "没有登记过本人的收款账户"
    assert why_not(world, goods, person) == ""


def test_nobody_puts_their_own_household_forward(world: World) -> None:
    (person,) = stories.families(1)
    verifier = world.by(Role.VILLAGE_VERIFIER)
    verifier.identity_hash = person.identity_hash
    verifier.save()
    assert "应当回避" in why_not(world, stories.a_round(world), person)


def test_a_round_that_is_closed_to_names_says_so_and_the_county_can_extend_it(world: World) -> None:
    round_ = stories.a_round(world, nominate_by=localdate() - datetime.timedelta(days=1))
    (person,) = stories.families(1)
    with pytest.raises(NotAllowed, match=r"截止.*请县级延长"):
        why_not(world, round_, person)
    rounds.set_deadline(round_.pk, localdate(), by=world.by(Role.INTAKE_CLERK))
    assert why_not(world, round_, person) == ""
    rounds.take_on(round_.pk, "settled", by=world.by(Role.INTAKE_CLERK))
    with pytest.raises(NotAllowed, match="名单已定"):
        why_not(world, round_, stories.families(1)[0])


def test_only_the_villages_own_verifier_puts_forward(world: World) -> None:
    stranger = StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    (person,) = stories.families(1)
    with pytest.raises(NotAllowed, match="村级核实员"):
        nominate(stories.a_round(world).pk, VILLAGE, {person.pk: ""}, by=stranger)


def test_the_villages_page_offers_whom_it_has_not_put_forward(world: World) -> None:
    round_ = stories.a_round(world)
    people = stories.families(3)
    stories.put_forward(world, round_, people[:1])
    assert {entry.person_id for entry in candidates(round_, VILLAGE)} == {people[1].pk, people[2].pk}


def test_a_sheet_of_the_countys_waits_at_each_village_for_its_word(world: World) -> None:
    round_ = stories.a_round(world)
    one, other = stories.families(2)
    stranger = factories.invented_identity(901)
    number = {person.pk: person.identity_number for person in (one, other)}
    lines = [
        (one.name, number[one.pk].reveal(), "2026年春节慰问", "老伴住院"),
        (other.name, number[other.pk].reveal(), "春节", ""),
        (one.name, number[one.pk].reveal(), "春节", "又写了一次"),
        ("查无此人", stranger, "春节", ""),
        (other.name, number[other.pk].reveal(), "端午", ""),
    ]
    report = import_applications(
        SLUG,
        table_workbook(("姓名", "身份证号", "慰问轮次", "备注"), lines),
        county=COUNTY,
        applied_on=localdate(),
        by=world.by(Role.INTAKE_CLERK),
    )
    assert [row.reasons for row in report.rows] == [
        (),
        (),
        ("household_nominated",),
        ("not_in_register",),
        ("no_round",),
    ]
    case = Case.objects.get(number=report.rows[0].case)
    assert (case.stage, open_item(case).step, case.amount) == ("accepted", "village", round_.standard)
    assert Nomination.objects.filter(round=round_, live=True).count() == 2
    perform(open_item(case).pk, "nominate", by=world.by(Role.VILLAGE_VERIFIER), note="情况属实")
    assert Nomination.objects.filter(case=case).count() == 1


def test_a_review_sends_a_refused_household_back_to_a_place_of_its_own(world: World) -> None:
    round_ = stories.a_round(world)
    (case,) = stories.put_forward(world, round_, stories.families(1))
    perform(open_item(case).pk, "refuse", by=world.by(Role.TOWNSHIP_REVIEWER), reasons=["moved"])
    stories.ask_for_review(world, case)
    newcomer = StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    perform(open_item(case).pk, "remit", by=newcomer, reasons=["facts_unclear"])
    perform(open_item(case).pk, "accept", by=world.by(Role.INTAKE_CLERK))
    case.refresh_from_db()
    assert (case.amount, case.nomination.live) == (round_.standard, True)
