"""Chinese punctuation in a page of terms, and a colon without its space, are named; in a sentence they are right."""

from __future__ import annotations

import pytest

from tests.workflows.standard.pages import PAGE
from workflows.standard.programme import programme_from
from workflows.terms import TermsProblem

COLON = "“：”是中文冒号，要用英文的“: ”（后面空一格）"
SLIPS = (
    ("title: ", "title：", f"第3行：{COLON}"),
    ("title: ", "title:", "第3行：冒号后面要空一格"),
    ("intake: {days: 5, clause", "intake: {days: 5，clause", "第19行：“，”是中文逗号，项与项之间要用英文的“, ”"),
    ("intake: {days: 5, clause", "intake: {days：5，clause", "“days：5，clause”里有中文标点，冒号、逗号要用英文的"),
    ("intake: {", "intake: ｛", "第19行：括号是全角的，要用英文的 {} 和 []"),
    ("    intake:", "　　intake:", "第19行：行首的空格是全角的，缩进要用半角空格"),
    ('yuan: "500.00"', "yuan: “500.00”", '“amount.yuan”要写金额（元），如 "70.00"，现在是“500.00”（引号要用英文的 "）'),
)


@pytest.mark.parametrize(("right", "wrong", "said"), SLIPS, ids=[wrong for _right, wrong, _said in SLIPS])
def test_a_sign_that_only_looks_right_is_named_with_its_line(right: str, wrong: str, said: str) -> None:
    assert right in PAGE
    with pytest.raises(TermsProblem) as refused:
        programme_from("trial", PAGE.replace(right, wrong, 1), name="trial", on_trial=True)
    assert said in str(refused.value)


def test_in_a_sentence_chinese_punctuation_is_right() -> None:
    page = PAGE.replace("clause: 示例第五条", "clause: 默认：五日，自收到之日起，“受理”为准")
    assert page != PAGE
    assert programme_from("trial", page, name="trial", on_trial=True).title == "试验补助"


def test_another_mistake_beside_such_a_sentence_is_not_blamed_on_it() -> None:
    page = PAGE.replace("clause: 示例第五条}", "clause: 默认：五日，自收到之日起")
    with pytest.raises(TermsProblem, match=r"“\{”没有对上“\}”"):
        programme_from("trial", page, name="trial", on_trial=True)
