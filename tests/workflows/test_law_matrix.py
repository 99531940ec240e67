"""Every stage × every verb × every role, as the law's own definition has it; and the page made from it."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import override
from django_fsm import InvalidResultState, TransitionNotAllowed, has_transition_perm

from casework.models import Capacity, Case, Role, Stage, law
from casework.models.stages import ENDED
from workflows import law as policy
from workflows.law_table import markdown, word
from workflows.standing import Actor

FACTS = "facts as they are"
SYSTEM_AND_ROLES = (None, *Role.values)


BEFORE = {"resume": "verified", "uphold": "rejected"}
"""Verbs that lead back, and a stage each may lead back to."""


def declared() -> dict[str, dict[str, Any]]:
    """Verb -> source -> transition, from the metadata of the field."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for transition in Case._meta.get_field("stage").get_all_transitions(Case):
        found[transition.name][str(transition.source)] = transition
    return dict(found)


LAW = declared()


AFTER_A_PAYMENT = frozenset({"settle", "let_stand", "come_back", "come_back_anew"})
"""Verbs said only of a case that was paid before."""


WHOSE_MONEY = frozenset({law.given_as_goods, law.no_money_of_ours})


def pays_by(verb: str) -> str:
    """Whose money a case must be about for the verb to be said."""
    asked = {guard for moved in LAW.get(verb, {}).values() for guard in moved.conditions}
    if law.given_as_goods in asked:
        return str(Case.PaysBy.GOODS)
    return str(Case.PaysBy.OTHERS if law.no_money_of_ours in asked else Case.PaysBy.CARD)


def case_in(stage: str, verb: str = "", **otherwise: Any) -> Case:
    """A case of which every guard of `verb` has what it asks for, never saved."""
    amount = Decimal("100.00")
    file = {
        "terms_version": "2026-07-01",
        "amount": amount,
        "paid_amount": amount if verb in AFTER_A_PAYMENT else Decimal("0.00"),
        "stage_before": BEFORE.get(verb, ""),
        "payee_account_id": 1,
        "pays_by": pays_by(verb),
        "facts_digest": FACTS,
        "signatures_required": list(Capacity.values),
        **otherwise,
    }
    case = Case(stage=stage, **file)
    case.signatures = dict.fromkeys(Capacity.values, FACTS)
    return case


def permitted_roles(verb: str) -> frozenset[str | None]:
    """The roles the definition names; a verb that names none follows of itself."""
    permission = next(iter(LAW[verb].values())).permission
    return getattr(permission, "roles", frozenset({None}))


def may_say(verb: str, stage: str, role: str | None) -> bool:
    """Whether somebody in the role gets the verb said: asked as the gateway asks, by doing it."""
    case = case_in(stage, verb)
    said = getattr(case, verb)
    if not has_transition_perm(said, Actor(None, "", role=role)):
        return False
    try:
        said()
    except TransitionNotAllowed:
        return False
    return case.stage in Case.law_targets(verb)


@pytest.mark.parametrize("stage", Stage.values)
@pytest.mark.parametrize("verb", LAW)
def test_a_verb_is_said_exactly_from_its_stages_by_its_roles(verb: str, stage: str) -> None:
    allowed = {role for role in SYSTEM_AND_ROLES if may_say(verb, stage, role)}

    assert allowed == (permitted_roles(verb) if stage in LAW[verb] else frozenset())


GUARDED = [(verb, stage) for verb, sources in LAW.items() for stage in sources if sources[stage].conditions]


@pytest.mark.parametrize(("verb", "stage"), GUARDED)
def test_a_guarded_verb_refuses_a_case_in_which_nothing_is_done_and_says_what_is_missing(verb: str, stage: str) -> None:
    # For a verb that only money stands against, what is done is the payment.
    paid = Decimal("1.00") if LAW[verb][stage].conditions == [law.nothing_was_paid] else Decimal("0.00")
    case = Case(stage=stage, signatures_required=["verify"], paid_amount=paid)
    case.signatures = {}

    assert case.missing_for(verb) != []
    with pytest.raises(TransitionNotAllowed):
        getattr(case, verb)()
    assert case.stage == stage


@pytest.mark.parametrize(("verb", "stage"), GUARDED)
def test_a_signature_on_other_facts_is_no_signature(verb: str, stage: str) -> None:
    """Every guard that asks for a signature asks for one on the facts as they are now."""
    fresh, unsigned = case_in(stage, verb), case_in(stage, verb)
    stale = case_in(stage, verb, facts_digest="facts changed since")
    unsigned.signatures = {}

    assert fresh.missing_for(verb) == []
    assert len(stale.missing_for(verb)) == len(unsigned.missing_for(verb))


def test_nothing_leads_out_of_an_ended_case_but_a_request_for_a_review_goods_that_never_came_and_money_sent_back() -> (
    None
):
    out = {(verb, stage) for verb, stage in product(LAW, ENDED) if stage in LAW[verb]}
    assert {verb for verb, stage in out if stage != "closed"} == {"request_review"}
    assert {verb for verb, stage in out if stage == "closed"} == {
        "request_review",
        "revisit",
        "come_back",
        "come_back_anew",
    }


