"""The pages of a case's log."""

from django.urls import path

from casework.desk.caselog import pages

patterns = [
    path("cases/<str:number>/log/", pages.enter, name="log"),
    path("cases/<str:number>/log/<int:pk>/take-back/", pages.take_back, name="log_take_back"),
]
