"""The applicant's pages."""

from __future__ import annotations

from django.urls import path

from casework.portal import status

app_name = "portal"
urlpatterns = [
    path("", status.status, name="status"),
    path("s/<str:token>/", status.scanned, name="open"),
]
