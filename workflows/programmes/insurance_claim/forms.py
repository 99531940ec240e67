"""The words of 计生保险理赔: what is asked, what is shown, and the reasons ready to pick."""

from __future__ import annotations

from casework.models import Case, Claim
from workflows.programme import FactField, Reason

CAUSES = {
    "traffic": "交通事故",
    "fall": "跌倒摔伤",
    "work": "劳动中受伤",
    "burn": "烧伤烫伤",
    "animal": "动物咬伤",
    "drowning": "溺水",
    "illness": "疾病",
    "other": "其他",
}

LOSSES = {code: str(label) for code, label in Claim.Loss.choices}
NOTIFIERS = {code: str(label) for code, label in Claim.Notifier.choices}
YES_OR_NO = {"True": "已报销", "False": "未报销"}

FACTS = (
    FactField("loss", "损失种类", "choice", LOSSES),
    FactField("cause", "出险原因", "choice", CAUSES),
    FactField("incident_at", "出险时间"),
    FactField("place", "出险地点"),
    FactField("story", "事故经过"),
    FactField("notifier", "报案人", "choice", NOTIFIERS),
    FactField("notifier_name", "报案人姓名"),
    FactField("notified_at", "报案时间"),
    FactField("late_because", "超过48小时的原因"),
    FactField("known_on", "知道出险的日期", "date"),
    FactField("hospital", "就诊医院"),
    FactField("admission_date", "入院日期", "date"),
    FactField("discharge_date", "出院日期", "date"),
    FactField("cost", "家庭自付费用（元）"),
    FactField("settled", "基本医保", "choice", YES_OR_NO),
)

REVIEW = "可在收到告知之日起30日内向本会申请复核，也可以申请调解，或者由本会立案维权"
ASKED = frozenset({"send_back", "ask_supplement"})
REASONS = {
    reason.code: reason
    for reason in (
        Reason("papers_missing", "理赔材料不齐", "补齐所缺材料后继续办理", ASKED),
        Reason("papers_unclear", "材料看不清或没有盖章", "请换清楚、盖章的再交", ASKED),
        Reason("facts_differ", "出险经过与材料不一致", "核对以后更正说明", ASKED),
        Reason("not_insured", "不在投保名单上", f"核对姓名、证件和保单；{REVIEW}", frozenset({"refuse"})),
        Reason("outside_cover", "出险不在保险期间内", f"核对出险日期和保障起止日期；{REVIEW}", frozenset({"refuse"})),
        Reason("in_waiting_period", "出险在等待期内", f"核对生效日期和条款；{REVIEW}", frozenset({"refuse"})),
        Reason("not_a_covered_loss", "不属于保险责任", f"核对条款；{REVIEW}", frozenset({"refuse"})),
        Reason("excluded", "属于责任免除", f"请保险公司写明条款；{REVIEW}", frozenset({"refuse"})),
        Reason("below_deductible", "费用没有超过免赔额", f"有新的费用可以再报；{REVIEW}", frozenset({"refuse"})),
        Reason("untrue", "与查明的事实不符", f"有新的证明可以提交；{REVIEW}", frozenset({"refuse"})),
        Reason("too_late_to_claim", "超过索赔时效", REVIEW, frozenset({"refuse"})),
        Reason("not_arrived", "家庭没有收到赔款", "保险公司查明后重新付款，钱不会少", frozenset({"not_received"})),
        Reason("short_paid", "实收金额少于核定金额", "保险公司补足差额", frozenset({"not_received"})),
        Reason("wrong_account", "付到了别的账户", "核对账户后重新付款", frozenset({"not_received"})),
        Reason("amount_disputed_by_family", "家庭不同意赔付金额", "重新转保险公司核定", frozenset({"not_honoured"})),
        Reason("did_not_pay", "保险公司没有按期付款", "重新转保险公司，必要时立案维权", frozenset({"not_honoured"})),
        Reason("papers_not_brought", "逾期未补充材料", "补齐材料后可以重新报案", frozenset({"withdraw"})),
    )
}  # fmt: skip


def describe(case: Case) -> list[tuple[str, str]]:
    """The facts of a claim as (label, text) for a page, choices in words and times as people write them."""
    shown = []
    for field in FACTS:
        value = case.facts.get(field.name, "")
        text = "" if value is None else str(value)
        if text:
            said = field.choices.get(text, text)
            shown.append((field.label, said[:16].replace("T", " ") if field.name.endswith("_at") else said))
    return shown
