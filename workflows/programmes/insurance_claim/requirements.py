"""What the steps of a claim ask before something can be said, and the questions an insurer's answer brings."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Capacity, Case, Claim, ClaimPayment, Evidence, Stage
from casework.models.law import signed
from casework.models.stages import ENDED
from workflows.flow import Act
from workflows.overlap import stays_subsidised
from workflows.programmes.insurance_claim.assessment import papers_for, stay_of
from workflows.programmes.insurance_claim.cover import Cover, best_cover, covers_for
from workflows.programmes.insurance_claim.money import paid_so_far
from workflows.questions import Answer, Question


def claim_of(act: Act) -> Claim:
    return Claim.objects.select_related("insurer", "policy__plan__product").get(case=act.case)


# -- village and county ------------------------------------------------------------------------------------------------


def papers_are_gathered(act: Act) -> list[str]:
    """理赔材料：按损失种类的清单收齐；收不到的在意见栏写明，由县级核对和保险公司定。"""
    missing = [kind for kind in papers_for(act.case) if not act.case.papers.get(kind)]
    if not missing or act.note:
        return []
    words = "、".join(str(Evidence.Kind(kind).label) for kind in missing)
    return [_("还缺：%(papers)s。请上传，确实收不到的在意见栏写明原因") % {"papers": words}]


def village_has_signed(act: Act) -> list[str]:
    """The village has put its name to what happened, as it is told now."""
    return signed(Capacity.VERIFY).missing(act.case)


def loss_is_insured(act: Act) -> list[str]:
    """县级核对：在投保名单上、在保障期间内、过了等待期、属于保险责任。"""
    covers = covers_of(act)
    if best_cover(covers):
        return []
    if not covers:
        return [_("投保名单上没有这个人。请核对姓名和证件；确实没有投保的按“不属理赔范围”办理")]
    nearest = covers[0]
    words = {"policy": nearest.policy.number, "why": "；".join(nearest.against)}
    return [_("保单%(policy)s：%(why)s") % words]


def covers_of(act: Act) -> list[Cover]:
    claim = claim_of(act)
    return covers_for(claim.insured_id, claim.loss, localdate(claim.incident_at))


def late_claim_is_explained(act: Act) -> list[str]:
    """索赔时效：过了的仍可以转，由保险公司定，但要写明。"""
    claim = claim_of(act)
    if claim.limitation_on is None or localdate(act.at) <= claim.limitation_on or act.note:
        return []
    return [_("索赔时效%(last)s已经届满，请在意见栏写明情况") % {"last": claim.limitation_on}]


def no_other_claim_for_it(act: Act) -> list[str]:
    """同一次出险转一次。Told of by family and village, each with an hour of its own, it is two cases and one loss.

    What is really another loss of that day, or another policy's, goes on with a word.
    """
    if act.note:
        return []
    claim = claim_of(act)
    lodged = Claim.objects.filter(insured=claim.insured_id, loss=claim.loss, lodged_at__isnull=False)
    others = lodged.exclude(case=act.case).exclude(case__stage__in=ENDED - {Stage.CLOSED}).select_related("case")
    same = [
        other.case.number for other in others.order_by("pk")[:MOST_SEEN] if _is_the_same_loss(claim, other, act.case)
    ]
    if not same:
        return []
    return [_("同一次出险可能已在%(numbers)s转过保险公司；确是另一次的，请在意见栏写明") % {"numbers": "、".join(same)}]


MOST_SEEN = 100


def _is_the_same_loss(claim: Claim, other: Claim, case: Case) -> bool:
    """On one day, on days in hospital of which one is shared, or of a person who dies once."""
    if claim.loss == Claim.Loss.DEATH or localdate(claim.incident_at) == localdate(other.incident_at):
        return True
    stay, their_stay = stay_of(case), stay_of(other.case)
    return bool(stay and their_stay and stay[0] < their_stay[1] and their_stay[0] < stay[1])


def no_nursing_subsidy_for_these_days(act: Act) -> list[str]:
    """R05 待遇叠加：方案不许同享的，同一段住院不能既领护理补贴又领住院津贴。"""
    claim = claim_of(act)
    if claim.loss != Claim.Loss.HOSPITAL_CASH:
        return []
    cover = best_cover(covers_of(act))
    if cover is None or cover.policy.plan.cash_with_nursing:
        return []
    stay = stay_of(act.case)
    return [] if stay is None else stays_subsidised(claim.insured_id, *stay)


# -- the insurer -------------------------------------------------------------------------------------------------------


def not_asked_before(act: Act) -> list[str]:
    """一次性告知：补充材料只能要求一次，一次写全。"""
    asked = claim_of(act).supplement_asked_at
    if asked is None:
        return []
    return [_("%(day)s已经要求补充过材料，不能再要求第二次，请核定") % {"day": localdate(asked)}]


def amount_is_given(act: Act) -> list[str]:
    amount = act.values.get("amount")
    if isinstance(amount, Decimal) and amount > 0 and amount == amount.quantize(Decimal("0.01")):
        return []
    return [_("请填核定金额（元），大于零，最多两位小数")]


def decision_day_is_given(act: Act) -> list[str]:
    """From the lodging until today; a refusal told later than the law allows is noted, not undone."""
    day = act.values.get("decided_on")
    if not isinstance(day, datetime.date):
        return [_("请填核定日期")]
    lodged = claim_of(act).lodged_at
    if day > localdate(act.at):
        return [_("核定日期不能晚于今天")]
    if lodged is not None and day < localdate(lodged):
        return [_("核定日期不能早于转保险公司的日期%(day)s") % {"day": localdate(lodged)}]
    return []


def calculation_is_given(act: Act) -> list[str]:
    text = act.values.get("calculation") or ""
    return [] if 0 < len(text.strip()) <= 400 else [_("请写明这个金额怎么算出来的，400字以内")]


def payment_day_is_given(act: Act) -> list[str]:
    day = act.values.get("paid_on")
    decided = claim_of(act).decided_on
    if not isinstance(day, datetime.date):
        return [_("请填支付日期")]
    if day > localdate(act.at):
        return [_("支付日期不能晚于今天")]
    if decided is not None and day < decided:
        return [_("支付日期不能早于核定日期%(day)s") % {"day": decided}]
    return []


def paid_amount_is_given(act: Act) -> list[str]:
    """What was really paid: when it is not what was decided, it is shown, and not turned away."""
    amount = act.values.get("paid_amount")
    if not isinstance(amount, Decimal) or amount <= 0 or amount != amount.quantize(Decimal("0.01")):
        return [_("请填支付金额（元），大于零，最多两位小数")]
    return []


def payment_reference_is_given(act: Act) -> list[str]:
    reference = str(act.values.get("reference") or "").strip()
    if not 0 < len(reference) <= 60:
        return [_("请填支付流水号")]
    if ClaimPayment.objects.filter(claim__case=act.case, reference=reference).exists():
        return [_("流水%(reference)s已经登记过，同一笔赔款不能登记两次") % {"reference": reference}]
    return []


# -- the family --------------------------------------------------------------------------------------------------------


def difference_is_explained(act: Act) -> list[str]:
    """实付与核定不一致的，不能默默办结。"""
    claim = claim_of(act)
    paid, decided = paid_so_far(claim), claim.decided_amount or Decimal(0)
    if paid == decided or act.note:
        return []
    words = {"paid": f"{paid:.2f}", "decided": f"{decided:.2f}"}
    return [
        _("实付%(paid)s元，核定%(decided)s元，两数不同。家庭认可的请在意见栏写明原因，否则按“没有收到”退回") % words
    ]


def receipt_day_is_given(act: Act) -> list[str]:
    day = act.values.get("received_on")
    last = ClaimPayment.objects.filter(claim__case=act.case).order_by("-paid_on").first()
    if not isinstance(day, datetime.date) or day > localdate(act.at):
        return [_("请填家庭收到赔款的日期，不能晚于今天")]
    if last is not None and day < last.paid_on:
        return [_("收到的日期不能早于支付日期%(day)s") % {"day": last.paid_on}]
    return []


AMOUNT = Question("amount", Answer.MONEY, gettext_lazy("核定金额（元）"), amount_is_given)
DECIDED_ON = Question("decided_on", Answer.DAY, gettext_lazy("核定日期"), decision_day_is_given)
CALCULATION = Question(
    "calculation",
    Answer.TEXT,
    gettext_lazy("理算说明"),
    calculation_is_given,
    gettext_lazy("例如：（2100元 − 免赔100元）× 90% = 1800元"),
)
PAID_ON = Question("paid_on", Answer.DAY, gettext_lazy("支付日期"), payment_day_is_given)
PAID_AMOUNT = Question("paid_amount", Answer.MONEY, gettext_lazy("支付金额（元）"), paid_amount_is_given)
REFERENCE = Question("reference", Answer.TEXT, gettext_lazy("支付流水号"), payment_reference_is_given)
RECEIVED_ON = Question(
    "received_on",
    Answer.DAY,
    gettext_lazy("家庭说收到的日期"),
    receipt_day_is_given,
    gettext_lazy("问过本人或家属再填；没有问到的先不要填。"),
)
