"""What a log says of something that broke: where and of what kind, and nothing of whom."""

from __future__ import annotations

import io
import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from casework.conf.logs import LineFormatter
from casework.models import Case, Role
from tests.factories import invented_identity
from tests.world import World


def line_of(problem: BaseException) -> str:
    record = logging.LogRecord("nuanxin", logging.ERROR, __file__, 1, "it broke", (), None)
    record.exc_info = (type(problem), problem, problem.__traceback__)
    return LineFormatter("{levelname} {message}", style="{").format(record)


def test_an_error_is_told_by_place_and_kind_with_what_it_came_from_and_without_its_words() -> None:
    name, number = invented_identity(7), f"{invented_identity(8)}?"
    try:
        try:
            int(number)
        except ValueError as cause:
            raise KeyError(name) from cause
    except KeyError as problem:
        told = line_of(problem)
    assert "ERROR it broke" in told and "test_logs.py" in told
    assert told.index("ValueError") < told.index("KeyError")
    assert name not in told and number not in told


def test_a_row_the_database_refuses_is_not_shown_in_the_log(world: World) -> None:
    case = world.case(at="intake")
    twin = Case.objects.get(pk=case.pk)
    twin.pk = None
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        twin.save(force_insert=True)
    told = line_of(refused.value)
    assert "IntegrityError" in told
    assert case.number not in told


def test_a_page_that_breaks_is_logged_so(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    name, written = "向秋月", io.StringIO()
    line = {key: value for key, value in settings.LOGGING["formatters"]["line"].items() if key != "()"}
    assert settings.LOGGING["formatters"]["line"]["()"] == f"{LineFormatter.__module__}.{LineFormatter.__name__}"

    def broken(*_given: object) -> None:
        raise RuntimeError(name)

    handler = logging.StreamHandler(written)
    handler.setFormatter(LineFormatter(line["format"], style=line["style"]))
    monkeypatch.setattr(logging.getLogger("django.request"), "handlers", [handler])
    monkeypatch.setattr("casework.desk.search.find", broken)
    client.force_login(world.by(Role.INTAKE_CLERK))
    client.raise_request_exception = False
    answer = client.post("/desk/search/", {"q": name})
    told = written.getvalue()
    assert answer.status_code == 500 and "/desk/search/" in told and "RuntimeError" in told
    assert name not in told
