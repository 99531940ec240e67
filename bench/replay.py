"""Bringing history in, against steps done one by one through the gateway: both per step."""

from __future__ import annotations

import datetime
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.county import County
from bench.measure import Result, in_turns
from casework.models import WorkItem
from workflows.perform import perform
from workflows.replay.bringing_in import Asked, bring_in

CASES = 200
ACTIVITIES = ("登记", "审核", "审核", "批准", "付款", "办结")
STEPS = 60
ROUNDS = 5
FIRST = datetime.datetime(2017, 1, 9, 9, tzinfo=datetime.UTC)


def run(engine: str, county: County) -> list[Result]:
    """A log as it comes: read twice, its flow proved, every step through the gateway's own acts."""
    needed = STEPS * ROUNDS
    cases = county.cases(county.people(needed, first=700_000))
    items = iter(WorkItem.objects.filter(process__in=cases, finished=None).order_by("pk").values_list("pk", flat=True))
    with tempfile.TemporaryDirectory(prefix="nuanxin-bench-") as folder:
        logs = iter([_log(Path(folder), number) for number in range(ROUNDS)])

        def one_by_one() -> None:
            for _step in range(STEPS):
                perform(next(items), "pass", by=county.verifier, note="入户看过，情况属实")

        def brought_in() -> None:
            found = bring_in(next(logs), Asked(ZoneInfo("UTC"), county.code))
            assert found.log.finished is not None

        base, mine = in_turns([one_by_one, brought_in], rounds=ROUNDS)
    base, mine = base / STEPS, mine / (CASES * len(ACTIVITIES))
    # Half as many a second would do; what takes a whole case at once should do better than one step after another.
    print(f"  {engine}: 补录每秒 {1 / mine:.0f} 步，逐步办理每秒 {1 / base:.0f} 步")
    return [Result("补录一步/perform 一步", engine, mine / base, 0.5, None, mine * 1000, base * 1000)]


def _log(folder: Path, number: int) -> Path:
    """A log of its own: the same one twice would be none."""
    path = folder / f"{number}.xes"
    cases = "".join(_case(f"{number}-{place}", FIRST + datetime.timedelta(days=place)) for place in range(CASES))
    path.write_text(f"<log>{cases}</log>", encoding="utf-8")
    return path


def _case(name: str, begins: datetime.datetime) -> str:
    events = "".join(
        f'<event><string key="concept:name" value="{activity}"/><string key="org:resource" value="somebody"/>'
        f'<date key="time:timestamp" value="{(begins + datetime.timedelta(hours=hour)).isoformat()}"/></event>'
        for hour, activity in enumerate(ACTIVITIES)
    )
    return f'<trace><string key="concept:name" value="{name}"/>{events}</trace>\n'
