"""Whether there are enough different people for every case: told before anybody is stuck, by office and post."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from casework.models import Case, DeclaredRelative, Office, Participation, Post, RegisterEntry, Role, Staff, WorkItem
from casework.models.law import NOTICE_WORDS
from tests import factories
from tests.workflows.second_thoughts.stories import asked_about, refused, say, under_review, walked_on
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item
from workflows import registry
from workflows.perform import perform
from workflows.proof import staffing_faults
from workflows.proof.gaps import Gap, Why
from workflows.proof.open_cases import open_cases
from workflows.proof.roster import kin_of_staff, roster
from workflows.proof.seats import seats_ahead
from workflows.proof.staffing import who_may
from workflows.refusals import Refusal
from workflows.reopening import reopen
from workflows.standing import standing

LONG_AGO = datetime.date(2015, 1, 1)


@pytest.fixture(autouse=True)
def _no_list_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is objected to a list is answered by one approver more: see `test_staffing_boards`."""
    steps = {slug: {step.name for step in one.steps()} for slug, one in registry.programmes().items()}
    plain = {slug: one for slug, one in registry.programmes().items() if not NOTICE_WORDS.keys() & steps[slug]}
    monkeypatch.setattr(registry, "programmes", lambda: registry.Programmes(plain))


@pytest.fixture
def staffed(world: World) -> World:
    """The world with a second approver: who decided a case does not review it."""
    world.staff["second_approver"] = factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    return world


def told(**asked: Any) -> list[tuple[str, str, Why]]:
    return [(gap.office, gap.seat.role, gap.why) for gap in staffing_faults(**asked)]


def the_gap(**asked: Any) -> Gap:
    (gap,) = staffing_faults(**asked)
    return gap


def leaves(staff: Staff) -> None:
    Post.objects.filter(staff=staff).update(valid_to="2020-12-31")


def also(staff: Staff, role: str, office: str, **fields: Any) -> Post:
    """A second post for somebody."""
    place = factories.OfficeFactory(division_id=office)
    return Post.objects.create(staff=staff, office=place, role=role, valid_from=LONG_AGO, **fields)


# -- where a case could come from --------------------------------------------------------------------------------------


def test_with_somebody_for_every_seat_nothing_is_missing(staffed: World) -> None:
    staffed.case("payment")
    staffed.enter()
    assert told() == []


def test_a_single_approver_cannot_review_what_they_decided(world: World) -> None:
    gap = the_gap()
    assert (gap.office, gap.seat.capacity, gap.why) == (COUNTY, "reconsider", Why.TOO_FEW)
    assert gap.sentence == "桃江县：县级审批人没有第二个人：“县级审批”“复核”必须由不同的人办，能办的一共只有1人"
    assert gap.remedy == "请在桃江县再任命一名县级审批人"


def test_a_desk_nobody_sits_at_is_named_with_its_office(staffed: World) -> None:
    leaves(staffed.by(Role.PAYMENT_CHECKER))
    gap = the_gap()
    assert (gap.office, gap.seat.role, gap.why) == (COUNTY, Role.PAYMENT_CHECKER, Why.NOBODY)
    assert gap.sentence == "桃江县：没有在岗的发放复核，“发放复核”没有人办"
    assert gap.remedy == "请在桃江县任命一名发放复核"


def test_one_person_in_both_payment_posts_is_not_two(staffed: World) -> None:
    leaves(staffed.by(Role.PAYMENT_CHECKER))
    also(staffed.by(Role.PAYMENT_OFFICER), Role.PAYMENT_CHECKER, COUNTY)
    gap = the_gap()
    assert (gap.seat.role, gap.why) == (Role.PAYMENT_CHECKER, Why.TOO_FEW)
    assert gap.sentence.startswith("桃江县：发放复核没有第二个人：“列入发放批次”“发放复核”必须由不同的人办")


def test_a_person_may_hold_two_posts_where_another_can_step_in(staffed: World) -> None:
    also(staffed.by(Role.PAYMENT_OFFICER), Role.PAYMENT_CHECKER, COUNTY)
    assert told() == []


def test_who_verifies_and_reviews_one_village_is_not_two_either(staffed: World) -> None:
    leaves(staffed.by(Role.TOWNSHIP_REVIEWER))
    also(staffed.by(Role.VILLAGE_VERIFIER), Role.TOWNSHIP_REVIEWER, TOWNSHIP)
    gap = the_gap()
    assert (gap.office, gap.seat.role) == (VILLAGE, Role.VILLAGE_VERIFIER)
    assert gap.sentence.startswith("桃江县桃花江镇川门湾村委会：村级核实员没有第二个人")


