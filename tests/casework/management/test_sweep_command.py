"""`manage.py sweep`: looks now or as of a moment, never as of one to come."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casework.models import SupervisionOrder
from tests.workflows.late import begun, overdue
from tests.world import World


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("sweep", *arguments, stdout=out)
    return out.getvalue()


def test_it_tells_how_many_were_looked_at_and_what_came_of_it(world: World) -> None:
    overdue(world)
    assert said() == "看了 1 件，提醒 0 件，督办 1 件。\n"
    assert said() == "看了 0 件，提醒 0 件，督办 0 件。\n"


def test_it_can_be_done_as_of_a_moment_in_the_offices_time(world: World) -> None:
    begun(world.case("township"), "2026-10-12T09:00")
    assert said("--at", "2026-10-21T17:29") == "看了 0 件，提醒 0 件，督办 0 件。\n"
    assert said("--at", "2026-10-21T17:30:00") == "看了 1 件，提醒 1 件，督办 0 件。\n"
    assert said("--at", "2026-10-26T09:30:00Z") == "看了 1 件，提醒 0 件，督办 1 件。\n"


def test_a_limit_says_that_there_may_be_more(world: World) -> None:
    for _number in range(2):
        overdue(world)
    assert said("--limit", "1").splitlines()[1] == "可能还有，请再运行一次。"
    assert SupervisionOrder.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--limit", "0"), "大于零"),
        (("--at", "昨天"), "不是时刻"),
        (("--at", "2026-02-30T09:00"), "不是时刻"),
        (("--at", "0001-01-01T00:00"), "不是时刻"),
        (("--at", "2199-01-01T09:00"), "将来"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(db: None, arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        said(*arguments)
