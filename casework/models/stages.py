"""The law's words: where a case can be, the same few stages for every programme."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """Where a case *is*. The applicant's words for each are in the portal's templates."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    ACCEPTED = "accepted", _("已受理")
    VERIFIED = "verified", _("已核实")
    REVIEWED = "reviewed", _("已审核")
    LODGED = "lodged", _("外单位办理中")
    AGREED = "agreed", _("已有结果，待履行")
    APPROVED = "approved", _("已批准")
    PAYABLE = "payable", _("待付款")
    PAID = "paid", _("已付款")
    CLOSED = "closed", _("已办结")
    CORRECTION = "correction", _("待补正")
    SUSPENDED = "suspended", _("已中止")
    INTERNAL_REVIEW = "internal_review", _("复核中")
    REJECTED = "rejected", _("不予批准")
    WITHDRAWN = "withdrawn", _("已撤回")
    TERMINATED = "terminated", _("已终止")
    ARCHIVED = "archived", _("历史归档")


ENDED = frozenset({Stage.CLOSED, Stage.REJECTED, Stage.WITHDRAWN, Stage.TERMINATED, Stage.ARCHIVED})
"""Nothing more will happen, unless the applicant asks for a review."""

ASIDE = frozenset({Stage.SUSPENDED, Stage.INTERNAL_REVIEW})
"""Off the road for a while; `Case.stage_before` says from where."""

BEFORE_APPROVAL = frozenset({Stage.SUBMITTED, Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED})
"""On the road to a decision."""

PROMISED = frozenset({Stage.APPROVED, Stage.PAYABLE, Stage.PAID, Stage.CLOSED})
"""Money has been promised, or given."""

WITH_OTHERS = (Stage.LODGED, Stage.AGREED)
"""Another organisation has it (an insurer, a court, legal aid), or has answered and must now do what it said."""

ON_THE_ROAD = (Stage.SUBMITTED, Stage.ACCEPTED, Stage.VERIFIED, Stage.REVIEWED, *WITH_OTHERS, Stage.APPROVED)
"""Waiting for an office, and not in the bank's hands."""

UNTIL_THE_BATCH = (*ON_THE_ROAD, Stage.CORRECTION, Stage.SUSPENDED)
"""Before money is on its way a case can still be called off."""

REVIEWABLE = (Stage.REJECTED, Stage.TERMINATED, Stage.WITHDRAWN, Stage.CLOSED, Stage.APPROVED)
"""A decision the applicant was told of, and can ask somebody else to look at. (Withdrawn: "it was not I", or "I did
bring the papers".)"""