def test_three_seats_and_two_people_are_told_as_such(staffed: World) -> None:
    for role in (Role.PAYMENT_OFFICER, Role.PAYMENT_CHECKER):
        leaves(staffed.by(role))
        for approver in (staffed.by(Role.COUNTY_APPROVER), staffed.by("second_approver")):
            also(approver, role, COUNTY)
    first, second = staffing_faults()
    assert {first.people, second.people} == {2}
    assert "没有第三个人：“县级审批”“列入发放批次”“发放复核”必须由不同的人办，能办的一共只有2人" in second.sentence


def test_what_a_county_lacks_is_said_once_and_not_of_each_of_its_villages(staffed: World) -> None:
    for village in ("430922112011", OTHER_VILLAGE):
        factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, village))
    factories.StaffFactory(post=(Role.TOWNSHIP_REVIEWER, OTHER_VILLAGE[:9]))
    leaves(staffed.by(Role.PAYMENT_CHECKER))
    assert told() == [(COUNTY, Role.PAYMENT_CHECKER, Why.NOBODY)]


def test_a_village_with_a_family_in_the_register_needs_its_verifier_and_township(staffed: World) -> None:
    factories.RegisterEntryFactory(division_id=OTHER_VILLAGE)
    assert told(on=datetime.date(2026, 11, 1)) == [
        (OTHER_VILLAGE[:9], Role.TOWNSHIP_REVIEWER, Why.NOBODY),
        (OTHER_VILLAGE, Role.VILLAGE_VERIFIER, Why.NOBODY),
    ]


def test_a_village_whose_entries_have_ended_is_expected_to_send_nobody(staffed: World) -> None:
    factories.RegisterEntryFactory(division_id=OTHER_VILLAGE)
    RegisterEntry.objects.update(valid_to="2020-12-31")
    assert told() == []


def test_a_village_where_somebody_is_in_post_needs_a_township(staffed: World) -> None:
    factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    assert told() == [(OTHER_VILLAGE[:9], Role.TOWNSHIP_REVIEWER, Why.NOBODY)]


def test_a_county_where_no_case_could_come_in_is_left_alone(staffed: World) -> None:
    """Its auditor is in post, and nobody takes applications."""
    factories.StaffFactory(post=(Role.AUDITOR, "430102"))
    assert told() == []


def test_a_county_that_has_had_cases_is_at_work_though_its_clerk_has_left(staffed: World) -> None:
    staffed.case("end")
    leaves(staffed.by(Role.INTAKE_CLERK))
    assert told() == [(COUNTY, Role.INTAKE_CLERK, Why.NOBODY)]


def test_people_who_cannot_log_in_and_offices_that_are_gone_do_not_count(staffed: World) -> None:
    Staff.objects.filter(pk=staffed.by(Role.PAYMENT_CHECKER).pk).update(is_active=False)
    assert told() == [(COUNTY, Role.PAYMENT_CHECKER, Why.NOBODY)]
    Staff.objects.update(is_active=True)
    Office.objects.filter(division_id=TOWNSHIP).update(valid_to="2020-12-31")
    assert told() == [(TOWNSHIP, Role.TOWNSHIP_REVIEWER, Why.NOBODY)]


# -- posts lent, posts about to end ------------------------------------------------------------------------------------


def lent(world: World, role: str, to: Staff, *, until: str = "2030-12-31") -> Post:
    post = Post.objects.get(staff=world.by(role), role=role)
    return Post.objects.create(
        staff=to, office=post.office, role=role, valid_from=LONG_AGO, valid_to=until, lent_by=post
    )


def test_a_post_lent_is_somebody_in_post(world: World) -> None:
    lent(world, Role.COUNTY_APPROVER, factories.StaffFactory())
    assert told() == []


def test_a_post_lent_to_who_sits_at_the_next_desk_is_not(staffed: World) -> None:
    lent(staffed, Role.PAYMENT_CHECKER, staffed.by(Role.PAYMENT_OFFICER))
    assert told() == []
    assert told(without_post=Post.objects.get(staff=staffed.by(Role.PAYMENT_OFFICER), lent_by=None)) == [
        (COUNTY, Role.PAYMENT_OFFICER, Why.NOBODY)
    ]


def test_before_a_post_ends_it_is_told_what_its_end_would_leave_empty_and_nothing_else(world: World) -> None:
    """The single approver is a fault already, and not this post's doing."""
    world.enter()
    checker = Post.objects.get(role=Role.PAYMENT_CHECKER)
    gap = the_gap(county=COUNTY, without_post=checker)
    assert (gap.seat.role, gap.why, gap.cases) == (Role.PAYMENT_CHECKER, Why.NOBODY, 1)
    assert Post.objects.in_force(localdate()).filter(pk=checker.pk).exists()


