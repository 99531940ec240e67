"""The pages by which a visit is put right, a need leads on, and what a phone may send that is no visit."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from casework.models import Case, CaseLink, Evidence, Role, Staff, VisitRecord, VisitTeam
from tests.casework.desk.visits.test_phone import at_desk, said, text, write_url
from tests.workflows.visits import stories
from tests.world import VILLAGE, World, open_item


def visited(world: World, **more: Any) -> tuple[Client, Case]:
    _round, (case,) = stories.approved(world)
    village = at_desk(world.by(Role.VILLAGE_VERIFIER))
    village.post(write_url(case), said(**more))
    return village, case


def corrected(case: Case, **more: Any) -> dict[str, Any]:
    sent = {**said(), "why": "职务写错了", "visitors": "田山青 会长", **more}
    return {name: value for name, value in sent.items() if name not in ("photographs", "signature")}


def test_a_household_visited_already_says_so_and_offers_to_put_it_right(world: World) -> None:
    village, case = visited(world)
    page = text(village.get(write_url(case)))
    assert "走访已经登记过" in page and "at-the-door" not in page
    assert reverse("desk:visit_correct", args=[case.number]) in page


def test_the_form_holds_what_was_written_and_the_case_shows_both_records(world: World) -> None:
    village, case = visited(world)
    url = reverse("desk:visit_correct", args=[case.number])
    form = village.get(url).context["form"]
    assert form.initial["visitors"] == "田山青 县计生协常务副会长\n向春禾"
    assert {"at_the_gate", "photographs", "signature"}.isdisjoint(form.fields)
    assert village.post(url, corrected(case, why="")).status_code == 422
    page = text(village.post(url, corrected(case), follow=True))
    assert "已更正走访记录" in page
    assert "这份记录已不作数：职务写错了" in page
    assert "田山青（会长）" in page and "田山青（县计生协常务副会长）" in page


def test_putting_right_is_for_those_who_may_write_it(world: World) -> None:
    _village, case = visited(world)
    url = reverse("desk:visit_correct", args=[case.number])
    for role in (Role.COUNTY_APPROVER, Role.TOWNSHIP_REVIEWER, Role.AUDITOR):
        assert at_desk(world.by(role)).get(url).status_code == 404


def test_the_approver_is_offered_to_have_the_visit_made_again_and_told_what_follows(world: World) -> None:
    _village, case = visited(world)
    approver = at_desk(world.by(Role.COUNTY_APPROVER))
    assert "走访有误，重新走访" in text(approver.get(reverse("desk:case", args=[case.number])))
    page = text(approver.get(reverse("desk:aside", args=[case.number, "revisit"])))
    assert "原来的走访记录不再作数，但保留在案卷里" in page
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    assert "走访有误" not in text(clerk.get(reverse("desk:case", args=[case.number])))


# -- what a phone may send ---------------------------------------------------------------------------------------------


def test_the_camera_gives_one_picture_a_field_and_all_are_kept(world: World) -> None:
    _round, (case,) = stories.approved(world)
    shots = {
        name: SimpleUploadedFile(f"{name}.jpg", stories.photograph(seed), "image/jpeg")
        for seed, name in ((21, "at_the_gate"), (22, "inside"))
    }
    at_desk(world.by(Role.VILLAGE_VERIFIER)).post(write_url(case), said(**shots))
    assert Evidence.objects.filter(case=case, kind="photograph").count() == 3


@pytest.mark.parametrize("name", ["at_the_gate", "inside", "slip"])
def test_a_text_file_is_no_photograph_and_nothing_of_the_visit_is_kept(world: World, name: str) -> None:
    _round, (case,) = stories.approved(world)
    note = SimpleUploadedFile("便条.jpg", "今天去过了".encode(), "image/jpeg")
    answer = at_desk(world.by(Role.VILLAGE_VERIFIER)).post(write_url(case), said(signature="", **{name: note}))
    assert answer.status_code == 422
    assert "照片" in text(answer) and "想申请住院护理补贴" in text(answer)
    assert (VisitRecord.objects.count(), open_item(case).step) == (0, "visit")


def test_without_photograph_and_signature_it_is_asked_about_once_then_taken_and_pointed_out(world: World) -> None:
    _round, (case,) = stories.approved(world)
    village = at_desk(world.by(Role.VILLAGE_VERIFIER))
    assert "仍照这样登记" not in text(village.get(write_url(case)))
    asked = village.post(write_url(case), said(photographs=[], signature=""))
    assert asked.status_code == 422
    assert "没有入户照片，没有签收。请补上；确实没有的" in text(asked) and 'name="as_it_is"' in text(asked)
    sent = said(photographs=[], signature="", as_it_is="on")
    page = text(village.post(write_url(case), sent, follow=True))
    assert "没有入户照片；没有签收" in page
    assert VisitRecord.objects.get().findings == ["no_photograph", "no_receipt"]


def test_a_signature_that_was_drawn_stays_in_the_form_that_is_refused(world: World) -> None:
    _round, (case,) = stories.approved(world)
    sent = said(signer_is="family")
    page = text(at_desk(world.by(Role.VILLAGE_VERIFIER)).post(write_url(case), sent))
    assert sent["signature"] in page


# -- needs -------------------------------------------------------------------------------------------------------------


def test_the_page_of_a_need_offers_the_programmes_words_and_what_the_visitor_wrote(world: World) -> None:
    _village, case = visited(world, needs=["emergency"], needs_words="房屋受灾")
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:visit_need", args=[case.number, VisitRecord.objects.get().pk, "emergency"])
    form = clerk.post(url).context["form"]
    assert form["circumstances"].value() == "房屋受灾"
    campaign = form.fields["campaign"].choices[1][0]
    wrong = clerk.post(url, {"asked": "on", "campaign": campaign})
    assert wrong.status_code == 422
    clerk.post(url, {"asked": "on", "campaign": campaign, "circumstances": "房屋受灾"})
    made = Case.objects.get(programme="foundation_grant")
    back = text(clerk.get(reverse("desk:case", args=[made.number])))
    assert f"看走访{case.number}" in back
    assert reverse("desk:case", args=[made.number]) in text(clerk.get(reverse("desk:case", args=[case.number])))


def test_a_loss_is_told_with_the_name_filled_in_and_a_demand_is_never_linked(world: World) -> None:
    _village, case = visited(world, needs=["insurance", "rights"], needs_words="在家摔伤")
    clerk: Staff = world.by(Role.INTAKE_CLERK)
    page = text(at_desk(clerk).get(reverse("desk:case", args=[case.number])))
    record = VisitRecord.objects.get()
    notify = f"{reverse('desk:insurance_notify')}?visit={record.pk}"
    assert notify in page and "保密，不与走访关联" in page
    form = at_desk(clerk).get(notify).context["form"]
    assert (form["name"].value(), form["story"].value()) == (case.applicant.name, "在家摔伤")
    for wrong in ("x", "0", str(record.pk + 1), "9" * 30):
        assert (
            at_desk(clerk).get(reverse("desk:insurance_notify"), {"visit": wrong}).context["form"]["name"].value()
            is None
        )
    assert CaseLink.objects.count() == 0


# -- routes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", [VILLAGE, "川门湾村委会", "川门湾村", "桃花江镇川门湾村委会", "桃花江镇 川门湾村"])
def test_a_route_is_written_by_the_villages_names(world: World, route: str) -> None:
    round_, _cases = stories.approved(world)
    today = localdate()
    sent = {"name": "一组", "members": "文远 副县长", "route": f"{route}\n{route}", "from_day": today, "to_day": today}
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:visit_teams", args=[round_.pk])
    assert "桃花江镇川门湾村委会" in clerk.get(url).context["form"]["route"].value()
    clerk.post(url, sent)
    assert VisitTeam.objects.get().route == [VILLAGE]


def test_who_was_visited_already_is_given_to_no_team(world: World) -> None:
    round_, (case, other) = stories.approved(world, 2)
    at_desk(world.by(Role.VILLAGE_VERIFIER)).post(write_url(case), said())
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:visit_teams", args=[round_.pk])
    today = localdate()
    clerk.post(url, {"name": "一组", "members": "文远", "route": "", "from_day": today, "to_day": today})
    page = text(clerk.get(url))
    assert other.applicant.name in page and case.number not in page
    sent = {"number": [case.number], "team": VisitTeam.objects.get().pk, "day": today}
    answer = text(clerk.post(reverse("desk:visit_assign", args=[round_.pk]), sent, follow=True))
    assert "只有已批准、还没走访的户可以安排" in answer


# -- how far it is -----------------------------------------------------------------------------------------------------


def test_goods_have_no_bank_on_their_road_and_a_case_begins_where_it_began(world: World) -> None:
    _round, (case,) = stories.approved(world, form="goods", goods="大米")
    clerk = at_desk(world.by(Role.INTAKE_CLERK))
    url = reverse("desk:case", args=[case.number])
    waiting = [step["label"] for step in clerk.get(url).context["steps"]]
    assert waiting == ["村级提名", "乡镇审核", "县级审批", "走访"]
    stories.visited(world, case)
    assert [step["label"] for step in clerk.get(url).context["steps"]] == waiting


def test_money_goes_by_the_bank(world: World) -> None:
    _round, (case,) = stories.approved(world)
    steps = at_desk(world.by(Role.INTAKE_CLERK)).get(reverse("desk:case", args=[case.number])).context["steps"]
    assert [step["label"] for step in steps][3:] == ["走访", "列入发放批次", "发放复核", "银行回盘"]
