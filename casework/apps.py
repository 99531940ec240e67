from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Facts and faces: the people, places, cases and papers, and the screens on them."""

    name = "casework"
    verbose_name = "办案"
