"""Run as a program: makes the tables of an installation, and leaves so many jobs about one case in its outbox.

python -m tests.conf.outbox_site COUNT, with the installation's environment.
"""

from __future__ import annotations

import os
import sys

import django
from django.core.management import call_command
from django.utils.timezone import now


def make(count: int) -> None:
    call_command("migrate", verbosity=0)
    from casework.models import Case  # noqa: PLC0415  # the models are there only after django.setup()
    from notifications.models import Outbox  # noqa: PLC0415  # the same
    from notifications.outbox import job  # noqa: PLC0415  # the same
    from tests import factories  # noqa: PLC0415  # the same

    factories.places()
    person = factories.PersonFactory()
    Case.objects.create(
        number="HL430922202600001",
        programme="nursing_subsidy",
        applicant=person,
        division_id=person.division_id,
        applied_on=now().date(),
        stage_since=now(),
    )
    payload = {"case": "HL430922202600001", "step": "intake", "outcome": "accept"}
    Outbox.objects.bulk_create(job("tell_applicant", f"tell:{n}", payload, run_at=now()) for n in range(count))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
    django.setup()
    make(int(sys.argv[1]))
