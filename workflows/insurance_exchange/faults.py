"""What can be wrong with a connection, in words for the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy

SENTENCES: Final[Mapping[str, Any]] = {
    "address": gettext_lazy("接口地址不对，请系统管理员核对"),
    "timed_out": gettext_lazy("没有在规定时间内答复，会自动再试"),
    "truncated": gettext_lazy("答复没有传完整，会自动再试"),
    "unreachable": gettext_lazy("连不上，会自动再试；长时间如此请核对地址"),
    "server_fault": gettext_lazy("对方系统出错，会自动再试"),
    "too_large": gettext_lazy("答复太大，没有接收，请联系保险公司"),
    "not_understood": gettext_lazy("答复不是约定的格式，请联系保险公司"),
    "wrong_signature": gettext_lazy("签名不对，没有采信，请双方核对密钥"),
    "clock": gettext_lazy("两边时钟相差超过5分钟，请核对时间"),
    "busy": gettext_lazy("对方暂时不接收，会自动再试"),
    "refused": gettext_lazy("对方系统不接收，请联系保险公司"),
}


def fault_in_words(code: str) -> str:
    return str(SENTENCES.get(code, code))
