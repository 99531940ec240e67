"""The applicant's pages."""

from __future__ import annotations

from django.urls import path

from casework.portal import notices, programmes, status

app_name = "portal"
urlpatterns = [
    path("", status.status, name="status"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("n/<str:token>/", notices.notice, name="notice"),
    path("s/<str:token>/", status.scanned, name="open"),
]
