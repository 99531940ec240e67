"""The insurer behind a real socket: our protocol from the other side, and every way to get it wrong.

Misbehaviour comes in turns: of what is asked of a server told to misbehave, every second request goes wrong, beginning
with the first, so that whoever asks again gets on.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from casework.management.sandbox_insurer.insurer import Insurer, OtherContent
from workflows.insurance_exchange.messages import ANSWERS_FORMAT, canonical
from workflows.insurance_exchange.signing import SIGNATURE, TIME, Distrusted, Key, check, signed_reply

MISBEHAVIOURS: Final = {
    "repeats": "gives every answer twice, and from the beginning each time",
    "out_of_order": "gives the last answer first",
    "timeouts": "says nothing, then hangs up",
    "errors": "503, unsigned, as a gateway in front would",
    "truncated": "stops in the middle of a reply",
    "bad_signature": "signs with another secret",
    "skewed": "its clock is an hour ahead",
    "huge": "replies with more than anybody wants",
    "nonsense": "replies with something that is not JSON, well signed",
    "lost_reply": "does what it is asked, then hangs up before saying so",
}
IN_TURNS: Final = frozenset(MISBEHAVIOURS) - {"repeats", "out_of_order"}
LARGEST_CLAIM: Final = 1 << 18
MOST: Final = 100
_HUGE: Final = 3 << 20


class Sandbox:
    """A running insurer. `base_url` is where; a `with` block stops it at its end."""

    def __init__(
        self,
        key: Key,
        *,
        port: int = 0,
        seed: int = 0,
        latency: float = 0.0,
        hang: float = 30.0,
        misbehave: Iterable[str] = (),
    ) -> None:
        self.key = key
        self.insurer = Insurer(seed=seed)
        self.latency, self.hang = latency, hang
        self.misbehave = set(misbehave)
        self.asked = 0
        self.refused: list[str] = []
        self.closing = threading.Event()
        self._nonces: set[str] = set()
        self._lock = threading.Lock()
        self.server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/nuanxin"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self) -> Sandbox:
        self.start()
        return self

    def __exit__(self, *_problem: object) -> None:
        self.stop()

    def is_new(self, nonce: str) -> bool:
        with self._lock:
            fresh = nonce not in self._nonces
            self._nonces.add(nonce)
            return fresh

    def turn(self) -> frozenset[str]:
        """How this request goes wrong: every second one does."""
        with self._lock:
            self.asked += 1
            return frozenset(self.misbehave & IN_TURNS) if self.asked % 2 else frozenset()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up first is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a target can hold a claim's number."""

    def do_POST(self) -> None:
        self._serve(self._take_claim)

    def do_GET(self) -> None:
        self._serve(self._give_answers)

    def _serve(self, act: Callable[[bytes], tuple[int, Any]]) -> None:
        sandbox = self.server.sandbox
        wrong = sandbox.turn()
        length = int(self.headers.get("Content-Length") or 0)
        if length > LARGEST_CLAIM:
            self.close_connection = True
            return self._reply(413, {"code": "too_large"}, wrong)
        body = self.rfile.read(length)
        sandbox.closing.wait(sandbox.latency)
        if "timeouts" in wrong:
            sandbox.closing.wait(sandbox.hang)
            self.close_connection = True
            return None
        if "errors" in wrong:
            return self.send_error(503)
        try:
            check(sandbox.key, self.command, self.path, self.headers, body, is_new=sandbox.is_new)
        except Distrusted as problem:
            sandbox.refused.append(problem.code)
            return self._reply(401, {"code": problem.code}, wrong)
        status, said = act(body)
        if "lost_reply" in wrong:
            self.close_connection = True
            return None
        return self._reply(status, said, wrong)

    def _take_claim(self, body: bytes) -> tuple[int, Any]:
        if urlsplit(self.path).path != "/nuanxin/claims":
            return 404, {"code": "no_such_place"}
        try:
            repeated = self.server.sandbox.insurer.lodge(json.loads(body))
        except OtherContent:
            return 409, {"code": "other_content"}
        except (ValueError, KeyError, TypeError, ArithmeticError):
            return 422, {"code": "not_a_claim"}
        return (200 if repeated else 201), {"received": True, "repeated": repeated}

    def _give_answers(self, _body: bytes) -> tuple[int, Any]:
        parts = urlsplit(self.path)
        if parts.path != "/nuanxin/answers":
            return 404, {"code": "no_such_place"}
        asked = parse_qs(parts.query)
        since = (asked.get("since") or [""])[0]
        cursor = int(since) if since.isdigit() else 0
        limit = min(int((asked.get("limit") or [str(MOST)])[0]), MOST)
        sandbox = self.server.sandbox
        found = sandbox.insurer.since(0 if "repeats" in sandbox.misbehave else cursor, limit)
        following = cursor + len(found) if "repeats" not in sandbox.misbehave else len(found)
        if "repeats" in sandbox.misbehave:
            found = [answer for answer in found for _twice in (1, 2)]
        if "out_of_order" in sandbox.misbehave:
            found = found[::-1]
        more = following < len(sandbox.insurer.answers)
        return 200, {"format": ANSWERS_FORMAT, "answers": found, "next": str(following), "more": more}

    def _reply(self, status: int, said: Any, wrong: frozenset[str]) -> None:
        sandbox = self.server.sandbox
        data = b"{not json" if "nonsense" in wrong else canonical(said)
        if "huge" in wrong:
            data = b" " * _HUGE
        nonce = self.headers.get("X-Nuanxin-Nonce") or ""
        at = time.time() + (3600 if "skewed" in wrong else 0)
        headers = signed_reply(sandbox.key, status, nonce, data, at=at)
        if "bad_signature" in wrong:
            other = Key(sandbox.key.id, "another secret that nobody has agreed on")
            headers[SIGNATURE] = signed_reply(other, status, nonce, data, at=float(headers[TIME]))[SIGNATURE]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if "truncated" in wrong:
            data = data[: len(data) // 2]
            self.close_connection = True
        self.wfile.write(data)
