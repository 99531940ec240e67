"""Numbers given out one after another."""

from __future__ import annotations

from django.db import models


class NumberSeries(models.Model):
    """The last number given out in a series, e.g. of a county's cases in a year."""

    key = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} {self.last}"
