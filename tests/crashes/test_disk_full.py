"""The disk fills up while a photograph is written: the clerk is told, nothing is half kept, and later it goes through.

The kernel itself refuses to write further (a limit on this process's files), as a full disk does.
"""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.models import Case, Event, Evidence, Role
from tests.casework.evidence.pictures import scenery, written
from tests.world import World
from workflows import trail

pytestmark = [pytest.mark.django_db, pytest.mark.both]

ROOM = 4096
"""Bytes: less than any photograph takes."""


@contextlib.contextmanager
def nearly_full() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def kept_files(settings: Any) -> list[Path]:
    return [path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file()]


def test_a_photograph_that_does_not_fit_is_told_and_leaves_nothing_and_later_goes_through(
    world: World, settings: Any
) -> None:
    case, data = world.case("village"), written(scenery(3))
    verifier = Client()
    verifier.force_login(world.by(Role.VILLAGE_VERIFIER))
    url = reverse("desk:attach", args=[case.number])
    events = Event.objects.count()

    def send() -> str:
        photograph = SimpleUploadedFile("visit.jpg", data, "image/jpeg")
        given = {"kind": Evidence.Kind.PHOTOGRAPH, "chosen": [photograph]}
        return str(verifier.post(url, given, follow=True).content.decode())

    assert len(data) > ROOM
    with nearly_full():
        told = send()

    assert "磁盘" in told or "存不下" in told or "没有存成" in told
    assert kept_files(settings) == []
    assert not Evidence.objects.exists()
    assert Event.objects.count() == events
    assert Case.objects.get(pk=case.pk).papers == case.papers

    send()
    assert Evidence.objects.filter(case=case).count() == 1
    assert len(kept_files(settings)) >= 1
    assert list(trail.breaks()) == []
