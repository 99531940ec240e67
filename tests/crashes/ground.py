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

from bench.county import LONG_AGO, County, lay_ground  # noqa: E402
from casework.models import Case, PayeeAccount, Post, Role, Staff  # noqa: E402
from tests.workflows.doctor.ward import put_in_file  # noqa: E402

PASSWORD = "crash-password"
COUNTY = "430922"


def build(cases: int) -> None:
    call_command("migrate", verbosity=0)
    lay_ground()
    county = County(COUNTY)
    county.cases(county.people(cases))
    accounts = PayeeAccount.objects.filter(person=OuterRef("applicant")).values("pk")[:1]
    Case.objects.update(payee_account=Subquery(accounts))
    staffed(county)
    for case in Case.objects.all():
        put_in_file(case)
    for username, staff in (
        ("verifier", county.verifier),
        ("reviewer", county.reviewer),
        ("approver", county.approver),
    ):
        staff.username = username
        staff.set_password(PASSWORD)
        staff.save()
    assert Staff.objects.filter(username="approver").exists()


def staffed(county: County) -> None:
    """Enough people to take a case to its end, an objection and a review included: the check-up asks for them."""
    county.hire(Role.PAYMENT_OFFICER, COUNTY)
    county.hire(Role.PAYMENT_CHECKER, COUNTY)
    office = Post.objects.get(staff=county.approver).office
    for username, name in (("second", "员二"), ("third", "员三")):
        another = Staff.objects.create_user(username, name, PASSWORD)
        Post.objects.create(staff=another, office=office, role=Role.COUNTY_APPROVER, valid_from=LONG_AGO)


if __name__ == "__main__":
    build(int(sys.argv[1]))
