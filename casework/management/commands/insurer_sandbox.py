"""A small insurer on this machine, for trying out and testing the exchange. Never for service."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.numbers import whole_number
from casework.management.sandbox_insurer.server import MISBEHAVIOURS, Sandbox
from workflows.insurance_exchange.signing import SHORTEST_SECRET, Key


class Command(BaseCommand):
    help = "本机的示范保险公司：验证签名，接收理赔，按固定规则答复；可以故意出错"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=whole_number, default=8490, help="只在本机监听")
        parser.add_argument("--seed", type=whole_number, default=0, help="换一个数，各案件的结果就换一种")
        parser.add_argument("--latency", type=float, default=0.0, help="每次答复前等几秒")
        parser.add_argument("--key-id", default="sandbox", help="密钥编号")
        parser.add_argument("--secret", default="", help="双方共用的密钥，不写就现编一个并显示")
        parser.add_argument("--misbehave", default="", help="故意出错，用逗号隔开：" + "，".join(sorted(MISBEHAVIOURS)))

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = {word.strip() for word in options["misbehave"].split(",") if word.strip()}
        if unknown := sorted(wanted - MISBEHAVIOURS.keys()):
            raise CommandError(f"没有这种出错方式：{'，'.join(unknown)}。可选：{'，'.join(sorted(MISBEHAVIOURS))}")
        secret = options["secret"] or secrets.token_hex(32)
        if len(secret) < SHORTEST_SECRET:
            raise CommandError(f"密钥至少{SHORTEST_SECRET}个字符")
        key = Key(options["key_id"], secret)
        try:
            sandbox = Sandbox(
                key, port=options["port"], seed=options["seed"], latency=options["latency"], misbehave=wanted
            )
        except OSError as problem:
            raise CommandError(f"端口{options['port']}用不了：{problem.strerror}") from problem
        with sandbox:
            self.stdout.write(f"示范保险公司：{sandbox.base_url}")
            self.stdout.write(f"密钥编号：{key.id}")
            if not options["secret"]:
                self.stdout.write(f"密钥：{secret}")
            self.stdout.write("按 Ctrl+C 结束")
            try:
                sandbox.closing.wait()
            except KeyboardInterrupt:
                self.stdout.write("已结束")
