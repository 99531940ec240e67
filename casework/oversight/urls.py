"""The auditors' pages."""

from __future__ import annotations

from django.urls import path

from casework.oversight import courses, history

app_name = "oversight"
urlpatterns = [
    path("", history.home, name="home"),
    path("courses/", courses.courses, name="courses"),
    path("cases/<str:number>/", history.case_history, name="history"),
]
