"""What our own rows are measured against."""

from django.db import models


class BareRow(models.Model):
    """A line of a sheet as text, and nothing else."""

    c0 = models.TextField()
    c1 = models.TextField()
    c2 = models.TextField()
    c3 = models.TextField()
    c4 = models.TextField()
    c5 = models.TextField()
    c6 = models.TextField()
    c7 = models.TextField()
    c8 = models.TextField()
    c9 = models.TextField()
    c10 = models.TextField()
    c11 = models.TextField()

    def __str__(self) -> str:
        return str(self.pk)


class FloorEvent(models.Model):
    """One event, the least a step can leave."""

    case_id = models.BigIntegerField()
    at = models.DateTimeField()
    action = models.CharField(max_length=40)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.action