@pytest.mark.parametrize("verb", BEFORE)
def test_a_case_goes_back_to_the_very_stage_it_was_taken_from_and_to_no_other(verb: str) -> None:
    (source,) = LAW[verb]
    for stage in Stage.values:
        case = case_in(source, verb, stage_before=stage)
        if stage in Case.law_targets(verb):
            getattr(case, verb)()
            assert case.stage == stage
        else:
            with pytest.raises(InvalidResultState):
                getattr(case, verb)()


@pytest.mark.parametrize("verb", [verb for verb in LAW if pays_by(verb) != "card"])
def test_what_is_said_of_other_peoples_money_or_of_goods_is_never_said_of_ours(verb: str) -> None:
    asked = [stage for stage, moved in LAW[verb].items() if WHOSE_MONEY & set(moved.conditions)]
    for stage in asked:
        case = case_in(stage, verb, pays_by="card")

        assert case.missing_for(verb) != []
    assert asked


@pytest.mark.parametrize("verb", ["schedule", "pay", "deliver"])
def test_nothing_is_given_before_every_notice_has_hung_on_this_very_amount(verb: str) -> None:
    (stage,) = LAW[verb]
    case = case_in(stage, verb, notices_required=["village_notice"])
    assert case.missing_for(verb) == ["公示还没有期满：村级公示"]

    case.noticed = {"village_notice": case.notice_mark}
    assert case.missing_for(verb) == []

    case.amount = Decimal("100.01")
    assert case.missing_for(verb) == ["公示之后金额有变动，要重新公示：村级公示"]


def test_a_scheme_may_leave_a_storey_out_and_nobody_passes_over_one_it_has() -> None:
    without_village = case_in("accepted", "approve", signatures_required=["review", "approve"])
    without_village.signatures = {"review": FACTS}
    assert without_village.missing_for("approve") == []

    with_village = case_in("accepted", "approve", signatures_required=["verify", "review", "approve"])
    with_village.signatures = {"review": FACTS}
    assert with_village.missing_for("approve") == ["缺少“核实”签字"]


def test_money_leaves_by_one_door_only() -> None:
    """`paid` is reached by `pay` alone, from `payable`, and that from `approved`."""
    into = {
        target: {
            (verb, source) for verb, sources in LAW.items() for source in sources if sources[source].target == target
        }
        for target in (Stage.APPROVED, Stage.PAYABLE, Stage.PAID)
    }

    assert into[Stage.PAID] == {("pay", "payable")}
    assert into[Stage.PAYABLE] == {("schedule", "approved"), ("confirm_payment", "payable")}
    assert {verb for verb, source in into[Stage.APPROVED] if source == "reviewed"} == {"approve"}


def test_the_page_of_the_law_says_what_the_code_says() -> None:
    """After a change of the law: `manage.py law_table --write`."""
    page = settings.BASE_DIR / "docs" / "law.md"

    assert page.read_text(encoding="utf-8") == markdown()


def test_the_page_is_chinese_whatever_language_is_active() -> None:
    with override("en"):
        in_english = markdown()

    assert in_english == markdown()


def test_every_verb_has_a_chinese_word_of_its_own() -> None:
    words = [word(verb) for verb in LAW]

    assert len(set(words)) == len(words)
    assert all(not spoken.isascii() for spoken in words)


@pytest.mark.parametrize(("verb", "stage"), [(verb, stage) for verb, sources in LAW.items() for stage in sources])
def test_the_page_lists_the_verb_for_its_stage_and_roles(verb: str, stage: str) -> None:
    matrix = markdown().split("## 各阶段各岗位能做什么")[1].strip().splitlines()
    head = cells(matrix[0])
    row = next(cells(line) for line in matrix if cells(line)[0].strip("*") == Stage(stage).label)

    listed = {head[number] for number, cell in enumerate(row) if number and word(verb) in cell.split("、")}

    assert listed == {"系统" if role is None else str(Role(role).label) for role in permitted_roles(verb)}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_command_prints_the_page_and_writes_it(
    settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    settings.BASE_DIR = tmp_path

    call_command("law_table")
    printed = capsys.readouterr().out
    call_command("law_table", "--write")

    assert printed == markdown()
    assert (tmp_path / "docs" / "law.md").read_text(encoding="utf-8") == printed


@pytest.mark.parametrize("verb", sorted(LAW))
def test_the_law_lets_a_verb_be_said_exactly_where_it_wants_nothing_more(verb: str) -> None:
    """The proof asks `lets` a million times, and `missing` only where it must say why."""
    every = frozenset(Capacity.values)
    required = ("verify", "review", "approve")
    for stage in LAW[verb]:
        for signed in (frozenset[str](), frozenset({"verify"}), every):
            for notices, noticed in (((), frozenset[str]()), (("village_notice",), frozenset({"village_notice"}))):
                asked = (verb, stage, signed, required, notices, noticed)
                assert policy.lets(*asked) == (not policy.missing(*asked)), asked
