"""The addresses of the rights pages, among the desk's."""

from __future__ import annotations

from django.urls import path

from casework.desk.rights import co_handlers, home, letter, statistics, take_in

patterns = [
    path("rights/", home.home, name="rights"),
    path("rights/take-in/", take_in.take_in_page, name="rights_take_in"),
    path("rights/statistics/", statistics.statistics, name="rights_statistics"),
    path("cases/<str:number>/rights/co-handlers/", co_handlers.co_handlers, name="rights_co_handlers"),
    path("cases/<str:number>/rights/co-handlers/<int:pk>/end/", co_handlers.end, name="rights_co_handler_end"),
    path("cases/<str:number>/rights/record/", co_handlers.record, name="rights_record"),
    path("cases/<str:number>/rights/letters/<int:pk>/", letter.letter, name="rights_letter"),
    path("cases/<str:number>/rights/letters/<int:pk>/printed/", letter.printed, name="rights_letter_printed"),
]
