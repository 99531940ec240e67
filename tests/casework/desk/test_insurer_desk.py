"""The insurer's own desk: its claims and nothing else of the house. Lists of people, with a word on each."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import localdate

from casework.access import access_of, claims_of
from casework.models import Case, Claim, Evidence, Office, Post, Role, Staff
from tests.factories import LONG_AGO, OfficeFactory, StaffFactory
from tests.workflows.insurance_exchange.story import OTHER, as_file, exchanging, lodged, said
from tests.workflows.programmes.insurance_claim.stories import (
    claim,
    clerk_of,
    insurer,
    notified,
    say,
    somebody_insured,
    walked,
)
from tests.world import COUNTY, World, open_item
from workflows.insurance_exchange.batches import draw

LARGEST_PAGE = 60_000
SECRET = "只有本县知道的村级意见"


@pytest.fixture
def world(world: World) -> World:
    return exchanging(world)


def as_(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def text(response: Any) -> str:
    return b"".join(response).decode(errors="replace") if response.streaming else str(response.content.decode("utf-8"))


@pytest.fixture
def theirs(world: World) -> Case:
    return walked(world, "insurer")


@pytest.fixture
def others(world: World) -> list[Case]:
    """What an insurer's clerk must not see: another insurer's claim, one not lodged yet, another programme's case."""
    foreign = walked(world, "insurer", notified(world, somebody_insured(world, name="另一家的产品")))
    Claim.objects.filter(case=foreign).update(
        insurer=OfficeFactory(division_id=COUNTY, kind=Office.Kind.INSURER, name=OTHER)
    )
    return [foreign, notified(world, somebody_insured(world, name="还没有转出的")), world.case(at="county")]


# -- who sees a claim --------------------------------------------------------------------------------------------------


def of_this_insurer(world: World) -> Staff:
    return world.by(Role.INSURER_CLERK)


def of_another(world: World) -> Staff:
    return clerk_of(insurer(OTHER))


def who_left(world: World) -> Staff:
    staff = StaffFactory()
    columns = {"valid_from": LONG_AGO, "valid_to": LONG_AGO}
    Post.objects.create(staff=staff, office=insurer(), role=Role.INSURER_CLERK, **columns)
    return staff


def misplaced(world: World) -> Staff:
    return StaffFactory(post=(Role.INSURER_CLERK, COUNTY))


def auditor_at_the_insurer(world: World) -> Staff:
    staff = StaffFactory()
    Post.objects.create(staff=staff, office=insurer(), role=Role.AUDITOR, valid_from=LONG_AGO)
    return staff


def of_the_county(world: World) -> Staff:
    return world.by(Role.COUNTY_APPROVER)


@pytest.mark.parametrize(
    ("who", "status", "why"),
    [
        (of_this_insurer, 200, "it was lodged with them"),
        (of_another, 404, "as if there were none"),
        (who_left, 403, "no post any more"),
        (misplaced, 403, "an insurer's role in the association's office gives nothing"),
        (auditor_at_the_insurer, 403, "a house's role in the insurer's office gives nothing"),
        (of_the_county, 403, "the county has its own pages"),
    ],
)
def test_who_opens_a_claim_on_the_insurers_desk(world: World, theirs: Case, who: Any, status: int, why: str) -> None:
    address = reverse("desk:insurer_claim", args=[theirs.number])
    assert as_(who(world)).get(address).status_code == status, why


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (of_this_insurer, "not even their own"),
        (misplaced, "the post is a mistake"),
        (auditor_at_the_insurer, "so is this"),
    ],
)
def test_who_is_at_an_insurer_opens_no_page_of_a_case_of_the_house(
    world: World, theirs: Case, who: Any, why: str
) -> None:
    assert as_(who(world)).get(reverse("desk:case", args=[theirs.number])).status_code == 404, why


def test_a_claim_is_theirs_from_its_lodging_and_not_before(world: World, others: list[Case], theirs: Case) -> None:
    found = list(claims_of(access_of(world.by(Role.INSURER_CLERK))))
    assert [one.case_id for one in found] == [theirs.pk]


def test_one_who_works_at_both_sees_each_on_its_own_side(world: World, theirs: Case, others: list[Case]) -> None:
    both = StaffFactory(post=(Role.AUDITOR, COUNTY))
    Post.objects.create(staff=both, office=insurer(), role=Role.INSURER_CLERK, valid_from=LONG_AGO)
    access = access_of(both)
    assert access.roles == {Role.AUDITOR} and [one.case_id for one in claims_of(access)] == [theirs.pk]


