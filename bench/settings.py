"""The product's settings, and the bench's own two tables and flow beside them."""

from casework.conf.settings import *  # noqa: F403  # a settings module is its names
from casework.conf.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench"]
ALLOWED_HOSTS = ["testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING_CONFIG = None
