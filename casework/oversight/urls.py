"""The auditors' pages."""

from __future__ import annotations

from django.urls import path

from casework.oversight import check_up, courses, history

app_name = "oversight"
urlpatterns = [
    path("", history.home, name="home"),
    path("courses/", courses.courses, name="courses"),
    path("check-up/", check_up.check_up, name="check_up"),
    path("check-up/now/", check_up.begin, name="check_up_now"),
    path("check-up/<int:pk>/<str:kind>/", check_up.kind, name="check_up_kind"),
    path("cases/<str:number>/", history.case_history, name="history"),
]
