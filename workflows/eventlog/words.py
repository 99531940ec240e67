"""What an activity is called in a log: a step as in the BPMN file of its flow, any other act by a fixed word.

Not translated: one installation's logs must say the same whoever exports them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping

from casework.models import Case
from workflows.flow import CaseFlow, Step

ACTIONS: Mapping[str, str] = {
    "submitted": "提交申请",
    "brought_in": "历史案件补录",
    "closed": "案件办结",
    "claimed": "领取",
    "released": "退回待办",
    "handed_over": "移交",
    "facts_amended": "更改申请内容",
    "award_changed": "金额重新核定",
    "account_changed": "更改收款账户",
    "family_linked": "登记带动户",
    "family_unlinked": "取消带动户登记",
    "log_entered": "登记",
    "log_taken_back": "作废登记",
    "evidence_attached": "放入材料",
    "unmasked": "查看完整号码",
    "slip_printed": "打印回执",
    "case_moved": "换到另一版本",
    "deadline_warned": "期限提醒",
    "deadline_extended": "延长期限",
    "watch_warned": "日期提醒",
    "watch_passed": "日期已过",
    "co_handler_added": "请求协办",
    "co_handler_ended": "结束协办",
    "co_handled": "协办记录",
    "letter_printed": "打印函件",
    "escalated": "超期督办",
    "order_answered": "督办说明",
    "order_struck_off": "督办销号",
    "answer_settled": "核对保险公司答复",
    "cases_linked": "案件关联",
    "visit_corrected": "更正走访记录",
    "repaired": "系统修复",
    "batch_drawn": "批次编制",
    "batch_checked": "批次复核",
    "batch_refused": "批次退回",
    "batch_locked": "批次锁定",
    "batch_exported": "批次送银行",
    "batch_answered": "批次回盘",
    "batch_line_came_back": "到账后退回登记",
    "batch_line_out_asked": "提出移出批次明细",
    "batch_line_kept": "保留批次明细",
    "batch_line_let_out": "移出批次明细",
}
"""The registered actions that are no step. None may be a step's title: an event type has one meaning."""


def of_action(action: str) -> str:
    """The word of an action; one without a word is called by its code."""
    return ACTIONS.get(action, action)


def of_step(case: Case, step: str) -> str:
    """The title of a step in the very flow the case goes through; its code where flow or step are gone."""
    return _titles(case.flow_class).get(step, step)


@functools.cache
def _titles(flow: type[CaseFlow] | None) -> Mapping[str, str]:
    if flow is None:
        return {}
    return {node.name: str(node.task_title) for node in flow.instance.nodes() if isinstance(node, Step)}
