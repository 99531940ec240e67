"""Two checks compare a sum with a sum of columns. SQLite adds up in binary fractions: 24.50 + 15.20 + 0.20 came to less
than 39.90, and a policy that closes, or the end of a case that was paid too much, was refused. Both are rounded to the
cent. On SQLite the two tables are made anew; neither has a trigger."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Round


class Migration(migrations.Migration):
    dependencies = [("casework", "0022_donations")]
    operations = [
        migrations.RemoveConstraint("case", "case_paid_no_more_than_promised"),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=Q(paid_amount__gte=0, to_recover__gte=0)
                & (
                    ~Q(stage__in=("paid", "closed"))
                    | Q(paid_amount__lte=Round(F("amount") + F("to_recover"), precision=2))
                ),
                name="case_paid_no_more_than_promised",
                violation_error_message="发放总额不能超过核定金额",
            ),
        ),
        migrations.RemoveConstraint("policy", "policy_shares_close"),
        migrations.AddConstraint(
            "policy",
            models.CheckConstraint(
                condition=Q(
                    unit_premium=Round(
                        F("by_family") + F("by_city") + F("by_county") + F("by_insurer") + F("by_other"), precision=2
                    )
                ),
                name="policy_shares_close",
                violation_error_message="各方承担之和必须等于每份保费，说不清的填在“其他”",
            ),
        ),
    ]
