"""`python -m tests.crashes.sweeping`: the sweep of deadlines over and over, as several machines' timers would."""

from __future__ import annotations

import io
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  # commands come after setup

while True:
    call_command("sweep", limit=50, stdout=io.StringIO())
    time.sleep(0.1)
