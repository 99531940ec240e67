"""The words of 权益维护: what is shown of a case, and the reasons ready to pick."""

from __future__ import annotations

from casework.models import Case, Demand, Dispute
from workflows.programme import FactField, Reason

DISPUTES = {str(code): str(label) for code, label in Dispute.choices}
COUNTERPARTIES = {str(code): str(label) for code, label in Demand.Counterparty.choices}
FACTS = (
    FactField("dispute", "纠纷类型", "choice", DISPUTES),
    FactField("counterparty_kind", "对方是", "choice", COUNTERPARTIES),
    FactField("incident_on", "发生日期", "date"),
)

REVIEW = "可在收到告知之日起30日内向本会申请复核"
ELSEWHERE = "可以直接向法院、仲裁委员会或法律援助中心提出"
REFUSES = frozenset({"propose_refusal", "refuse", "approve_refusal"})
REASONS = {
    reason.code: reason
    for reason in (
        Reason("not_ours", "不属于本会维权范围", f"{ELSEWHERE}；{REVIEW}", REFUSES),
        Reason("no_grounds", "没有事实根据或证据", f"有新证据可以再提出；{REVIEW}", REFUSES, by_terms=False),
        Reason("too_late", "已经超过时效", f"有中断、中止情形的请带证据来；{REVIEW}", REFUSES, by_terms=True),
        Reason("decided_elsewhere", "法院、仲裁或行政机关已经处理完毕", f"可按其告知的途径救济；{REVIEW}", REFUSES),
        Reason("look_again", "事实或依据不清楚，需要再查", "请补充后重新提请", frozenset({"send_back"})),
        Reason("more_to_do", "还有办法可以试，继续办理", "请改换渠道或再次协商", frozenset({"send_back"})),
        Reason("not_performed", "对方没有按期履行", "继续协商，或申请强制执行", frozenset({"fall_through"})),
        Reason("partly_performed", "对方只履行了一部分", "收到的照记，其余继续追", frozenset({"fall_through"})),
        Reason("waiting_for_a_ruling", "等待仲裁、判决或鉴定结果", "有结果后恢复办理", frozenset({"suspend"})),
        Reason("applicant_away", "当事人外出，暂时联系不上", "回来后告知本会，恢复办理", frozenset({"suspend"})),
        Reason("applicant_withdrew", "当事人撤回诉求", "时效未过的可以再提出", frozenset({"withdraw"})),
        Reason("settled_alone", "当事人已自行解决", "有新的争议可以再提出", frozenset({"withdraw"})),
        Reason("died", "当事人已经去世", "近亲属可以另行提出；有异议可申请复核", frozenset({"terminate"})),
        Reason("moved_away", "当事人户籍已迁出", "可向迁入地的协会提出；有异议可申请复核", frozenset({"terminate"})),
        Reason("refusal_disputed", "当事人不同意原来的决定", "由没有参与过的人复核", frozenset({"request_review"})),
        Reason("decision_right", "原决定事实清楚、依据正确", "可以依法通过仲裁、诉讼解决", frozenset({"uphold"})),
        Reason("facts_unclear", "原决定事实不清", "重新办理，不必重新提出", frozenset({"remit"})),
    )
}


def describe(case: Case) -> list[tuple[str, str]]:
    """What a case is about, in codes: never who or against whom, which is sealed."""
    shown = [(field, str(case.facts.get(field.name, "") or "")) for field in FACTS]
    return [(field.label, field.choices.get(value, value)) for field, value in shown if value]
