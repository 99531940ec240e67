"""An event log from another house becomes cases: history that can be read, and never paid.

The whole file is read before anything is written; what cannot be read to the end is refused. Then its cases come in
chunk by chunk, and a run that was interrupted goes on where it stopped. The same log twice is one log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.models import ReplayedLog
from workflows import trail
from workflows.archived.programme import build, slug_of
from workflows.proof import Proof, prove
from workflows.replay.archive import archivist_of, county_of, nobody, office_of
from workflows.replay.opening import opened
from workflows.replay.past import PastCase
from workflows.replay.problems import AnotherRun, FileChanged, NotProved
from workflows.replay.reading import LogReader
from workflows.replay.setting_down import SettingDown
from workflows.replay.survey import Survey, survey_of
from workflows.standing import SYSTEM

Told = Callable[[int, int], None]
"""Told how many cases are set down, of how many."""


@dataclass(frozen=True)
class Asked:
    """How a log is to be taken: `county` as a code or empty, `zone` for times without one, and of which life-cycle
    transition (all when empty)."""

    zone: ZoneInfo
    county: str = ""
    lifecycle: str = ""


@dataclass(frozen=True)
class BroughtIn:
    """What came of it: the log's row, what its file holds, the proof of its flow (None when it was proved in an earlier
    run), and from which case on this run set down: beyond the last when all were."""

    log: ReplayedLog
    survey: Survey
    proof: Proof | None
    begun_at: int

    @property
    def repeated(self) -> bool:
        return self.begun_at > self.log.case_count


def bring_in(path: Path, asked: Asked, *, told: Told = lambda done, of: None) -> BroughtIn:
    """Bring in a log. Raises `ReplayProblem`, `Refusal` and `OSError`; whole chunks brought in before stay."""
    office_of(county_of(asked.county))  # before hours of reading
    state = _state(path)
    survey = survey_of(path, zone=asked.zone, lifecycle=asked.lifecycle)
    log, proof = ReplayedLog.objects.filter(digest=survey.digest).first(), None
    if log is None:
        log, proof = _begin(survey, asked)
    _check_same(log, asked)
    begun_at = log.cases_done + 1
    if log.finished is None:
        _go_on(log, path, state, told)
        log.refresh_from_db()
    return BroughtIn(log, survey, proof, begun_at)


def _begin(survey: Survey, asked: Asked) -> tuple[ReplayedLog, Proof]:
    """The row of a new log, once its flow is proved."""
    slug = slug_of(survey.digest, asked.lifecycle)
    proof = prove(build(slug, survey.name, survey.shape))
    if not proof.holds:
        said = "；".join(fault.sentence for fault in proof.faults if not fault.is_warning)
        raise NotProved(_("从日志得出的流程没有通过证明，没有补录：%(faults)s") % {"faults": said})
    with transaction.atomic():
        county = county_of(asked.county)
        log, _made = ReplayedLog.objects.get_or_create(
            digest=survey.digest,
            defaults={
                "slug": slug,
                "name": survey.name[:200],
                "division": county,
                "archivist": archivist_of(county, slug),
                "zone": asked.zone.key,
                "lifecycle": asked.lifecycle,
                "shape": survey.shape.as_json(),
                "case_count": survey.cases,
                "event_count": survey.events,
                "begun": now(),
            },
        )
    return log, proof


def _check_same(log: ReplayedLog, asked: Asked) -> None:
    """Raise `AnotherRun` when the log was brought in otherwise than is asked now: it comes in one way only."""
    otherwise = []
    if asked.county and asked.county != log.division_id:
        otherwise.append(f"--division {log.division_id}")
    if asked.lifecycle != log.lifecycle:
        otherwise.append(f"--lifecycle {log.lifecycle}" if log.lifecycle else _("不写 --lifecycle"))
    if asked.zone.key != log.zone:
        otherwise.append(f"--zone {log.zone}")
    if otherwise:
        raise AnotherRun(_("这份日志已经按别的办法补录过，不再改动。当时是：%(how)s。") % {"how": "，".join(otherwise)})


State = tuple[int, int, int]
"""Which file it is, how long, and when it was last written."""


def _state(path: Path) -> State:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _while_it_stays(path: Path, state: State, cases: Iterable[PastCase]) -> Iterator[PastCase]:
    """The cases, as long as the file is the one that was surveyed. Raises `FileChanged`."""
    for case in cases:
        if _state(path) != state:
            raise FileChanged
        yield case


def _go_on(log: ReplayedLog, path: Path, state: State, told: Told) -> None:
    archivist_of(log.division, log.slug)  # their post may have ended since
    reader = LogReader(zone=ZoneInfo(log.zone), lifecycle=log.lifecycle)
    with opened(path) as file:
        cases = _while_it_stays(path, state, reader.cases(file))
        for done in SettingDown(log, nobody()).take_all(cases):
            told(done, log.case_count)
    if reader.digest != log.digest:
        raise FileChanged
    with transaction.atomic():
        log = ReplayedLog.objects.select_for_update().get(pk=log.pk)
        if log.finished is None:
            log.finished = now()
            log.save(update_fields=["finished"])
            counts = {"cases": log.case_count, "events": log.event_count, "activities": len(log.shape["activities"])}
            trail.record(log.slug, "log_replayed", actor=SYSTEM, details={"log": log.digest, **counts})
