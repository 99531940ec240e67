"""The visitor's pages: whom to visit, a visit written at the door, and a need taken up."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localtime, now

from casework.models import (
    Case,
    CaseLink,
    Event,
    Evidence,
    Post,
    Role,
    Staff,
    VisitRecord,
    VisitTeam,
    VisitTeamMember,
)
from tests.casework.evidence.pictures import scenery, written
from tests.factories import OfficeFactory, StaffFactory
from tests.workflows.visits import stories
from tests.world import COUNTY, World, open_item


def at_desk(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(answer: Any) -> str:
    found: str = answer.content.decode()
    return found


def said(**more: Any) -> dict[str, Any]:
    drawn = base64.b64encode(written(scenery(4000, (64, 26)), "PNG")).decode()
    return {
        "client_key": str(uuid.uuid4()),
        "photographs": [SimpleUploadedFile("p.jpg", stories.photograph(11), "image/jpeg")],
        "visitors": "田山青 县计生协常务副会长\n向春禾",
        "signature": f"data:image/png;base64,{drawn}",
        "signer_is": "self",
        "needs": ["nursing", "company"],
        "needs_words": "想申请住院护理补贴",
        "started_at": localtime(now()).strftime("%Y-%m-%dT%H:%M"),
        **more,
    }


def write_url(case: Case) -> str:
    return reverse("desk:visit_write", args=[case.number])


def test_the_village_sees_whom_it_is_to_visit_and_writes_it(world: World) -> None:
    _round, (case,) = stories.approved(world)
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    assert [place["url"] for place in client.get(reverse("desk:visits_mine")).context["places"]] == [write_url(case)]
    page = text(client.get(write_url(case)))
    assert 'capture="environment"' in page
    assert "慰问金打卡发放，不当面给钱" in page
    answer = client.post(write_url(case), said(), follow=True)
    assert f"已登记{case.applicant.name}家的走访。" in text(answer)
    record = VisitRecord.objects.get()
    assert record.visitors == [{"name": "田山青", "rank": "县计生协常务副会长"}, {"name": "向春禾", "rank": ""}]
    assert (record.signer, record.receipt.kind) == (case.applicant.name, Evidence.Kind.RECEIPT)  # type: ignore[union-attr]
    assert client.get(reverse("desk:visits_mine")).context["places"] == []


def test_sent_twice_it_is_one_visit_and_the_second_time_says_so(world: World) -> None:
    _round, (case,) = stories.approved(world)
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    key = str(uuid.uuid4())
    client.post(write_url(case), said(client_key=key))
    again = client.post(write_url(case), said(client_key=key), follow=True)
    assert "刚才已经登记过，没有重复登记" in text(again)
    assert VisitRecord.objects.count() == 1


def test_without_a_script_the_slip_is_photographed(world: World) -> None:
    _round, (case,) = stories.approved(world)
    slip = SimpleUploadedFile("s.jpg", stories.photograph(12), "image/jpeg")
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    client.post(write_url(case), said(signature="", slip=slip))
    assert VisitRecord.objects.get().receipt is not None


def test_goods_are_written_a_line_each_and_add_up(world: World) -> None:
    _round, (case,) = stories.approved(world, form="goods", goods="大米、食用油")
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    wrong = client.post(write_url(case), said(goods="大米"))
    assert wrong.status_code == 422
    assert "“大米”要写成：品名 数量 价值" in text(wrong)
    client.post(write_url(case), said(goods="大米 10公斤 80\n食用油 5升 120元"))
    record = VisitRecord.objects.get()
    assert f"{record.value:.2f}" == "200.00"
    assert Case.objects.get(pk=case.pk).stage == "closed"


def test_what_is_missing_is_said_and_what_was_typed_stays(world: World) -> None:
    _round, (case,) = stories.approved(world)
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    for change, why in (
        ({"visitors": ""}, "请写明谁去走访的"),
        ({"signer_is": "family"}, "代签的请写明是谁"),
        ({"signature": "data:text/html,x"}, "签名没有传完整"),
        ({"signature": "data:image/png;base64,???"}, "签名没有传完整"),
        ({"client_key": "x"}, "client_key"),
    ):
        answer = client.post(write_url(case), said(**change))
        assert answer.status_code == 422, change
        assert why in text(answer) or why in str(answer.context["form"].errors), change
        assert "想申请住院护理补贴" in text(answer)
    assert VisitRecord.objects.count() == 0


def test_a_team_sees_its_own_and_nobody_elses_page_opens(world: World) -> None:
    _round, (case,) = stories.approved(world)
    visitor = at_desk(StaffFactory(post=(Role.VISITOR, COUNTY)))
    assert visitor.get(reverse("desk:visits_mine")).context["places"] == []
    visitor.post(write_url(case), said())
    assert case.participations.get(capacity="visit")
    for role in (Role.TOWNSHIP_REVIEWER, Role.PAYMENT_OFFICER):
        assert at_desk(world.by(role)).get(write_url(case)).status_code == 404


def test_who_has_gone_to_another_county_is_shown_nobody_of_their_old_team(world: World) -> None:
    round_, (case,) = stories.approved(world)
    visitor = StaffFactory(post=(Role.VISITOR, COUNTY))
    team = VisitTeam.objects.create(round=round_, name="一组", from_day=round_.visit_from, to_day=round_.visit_to)
    VisitTeamMember.objects.create(team=team, name=visitor.name, staff=visitor)
    case.nomination.team = team
    case.nomination.save()
    mine = reverse("desk:visits_mine")
    assert case.applicant.name in text(at_desk(visitor).get(mine))
    Post.objects.filter(staff=visitor).update(office=OfficeFactory(division_id="430102"))
    assert case.applicant.name not in text(at_desk(visitor).get(mine))


def test_looking_writes_nothing(world: World) -> None:
    _round, (case,) = stories.approved(world)
    client = at_desk(world.by(Role.VILLAGE_VERIFIER))
    before = Event.objects.count()
    client.get(write_url(case))
    client.get(reverse("desk:visits_mine"))
    assert Event.objects.count() == before


def test_the_case_shows_the_visit_what_it_points_out_and_its_needs(world: World) -> None:
    _round, (case,) = stories.approved(world)
    at_desk(world.by(Role.VILLAGE_VERIFIER)).post(write_url(case), said())
    page = text(at_desk(world.by(Role.INTAKE_CLERK)).get(reverse("desk:case", args=[case.number])))
    assert "田山青（县计生协常务副会长）" in page
    assert "照片里没有拍摄地点" in page
    assert "登记为案件" in page
    assert "登记为案件" not in text(
        at_desk(world.by(Role.TOWNSHIP_REVIEWER)).get(reverse("desk:case", args=[case.number]))
    )


def test_a_need_becomes_a_case_of_its_programme_linked_and_only_once(world: World) -> None:
    _round, (case,) = stories.approved(world)
    at_desk(world.by(Role.VILLAGE_VERIFIER)).post(write_url(case), said())
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:visit_need", args=[case.number, VisitRecord.objects.get().pk, "nursing"])
    asked = clerk.post(url)
    assert list(asked.context["form"].fields)[:2] == ["hospital", "admission_date"]
    assert case.applicant.identity_number.reveal() not in text(asked)  # type: ignore[attr-defined]
    stay = {
        "asked": "on",
        "hospital": "县人民医院",
        "admission_date": "2026-09-01",
        "discharge_date": "2026-09-09",
        "dependency_level": "重度",
    }
    answer = clerk.post(url, stay, follow=True)
    made = Case.objects.get(programme="nursing_subsidy")
    assert f"已登记为{made.number}，并与这次走访关联" in text(answer)
    assert (made.applicant_id, open_item(made).step) == (case.applicant_id, "intake")
    link = CaseLink.objects.get()
    assert (link.from_case_id, link.to_case_id, link.kind) == (case.pk, made.pk, "need_of_visit")
    clerk.post(url, stay)
    assert Case.objects.filter(programme="nursing_subsidy").count() == 1
    assert made.number in text(clerk.get(reverse("desk:case", args=[case.number])))
    assert Event.objects.filter(chain=made.number, action="cases_linked").count() == 1