def test_with_a_post_goes_what_was_lent_of_it(staffed: World) -> None:
    lent(staffed, Role.PAYMENT_CHECKER, factories.StaffFactory())
    checker = Post.objects.get(role=Role.PAYMENT_CHECKER, lent_by=None)
    assert told(without_post=checker) == [(COUNTY, Role.PAYMENT_CHECKER, Why.NOBODY)]


def test_several_posts_that_end_together_are_looked_at_together(staffed: World) -> None:
    first, second = Post.objects.filter(role=Role.COUNTY_APPROVER)
    assert told(without_post=first) == [(COUNTY, Role.COUNTY_APPROVER, Why.TOO_FEW)]
    assert told(without_post=[first, second]) == [
        (COUNTY, Role.COUNTY_APPROVER, Why.NOBODY),
        (COUNTY, Role.COUNTY_APPROVER, Why.NOBODY),
    ]


def test_what_is_asked_of_a_day_to_come_counts_who_is_in_post_then(staffed: World) -> None:
    Post.objects.filter(role=Role.PAYMENT_CHECKER).update(valid_to="2030-06-30")
    assert told(on=datetime.date(2030, 6, 30)) == []
    assert told(on=datetime.date(2030, 7, 1)) == [(COUNTY, Role.PAYMENT_CHECKER, Why.NOBODY)]


def test_another_countys_want_is_not_this_ones(staffed: World) -> None:
    factories.StaffFactory(post=(Role.INTAKE_CLERK, "430102"))
    assert told(county=COUNTY) == []
    assert {office for office, _, _ in told()} == {"430102"}


# -- the cases there are -----------------------------------------------------------------------------------------------


def test_a_case_of_which_nobody_ahead_may_act_is_named(staffed: World) -> None:
    """The only verifier is the applicant's relative: the village is staffed, this case is not."""
    case = staffed.case("village")
    verifier = staffed.by(Role.VILLAGE_VERIFIER)
    hash_of = case.applicant.identity_hash
    DeclaredRelative.objects.create(staff=verifier, identity_hash=hash_of, relation="姐妹", declared_on=LONG_AGO)
    other = staffed.case("village")

    gap = the_gap()

    assert (gap.office, gap.why, gap.cases, gap.numbers) == (VILLAGE, Why.KEPT_OUT, 1, [case.number])
    assert case.number in gap.sentence
    assert other.number not in gap.sentence
    assert "要回避，或在案中已有别的身份" in gap.sentence
    assert gap.remedy == "请在桃江县桃花江镇川门湾村委会再任命一名村级核实员"
    assert verifier.name not in gap.sentence


def test_what_lies_behind_a_case_is_not_asked_for_again(staffed: World) -> None:
    """The village has verified; that its verifier is kin would only matter if it came back."""
    case = staffed.case("township")
    staff = staffed.by(Role.VILLAGE_VERIFIER)
    DeclaredRelative.objects.create(
        staff=staff, identity_hash=case.applicant.identity_hash, relation="姐妹", declared_on=LONG_AGO
    )
    assert told() == []


def test_who_took_part_as_one_thing_cannot_be_the_other_ahead(staffed: World) -> None:
    """The clerk who took the case in becomes the county's only checker."""
    case = staffed.case("payment")
    leaves(staffed.by(Role.PAYMENT_CHECKER))
    also(staffed.by(Role.INTAKE_CLERK), Role.PAYMENT_CHECKER, COUNTY)
    factories.StaffFactory(post=(Role.INTAKE_CLERK, COUNTY))
    gap = the_gap()
    assert (gap.seat.role, gap.why, gap.numbers) == (Role.PAYMENT_CHECKER, Why.KEPT_OUT, [case.number])


def test_who_took_part_may_go_on_in_their_own_capacity(staffed: World) -> None:
    case = staffed.case("bank")
    assert case.participations.filter(staff=staffed.by(Role.PAYMENT_OFFICER), capacity="pay").exists()
    assert told() == []


def test_a_review_under_way_wants_somebody_who_had_no_part(staffed: World) -> None:
    case = staffed.case("county")
    perform(open_item(case).pk, "refuse", by=staffed.by(Role.COUNTY_APPROVER), reasons=["not_covered"], note="不符")
    reopen(case.number, by=staffed.by(Role.INTAKE_CLERK), reasons=["refusal_disputed"])
    assert told() == []
    leaves(staffed.by("second_approver"))
    (gap,) = staffing_faults()
    assert (gap.seat.capacity, gap.why, gap.cases) == ("reconsider", Why.TOO_FEW, 1)


