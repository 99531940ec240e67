"""保险对接: the county's side of what goes between it and its insurers."""

from __future__ import annotations

from django.urls import path

from casework.desk.insurers import answers, batches, connection, home

urlpatterns = [
    path("", home.insurers, name="insurers"),
    path("out-of-step/<int:pk>/", home.out_of_step, name="insurers_out_of_step"),
    path("<int:office>/draw/", batches.draw, name="insurers_draw"),
    path("batches/<str:number>/", batches.batch, name="insurers_batch"),
    path("batches/<str:number>/export/", batches.export, name="insurers_export"),
    path("<int:office>/answers/", answers.answers, name="insurers_answers"),
    path("<int:office>/connection/", connection.connection, name="insurers_connection"),
    path("<int:office>/ask/", connection.ask_now, name="insurers_ask"),
]
