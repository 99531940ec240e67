"""Who looks after the special families of a county: most well, some with a gap, a few lost sight of."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction
from django.utils.timezone import localdate

from casework.demo.hands import Hands
from casework.models import FamilyCover, Hospital, Role
from workflows.coverage.keeping import Cover, log_contact, write_cover
from workflows.coverage.lapses import sweep_lapses
from workflows.coverage.state import special_families

MOST = 24
LONG_AGO = datetime.timedelta(days=300)
TITLES = {"township_contact": "乡镇计生协", "village_contact": "村计生专干", "family_doctor": "卫生院家庭医生团队"}
NAMES = {"township_contact": "文秀", "village_contact": "田水清", "family_doctor": "向医生", "green_channel": ""}
KEYS = uuid.UUID("6f1d6f2e-6d0e-4a51-9b51-7a4d1a5a0a20")


def build_families(county: str) -> int:
    """Only into a county without any; how many families were given somebody."""
    if FamilyCover.objects.filter(division__startswith=county).exists():
        return 0
    today = localdate()
    hospital = Hospital.objects.filter(county_id=county).order_by("id").first()
    homes: dict[int, str] = {}
    for entry in special_families(today).filter(county_id=county).select_related("person").order_by("division", "id"):
        if entry.person.household_id is not None and len(homes) < MOST:
            homes.setdefault(entry.person.household_id, entry.division_id)
    with transaction.atomic():
        hands = Hands(county)
        clerk = hands.in_post(county, Role.INTAKE_CLERK)[0]
        for number, (household, village) in enumerate(homes.items()):
            for kind in FamilyCover.Kind.values[: 4 if number % 3 else 2]:
                is_doctor = kind == FamilyCover.Kind.FAMILY_DOCTOR
                # Every sixth family's doctor's contract ran out a week ago.
                last = today + datetime.timedelta(days=-7 if number % 6 == 1 else 200) if is_doctor else None
                needs_hospital = kind == FamilyCover.Kind.GREEN_CHANNEL
                if needs_hospital and hospital is None:
                    continue
                cover = Cover(
                    kind=kind,
                    name=NAMES[kind],
                    title=TITLES.get(kind, ""),
                    hospital=hospital.pk if hospital and needs_hospital else None,
                    valid_from=today - LONG_AGO,
                    valid_to=last,
                )
                write_cover(household, cover, by=clerk)
            days = 75 if number % 5 == 4 else 3 + number
            verifier = hands.in_post(village, Role.VILLAGE_VERIFIER)[0]
            spoken = today - datetime.timedelta(days=days)
            log_contact(household, spoken, "phone", by=verifier, client_key=uuid.uuid5(KEYS, f"{county} {household}"))
        sweep_lapses(today)
    return len(homes)
