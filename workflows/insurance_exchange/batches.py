"""Claims to an insurer in a file: drawn once, the same bytes however often, its digest in the trail.

A batch is what has been lodged with one insurer in one county and went out by no road yet. The file is JSON
(`nuanxin-claims-1`) or a workbook with the same content, one line a claim, every cell text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.utils.timezone import localdate, localtime, now
from django.utils.translation import gettext as _

from casework.models import ClaimBatch, ClaimLodging, Event, NumberSeries, Office, Role, Staff
from casework.sheets.writing import table_workbook
from workflows import registry, trail
from workflows.acting import acting
from workflows.insurance_exchange.connections import opened
from workflows.insurance_exchange.hands import carrying
from workflows.insurance_exchange.lodging import waiting
from workflows.insurance_exchange.messages import CLAIMS_FORMAT, canonical, digest_of
from workflows.payments.refusals import BatchRefusal

MAX_LINES: Final = 1000
JSON: Final = "json"
XLSX: Final = "xlsx"
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PROGRAMME: Final = "insurance_claim"

HEADINGS: Final = (
    "案号", "提交次数", "保单号", "分单号", "产品", "被保险人", "证件种类", "证件号码", "损失种类", "出险原因",
    "出险时间", "出险地点", "经过", "报案时间", "医院", "入院日期", "出院日期", "自付费用", "医保已报销", "材料",
    "转出时间",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """A file to hand over."""

    name: str
    content_type: str
    data: bytes


class DigestDiffers(BatchRefusal):
    code = "digest_broken"

    def __init__(self, number: str) -> None:
        super().__init__(
            _("批次%(number)s的内容与编制时的摘要不符，被改动过。请停止办理，并报告系统管理员和审计人员。")
            % {"number": number}
        )


def chain_of(batch: ClaimBatch) -> str:
    return f"claims:{batch.number}"


def draw(office: Office, county: str, *, by: Staff) -> ClaimBatch:
    """Everything lodged with this insurer that went out by no road yet, in one batch. 编制理赔批次

    Its county's intake clerk does. Raises `NotYourPost`, or `BatchRefusal` when nothing waits.
    """
    actor = acting(by, county, Role.INTAKE_CLERK)
    with transaction.atomic():
        series = _locked_series(county)
        lodgings = list(waiting(office.pk, county).select_for_update(of=("self",))[:MAX_LINES])
        if not lodgings:
            raise BatchRefusal(_("没有等着送“%(office)s”的理赔。") % {"office": office.name})
        series.last += 1
        series.save(update_fields=["last"])
        batch = ClaimBatch.objects.create(
            number=f"{series.key}-{series.last:04d}",
            office=office,
            county_id=county,
            drawn_by=by,
            drawn_at=now(),
            digest=_digest(lodgings),
            line_count=len(lodgings),
        )
        for line, lodging in enumerate(lodgings, 1):
            lodging.batch, lodging.line_number = batch, line
        ClaimLodging.objects.bulk_update(lodgings, ["batch", "line_number"], batch_size=200)
        details = {"count": batch.line_count, "digest": batch.digest, "insurer": office.pk}
        trail.record(chain_of(batch), "claims_batched", actor=actor, details=details)
    return batch


def export(batch: ClaimBatch, *, by: Staff, form: str) -> ClaimsFile:
    """The batch as a file, and its mark in the trail: it holds identity numbers in full. Again later: the same bytes.

    The county's intake clerk takes it out, or the insurer's clerk fetches it. Raises `NotYourPost`, or `DigestDiffers`
    when it is not what was drawn.
    """
    if form not in (JSON, XLSX):
        raise BatchRefusal(_("没有“%(form)s”这种导出格式。") % {"form": form})
    actor = carrying(by, batch.office)
    made = made_file(batch, form)
    with transaction.atomic():
        details = {"form": form, "count": batch.line_count, "file": sha256(made.data).hexdigest()}
        trail.record(chain_of(batch), "claims_exported", actor=actor, details=details)
    return made


def made_file(batch: ClaimBatch, form: str) -> ClaimsFile:
    """The file. Writes nothing."""
    lodgings = lines_of(batch)
    _check_digest(batch, lodgings)
    claims = [json.loads(opened(lodging.message)) for lodging in lodgings]
    if form == XLSX:
        rows = [*(_row(claim) for claim in claims), _footer(batch)]
        return ClaimsFile(f"{batch.number}.xlsx", XLSX_TYPE, table_workbook(HEADINGS, rows, sheet_name="理赔"))
    body = {
        "format": CLAIMS_FORMAT,
        "batch": batch.number,
        "insurer": batch.office.name,
        "county": batch.county_id,
        "drawn_at": localtime(batch.drawn_at).isoformat(timespec="seconds"),
        "count": batch.line_count,
        "digest": batch.digest,
        "claims": claims,
    }
    return ClaimsFile(f"{batch.number}.json", "application/json; charset=utf-8", canonical(body) + b"\n")


def lines_of(batch: ClaimBatch) -> list[ClaimLodging]:
    return list(batch.lines.select_related("case__applicant").order_by("line_number"))


def _locked_series(county: str) -> NumberSeries:
    key = f"LB{county}-{localdate().year}"
    NumberSeries.objects.get_or_create(key=key)
    return NumberSeries.objects.select_for_update().get(key=key)


def _digest(lodgings: list[ClaimLodging]) -> str:
    """Over the digests of the messages, in order: what a stranger can work out from the file alone."""
    return digest_of([lodging.digest for lodging in lodgings])


def _check_digest(batch: ClaimBatch, lodgings: list[ClaimLodging]) -> None:
    """The messages, the batch and the trail must all say what was drawn."""
    drawn = Event.objects.filter(chain=chain_of(batch), action="claims_batched").order_by("seq").first()
    whole = all(sha256(opened(lodging.message).encode()).hexdigest() == lodging.digest for lodging in lodgings)
    if not (whole and drawn and _digest(lodgings) == batch.digest == drawn.details.get("digest")):
        raise DigestDiffers(batch.number)


def _row(claim: dict[str, Any]) -> tuple[str, ...]:
    policy, insured = claim["policy"], claim["insured"]
    words = {field.name: field.choices for field in registry.programme(PROGRAMME).facts}
    settled = claim.get("settled")
    return (
        claim["claim"],
        str(claim["round"]),
        policy["number"],
        policy["line"],
        policy["product"],
        insured["name"],
        insured["document"],
        insured["number"],
        words["loss"].get(claim["loss"], claim["loss"]),
        words["cause"].get(claim.get("cause", ""), claim.get("cause", "")),
        _minute(claim["incident_at"]),
        claim.get("place", ""),
        claim.get("story", ""),
        _minute(claim["notified_at"]),
        claim.get("hospital", ""),
        claim.get("admission_date", ""),
        claim.get("discharge_date", ""),
        str(claim.get("cost", "")),
        "" if settled is None else ("是" if settled else "否"),
        "；".join(_papers(claim)),
        _minute(claim["lodged_at"]),
    )


def _papers(claim: dict[str, Any]) -> Iterator[str]:
    for paper in claim["papers"]:
        yield f"{paper['kind']}×{len(paper['sha256'])}"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def _footer(batch: ClaimBatch) -> tuple[str, ...]:
    return ("合计", f"{batch.line_count}件", f"批次{batch.number}", "", "", "", "", batch.digest)
