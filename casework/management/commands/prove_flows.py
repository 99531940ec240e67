from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, connection
from django.utils.timezone import localdate

from casework.management.programme_named import programme_named
from casework.models import CalendarYear, Office, Stage
from workflows import law_table, missing, registry
from workflows.estimates import estimate_sentence, estimated_now
from workflows.programme import Programme
from workflows.proof import (
    Code,
    Fault,
    Proof,
    counties_at_work,
    office_faults,
    proofs,
    staffing_faults,
    story,
    unused,
)
from workflows.proof.gaps import Gap

MOST_GAPS = 40
"""How many gaps in the staff of one programme are printed; the number of all is."""


class Command(BaseCommand):
    help = "证明每个项目的流程：都能走到、都能办完、少一个签字都付不了款、人手够用……有一处不对就以 1 退出，并给出路径。"
    # It says in full what the system check says in short, and would be stopped by it.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", nargs="?", default="", help="项目代码；不写就是全部项目")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["programme"]
        for one in registry.left_out():
            # Its cases cannot be read, and the staff is measured by the cases there are.
            if missing.is_wanted(one):
                raise CommandError(missing.sentence_of(one))
        programmes = [programme_named(named)] if named else list(registry.programmes().values())
        found = {programme.slug: proofs(programme) for programme in programmes}
        sound = all(proof.holds for one in found.values() for proof in one)
        offices_known = self._database_is_ready()
        self._say_what_is_estimated()
        # Staffing is measured along the roads of the flows: they must be sound.
        gaps = staffing_faults() if offices_known and sound else []
        faulty = [one for one in programmes if not self._report(one, found[one.slug], gaps, offices_known, sound)]
        if not named and sound:
            self.stdout.write(idle([proof for one in found.values() for proof in one]))
        for one in registry.left_out():
            word = "注意" if named else "不对"
            self.stdout.write(f"{one.slug}\n  {word} {missing.LEFT_OUT}：{missing.sentence_of(one)}")
        left_out = () if named else registry.left_out()
        if faulty or left_out:
            titles = "、".join([*(programme.title for programme in faulty), *(one.slug for one in left_out)])
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

    def _report(
        self, programme: Programme, found: list[Proof], gaps: list[Gap], offices_known: bool, staff_known: bool
    ) -> bool:
        """Say what was found about a programme, under each of its flows; whether it is proved."""
        today = localdate()
        counties = counties_at_work(programme, on=today) if offices_known else []
        for proof in found:
            self.stdout.write(f"{programme.title}（{programme.slug}），流程第{proof.programme.flow.version}版")
            for fault in told(proof, staff_known=staff_known and bool(counties)):
                self._say(fault, proof)
            for line in proved(proof) if proof.holds else ():
                self.stdout.write(f"  {line}")
        missing = office_faults(programme, on=today) if offices_known else []
        for fault in missing:
            self._say(fault, found[0])
        unstaffed = [gap for gap in gaps if gap.programme.slug == programme.slug]
        for gap in unstaffed[:MOST_GAPS]:
            self._say(gap.fault(), found[0])
        if len(unstaffed) > MOST_GAPS:
            self.stdout.write(f"  ……这样缺人的一共{len(unstaffed)}处，其余见体检页面或 manage.py doctor --json。")
        if missing or unstaffed or not all(proof.holds for proof in found):
            return False
        self.stdout.write(f"  {offices(len(counties), offices_known)}")
        return True

    def _say(self, fault: Fault, proof: Proof) -> None:
        self.stdout.write(f"  {'注意' if fault.is_warning else '不对'} {fault.check_id} {fault.code}：{fault.sentence}")
        for line in story(proof.programme.flow, fault):
            self.stdout.write(f"      {line}")


def told(proof: Proof, *, staff_known: bool) -> list[Fault]:
    """The faults to tell. Where it is known who is in post, that two hats could hang on one person needs no warning:
    either they do, which is told by the office, or they do not."""
    return [fault for fault in proof.faults if not (staff_known and fault.code is Code.TWO_HATS)]


def proved(proof: Proof) -> list[str]:
    """What holds, as sentences."""
    versions = "、".join(terms.version for terms in proof.programme.terms.versions)
    signatures = "、".join(proof.signatures)
    return [
        f"已证明：{proof.steps} 个环节、{proof.outcomes} 种结果，走遍 {proof.states} 种状态（环节 × 阶段 × 签字），"
        f"方案 {versions}。",
        "每个环节都走得到，走到哪里都办得完，没有转不出来的圈；申请内容中途更改也一样。",
        *refined(proof),
        f"没有{signatures}各由不同的人签字，走不到付款：流程自身如此，加上法律的守则也如此。",
        f"每一步等待都有期限：{proof.steps} 个环节在每个版本的方案里都有；每种退回和拒绝都有理由可选。",
    ]


def refined(proof: Proof) -> list[str]:
    """That the flow does nothing the law does not have, as a result of its own."""
    if not proof.refines_law or proof.refinement is None:
        return []
    return [
        f"流程不越出法律：{proof.refinement.turns} 种走法（环节 × 结果 × 阶段，连同代办、中止、回到来处、"
        f"办结后重新开启）法律都有，由许可的岗位办理，终点都停在办结的阶段。"
    ]


def idle(found: Iterable[Proof]) -> str:
    """What the law has and no flow uses: nothing wrong with that, but worth knowing."""
    rows = unused(proof.refinement for proof in found if proof.refinement)
    if not rows:
        return "法律里的每个动作都有流程用到。"
    said = "、".join(f"{law_table.word(verb)}（{Stage(stage).label}时）" for verb, stage in rows)
    return f"供参考，法律里没有流程用到的动作：{said}。"


def offices(counties: int, offices_known: bool) -> str:
    if not offices_known:
        return "机构没有核对：数据库还没有建表（先运行 migrate）。"
    if not counties:
        return "机构没有核对：还没有一个县设了机构、有了人员或案件。"
    return f"机构和人员：{counties} 个县，每个环节所在的层级都有机构，每件案子都有足够的不同的人办到底。"
