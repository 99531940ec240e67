"""What the acts of a rights case ask of whoever does them, and what is wrong with an answer."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import Channel, MoneyLine, RightsAct
from workflows.flow import Act
from workflows.questions import Answer, Question

Kind, What = RightsAct.Kind, MoneyLine.What
ACTS = (
    Kind.EVIDENCE,
    Kind.NEGOTIATION,
    Kind.MEDIATION,
    Kind.CONFIRMATION,
    Kind.ARBITRATION,
    Kind.AWARD,
    Kind.LAWSUIT,
    Kind.JUDGMENT,
    Kind.NOTE,
)
"""What can be done while the case stays where it is; the others come with an outcome of their own."""

RESULTS = (Kind.AGREEMENT, Kind.AWARD, Kind.JUDGMENT)
"""What obliges the other side."""

LONGEST = 2000
MOST_INSTALMENTS = 60

# -- what is wrong with an answer --------------------------------------------------------------------------------------


def nothing_wanted(act: Act) -> list[str]:
    return []


def is_chosen(name: str, known: tuple[str, ...], said: Any) -> Callable[[Act], list[str]]:
    def missing(act: Act) -> list[str]:
        return [] if act.values.get(name) in known else [str(said)]

    return missing


def is_said(name: str, said: Any) -> Callable[[Act], list[str]]:
    def missing(act: Act) -> list[str]:
        words = str(act.values.get(name) or "").strip()
        if not words:
            return [str(said)]
        return [_("写得太长，最多%(most)d字") % {"most": LONGEST}] if len(words) > LONGEST else []

    return missing


def is_past_day(name: str) -> Callable[[Act], list[str]]:
    """The day something was done: not in the future."""

    def missing(act: Act) -> list[str]:
        day = act.values.get(name)
        if not isinstance(day, datetime.date):
            return [_("请填日期，照2026-11-02这样写")]
        return [_("日期不能晚于今天")] if day > localdate(act.at) else []

    return missing


def is_later_day(name: str, since: str = "") -> Callable[[Act], list[str]]:
    """A day that may be left out; given, it does not lie before today, or before the day `since`."""

    def missing(act: Act) -> list[str]:
        day, first = act.values.get(name), act.values.get(since) or localdate(act.at)
        if day is None or (isinstance(day, datetime.date) and isinstance(first, datetime.date) and day >= first):
            return []
        return [_("期限不能早于%(day)s") % {"day": first}]

    return missing


def is_some_money(act: Act) -> list[str]:
    amount = act.values.get("amount")
    return [] if isinstance(amount, Decimal) and amount > 0 else [_("请填金额（元），要大于零")]


def money_fits_the_plan(act: Act) -> list[str]:
    """So many instalments need a sum to divide, and a day to begin."""
    count, amount = act.values.get("instalments"), act.values.get("amount")
    if not count:
        return []
    if not 1 <= count <= MOST_INSTALMENTS:
        return [_("期数在1到%(most)d之间") % {"most": MOST_INSTALMENTS}]
    if not amount or not act.values.get("first_due"):
        return [_("分期履行的，请写明总金额和第一期的日期")]
    return []


# -- the questions -----------------------------------------------------------------------------------------------------


def _choice(name: str, label: Any, codes: Any, said: Any, help: Any = "") -> Question:
    pairs = tuple((str(code.value), code.label) for code in codes)
    return Question(name, Answer.CHOICE, label, is_chosen(name, tuple(c for c, _w in pairs), said), help, pairs)


CHANNEL = _choice("channel", gettext_lazy("走哪个渠道"), Channel, gettext_lazy("请选一个渠道"))
KIND = _choice("kind", gettext_lazy("做了什么"), ACTS, gettext_lazy("请选做了什么"))
RESULT = _choice("kind", gettext_lazy("什么结果"), RESULTS, gettext_lazy("请选是协议、裁决还是判决"))
WHAT = _choice(
    "what",
    gettext_lazy("哪一种金额"),
    What,
    gettext_lazy("请选是主张、争取到还是实际收到"),
    gettext_lazy("三种分开记，不相加。"),
)
DONE_ON = Question("done_on", Answer.DAY, gettext_lazy("哪一天"), is_past_day("done_on"))
PLACE = Question("place", Answer.TEXT, gettext_lazy("在哪里"), nothing_wanted, required=False)
PARTICIPANTS = Question("participants", Answer.TEXT, gettext_lazy("谁参加了"), nothing_wanted, required=False)
WORDS = Question(
    "words",
    Answer.WORDS,
    gettext_lazy("内容"),
    is_said("words", gettext_lazy("请写内容")),
    gettext_lazy("加密保存，只有办理人和上级看得到。"),
)
ADDRESSEE = Question(
    "addressee", Answer.TEXT, gettext_lazy("转往哪个单位"), is_said("addressee", gettext_lazy("请写明转往哪个单位"))
)
ANSWER_DUE = Question(
    "answer_due",
    Answer.DAY,
    gettext_lazy("应在哪天以前答复"),
    is_later_day("answer_due"),
    gettext_lazy("不填就按方案里这个渠道的天数算。"),
    required=False,
)
AMOUNT = Question("amount", Answer.MONEY, gettext_lazy("金额（元）"), is_some_money)
PERHAPS = Question(
    "amount", Answer.MONEY, gettext_lazy("金额（元）"), nothing_wanted, gettext_lazy("不付钱的不填。"), required=False
)
DEED = Question(
    "words", Answer.TEXT, gettext_lazy("要做的事"), nothing_wanted, gettext_lazy("付钱的不填。"), required=False
)
TOTAL = Question(
    "amount",
    Answer.MONEY,
    gettext_lazy("对方要付的总金额（元）"),
    nothing_wanted,
    gettext_lazy("不付钱的不填。"),
    required=False,
)
FIRST_DUE = Question(
    "first_due",
    Answer.DAY,
    gettext_lazy("（第一期）履行期限"),
    is_later_day("first_due", "done_on"),
    gettext_lazy("写明的，到期前会提醒。"),
    required=False,
)
INSTALMENTS = Question(
    "instalments",
    Answer.NUMBER,
    gettext_lazy("分几期"),
    money_fits_the_plan,
    gettext_lazy("每月一期，平均分；不分期就不填。不是平均的，另行登记各期。"),
    required=False,
)
DUE_ON = Question("due_on", Answer.DAY, gettext_lazy("履行期限"), is_later_day("due_on", "due_on"))
NUMBER = Question(
    "number",
    Answer.NUMBER,
    gettext_lazy("第几期"),
    nothing_wanted,
    gettext_lazy("与哪一期都无关的不填。"),
    required=False,
)
LIMITATION = Question("limitation", Answer.DAY, gettext_lazy("时效届满日"), is_later_day("limitation", "limitation"))
