"""Every key a page of terms may have: its check, whether it must be there, and what it says, group by group.

The checks of `schema` are made from these tables, and so is the list of keys in docs/new-programme.md.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from casework.models import Evidence, RegisterEntry
from workflows.limits import LONGEST, check_deadline
from workflows.notice_terms import check_notice
from workflows.terms_shape import Check, Wrong, day, each, every, one_of, text, whole, words, yes_or_no, yuan

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Key:
    """A key: what its value must be, what it means (Chinese, for whoever writes terms), and whether it may be left
    out."""

    check: Check
    says: str
    needed: bool = True


Keys = Mapping[str, Key]


def group(keys: Keys) -> Check:
    """A group with these keys."""
    needed = {name: key.check for name, key in keys.items() if key.needed}
    return each(needed, {name: key.check for name, key in keys.items() if not key.needed})


def name(value: Any) -> None:
    """A code: what stands in files and in the trail."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise Wrong(f"要写小写英文代码，如 child_birth_date，现在是“{value}”")


def month_day(value: Any) -> None:
    """A day of any year, `07-01`."""
    found = MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Wrong(f'要写月-日并加引号，如 "07-01"，现在是“{value}”')
    try:
        datetime.date(2024, int(found[1]), int(found[2]))
    except ValueError:
        raise Wrong(f"没有“{value}”这一天，要写月-日") from None


def percent(value: Any) -> None:
    """Of a hundred, to four places."""
    try:
        share = Decimal(value) if isinstance(value, str) else Decimal(-1)
    except InvalidOperation:
        share = Decimal(-1)
    if not Decimal(0) < share <= Decimal(100) or share != share.quantize(Decimal("0.0001")):
        raise Wrong(f'要写大于0、不超过100的百分数并加引号，最多四位小数，如 "60" 或 "4.35"，现在是“{value}”')


def short(most: int) -> Check:
    """Words, at most so many characters."""

    def check(value: Any) -> None:
        text(value)
        if len(value) > most:
            raise Wrong(f"最多{most}个字，现在是{len(value)}个")

    return check


def prefix(value: Any) -> None:
    """What case numbers begin with."""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{2,4}", value):
        raise Wrong(f"要写2到4个大写字母，如 ZX，现在是“{value}”")


def basis(value: Any) -> None:
    """Days of a bank's year."""
    if value not in (360, 365) or isinstance(value, bool):
        raise Wrong(f"要写360或365，现在是“{value}”")


def quoted_yuan(value: Any) -> None:
    """A sum as it is written, in quotation marks: YAML makes no other number of it."""
    yuan(value)
    if not isinstance(value, str):
        raise Wrong(f'金额要加引号，如 "300.00"，现在是没有引号的{value}')


def rates(value: Any) -> None:
    """A sum, or sums by choice, one or two deep."""
    if isinstance(value, dict):
        every(rates)({str(key): held for key, held in value.items()})
    else:
        quoted_yuan(value)


def listed(check: Check) -> Check:
    """A list, each item so; what is wrong is told with the item's number."""

    def check_all(value: Any) -> None:
        if not isinstance(value, list):
            raise Wrong("要写成列表，每项前面一个“-”")
        for number, item in enumerate(value, start=1):
            try:
                check(item)
            except Wrong as wrong:
                raise Wrong(wrong.complaint, f"第{number}项", *wrong.path) from wrong

    return check_all


HEAD: Keys = {
    "title": Key(short(20), "项目名称"),
    "number_prefix": Key(prefix, "案号开头的字母，不能与别的项目相同"),
    "bank_memo": Key(short(4), "银行摘要，最多4个字；不发钱的也要写"),
    "fund": Key(short(40), "从哪笔资金列支；不发钱的写 不列支"),
    "applicant": Key(
        one_of(("person", "unit", "served")),
        "谁申请：person 个人，unit 单位（代表人是申请人，户名是单位），served 个人受服务、钱付给服务单位",
    ),
}

