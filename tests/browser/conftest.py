"""A real server on loopback and a real browser."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# A browser that talks to nobody but the page under test.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
PASSWORD = "nuanxin-demo-2026"
ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """The running program: its address, its data folder for commands beside it, and how it is started (`manage.py`, or
    that on another day)."""

    url: str
    environment: dict[str, str]
    program: tuple[str, ...] = ("manage.py",)

    def command(self, *words: str) -> str:
        """Run a management command beside the server; its output."""
        command = [sys.executable, *self.program, *words]
        ran = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return ran.stdout

    @contextlib.contextmanager
    def serving(self) -> Iterator[Site]:
        port = free_port()
        here = replace(self, url=f"http://127.0.0.1:{port}")
        server = subprocess.Popen(
            [sys.executable, *self.program, "serve", "--port", str(port)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(here.url + "/portal/")
            yield here
        finally:
            server.terminate()
            server.wait(timeout=20)

    def on(self, moment: str) -> Site:
        """The same installation, once it is that moment."""
        return replace(self, program=("-m", "tests.browser.on_a_day", moment))


def installed(folder: Path) -> Site:
    """Not yet anything: an empty folder to work in."""
    environment = {**os.environ, "NUANXIN_DATA": str(folder), "NUANXIN_DEBUG": "1"}
    environment.pop("DATABASE_URL", None)
    return Site("", environment)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`demo --empty` and `serve`, as somebody who has just installed it would start them."""
    found = installed(tmp_path_factory.mktemp("site"))
    found.command("demo", "--county", "430922", "--empty")
    with found.serving() as running:
        yield running


@pytest.fixture
def browser() -> Iterator[Browser]:
    # One for each test: Playwright's loop runs on this thread while it lives, and Django refuses to work beside it.
    if not Path(CHROMIUM).exists():
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(url: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.3)
    raise TimeoutError(url)


def log_in(page: Page, site: Site, username: str) -> None:
    """As one of the demo's people, whoever was there before."""
    page.context.clear_cookies()
    page.goto(f"{site.url}/desk/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.click("button:has-text('登录')")
    # Each begins where their work lies: at the desk, or among the auditors' pages.
    page.wait_for_url(lambda url: "/login/" not in url)
