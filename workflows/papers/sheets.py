"""What both imports share: who may hand a sheet in, the sheet's own record, and its lines."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.crypto import key_ring
from casework.evidence.storage import FileStore
from casework.masking import without_numbers
from casework.models import DeclaredRelative, Division, Person, Post, Role, SheetImport, SheetLine, Staff
from casework.models.fields import SealedText
from casework.rows import new_row
from casework.sheets.columns import Column
from casework.sheets.reading import Table, read_table
from casework.sheets.values import Cell, shown
from workflows.never_kept import check_headings
from workflows.papers.report import Report
from workflows.refusals import DayToCome, NotAllowed
from workflows.standing import Actor

T = TypeVar("T")
CHUNK = 500


def file_store() -> FileStore:
    """Where uploads lie, sealed."""
    ring = key_ring()
    return FileStore(settings.FILES_DIR, seal=ring.seal_file, open_=ring.open_file)


def intake_clerk_of(county: str) -> Staff:
    """The county's intake clerk, for a command that names nobody: the longest-serving in post today."""
    posts = Post.objects.in_force(localdate()).filter(role=Role.INTAKE_CLERK, office__division_id=county)
    post = posts.select_related("staff").order_by("valid_from", "id").first()
    if post is None:
        raise NotAllowed(_("%(county)s没有在岗的受理员，请先设岗，或指定由谁导入") % {"county": county_name(county)})
    return post.staff


def county_name(county: str) -> str:
    division = Division.objects.filter(pk=county).first()
    return division.name if division else county


def clerk_actor(by: Staff, county: str) -> Actor:
    """`by` acting as intake clerk of the county. Raises `NotAllowed` when they are not."""
    posts = Post.objects.in_force(localdate()).filter(staff=by, role=Role.INTAKE_CLERK, office__division_id=county)
    office = posts.values_list("office__name", flat=True).first()
    if office is None:
        raise NotAllowed(
            _("只有%(county)s的受理员可以导入，%(name)s现在没有这个岗位")
            % {"county": county_name(county), "name": by.name}
        )
    return Actor(by.pk, by.name, office, Role.INTAKE_CLERK)


def check_day_has_come(applied_on: datetime.date, *, at: datetime.datetime | None = None) -> None:
    """Raise `DayToCome` for a day of application after today, or after the day of `at` in history brought in."""
    if applied_on > localdate(at):
        raise DayToCome(applied_on)


def kin_of(by: Staff) -> frozenset[str]:
    """Identity hashes of those whose papers `by` may not handle: self, household, declared relatives. Whom somebody
    must keep away from who has lent them a post 委托, they must too: nobody sends another to take in one's own."""
    lent = Post.objects.in_force(localdate()).filter(staff=by, lent_by__isnull=False)
    people = Staff.objects.filter(Q(pk=by.pk) | Q(pk__in=lent.values("lent_by__staff")))
    hashes = set(DeclaredRelative.objects.filter(staff__in=people).values_list("identity_hash", flat=True))
    own = set(people.exclude(identity_hash="").values_list("identity_hash", flat=True))
    household = Person.objects.filter(identity_hash__in=own).values("household_id")
    family = Person.objects.filter(household_id__in=household, household__isnull=False)
    return frozenset(hashes | own | set(family.values_list("identity_hash", flat=True)))


def known_sheet(kind: str, programme: str, county: str, digest: str) -> SheetImport | None:
    return SheetImport.objects.filter(kind=kind, programme=programme, county_id=county, sha256=digest).first()


def remarks_on(table: Table) -> list[str]:
    """What was found and not used: columns nobody understood, other sheets that look like such a table too."""
    remarks = [f"没有认出、没有用到的列：{heading}" for heading in table.unread]
    remarks += [f"工作表“{name}”也像是这样的表，但没有导入；如需要请另存为一份文件再导" for name in table.other_sheets]
    return remarks


def digest_of(source: bytes) -> str:
    return sha256(source).hexdigest()


def chunks(rows: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Lists of up to `size`, so that memory holds a chunk and not the file."""
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk


def table_to_keep(source: bytes, columns: Sequence[Column]) -> Table:
    """The table of a sheet that will be kept. Raises `SheetProblem`, also for a column of what is never kept."""
    table = read_table(source, columns)
    check_headings(table.unread)
    return table


def new_sheet(
    kind: str,
    *,
    programme: str,
    county: str,
    digest: str,
    by: Staff,
    file_name: str,
    stored_as: str,
    applied_on: datetime.date | None = None,
    at: datetime.datetime | None = None,
) -> SheetImport:
    """The sheet's own row, saved first so that its lines can point to it; `finish` completes it."""
    return SheetImport.objects.create(
        kind=kind,
        programme=programme,
        county_id=county,
        sha256=digest,
        file=stored_as,
        file_name=without_numbers(file_name[:200]),
        applied_on=applied_on,
        imported_by=by,
        imported_at=at or now(),
    )


def finish(sheet: SheetImport, report: Report) -> None:
    """Counts, total and the first report, which is what a second import of the same bytes gives back."""
    body = report.as_json()
    sheet.line_count = body["lines"]
    sheet.accepted_count = body["accepted"]
    sheet.total = report.total
    sheet.report = {**body, "notes": report.notes}
    sheet.save(update_fields=["line_count", "accepted_count", "total", "report"])
    report.sheet_id = sheet.pk


def sealed_line(
    sheet: SheetImport,
    row: int,
    cells: Mapping[str, Cell],
    *,
    outcome: str,
    reasons: Sequence[str],
    details: Sequence[str],
) -> SheetLine:
    """A line with its cells as they were read, sealed. `case` is set by the caller."""
    seal = key_ring().seal_text
    return new_row(
        SheetLine,
        sheet=sheet,
        row=row,
        cells=SealedText(seal(json.dumps(cells, ensure_ascii=False, default=_as_text))),
        outcome=outcome,
        reasons=list(reasons),
        problems=SealedText(seal("\n".join(details))) if details else "",
    )


def _as_text(cell: Any) -> str:
    # Dates come back as ISO text, which reads as the same date; numbers stay numbers, rounded ones stay rounded.
    return shown(cell)


def cells_of(line: SheetLine) -> dict[str, Cell]:
    """A line's cells as they were read."""
    sealed = line.cells
    assert isinstance(sealed, SealedText)
    cells: dict[str, Cell] = json.loads(sealed.reveal())
    return cells


def problems_of(line: SheetLine) -> list[str]:
    """What was wrong, in detail, beyond the codes."""
    return line.problems.reveal().split("\n") if isinstance(line.problems, SealedText) and line.problems else []
