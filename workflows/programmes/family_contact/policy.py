"""What 特殊家庭联系 says to whoever asks, in the numbers of its terms."""

from __future__ import annotations

from workflows.categories import categories_in_words
from workflows.programme import Policy
from workflows.terms import Terms


def policy(terms: Terms) -> Policy:
    covered = categories_in_words(terms.body["categories"])
    contact = terms.body["contact"]
    return Policy(
        who=(f"对象名册里的特殊家庭：{covered}；不用申请",),
        amounts=("每户有乡镇、村各一名联系人，一所绿色通道医院，一名家庭医生",),
        limits=(f"联系人至少每{contact['within_days']}天联系一次（{contact['clause']}）",),
    )
