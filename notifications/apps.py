from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The voice: what is to be told to whom, kept until it has been."""

    name = "notifications"
    verbose_name = "消息"
