"""What is to be said or done after a commit, kept until it has been; and what was said."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet["Outbox"]):
    def waiting(self) -> OutboxQuerySet:
        return self.filter(done_at__isnull=True)


class Outbox(models.Model):
    """A job written in the transaction that caused it. At least once out, received once (by `key`)."""

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict, help_text="ids and codes only")
    run_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    given_up = models.BooleanField(default=False)
    last_error = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("发件箱")
        indexes = (
            models.Index(fields=("run_at", "id"), name="outbox_waiting", condition=models.Q(done_at__isnull=True)),
        )

    def __str__(self) -> str:
        return self.key


class Message(models.Model):
    """A message to somebody, as it was said. `subject` says whose it is, in the sender's words (`case:7`)."""

    key = models.CharField(max_length=120, unique=True)
    subject = models.CharField(max_length=60)
    audience = models.CharField(_("对象"), max_length=20)
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ("-id",)
        verbose_name = _("消息")
        indexes = (models.Index(fields=("subject", "-id"), name="message_subject_newest"),)

    def __str__(self) -> str:
        return self.key


class Reading(models.Model):
    """That somebody has read a message: each for themselves, for what is said to a queue is said to several."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="readings")
    reader = models.CharField(max_length=60, help_text="in the sender's words, as a subject (`staff:7`)")
    at = models.DateTimeField(_("时间"))

    class Meta:
        default_permissions = ()
        verbose_name = _("已看过的消息")
        constraints = (
            models.UniqueConstraint(
                fields=("message", "reader"),
                name="message_read_once",
                violation_error_message=_("这条消息已经看过"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id} {self.reader}"