AGE: Keys = {
    "least": Key(whole(0, 150), "满多少周岁", needed=False),
    "most": Key(whole(0, 150), "不超过多少周岁", needed=False),
    "on": Key(text, 'applied_on（申请之日）、一个日期项目，或申请当年的某天如 "01-01"'),
    "clause": Key(text, "依据"),
}

WHO: Keys = {
    "categories": Key(
        words(RegisterEntry.Category.values), "名册里哪几类家庭；不写就是本县任何居民，要写 proof", needed=False
    ),
    "register_valid_on": Key(text, "名册哪一天要有效：applied_on（不写就是它）或一个日期项目", needed=False),
    "proof": Key(
        short(30), "任何居民都可申请时，凭什么证明，如 户口簿：申请表上多一列，人人要填（在名册里的也要）", needed=False
    ),
    "age": Key(group(AGE), "年龄，男女同一标准", needed=False),
    "heir": Key(yes_or_no, "true：申请人是逝者的家属，名册和次数看逝者本人", needed=False),
    "clause": Key(text, "依据"),
}

WINDOW: Keys = {
    "from": Key(month_day, "每年从哪天起受理", needed=False),
    "to": Key(month_day, "每年到哪天止（含）；早于 from 就是跨年", needed=False),
    "after": Key(name, "从哪个日期项目起算", needed=False),
    "within_days": Key(whole(0, LONGEST), "多少日内申请（与 after 同写）", needed=False),
    "clause": Key(text, "依据"),
}

FACT: Keys = {
    "name": Key(name, "代码"),
    "label": Key(short(20), "在表上和页面上叫什么"),
    "kind": Key(one_of(("text", "date", "money", "number", "choice")), "种类"),
    "choices": Key(every(text), "choice 的各个选项，代码: 名称", needed=False),
    "required": Key(yes_or_no, "是否必填，不写就是必填", needed=False),
    "headings": Key(listed(text), "申报表里还会怎样称呼这一列", needed=False),
    "most": Key(whole(0, 1_000_000), "number 最大多少", needed=False),
}

PAPER: Keys = {
    "kind": Key(one_of(kind for kind in Evidence.Kind.values if kind != "other"), "案卷里的一种材料", needed=False),
    "words": Key(short(30), "其他材料，写名称", needed=False),
    "when": Key(every(text), "只在这样填时才要，项目: 选项", needed=False),
    "clause": Key(text, "依据", needed=False),
}

