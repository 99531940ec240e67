"""Putting papers into a case's file."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now
from PIL import Image, ImageEnhance

from casework.crypto import key_ring
from casework.models import Case, Event, Evidence, Role
from tests.casework.evidence.pictures import exif, place, scenery, written
from tests.factories import StaffFactory
from tests.world import OTHER_VILLAGE, VILLAGE, World, open_item
from workflows import trail
from workflows.papers.evidence import AlreadyInFile, PaperRefused, Sighting, attach
from workflows.papers.sheets import file_store
from workflows.perform import perform
from workflows.refusals import HeldByAnother, NotAllowed, NotYourPost, Recused, SecondHat

PHOTOGRAPH = Evidence.Kind.PHOTOGRAPH


def photograph(seed: int = 1, **shot: Any) -> bytes:
    return written(scenery(seed), exif=exif(**shot))


def kept_files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]


def test_a_photograph_goes_into_the_file_sealed_with_its_time_and_place(world: World, settings: Any) -> None:
    case = world.case("village")
    data = photograph(taken="2026:11:02 08:30:15", place=place())

    kept = attach(case.number, PHOTOGRAPH, data, by=world.by(Role.VILLAGE_VERIFIER)).evidence

    kept.refresh_from_db()
    assert kept.taken_at == datetime.datetime(2026, 11, 2, 0, 30, 15, tzinfo=datetime.UTC)
    assert (kept.latitude, kept.longitude) == (Decimal("28.52010"), Decimal("112.15500"))
    stored = (Path(settings.FILES_DIR) / kept.file).read_bytes()
    assert not stored.startswith(b"\xff\xd8")
    assert Image.open(io.BytesIO(file_store().get(kept.file))).size == (kept.width, kept.height)
    assert key_ring().open_file(stored).startswith(b"\xff\xd8")


def test_the_case_lists_the_paper_and_the_trail_pins_it(world: World) -> None:
    case = world.case("village")

    kept = attach(case.number, PHOTOGRAPH, photograph(), by=world.by(Role.VILLAGE_VERIFIER)).evidence

    case = Case.objects.get(pk=case.pk)
    assert kept.sha256 in case.papers[PHOTOGRAPH]
    event = Event.objects.filter(chain=case.number).last()
    assert event is not None
    assert event.action == "evidence_attached"
    assert event.details == {"kind": "photograph", "sha256": kept.sha256, "file": case.digest_of_file()}
    assert list(trail.breaks(chain=case.number)) == []


def test_a_home_visit_with_its_photograph_can_be_passed(world: World) -> None:
    case = world.case("village")
    Case.objects.filter(pk=case.pk).update(papers={})
    verifier = world.by(Role.VILLAGE_VERIFIER)

    attach(case.number, PHOTOGRAPH, photograph(), by=verifier)
    done = perform(open_item(case).pk, "pass", by=verifier, note="上门看过")

    assert done.stage == "verified"


def test_the_same_file_twice_is_kept_once_and_said_so(world: World, settings: Any) -> None:
    case = world.case("village")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    attach(case.number, PHOTOGRAPH, photograph(), by=verifier)
    before = (kept_files(settings), Case.objects.get(pk=case.pk).trail_seq)

    with pytest.raises(AlreadyInFile, match=r"已有这份材料（入户照片"):
        attach(case.number, Evidence.Kind.OTHER, photograph(), by=verifier)

    assert (kept_files(settings), Case.objects.get(pk=case.pk).trail_seq) == before


def test_when_the_row_cannot_be_written_no_file_stays_behind(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.case("village")

    def no_event(*args: object, **kwargs: object) -> Event:
        raise RuntimeError("the disk of the database is full")

    monkeypatch.setattr(trail, "next_event", no_event)
    with pytest.raises(RuntimeError):
        attach(case.number, PHOTOGRAPH, photograph(), by=world.by(Role.VILLAGE_VERIFIER))

    assert kept_files(settings) == []
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        pytest.param(Role.TOWNSHIP_REVIEWER, NotYourPost, id="the township, before its turn"),
        pytest.param(Role.INTAKE_CLERK, NotYourPost, id="intake, after its turn"),
        pytest.param(Role.AUDITOR, NotYourPost, id="an auditor, ever"),
    ],
)
def test_only_the_one_whose_turn_it_is_puts_papers_in(world: World, role: str, refusal: type[Exception]) -> None:
    case = world.case("village")
    with pytest.raises(refusal):
        attach(case.number, PHOTOGRAPH, photograph(), by=world.by(role))


def test_the_next_village_puts_nothing_in(world: World) -> None:
    case = world.case("village")
    stranger = StaffFactory(post=(Role.VILLAGE_VERIFIER, OTHER_VILLAGE))
    with pytest.raises(NotYourPost):
        attach(case.number, PHOTOGRAPH, photograph(), by=stranger)


def test_nobody_puts_papers_into_their_own_case(world: World) -> None:
    case = world.case("village")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    verifier.identity_hash = case.applicant.identity_hash
    verifier.save()
    with pytest.raises(Recused):
        attach(case.number, PHOTOGRAPH, photograph(), by=verifier)


def test_somebody_who_took_part_as_something_else_puts_nothing_in(world: World) -> None:
    case = world.case("village")
    clerk = world.by(Role.INTAKE_CLERK)
    office = world.by(Role.VILLAGE_VERIFIER).posts.get().office
    clerk.posts.create(office=office, role=Role.VILLAGE_VERIFIER, valid_from=datetime.date(2020, 1, 1))
    with pytest.raises(SecondHat):
        attach(case.number, PHOTOGRAPH, photograph(), by=clerk)


def test_a_case_a_colleague_has_claimed_is_theirs(world: World) -> None:
    case = world.case("village")
    item = open_item(case)
    item.owner = StaffFactory(post=(Role.VILLAGE_VERIFIER, VILLAGE))
    item.save()
    with pytest.raises(HeldByAnother):
        attach(case.number, PHOTOGRAPH, photograph(), by=world.by(Role.VILLAGE_VERIFIER))


def test_a_case_that_has_ended_takes_no_more_papers(world: World) -> None:
    case = world.case("end")
    with pytest.raises(NotAllowed, match="已经结束"):
        attach(case.number, PHOTOGRAPH, photograph(), by=world.by(Role.PAYMENT_OFFICER))


def test_what_is_no_picture_is_refused_in_plain_words(world: World, settings: Any) -> None:
    case = world.case("village")
    with pytest.raises(PaperRefused, match="请用手机重新拍一张"):
        attach(case.number, PHOTOGRAPH, b"not a picture", by=world.by(Role.VILLAGE_VERIFIER))
    assert kept_files(settings) == []


@pytest.mark.parametrize("ahead, known", [(0.5, True), (1.5, False), (400, False)])
def test_a_camera_whose_clock_runs_ahead_has_no_date(world: World, ahead: float, known: bool) -> None:
    case = world.case("village")
    taken = now() + datetime.timedelta(days=ahead)
    data = photograph(taken=f"{taken:%Y:%m:%d %H:%M:%S}", offset="+00:00")
    kept = attach(case.number, PHOTOGRAPH, data, by=world.by(Role.VILLAGE_VERIFIER)).evidence
    assert (kept.taken_at is not None) is known


def test_a_file_already_used_in_another_case_is_pointed_out(world: World) -> None:
    first, second = world.case("village"), world.case("village")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    attach(first.number, PHOTOGRAPH, photograph(), by=verifier)

    again = attach(second.number, Evidence.Kind.OTHER, photograph(), by=verifier)

    assert again.seen_elsewhere == [Sighting(first.number, "photograph", "same")]
    assert Evidence.objects.filter(case=second).count() == 1


def test_a_brightened_copy_is_pointed_out_as_alike(world: World) -> None:
    first, second = world.case("village"), world.case("village")
    verifier = world.by(Role.VILLAGE_VERIFIER)
    picture = scenery(7)
    attach(first.number, PHOTOGRAPH, written(picture), by=verifier)

    copy = written(ImageEnhance.Brightness(picture).enhance(1.08).resize((500, 375)))
    assert attach(second.number, PHOTOGRAPH, copy, by=verifier).seen_elsewhere == [
        Sighting(first.number, "photograph", "near")
    ]
    assert attach(second.number, PHOTOGRAPH, written(scenery(8)), by=verifier).seen_elsewhere == []


def test_the_number_of_a_case_one_may_not_see_is_kept_back(world: World) -> None:
    elsewhere = world.enter(division=OTHER_VILLAGE)
    attach(elsewhere.number, PHOTOGRAPH, photograph(), by=world.by(Role.INTAKE_CLERK))
    case = world.case("village")

    found = attach(case.number, PHOTOGRAPH, photograph(), by=world.by(Role.VILLAGE_VERIFIER)).seen_elsewhere

    assert found == [Sighting("", "photograph", "same")]


def test_a_file_takes_so_many_papers_and_no_more(world: World) -> None:
    case = world.case("village")
    Case.objects.filter(pk=case.pk).update(papers={"other": [f"{n:064x}" for n in range(60)]})
    with pytest.raises(PaperRefused, match="已有60份材料"):
        attach(case.number, PHOTOGRAPH, photograph(), by=world.by(Role.VILLAGE_VERIFIER))


def test_one_upload_costs_a_bounded_number_of_statements(world: World, django_assert_max_num_queries: Any) -> None:
    case = world.case("village")
    with django_assert_max_num_queries(17):
        attach(case.number, PHOTOGRAPH, photograph(), by=world.by(Role.VILLAGE_VERIFIER))
