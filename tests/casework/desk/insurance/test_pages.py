"""The desk's pages of insurance: a loss told of, a policy from its plan to an endorsement, and the ratios."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate

from casework.models import Case, Claim, Endorsement, InsuredPerson, Person, PlanVersion, Policy, Role, RosterLine
from casework.sheets.writing import table_workbook
from tests.factories import PersonFactory, RegisterEntryFactory, invented_identity
from tests.workflows.programmes.insurance_claim.stories import (
    STAY,
    insured,
    insurer,
    notified,
    plan,
    policy,
    somebody_insured,
    walked,
    with_insurer,
)
from tests.world import COUNTY, VILLAGE, World

TOMORROW = localdate() + datetime.timedelta(days=1)


@pytest.fixture
def world(world: World) -> World:
    return with_insurer(world)


def at_desk(world: World, role: str) -> Client:
    client = Client()
    client.force_login(world.by(role))
    return client


def told(person: Person, **otherwise: str) -> dict[str, str]:
    return {
        "name": person.name,
        "identity_number": "",
        "loss": "outpatient",
        "cause": "fall",
        "incident_at": f"{STAY[0]}T08:00",
        "place": "村口",
        "story": "被狗咬伤",
        "notifier": "village",
        "notifier_name": "村干部",
        "notified_at": f"{STAY[0]}T10:00",
        "cost": "480.00",
        **otherwise,
    }


# -- telling of a loss -------------------------------------------------------------------------------------------------


def test_a_village_writes_a_loss_down_once_and_the_second_time_is_led_to_the_case(world: World) -> None:
    person, village = somebody_insured(world), at_desk(world, Role.VILLAGE_VERIFIER)

    first = village.post("/desk/insurance/notify/", told(person))
    again = village.post("/desk/insurance/notify/", told(person))

    case = Case.objects.get(programme="insurance_claim")
    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"] == f"/desk/cases/{case.number}/"
    assert case.claim.policy is not None


def test_of_two_of_one_name_the_number_tells_which(world: World) -> None:
    one, _other = PersonFactory(name="向冬梅"), PersonFactory(name="向冬梅")
    village = at_desk(world, Role.VILLAGE_VERIFIER)

    asked = village.post("/desk/insurance/notify/", told(one))
    assert asked.status_code == 400 and "有几位同名的" in asked.content.decode()

    number = str(one.identity_number.reveal())  # type: ignore[attr-defined]  # sealed by the factory
    village.post("/desk/insurance/notify/", told(one, identity_number=number))
    assert Claim.objects.get().insured == one


def test_late_without_a_reason_is_asked_for_one(world: World) -> None:
    person = somebody_insured(world)
    answer = at_desk(world, Role.INTAKE_CLERK).post(
        "/desk/insurance/notify/", told(person, notified_at=f"{STAY[1]}T10:00")
    )

    assert answer.status_code == 400
    assert "请写明原因" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.PAYMENT_OFFICER, Role.INSURER_CLERK])
@pytest.mark.parametrize("page", ["", "notify/", "policies/", "ratios/"])
def test_who_has_nothing_to_do_with_it_sees_no_page_of_it(world: World, role: str, page: str) -> None:
    assert at_desk(world, role).get(f"/desk/insurance/{page}").status_code == 403


# -- the claim on its case, and the list -------------------------------------------------------------------------------


def test_the_page_of_a_claim_shows_roster_estimate_and_what_does_not_agree(world: World) -> None:
    case = walked(world, "confirm", paid_amount=Decimal("1700.00"))

    text = at_desk(world, Role.VILLAGE_VERIFIER).get(f"/desk/cases/{case.number}/").content.decode()

    assert "实付1700.00元，核定1800.00元，两数不同" in text
    assert "（2100.00元 − 免赔额100.00元）× 90%（医保已报销）= 1800.00元" in text
    assert "暖心家庭综合险" in text


def test_the_list_warns_of_a_limitation_that_ends_soon_in_a_bounded_number_of_statements(
    world: World, django_assert_max_num_queries: Any
) -> None:
    person = somebody_insured(world)
    for hour in range(6):
        told_of = notified(world, person, incident_at=datetime.datetime(2026, 9, 1, hour, tzinfo=datetime.UTC))
        Claim.objects.filter(case=told_of).update(limitation_on=localdate() + datetime.timedelta(days=hour - 3))
    clerk = at_desk(world, Role.INTAKE_CLERK)
    clerk.get("/desk/insurance/")

    with django_assert_max_num_queries(12):
        text = clerk.get("/desk/insurance/").content.decode()

    assert "索赔时效已过3日" in text and "索赔时效还有2日" in text


# -- plan, policy, roster ----------------------------------------------------------------------------------------------


def test_no_product_is_entered_whose_roster_would_say_who_is_pregnant(world: World) -> None:
    clerk = at_desk(world, Role.INTAKE_CLERK)
    answer = clerk.post(
        "/desk/insurance/plans/add/", {"name": "分娩无忧母婴险", "kind": "gift", "insurer": insurer().pk}
    )
    assert "“分娩”一类的保险不在这里登记" in answer.content.decode()
    assert not PlanVersion.objects.exists()


def test_a_policy_goes_from_its_plan_to_an_endorsement(world: World) -> None:
    member = PersonFactory()
    RegisterEntryFactory(person=member, valid_to=None)
    clerk = at_desk(world, Role.INTAKE_CLERK)
    answer = clerk.post("/desk/insurance/plans/add/", {
        "insurer": insurer().pk, "name": "家庭意外险", "kind": "accident", "in_force_from": "2026-01-01",
        "unit": "household", "premium": "120.00", "accident_sum": "60000.00", "medical_sum": "10000.00",
        "deductible": "0.00", "share_settled": "1", "share_unsettled": "1", "cash_a_day": "0.00",
        "cash_days_most": "0", "waiting_days": "0", "age_from": "0", "age_to": "120", "units_most": "1",
        "source": "示例：施甸2025",
    })  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    days = {"begins": str(TOMORROW), "ends": str(TOMORROW + datetime.timedelta(days=364))}
    shares = {"family": "100.00", "city": "3.00", "county": "7.00", "insurer": "10.00", "other": "0.00"}
    made = clerk.post(
        "/desk/insurance/policies/make/", {"plan": PlanVersion.objects.get().pk, "division": COUNTY, **days, **shares}
    )
    page = made["Location"]
    clerk.post(f"{page}list/", {"categories": ["bereaved"]})
    sent = clerk.post(f"{page}send/")
    assert sent["Content-Type"].endswith("sheet") and sent.content[:2] == b"PK"
    clerk.post(f"{page}confirm/", {"insurer_number": "PICC1", "confirmed_on": str(localdate()), "declined": ""})
    assert Policy.objects.get().state == Policy.State.CONFIRMED

    newcomer = PersonFactory(household=None)
    number = str(newcomer.identity_number.reveal())
    refused = clerk.post(
        f"{page}add/", {"numbers": number, "effective_on": str(localdate()), "reason": "新认定"}, follow=True
    )
    assert "不能倒签" in refused.content.decode()
    day = str(TOMORROW + datetime.timedelta(days=1))
    clerk.post(f"{page}add/", {"numbers": number, "effective_on": day, "reason": "新认定"})
    asked = Endorsement.objects.get()
    answer_form = {f"e{asked.pk}-answer": "yes", f"e{asked.pk}-number": "批1", f"e{asked.pk}-on": str(localdate())}
    clerk.post(f"{page}endorsements/{asked.pk}/", answer_form)
    clerk.post(f"{page}lines/1/", {"kind": "remove", "effective_on": day, "reason": "迁出"})

    assert list(Endorsement.objects.order_by("pk").values_list("kind", "state")) == [
        ("add", "confirmed"),
        ("remove", "asked"),
    ]
    assert "批减" in clerk.get(page).content.decode()


def test_shares_that_do_not_close_are_said_on_the_form(world: World) -> None:
    offered = plan()
    form = {"plan": offered.pk, "division": COUNTY, "begins": str(TOMORROW), "ends": str(TOMORROW),
            "family": "1.00", "city": "0.00", "county": "0.00", "insurer": "0.00", "other": "0.00"}  # fmt: skip

    answer = at_desk(world, Role.INTAKE_CLERK).post("/desk/insurance/policies/make/", form)

    assert answer.status_code == 400
    assert "各方承担合计1.00元，每份保费120.00元" in answer.content.decode()


HEADINGS = ("户编号", "姓名", "证件种类", "证件号码", "出生日期", "与户主关系", "村代码", "份数")
GROWN, CHILD = invented_identity(901), invented_identity(902, datetime.date(2016, 5, 1))


def test_a_roster_comes_from_a_sheet_and_every_row_that_goes_back_says_why(world: World) -> None:
    draft = policy(world.by(Role.INTAKE_CLERK), plan(), state=Policy.State.DRAFT, insurer_number="", confirmed_on=None)
    Policy.objects.filter(pk=draft.pk).update(begins=TOMORROW, ends=TOMORROW + datetime.timedelta(days=364))
    dead = PersonFactory(death_date=datetime.date(2026, 1, 1))
    rows = (
        ("H1", "石兰松", "身份证", GROWN, "", "户主", VILLAGE, "1"),
        ("H1", "石小竹", "户口簿", CHILD, "", "子女", VILLAGE, "1"),
        ("H2", "JOHN LEE", "护照", "E12345678", "1970-02-03", "户主", VILLAGE, "1"),
        ("H3", "田没生日", "护照", "E99999999", "", "户主", VILLAGE, "1"),
        ("H4", "错号码", "身份证", GROWN[:-1] + "0", "", "户主", VILLAGE, "1"),
        ("H5", "石兰松", "身份证", GROWN, "", "户主", VILLAGE, "1"),
        ("H6", dead.name, "身份证", str(dead.identity_number.reveal()), "", "户主", VILLAGE, "1"),
        ("H7", "外县人", "身份证", invented_identity(903), "", "户主", "430102001001", "1"),
    )
    file = SimpleUploadedFile("名单.xlsx", io.BytesIO(table_workbook(HEADINGS, rows)).getvalue())
    clerk = at_desk(world, Role.INTAKE_CLERK)

    text = clerk.post(f"/desk/insurance/policies/{draft.number}/sheet/", {"file": file}).content.decode()

    assert (RosterLine.objects.count(), InsuredPerson.objects.count()) == (2, 3)
    assert InsuredPerson.objects.get(person__name="石小竹").document == "household_book"
    for row, why in (
        (5, "要填出生日期"),
        (6, "证件号码"),
        (7, "是同一个人"),
        (8, "已去世"),
        (9, "不在这份保单的范围内"),
    ):
        assert f"第{row}行：" in text and why in text


def test_another_countys_desk_sees_no_policy_of_this_one(world: World) -> None:
    held = policy(world.by(Role.INTAKE_CLERK), plan())
    village = at_desk(world, Role.VILLAGE_VERIFIER)

    assert village.get(f"/desk/insurance/policies/{held.number}/").status_code == 403
    assert at_desk(world, Role.INTAKE_CLERK).get("/desk/insurance/policies/nothing/").status_code == 404


# -- ratios ------------------------------------------------------------------------------------------------------------


def test_the_ratios_have_both_bases_each_unit_and_the_mark_of_an_odd_year(
    world: World, django_assert_max_num_queries: Any
) -> None:
    person = PersonFactory()
    insured(policy(world.by(Role.INTAKE_CLERK), plan()), person)
    walked(world, "end", notified(world, person))
    clerk = at_desk(world, Role.INTAKE_CLERK)
    clerk.get("/desk/insurance/ratios/")

    with django_assert_max_num_queries(18):
        text = clerk.get("/desk/insurance/ratios/?year=2026").content.decode()

    assert "1500.0%" in text and "按付款年1500.0%" in text
    assert "1人/1人" in text and "1户/1户" in text
    assert "不在40%至100%之间" in text


def test_what_a_word_of_explanation_can_mend_is_offered_on_the_page(world: World) -> None:
    """The village may report a claim whose papers cannot be had, if it says why."""
    case = notified(world)

    text = at_desk(world, Role.VILLAGE_VERIFIER).get(f"/desk/cases/{case.number}/").content.decode()

    offered = text[text.index('value="gathered"') - 80 : text.index('value="gathered"') + 80]
    assert "disabled" not in offered


def test_who_has_died_since_is_pointed_out_on_the_roster(world: World) -> None:
    held = policy(world.by(Role.INTAKE_CLERK), plan())
    line = insured(held, PersonFactory(name="向去世"), PersonFactory(name="曾健在"))
    Person.objects.filter(name="向去世").update(death_date=localdate())

    text = at_desk(world, Role.INTAKE_CLERK).get(f"/desk/insurance/policies/{held.number}/").content.decode()

    notice = text[text.index("名单里有人已经去世") : text.index("请办批减")]
    assert f"第{line.number}行 向去世" in notice and "曾健在" not in notice


LOSS_HEADINGS = (
    *("姓名", "证件号码", "损失种类", "出险原因", "出险日期"),
    *("出险时刻", "报案日期", "出险地点", "经过", "自付费用"),
)


def test_losses_come_from_a_sheet_and_handed_in_again_none_is_written_twice(world: World) -> None:
    one, other = somebody_insured(world), PersonFactory()
    number, second = str(one.identity_number.reveal()), str(other.identity_number.reveal())
    rows = (
        (one.name, number, "门诊医疗", "跌倒摔伤", "2026-09-01", "08:30", "2026-09-01", "村口", "踩空", "480"),
        (one.name, number, "门诊医疗", "", "2026-10-01", "", "2026-10-09", "村口", "踩空", ""),
        ("别人", second, "门诊医疗", "", "2026-10-01", "", "2026-10-01", "村口", "踩空", ""),
        (other.name, second, "脱发", "", "2026-10-01", "", "2026-10-01", "村口", "踩空", ""),
        (other.name, second, "住院医疗", "", "2026-10-01", "25点", "2026-10-01", "村口", "踩空", ""),
    )
    data = table_workbook(LOSS_HEADINGS, rows)
    clerk = at_desk(world, Role.INTAKE_CLERK)

    def hand_in() -> str:
        file = SimpleUploadedFile("报案.xlsx", data)
        return str(clerk.post("/desk/insurance/notify/sheet/", {"file": file}).content.decode())

    first, again = hand_in(), hand_in()

    case = Case.objects.get(programme="insurance_claim")
    assert (case.facts["incident_at"][:16], case.facts["cost"]) == ("2026-09-01T08:30", "480.00")
    for why in ("请写明原因", "没有这个姓名和号码", "损失种类“脱发”不认识", "时刻“25点”看不懂"):
        assert why in first
    assert "已报案1件" in first and "已报案0件" in again and f"案号{case.number}" in again