AMOUNT: Keys = {
    "kind": Key(
        one_of(("fixed", "table", "days", "months", "units", "share", "interest", "nothing")),
        "fixed 一个数、table 按选项或家庭类别查表、days 天数×标准、months 月数×标准、units 数量×标准、share 费用×比例、"
        "interest 贷款贴息、nothing 不发钱",
    ),
    "yuan": Key(rates, "标准（元）；写了 by 的写成 {选项: 元}，两层的 {选项: {选项: 元}}", needed=False),
    "by": Key(listed(name), "yuan 按哪一两个 choice 项目分，如 [schooling]；category 是家庭类别", needed=False),
    "from": Key(name, "days、interest 起日的项目；months 当年从哪天起", needed=False),
    "to": Key(name, "days、interest 止日的项目（当天不计）", needed=False),
    "until": Key(name, "months 到哪个日期止（与 until_age 同写：满多少周岁的那个月止）", needed=False),
    "until_age": Key(whole(1, 100), "months 到 until 之后满多少年", needed=False),
    "of": Key(name, "units 的数量、share 的费用、interest 的本金是哪个项目", needed=False),
    "unit": Key(short(6), "units 的单位，如 小时", needed=False),
    "less": Key(listed(name), "share 先减去哪些 money 项目，如 [reimbursed]", needed=False),
    "deductible": Key(quoted_yuan, "share 的起付线（元）", needed=False),
    "percent": Key(percent, "share 的比例、interest 的年利率（%）", needed=False),
    "percent_of": Key(name, "interest 的年利率是哪个项目（填万分之几的整数）", needed=False),
    "most_percent": Key(percent, "interest 年利率最高按多少贴", needed=False),
    "most_principal": Key(rates, "interest 本金最高按多少贴（元）；写了 by 的按选项分", needed=False),
    "each_principal": Key(rates, "interest 每带动一户本金按多少贴（元）；写了 by 的按选项分，可只写几项", needed=False),
    "each_of": Key(name, "interest 带动户数是哪个项目（与 each_principal 同写）", needed=False),
    "since": Key(name, "interest 贷款从哪天起（与 most_days 同写：贴到那天之后多少天止）", needed=False),
    "basis": Key(basis, "interest 一年按多少天，不写是365", needed=False),
    "most_days": Key(whole(1, 366), "days 每次最多多少天；interest 贷款起多少天之内", needed=False),
    "most_days_a_year": Key(whole(1, 366), "days 每年最多多少天", needed=False),
    "log": Key(name, "units 的数量要与登记簿里这种登记的合计相同", needed=False),
    "most_units": Key(whole(1, 1_000_000), "units 每次最多多少", needed=False),
    "least": Key(quoted_yuan, "最低多少元；算出来是零的不发，不按最低发", needed=False),
    "most": Key(quoted_yuan, "最高多少元", needed=False),
    "rounding": Key(one_of(("half_up", "down")), "到分的取舍：half_up 四舍五入（不写就是它）、down 舍去", needed=False),
    "clause": Key(text, "依据"),
}

HOW_OFTEN: Keys = {
    "times": Key(one_of(("once", "year", "quarter", "month", "event")), "一生一次、每年、每季、每月一次，或每件事一次"),
    "on": Key(name, "按哪个日期项目算年、季、月、事；不写就是申请之日", needed=False),
    "to": Key(name, "event 到哪个日期项目为止（时间不能重叠）；年、季、月的，止日要在同一年、季、月之内", needed=False),
    "per": Key(one_of(("person", "household")), "person 每人，household 每户"),
    "also_per": Key(listed(name), "这些项目（如合同号）相同的也只算一次，换了申请人也一样", needed=False),
    "clause": Key(text, "依据"),
}

STEP: Keys = {
    "days": Key(whole(1, LONGEST), "期限"),
    "working": Key(yes_or_no, "true 工作日，false 日历天；不写是工作日，in_use 不写是日历天", needed=False),
    "office": Key(
        one_of(("village", "township", "county", "prefecture")), "由哪一级办，见上表，不写就是本级", needed=False
    ),
    "by": Key(month_day, "每年到哪天为止（年审）；过了这天才到的按 days 算", needed=False),
    "photograph": Key(yes_or_no, "village：要有入户照片", needed=False),
    "findings": Key(yes_or_no, "village：要写核实情况", needed=False),
    "log": Key(listed(name), "办结这一步之前（payment：列入批次之前），登记簿里要有的几种登记", needed=False),
    "clause": Key(text, "依据"),
}

REASON: Keys = {
    "code": Key(name, "代码"),
    "sentence": Key(short(60), "理由"),
    "remedy": Key(short(80), "还能怎么办"),
    "outcomes": Key(
        words(("ask_for_papers", "send_back", "refuse", "terminate", "suspend", "withdraw")),
        "用在哪些结果上",
    ),
    "by_terms": Key(yes_or_no, "true：换一个方案就可能不成立", needed=False),
}

