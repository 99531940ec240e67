"""The words of 住院护理补贴: what is asked, what is shown, and the reasons ready to pick."""

from __future__ import annotations

from casework.models import Case
from workflows.categories import CATEGORIES, categories_in_words
from workflows.programme import FactField, Policy, Reason
from workflows.programmes.nursing_subsidy.rules import DEPENDENCY_LEVELS
from workflows.terms import Terms

FACTS = (
    FactField("hospital", "住院医院"),
    FactField("admission_date", "入院日期", "date"),
    FactField("discharge_date", "出院日期", "date"),
    FactField("dependency_level", "失能等级", "choice", DEPENDENCY_LEVELS),
    FactField("caregiver", "护理人"),
    FactField("category", "家庭类别", "choice", CATEGORIES),
    FactField("certificate_number", "证件号"),
)

REVIEW = "可在收到告知书之日起30日内向本会申请复核"
REASONS = {
    reason.code: reason
    for reason in (
        Reason(
            "papers_missing",
            "材料不齐",
            "补齐所缺材料后继续办理，不必重新申请",
            frozenset({"ask_for_papers", "send_back"}),
        ),
        Reason(
            "facts_differ",
            "申请内容与核实情况不一致",
            "核对出院小结和费用清单，更正后重新提交",
            frozenset({"ask_for_papers", "send_back"}),
        ),
        Reason(
            "photograph_unclear",
            "照片看不清或不是入户现场",
            "请重新入户拍照后上传",
            frozenset({"send_back"}),
        ),
        Reason("check_again", "核实意见不清楚，需要再核实", "请补充核实情况后重新报送", frozenset({"send_back"})),
        Reason(
            "not_hospitalised",
            "经核实没有这次住院",
            f"如确有住院，请带出院小结原件到村社区重新核实；{REVIEW}",
            frozenset({"refuse"}),
        ),
        Reason(
            "not_covered",
            "不属于补贴对象",
            f"符合条件后可重新申请；{REVIEW}",
            frozenset({"refuse"}),
            by_terms=True,
        ),
        Reason("late", "超过出院后90天的申请期限", REVIEW, frozenset({"refuse"}), by_terms=True),
        Reason(
            "annual_cap_used",
            "本年度补贴天数已用完，本次可补0天",
            f"下一年度住院可重新申请；{REVIEW}",
            frozenset({"refuse"}),
            by_terms=True,
        ),
        Reason("deceased", "申请人在出院前已去世", f"可咨询其他救助项目；{REVIEW}", frozenset({"refuse"})),
        Reason("paid_elsewhere", "同一次住院已享受同类补贴", REVIEW, frozenset({"refuse"})),
        Reason("papers_not_brought", "逾期未补正", "补齐材料后可重新申请", frozenset({"withdraw"})),
        Reason("batch_line_wrong", "批次明细有误", "核对金额和账户后重新列入批次", frozenset({"send_back"})),
        Reason("bank_returned", "银行退票", "请更正收款账户后重新发放，钱不会少", frozenset({"returned"})),
        Reason(
            "sent_back_late",
            "银行到账后又退回",
            "请更正收款账户后重新发放，钱不会少",
            frozenset({"came_back", "came_back_anew"}),
        ),
    )
}


def describe(case: Case) -> list[tuple[str, str]]:
    """The facts of a case as (label, text) for a page, choices in words."""
    shown = []
    for field in FACTS:
        value = str(case.facts.get(field.name, "") or "")
        if value:
            shown.append((field.label, field.choices.get(value, value)))
    return shown


def policy(terms: Terms) -> Policy:
    """方案：补贴对象、标准、期限, in the numbers of these terms."""
    body = terms.body
    covered = categories_in_words(body["categories"])
    rates = "，".join(f"{word}每天{terms.money('yuan_a_day', code)}元" for code, word in DEPENDENCY_LEVELS.items())
    both = "可以" if body["combine_with_hospital_cash"] else "不能"
    return Policy(
        who=(
            f"本县对象名册里的家庭，类别是{covered}，入院当天登记有效",
            f"住的是{body['minimum_hospital_level']}级以上定点医院",
        ),
        papers=("申请表", "出院小结", "费用清单", "本人社会保障卡"),
        amounts=(
            f"按失能等级和住院天数：{rates}；出院当天不算",
            f"每人每年最多补{body['days_a_year']}天",
            f"同样的住院天数，{both}同时领取保险公司的住院津贴",
        ),
        limits=(f"出院后{body['apply_within_days_of_discharge']}天内申请",),
    )
