"""Entering a donation: by the head or the supervisor of the office that received it, at the county or above."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from casework.models import Division, Donation, Level, NumberSeries, Role, Staff
from workflows import trail
from workflows.acting import acting
from workflows.donations import purposes
from workflows.refusals import Incomplete, NotAllowed

KEEPERS = (Role.OFFICE_HEAD, Role.SUPERVISOR)
"""Who enters donations, and sees the list of them."""


@dataclass(frozen=True, slots=True)
class Given:
    """A donation as it was received. `county` "" means any county, `donor` "" a donor who is not to be named."""

    received_on: datetime.date
    amount: Decimal
    purpose: str
    donor: str = ""
    county: str = ""
    valid_to: datetime.date | None = None


def enter_donation(given: Given, *, office: str, by: Staff, key: str) -> Donation:
    """Write down what an office (its division's code) received; the same attempt (`key`) twice is one donation.

    Raises `NotYourPost`, `NotAllowed` or `Incomplete`; then nothing has happened.
    """
    actor = acting(by, office, *KEEPERS)
    if missing := list(_wrong(given, office)):
        raise Incomplete(missing)
    try:
        with transaction.atomic():
            series = _locked_series()
            before = Donation.objects.filter(key=key).first()
            if before is not None:
                return _the_same(before, by)
            series.last += 1
            series.save(update_fields=["last"])
            made = Donation.objects.create(
                number=f"{series.key}-{series.last:04d}",
                donor=given.donor.strip(),
                received_on=given.received_on,
                amount=given.amount,
                purpose=given.purpose,
                county_id=given.county or None,
                valid_to=given.valid_to,
                entered_by=by,
                entered_at=now(),
                key=key,
            )
            # Not the donor: who is not to be named stays so, and the trail is never changed.
            details = {"amount": f"{made.amount:.2f}", "purpose": made.purpose, "county": given.county}
            trail.record(f"donation:{made.number}", "donation_entered", actor=actor, details=details)
    except IntegrityError as clash:
        raise NotAllowed(_("这笔捐赠没有登记成，请刷新后再试。")) from clash
    return made


def _wrong(given: Given, office: str) -> Iterator[str]:
    if len(office) > Level.COUNTY:
        yield _("捐赠由县级以上的机构登记")
    if given.amount <= 0:
        yield _("捐赠金额要大于零")
    if given.received_on > localdate():
        yield _("到账日期不能晚于今天")
    if given.valid_to is not None and given.valid_to < given.received_on:
        yield _("使用期限不能早于到账日期")
    if given.purpose not in purposes():
        yield _("没有“%(purpose)s”这种用途") % {"purpose": given.purpose}
    known = Division.objects.filter(code=given.county, level=Level.COUNTY)
    if not given.county and len(office) >= Level.COUNTY:
        yield _("县级收到的捐赠只用于本县，请选本县")
    if given.county and not (given.county.startswith(office) and known.exists()):
        yield _("限用的县要在本机构的辖区内")


def _locked_series() -> NumberSeries:
    key = f"JZ{localdate().year}"
    NumberSeries.objects.get_or_create(key=key)
    return NumberSeries.objects.select_for_update().get(key=key)


def _the_same(before: Donation, by: Staff) -> Donation:
    if before.entered_by_id != by.pk:
        raise NotAllowed(_("这个页面已经提交过，请重新打开再登记。"))
    return before
