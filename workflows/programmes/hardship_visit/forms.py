"""The words of 走访慰问: what is shown of a case, and the reasons ready to pick."""

from __future__ import annotations

from casework.models import Case, VisitRound
from workflows.categories import CATEGORIES
from workflows.programme import FactField, Reason

FORMS = {code: str(label) for code, label in VisitRound.Form.choices}
REVIEW = "可在收到告知书之日起30日内向本会申请复核"

FACTS = (
    FactField("round_title", "慰问轮次"),
    FactField("standard", "每户标准（元）"),
    FactField("form", "慰问方式", "choice", FORMS),
    FactField("category", "家庭类别", "choice", CATEGORIES),
    FactField("remark", "提名理由"),
    FactField("basis", "依据"),
)

REASONS = {
    code: Reason(code, sentence, remedy, frozenset(outcomes), by_terms)
    for code, sentence, remedy, outcomes, by_terms in (
        (
            "not_in_hardship",
            "家庭情况已好转，本轮不再慰问",
            f"情况变化的，下一轮可重新提名；{REVIEW}",
            {"refuse"},
            False,
        ),
        ("not_in_target", "不属于本轮慰问对象", f"下一轮可重新提名；{REVIEW}", {"refuse"}, True),
        ("helped_elsewhere", "本轮已由其他渠道慰问", f"下一轮可重新提名；{REVIEW}", {"refuse"}, False),
        ("moved", "已迁出或长期不在本地", f"回来后可重新提名；{REVIEW}", {"refuse"}, False),
        ("deceased", "本人已去世", f"家中其他成员可另行提名；{REVIEW}", {"refuse"}, False),
        ("over_budget", "超过本轮预算，本轮不能安排", f"预算增加或有人退出后可重新提名；{REVIEW}", {"refuse"}, False),
        ("list_wrong", "名单有误，需要重新核对", "核对姓名、家庭情况和账户后重新报送", {"send_back"}, False),
        ("reason_missing", "提名理由不清楚", "补写理由后重新报送", {"send_back"}, False),
        ("batch_line_wrong", "批次明细有误", "核对金额和账户后重新列入批次", {"send_back"}, False),
        (
            "visit_misrecorded",
            "走访登记错了，如登到了别的户",
            "会重新上门走访，不用您做什么",
            {"revisit", "deliver_again"},
            False,
        ),
        ("visit_not_made", "核查发现没有入户走访", "会重新上门走访，不用您做什么", {"revisit", "deliver_again"}, False),
        ("not_received", "家庭反映没有收到慰问品", "会重新上门送达，请当面核对后签收", {"deliver_again"}, False),
        ("sent_back_late", "银行到账后又退回", "请更正收款账户后重新发放，钱不会少", {"came_back"}, False),
        ("bank_returned", "银行退票", "请更正收款账户后重新发放，钱不会少", {"returned"}, False),
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
