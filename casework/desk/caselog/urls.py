"""The pages of a case's log."""

from django.urls import path

from casework.desk.caselog import families, pages

patterns = [
    path("cases/<str:number>/log/", pages.enter, name="log"),
    path("cases/<str:number>/log/<int:pk>/take-back/", pages.take_back, name="log_take_back"),
    path("cases/<str:number>/families/", families.link_families, name="family_link"),
    path("cases/<str:number>/families/as-before/", families.link_families_as_before, name="family_link_as_before"),
    path("cases/<str:number>/families/<int:pk>/unlink/", families.unlink_family, name="family_unlink"),
]
