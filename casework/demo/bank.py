"""The bank of the demonstration: reads the file it is sent, and answers each line of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from workflows.payments.bank_files import SEPARATOR

HEADINGS = ("序号", "案号", "账号", "户名", "金额", "处理结果", "原因", "流水号", "处理日期")


def answer(exported: bytes, *, on: datetime.date, returned: Mapping[int, str] | None = None) -> bytes:
    """A return file: every line of a UTF-8 export is paid, but for those in `returned`, by line number and reason."""
    refusals = returned or {}
    lines = [SEPARATOR.join(HEADINGS)]
    for text in exported.decode("utf-8").splitlines():
        number, holder, account, _bank, amount, _memo, case = text.split(SEPARATOR)
        if not number.isdigit():
            continue
        why = refusals.get(int(number), "")
        result = "失败" if why else "成功"
        reference = "" if why else f"SF{on:%Y%m%d}{case[-7:]}"
        lines.append(SEPARATOR.join((number, case, account, holder, amount, result, why, reference, on.isoformat())))
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8")
