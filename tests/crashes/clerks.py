"""Clerks at their pages: they decide case after case over HTTP and note what the site has acknowledged.

One who gets no answer sends the very same page again, as a browser does when its user presses the button once more.
"""

from __future__ import annotations

import http.client
import http.cookiejar
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field

from tests.crashes.ground import PASSWORD
from tests.crashes.installation import Installation

NO_ANSWER = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError)


@dataclass(frozen=True)
class Attempt:
    """A page sent: which item, with which outcome, under which key."""

    item: int
    outcome: str
    key: str


@dataclass
class Noted:
    """What a clerk has seen of the site."""

    acknowledged: list[Attempt] = field(default_factory=list)
    sent_again: int = 0
    refused: list[tuple[Attempt, int]] = field(default_factory=list)
    fault: str = ""


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class Clerk(threading.Thread):
    """Works one step's queue until told to stop."""

    def __init__(self, installation: Installation, username: str, step: str, outcome: str) -> None:
        super().__init__(name=username, daemon=True)
        self.site, self.username, self.step, self.outcome = installation, username, step, outcome
        self.noted = Noted()
        self.stopping = threading.Event()
        self.cookies = http.cookiejar.CookieJar()
        self.web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _StayHere)

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                if not self.decide_next():
                    time.sleep(0.2)
        except Exception as problem:
            # The thread's own boundary: whatever it was is told to the test, which fails.
            self.noted.fault = repr(problem)

    def decide_next(self) -> bool:
        """Decide the next case of the queue; False when there is none."""
        item = self._next()
        if item is not None:
            self._decide(Attempt(item, self.outcome, str(uuid.uuid4())))
        return item is not None

    def _next(self) -> int | None:
        rows = self.site.rows(
            "SELECT id FROM casework_workitem WHERE finished IS NULL AND step = %s ORDER BY id LIMIT 1", self.step
        )
        return int(rows[0][0]) if rows else None

    def _decide(self, attempt: Attempt) -> None:
        fields = {"outcome": attempt.outcome, "key": attempt.key, "note": "情况属实", "reasons_refuse": "not_covered"}
        while not self.stopping.is_set():
            try:
                status = self._post(f"/desk/items/{attempt.item}/decide/", fields)
            except NO_ANSWER:
                status = 0
            if status == 302:
                self.noted.acknowledged.append(attempt)
                return
            if 400 <= status < 500:
                self.noted.refused.append((attempt, status))
                return
            self.noted.sent_again += 1
            time.sleep(0.1)

    def log_in(self) -> None:
        """Before any process is killed: a login that gets no answer is simply made again by hand."""
        self.web.open(f"{self.site.url}/desk/login/", timeout=20).read()
        status = self._post("/desk/login/", {"username": self.username, "password": PASSWORD})
        assert status == 302, f"{self.username} could not log in: {status}"

    def _post(self, path: str, fields: dict[str, str]) -> int:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token or ""}).encode()
        request = urllib.request.Request(f"{self.site.url}{path}", data=body)
        try:
            with self.web.open(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as said:
            return said.code
