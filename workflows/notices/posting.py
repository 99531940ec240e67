"""Putting a list up 张榜: what may hang, what it says, and the sheet with its digest. All of it or nothing."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Case, Notice, NoticeLine, RegisterEntry, Staff, WorkItem
from casework.models.notices import LIVE
from workflows import clock, registry, trail
from workflows.notice_terms import NoticeTerms
from workflows.notices.digest import chain_of, digest_of_list, sums_of
from workflows.notices.leaks import leak_in, leaks_in, revealing_words
from workflows.notices.places import lock_people, may_keep, waiting
from workflows.notices.refusals import NotPosted
from workflows.notices.sheet import NEUTRAL_TITLE, Sheet, place_names, rendered, sheet_of, shown_of, words_of
from workflows.papers import numbers
from workflows.perform import perform
from workflows.refusals import Refusal
from workflows.standing import Actor

MOST_LINES = 200
"""What a sheet on a board can hold and somebody can read."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A sheet as it would hang, and everything that stands against it."""

    sheet: Sheet
    lines: list[NoticeLine]
    against: list[str]


def draft_notice(
    programme: str,
    place: str,
    office: str,
    case_numbers: Collection[str],
    *,
    by: Staff,
    channels: Sequence[str] = (),
    at: datetime.datetime | None = None,
) -> Draft:
    """The sheet of these waiting cases, as it would be printed; writes nothing. Raises `NotYourPost`, `NotPosted`.

    `channels` are some of those the terms name; none given, all of them.
    """
    actor = may_keep(programme, place, office, by)
    items, against = _chosen(programme, place, office, case_numbers)
    cases = [item.process for item in items]
    terms, unlike = _terms_of(programme, place, cases)
    if terms is None:
        raise NotPosted([*against, *unlike])
    chosen = tuple(channels) or terms.channels
    if strange := sorted(set(chosen) - set(terms.channels)):
        against.append(_("方案没有规定这种公示方式：%(channels)s") % {"channels": words_of(strange)})
    moment = at or now()
    notice = _notice(programme, place, office, replace(terms, channels=chosen), by, moment)
    lines = _lines(cases, place, terms.show)
    notice.line_count, notice.total = len(lines), sum((line.amount for line in lines), Decimal("0.00"))
    sheet = sheet_of(notice, lines, actor.office)
    against += unlike + _against_the_cases(cases, terms.show) + _against_the_page(sheet, lines, chosen)
    return Draft(sheet, lines, against)


def post_notice(
    programme: str,
    place: str,
    office: str,
    case_numbers: Collection[str],
    *,
    by: Staff,
    channels: Sequence[str] = (),
    key: str | None = None,
    at: datetime.datetime | None = None,
) -> Notice:
    """Put exactly these cases on a sheet that hangs from today. The day of posting does not count: days are whole.

    Raises `NotPosted` with every reason, line by line; then nothing has happened. The same `key` again gives the sheet
    it made. `at` is for history brought in.
    """
    before = Notice.objects.filter(key=key).first() if key else None
    if before is not None:
        return before
    try:
        with transaction.atomic():
            return _post(programme, place, office, case_numbers, by=by, channels=channels, key=key, at=at or now())
    except IntegrityError as clash:
        if "notice" in str(clash):
            raise NotPosted([_("有案件已在另一张公示榜上，请刷新后再试")]) from clash
        raise


def _post(
    programme: str,
    place: str,
    office: str,
    case_numbers: Collection[str],
    *,
    by: Staff,
    channels: Sequence[str],
    key: str | None,
    at: datetime.datetime,
) -> Notice:
    lock_people(Case.objects.filter(number__in=list(case_numbers)).values_list("pk", flat=True))
    # Asked again under the locks: of two clicks at once the second waits here for the first.
    before = Notice.objects.filter(key=key).first() if key else None
    if before is not None:
        return before
    made = draft_notice(programme, place, office, case_numbers, by=by, channels=channels, at=at)
    if made.against:
        raise NotPosted(made.against)
    actor, notice = may_keep(programme, place, office, by), made.sheet.notice
    series = f"GS{office[:6]}-{at.year}G"
    notice.number = f"{series}{numbers.reserve_each({series: 1})[series]:04d}"
    notice.key, notice.digest = key, digest_of_list(made.lines)
    notice.save(force_insert=True)
    _end_what_was_left(made.lines, at)
    for line in made.lines:
        line.notice = notice
    NoticeLine.objects.bulk_create(made.lines)
    _perform_each(notice, made.lines, by=by, key=key, at=at)
    _record(notice, actor, at)
    return notice


def _end_what_was_left(lines: Sequence[NoticeLine], at: datetime.datetime) -> None:
    """A case that left an earlier sheet (withdrawn, sent back) and came again hangs on this one only."""
    earlier = NoticeLine.objects.filter(case__in=[line.case_id for line in lines], place=lines[0].place, state__in=LIVE)
    earlier.update(state=NoticeLine.State.REMOVED, ended_at=at, why="left")


def _perform_each(
    notice: Notice, lines: Sequence[NoticeLine], *, by: Staff, key: str | None, at: datetime.datetime
) -> None:
    items = WorkItem.objects.filter(
        process_id__in=[line.case_id for line in lines], step=notice.place, finished__isnull=True
    )
    item_of = dict(items.values_list("process_id", "pk"))
    refused = []
    for line in lines:
        try:
            attempt = sha256(f"{key}:{line.line_number}".encode()).hexdigest() if key else None
            perform(item_of[line.case_id], "post", by=by, key=attempt, values={"notice": notice.number}, at=at)
        except Refusal as refusal:
            refused.append(_at(line, str(refusal)))
    if refused:
        raise NotPosted(refused)


