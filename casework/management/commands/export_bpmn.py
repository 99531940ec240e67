from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.programme_named import programme_named
from casework.management.whole_file import READABLE, cannot_write, whole_file
from workflows.bpmn import to_bpmn
from workflows.conformance.net import read_net
from workflows.conformance.soundness import examine
from workflows.flow import CaseFlow
from workflows.programme import Programme


class Command(BaseCommand):
    help = "把一个项目的流程写成 BPMN 2.0 文件，可用其他流程软件打开；先核对它作为工作流网健全。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="项目代码，如 nursing_subsidy")
        parser.add_argument("out", type=Path, help="写到哪个文件，如 nursing_subsidy.bpmn")
        parser.add_argument("--flow-version", type=int, metavar="N", help="第几版流程（默认现行的一版）")

    def handle(self, *args: Any, **options: Any) -> None:
        programme, out = programme_named(options["programme"], or_brought_in=True), options["out"]
        flow = flow_of(programme, options["flow_version"])
        document = to_bpmn(flow)
        check_sound(document)
        try:
            with whole_file(out, mode=READABLE) as part:
                part.write_bytes(document)
        except OSError as problem:
            raise cannot_write(out, problem) from problem
        self.stdout.write(f"{programme.title}的流程（第{flow.version}版）已写到 {out}")


def check_sound(document: bytes) -> None:
    """What leaves the house can be run by anybody to its end. Raises `CommandError`, naming every flaw."""
    flaws = examine(read_net(document)).flaws
    if flaws:
        raise CommandError("流程图作为工作流网不健全，没有写出：" + "；".join(map(str, flaws)))


def flow_of(programme: Programme, version: int | None) -> type[CaseFlow]:
    """The flow of that version; the present one without. Raises `CommandError`, naming the versions there are."""
    if version is None:
        return programme.flow
    found = {flow.version: flow for flow in programme.flows}
    if version not in found:
        listed = "、".join(f"第{number}版" for number in sorted(found))
        raise CommandError(f"{programme.title}没有第{version}版流程。现有：{listed}。")
    return found[version]
