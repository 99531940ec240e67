"""What other organisations' machines ask of us."""

from __future__ import annotations

from django.urls import path

from casework.api import insurance

app_name = "api"
urlpatterns = [path("insurance/answers", insurance.answers, name="insurance_answers")]
