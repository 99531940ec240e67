"""What 走访慰问 says to whoever asks, in the numbers of its terms."""

from __future__ import annotations

from casework.models import VisitRound
from workflows.categories import categories_in_words
from workflows.programme import Policy
from workflows.terms import Terms

KINDS = {code: str(label) for code, label in VisitRound.Festival.choices}


def policy(terms: Terms) -> Policy:
    body = terms.body
    standards = body["standards"].items()
    return Policy(
        who=(f"对象名册里的家庭：{categories_in_words(body['categories'])}；由村（社区）提名，不用自己申请",),
        papers=("不用准备材料；上门时请在签收单上签字",),
        amounts=tuple(
            f"{KINDS.get(kind, kind)}每户{standard['yuan']}元（{standard['clause']}）" for kind, standard in standards
        ),
        limits=("每户每轮一次；慰问金打到本人卡上，慰问品当面送到",),
    )