# -- every page of the house -------------------------------------------------------------------------------------------


def addresses(case: Case) -> list[str]:
    """Every address of the site, filled in with this case wherever something must be filled in."""
    item = open_item(case)
    filled = {
        "number": case.number,
        "item_id": item.pk,
        "pk": case.pk,
        "key": uuid.uuid4(),
        "outcome": "withdraw",
        "size": "full",
        "year": localdate().year,
        "office": insurer().pk,
        "slug": case.programme,
        "code": COUNTY,
    }
    found = []
    for pattern in walk(get_resolver().url_patterns, ""):
        route, names = pattern
        parts = {name: str(filled.get(name, case.pk)) for name in names}
        found.append("/" + fill(route, parts))
    return sorted(set(found))


def walk(patterns: Any, before: str) -> Any:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, list(pattern.pattern.converters)


def fill(route: str, parts: dict[str, str]) -> str:
    for piece in [piece for piece in route.replace(">", "<").split("<") if piece]:
        name = piece.split(":")[-1]
        if name in parts:
            route = route.replace(f"<{piece}>", parts[name])
    return route


def test_no_page_of_the_house_tells_an_insurer_of_a_case_that_is_not_theirs(
    world: World, theirs: Case, others: list[Case]
) -> None:
    client = as_(world.by(Role.INSURER_CLERK))
    asked = 0
    for case in others:
        never = {case.number, case.applicant.name, case.applicant.identity_number.reveal()[-6:]}
        never -= {theirs.number, theirs.applicant.name}
        for address in addresses(case):
            if "logout" in address or "login" in address:
                continue
            response = client.get(address)
            asked += 1
            # An address that holds the number gives it back in a link to itself at most: a portal page asks for a code.
            page = text(response).replace(address, "")
            for word in never:
                assert word not in page or response.status_code in (404, 405), (address, word)
    assert asked > 150


# -- what it sees and may do -------------------------------------------------------------------------------------------


def test_the_list_shows_what_waits_and_then_all(world: World, theirs: Case, others: list[Case]) -> None:
    client = as_(world.by(Role.INSURER_CLERK))
    assert client.get(reverse("desk:queue")).headers["Location"] == reverse("desk:insurer_claims")
    waiting = text(client.get(reverse("desk:insurer_claims")))
    assert theirs.number in waiting and "保险公司核定" in waiting and len(waiting) < LARGEST_PAGE
    say(world, theirs, "refuse")
    assert theirs.number not in text(client.get(reverse("desk:insurer_claims")))
    assert theirs.number in text(client.get(reverse("desk:insurer_claims") + "?show=all"))


def test_of_a_person_it_sees_what_a_claim_needs(world: World, theirs: Case) -> None:
    page = text(as_(world.by(Role.INSURER_CLERK)).get(reverse("desk:insurer_claim", args=[theirs.number])))
    insured = claim(theirs).insured
    number = insured.identity_number.reveal()
    assert insured.name in page and "下楼时踩空摔倒" in page and "2100.00" in page
    assert number not in page and insured.phone.reveal() not in page
    for kept_back in ("对象名册", "办理轨迹", "家属", "村级"):
        assert kept_back not in page, kept_back


def test_photographs_of_a_home_stay_with_whoever_visited_it(world: World, theirs: Case) -> None:
    columns = {"phash": "0" * 16, "band_a": 0, "band_b": 0, "band_c": 0, "band_d": 0, "width": 1, "height": 1}
    for kind, mark in ((Evidence.Kind.PHOTOGRAPH, "a"), (Evidence.Kind.DISCHARGE_SUMMARY, "b")):
        Evidence.objects.create(
            case=theirs, kind=kind, sha256=mark * 64, file=mark, thumbnail=mark, uploaded_at=theirs.created,
            uploaded_by=world.by(Role.VILLAGE_VERIFIER), **columns,
        )  # fmt: skip
    client = as_(world.by(Role.INSURER_CLERK))
    page = text(client.get(reverse("desk:insurer_claim", args=[theirs.number])))
    assert "出院小结" in page and "入户照片" not in page
    photograph = Evidence.objects.get(case=theirs, kind=Evidence.Kind.PHOTOGRAPH)
    address = reverse("desk:insurer_paper", args=[theirs.number, photograph.pk, "full"])
    assert client.get(address).status_code == 404


