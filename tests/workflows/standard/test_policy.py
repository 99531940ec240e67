"""What the page of a programme tells people is what its terms decide by, in sentences that mean one thing."""

from __future__ import annotations

from typing import Any

from tests.workflows.standard.pages import a_page, programme_of
from workflows.programme import Policy


def home_adaptation() -> dict[str, Any]:
    page = a_page()
    page["common"]["how_often"] = {"times": "once", "per": "household", "clause": "第四条"}
    page["common"]["review"] = {"ask_within_days": 60, "clause": "第五条"}
    page["common"]["log"] = {
        "title": "改造登记",
        "kinds": [
            {"name": "accepted", "label": "验收", "by": ["county"], "paper": True, "clause": "第六条"},
            {"name": "visit", "label": "上门", "by": ["county"], "unit": "次", "most_in_all": 6},
        ],
    }
    page["common"]["steps"]["county"]["log"] = ["accepted"]
    page["common"]["steps"]["intake"]["office"] = "township"
    page["versions"][0]["amount"] = {
        "kind": "share",
        "of": "cost",
        "less": ["paid_by_insurance"],
        "percent": "60",
        "clause": "第十条",
    }
    return page


def said(page: dict[str, Any]) -> Policy:
    programme = programme_of(page)
    assert programme.policy is not None
    return programme.policy(programme.terms.versions[-1])


def test_a_share_is_of_what_is_left() -> None:
    page = home_adaptation()
    assert said(page).amounts == ("（费用 − 已报销）× 60%（第十条）",)
    page["versions"][0]["amount"]["deductible"] = "50.00"
    assert said(page).amounts == ("（费用 − 已报销 − 起付线50.00元）× 60%（第十条）",)
    del page["versions"][0]["amount"]["less"], page["versions"][0]["amount"]["deductible"]
    assert said(page).amounts == ("费用的60%（第十条）",)


def test_once_is_for_life_and_what_is_wanted_of_the_log_and_the_review_is_told() -> None:
    assert said(home_adaptation()).limits == (
        "每户一生一次（第四条）",
        "县级审批之前，改造登记里要有：验收（第六条）",
        "上门合计最多6次",
        "对决定不服的，收到告知之日起60日内可以申请复核（第五条）",
    )
    assert said(a_page()).limits[-1] == "对决定不服的，收到告知之日起30日内可以申请复核"


def test_what_is_brought_later_goes_to_the_office_that_asked_for_it() -> None:
    levels = {step.name: step.level for step in programme_of(home_adaptation()).flow.steps()}
    assert levels["papers"] == levels["intake"] != levels["county"]