def _record(notice: Notice, actor: Actor, at: datetime.datetime) -> None:
    details = {
        **sums_of(notice),
        "programme": notice.programme,
        "digest": notice.digest,
        "channels": list(notice.channels),
        "last_day": notice.last_day.isoformat(),
    }
    trail.record(chain_of(notice.number), "notice_posted", actor=actor, details=details, at=at)


def _chosen(programme: str, place: str, office: str, case_numbers: Collection[str]) -> tuple[list[WorkItem], list[str]]:
    wanted = set(case_numbers)
    if not wanted:
        raise NotPosted([_("没有选中案件")])
    if len(wanted) > MOST_LINES:
        raise NotPosted([_("一张榜最多%(most)d行，选了%(count)d行") % {"most": MOST_LINES, "count": len(wanted)}])
    items = waiting(programme, place, office).select_related("process__applicant")
    found = list(items.filter(process__number__in=wanted))
    missing = wanted - {item.process.number for item in found}
    sentence = _("%(case)s：不在待公示的案件里，可能已经张榜，或已退回")
    return found, [sentence % {"case": number} for number in sorted(missing)]


def _terms_of(programme: str, place: str, cases: Sequence[Case]) -> tuple[NoticeTerms | None, list[str]]:
    """How the cases' own versions of the terms want it; one sheet has one way."""
    book = registry.programme(programme).terms
    found = {case.terms_version: book.version(case.terms_version).notice for case in cases}
    ways = {terms.at(place) for terms in found.values() if terms is not None}
    if not cases:
        return None, []
    if not ways:
        return None, [_("方案没有写明怎样公示，请联系县级业务人员")]
    unlike = [] if len(ways) == 1 else [_("选中的案件适用的方案版本不同，公示的天数或内容不一样，请分开张榜")]
    return next(iter(ways)), unlike


def _notice(programme: str, place: str, office: str, terms: NoticeTerms, by: Staff, at: datetime.datetime) -> Notice:
    last_day = clock.calendar().add_days(localdate(at), terms.days, working=terms.working)
    return Notice(
        programme=programme,
        place=place,
        division_id=office,
        title=terms.title or NEUTRAL_TITLE,
        channels=list(terms.channels),
        show=list(terms.show),
        clause=terms.clause,
        days=terms.days,
        working=terms.working,
        posted_by=by,
        posted_at=at,
        last_day=last_day,
    )


def _lines(cases: Sequence[Case], place: str, show: Sequence[str]) -> list[NoticeLine]:
    names = place_names(cases)
    return [
        NoticeLine(
            case=case,
            place=place,
            line_number=number,
            shown=shown_of(case, show, names),
            amount=case.amount or Decimal("0.00"),
            mark=case.notice_mark,
        )
        for number, case in enumerate(cases, start=1)
    ]


def _against_the_cases(cases: Sequence[Case], show: Sequence[str]) -> list[str]:
    found = [_("%(case)s：这件案子保密，不能公示") % {"case": case.number} for case in cases if case.confidential]
    undecided = [case for case in cases if case.amount is None and "amount" in show]
    return found + [_("%(case)s：还没有核定金额，不能公示") % {"case": case.number} for case in undecided]


def _against_the_page(sheet: Sheet, lines: Sequence[NoticeLine], channels: Sequence[str]) -> list[str]:
    """What the sheet would give away: looked for in each line, then in the whole page as rendered."""
    found = [
        _at(line, _("里有%(what)s，不能公示") % {"what": leak})
        for line, (_number, cells) in zip(lines, sheet.rows, strict=True)
        if (leak := next(filter(None, map(leak_in, cells)), ""))
    ]
    page = rendered(sheet)
    if not found:
        found += [_("公示榜上有%(what)s，不能公示") % {"what": what} for what in leaks_in(page)]
    bereaved = bereaved_among([line.case for line in lines])
    if bereaved and "web" in channels:
        sentence = _("是失独家庭，不上网公示；请去掉“网上”，或把这几件另外张榜")
        found += [_at(line, sentence) for line in lines if line.case_id in bereaved]
    if bereaved and (words := revealing_words([page])):
        sentence = _("名单里有失独家庭，榜上不能出现“%(words)s”，请县级业务人员改用中性的标题")
        found.append(sentence % {"words": "”“".join(words)})
    return found


def bereaved_among(cases: Sequence[Case]) -> set[int]:
    """The cases of families that have lost their child: by the register, of the applicant or of anybody in the
    household, or by the application itself. An entry that has run out counts: a certificate ends, the loss does not.
    Two statements."""
    entries = RegisterEntry.objects.filter(category=RegisterEntry.Category.BEREAVED)
    people = [case.applicant_id for case in cases]
    households = [case.applicant.household_id for case in cases if case.applicant.household_id is not None]
    by_person = set(entries.filter(person__in=people).values_list("person_id", flat=True))
    at_home = entries.filter(person__household__in=households)
    by_household = set(at_home.values_list("person__household_id", flat=True))
    return {
        case.pk
        for case in cases
        if case.applicant_id in by_person
        or (case.applicant.household_id is not None and case.applicant.household_id in by_household)
        or case.facts.get("category") == RegisterEntry.Category.BEREAVED
    }


def _at(line: NoticeLine, sentence: str) -> str:
    words = {"line": line.line_number, "case": line.case.number, "sentence": sentence}
    return _("第%(line)d行（%(case)s）：%(sentence)s") % words
