"""The pages of donations, among the desk's."""

from __future__ import annotations

from django.urls import path

from casework.desk.donations import pages

patterns = [
    path("donations/", pages.donations, name="donations"),
    path("donations/enter/", pages.enter, name="donations_enter"),
]
