"""The nightly check-up, and the one an administrator asks for: staffing and everything of `workflows.doctor`, county by
county, as jobs of some seconds each, so that no transaction is long and no worker is kept from other work.

What was found is kept with the check-up (`CheckUp`, `CheckUpFinding`); nothing is repaired by night.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from time import monotonic

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.db.models.functions import Substr
from django.utils.timezone import now
from django.utils.translation import gettext as _

from casework.access import within
from casework.models import Case, CheckUp, CheckUpFinding, Level, Office, Staff
from notifications import outbox, wake
from workflows.doctor import EXAMINATIONS, Examination, Finding, Kind, Scope
from workflows.doctor.tally import Tally, by_kind
from workflows.refusals import NotAllowed

log = logging.getLogger("nuanxin.checkups")

KIND = "check_up"
EVERYWHERE = ""
OF_NO_COUNTY = ""
SECONDS_AT_A_TIME = 2.0
EXAMPLES = 20
KEPT = datetime.timedelta(days=60)
LONGEST = datetime.timedelta(hours=1)
"""What has not finished by then will not: its worker has gone."""

FAILED = Kind("examination_failed", "有一项检查自己没有做成", "请系统管理员查看日志，联系维护人员")


def begin_nightly(day: datetime.date) -> None:
    """The check-up of a day, of everything. A second time it is the same one. Those of long ago are thrown away."""
    old = CheckUp.objects.filter(begun_at__lt=now() - KEPT)
    CheckUpFinding.objects.filter(check_up__in=old).delete()
    old.delete()
    _begin(f"nightly:{day.isoformat()}", [EVERYWHERE], None)


def ask_for(codes: Sequence[str], *, by: Staff, key: str) -> CheckUp:
    """A check-up now, of the places an administrator answers for. The same `key` again is the same check-up.

    Raises `NotAllowed` while one of them is under way.
    """
    with transaction.atomic():
        # Two clicks at once wait for each other.
        Staff.objects.select_for_update(of=("self",)).get(pk=by.pk)
        known = CheckUp.objects.filter(key=f"asked:{key}").first()
        if known is not None:
            return known
        if any(covers(one, codes) for one in under_way()):
            raise NotAllowed(_("上一次体检还在进行，请等它做完再看结果"))
        return _begin(f"asked:{key}", codes, by)


def under_way() -> list[CheckUp]:
    """Begun and not finished, and not so long ago that nobody can still be at it."""
    return list(CheckUp.objects.filter(finished_at__isnull=True, begun_at__gt=now() - LONGEST))


def covers(check_up: CheckUp, codes: Iterable[str]) -> bool:
    """Whether all of these places were, or are being, looked at."""
    return all(any(code.startswith(asked) for asked in check_up.scope) for code in codes)


def _begin(key: str, codes: Sequence[str], by: Staff | None) -> CheckUp:
    fields = {"begun_at": now(), "asked_by": by, "scope": list(codes), "places": [*_counties(codes), OF_NO_COUNTY]}
    check_up, fresh = CheckUp.objects.get_or_create(key=key, defaults=fields)
    if fresh:
        _post(check_up)
    return check_up


def _counties(codes: Iterable[str]) -> list[str]:
    """The counties within these places that have an office or a case."""
    found: set[str] = set()
    for code in codes:
        for model in (Office, Case):
            rows = model.objects.filter(within((code,)) if code else Q())
            found |= set(rows.values_list(Substr("division", 1, int(Level.COUNTY)), flat=True).distinct())
    return sorted(county for county in found if len(county) == Level.COUNTY)


def _post(check_up: CheckUp) -> None:
    payload = {"check_up": check_up.pk, "part": check_up.done}
    outbox.job(KIND, f"{KIND}:{check_up.pk}:{check_up.done}", payload, run_at=now()).save(force_insert=True)
    wake.after_commit()


def parts_of(check_up: CheckUp) -> list[tuple[str, Examination]]:
    """What is to be looked at, one after another."""
    return [
        (place, examination)
        for place in check_up.places
        for examination in EXAMINATIONS
        if examination.of_installation is (place == OF_NO_COUNTY)
    ]


def go_on(check_up_id: int, part: int, *, job_kinds: frozenset[str]) -> None:
    """Some seconds more of a check-up, from that part on; what is left becomes a job of its own. In the caller's
    transaction. Doing a part twice is doing it once."""
    check_up = CheckUp.objects.select_for_update().filter(pk=check_up_id).first()
    if check_up is None or check_up.finished_at is not None or check_up.done != part:
        return
    parts, begun = parts_of(check_up), monotonic()
    while check_up.done < len(parts):
        place, examination = parts[check_up.done]
        scope = Scope(at=now(), job_kinds=job_kinds, place=place)
        _keep(check_up, place, _examined(examination, scope))
        check_up.done += 1
        if monotonic() - begun >= SECONDS_AT_A_TIME:
            break
    if check_up.done >= len(parts):
        check_up.finished_at = now()
    else:
        _post(check_up)
    check_up.save(update_fields=["done", "finished_at"])


def _examined(examination: Examination, scope: Scope) -> list[Tally]:
    """What an examination finds, by kind. One that fails itself is a finding; the others go on."""
    try:
        with transaction.atomic():
            return by_kind(examination.find(scope), most=EXAMPLES)
    except (OperationalError, InterfaceError):
        # The database, not the examination: the job comes again.
        raise
    except Exception as problem:
        # The boundary of background work: damage that breaks the very look at it must be told, not stop the rest.
        # Only the kind of the error is kept: its text could hold what a log must not.
        error = type(problem).__name__
        log.warning("the examination %s of %s failed: %s", examination.name, scope.place or "all", error)
        kind = replace(FAILED, code=f"failed_{examination.name}")
        return by_kind(iter([Finding(kind, examination.name, scope.place, f"{examination.title}：{error}")]), most=1)


def _keep(check_up: CheckUp, place: str, found: Iterable[Tally]) -> None:
    CheckUpFinding.objects.bulk_create(
        CheckUpFinding(
            check_up=check_up,
            kind=tally.kind.code,
            county=place,
            title=tally.kind.title,
            remedy=tally.kind.remedy,
            total=tally.total,
            examples=[{"subject": one.subject, "sentence": one.sentence, "remedy": one.remedy} for one in tally.shown],
        )
        for tally in found
    )
