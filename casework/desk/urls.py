"""The desk's pages. One block for each module of pages."""

from __future__ import annotations

from django.urls import path

from casework.desk import bulk, case, decide, hands, login, queue_view, search

app_name = "desk"
urlpatterns = [
    path("login/", login.login, name="login"),
    path("logout/", login.logout, name="logout"),
    path("", queue_view.queue, name="queue"),
    path("search/", search.search, name="search"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/<uuid:key>/", bulk.bulk_report, name="bulk_report"),
    path("cases/<str:number>/", case.case, name="case"),
    path("items/<int:item_id>/", decide.item, name="item"),
    path("items/<int:item_id>/decide/", decide.decide, name="decide"),
    path("items/<int:item_id>/claim/", hands.claim, name="claim"),
    path("items/<int:item_id>/release/", hands.release, name="release"),
    path("items/<int:item_id>/hand-over/", hands.hand_over, name="hand_over"),
]
