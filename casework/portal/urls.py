"""The applicant's pages."""

from __future__ import annotations

from django.urls import path

from casework.portal import programmes, status

app_name = "portal"
urlpatterns = [
    path("", status.status, name="status"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("s/<str:token>/", status.scanned, name="open"),
]
