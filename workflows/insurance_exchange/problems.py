"""What can be wrong with one answer, each by a code and a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy

SENTENCES: Final[Mapping[str, Any]] = {
    "not_understood": gettext_lazy("这一条写得不对，没有录入"),
    "unknown_claim": gettext_lazy("没有这个案号的理赔，请核对案号"),
    "wrong_insurer": gettext_lazy("这件理赔没有转给这家保险公司，请核对案号"),
    "id_reused": gettext_lazy("同一个回复编号以前说的是另一个内容，没有录入；请保险公司换编号更正"),
    "old_round": gettext_lazy("答复的是以前那一次提交，材料补充或重新转办以后要按新的一次答复"),
    "unknown_round": gettext_lazy("还没有第%(round)s次提交，请核对提交次数"),
    "decided_differently": gettext_lazy("以前已核定过，两次结果不同；请向保险公司问清以哪次为准"),
    "decided_after_payment": gettext_lazy("已经付款，又来核定；请向保险公司问清"),
    "over_the_sum_insured": gettext_lazy("核定金额%(amount)s元超过保额%(most)s元，没有录入；请保险公司核对"),
    "paid_before_decided": gettext_lazy("还没有同意赔付就付款；等核定到了会自动录入"),
    "paid_after_refusal": gettext_lazy("已经拒赔，却来付款；请向保险公司问清"),
    "paid_more_than_decided": gettext_lazy("付款累计%(paid)s元，超过核定的%(decided)s元，没有录入；请保险公司核对"),
    "not_awaited": gettext_lazy("案件现在不等这一步；到了那一步会自动录入"),
    "papers_awaited": gettext_lazy("正在补充材料，补充以后才能核定；补充完成会自动录入或要求按新的一次答复"),
    "supplement_twice": gettext_lazy("补充材料只能要求一次，一次写全；这是第二次，没有录入"),
    "case_ended": gettext_lazy("案件已经结束，没有录入"),
    "reason_unknown": gettext_lazy("没有“%(codes)s”这种理由，请用对接说明里的代码"),
    "listed_twice": gettext_lazy("同一件理赔的同一步在文件里写了两次，内容不同，两条都没有录入"),
    "refused_by_rule": gettext_lazy("%(said)s"),
}

WAIT: Final = frozenset({"paid_before_decided", "not_awaited", "papers_awaited"})
"""Too early rather than wrong: kept, and tried again when the claim has come further."""


class Problem(Exception):
    """An answer that could not be taken now. The text is the whole story; `code` is one of `SENTENCES`."""

    def __init__(self, code: str, **words: object) -> None:
        self.code = code
        self.waits = code in WAIT
        super().__init__(str(SENTENCES[code]) % words if words else str(SENTENCES[code]))


def for_the_insurer(code: str) -> str:
    """The code an insurer is told: whose somebody else's claim is, is none of its business."""
    return "unknown_claim" if code == "wrong_insurer" else code


def said_to_the_insurer(sentence: str) -> str:
    """The sentence an insurer reads at its own desk, by the same rule."""
    return str(SENTENCES["unknown_claim"]) if sentence == str(SENTENCES["wrong_insurer"]) else sentence
