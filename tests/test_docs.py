"""What the documents say is what the code does: their tables are made from it, their examples are tried on it.

`NUANXIN_WRITE_DOCS=1` rewrites the tables between their marks, and the charts; without it a page that has parted from
the code fails.
"""

from __future__ import annotations

import dataclasses
import datetime
import os
import pkgutil
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import load_command_class

from casework.conf import settings as settings_module
from casework.evidence import images
from casework.evidence.documents import MAX_PAGES
from casework.management import commands
from casework.models import Event
from casework.sheets import opening, values
from casework.sheets.columns import Column
from casework.sheets.reading import MAX_CELLS, MAX_ROWS
from casework.sheets.vocabulary import APPLICATION_COLUMNS, REGISTER_COLUMNS
from workflows import bulk, registry
from workflows.chart import to_svg
from workflows.outcomes import Outcome
from workflows.papers.codes import CODES, STANDING_ALONE
from workflows.papers.evidence import MOST_A_CASE
from workflows.payments import bank_rows, batches
from workflows.trail import event_hash

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *ROOT.glob("docs/*.md")])
OTHER_HEADINGS = 6
"""How many other words for a column a page shows; the rest stands in casework/sheets/wordings/."""

ONE_ALONE = ("discharge_before_admission", "future_date", "not_in_register", "no_terms_in_force", "recusal")
REGISTER_ONLY = ("unknown_place",)
ACCEPTED_TOO = ("annual_cap_reached",)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def settings_table() -> str:
    """The table at the top of the settings, as it stands there."""
    text = settings_module.__doc__ or ""
    return "\n".join(line for line in text.splitlines() if line.startswith("|"))


def limits_table() -> str:
    rows = (
        ("a spreadsheet", f"{opening.MAX_BYTES >> 20} MB, {MAX_ROWS:,} rows, {MAX_CELLS:,} cells"),
        ("a photograph", f"{images.MAX_BYTES >> 20} MB, {images.MAX_PIXELS // 1_000_000} megapixels"),
        ("a PDF", f"{images.MAX_BYTES >> 20} MB, {MAX_PAGES} pages, of which the first is kept, as a picture"),
        ("papers in a case", f"{MOST_A_CASE}"),
        ("cases decided at once", f"{bulk.MOST}"),
        ("lines of a payment batch", f"{batches.MAX_LINES:,}"),
        ("a bank's return file", f"{bank_rows.MAX_BYTES >> 20} MB, {bank_rows.MAX_ROWS:,} rows"),
        ("a session", f"{settings.SESSION_COOKIE_AGE // 3600} hours"),
    )
    return table(("what", "at most"), rows)


def commands_table() -> str:
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    helps = [(name, str(load_command_class("casework", name).help)) for name in names]
    return table(("命令", "作用"), [(f"`{name}`", text) for name, text in helps])


def columns_table(columns: Sequence[Column]) -> str:
    return table(
        ("列", "必填", "也认得的叫法（举例）"),
        [(column.label, "是" if column.required else "", "、".join(_others(column))) for column in columns],
    )


def _others(column: Column) -> list[str]:
    words = [word for tier in column.says for word in tier.split() if word != column.label]
    return list(dict.fromkeys(words))[:OTHER_HEADINGS]


def codes_table() -> str:
    return table(
        ("代码", "原因", "怎么改", "怎样出现"),
        [(f"`{code.code}`", code.sentence, code.remedy, _how(code.code)) for code in CODES.values()],
    )


def _how(code: str) -> str:
    if code in STANDING_ALONE:
        return "读不懂，单独出现"
    if code in REGISTER_ONLY:
        return "只在对象名册"
    if code in ACCEPTED_TOO:
        return "通过的行上"
    return "单独出现" if code in ONE_ALONE else "可同时出现几条"


TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "settings": ("docs/operations.md", settings_table),
    "commands": ("docs/operations.md", commands_table),
    "limits": ("docs/operations.md", limits_table),
    "application columns": ("docs/spreadsheets.md", lambda: columns_table(APPLICATION_COLUMNS)),
    "register columns": ("docs/spreadsheets.md", lambda: columns_table(REGISTER_COLUMNS)),
    "codes": ("docs/spreadsheets.md", codes_table),
}


