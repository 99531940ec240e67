"""Asked of many at once, the statement says of each what it says of one."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.models import Capacity, DeclaredRelative, Office, Participation, Person, Post, Role, Staff, WorkItem
from tests.factories import HouseholdFactory, OfficeFactory, PersonFactory, StaffFactory
from tests.world import COUNTY, OTHER_VILLAGE, TOWNSHIP, VILLAGE, World, open_item
from workflows.refusals import NotYourPost
from workflows.standing import Standing, standing
from workflows.standing_of_many import Asked, standings

TODAY = datetime.date(2026, 11, 2)
DAYS = [None, *(TODAY + datetime.timedelta(days=n) for n in (-2, -1, 0, 1, 2))]
PLACES = (COUNTY, TOWNSHIP, VILLAGE, OTHER_VILLAGE)
ROLES = (Role.VILLAGE_VERIFIER, Role.TOWNSHIP_REVIEWER, Role.COUNTY_APPROVER)
DIGESTS = ("", "d" * 64)
KIN = ("nobody", "self", "household", "declared", "declared by another", "no household")


def alone(by: Staff, asked: Asked, day: datetime.date) -> Standing | str:
    """What the statement for one says; the sentence when it refuses."""
    item = asked.item
    item.role, item.office = asked.role, asked.office
    try:
        return standing(by, item, on=day)
    except NotYourPost as refused:
        return str(refused)


def together(by: Staff, asked: list[Asked], day: datetime.date) -> list[Standing | str]:
    return [found if isinstance(found, Standing) else str(found) for found in standings(by, asked, on=day)]


POSTS = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from(ROLES), st.sampled_from(PLACES), *[st.sampled_from(DAYS)] * 2),
    max_size=8,
)
CLOSED = st.dictionaries(st.sampled_from(PLACES), st.sampled_from(DAYS), max_size=2)
PARTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from(list(Capacity.values)), st.sampled_from(DIGESTS)),
    max_size=8,
    unique_by=lambda part: part[:2],
)
KINSHIP = st.lists(st.sampled_from(KIN), min_size=4, max_size=4)
ASKED = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(ROLES), st.sampled_from(PLACES)), min_size=1, max_size=9)


@dataclass
class Scene:
    """Four cases and three people who work here, whom each example puts in other places."""

    items: list[WorkItem]
    staff: list[Staff]
    offices: dict[str, Office]

    def posts(self, posts: list[tuple[Any, ...]], closed: dict[str, datetime.date | None]) -> None:
        for code, day in closed.items():
            Office.objects.filter(pk=self.offices[code].pk).update(valid_to=day)
        held = set()
        for who, role, place, begins, ends in posts:
            begins = begins or datetime.date(2020, 1, 1)
            if (ends and ends < begins) or (not ends and (who, role, place) in held):
                continue
            held |= {(who, role, place)} if not ends else set()
            given = {"role": role, "valid_from": begins, "valid_to": ends}
            Post.objects.create(staff=self.staff[who], office=self.offices[place], **given)

    def parts(self, parts: list[tuple[int, int, str, str]]) -> None:
        for which, who, capacity, digest in parts:
            given = {"capacity": capacity, "signed_digest": digest}
            Participation.objects.create(case=self.items[which].process, staff=self.staff[who], **given)

    def kinship(self, kinship: list[str]) -> None:
        for item, kin in zip(self.items, kinship, strict=True):
            applicant = item.process.applicant
            if kin == "self":
                Staff.objects.filter(pk=self.staff[0].pk).update(identity_hash=applicant.identity_hash)
            elif kin == "household":
                hashed = PersonFactory(household=applicant.household).identity_hash
                Staff.objects.filter(pk=self.staff[0].pk).update(identity_hash=hashed)
            elif kin == "no household":
                Person.objects.filter(pk=applicant.pk).update(household=None)
            elif kin.startswith("declared"):
                by = self.staff[1] if kin.endswith("another") else self.staff[0]
                given = {"relation": "表姐", "declared_on": TODAY}
                DeclaredRelative.objects.create(staff=by, identity_hash=applicant.identity_hash, **given)


@pytest.fixture
def scene(world: World) -> Scene:
    household = HouseholdFactory()
    people = [PersonFactory(registered=True, household=household) for _ in range(2)]
    people += [PersonFactory(registered=True) for _ in range(2)]
    items = [open_item(world.enter(person=person)) for person in people]
    # Read with its case, as the gateway reads it.
    assert all(item.process.applicant.pk for item in items)
    Participation.objects.all().delete()
    offices = {place: OfficeFactory(division_id=place) for place in PLACES}
    return Scene(items, [StaffFactory() for _ in range(3)], offices)


def test_each_is_told_what_would_be_told_of_it_alone(scene: Scene) -> None:
    @given(posts=POSTS, closed=CLOSED, parts=PARTS, kinship=KINSHIP, asked=ASKED, active=st.booleans())
    @settings(max_examples=60, suppress_health_check=list(HealthCheck))
    def go(posts: Any, closed: Any, parts: Any, kinship: Any, asked: Any, active: bool) -> None:
        with transaction.atomic():
            scene.posts(posts, closed)
            scene.parts(parts)
            scene.kinship(kinship)
            Staff.objects.filter(pk=scene.staff[1].pk).update(is_active=active)
            for by in Staff.objects.filter(pk__in=[one.pk for one in scene.staff]):
                questions = [Asked(scene.items[which], role, place) for which, role, place in asked]
                assert together(by, questions, TODAY) == [alone(by, one, TODAY) for one in questions]
            transaction.set_rollback(True)

    go()


def test_the_first_of_two_posts_is_the_one_acted_in(scene: Scene) -> None:
    """Two offices of one place have the role: the earlier post, for many as for one."""
    by, item = scene.staff[0], scene.items[0]
    for name in ("乙协会", "甲协会"):
        office = OfficeFactory(division_id=COUNTY, name=name)
        Post.objects.create(staff=by, office=office, role=ROLES[0], valid_from="2020-01-01")
    Participation.objects.create(case=item.process, staff=scene.staff[1], capacity="verify")
    asked = Asked(item, ROLES[0], COUNTY)
    (found,) = standings(by, [asked], on=TODAY)
    assert isinstance(found, Standing) and found.actor.office == "乙协会"
    assert len(found.parts) == 1
    assert found == alone(by, asked, TODAY)


def test_each_has_the_parts_of_its_own_case(scene: Scene) -> None:
    """Two rounds, so that by their keys the parts of all cases lie mixed."""
    scene.posts([(0, ROLES[0], COUNTY, None, None)], {})
    for who in (0, 1):
        scene.parts([(which, who, "verify", DIGESTS[which % 2]) for which in range(4)])
    asked = [Asked(item, ROLES[0], COUNTY) for item in scene.items]
    found = together(scene.staff[0], asked, TODAY)
    assert found == [alone(scene.staff[0], one, TODAY) for one in asked]
    assert [len(one.parts) for one in found if isinstance(one, Standing)] == [2] * 4


def test_of_any_number_it_is_one_statement(scene: Scene) -> None:
    scene.posts([(0, role, place, None, None) for role, place in product(ROLES, PLACES)], {})
    asked = [Asked(item, ROLES[0], place) for item in scene.items for place in PLACES]
    with CaptureQueriesContext(connection) as sent:
        found = standings(scene.staff[0], asked)
    assert len(sent) == 1
    assert len(found) == 16 and all(isinstance(one, Standing) for one in found)


def test_an_office_is_named_once_however_many_are_refused_in_it(scene: Scene) -> None:
    asked = [Asked(item, ROLES[0], place) for item in scene.items for place in (VILLAGE, TOWNSHIP)]
    with CaptureQueriesContext(connection) as sent:
        found = standings(scene.staff[0], asked)
    assert len(sent) == 3
    assert {type(one) for one in found} == {NotYourPost}
    assert ["川门湾" in str(one) for one in found] == [True, False] * 4


def test_nobody_is_asked_about_without_a_statement(scene: Scene) -> None:
    with CaptureQueriesContext(connection) as sent:
        assert standings(scene.staff[0], []) == []
    assert len(sent) == 0
