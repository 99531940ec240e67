"""What was entered in a case's log is never changed or deleted: the database says so."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

KEPT = """
CREATE TRIGGER casework_logentry_no_{verb} BEFORE {verb} ON casework_logentry
BEGIN SELECT RAISE(ABORT, 'an entry of a log is never changed or deleted'); END
"""
KEPT_ON_POSTGRES = """
CREATE TRIGGER casework_logentry_no_change BEFORE UPDATE OR DELETE ON casework_logentry
FOR EACH ROW EXECUTE FUNCTION casework_refuse_change();
CREATE TRIGGER casework_logentry_no_truncate BEFORE TRUNCATE ON casework_logentry
FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();
"""


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(KEPT_ON_POSTGRES, params=None)
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(KEPT.format(verb=verb), params=None)


def release(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in ("change", "truncate"):
            schema_editor.execute(f"DROP TRIGGER casework_logentry_no_{name} ON casework_logentry")
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(f"DROP TRIGGER casework_logentry_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("casework", "0018_case_log")]
    operations = [migrations.RunPython(guard, release)]
