"""Addresses of the schemes' pages; inside the desk's."""

from __future__ import annotations

from django.urls import path

from casework.desk.terms import pages

urlpatterns = [
    path("", pages.pages, name="terms"),
    path("new/", pages.plain, name="terms_new"),
    path("<int:pk>/", pages.page, name="terms_page"),
    path("<int:pk>/publish/", pages.publish_page, name="terms_publish"),
    path("<int:pk>/discard/", pages.discard_page, name="terms_discard"),
]
