"""The addresses of the special families."""

from __future__ import annotations

from django.urls import path

from casework.desk.families import coverage, family

urlpatterns = [
    path("families/", coverage.coverage, name="coverage"),
    path("families/<int:household>/", family.family, name="family"),
    path("families/<int:household>/contact/", family.contact, name="family_contact"),
    path("families/<int:household>/cover/", family.cover, name="family_cover"),
    path("families/<int:household>/cover/<int:pk>/end/", family.cover_end, name="family_cover_end"),
]
