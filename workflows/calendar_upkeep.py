"""Keeping the calendar: entering a year as the State Council announces it each November, and confirming it.

Every change is an event on the year's own chain, `calendar:2027`, and moves the deadlines of open items with it: a job
in the outbox reckons them at once, and another after a minute, when no process can still hold the old calendar.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.formats import date_format
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import CalendarDay, CalendarYear, NumberSeries, Post, Role, Staff
from casework.sheets import values
from notifications import wake
from notifications.outbox import job
from workflows import clock, reckoning, trail
from workflows.calendar import SATURDAY
from workflows.refusals import NotAllowed, Refusal
from workflows.standing import Actor

FIRST, LAST = 2004, 2099
HOLIDAY = ("放假", "休息", "休")
WORKED = ("上班", "调休上班", "补班", "班")
ORDINARY = ("照常", "正常")
STALE_FOR = datetime.timedelta(seconds=60)
"""Twice as long as a process may hold an old calendar (`clock.CHECK_EVERY`)."""

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """A line: a day, whether it is worked (None: as its weekday says), and what it is called."""

    day: datetime.date
    working: bool | None
    name: str = ""


class BadLines(Refusal):
    """What was pasted cannot be taken; `problems` says of each line that is wrong what it is."""

    code = "bad_lines"

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(_("没有保存：%(problems)s") % {"problems": "；".join(problems)})


def read_lines(text: str, year: int) -> list[Entry]:
    """`2027-02-05 放假 春节`, `2027-02-14 上班`, `2027-02-15 照常`, one a line. Raises `BadLines` with every fault."""
    found: dict[datetime.date, Entry] = {}
    problems = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = _read_line(line, year)
            if found.get(entry.day, entry) != entry:
                raise ValueError(_("%(day)s写了两次，而且不一样") % {"day": entry.day})
        except ValueError as wrong:
            problems.append(_("第%(number)d行：%(why)s") % {"number": number, "why": wrong})
        else:
            found[entry.day] = entry
    if not found and not problems:
        problems.append(_("没有内容，请每行写一天，例如“2027-02-05 放假 春节”"))
    if problems:
        raise BadLines(problems)
    return sorted(found.values(), key=lambda entry: entry.day)


def _read_line(line: str, year: int) -> Entry:
    """Raises `ValueError` with what is wrong."""
    written, word, *name = [*line.replace("，", " ").replace(",", " ").split(None, 2), "", ""][:3]
    day = _read_day(written)
    if day.year != year:
        raise ValueError(_("%(day)s不在%(year)d年") % {"day": day, "year": year})
    called = " ".join(name).strip()
    if len(called) > LONGEST_NAME:
        raise ValueError(_("名称最多%(most)d个字") % {"most": LONGEST_NAME})
    if word in HOLIDAY:
        return Entry(day, False, called)
    if word in WORKED:
        if day.weekday() < SATURDAY:
            weekday = date_format(day, "l")
            raise ValueError(
                _("%(day)s是%(weekday)s，本来就上班；调休上班只能是周六周日") % {"day": day, "weekday": weekday}
            )
        return Entry(day, True, called)
    if word in ORDINARY:
        return Entry(day, None)
    raise ValueError(_("日期后面请写“放假”“上班”或“照常”"))


def _read_day(written: str) -> datetime.date:
    try:
        day = values.date(written)
    except values.CellProblem as problem:
        raise ValueError(str(problem)) from problem
    if day is None:
        raise ValueError(_("开头要写日期，例如2027-02-05"))
    return day


def administrator(by: Staff) -> Actor:
    """`by` as administrator, whose the calendar is. Raises `NotAllowed` for anybody else."""
    posts = Post.objects.in_force(localdate()).filter(staff=by, role=Role.ADMINISTRATOR)
    office = posts.order_by("id").values_list("office__name", flat=True).first()
    if office is None:
        raise NotAllowed(_("工作日历由系统管理员维护，您现在没有这个岗位。"))
    return Actor(by.pk, by.name, office, Role.ADMINISTRATOR)


def enter_days(year: int, entries: Sequence[Entry], *, by: Staff, source: str = "") -> int:
    """Enter days of a year; how many were not so before. What is entered already, and the same, is no change.

    Raises `NotAllowed` for anybody but an administrator; then nothing has changed.
    """
    actor = administrator(by)
    _check_year(year)
    with transaction.atomic():
        _wait_for_others()
        is_new = not CalendarYear.objects.filter(year=year).exists()
        known = {day.day: day for day in CalendarDay.objects.filter(day__year=year)}
        changes = [entry for entry in entries if _differs(entry, known.get(entry.day))]
        if not changes:
            return 0
        CalendarYear.objects.update_or_create(year=year, defaults={"source": source} if source else {})
        for entry in changes:
            _put(entry, source)
        said = {entry.day.isoformat(): WORDS[entry.working] for entry in changes}
        # A year that was a guess so far is from now on only what is entered.
        since = datetime.date(year, 1, 1) if is_new else changes[0].day
        _change(year, "calendar_changed", actor, {"days": said}, since=since)
    return len(changes)


def confirm_year(year: int, *, by: Staff) -> bool:
    """Say that a year is entered as announced; False when that has been said before.

    Raises `NotAllowed` for anybody but an administrator, and for a year without a single holiday.
    """
    actor = administrator(by)
    _check_year(year)
    with transaction.atomic():
        _wait_for_others()
        entered = CalendarYear.objects.filter(year=year).first()
        if entered is None or not CalendarDay.objects.filter(day__year=year, working=False).exists():
            raise NotAllowed(_("%(year)d年还没有录入放假日，请先按通知录入，再确认。") % {"year": year})
        if entered.confirmed_at is not None:
            return False
        entered.confirmed_at, entered.confirmed_by = now(), by
        entered.save(update_fields=["confirmed_at", "confirmed_by"])
        _change(year, "calendar_confirmed", actor, {}, since=datetime.date(year, 1, 1))
    return True


WORDS: Mapping[bool | None, str] = {False: "holiday", True: "working", None: "ordinary"}
"""As the trail has them."""


def _check_year(year: int) -> None:
    if not FIRST <= year <= LAST:
        raise NotAllowed(_("年份应在%(first)d到%(last)d之间") % {"first": FIRST, "last": LAST})


def _wait_for_others() -> None:
    """Two who change the calendar at once do it one after the other."""
    NumberSeries.objects.get_or_create(key=clock.SERIES)
    NumberSeries.objects.select_for_update().get(key=clock.SERIES)


def _differs(entry: Entry, known: CalendarDay | None) -> bool:
    if known is None:
        return entry.working is not None
    return entry.working is not known.working or entry.name != known.name


def _put(entry: Entry, source: str) -> None:
    if entry.working is None:
        CalendarDay.objects.filter(day=entry.day).delete()
        return
    said = {"working": entry.working, "name": entry.name, "source": source}
    CalendarDay.objects.update_or_create(day=entry.day, defaults=said)


def _change(year: int, action: str, actor: Actor, details: Mapping[str, object], *, since: datetime.date) -> None:
    """Number the change, tell of it, move the deadlines with it; this process looks afresh as soon as it is done."""
    NumberSeries.objects.filter(key=clock.SERIES).update(last=F("last") + 1)
    revision, moment = clock.current_revision(), now()
    trail.record(f"calendar:{year}", action, actor=actor, details={**details, "revision": revision}, at=moment)
    for turn in (0, 1):
        run = f"calendar:{revision}:{turn}"
        payload = {"run": run, "since": since.isoformat(), "after": 0}
        job(reckoning.KIND, run, payload, run_at=moment + STALE_FOR * turn).save(force_insert=True)
    wake.after_commit()
    transaction.on_commit(clock.forget)
