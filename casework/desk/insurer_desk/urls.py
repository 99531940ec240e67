"""The insurer's own desk: its claims, and nothing else of the house."""

from __future__ import annotations

from django.urls import path

from casework.desk.insurer_desk import claim, claims, files

urlpatterns = [
    path("", claims.claims, name="insurer_claims"),
    path("files/", files.files, name="insurer_files"),
    path("files/<str:number>/export/", files.export, name="insurer_export"),
    path("files/<int:office>/answers/", files.answers, name="insurer_answers"),
    path("<str:number>/", claim.claim, name="insurer_claim"),
    path("<str:number>/answer/<int:item_id>/", claim.answer, name="insurer_answer"),
    path("<str:number>/papers/<int:pk>/<str:size>/", claim.paper, name="insurer_paper"),
]
