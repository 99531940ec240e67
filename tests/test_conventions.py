"""The house's habits, held by tests instead of by memory."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("casework", "workflows", "notifications")
MODULES = [
    path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts
]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OURS = [model for package in PACKAGES for model in apps.get_app_config(package).get_models() if package != "workflows"]
LONGEST_FILE, LONGEST_FUNCTION = 400, 48
MAY_CASCADE = {"PersonInitials.person", "Designation.hospital"}
NEVER_A_PERSONS_DOING = {"initials_once_a_person", "line_once_a_sheet", "line_number_once_a_batch"}
"""Constraints nobody can meet at a screen: they guard against our own faults, and need no sentence."""

NEVER_STORED = re.compile(r"pregnan|contracep|sterili|abortion|birth_plan|planned_birth|iud", re.IGNORECASE)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:", re.IGNORECASE)
SETS_COLUMNS = ("create", "update", "get_or_create", "update_or_create", "new_row")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_a_room_and_not_a_hall(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    assert path.name not in ("utils.py", "helpers.py")
    too_long = [
        node.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_file_of_tests_is_longer_than_a_file_of_the_house() -> None:
    assert [named(path) for path in TESTS if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE] == []


# -- the law ----------------------------------------------------------------------------------------------------------


def stage_setters(tree: ast.AST) -> Iterator[int]:
    """Lines that set a stage by hand: by assignment, by a query, or by its name in quotes."""
    for node in ast.walk(tree):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            targets = [node.target]
        yield from (node.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == "stage")
        if isinstance(node, ast.Call) and _sets_a_stage(node):
            yield node.lineno


def _sets_a_stage(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in SETS_COLUMNS and any(keyword.arg == "stage" for keyword in call.keywords):
        return True
    words = {word.value for argument in call.args for word in ast.walk(argument) if isinstance(word, ast.Constant)}
    return name in ("setattr", "bulk_update") and "stage" in words


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nobody_but_the_law_sets_a_stage(path: Path) -> None:
    assert list(stage_setters(tree_of(path))) == []


@pytest.mark.parametrize(
    "line",
    [
        "case.stage = 'paid'",
        "case.stage: str = 'paid'",
        "Case.objects.filter(pk=1).update(stage='paid')",
        "Case.objects.create(number='1', stage='paid')",
        "Case.objects.update_or_create(number='1', stage='paid')",
        "new_row(Case, stage='paid')",
        "setattr(case, 'stage', 'paid')",
        "Case.objects.bulk_update(cases, ['amount', 'stage'])",
    ],
)
def test_a_stage_set_by_hand_would_be_seen(line: str) -> None:
    assert list(stage_setters(ast.parse(line))) == [1]


@pytest.mark.parametrize(
    "line", ["if case.stage == 'paid': pass", "Ending('办结', stage='closed')", "now = case.stage"]
)
def test_asking_for_a_stage_is_no_offence(line: str) -> None:
    assert list(stage_setters(ast.parse(line))) == []


# -- the floors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_themselves_are_empty(package: str) -> None:
    assert (ROOT / package / "__init__.py").read_text() == ""


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_is_printed_and_no_signal_connects_our_apps(path: Path) -> None:
    tree = tree_of(path)
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not any(isinstance(func, ast.Name) and func.id == "print" for func in calls)
    # `signal.signal` ends a server; Django's signals come from these, and are connected or received.
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert not {name for name in imported if name == "django.dispatch" or name.endswith(".signals")}


# -- the tables -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_people_and_evidence_are_never_deleted_along_with_something_else(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and f"{model.__name__}.{field.name}" not in MAY_CASCADE:
            assert field.remote_field.on_delete in (models.PROTECT, models.RESTRICT), field.name


def test_what_may_cascade_does() -> None:
    found = {f"{model.__name__}.{field.name}": field for model in OURS for field in model._meta.concrete_fields}
    assert all(found[name].remote_field.on_delete is models.CASCADE for name in MAY_CASCADE)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_what_we_never_store_has_no_column(model: type[models.Model]) -> None:
    assert not [field.name for field in model._meta.get_fields() if NEVER_STORED.search(field.name)]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_constraint_says_in_words_what_it_forbids(model: type[models.Model]) -> None:
    for constraint in model._meta.constraints:
        said = constraint.violation_error_message != models.BaseConstraint.default_violation_error_message
        assert said is (constraint.name not in NEVER_A_PERSONS_DOING), constraint.name


def test_the_migrations_say_what_the_models_say(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# -- the pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_page_carries_script_or_style_of_its_own(path: Path) -> None:
    assert INLINE.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize(
    "markup",
    [
        "<script>go()</script>",
        '<p style="color: red">',
        "<style>",
        '<a onmouseover="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_script_and_style_in_a_page_would_be_seen(markup: str) -> None:
    assert INLINE.search(markup)


@pytest.mark.parametrize(
    "markup", ['<script src="{% static %}" defer></script>', '<button name="on" value="1">', '<p class="style">']
)
def test_script_and_style_from_files_are_no_offence(markup: str) -> None:
    assert not INLINE.search(markup)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_every_full_page_says_its_language_and_every_other_page_is_built_on_one(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "<html" in text:
        assert 'lang="{{ LANGUAGE_CODE }}"' in text
    elif path.parent.name != "parts" and not path.name.startswith("_"):
        assert "{% extends " in text


def test_no_merge_was_left_half_done() -> None:
    written = [*MODULES, *TESTS, *TEMPLATES, *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("locale/**/*.po")]
    left = re.compile(r"^(<{7} |>{7} )", re.MULTILINE)
    assert [named(path) for path in written if left.search(path.read_text(encoding="utf-8"))] == []
