"""The web application, for gunicorn or waitress."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
application = get_wsgi_application()
