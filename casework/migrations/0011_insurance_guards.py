"""Nobody is insured twice at a time by one product, and what an insurer paid is never changed: the database says so."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Ranges of one number stand in for equality, so that no extension is needed.
EXCLUSION = """
ALTER TABLE casework_insuredperson ADD CONSTRAINT nobody_insured_twice EXCLUDE USING gist (
    int8range(person_id, person_id, '[]') WITH &&,
    int8range(product_id, product_id, '[]') WITH &&,
    daterange(covers_from, covers_to, '[]') WITH &&
) WHERE (live)
"""
TWICE = """
CREATE TRIGGER nobody_insured_twice_{verb} BEFORE {verb} ON casework_insuredperson
WHEN NEW.live AND EXISTS (
    SELECT 1 FROM casework_insuredperson other
    WHERE other.person_id = NEW.person_id AND other.product_id = NEW.product_id AND other.live
      AND other.id IS NOT NEW.id AND other.covers_from <= NEW.covers_to AND NEW.covers_from <= other.covers_to
)
BEGIN SELECT RAISE(ABORT, 'nobody_insured_twice'); END
"""
KEPT = """
CREATE TRIGGER casework_claimpayment_no_{verb} BEFORE {verb} ON casework_claimpayment
BEGIN SELECT RAISE(ABORT, 'a payment of an insurer is never changed or deleted'); END
"""
KEPT_ON_POSTGRES = """
CREATE TRIGGER casework_claimpayment_no_change BEFORE UPDATE OR DELETE ON casework_claimpayment
FOR EACH ROW EXECUTE FUNCTION casework_refuse_change();
CREATE TRIGGER casework_claimpayment_no_truncate BEFORE TRUNCATE ON casework_claimpayment
FOR EACH STATEMENT EXECUTE FUNCTION casework_refuse_change();
"""


def guard(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(EXCLUSION, params=None)
        schema_editor.execute(KEPT_ON_POSTGRES, params=None)
        return
    for verb in ("INSERT", "UPDATE"):
        schema_editor.execute(TWICE.format(verb=verb), params=None)
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(KEPT.format(verb=verb), params=None)


def release(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE casework_insuredperson DROP CONSTRAINT nobody_insured_twice")
        schema_editor.execute("DROP TRIGGER casework_claimpayment_no_change ON casework_claimpayment")
        schema_editor.execute("DROP TRIGGER casework_claimpayment_no_truncate ON casework_claimpayment")
        return
    for name in ("nobody_insured_twice_INSERT", "nobody_insured_twice_UPDATE"):
        schema_editor.execute(f"DROP TRIGGER {name}")
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(f"DROP TRIGGER casework_claimpayment_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("casework", "0010_insurance")]
    operations = [migrations.RunPython(guard, release)]
