"""The program on another day: `python -m tests.browser.on_a_day 2027-07-12T09:00+08:00 serve --port 8001`. From then on
its clock goes as clocks do."""

from __future__ import annotations

import datetime
import os
import sys

import time_machine
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    _program, moment, *words = sys.argv
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
    time_machine.travel(datetime.datetime.fromisoformat(moment), tick=True).start()
    execute_from_command_line(["manage.py", *words])
