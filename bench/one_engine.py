"""Everything on one database, in a process of its own; prints each result as a line of JSON when it is there."""

from __future__ import annotations

import json
import os
import sys

import django
from django.core.management import call_command
from django.db import connection

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    # Only now are there models to import.
    from bench import crowd, imports, queues, replay, step, sweep
    from bench.county import County, lay_ground

    engine = sys.argv[1]
    call_command("migrate", verbosity=0, run_syncdb=True)
    lay_ground()
    large, small = County("430921"), County("430981")
    for measured in (
        lambda: step.run(engine, County("430922")),
        lambda: crowd.run(engine, County("430903")),
        lambda: replay.run(engine, County("430902")),
        lambda: imports.run(engine, County("430923")),
        lambda: queues.run(engine, large, small),
        lambda: sweep.run(engine, large, small),
    ):
        for result in measured():
            print("RESULT " + json.dumps(result.as_json(), ensure_ascii=False), flush=True)
    connection.close()
