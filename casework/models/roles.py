"""Who there is: levels of the house, roles of people, and the capacities in which they take part in a case."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Level(IntegerChoices):
    """The storeys, by the length of their division code."""

    PROVINCE = 2, _("省")
    PREFECTURE = 4, _("市州")
    COUNTY = 6, _("县市区")
    TOWNSHIP = 9, _("乡镇街道")
    VILLAGE = 12, _("村社区")


class Role(TextChoices):
    """What a post lets its holder do."""

    INTAKE_CLERK = "intake_clerk", _("受理员")
    VILLAGE_VERIFIER = "village_verifier", _("村级核实员")
    TOWNSHIP_REVIEWER = "township_reviewer", _("乡镇审核员")
    COUNTY_APPROVER = "county_approver", _("县级审批人")
    PAYMENT_OFFICER = "payment_officer", _("发放经办")
    PAYMENT_CHECKER = "payment_checker", _("发放复核")
    INSURER_CLERK = "insurer_clerk", _("保险经办")
    RIGHTS_OFFICER = "rights_officer", _("维权专员")
    VISITOR = "visitor", _("走访员")
    OFFICE_HEAD = "office_head", _("负责人")
    SUPERVISOR = "supervisor", _("督办员")
    AUDITOR = "auditor", _("审计员")
    ADMINISTRATOR = "administrator", _("系统管理员")
    ARCHIVIST = "archivist", _("档案员")


class Capacity(TextChoices):
    """In which capacity a person takes part in a case. In one case a person has one."""

    INTAKE = "intake", _("受理")
    VERIFY = "verify", _("核实")
    REVIEW = "review", _("审核")
    APPROVE = "approve", _("审批")
    PAY = "pay", _("发放经办")
    CHECK = "check", _("发放复核")
    RECONSIDER = "reconsider", _("复核")
    INSURE = "insure", _("保险理赔")
    HANDLE = "handle", _("维权办理")
    VISIT = "visit", _("走访")
    NOTICE = "notice", _("公示")
    ANSWER = "answer", _("异议答复")
    RECORD = "record", _("历史补录")


STANDS_FOR: Mapping[str, Capacity] = {Capacity.APPROVE: Capacity.RECONSIDER}
"""Whose signature counts in another's stead: who overturns a refusal has decided as the county would have."""

IN_ORDER = (Capacity.INTAKE, Capacity.VERIFY, Capacity.REVIEW, Capacity.APPROVE)
"""The signatures on the way to a decision, in the order in which they are given. Which of them a case needs, its terms
say; none is given before those that come before it."""
