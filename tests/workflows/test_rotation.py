"""Rotating the data key: everything stays readable, nothing stays under the old key, equality is untouched."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command

from casework.crypto import Unreadable, key_ring, lookup_hash
from casework.models import Event, Person
from tests.world import World
from workflows.papers.sheets import file_store
from workflows.rotation import add_key, retire_old_keys, rewrite_all, sealed_columns


@pytest.fixture(autouse=True)
def _keys_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_FILE = Path(shutil.copy(django_settings.KEYS_FILE, tmp_path / "keys.json"))


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