LOG_KIND: Keys = {
    "name": Key(name, "代码"),
    "label": Key(short(20), "叫什么"),
    "by": Key(words(("village", "township", "county")), "由哪一级登记"),
    "unit": Key(short(6), "有数量的写单位，如 小时", needed=False),
    "most": Key(whole(1, 1_000_000), "一次最多多少", needed=False),
    "most_in_all": Key(whole(1, 1_000_000), "这件案子合计最多多少", needed=False),
    "money": Key(yes_or_no, "true：要填金额", needed=False),
    "words": Key(yes_or_no, "true：要写明情况", needed=False),
    "paper": Key(yes_or_no, "true：要有案卷里的材料作凭证", needed=False),
    "clause": Key(text, "依据", needed=False),
}

LOG: Keys = {
    "title": Key(short(20), "登记簿叫什么"),
    "from": Key(name, "最早登记哪个日期项目那天的事，不写就是申请之日", needed=False),
    "to": Key(name, "登记到哪个日期项目为止（当天不计）", needed=False),
    "kinds": Key(listed(group(LOG_KIND)), "登记哪几种事"),
}

DONATIONS: Keys = {
    "purpose": Key(name, "捐赠用途是哪个选项项目：批准时从这种用途的一笔捐赠列支"),
    "clause": Key(text, "依据"),
}

CARRIED: Keys = {
    "of": Key(name, "带动户数是哪个 number 项目：批准之前，登记的带动户不能比申报的少"),
    "when": Key(every(text), "只在这样填时才要，项目: 选项", needed=False),
    "clause": Key(text, "依据"),
}

REVIEW: Keys = {
    "ask_within_days": Key(whole(1, LONGEST), "收到告知后多少日内可以申请复核"),
    "clause": Key(text, "依据"),
}

VERSION: Keys = {
    "governs": Key(text, "哪一天决定适用哪个版本：applied_on（不写就是它）或一个日期项目", needed=False),
    "who": Key(group(WHO), "谁可以申请"),
    "window": Key(group(WINDOW), "什么时候可以申请，不写就是随时", needed=False),
    "facts": Key(listed(group(FACT)), "申请时要填什么，姓名、号码、账户等不用写", needed=False),
    "papers": Key(listed(group(PAPER)), "要什么材料", needed=False),
    "amount": Key(group(AMOUNT), "发多少"),
    "how_often": Key(group(HOW_OFTEN), "多久一次"),
    "steps": Key(every(group(STEP)), "走哪些环节：intake、village、township、county、payment…，不要的不写"),
    "log": Key(group(LOG), "登记簿：服务、进度、凭证、使用，不写就没有", needed=False),
    "donations": Key(group(DONATIONS), "从定向捐赠列支，不写就不从捐赠列支", needed=False),
    "carried": Key(
        group(CARRIED), "单位要登记带动了哪些家庭（applicant 是 unit 的），不写就可登记、不核对户数", needed=False
    ),
    "review": Key(group(REVIEW), "申请复核的期限，不写是30日", needed=False),
    "reasons": Key(listed(group(REASON)), "本项目自己的理由，退出的原因也写在这里", needed=False),
}

OF_THE_HOUSE: Keys = {
    "in_force_from": Key(day, "从哪天起施行"),
    "source": Key(text, "方案的名称和文号"),
    "notice": Key(check_notice, "有公示环节的：days 公示几天、working、show、channels、clause", needed=False),
    "deadlines": Key(every(check_deadline), "路旁环节（补正、中止、复核…）的期限，不写有默认", needed=False),
}
"""What any programme's version has; `workflows.terms` checks it."""

GROUPS: Mapping[str, Keys] = {
    "最外层": HEAD,
    "版本（都有的）": OF_THE_HOUSE,
    "版本": VERSION,
    "who": WHO,
    "who.age": AGE,
    "window": WINDOW,
    "facts": FACT,
    "papers": PAPER,
    "amount": AMOUNT,
    "how_often": HOW_OFTEN,
    "steps": STEP,
    "log": LOG,
    "log.kinds": LOG_KIND,
    "donations": DONATIONS,
    "carried": CARRIED,
    "review": REVIEW,
    "reasons": REASON,
}
"""Every group of keys, by where it stands."""