def block(name: str) -> re.Pattern[str]:
    """The lines of the table between its marks."""
    return re.compile(rf"(?<=<!-- table: {name} -->\n\n)(?:\|.*\n)*\|.*(?=\n\n<!-- end -->)")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def rows_under(page: str, heading: str) -> list[list[str]]:
    """The cells of the table rows below a heading, without backticks."""
    section = read(ROOT / page).split(f"\n### {heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


@pytest.mark.parametrize("name", TABLES)
def test_a_generated_table_says_what_the_code_says(name: str) -> None:
    page, make = TABLES[name]
    path, wanted = ROOT / page, make()
    if os.environ.get("NUANXIN_WRITE_DOCS") == "1":
        path.write_text(block(name).sub(lambda _: wanted, read(path)), encoding="utf-8")
    assert block(name).findall(read(path)) == [wanted], f"{page}: run with NUANXIN_WRITE_DOCS=1"


def chart_of(slug: str) -> str:
    """A programme's chart as a picture that stands alone: on white, whatever the page it is shown on has behind it."""
    head, rest = to_svg(registry.programme(slug).flow).split("</desc>", 1)
    return f'{head}</desc>\n  <rect width="100%" height="100%" fill="#fff" />{rest}'


@pytest.mark.parametrize("slug", ["nursing_subsidy"])
def test_a_chart_shows_the_flow_as_it_is(slug: str) -> None:
    picture, wanted = ROOT / "docs" / "pictures" / f"{slug}.svg", chart_of(slug)
    if os.environ.get("NUANXIN_WRITE_DOCS") == "1":
        picture.write_text(wanted, encoding="utf-8")
    assert read(picture) == wanted, f"{picture.name}: run with NUANXIN_WRITE_DOCS=1"


def test_every_word_of_an_outcome_is_explained_on_the_engines_page() -> None:
    said = (ROOT / "docs/engine.md").read_text(encoding="utf-8").split("## What an outcome says")[1].split("\n## ")[0]
    words = {field.name for field in dataclasses.fields(Outcome)} - {"name", "label", "next"}
    assert {word for word in words if f"`{word}`" not in said} == set()


def test_every_variable_that_is_read_is_in_the_table_of_settings() -> None:
    code = "".join(read(path) for path in (ROOT / "casework" / "conf").glob("*.py"))
    asked = set(re.findall(r"""(?:_flag|_list|environ\.get)\(\s*["']([A-Z_]+)["']""", code))
    told = set(re.findall(r"`([A-Z_]{4,})`", settings_table()))
    assert asked == told


@pytest.mark.parametrize(("written", "day"), rows_under("docs/spreadsheets.md", "认得的日期"))
def test_a_date_the_page_says_is_understood_is(written: str, day: str) -> None:
    found = values.date(written)
    assert found is not None
    assert found.isoformat() == day


@pytest.mark.parametrize(("written", "why"), rows_under("docs/spreadsheets.md", "退回的日期"))
def test_a_date_the_page_says_is_sent_back_is_with_that_reason(written: str, why: str) -> None:
    with pytest.raises(values.BadDate, match=re.escape(why)):
        values.date(written)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", read(page))
    missing = [link for link in links if "://" not in link and not (page.parent / link.split("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_page_names_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:casework|workflows|notifications|deploy|docs|tests|bench|templates)/[\w./-]*)", read(page)
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_a_page_names_exists(page: Path) -> None:
    known = {module.name for module in pkgutil.iter_modules(commands.__path__)}
    djangos = {"migrate", "check", "shell", "changepassword", "clearsessions"}
    targets = set(re.findall(r"^([a-z]+):", read(ROOT / "Makefile"), re.MULTILINE))
    text = read(page)
    assert set(re.findall(r"manage\.py ([a-z_]+)", text)) <= known | djangos
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_holds_both_sides_of_a_merge(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith(("<<<<<<<", ">>>>>>>")) or line == "======="] == []


def test_no_page_names_a_place_on_somebodys_machine() -> None:
    own = re.compile(r"/(?:root|work|tmp|home)/(?!nuanxin)|[\w.-]+\.(?:internal|local)\b")
    assert {page.name: own.findall(read(page)) for page in PAGES if own.search(read(page))} == {}


def test_the_pictures_are_there_and_small() -> None:
    sizes = {picture.name: picture.stat().st_size for picture in ROOT.glob("docs/pictures/*.png")}
    assert {"queue.png", "case.png"} <= sizes.keys()
    assert max(sizes.values()) < 300_000


def test_the_hash_as_the_page_computes_it_is_the_one_in_the_trail() -> None:
    code = re.findall(r"```python\n(.*?)```", read(ROOT / "docs" / "architecture.md"), re.DOTALL)
    page: dict[str, Any] = {}
    exec(code[0], page)
    at = datetime.datetime(2026, 11, 2, 9, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    fields = {
        "chain": "HL430922202600001",
        "seq": 2,
        "at": at,
        "action": "decided",
        "actor_id": None,
        "actor_name": "㛃 “系统”",
        "actor_office": "",
        "details": {"to": "已受理", "amount": "3380.00"},
    }
    assert page["hash_of"](fields, "ab" * 32) == event_hash(Event(**fields), "ab" * 32)
