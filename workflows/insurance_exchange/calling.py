"""Asking an insurer's machine: one signed request, one signed reply, or why there was none.

Nothing it sends is believed before its signature is: not a status, not a refusal. Every fault has a code and a sentence
somebody at the county can act on. Standard library only; no redirects, no proxies, no cookies.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from workflows.insurance_exchange.signing import NONCE, Distrusted, Key, check_reply, signed

PATIENCE: Final = 10.0
"""Seconds for a connection, and for each piece of a reply."""

ALL_IN_ALL: Final = 25.0
"""Seconds for a whole reply, however slowly it drips: less than half a job's lease."""

LARGEST_REPLY: Final = 1 << 20
_PIECE: Final = 1 << 16


class NoAnswer(Exception):
    """The insurer was asked and there is no answer to be believed. `code` names the kind, the text says what to do.

    `final`: asking again would bring the same; else the job comes again by itself.
    """

    def __init__(self, code: str, sentence: str, *, final: bool = False) -> None:
        self.code = code
        self.final = final
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Line:
    """How an insurer is reached."""

    base_url: str
    key: Key


@dataclass(frozen=True, slots=True)
class Reply:
    """What it said, believed. `skew`: seconds its clock is ahead of ours."""

    status: int
    body: Mapping[str, Any]
    skew: int


def address_fault(url: str) -> str:
    """What is wrong with a base address; empty when nothing is. Only https, but for this very machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return _("地址写得不对")
    if parts.username or parts.password or parts.query or parts.fragment:
        return _("地址里不能有账号、密码或参数")
    if not parts.hostname or port == 0:
        return _("地址里没有主机名")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname)):
        return ""
    return _("必须是 https:// 开头的地址；http:// 只能用于本机测试")


def ask(line: Line, method: str, path: str, body: bytes = b"", *, patience: float = PATIENCE) -> Reply:
    """The reply to one signed request. Raises `NoAnswer`; whoever asks by job asks again later."""
    if fault := address_fault(line.base_url):
        raise NoAnswer("address", fault, final=True)
    parts = urlsplit(line.base_url)
    target = parts.path.rstrip("/") + path
    headers = signed(line.key, method, target, body)
    if body:
        headers["Content-Type"] = "application/json; charset=utf-8"
    connection = _connection(parts.scheme, parts.hostname or "", parts.port, patience)
    try:
        connection.request(method, target, body=body or None, headers=headers)
        response = connection.getresponse()
        data = _read(response, time.monotonic() + min(ALL_IN_ALL, 3 * patience))
    except TimeoutError as problem:
        raise NoAnswer("timed_out", _("保险公司的系统没有在规定时间内答复，稍后会自动再试")) from problem
    except http.client.IncompleteRead as problem:
        raise NoAnswer("truncated", _("答复没有传完整，稍后会自动再试")) from problem
    except (http.client.HTTPException, OSError) as problem:
        raise NoAnswer("unreachable", _("连不上保险公司的系统，稍后会自动再试；长时间如此请核对地址")) from problem
    finally:
        connection.close()
    return _believed(line.key, headers[NONCE], response, data)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _connection(scheme: str, host: str, port: int | None, patience: float) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=patience)
    return http.client.HTTPSConnection(host, port, timeout=patience, context=ssl.create_default_context())


def _read(response: http.client.HTTPResponse, until: float) -> bytes:
    """The body, as long as it is neither too long nor too slow."""
    data = b""
    while piece := response.read1(_PIECE):
        data += piece
        if len(data) > LARGEST_REPLY:
            raise NoAnswer("too_large", _("答复超过%(most)dMB，没有接收") % {"most": LARGEST_REPLY >> 20})
        if time.monotonic() > until:
            raise TimeoutError
    # read1 takes an early end for an end; the length that was announced is left over.
    if response.length:
        raise http.client.IncompleteRead(data, response.length)
    return data


def _believed(key: Key, nonce: str, response: http.client.HTTPResponse, data: bytes) -> Reply:
    try:
        trusted = check_reply(key, response.status, nonce, response.headers, data)
    except Distrusted as problem:
        raise _distrusted(problem, response.status) from problem
    try:
        body = json.loads(data) if data else {}
    except (ValueError, RecursionError) as problem:
        raise NoAnswer("not_understood", _("答复不是完整的JSON，请联系保险公司")) from problem
    if not isinstance(body, dict):
        raise NoAnswer("not_understood", _("答复不是约定的格式，请联系保险公司"))
    if response.status >= 500:
        raise NoAnswer("server_fault", _("保险公司的系统出错，稍后会自动再试"))
    if not 200 <= response.status < 300:
        raise _refused(response.status, body)
    return Reply(response.status, body, trusted.skew)


def _distrusted(problem: Distrusted, status: int) -> NoAnswer:
    if status >= 500:
        # A gateway in front of it answers for it, and has no key.
        return NoAnswer("server_fault", _("保险公司的系统出错，稍后会自动再试"))
    if problem.code == "clock":
        return NoAnswer("clock", _("对方时钟与本机相差超过5分钟，请双方核对时间"))
    if problem.code == "digest":
        return NoAnswer("truncated", _("答复没有传完整，稍后会自动再试"))
    return NoAnswer("wrong_signature", _("答复的签名不对，没有采信；请与保险公司核对密钥"))


def _refused(status: int, body: Mapping[str, Any]) -> NoAnswer:
    code = str(body.get("code", ""))[:40]
    if code == "clock":
        return NoAnswer("clock", _("对方说本机时间与它相差超过5分钟，请双方核对时间"))
    if status in (408, 425, 429) or code == "replayed":
        return NoAnswer("busy", _("保险公司的系统暂时不接收，稍后会自动再试"))
    sentence = _("保险公司的系统不接收：%(code)s（%(status)d）") % {"code": code or "-", "status": status}
    return NoAnswer("refused", sentence, final=True)
