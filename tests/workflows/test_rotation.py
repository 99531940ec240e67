"""Rotating the data key: everything stays readable, nothing stays under the old key, equality is untouched."""

from __future__ import annotations

import datetime
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from casework.crypto import Unreadable, key_ring, lookup_hash
from casework.models import (
    Case,
    ClaimLodging,
    Event,
    InsurerAnswer,
    InsurerConnection,
    Notice,
    NoticeLine,
    Objection,
    Office,
    Person,
    Role,
)
from casework.models.fields import SealedText
from casework.secrets import load_secrets
from tests.casework.sheets.workbooks import HEADINGS, line, xlsx
from tests.factories import OfficeFactory, PersonFactory
from tests.workflows.programmes.rights_case.stories import act, in_days, rights_of
from tests.world import COUNTY, World
from workflows import rotation
from workflows.papers.applications import import_applications
from workflows.papers.sheets import file_store
from workflows.rotation import add_key, retire_old_keys, rewrite_all, sealed_columns


@pytest.fixture(autouse=True)
def _keys_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FILE = Path(shutil.copy(django_settings.KEYS_FILE, tmp_path / "keys.json"))


def sealed_values() -> dict[str, dict[int, str]]:
    """Model and column -> what each row says there, opened."""
    return {
        f"{model.__name__}.{name}": {
            pk: sealed.reveal() for pk, sealed in model._default_manager.values_list("pk", name) if sealed
        }
        for model, names in sealed_columns()
        for name in names
    }


def a_line_sent_back(world: World) -> None:
    """A sheet with one line refused, so that cells and problems are sealed too."""
    data = xlsx(HEADINGS, line(1, 住院医院="没有的医院"))
    on = datetime.date(2026, 11, 2)
    import_applications("nursing_subsidy", data, county=COUNTY, applied_on=on, by=world.by(Role.INTAKE_CLERK))


def said_to_and_by_an_insurer(world: World, case: Case) -> None:
    """A claim that went out, an answer that came in, and the secret both are signed with."""
    office = OfficeFactory(division_id=COUNTY, kind=Office.Kind.INSURER, name="安心人寿桃江支公司")
    InsurerConnection.objects.create(office=office, clerk=world.by(Role.AUDITOR), key_id="TJ", secret="s" * 32)
    sent = {"case": case, "round": 1, "office": office, "county_id": COUNTY, "lodged_at": now()}
    ClaimLodging.objects.create(message='{"claim":1}', digest="0" * 64, **sent)
    came = {"office": office, "answer_id": "1", "kind": "agreed", "round": 1, "road": "push", "state": "waiting"}
    InsurerAnswer.objects.create(message='{"id":1}', digest="0" * 64, received_at=now(), **came)


def objected_to(world: World, case: Case) -> None:
    """A line on a board, what somebody with a name has said against it, and the answer."""
    clerk, at = world.by(Role.INTAKE_CLERK), now()
    hung = {"programme": case.programme, "place": "village_notice", "division_id": case.division_id, "title": "公示"}
    asked = {"clause": "示例", "days": 7, "working": True, "line_count": 1, "total": 1, "digest": "0" * 64}
    notice = Notice.objects.create(number="GS1", posted_by=clerk, posted_at=at, last_day=at.date(), **hung, **asked)
    said = {"place": notice.place, "line_number": 1, "shown": {}, "amount": 1, "mark": "0" * 64}
    line = NoticeLine.objects.create(notice=notice, case=case, **said)
    told = {"text": "不符合条件", "name": "彭建军", "contact": "199", "received_at": at, "taken_by": clerk}
    answer = {
        "outcome": "dismissed",
        "answer": "已查",
        "answered_by": world.by(Role.COUNTY_APPROVER),
        "answered_at": at,
    }
    Objection.objects.create(line=line, **told, **answer)


def told_in_a_rights_case() -> None:
    """A demand with all that can be told of it, an act, and a deed that is owed."""
    rights = rights_of()
    case = rights.agreed(stake="书面道歉", limitation_on=in_days(300), limitation_reason="仲裁中断")
    rights.say(case, "act", **{**act("negotiation"), "place": "村委会", "participants": "向某"})
    rights.say(case, "promise", due_on=in_days(9), amount=None, words="书面道歉")


def test_every_sealed_column_says_the_same_under_the_new_key(world: World) -> None:
    case = world.case(at="payment_check")
    a_line_sent_back(world)
    said_to_and_by_an_insurer(world, case)
    told_in_a_rights_case()
    objected_to(world, case)
    before = sealed_values()
    assert [column for column, rows in before.items() if not rows] == [], "every one has something to rewrite"
    add_key()
    assert sealed_values() == before, "readable before it is rewritten"
    rewrite_all()
    assert sealed_values() == before
    retire_old_keys()
    assert sealed_values() == before