def test_who_has_reviewed_a_case_before_does_not_review_what_was_decided_anew(staffed: World) -> None:
    """Sent its road again by one review and refused again, it needs a third person for the next."""
    case = under_review(staffed, refused(staffed))
    say(case, "remit", staffed.by("second_approver"), "facts_unclear")
    say(walked_on(staffed, case, "county"), "refuse", staffed.by(Role.COUNTY_APPROVER), "not_covered")
    asked_about(staffed, case)

    gap = the_gap()

    assert (gap.seat.capacity, gap.why, gap.numbers) == ("reconsider", Why.KEPT_OUT, [case.number])
    factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY))
    assert told() == []


def test_a_suspended_case_wants_the_people_of_the_road_it_will_be_back_on(staffed: World) -> None:
    case = staffed.case("township")
    day = localdate() + datetime.timedelta(days=30)
    perform(
        open_item(case).pk,
        "suspend",
        by=staffed.by(Role.TOWNSHIP_REVIEWER),
        reasons=["applicant_away"],
        values={"review_on": day},
    )
    (found,) = open_cases("", kin_of_staff())
    assert found.came_from == "township"
    ahead = [(seat.role, seat.office(found.division)) for seat in seats_ahead(found.flow, found.step, found.came_from)]
    assert (Role.TOWNSHIP_REVIEWER, TOWNSHIP) in ahead
    assert (Role.VILLAGE_VERIFIER, VILLAGE) not in ahead


def test_a_village_nobody_is_in_post_in_is_told_with_the_cases_that_wait_for_it(staffed: World) -> None:
    cases = [staffed.case("village") for _ in range(7)]
    leaves(staffed.by(Role.VILLAGE_VERIFIER))
    gap = the_gap()
    assert (gap.why, gap.cases) == (Why.NOBODY, 7)
    assert gap.numbers == [case.number for case in cases[:5]]
    assert gap.sentence.endswith("等）")


def test_cases_that_lie_alike_are_looked_at_once(staffed: World, django_assert_num_queries: Any) -> None:
    for _ in range(3):
        staffed.case("village")
    with CaptureQueriesContext(connection) as few:
        told()
    for _ in range(6):
        staffed.case("village")
    with django_assert_num_queries(len(few)):
        told()


# -- it is the gateway's rule ------------------------------------------------------------------------------------------


def gateway_lets(staff: Staff, item: WorkItem) -> bool:
    step = item.flow_task
    try:
        seen = standing(staff, item)
        seen.check_may_act(item, step.capacity)
        if all(outcome.by_newcomer for outcome in step.outcomes.values()):
            seen.check_had_no_part()
    except Refusal:
        return False
    return True


def kin(world: World, case: Case) -> None:
    applicant = case.applicant
    itself = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    Staff.objects.filter(pk=itself.pk).update(identity_hash=applicant.identity_hash)
    member = factories.PersonFactory(household=applicant.household)
    family = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    Staff.objects.filter(pk=family.pk).update(identity_hash=member.identity_hash)
    relative = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    DeclaredRelative.objects.create(
        staff=relative, identity_hash=applicant.identity_hash, relation="表亲", declared_on=LONG_AGO
    )
    post = Post.objects.get(staff=relative)
    for delegate in (factories.StaffFactory(), world.by(Role.VILLAGE_VERIFIER)):
        Post.objects.create(
            staff=delegate, office=post.office, role=post.role, valid_from=LONG_AGO, valid_to="2030-01-01", lent_by=post
        )


def others(world: World, case: Case) -> None:
    factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    gone = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    leaves(gone)
    locked_out = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    Staff.objects.filter(pk=locked_out.pk).update(is_active=False)
    also(world.by(Role.INTAKE_CLERK), Role.VILLAGE_VERIFIER, VILLAGE)
    also(world.by(Role.TOWNSHIP_REVIEWER), Role.VILLAGE_VERIFIER, VILLAGE)
    again = factories.StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    Participation.objects.create(case=case, staff=again, capacity="verify")


@pytest.mark.parametrize("crowd", [kin, others])
def test_who_may_is_answered_as_the_gateway_answers(staffed: World, crowd: Any) -> None:
    case = staffed.case("village")
    crowd(staffed, case)
    item = open_item(case)
    people = roster(on=localdate())
    (found,) = open_cases("", kin_of_staff())
    seat = next(one for one in seats_ahead(found.flow, found.step, "") if one.role == Role.VILLAGE_VERIFIER)

    may = who_may(seat, VILLAGE, found, people)

    everybody = Staff.objects.all()
    assert may == {staff.pk for staff in everybody if gateway_lets(staff, item)}
    assert 0 < len(may) < Post.objects.filter(role=Role.VILLAGE_VERIFIER).count()
