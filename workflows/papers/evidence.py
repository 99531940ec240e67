"""A photograph or a paper put into a case's file: read safely, kept sealed, pinned by its digest."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import get_current_timezone, is_naive, localtime, make_aware, now
from django.utils.translation import gettext as _

from casework.access import Access, access_of, keeper_codes
from casework.evidence.documents import read_upload
from casework.evidence.images import CleanImage, EvidenceRefused, similar
from casework.evidence.storage import FileStore, StorageFailed
from casework.models import Case, Evidence, Staff
from workflows import trail
from workflows.holding import holder, lock_case, open_step
from workflows.outcomes import Hand
from workflows.papers.sheets import file_store
from workflows.refusals import NotAllowed, Refusal

log = logging.getLogger("nuanxin.papers")

MOST_A_CASE = 60
"""Enough for any family's papers; a case page stays a page."""

CANDIDATES_A_PICTURE = 200
"""Pictures that share a quarter of the fingerprint and are looked at: blank sheets would bring thousands."""

A_FIVE_PLACE_DEGREE = Decimal("0.00001")
ONE_DAY = datetime.timedelta(days=1)


class PaperRefused(Refusal):
    """The upload is not taken; the text says why and what to do."""

    code = "paper_refused"


class AlreadyInFile(Refusal):
    """The very same file is in this case already; nothing was kept twice."""

    code = "already_in_file"

    def __init__(self, held: Evidence) -> None:
        self.held = held
        super().__init__(
            _("这件案子里已有这份材料（%(kind)s，%(when)s上传），没有重复保存")
            % {
                "kind": held.get_kind_display(),
                "when": localtime(held.uploaded_at).strftime("%Y-%m-%d %H:%M"),
            }
        )


@dataclass(frozen=True, slots=True)
class Sighting:
    """The same picture, or one much like it, in another case: a reason to look, never proof.

    `case_number` is empty when the viewer may not see that case.
    """

    case_number: str
    kind: str
    match: Literal["same", "near"]


@dataclass(frozen=True, slots=True)
class Attached:
    """What was put into the file, and where else it has been seen."""

    evidence: Evidence
    seen_elsewhere: list[Sighting]


def attach(
    case_number: str,
    kind: str,
    data: bytes,
    *,
    by: Staff,
    at: datetime.datetime | None = None,
    hand: Hand | None = None,
) -> Attached:
    """Put a photograph or scan into the file, as the one whose turn it is, or whose `hand` an outcome of the step
    names. Raises a `Refusal`; then nothing is kept.

    A picture known from another case is taken and pointed out, not refused: two visits on one day, or one form for
    two stays, can be honest. `at` is for history brought in; otherwise it is now.
    """
    moment = at or now()
    if kind not in Evidence.Kind.values:
        raise PaperRefused(_("请选择材料种类"))
    # Asked again under the lock. Here, so that a stranger's file is not even opened.
    _check_may_attach(case_number, by, hand)
    try:
        picture = read_upload(data)
    except EvidenceRefused as refused:
        raise PaperRefused(str(refused)) from refused
    evidence = _described(picture, kind, by, moment)
    store = file_store()
    try:
        evidence.file = store.put(picture.jpeg)
        evidence.thumbnail = store.put(picture.thumbnail)
        with transaction.atomic():
            _enter(evidence, case_number, by, hand)
    except BaseException as problem:
        _forget(store, (evidence.file, evidence.thumbnail))
        if isinstance(problem, StorageFailed):
            raise PaperRefused(str(problem)) from problem
        raise
    return Attached(evidence, sightings([evidence], access_of(by)).get(evidence.pk, []))


def sightings(pictures: Sequence[Evidence], viewer: Access) -> dict[int, list[Sighting]]:
    """Where else each of one case's pictures lies: key -> sightings, the exact first.

    Two statements, however many pictures.
    """
    if not pictures:
        return {}
    elsewhere = Evidence.objects.exclude(case_id=pictures[0].case_id).order_by()
    columns = ("pk", "sha256", "phash", "kind", "case__number", "case__division_id", "case__confidential")
    same = elsewhere.filter(sha256__in={picture.sha256 for picture in pictures}).values_list(*columns)
    alike = Q()
    for band in ("band_a", "band_b", "band_c", "band_d"):
        alike |= Q(**{f"{band}__in": {getattr(picture, band) for picture in pictures}})
    most = CANDIDATES_A_PICTURE * len(pictures)
    near = elsewhere.filter(alike).values_list(*columns)[:most]
    candidates = {row[0]: row[1:] for row in [*same[:most], *near]}
    found = {picture.pk: _matches(picture, candidates.values(), viewer) for picture in pictures}
    return {pk: matches for pk, matches in found.items() if matches}


