"""A page nobody ships, with what no shipped one has (intake in the townships, any resident, what others paid, a log
before the approval, a list on the village's board): the house's own tests of programmes hold for it too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from casework.models import Case
from tests.workflows.standard.invented import application_for, on_its_day
from tests.workflows.standard.pages import in_force
from tests.workflows.standard.stories import at_the_counter, walked, with_log, with_papers
from tests.workflows.standard.test_who_may_say_what import walked_while_everybody_tries
from tests.world import World
from workflows.chart import in_words
from workflows.programme import Programme
from workflows.proof import faults_of

PAGE = """
programme: home_adaptation
title: 无障碍改造补助
number_prefix: WZGZ
bank_memo: 改造补助
fund: 生育关怀资金
applicant: person
common:
  who: {proof: 残疾人证, clause: 改造方案第二条}
  facts:
    - {name: cost, label: 改造费用, kind: money, headings: [费用]}
    - {name: others_paid, label: 其他补助已付, kind: money, required: false}
  papers:
    - {words: 改造合同, clause: 改造方案第三条}
    - {words: 发票, clause: 改造方案第三条}
  how_often: {times: once, per: household, clause: 改造方案第四条}
  review: {ask_within_days: 60, clause: 改造方案第五条}
  log:
    title: 改造登记
    kinds:
      - {name: accepted, label: 验收, by: [county], paper: true, clause: 改造方案第六条}
  steps:
    intake: {days: 5, office: township, clause: 改造方案第七条}
    village: {days: 10, office: township, clause: 改造方案第七条}
    village_notice: {days: 3, clause: 改造方案第七条}
    county: {days: 10, log: [accepted], clause: 改造方案第八条}
    payment: {days: 10, clause: 改造方案第九条}
  notice: {days: 5, working: true, clause: 改造方案第七条}
versions:
  - in_force_from: 2026-01-01
    source: 示例县无障碍改造补助方案（2026年1月1日起施行）
    amount: {kind: share, of: cost, less: [others_paid], percent: "60", least: "500.00", most: "8000.00",
      clause: 改造方案第十条}
"""


@pytest.fixture
def trial() -> Iterator[Programme]:
    with in_force(yaml.safe_load(PAGE)) as programme:
        yield programme


def applied(world: World, programme: Programme) -> tuple[Case, str]:
    cells, day = application_for(programme)
    with on_its_day(day):
        case = at_the_counter(world, programme.slug, cells, on=day)
    with_papers(case)
    with_log(case)
    return case, day


def test_its_road_is_proved_and_its_chart_says_itself(trial: Programme) -> None:
    assert faults_of(trial) == []
    assert "受理（乡镇" in in_words(trial.flow) and "村级公示（待张榜）（" in in_words(trial.flow)


def test_every_outcome_is_said_by_whom_its_hand_names_and_by_no_other(world: World, trial: Programme) -> None:
    case, day = applied(world, trial)
    with on_its_day(day):
        steps, tried = walked_while_everybody_tries(world, trial, case)
    assert steps[0] == "intake" and tried > 100


def test_a_case_of_it_is_paid_at_its_ceiling(world: World, trial: Programme) -> None:
    case, _day = applied(world, trial)
    case = walked(world, case)
    assert (case.stage, f"{case.paid_amount:.2f}") == ("closed", "8000.00")
