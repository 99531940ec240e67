"""What falls due in a county or a township, with every office inside it, is one stretch of an index each."""

from django.db import migrations, models


def inside(length: int) -> models.Func:
    return models.Func(
        models.F("office"), output_field=models.CharField(), template=f"SUBSTR(%(expressions)s, 1, {length})"
    )


def index(name: str, length: int) -> migrations.AddIndex:
    waiting = models.Q(finished__isnull=True)
    return migrations.AddIndex(
        "workitem", models.Index(inside(length), models.F("due_at"), models.F("id"), name=name, condition=waiting)
    )


class Migration(migrations.Migration):
    dependencies = [("casework", "0024_visits_put_right")]
    operations = [index("due_in_county", 6), index("due_in_township", 9)]