def test_a_rotation_cut_off_in_the_middle_goes_on_from_there(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.case()
    before = sealed_values()
    add_key()
    rewrite, tables = rotation._rewrite, []

    def of_one_table(model: Any, *rest: Any) -> int:
        if tables:
            raise InterruptedError
        tables.append(model)
        return rewrite(model, *rest)

    with monkeypatch.context() as cut_off, pytest.raises(InterruptedError):
        cut_off.setattr(rotation, "_rewrite", of_one_table)
        rewrite_all()
    assert sealed_values() == before
    assert rewrite_all().values > 0
    assert sealed_values() == before
    assert rewrite_all().values == 0


def test_a_file_is_still_readable_by_its_owner_only(world: World) -> None:
    stored = file_store().put(b"a scan")
    path = django_settings.FILES_DIR / stored
    add_key()
    before = os.umask(0o022)
    try:
        rewrite_all()
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_a_process_that_was_running_takes_up_the_new_key(world: World) -> None:
    """Its ring was read long ago; nobody starts it anew."""
    assert key_ring() is key_ring()
    first = PersonFactory(phone="19900000001")
    key_id = add_key()
    second = PersonFactory(phone="19900000002")
    assert not first.phone.startswith(f"{key_id}:") and second.phone.startswith(f"{key_id}:")
    assert [Person.objects.get(pk=person.pk).phone.reveal()[-1] for person in (first, second)] == ["1", "2"]


def test_numbers_are_found_by_the_same_hash_afterwards(world: World) -> None:
    person = PersonFactory()
    number = Person.objects.get(pk=person.pk).identity_number.reveal()
    before = lookup_hash("identity", number)
    call_command("rotate_keys")
    call_command("rotate_keys", "--resume", "--retire")
    assert lookup_hash("identity", number) == before
    assert Person.objects.get(identity_hash=before).identity_number.reveal() == number


def test_every_value_and_file_is_rewritten_and_still_says_the_same(world: World) -> None:
    case = world.case(at="payment_check")
    number = Person.objects.get(pk=case.applicant_id).identity_number.reveal()
    stored = file_store().put(b"a scan")
    key_id = add_key()
    assert key_ring().current == key_id
    done = rewrite_all()
    assert done.key_id == key_id and done.values > 0 and done.files == 1
    for model, names in sealed_columns():
        for row in model._default_manager.values_list(*names):
            assert all(not value or value.startswith(f"{key_id}:") for value in row), model
    assert Person.objects.get(pk=case.applicant_id).identity_number.reveal() == number
    assert file_store().get(stored) == b"a scan"
    assert Person.objects.get(identity_hash=lookup_hash("identity", number)).pk == case.applicant_id


def test_a_second_run_finds_nothing_left_and_the_old_key_can_go(world: World) -> None:
    case = world.case(at="village")
    old = str(Person.objects.get(pk=case.applicant_id).identity_number)
    add_key()
    rewrite_all()
    again = rewrite_all()
    assert (again.values, again.files) == (0, 0)
    assert retire_old_keys()
    assert Person.objects.get(pk=case.applicant_id).identity_number.reveal()
    with pytest.raises(Unreadable):
        key_ring().open_text(old)


def test_the_command_rotates_and_leaves_an_event(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.case(at="village")
    call_command("rotate_keys")
    assert "新密钥" in capsys.readouterr().out
    assert Event.objects.filter(chain="keys", action="keys_rotated").count() == 1


def test_the_old_key_is_not_retired_in_the_run_that_replaces_it(world: World) -> None:
    with pytest.raises(CommandError, match="单独运行"):
        call_command("rotate_keys", "--retire")
    assert list(load_secrets(django_settings.KEYS_FILE, may_create=False).data_keys) == ["k1"]


def test_the_old_key_stays_while_a_second_pass_still_finds_something_under_it(world: World) -> None:
    person = PersonFactory()
    late = str(Person.objects.get(pk=person.pk).phone)
    call_command("rotate_keys")
    # A request that had sealed this before the key changed, and saves it only now.
    Person.objects.filter(pk=person.pk).update(phone=SealedText(late))
    with pytest.raises(CommandError, match="还有内容在用旧密钥"):
        call_command("rotate_keys", "--resume", "--retire")
    call_command("rotate_keys", "--resume", "--retire")
    assert Person.objects.get(pk=person.pk).phone.reveal()
