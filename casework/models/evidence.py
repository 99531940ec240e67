"""Photographs and scans: what was seen, when and where, and the fingerprints that find a copy."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.models.cases import Case
from casework.models.offices import Staff


class Evidence(models.Model):
    """A paper or photograph in a case file. The bytes lie encrypted in the file store under random names.

    `sha256` is of the original as uploaded; `phash` a perceptual hash of the upright picture, and `band_a…d` its
    four 16-bit quarters: two pictures at most three bits apart share at least one, so a near copy is found by index.
    """

    class Kind(models.TextChoices):
        PHOTOGRAPH = "photograph", _("入户照片")
        DISCHARGE_SUMMARY = "discharge_summary", _("出院小结")
        ITEMISED_BILL = "itemised_bill", _("费用清单")
        APPLICATION_FORM = "application_form", _("申请表")
        IDENTITY_COPY = "identity_copy", _("身份证件复印件")
        RECEIPT = "receipt", _("签收单")
        ACCOUNT_COPY = "account_copy", _("银行卡或存折复印件")
        ACCIDENT_STATEMENT = "accident_statement", _("事故经过说明")
        POLICE_PROOF = "police_proof", _("交警证明和驾驶证")
        OUTPATIENT_RECORD = "outpatient_record", _("门诊病历、处方和检查单")
        INVOICE = "invoice", _("医疗费发票原件")
        SETTLEMENT_SHEET = "settlement_sheet", _("医保或第三方结算单")
        DEATH_PROOF = "death_proof", _("死亡证明")
        DISABILITY_PROOF = "disability_proof", _("伤残鉴定")
        OTHER = "other", _("其他材料")

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    kind = models.CharField(_("种类"), max_length=30, choices=Kind.choices)
    sha256 = models.CharField(max_length=64, db_index=True)
    phash = models.CharField(max_length=16)
    band_a = models.PositiveIntegerField()
    band_b = models.PositiveIntegerField()
    band_c = models.PositiveIntegerField()
    band_d = models.PositiveIntegerField()
    file = models.CharField(max_length=80)
    thumbnail = models.CharField(max_length=80)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    taken_at = models.DateTimeField(_("拍摄时间"), null=True)
    latitude = models.DecimalField(_("纬度"), max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(_("经度"), max_digits=8, decimal_places=5, null=True)
    uploaded_by = models.ForeignKey(Staff, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("上传时间"))

    class Meta:
        ordering = ("id",)
        verbose_name = _("材料")
        indexes = (
            models.Index(fields=("band_a",), name="evidence_band_a"),
            models.Index(fields=("band_b",), name="evidence_band_b"),
            models.Index(fields=("band_c",), name="evidence_band_c"),
            models.Index(fields=("band_d",), name="evidence_band_d"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("case", "sha256"),
                name="evidence_once_a_case",
                violation_error_message=_("这件案子里已有这份材料"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
