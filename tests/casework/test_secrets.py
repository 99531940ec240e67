"""The key file: made on a trial's first run for its owner's eyes only, refused when missing or weak in service."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from casework.secrets import fresh_secrets, load_secrets, parse_secrets, write_secrets

ROOT = Path(__file__).resolve().parents[2]


def test_a_trial_makes_its_keys_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    made = load_secrets(path, may_create=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_secrets(path, may_create=False) == made


def test_in_service_a_missing_file_is_refused_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="missing"):
        load_secrets(tmp_path / "keys.json", may_create=False)
    assert list(tmp_path.iterdir()) == []


def test_in_service_a_file_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    write_secrets(path, fresh_secrets())
    path.chmod(0o644)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        load_secrets(path, may_create=False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"django": "short"}, "`django`"),
        ({"django": "a" * 60}, "`django`"),
        ({"hash": "AAAA"}, "`hash`"),
        ({"slip": "A" * 43 + "="}, "`slip`"),
        ({"data": {"k1": "AAAA"}}, "`data.k1`"),
        ({"current": "k9"}, "`current`"),
        ({"hash": "not base64!"}, "cannot be read"),
    ],
)
def test_a_weak_or_broken_key_is_named_and_never_shown(change: dict[str, object], said: str) -> None:
    text = json.dumps({**json.loads(fresh_secrets().as_json()), **change})
    with pytest.raises(ImproperlyConfigured, match=said):
        parse_secrets(text, source="keys.json")


def started(data: Path, *, in_service: bool) -> subprocess.CompletedProcess[str]:
    """The program as an administrator starts it, its keys in that folder."""
    environment = {
        **os.environ,
        "NUANXIN_DATA": str(data),
        "NUANXIN_DEBUG": "0" if in_service else "1",
        "NUANXIN_HOSTS": "example.org",
    }
    command = [sys.executable, "manage.py", "check"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_the_program_does_not_start_in_service_without_its_keys(tmp_path: Path) -> None:
    ran = started(tmp_path, in_service=True)
    assert ran.returncode != 0
    assert "Key file" in ran.stderr and "missing" in ran.stderr


def test_nor_with_keys_that_others_can_read(tmp_path: Path) -> None:
    write_secrets(tmp_path / "keys.json", fresh_secrets())
    (tmp_path / "keys.json").chmod(0o640)
    ran = started(tmp_path, in_service=True)
    assert ran.returncode != 0
    assert "chmod 600" in ran.stderr


def test_nor_with_a_weak_key_which_is_never_shown(tmp_path: Path) -> None:
    weak = {**json.loads(fresh_secrets().as_json()), "django": "django-insecure-only-for-a-try"}
    (tmp_path / "keys.json").write_text(json.dumps(weak), encoding="utf-8")
    (tmp_path / "keys.json").chmod(0o600)
    ran = started(tmp_path, in_service=True)
    assert ran.returncode != 0
    assert "too weak: `django`" in ran.stderr
    assert "only-for-a-try" not in ran.stderr


def test_a_trial_starts_in_an_empty_folder_and_goes_into_service_with_what_it_made(tmp_path: Path) -> None:
    assert started(tmp_path, in_service=False).returncode == 0
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "keys" in path.name] == ["keys.json"]
    assert started(tmp_path, in_service=True).returncode == 0
