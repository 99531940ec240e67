"""A new database at once: what the migrations up to 0022 come to, without taking their road.

Django makes every model anew for every step of a migration, and on SQLite every altered table as well: twenty-two
migrations take ten seconds to say what the last of them knows. Here their operations are the state, read from
themselves, and each table is made once from where that ends; then their triggers and what they enter. A database that
has any of them already goes on along them, as before. `tests/casework/test_migrations.py` holds both roads to one
schema.
"""

from importlib import import_module

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations
from django.db.migrations.operations.base import Operation

REPLACED = (
    "0001_initial",
    "0002_append_only",
    "0003_one_account_a_person",
    "0004_second_thoughts",
    "0005_clock",
    "0006_what_is_wanted",
    "0007_replayed_logs",
    "0008_checkups",
    "0009_other_roads",
    "0010_insurance",
    "0011_insurance_guards",
    "0012_one_benefit_once",
    "0013_public_notices",
    "0014_rights",
    "0015_claim_papers",
    "0016_entitlements_without_money",
    "0017_insurance_exchange",
    "0018_case_log",
    "0019_case_log_kept",
    "0020_visits_and_coverage",
    "0021_terms_pages",
    "0022_donations",
)
STEPS = {name: import_module(f"casework.migrations.{name}") for name in REPLACED}
GUARDS = (
    ("0002_append_only", "forbid"),
    ("0011_insurance_guards", "guard"),
    ("0012_one_benefit_once", "lock"),
    ("0014_rights", "forbid"),
    ("0019_case_log_kept", "guard"),
)
"""What makes the triggers. What else those migrations ran mended rows that a new database does not have."""


class EveryTable(Operation):
    """Each table once, as it is after all of them."""

    reduces_to_sql = True
    reversible = False

    def state_forwards(self, app_label, state):
        # Models that are drawn already would be drawn anew at every step of the way.
        state.clear_delayed_apps_cache()
        state.__dict__.pop("apps", None)
        for step in STEPS.values():
            for operation in step.Migration.operations:
                operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for model in to_state.apps.get_app_config(app_label).get_models():
            schema_editor.create_model(model)

    def describe(self):
        return "Every table as it is after 0022"


class Migration(migrations.Migration):
    initial = True
    replaces = [("casework", name) for name in REPLACED]
    dependencies = [("contenttypes", "0002_remove_content_type_name")]
    operations = [
        BtreeGistExtension(),
        EveryTable(),
        *(migrations.RunPython(getattr(STEPS[name], guard)) for name, guard in GUARDS),
        migrations.RunPython(STEPS["0005_clock"].enter_the_years_that_are_known),
    ]
