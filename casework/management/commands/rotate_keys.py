from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.rotation import add_key, retire_old_keys, rewrite_all

# A request that sealed a value before the key changed may save it after the rewriting has passed.
WHY_TWICE = "换密钥时正在办理的内容可能仍用旧密钥保存，要再改一遍、确认没有剩下，才能去掉旧密钥。"


class Command(BaseCommand):
    help = "更换加密密钥：生成新密钥，把全部加密内容改用新密钥。中断后可加 --resume 接着做。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--resume", action="store_true", help="不再生成新密钥，只把剩下的改完")
        parser.add_argument("--retire", action="store_true", help="改完后从密钥文件里去掉旧密钥（旧备份将无法读取）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retire"] and not options["resume"]:
            raise CommandError("--retire 要单独运行：先 rotate_keys，再 rotate_keys --resume --retire。" + WHY_TWICE)
        if not options["resume"]:
            self.stdout.write(f"新密钥：{add_key()}。请立即备份密钥文件。")
        done = rewrite_all()
        self.stdout.write(f"改用密钥 {done.key_id}：数据 {done.values} 项，文件 {done.files} 个。")
        if options["retire"] and (done.values or done.files):
            raise CommandError("刚才还有内容在用旧密钥，旧密钥没有去掉。过一会儿再运行一次。" + WHY_TWICE)
        if options["retire"]:
            self.stdout.write(f"已去掉旧密钥：{'、'.join(retire_old_keys()) or '无'}。")
