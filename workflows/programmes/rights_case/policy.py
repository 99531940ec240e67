"""What 权益维护 says to whoever asks, in the numbers of its terms."""

from __future__ import annotations

from workflows.programme import Policy
from workflows.terms import Terms


def policy(terms: Terms) -> Policy:
    limitations = {one["clause"]: None for one in terms.body["limitations"].values()}
    return Policy(
        who=("合法权益受到侵害的计生家庭，在本地或在外地务工的都可以", "内容保密，只有经办人和他们的上级看得到"),
        papers=("身份证件", "能说明事情经过的材料：合同、工资单、诊断证明、事故认定书等，没有的也可以先来"),
        amounts=("不收费用；争取到的钱由对方直接给您，本会不经手",),
        limits=("各类事项的时效：", *limitations),
    )
