import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.programme_named import programme_named
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
        programme, out = programme_named(options["programme"]), options["out"]
        flow = flow_of(programme, options["flow_version"])
        document = to_bpmn(flow)
        check_sound(document)
        try:
            write_whole(out, document)
        except OSError as problem:
            raise CommandError(f"写不了 {out}：{problem.strerror}。请检查文件夹是否存在、是否有权写。") from problem
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


def write_whole(out: Path, content: bytes) -> None:
    """Write all of a file or nothing: a reader sees the old one or the new one, never half. Raises `OSError`."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            # mkstemp makes it private; a file people hand on is readable as any other they write.
            os.fchmod(file.fileno(), 0o644)
        os.replace(name, out)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
