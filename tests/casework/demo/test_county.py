"""A demonstration county: real places, an office at each, somebody in every post."""

from __future__ import annotations

import datetime

import pytest
from django.contrib.auth import authenticate

from casework.demo.accounts import account_lines
from casework.demo.county import COUNTY_SEATS, PASSWORD, Made, build_county, divisions_of, place_name
from casework.models import Designation, Division, Hospital, Level, Office, Post, Role, Staff
from tests.casework.demo.places import LARGEST, SMALLEST, TAOJIANG, load
from workflows.papers.sheets import intake_clerk_of

AT_LEVEL = {Role.VILLAGE_VERIFIER: Level.VILLAGE, Role.TOWNSHIP_REVIEWER: Level.TOWNSHIP}


@pytest.mark.parametrize("county", [TAOJIANG, LARGEST, SMALLEST])
def test_every_place_of_a_county_has_an_office_with_its_people(db: None, county: str) -> None:
    load(county)
    made = build_county(county)
    places = {division.code: division for division in divisions_of(county)}
    offices = Office.objects.filter(kind=Office.Kind.ASSOCIATION).values_list("division_id", flat=True)
    assert sorted(offices) == sorted(places)
    assert made.offices == len(places) + 1
    for role, level in AT_LEVEL.items():
        here = {code for code, division in places.items() if division.level == level}
        assert set(Post.objects.filter(role=role).values_list("office__division_id", flat=True)) == here


def test_every_role_has_somebody_in_post(db: None) -> None:
    load(TAOJIANG)
    build_county(TAOJIANG)
    held = set(Post.objects.in_force(datetime.date(2020, 1, 1)).values_list("role", flat=True))
    assert held == set(Role)
    assert Post.objects.filter(role=Role.INTAKE_CLERK, office__division_id=TAOJIANG).count() == 2
    assert Post.objects.filter(office__division_id="430922112", role=Role.TOWNSHIP_REVIEWER).count() == 2


def test_running_again_adds_nothing_and_leaves_what_people_did(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    clerk = Staff.objects.get(username="shouli")
    clerk.name = "改名"
    clerk.set_password("my own long password")
    clerk.save()
    Post.objects.filter(staff__username="fuhe").update(valid_to=datetime.date(2026, 1, 1))
    assert build_county(SMALLEST) == Made(0, 0, 0)
    again = Staff.objects.get(username="shouli")
    assert (again.name, again.check_password("my own long password")) == ("改名", True)
    assert Post.objects.get(staff__username="fuhe").valid_to == datetime.date(2026, 1, 1)


def test_two_counties_stand_side_by_side(db: None) -> None:
    load(TAOJIANG, SMALLEST)
    build_county(TAOJIANG)
    build_county(SMALLEST)
    assert intake_clerk_of(TAOJIANG).username == "shouli"
    assert intake_clerk_of(SMALLEST).username == f"shouli-{SMALLEST}"
    assert build_county(TAOJIANG) == build_county(SMALLEST) == Made(0, 0, 0)
    assert Staff.objects.filter(username__startswith="shouli").count() == 4


def test_the_accounts_log_in_with_the_one_password(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    for username, _role in COUNTY_SEATS:
        assert authenticate(username=username, password=PASSWORD) is not None
    assert Staff.objects.values("password").distinct().count() == 1


def test_the_hospitals_are_those_of_the_example_scheme(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    assert Hospital.objects.filter(county_id=SMALLEST).count() == 7
    lapsed = Designation.objects.get(hospital__name="康宁民营医院")
    assert (lapsed.covers(datetime.date(2026, 3, 31)), lapsed.covers(datetime.date(2026, 4, 1))) == (True, False)
    assert not Designation.objects.filter(hospital__name="仁爱护理院").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("川门湾村委会", "桃花江镇川门湾村"),
        ("岳林村村委会", "桃花江镇岳林村"),
        ("半稼洲社区居民委员会", "桃花江镇半稼洲社区"),
        ("桃花江镇打石湾社区", "桃花江镇打石湾社区"),
        ("林场生活区", "桃花江镇林场生活区"),
    ],
)
def test_an_office_is_named_as_people_say_the_place(name: str, said: str) -> None:
    assert place_name(Division(code="430922112252", name=name, level=12), "桃花江镇") == said


def test_the_accounts_are_listed_with_the_password_and_a_hint(db: None) -> None:
    load(SMALLEST)
    build_county(SMALLEST)
    said = "\n".join(account_lines(SMALLEST))
    assert PASSWORD in said
    assert "shenpi2" in said
    assert "cun-" in said
