from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils.timezone import localdate

from casework.management.programme_named import programme_named
from casework.models import CalendarYear, Office
from workflows import registry
from workflows.estimates import estimate_sentence, estimated_now
from workflows.programme import Programme
from workflows.proof import Fault, Proof, counties_at_work, office_faults, proofs


class Command(BaseCommand):
    help = "证明每个项目的流程：都能走到、都能办完、少一个签字都付不了款……有一处不对就以 1 退出，并给出路径。"
    # It says in full what the system check says in short, and would be stopped by it.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", nargs="?", default="", help="项目代码；不写就是全部项目")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["programme"]
        programmes = [programme_named(named)] if named else list(registry.programmes().values())
        offices_known = self._database_is_ready()
        self._say_what_is_estimated()
        faulty = [programme for programme in programmes if not self._report(programme, offices_known)]
        if faulty:
            titles = "、".join(programme.title for programme in faulty)
            raise CommandError(f"流程没有通过证明：{titles}")

    def _database_is_ready(self) -> bool:
        try:
            return Office._meta.db_table in connection.introspection.table_names()
        except OperationalError as problem:
            raise CommandError(f"连不上数据库，机构无法核对：{problem}") from problem

    def _say_what_is_estimated(self) -> None:
        """Deadlines are proved to be there; whether their dates can be relied on is for the calendar to say."""
        known = CalendarYear._meta.db_table in connection.introspection.table_names()
        years = estimated_now(localdate()) if known else ()
        if years:
            self.stdout.write(f"注意：{estimate_sentence(years)}")

    def _report(self, programme: Programme, offices_known: bool) -> bool:
        """Say what was found about a programme, under each of its flows; whether it is proved."""
        found, today = proofs(programme), localdate()
        missing = office_faults(programme, on=today) if offices_known else []
        for proof in found:
            self.stdout.write(f"{programme.title}（{programme.slug}），流程第{proof.programme.flow.version}版")
            for fault in proof.faults:
                self._say(fault)
            for line in proved(proof) if proof.holds else ():
                self.stdout.write(f"  {line}")
        for fault in missing:
            self._say(fault)
        if missing or not all(proof.holds for proof in found):
            return False
        counties = counties_at_work(programme, on=today) if offices_known else []
        self.stdout.write(f"  {offices(len(counties), offices_known)}")
        return True

    def _say(self, fault: Fault) -> None:
        self.stdout.write(f"  {'注意' if fault.is_warning else '不对'} {fault.check_id} {fault.code}：{fault.sentence}")
        if fault.path:
            self.stdout.write(f"      路径：{fault.road}")


def proved(proof: Proof) -> list[str]:
    """What holds, as sentences."""
    versions = "、".join(terms.version for terms in proof.programme.terms.versions)
    signatures = "、".join(proof.signatures)
    return [
        f"已证明：{proof.steps} 个环节、{proof.outcomes} 种结果，走遍 {proof.states} 种状态（环节 × 阶段 × 签字），"
        f"方案 {versions}。",
        "每个环节都走得到，走到哪里都办得完，没有转不出来的圈；申请内容中途更改也一样。",
        f"没有{signatures}各由不同的人签字，走不到付款：流程自身如此，加上法律的守则也如此。",
        "每种结果法律都许可，由许可的岗位办理；每个环节都有期限，每种退回和拒绝都有理由可选；终点都停在办结的阶段。",
    ]


def offices(counties: int, offices_known: bool) -> str:
    if not offices_known:
        return "机构没有核对：数据库还没有建表（先运行 migrate）。"
    if not counties:
        return "机构没有核对：还没有一个县设了机构、有了人员或案件。"
    return f"机构：{counties} 个县，每个环节所在的层级都有机构。"
