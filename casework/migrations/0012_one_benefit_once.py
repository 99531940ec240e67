"""What can be held once: the table, and the locks on it and on the periods of a programme.

Overlap of date ranges is an exclusion constraint on PostgreSQL. SQLite has none, so triggers keep the same; a later
migration that alters one of the two tables there makes it anew without its triggers, and has to put them back.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

LOCKS = {
    "one_benefit_once": ("casework_benefithold", ("benefit", "claimant")),
    "no_period_overlaps": ("casework_entitlement", ("person_id", "programme")),
}

POSTGRES = """
ALTER TABLE {table} ADD CONSTRAINT {name}
EXCLUDE USING gist ({same}, daterange(begins, ends, '[)') WITH &&) WHERE (live)
"""

SQLITE = """
CREATE TRIGGER {name}_{verb} BEFORE {when} ON {table} WHEN NEW.live AND EXISTS (
    SELECT 1 FROM {table} held
    WHERE held.live AND {same} AND held.id IS NOT NEW.id
      AND held.begins < held.ends AND NEW.begins < NEW.ends AND held.begins < NEW.ends AND NEW.begins < held.ends)
BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
VERBS = {"insert": "INSERT", "update": "UPDATE OF begins, ends, live"}


def lock(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, (table, columns) in LOCKS.items():
        if schema_editor.connection.vendor == "postgresql":
            same = ", ".join(f"{column} WITH =" for column in columns)
            schema_editor.execute(POSTGRES.format(table=table, name=name, same=same), params=None)
        else:
            same = " AND ".join(f"held.{column} = NEW.{column}" for column in columns)
            for verb, when in VERBS.items():
                said = SQLITE.format(table=table, name=name, same=same, verb=verb, when=when)
                schema_editor.execute(said, params=None)


def unlock(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for name, (table, _columns) in LOCKS.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}", params=None)
        else:
            for verb in VERBS:
                schema_editor.execute(f"DROP TRIGGER {name}_{verb}", params=None)


class Migration(migrations.Migration):
    dependencies = [("casework", "0011_insurance_guards")]
    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="BenefitHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("benefit", models.CharField(max_length=60, verbose_name="待遇")),
                ("claimant", models.CharField(max_length=24, verbose_name="享受人")),
                ("begins", models.DateField(verbose_name="起日")),
                (
                    "ends",
                    models.DateField(help_text="the first day that is no longer part of it", verbose_name="止日"),
                ),
                ("live", models.BooleanField(default=True)),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="casework.case"
                    ),
                ),
            ],
            options={
                "verbose_name": "待遇享受期间",
                "indexes": [
                    models.Index(
                        condition=models.Q(("live", True)),
                        fields=["claimant", "benefit", "begins"],
                        name="hold_claimant",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("begins"))),
                        name="hold_dates_in_order",
                        violation_error_message="止日必须晚于起日",
                    )
                ],
            },
        ),
        migrations.RunPython(lock, unlock),
    ]
