"""One folder of pages for each audience."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from casework.conf.patterns import patterns

# What goes wrong is answered by Django's own views with our templates: 400, 403, 403_csrf, 404 and 500.html.
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk:queue")),
    path("desk/", include("casework.desk.urls")),
    path("portal/", include("casework.portal.urls")),
    path("language/", set_language, name="set_language"),
    path("oversight/", include("casework.oversight.urls")),
    path("api/", include("casework.api.urls")),
]
if settings.TRIAL:
    urlpatterns.append(path("patterns/", patterns))
