"""`python -m tests.crashes.ground CASES`: a county in the database of the environment, its cases in the village.

A process of its own, because the tests' own process has another database.
"""

from __future__ import annotations

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.conf.settings")
django.setup()

from django.core.management import call_command  # noqa: E402  # models come after setup
from django.db.models import OuterRef, Subquery  # noqa: E402

from bench.county import County, lay_ground  # noqa: E402
from casework.models import Case, PayeeAccount, Staff  # noqa: E402

PASSWORD = "crash-password"
COUNTY = "430922"


def build(cases: int) -> None:
    call_command("migrate", verbosity=0)
    lay_ground()
    county = County(COUNTY)
    county.cases(county.people(cases))
    accounts = PayeeAccount.objects.filter(person=OuterRef("applicant")).values("pk")[:1]
    Case.objects.update(payee_account=Subquery(accounts))
    for username, staff in (
        ("verifier", county.verifier),
        ("reviewer", county.reviewer),
        ("approver", county.approver),
    ):
        staff.username = username
        staff.set_password(PASSWORD)
        staff.save()
    assert Staff.objects.filter(username="approver").exists()


if __name__ == "__main__":
    build(int(sys.argv[1]))
