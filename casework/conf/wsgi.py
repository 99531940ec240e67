"""The web application, for gunicorn or waitress."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from casework.conf.celery import Bell
from notifications.wake import on_commit_wake

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
application = get_wsgi_application()
if settings.CELERY_BROKER_URL:
    on_commit_wake(Bell())