def _matches(
    picture: Evidence, candidates: Iterable[tuple[str, str, str, str, str, bool]], viewer: Access
) -> list[Sighting]:
    found = set()
    for sha256, phash, kind, number, division, confidential in candidates:
        same = sha256 == picture.sha256
        if same or similar(phash, picture.phash):
            codes = keeper_codes(viewer) if confidential else viewer.codes()
            seen = number if any(division.startswith(code) for code in codes) else ""
            found.add(Sighting(seen, kind, "same" if same else "near"))
    return sorted(found, key=lambda sighting: (sighting.match == "near", sighting.case_number, sighting.kind))


def _check_may_attach(case_number: str, by: Staff, hand: Hand | None) -> None:
    case = Case.objects.filter(number=case_number).first()
    if case is None:
        raise NotAllowed(_("没有这个案号的案件，请核对案号"))
    holder(*open_step(case), by, hand)


def _enter(evidence: Evidence, case_number: str, by: Staff, hand: Hand | None) -> None:
    """Under the case's lock: the row, the case's list of papers, and the event."""
    case = lock_case(case_number)
    actor = holder(*open_step(case), by, hand)
    held = Evidence.objects.filter(case=case, sha256=evidence.sha256).first()
    if held is not None:
        raise AlreadyInFile(held)
    if sum(map(len, case.papers.values())) >= MOST_A_CASE:
        raise PaperRefused(_("这件案子已有%(count)d份材料，不能再加。请把多页合成一份PDF") % {"count": MOST_A_CASE})
    evidence.case = case
    evidence.save(force_insert=True)
    kept = {*case.papers.get(evidence.kind, ()), evidence.sha256}
    case.papers = {**case.papers, evidence.kind: sorted(kept)}
    details = {"kind": evidence.kind, "sha256": evidence.sha256, "file": case.digest_of_file()}
    event = trail.next_event(case, "evidence_attached", actor=actor, at=evidence.uploaded_at, details=details)
    event.save(force_insert=True)
    case.save(update_fields=["papers", "trail_seq", "trail_head"])


def _described(picture: CleanImage, kind: str, by: Staff, moment: datetime.datetime) -> Evidence:
    bands = [int(picture.phash[start : start + 4], 16) for start in (0, 4, 8, 12)]
    return Evidence(
        kind=kind,
        sha256=picture.sha256,
        phash=picture.phash,
        band_a=bands[0],
        band_b=bands[1],
        band_c=bands[2],
        band_d=bands[3],
        width=picture.width,
        height=picture.height,
        taken_at=_plausible(picture.taken_at, moment),
        latitude=_degrees(picture.latitude),
        longitude=_degrees(picture.longitude),
        uploaded_by=by,
        uploaded_at=moment,
    )


def _plausible(taken_at: datetime.datetime | None, uploaded_at: datetime.datetime) -> datetime.datetime | None:
    """When it was taken; None when the camera's clock had run ahead of the calendar.

    Most phones write their own clock without its offset: that is taken as the office's time.
    """
    if taken_at is None:
        return None
    aware = make_aware(taken_at, get_current_timezone()) if is_naive(taken_at) else taken_at
    return aware if aware <= uploaded_at + ONE_DAY else None


def _degrees(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value)).quantize(A_FIVE_PLACE_DEGREE)


def _forget(store: FileStore, names: Iterable[str]) -> None:
    """Nothing of a failed upload stays behind; what cannot be removed is logged, the failure itself goes on."""
    for name in filter(None, names):
        try:
            store.delete(name)
        except StorageFailed as problem:
            log.warning("a file of a failed upload stays behind: %s (%s)", name, problem)
