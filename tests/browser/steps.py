"""What people do at the desk in more than one road: hand in, decide, take money to the bank and back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page

from casework.sheets.writing import table_workbook
from tests.browser.conftest import Site, log_in

WORKBOOK = "application/zip"
ANSWERED = ("序号", "案号", "账号", "户名", "金额", "处理结果", "流水号")


def hand_in(page: Page, site: Site, kind: str, rows: Sequence[Sequence[str]], name: str, *, on: str) -> None:
    page.goto(f"{site.url}/desk/imports/")
    page.check(f"input[name=kind][value={kind}]")
    page.fill("input[name=applied_on]", on)
    sheet = table_workbook(rows[0], rows[1:])
    page.set_input_files("input[name=file]", {"name": name, "mimeType": WORKBOOK, "buffer": sheet})
    page.click("button:has-text('导入并看结果')")


def say(page: Page, outcome: str, *, note: str = "", **said: str) -> None:
    """Decide on the case page that is open; `said` answers what the outcome asks."""
    page.check(f"input[name=outcome][value={outcome}]")
    for name, answer in said.items():
        page.fill(f"[name='{outcome}-{name}']", answer)
    page.fill("textarea[name=note]", note)
    page.click("#decision button:has-text('确认')")
    page.wait_for_selector(".notice-success")


def picture(colour: str, size: tuple[int, int] = (800, 600)) -> bytes:
    """A photograph unlike those of another colour."""
    made = Image.new("RGB", size, "#c8b89a")
    ImageDraw.Draw(made).rectangle((200, 150, 600, 520), fill=colour)
    buffer = io.BytesIO()
    made.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def to_the_bank(page: Page, site: Site) -> tuple[str, bytes]:
    """One draws a batch of all that waits, another checks it, the first locks and sends it: its number and file."""
    log_in(page, site, "fafang")
    page.goto(f"{site.url}/desk/payments/")
    page.click("a[href*='/draw/']")
    page.click("button:has-text('全部列入一个批次')")
    batch = page.url
    log_in(page, site, "fuhe")
    page.goto(f"{batch.rstrip('/')}/check/")
    page.click("button:has-text('复核无误')")
    log_in(page, site, "fafang")
    page.goto(batch)
    page.click("button:has-text('锁定批次')")
    with page.expect_download() as sending:
        page.click("button:has-text('导出，送银行')")
    return batch.rstrip("/").rsplit("/", 1)[-1], Path(sending.value.path()).read_bytes()


def from_the_bank(page: Page, site: Site, batch: str, rows: Sequence[Sequence[str]]) -> None:
    """The bank's answer, a row a line, read and entered."""
    page.goto(f"{site.url}/desk/payments/{batch}/return/")
    answer = table_workbook(ANSWERED, rows)
    page.set_input_files("input[type=file]", {"name": "回盘.xlsx", "mimeType": WORKBOOK, "buffer": answer})
    page.click("button:has-text('先看结果')")
    page.click("button:has-text('录入这')")
    page.wait_for_selector("main:has-text('到账')")
