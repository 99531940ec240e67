"""The page of a case, and what can be done from it besides deciding."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.crypto import slip_code
from casework.models import Case, Event, Evidence, Role, Staff
from casework.slips import token_of
from tests.casework.evidence.pictures import scenery, written
from tests.factories import StaffFactory
from tests.world import OTHER_VILLAGE, World, open_item
from workflows.papers.evidence import attach
from workflows.perform import perform

PHOTOGRAPH = Evidence.Kind.PHOTOGRAPH


def logged_in(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def url_of(case: Case, name: str = "case", *more: object) -> str:
    return reverse(f"desk:{name}", args=[case.number, *more])


def page_of(case: Case, staff: Staff) -> str:
    answer = logged_in(staff).get(url_of(case))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def numbers_of(case: Case) -> list[str]:
    assert case.payee_account is not None
    sealed = (case.applicant.identity_number, case.applicant.phone, case.payee_account.account_number)
    return [number.reveal() for number in sealed]  # type: ignore[attr-defined]  # read afresh they are sealed


def photographed(world: World, case: Case, seed: int = 1) -> Evidence:
    return attach(case.number, PHOTOGRAPH, written(scenery(seed)), by=world.by(Role.VILLAGE_VERIFIER)).evidence


# -- the page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pays_by", "told"),
    [(Case.PaysBy.CARD, True), (Case.PaysBy.GOODS, True), (Case.PaysBy.OTHERS, False), (Case.PaysBy.NOTHING, False)],
)
def test_how_an_amount_comes_about_is_told_where_one_is_reckoned(world: World, pays_by: str, told: bool) -> None:
    case = world.enter()
    Case.objects.filter(pk=case.pk).update(pays_by=pays_by)
    assert ("还没有核定金额，受理时计算。" in page_of(case, world.by(Role.INTAKE_CLERK))) is told


def test_the_page_tells_the_whole_file(world: World) -> None:
    case = world.case("township")
    html = page_of(case, world.by(Role.TOWNSHIP_REVIEWER))
    for words in (
        "县人民医院",
        "重度",
        "失独",
        "特扶430922",
        "26天 × 130.00元 = 3380.00元",
        "村级核实：核实通过",
        "情况属实",
    ):
        assert words in html
    assert case.applicant.name in html
    assert "乡镇审核" in html


def test_no_number_stands_on_the_page_in_full(world: World) -> None:
    case = Case.objects.select_related("applicant", "payee_account").get(pk=world.case("village").pk)
    for role in (Role.INTAKE_CLERK, Role.VILLAGE_VERIFIER, Role.COUNTY_APPROVER, Role.PAYMENT_OFFICER, Role.AUDITOR):
        html = page_of(case, world.by(role))
        assert not [number for number in numbers_of(case) if number in html]
        # Nor in a hidden field, nor in an address: nothing of that length that is only digits.
        assert not re.search(r"(?<![0-9a-zA-Z])(99\d{15}[\dX]|1\d{10})(?![0-9])", html)


@pytest.mark.parametrize("name", ["case", "amend", "account", "slip"])
def test_a_case_of_another_place_is_as_good_as_none(world: World, name: str) -> None:
    case = world.case("village")
    stranger = logged_in(StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE)))
    assert stranger.get(url_of(case, name)).status_code == 404
    assert stranger.get(reverse(f"desk:{name}", args=["HL000"])).status_code == 404


@pytest.mark.parametrize("name", ["unmask", "attach", "amend", "account", "slip_printed"])
def test_nor_can_anything_be_done_to_it(world: World, name: str) -> None:
    case = world.case("village")
    stranger = logged_in(StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE)))
    assert stranger.post(url_of(case, name), {"field": "phone", "reason": "check_papers"}).status_code == 404
    assert Case.objects.get(pk=case.pk).trail_seq == case.trail_seq


def test_nobody_sees_a_case_without_logging_in(world: World) -> None:
    answer = Client().get(url_of(world.case("village")))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("desk:login"))


@pytest.mark.parametrize(("name", "status"), [("unmask", 302), ("attach", 302), ("slip_printed", 405)])
def test_what_changes_something_is_not_done_by_looking(world: World, name: str, status: int) -> None:
    case = world.case("intake")
    assert logged_in(world.by(Role.INTAKE_CLERK)).get(url_of(case, name)).status_code == status
    assert Case.objects.get(pk=case.pk).trail_seq == case.trail_seq


def test_looking_writes_nothing(world: World) -> None:
    case = world.case("intake")
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    for name in ("case", "amend", "account", "slip"):
        assert clerk.get(url_of(case, name)).status_code == 200
    assert Event.objects.filter(chain=case.number).count() == case.trail_seq


def test_the_page_costs_the_same_whatever_is_in_the_file(world: World, django_assert_max_num_queries: Any) -> None:
    case = world.case("village")
    for seed in range(4):
        photographed(world, case, seed)
    verifier = logged_in(world.by(Role.VILLAGE_VERIFIER))
    verifier.get(url_of(case))
    with django_assert_max_num_queries(19):
        verifier.get(url_of(case))


def test_who_may_decide_finds_the_form_and_who_may_not_finds_why(world: World) -> None:
    case = world.case("village")
    assert "核实通过" in page_of(case, world.by(Role.VILLAGE_VERIFIER))
    html = page_of(case, world.by(Role.COUNTY_APPROVER))
    assert "这一步现在不能由您办理" in html
    assert "村级核实员" in html


def test_an_ended_case_says_so_where_the_decision_would_be(world: World) -> None:
    assert "案件已经结束：已办结" in page_of(world.case("end"), world.by(Role.INTAKE_CLERK))


def test_a_refusal_stands_there_with_its_remedy(world: World) -> None:
    case = world.case("village")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    perform(open_item(case).pk, "refuse", by=verifier, reasons=["not_hospitalised"], note="问过医院")
    html = page_of(case, verifier)
    assert "经核实没有这次住院（如确有住院，请带出院小结原件" in html
    assert "问过医院" in html
    assert "已停下" in html


def test_the_trail_is_marked_as_whole_and_a_broken_one_as_broken(world: World) -> None:
    case = world.case("village")
    assert "核对无误" in page_of(case, world.by(Role.VILLAGE_VERIFIER))
    Case.objects.filter(pk=case.pk).update(trail_head="0" * 64)
    assert "请停止办理并报告系统管理员" in page_of(case, world.by(Role.VILLAGE_VERIFIER))


# -- numbers in full -----------------------------------------------------------------------------------------------


def test_a_number_is_shown_once_for_a_reason(world: World) -> None:
    case = Case.objects.select_related("applicant", "payee_account").get(pk=world.case("village").pk)
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    identity, phone, account = numbers_of(case)

    answer = clerk.post(url_of(case, "unmask"), {"field": "identity_number", "reason": "check_papers"})

    html = answer.content.decode()
    assert identity in html
    assert phone not in html
    assert account not in html
    assert "no-store" in answer.headers["Cache-Control"]
    assert "查看完整号码：身份证号" in html
    assert identity not in clerk.get(url_of(case)).content.decode()


def test_without_a_reason_the_page_comes_back_as_it_was(world: World) -> None:
    case = Case.objects.select_related("applicant", "payee_account").get(pk=world.case("village").pk)
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    answer = clerk.post(url_of(case, "unmask"), {"field": "phone", "reason": ""}, follow=True)
    html = answer.content.decode()
    assert "请说明理由" in html
    assert numbers_of(case)[1] not in html


def test_an_unknown_field_is_not_found(world: World) -> None:
    case = world.case("village")
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    assert clerk.post(url_of(case, "unmask"), {"field": "name", "reason": "check_papers"}).status_code == 404


def test_the_button_stands_only_where_the_work_needs_the_number(world: World) -> None:
    case = world.case("village")
    assert page_of(case, world.by(Role.INTAKE_CLERK)).count('name="field"') == 3
    assert page_of(case, world.by(Role.VILLAGE_VERIFIER)).count('name="field"') == 2
    assert page_of(case, world.by(Role.AUDITOR)).count('name="field"') == 0


# -- papers --------------------------------------------------------------------------------------------------------


def upload(name: str = "入户.jpg", seed: int = 1) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, written(scenery(seed)), content_type="image/jpeg")


def test_several_papers_are_uploaded_at_once_and_a_bad_one_keeps_none_out(world: World) -> None:
    case = world.case("village")
    bad = SimpleUploadedFile("坏的.jpg", b"nothing", content_type="image/jpeg")
    verifier = logged_in(world.by(Role.VILLAGE_VERIFIER))

    given = {"kind": PHOTOGRAPH, "shot": [upload(seed=1)], "chosen": [bad, upload(seed=2)]}
    answer = verifier.post(url_of(case, "attach"), given, follow=True)

    html = unescape(answer.content.decode())
    assert "收下2份材料" in html
    assert "坏的.jpg：" in html
    assert Evidence.objects.filter(case=case).count() == 2


def test_an_upload_without_a_file_says_what_is_missing(world: World) -> None:
    case = world.case("village")
    answer = logged_in(world.by(Role.VILLAGE_VERIFIER)).post(url_of(case, "attach"), {"kind": PHOTOGRAPH})
    assert answer.status_code == 422
    assert "请先拍照，或选一份文件" in answer.content.decode()


def test_a_photograph_of_another_case_is_pointed_out_on_upload_and_on_the_page(world: World) -> None:
    first, second = world.case("village"), world.case("village")
    photographed(world, first)
    verifier = logged_in(world.by(Role.VILLAGE_VERIFIER))
    answer = verifier.post(url_of(second, "attach"), {"kind": PHOTOGRAPH, "chosen": [upload()]}, follow=True)
    said = f"与{first.number}的入户照片是同一份"
    assert answer.content.decode().count(said) == 2
    assert f"与{second.number}的入户照片是同一份" in page_of(first, world.by(Role.VILLAGE_VERIFIER))


@pytest.mark.parametrize("size", ["full", "thumb"])
def test_a_picture_is_served_to_who_may_see_the_case_and_kept_by_nobody(world: World, size: str) -> None:
    case = world.case("village")
    picture = photographed(world, case)
    answer = logged_in(world.by(Role.COUNTY_APPROVER)).get(url_of(case, "evidence", picture.pk, size))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.content.startswith(b"\xff\xd8")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_picture_is_not_served_to_others_nor_under_another_case(world: World) -> None:
    case, other = world.case("village"), world.case("village")
    picture = photographed(world, case)
    verifier = logged_in(world.by(Role.VILLAGE_VERIFIER))
    stranger = logged_in(StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE)))
    assert stranger.get(url_of(case, "evidence", picture.pk, "full")).status_code == 404
    assert verifier.get(url_of(other, "evidence", picture.pk, "full")).status_code == 404
    assert verifier.get(url_of(case, "evidence", picture.pk, "huge")).status_code == 404
    assert Client().get(url_of(case, "evidence", picture.pk, "full")).status_code == 302


def test_a_picture_whose_file_is_gone_is_said_to_be_gone(world: World, settings: Any) -> None:
    case = world.case("village")
    picture = photographed(world, case)
    settings.FILES_DIR = settings.FILES_DIR / "elsewhere"
    answer = logged_in(world.by(Role.VILLAGE_VERIFIER)).get(url_of(case, "evidence", picture.pk, "full"))
    assert answer.status_code == 503
    assert "找不到" in answer.content.decode()


# -- putting right -------------------------------------------------------------------------------------------------


def test_a_fact_is_put_right_on_its_own_page(world: World) -> None:
    case = world.case("village")
    verifier = logged_in(world.by(Role.VILLAGE_VERIFIER))
    given = {
        "hospital": "县人民医院",
        "admission_date": "2026-08-05",
        "discharge_date": "2026-08-21",
        "dependency_level": "重度",
        "caregiver": "护工",
        "reason": "papers_differ",
    }
    assert verifier.post(url_of(case, "amend"), {**given, "reason": ""}).status_code == 422
    answer = verifier.post(url_of(case, "amend"), given, follow=True)
    assert "16天 × 130.00元 = 2080.00元" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).payable_days == 16


def test_what_cannot_be_taken_comes_back_with_what_was_typed(world: World) -> None:
    case = world.case("intake")
    clerk = logged_in(world.by(Role.INTAKE_CLERK))
    page = clerk.post(url_of(case, "account"), {"account_number": "12x", "holder_name": "别人"})
    assert page.status_code == 422
    assert "账号只能是数字" in page.content.decode()


def test_the_links_to_put_right_stand_only_where_it_can_be_done(world: World) -> None:
    case = world.case("village")
    assert url_of(case, "amend") in page_of(case, world.by(Role.VILLAGE_VERIFIER))
    assert url_of(case, "amend") not in page_of(case, world.by(Role.INTAKE_CLERK))
    waiting = world.case("intake")
    assert url_of(waiting, "account") in page_of(waiting, world.by(Role.INTAKE_CLERK))
    assert url_of(case, "account") not in page_of(case, world.by(Role.VILLAGE_VERIFIER))


# -- the slip ------------------------------------------------------------------------------------------------------


def test_the_slip_holds_number_code_and_a_picture_of_the_token(world: World) -> None:
    case = world.case("village")
    answer = logged_in(world.by(Role.INTAKE_CLERK)).get(url_of(case, "slip"))
    html = answer.content.decode()
    code = slip_code(case.number)
    assert case.number in html
    assert f"{code[:4]} {code[4:]}" in html
    assert "data:image/svg+xml" in html
    assert token_of(case.number) not in html


@pytest.mark.parametrize(("at", "title"), [("intake", "收件回执"), ("village", "受理回执")])
def test_a_slip_says_accepted_only_when_it_is(world: World, at: str, title: str) -> None:
    html = logged_in(world.by(Role.INTAKE_CLERK)).get(url_of(world.case(at), "slip")).content.decode()
    assert f"<h1>{title}</h1>" in html


def test_printing_the_slip_is_written_down(world: World) -> None:
    case = world.case("village")
    clerk = world.by(Role.INTAKE_CLERK)
    answer = logged_in(clerk).post(url_of(case, "slip_printed"), follow=True)
    assert "回执已打印" in answer.content.decode()
    event = Event.objects.filter(chain=case.number).last()
    assert event is not None
    assert (event.action, event.actor_id) == ("slip_printed", clerk.pk)
    assert slip_code(case.number) not in str(event.details)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PAYMENT_OFFICER, Role.COUNTY_APPROVER, Role.ADMINISTRATOR])
def test_the_code_is_only_for_who_hands_out_slips(world: World, role: str) -> None:
    case = world.case("village")
    client = logged_in(world.by(role))
    assert client.get(url_of(case, "slip")).status_code == 403
    assert client.post(url_of(case, "slip_printed")).status_code == 403
    assert not Event.objects.filter(action="slip_printed").exists()
