import math
from fractions import Fraction
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.management.programme_named import programme_named
from workflows import registry
from workflows.conformance.alignment import Move
from workflows.conformance.cases import Fit, fit_of_cases

LISTED = 20


class Command(BaseCommand):
    help = "把每件案子实际走过的环节同流程图（BPMN）比对，说出吻合度和每一处偏差；有偏差就以 1 退出。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", nargs="?", default="", help="项目代码；不写就是全部项目")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["programme"]
        programmes = [programme_named(named)] if named else list(registry.programmes().values())
        deviating = 0
        for programme in programmes:
            for flow in programme.flows:
                self.stdout.write(f"{programme.title}，流程第{flow.version}版")
                for what, fit in zip(("已终了", "办理中"), fit_of_cases(flow, keep=LISTED), strict=True):
                    self._report(what, fit)
                    deviating += fit.cases - fit.fitting
        if deviating:
            raise CommandError(f"有 {deviating} 件与流程图不一致")

    def _report(self, what: str, fit: Fit) -> None:
        if not fit.cases:
            self.stdout.write(f"  {what}：没有走过环节的案件")
            return
        self.stdout.write(
            f"  {what}：{fit.cases} 件，走法 {len(fit.paths)} 种；完全一致 {fit.fitting} 件，吻合度 {four(fit.fitness)}"
        )
        for number, alignment in fit.deviating:
            said = "；".join(deviation(move) for move in alignment.deviations)
            self.stdout.write(f"    {number}（吻合度 {four(alignment.fitness)}）：{said}")
        unlisted = fit.cases - fit.fitting - len(fit.deviating)
        if unlisted:
            self.stdout.write(f"    ……还有 {unlisted} 件，没有列出")


def deviation(move: Move) -> str:
    return f"流程图没有而做了“{move.done}”" if move.model is None else f"流程图要求而没有做“{move.model}”"


def four(fitness: Fraction) -> str:
    """Cut, not rounded: only what fits entirely is 1.0000."""
    return f"{math.floor(fitness * 10_000) / 10_000:.4f}"
