"""The pages of public notice: choose, look, post, photograph, close; and what is said against a line."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.models import Case, Notice, Objection, Role
from tests import factories
from tests.workflows.notices.noticed import COUNTY, SLUG, VILLAGE, Village, days_later, picture
from tests.world import open_item
from workflows.notices.objections import Said, object_from_web, take_objection

pytestmark = pytest.mark.django_db

POST = f"?programme={SLUG}&place=village_notice&office={VILLAGE}"
LARGEST_PAGE = 60_000


def as_(village: Village, role: str) -> Client:
    client = Client()
    client.force_login(village.by(role))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def at(name: str, notice: Notice) -> str:
    return reverse(f"desk:{name}", args=[notice.number])


def chosen(*cases: Case, act: str = "look", channels: tuple[str, ...] = ("board",)) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "case": [case.number for case in cases], "channels": list(channels), "act": act}


def test_whoever_keeps_a_board_sees_what_waits_on_it(village: Village) -> None:
    village.case()
    page = text(as_(village, Role.VILLAGE_VERIFIER).get(reverse("desk:notices")))
    assert "川门湾村委会" in page
    assert "村级公示：1件" in page
    assert "等着张榜" not in text(as_(village, Role.COUNTY_APPROVER).get(reverse("desk:notices")))


def test_who_has_nothing_to_do_with_boards_is_told_so(village: Village) -> None:
    assert as_(village, Role.ADMINISTRATOR).get(reverse("desk:notices")).status_code == 403


def test_looking_shows_the_sheet_as_it_will_hang_and_writes_nothing(village: Village) -> None:
    case = village.case(person=factories.PersonFactory(name="张晓明", registered=True, registered__category="hardship"))
    page = text(as_(village, Role.VILLAGE_VERIFIER).post(reverse("desk:notice_post") + POST, chosen(case)))

    assert "张*明" in page
    assert "张晓明" not in page
    assert "到2026年11月9日止" in page
    assert not Notice.objects.exists()


def test_what_must_not_hang_is_said_on_the_page_and_there_is_no_button(village: Village) -> None:
    case = village.case(category="bereaved")
    client = as_(village, Role.VILLAGE_VERIFIER)
    given = chosen(case, channels=("board", "web"))
    answer = client.post(reverse("desk:notice_post") + POST, given)

    assert answer.status_code == 409
    assert "是失独家庭，不上网公示" in text(answer)
    assert 'value="post"' not in text(answer)
    assert client.post(reverse("desk:notice_post") + POST, {**given, "act": "post"}).status_code == 409


def test_posting_leads_to_the_sheet_and_twice_is_once(village: Village) -> None:
    client, given = as_(village, Role.VILLAGE_VERIFIER), chosen(village.case(), village.case(), act="post")
    first = client.post(reverse("desk:notice_post") + POST, given)
    client.post(reverse("desk:notice_post") + POST, given)

    notice = Notice.objects.get()
    assert first.headers["Location"] == at("notice", notice)
    page = text(client.get(at("notice", notice)))
    assert notice.digest in page
    assert "还有7天" in page
    assert "还没有张榜的照片" in page


def test_the_printed_sheet_has_its_number_digest_and_code_and_nothing_that_is_nobodys_business(
    village: Village,
) -> None:
    person = factories.PersonFactory(name="张晓明", registered=True, registered__category="hardship")
    case = village.case(person=person)
    notice = village.post(case)
    page = text(as_(village, Role.TOWNSHIP_REVIEWER).get(at("notice_sheet", notice)))

    assert notice.number in page
    assert notice.digest in page
    assert "data:image/svg+xml" in page
    assert not any(word in page for word in ("张晓明", case.number, "失独", "住院护理补贴"))


def test_a_list_comes_down_with_its_photograph(village: Village) -> None:
    case = village.case()
    notice, client = village.post(case), as_(village, Role.VILLAGE_VERIFIER)
    client.post(at("notice_photographs", notice), {"file": SimpleUploadedFile("board.jpg", picture(3))})
    assert client.post(at("notice_close", notice), {"key": uuid.uuid4()}).status_code == 409
    with days_later(notice):
        # A session of a fortnight ago has gone by.
        client.force_login(village.by(Role.VILLAGE_VERIFIER))
        page = text(client.get(at("notice", notice)))
        assert "没有异议，全部往下办" in page
        client.post(at("notice_close", notice), {"key": uuid.uuid4()})

    assert open_item(case).step == "township"
    small = reverse("desk:notice_photograph", args=[notice.number, notice.photographs.get().pk, "thumb"])
    assert client.get(small).headers["Content-Type"] == "image/jpeg"


def test_a_sheet_that_was_wrong_comes_down_with_its_reason(village: Village) -> None:
    case = village.case()
    notice, client = village.post(case), as_(village, Role.VILLAGE_VERIFIER)
    assert client.post(at("notice_withdraw", notice), {"key": uuid.uuid4(), "note": ""}).status_code == 409
    client.post(at("notice_withdraw", notice), {"key": uuid.uuid4(), "note": "名字写错"})

    assert open_item(case).step == "village_notice"


def test_the_countys_desk_takes_in_what_came_from_the_web_and_does_not_read_it(village: Village) -> None:
    case = village.case()
    notice = village.post(case)
    object_from_web(notice, 1, Said("他家买了新车"))
    client = as_(village, Role.INTAKE_CLERK)

    assert notice.number in text(client.get(reverse("desk:notices")))
    page = text(client.get(at("notice", notice)))
    assert "网上收到1条异议" in page
    assert "他家买了新车" not in page
    client.post(at("notice_take_in", notice))
    assert open_item(case).step == "village_notice_objection"


def test_what_is_told_at_the_desk_is_written_down_on_a_page(village: Village) -> None:
    notice, client = village.post(village.case()), as_(village, Role.INTAKE_CLERK)
    given = {"key": str(uuid.uuid4()), "line_number": "1", "text": "不符合条件", "name": "", "contact": ""}
    assert client.post(at("notice_objection", notice), {**given, "line_number": "7"}).status_code == 409
    client.post(at("notice_objection", notice), given)

    assert Objection.objects.get().taken_by == village.by(Role.INTAKE_CLERK)
    assert as_(village, Role.VILLAGE_VERIFIER).get(at("notice_objection", notice)).status_code == 404


def test_the_answerer_reads_the_objection_in_the_case_and_answers_there_and_nobody_else_does(village: Village) -> None:
    case = village.case()
    notice = village.post(case)
    take_objection(notice, 1, Said("他家买了新车", "彭建军"), by=village.by(Role.INTAKE_CLERK))
    here = reverse("desk:case", args=[case.number])
    assert "他家买了新车" not in text(as_(village, Role.VILLAGE_VERIFIER).get(here))
    assert "他家买了新车" not in text(as_(village, Role.INTAKE_CLERK).get(here))

    client = as_(village, Role.COUNTY_APPROVER)
    page = text(client.get(here))
    assert "他家买了新车" in page
    assert "彭建军" in page
    item = open_item(case)
    given = {"key": str(uuid.uuid4()), "outcome": "dismiss", "note": "", "dismiss-answer": "车是借的，已核实"}
    client.post(reverse("desk:decide", args=[item.pk]), given)
    assert open_item(case).step == "village_notice_hanging"


def test_an_answerer_who_had_a_part_does_not_read_it(village: Village) -> None:
    case = village.case("county_notice")
    notice = village.post(case, place="county_notice")
    take_objection(notice, 1, Said("他家买了新车"), by=village.by(Role.INTAKE_CLERK))
    here = reverse("desk:case", args=[case.number])

    assert "他家买了新车" not in text(as_(village, Role.COUNTY_APPROVER).get(here))
    newcomer = Client()
    newcomer.force_login(factories.StaffFactory(post=(Role.COUNTY_APPROVER, COUNTY)))
    assert "他家买了新车" in text(newcomer.get(here))


def test_the_case_says_where_it_hangs_and_that_it_is_not_done_here(village: Village) -> None:
    case = village.case()
    notice = village.post(case)
    page = text(as_(village, Role.VILLAGE_VERIFIER).get(reverse("desk:case", args=[case.number])))

    assert notice.number in page
    assert "随公示榜一并办理" in page


def test_a_long_list_costs_no_more_statements_than_a_short_one(village: Village) -> None:
    client = as_(village, Role.VILLAGE_VERIFIER)

    def cost(count: int) -> tuple[int, int]:
        notice = village.post(*[village.case() for _ in range(count)])
        with CaptureQueriesContext(connection) as seen:
            page = client.get(at("notice", notice))
        return len(seen), len(page.content)

    (one, _small), (three, large) = cost(1), cost(3)
    assert one == three
    assert large < LARGEST_PAGE
