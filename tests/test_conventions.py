"""The house's habits, held by tests instead of by memory."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("casework", "workflows", "notifications")
MODULES = [
    path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts
]
OURS = [model for package in PACKAGES for model in apps.get_app_config(package).get_models() if package != "workflows"]
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
MAY_CASCADE = {"PersonInitials.person", "Designation.hospital"}
NEVER_STORED = re.compile(r"pregnan|contracep|sterili|abortion|birth_plan|planned_birth|iud", re.IGNORECASE)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_is_a_room_and_not_a_hall(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    assert path.name not in ("utils.py", "helpers.py")
    too_long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > LONGEST_FUNCTION
    ]
    assert too_long == []


def stage_setters(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        )
        yield from (node.lineno for target in targets if isinstance(target, ast.Attribute) and target.attr == "stage")
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("update", "create")
        ):
            yield from (node.lineno for keyword in node.keywords if keyword.arg == "stage")


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nobody_but_the_law_sets_a_stage(path: Path) -> None:
    assert list(stage_setters(ast.parse(path.read_text(encoding="utf-8")))) == []


def test_a_stage_set_by_hand_would_be_seen() -> None:
    assert list(stage_setters(ast.parse("case.stage = 'paid'\nCase.objects.filter(pk=1).update(stage='paid')"))) == [
        1,
        2,
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_packages_themselves_are_empty(package: str) -> None:
    assert (ROOT / package / "__init__.py").read_text() == ""


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_is_printed_and_no_signal_connects_our_apps(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    assert not any(isinstance(func, ast.Name) and func.id == "print" for func in calls)
    # `signal.signal` ends a server; Django's signals would be `.connect(` or `@receiver`.
    assert not any(isinstance(func, ast.Name) and func.id == "receiver" for func in calls)


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_people_and_evidence_are_never_deleted_along_with_something_else(model: type[models.Model]) -> None:
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and f"{model.__name__}.{field.name}" not in MAY_CASCADE:
            assert field.remote_field.on_delete in (models.PROTECT, models.RESTRICT), field.name


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_what_we_never_store_has_no_column(model: type[models.Model]) -> None:
    assert not [field.name for field in model._meta.get_fields() if NEVER_STORED.search(field.name)]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=named)
def test_no_page_carries_script_or_style_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert not re.search(r"<style|\sstyle=|\son(click|load|change|submit|input)=", text)


def test_every_full_page_says_its_language() -> None:
    for path in (ROOT / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<html" not in text or 'lang="{{ LANGUAGE_CODE }}"' in text, path.name
