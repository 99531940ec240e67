"""What 计生保险理赔 says to whoever asks, in the numbers of its terms."""

from __future__ import annotations

from casework.models import Evidence
from workflows.programme import Policy
from workflows.terms import Terms

KINDS = {code: str(label) for code, label in Evidence.Kind.choices}


def policy(terms: Terms) -> Policy:
    body = terms.body
    wanted = dict.fromkeys(kind for kinds in body["papers"].values() for kind in kinds)
    years = body["limitation_years"]
    return Policy(
        who=("投保名单里的人出了险；本人、家属、村（社区）干部都可以报案",),
        papers=tuple(KINDS.get(kind, kind) for kind in wanted),
        amounts=(
            "保险公司按保险合同核定赔款，并直接付给被保险人或受益人；本会帮助收集材料，不收费用",
            f"保险公司{body['decide_within_days']}日内核定，等补充材料的时间不算；达成协议后{body['pay_within_days']}日内付款",
            f"不赔的，{body['refuse_within_days']}日内书面告知理由",
        ),
        limits=(
            f"出险后{body['notify_within_hours']}小时内报案（{body['notify_clause']}）",
            f"索赔时效：人寿保险{years['life']}年，其他保险{years['other']}年（{body['limitation_clause']}）",
        ),
    )
