"""The desk's pages of insurance."""

from __future__ import annotations

from django.urls import path

from casework.desk.insurance import contest, home, loss_sheets, notify, policies, policy, ratios

patterns = [
    path("insurance/", home.home, name="insurance"),
    path("insurance/notify/", notify.notify, name="insurance_notify"),
    path("insurance/notify/sheet/", loss_sheets.loss_sheet, name="insurance_loss_sheet"),
    path("insurance/ratios/", ratios.ratios, name="insurance_ratios"),
    path("cases/<str:number>/contest/", contest.contest_page, name="insurance_contest"),
    path("insurance/policies/", policies.policies, name="insurance_policies"),
    path("insurance/policies/make/", policies.make, name="insurance_make"),
    path("insurance/plans/add/", policies.add_plan, name="insurance_plan"),
    path("insurance/policies/<str:number>/", policy.policy, name="insurance_policy"),
    path("insurance/policies/<str:number>/list/", policy.list_people, name="insurance_list"),
    path("insurance/policies/<str:number>/sheet/", policy.sheet, name="insurance_sheet"),
    path("insurance/policies/<str:number>/send/", policy.send, name="insurance_send"),
    path("insurance/policies/<str:number>/confirm/", policy.confirm, name="insurance_confirm"),
    path("insurance/policies/<str:number>/add/", policy.endorse_add, name="insurance_endorse_add"),
    path("insurance/policies/<str:number>/lines/<int:line>/", policy.endorse_remove, name="insurance_endorse_remove"),
    path("insurance/policies/<str:number>/endorsements/<int:pk>/", policy.endorsement, name="insurance_endorsement"),
]