def form(outcome: str, **more: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "outcome": outcome, "note": "", **more}


def test_it_agrees_on_its_own_page_and_twice_is_harmless(world: World, theirs: Case) -> None:
    client = as_(world.by(Role.INSURER_CLERK))
    today = localdate().isoformat()
    sent = form("agree", **{"agree-amount": "1800.00", "agree-decided_on": today, "agree-calculation": "九成"})
    address = reverse("desk:insurer_answer", args=[theirs.number, open_item(theirs).pk])
    for _time in (1, 2):
        response = client.post(address, sent)
        assert response.status_code == 302, text(response)
    assert (claim(theirs).decision, open_item(theirs).step) == ("agreed", "payment")
    assert "同意赔付" in text(client.get(reverse("desk:insurer_claim", args=[theirs.number])))


def test_what_is_missing_is_told_with_everything_that_was_typed(world: World, theirs: Case) -> None:
    address = reverse("desk:insurer_answer", args=[theirs.number, open_item(theirs).pk])
    response = as_(world.by(Role.INSURER_CLERK)).post(address, form("agree", **{"agree-amount": "1800.00"}))
    assert response.status_code == 422 and 'value="1800.00"' in text(response)
    assert claim(theirs).decision == ""


def test_it_has_no_say_where_the_claim_does_not_wait_for_it(world: World, theirs: Case, others: list[Case]) -> None:
    client = as_(world.by(Role.INSURER_CLERK))
    step = open_item(theirs).pk
    foreign = reverse("desk:insurer_answer", args=[others[0].number, open_item(others[0]).pk])
    assert client.post(foreign, form("agree")).status_code == 404
    of_another = reverse("desk:insurer_answer", args=[theirs.number, open_item(others[0]).pk])
    assert client.post(of_another, form("agree")).status_code == 409
    say(world, theirs, "refuse")
    own = reverse("desk:insurer_answer", args=[theirs.number, step])
    assert client.post(own, form("agree")).status_code == 422


# -- files ------------------------------------------------------------------------------------------------------------


def test_the_clerk_fetches_a_batch_and_hands_in_a_file_of_answers(world: World) -> None:
    theirs = lodged(world)
    batch = draw(insurer(), COUNTY, by=world.by(Role.INTAKE_CLERK))
    client = as_(world.by(Role.INSURER_CLERK))
    page, fetch = text(client.get(reverse("desk:insurer_files"))), reverse("desk:insurer_export", args=[batch.number])
    assert batch.number in page and fetch in page
    assert client.get(fetch).status_code == 405
    assert theirs.number in text(client.post(fetch, {"form": "json"}))
    assert client.post(fetch, {"form": "pdf"}).status_code == 409
    hand_in = reverse("desk:insurer_answers", args=[insurer().pk])
    file = SimpleUploadedFile("answers.json", as_file(said(theirs)))
    seen = client.post(hand_in, {"file": file}).headers["Location"]
    stored = client.get(seen).context["take_form"].initial["stored"]
    assert client.post(seen, {"stored": stored}).status_code == 302
    assert claim(theirs).decision == "agreed"


def test_another_insurers_batches_and_answers_are_not_there(world: World) -> None:
    lodged(world)
    batch = draw(insurer(), COUNTY, by=world.by(Role.INTAKE_CLERK))
    client = as_(clerk_of(insurer(OTHER)))
    assert batch.number not in text(client.get(reverse("desk:insurer_files")))
    assert client.post(reverse("desk:insurer_export", args=[batch.number]), {"form": "json"}).status_code == 404
    assert client.get(reverse("desk:insurer_answers", args=[insurer().pk])).status_code == 404


def test_of_another_insurers_claim_a_file_is_told_what_it_is_told_of_none(world: World) -> None:
    theirs = lodged(world)
    foreign = walked(world, "insurer", notified(world, somebody_insured(world, name="另一家的产品")))
    Claim.objects.filter(case=foreign).update(insurer=insurer(OTHER))
    nobodys = replace(said(foreign, id="none"), claim="LP430922202699999")
    file = SimpleUploadedFile("answers.json", as_file(said(theirs), said(foreign), nobodys))
    hand_in = reverse("desk:insurer_answers", args=[insurer().pk])
    client = as_(world.by(Role.INSURER_CLERK))
    page = text(client.get(client.post(hand_in, {"file": file}).headers["Location"]))
    assert page.count("没有这个案号的理赔") == 2
    assert "没有转给" not in page
