"""Losses told of in a sheet 报案表: a township's list of a month, each row a loss notification or a reason why not.

Handing the same sheet in again writes nothing down twice: each loss that is known leads to its case.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from casework.access import within
from casework.crypto import lookup_hash
from casework.models import Claim, Person, Staff
from casework.sheets import values
from casework.sheets.columns import Column
from casework.sheets.reading import Row, read_table
from casework.sheets.values import Cell
from workflows.programmes.insurance_claim.forms import CAUSES
from workflows.programmes.insurance_claim.notifying import AlreadyNotified, Loss, notify_loss
from workflows.refusals import Refusal

COLUMNS = (
    Column("name", "姓名", required=True, says=("姓名 被保险人 被保险人姓名",)),
    Column("identity_number", "证件号码", required=True, says=("证件号码 身份证号 身份证号码 公民身份号码",)),
    Column("loss", "损失种类", required=True, says=("损失种类 理赔类型",)),
    Column("cause", "出险原因", says=("出险原因 原因",)),
    Column("incident_on", "出险日期", required=True, kind="date", says=("出险日期",)),
    Column("incident_time", "出险时刻", says=("出险时刻",)),
    Column("notified_on", "报案日期", required=True, kind="date", says=("报案日期",)),
    Column("notified_time", "报案时刻", says=("报案时刻",)),
    Column("late_because", "迟报原因", says=("迟报原因",)),
    Column("notifier", "报案人", says=("报案人",)),
    Column("place", "出险地点", required=True, says=("出险地点 地点",)),
    Column("story", "经过", required=True, says=("经过 事故经过",)),
    Column("hospital", "就诊医院", says=("就诊医院 医院",)),
    Column("admission", "入院日期", kind="date", says=("入院日期",)),
    Column("discharge", "出院日期", kind="date", says=("出院日期",)),
    Column("cost", "自付费用", says=("自付费用 家庭自付费用",)),
    Column("settled", "医保已报销", says=("医保已报销",)),
)
LABELS = {column.name: column.label for column in COLUMNS}
LOSSES = {str(label): code for code, label in Claim.Loss.choices}
NOTIFIERS = {str(label): code for code, label in Claim.Notifier.choices} | {"": Claim.Notifier.VILLAGE}
CAUSE_WORDS = {word: code for code, word in CAUSES.items()} | {"": "other"}
CLOCK = re.compile(r"([01]?\d|2[0-3])[:：时]([0-5]\d)?分?")
NOON = datetime.time(12)
MOST_ROWS = 500
"""Each row is a case of its own, begun by itself."""


@dataclass
class LossReport:
    """What became of each row: the case's number where it was written down, else why not."""

    written: list[tuple[int, str]] = field(default_factory=list)
    sent_back: list[tuple[int, str]] = field(default_factory=list)


class RowRefused(Exception):
    """Why a row is not taken, in a sentence that says what to do."""


def import_losses(source: bytes, *, county: str, by: Staff) -> LossReport:
    """Every row a transaction of its own: what is wrong with one holds up no other. Raises `SheetProblem`."""
    report = LossReport()
    for count, row in enumerate(read_table(source, COLUMNS).rows):
        try:
            if count >= MOST_ROWS:
                raise RowRefused(_("一次最多%(most)d行，请把余下的另存一份") % {"most": MOST_ROWS})
            case = notify_loss(read(row, county), by=by)
        except AlreadyNotified as known:
            report.sent_back.append((row.number, str(known)))
        except (RowRefused, Refusal) as refused:
            report.sent_back.append((row.number, str(refused)))
        else:
            report.written.append((row.number, case.number))
    return report


def read(row: Row, county: str) -> Loss:
    """A row as a loss of somebody in the county's register. Raises `RowRefused`."""
    cells = row.cells
    place, story = _text(cells, "place"), _text(cells, "story")
    incident_on, notified_on = _day(cells, "incident_on"), _day(cells, "notified_on")
    if incident_on is None or notified_on is None:
        raise RowRefused(_("出险日期和报案日期都要填"))
    if not place or not story:
        raise RowRefused(_("出险地点和经过都要填"))
    incident = _moment(incident_on, _text(cells, "incident_time"))
    notified = _moment(notified_on, _text(cells, "notified_time"))
    return Loss(
        insured=_person(cells, county),
        loss=_code(cells, "loss", LOSSES),
        cause=_code(cells, "cause", CAUSE_WORDS),
        notifier=_code(cells, "notifier", NOTIFIERS),
        incident_at=incident,
        # Without a time of day, told the same day is told after it happened.
        notified_at=max(incident, notified) if incident_on == notified_on else notified,
        admission=_day(cells, "admission"),
        discharge=_day(cells, "discharge"),
        cost=_yuan(_text(cells, "cost")),
        settled=_text(cells, "settled") in ("是", "已报销", "√"),
        place=place,
        story=story,
        late_because=_text(cells, "late_because"),
        hospital=_text(cells, "hospital"),
    )


def _person(cells: Mapping[str, Cell], county: str) -> Person:
    try:
        number, name = values.word(cells.get("identity_number", "")), values.name(cells.get("name", ""))
    except values.CellProblem as problem:
        raise RowRefused(str(problem)) from problem
    known = Person.objects.filter(within((county,)), identity_hash=lookup_hash("identity", (number or "").upper()))
    person: Person | None = known.first()
    if person is None or person.name != name:
        raise RowRefused(_("本县没有这个姓名和号码的人，请核对"))
    return person


def _text(cells: Mapping[str, Cell], name: str) -> str:
    try:
        return values.text(cells.get(name, "")) or ""
    except values.CellProblem as problem:
        raise RowRefused(f"{LABELS[name]}：{problem}") from problem


def _day(cells: Mapping[str, Cell], name: str) -> datetime.date | None:
    try:
        return values.date(cells.get(name, "")) or None
    except values.CellProblem as problem:
        raise RowRefused(f"{LABELS[name]}：{problem}") from problem


def _code(cells: Mapping[str, Cell], name: str, known: Mapping[str, Any]) -> str:
    word = _text(cells, name)
    if word not in known:
        said = _("%(label)s“%(word)s”不认识，可填：%(known)s")
        raise RowRefused(said % {"label": LABELS[name], "word": word, "known": "、".join(filter(None, known))})
    return str(known[word])


def _moment(day: datetime.date, clock: str) -> datetime.datetime:
    found = CLOCK.fullmatch(clock) if clock else None
    if clock and found is None:
        raise RowRefused(_("时刻“%(clock)s”看不懂，请照08:30这样写") % {"clock": clock})
    time = datetime.time(int(found[1]), int(found[2] or 0)) if found else NOON
    return datetime.datetime.combine(day, time, tzinfo=get_current_timezone())


def _yuan(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text.replace(",", "").removesuffix("元"))
    except InvalidOperation as problem:
        raise RowRefused(_("自付费用“%(text)s”看不懂，请填金额") % {"text": text}) from problem
    if not amount.is_finite() or amount < 0 or amount != amount.quantize(Decimal("0.01")):
        raise RowRefused(_("自付费用“%(text)s”看不懂，请填金额") % {"text": text})
    return amount
