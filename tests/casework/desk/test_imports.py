"""The pages of paper coming in: handing a sheet in, its report, the copy to send back, putting a line right."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.crypto import key_ring
from casework.models import Case, Event, Person, Role, SheetImport, SheetLine, Stage
from tests.factories import PersonFactory, StaffFactory
from tests.workflows.papers.sheets import applications, line
from tests.world import COUNTY, World


@pytest.fixture
def clerk(world: World) -> Client:
    client = Client()
    client.force_login(world.by(Role.INTAKE_CLERK))
    return client


def hand_in(clerk: Client, source: bytes, name: str = "申报表.xlsx"):  # type: ignore[no-untyped-def]  # a test client's answer
    given = {"kind": "nursing_subsidy", "county": COUNTY, "applied_on": "2026-11-02"}
    return clerk.post(reverse("desk:imports"), {**given, "file": SimpleUploadedFile(name, source)}, follow=True)


def test_a_sheet_handed_in_is_reported_line_by_line(clerk: Client) -> None:
    person = PersonFactory(registered=True)
    page = hand_in(clerk, applications([line(person), line(person, level="特重")]))
    text = page.content.decode()
    assert page.status_code == 200
    case = Case.objects.get()
    assert case.number in text and "1,300.00" in text
    assert "特重" in text and "更正这一行" in text
    only = clerk.get(reverse("desk:import", args=[SheetImport.objects.get().pk]), {"only": "refused"}).content.decode()
    assert case.number not in only


def test_no_number_of_anybody_stands_on_the_report(clerk: Client) -> None:
    person = PersonFactory(registered=True)
    given = line(person, level="特重")
    text = hand_in(clerk, applications([given])).content.decode()
    assert given["identity"] not in text and given["card"] not in text and given["name"] not in text


def test_the_same_sheet_again_shows_the_first_report_and_says_so(clerk: Client) -> None:
    sheet = applications([line(PersonFactory(registered=True))])
    hand_in(clerk, sheet)
    assert "以前导入过" in hand_in(clerk, sheet).content.decode()
    assert Case.objects.count() == 1


def test_what_is_no_sheet_is_refused_on_the_form_with_a_sentence(clerk: Client) -> None:
    page = hand_in(clerk, b"\xff\xd8\xff not a sheet", name="照片.jpg")
    assert page.status_code == 400
    assert "电子表格" in page.content.decode()
    assert not SheetImport.objects.exists()


def test_the_annotated_copy_is_a_post_and_leaves_its_mark(clerk: Client) -> None:
    hand_in(clerk, applications([line(PersonFactory(registered=True))]))
    url = reverse("desk:import_copy", args=[SheetImport.objects.get().pk])
    assert clerk.get(url).status_code == 405
    copy = clerk.post(url)
    assert copy.content.startswith(b"PK") and copy["Cache-Control"]
    assert Event.objects.filter(action="sheet_returned").exists()


def refused_line(clerk: Client, person: Person) -> SheetLine:
    hand_in(clerk, applications([line(person, level="特重")]))
    return SheetLine.objects.get()


def test_a_line_is_put_right_on_its_page_without_its_numbers_being_shown(clerk: Client) -> None:
    person = PersonFactory(registered=True)
    found = refused_line(clerk, person)
    url = reverse("desk:line", args=[found.pk])
    shown = clerk.get(url).content.decode()
    assert key_ring().open_text(person.identity_number) not in shown
    fields = {"name": person.name, "hospital": "县人民医院", "account_holder": person.name, "caregiver": "护工"}
    dates = {"admission_date": "2026-08-05", "discharge_date": "2026-08-15"}
    page = clerk.post(url, {**fields, **dates, "dependency_level": "重度"}, follow=True)
    assert "已通过" in page.content.decode()
    assert Case.objects.get().stage == Stage.ACCEPTED


def test_a_clerk_of_another_county_finds_no_such_sheet(world: World, clerk: Client) -> None:
    found = refused_line(clerk, PersonFactory(registered=True))
    stranger = Client()
    stranger.force_login(StaffFactory(post=(Role.INTAKE_CLERK, "430102")))
    for url in (reverse("desk:import", args=[found.sheet_id]), reverse("desk:line", args=[found.pk])):
        assert stranger.get(url).status_code == 404


def test_who_is_no_intake_clerk_is_told_so(world: World) -> None:
    client = Client()
    client.force_login(world.by(Role.COUNTY_APPROVER))
    page = client.get(reverse("desk:imports"))
    assert page.status_code == 403
    assert "受理员" in page.content.decode()


def test_one_application_is_entered_by_hand(clerk: Client) -> None:
    person = PersonFactory(registered=True)
    given = line(person)
    page = clerk.post(
        reverse("desk:enter"),
        {
            "programme": "nursing_subsidy",
            "county": COUNTY,
            "applied_on": "2026-11-02",
            "name": person.name,
            "identity_number": given["identity"],
            "hospital": "县人民医院",
            "admission_date": "2026-08-05",
            "discharge_date": "2026-08-15",
            "dependency_level": "重度",
            "account_number": given["card"],
            "account_holder": person.name,
        },
    )
    assert page.status_code == 302
    assert Case.objects.get().stage == Stage.SUBMITTED


def test_an_application_that_cannot_be_entered_says_why_and_keeps_what_was_typed(clerk: Client) -> None:
    page = clerk.post(reverse("desk:enter"), {"programme": "nursing_subsidy", "county": COUNTY, "name": "某人"})
    assert page.status_code == 400
    assert 'value="某人"' in page.content.decode()
