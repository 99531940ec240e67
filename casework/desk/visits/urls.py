"""The addresses of hardship visits."""

from __future__ import annotations

from django.urls import path

from casework.desk.visits import needs, nominate, phone, rounds, teams

urlpatterns = [
    path("visits/", rounds.rounds, name="visit_rounds"),
    path("visits/new/", rounds.new_round, name="visit_round_new"),
    path("visits/mine/", phone.mine, name="visits_mine"),
    path("visits/mine/<str:number>/", phone.write, name="visit_write"),
    path("visits/mine/<str:number>/correct/", phone.correct, name="visit_correct"),
    path("visits/needs/<str:number>/<int:record>/<str:code>/", needs.need_page, name="visit_need"),
    path("visits/<int:pk>/", rounds.round_page, name="visit_round"),
    path("visits/<int:pk>/state/", rounds.round_state, name="visit_round_state"),
    path("visits/<int:pk>/budget/", rounds.round_budget, name="visit_round_budget"),
    path("visits/<int:pk>/deadline/", rounds.round_deadline, name="visit_round_deadline"),
    path("visits/<int:pk>/teams/", teams.teams, name="visit_teams"),
    path("visits/<int:pk>/assign/", teams.assign_page, name="visit_assign"),
    path("visits/<int:pk>/nominate/<str:village>/", nominate.nominate_page, name="visit_nominate"),
]
