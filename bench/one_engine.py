"""Everything on one database, in a process of its own; prints its results as one line of JSON at the end."""

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
    results = step.run(engine, County("430922"))
    results += crowd.run(engine, County("430903"))
    results += replay.run(engine, County("430902"))
    results += imports.run(engine, County("430923"))
    large, small = County("430921"), County("430981")
    results += queues.run(engine, large, small)
    results += sweep.run(engine, large, small)
    connection.close()
    print("RESULTS " + json.dumps([result.as_json() for result in results], ensure_ascii=False))
