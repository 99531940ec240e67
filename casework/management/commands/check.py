from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import check

from workflows import registry


class Command(check.Command):
    help = "检查系统；有项目的方案或流程读不出来，以 1 退出。"

    def handle(self, *app_labels: Any, **options: Any) -> None:
        super().handle(*app_labels, **options)
        # Elsewhere a warning: a start goes on without what nobody has applied for. Whoever asks is told no.
        if left_out := registry.left_out():
            raise CommandError(f"有项目读不出来：{'、'.join(one.slug for one in left_out)}。原因见上面的 W100。")
