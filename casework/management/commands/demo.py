import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from casework.demo.accounts import account_lines
from casework.demo.boards import Boards, hang_lists
from casework.demo.cases import build_cases
from casework.demo.county import build_county
from casework.demo.exchange import connect_insurer, list_claims
from casework.demo.families import build_families
from casework.demo.grants import build_grants
from casework.demo.insurance import build_insurance
from casework.demo.rights import afar_line, build_rights
from casework.demo.standard.build import MadeProgrammes, build_programmes
from casework.demo.visits import build_visits
from casework.evidence.storage import in_the_system_s_time
from casework.models import Division, Level
from casework.places import load_divisions
from notifications.worker import Worker
from workflows import missing
from workflows.jobs import HANDLERS


class Command(BaseCommand):
    help = "建一个示范县：真实的乡镇和村，虚构的机构人员、名册和案件。可重复运行，已有的一概不动。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", default="430922", help="县级区划代码（默认桃江县 430922）")
        parser.add_argument("--empty", action="store_true", help="只建机构、人员和医院，不要名册和案件")
        parser.add_argument("--yes-really", action="store_true", help="在正式环境里也建（示范密码是公开的）")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRIAL and not options["yes_really"]:
            raise CommandError(
                "这是正式环境（NUANXIN_DEBUG=0），示范账号的密码是公开的，没有建。确实要建，请加 --yes-really。"
            )
        call_command("migrate", verbosity=0)
        if not Division.objects.filter(level=Level.VILLAGE).exists():
            fresh, _known = load_divisions()
            self.stdout.write(f"载入行政区划 {fresh} 个。")
        county = county_named(options["county"])
        made = build_county(county.code)
        self.stdout.write(
            f"{county.name}：新设机构 {made.offices} 个、人员 {made.staff} 人、医院 {made.hospitals} 家。"
            if any((made.offices, made.staff, made.hospitals))
            else f"{county.name}：机构、人员和医院都已有，没有改动。"
        )
        if not options["empty"]:
            self.fill(county.code)
        for line in account_lines(county.code):
            self.stdout.write(line)
        for line in missing.lines():
            self.stderr.write(self.style.ERROR(line))

    def fill(self, county: str) -> None:
        with quiet_messages(), in_the_system_s_time():
            made = build_cases(county)
            if made.cases:
                build_visits(county)
                build_families(county)
            insurer = connect_insurer(county) if made.cases else None
            insured = build_insurance(county) if made.cases else None
            rights = build_rights(county) if made.cases else 0
            grants = build_grants(county) if made.cases else 0
            programmes = build_programmes(county) if made.cases else MadeProgrammes()
            hung = hang_lists(county) if made.cases else Boards()
            # One transaction for all of them: none of these is sent anywhere, and the disk need be waited for but once.
            with transaction.atomic():
                said = Worker(HANDLERS).run_once() if made.cases else 0
            if insurer is not None:
                list_claims(insurer, county)
        if not made.cases:
            self.stdout.write("本县已有名册或案件，没有再添。")
            return
        self.stdout.write(
            f"名册 {made.register} 人，案件 {made.cases} 件，退回更正的申报 {made.sent_back} 行，告知申请人 {said} 次。"
        )
        if insured is not None and insured.persons:
            self.stdout.write(f"投保 {insured.persons} 人，理赔 {insured.claims} 件。")
        self.stdout.write(f"维权案件 {rights} 件。")
        self.stdout.write(f"一页方案的项目 {programmes.programmes} 个，案件 {grants + programmes.cases} 件。")
        for why in programmes.stuck:
            self.stdout.write(f"停在半路：{why}")
        if hung.sheets:
            self.stdout.write(f"公示榜 {hung.sheets} 张，{hung.people} 人，其中 {hung.objected} 人有异议。")
        for line in afar_line():
            self.stdout.write(line)


def county_named(code: str) -> Division:
    """The county of that code; raises `CommandError` when there is none."""
    county = Division.objects.filter(pk=code, level=Level.COUNTY).first()
    if county is None:
        raise CommandError(f"没有代码为“{code}”的县。请写6位县级代码，例如 430922（桃江县）。")
    return county


@contextmanager
def quiet_messages() -> Iterator[None]:
    """Without a line in the log for each of the messages."""
    log = logging.getLogger("nuanxin.messages")
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(level)
