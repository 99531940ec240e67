"""The desk's pages. One block for each module of pages."""

from __future__ import annotations

from django.urls import path

from casework.desk import (
    bulk,
    case,
    cases,
    decide,
    entering,
    hands,
    imports,
    login,
    mending,
    papers,
    payment_check,
    payment_return,
    payments,
    queue_view,
    search,
    slip,
)

app_name = "desk"
urlpatterns = [
    path("imports/", imports.imports, name="imports"),
    path("imports/enter/", entering.enter, name="enter"),
    path("imports/<int:pk>/", imports.report, name="import"),
    path("imports/<int:pk>/copy/", imports.send_back, name="import_copy"),
    path("imports/<int:pk>/recheck/", imports.recheck, name="import_recheck"),
    path("imports/lines/<int:pk>/", imports.line, name="line"),
    path("login/", login.login, name="login"),
    path("logout/", login.logout, name="logout"),
    path("", queue_view.queue, name="queue"),
    path("search/", search.search, name="search"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/<uuid:key>/", bulk.bulk_report, name="bulk_report"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<str:number>/", case.case, name="case"),
    path("cases/<str:number>/unmask/", case.unmask_number, name="unmask"),
    path("cases/<str:number>/papers/", papers.attach, name="attach"),
    path("cases/<str:number>/papers/<int:pk>/<str:size>/", papers.evidence, name="evidence"),
    path("cases/<str:number>/facts/", mending.amend, name="amend"),
    path("cases/<str:number>/account/", mending.account, name="account"),
    path("cases/<str:number>/slip/", slip.slip, name="slip"),
    path("cases/<str:number>/slip/printed/", slip.slip_printed, name="slip_printed"),
    path("items/<int:item_id>/", decide.item, name="item"),
    path("items/<int:item_id>/decide/", decide.decide, name="decide"),
    path("items/<int:item_id>/claim/", hands.claim, name="claim"),
    path("items/<int:item_id>/release/", hands.release, name="release"),
    path("items/<int:item_id>/hand-over/", hands.hand_over, name="hand_over"),
    path("payments/", payments.batches, name="batches"),
    path("payments/draw/", payments.draw, name="batch_draw"),
    path("payments/<str:number>/", payments.batch, name="batch"),
    path("payments/<str:number>/check/", payment_check.check, name="batch_check"),
    path("payments/<str:number>/lock/", payments.lock, name="batch_lock"),
    path("payments/<str:number>/export/", payments.export, name="batch_export"),
    path("payments/<str:number>/return/", payment_return.batch_return, name="batch_return"),
]
