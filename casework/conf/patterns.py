"""Every part of the templates with sample data, for whoever designs a page (?face=public, ?face=slip). Trials only.

People and places of work are invented; identity numbers begin with 99.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static

from casework.models import Stage

STAGES = dict(Stage.choices)
TZ = ZoneInfo("Asia/Shanghai")
FACES = {"desk": "base.html", "public": "public_base.html", "slip": "print_base.html"}


class SampleForm(forms.Form):
    name = forms.CharField(label="姓名", help_text="照身份证上的写，少数民族姓名的间隔点用“·”。")
    number = forms.CharField(label="案件编号", required=False)
    admitted = forms.DateField(label="入院日期", widget=forms.DateInput(attrs={"type": "date"}))
    level = forms.ChoiceField(label="失能等级", choices=[("", "请选一项"), ("1", "轻度"), ("2", "中度"), ("3", "重度")])
    carer = forms.ChoiceField(
        label="谁在护理",
        choices=[("a", "家里人"), ("b", "请的护工"), ("c", "志愿者")],
        widget=forms.RadioSelect,
    )
    scan = forms.FileField(label="出院小结", required=False, help_text="照片或扫描件，看得清字就行。")
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agree = forms.BooleanField(label="我已当面核对身份证原件")


class FilterForm(forms.Form):
    q = forms.CharField(label="姓名、拼音首字母、案件编号或身份证号", required=False)
    step = forms.ChoiceField(label="步骤", required=False, choices=[("", "全部"), ("v", "村级核实")])
    village = forms.ChoiceField(label="村", required=False, choices=[("", "全部"), ("1", "肖家山村")])


def deadline(state: str, days: int = 0, day: date | None = None, working: bool = True) -> dict[str, Any]:
    return {"state": state, "days": days, "working": working, "date": day}


PEOPLE = [
    (
        "曾㛃文",
        "over",
        2,
        date(2026, 10, 29),
        "村级核实",
        "肖家山村",
        "1820.00",
        "accepted",
        "入院2026-09-02，14天，重度",
    ),
    (
        "向䶮",
        "today",
        0,
        date(2026, 11, 2),
        "村级核实",
        "打石湾社区",
        "980.00",
        "accepted",
        "入院2026-09-11，14天，轻度",
    ),
    (
        "买买提艾力·阿卜杜热合曼·图尔荪尼亚孜",
        "soon",
        2,
        date(2026, 11, 4),
        "乡镇审核",
        "花果山村",
        "3900.00",
        "verified",
        "入院2026-08-20，30天，重度",
    ),
    ("石秀兰", "left", 7, date(2026, 11, 11), "乡镇审核", "肖家山村", "1300.00", "verified", ""),
    ("欧阳建国", "paused", 0, None, "待补正", "崆峒村", None, "correction", "等申请人补出院小结"),
    ("田桂英", "left", 12, date(2026, 11, 18), "县级审批", "筑金坝社区", "12400.00", "reviewed", ""),
]
TABLE = {
    "caption": "按期限先后，共6件",
    "ticks": True,
    "tick_name": "work_items",
    "rows": [
        {
            "tick": {"value": i, "label": p[0]},
            "cells": [
                {"label": "期限", "kind": "deadline", "deadline": deadline(p[1], p[2], p[3])},
                {
                    "label": "申请人",
                    "text": p[0],
                    "url": "#main",
                    "header": True,
                    "note": f"HL-430922-2026-{i + 1:06d}",
                },
                {"label": "步骤", "text": p[4], "note": p[8]},
                {"label": "所在村", "text": p[5]},
                {"label": "状态", "kind": "stage", "code": p[7], "word": STAGES[p[7]]},
                {"label": "金额", "kind": "money", "amount": Decimal(p[6]) if p[6] else None},
            ],
        }
        for i, p in enumerate(PEOPLE)
    ],
}
STEPS = [
    {"state": "done", "label": "受理", "date": date(2026, 10, 12), "note": "县计生协"},
    {"state": "done", "label": "村级核实", "date": date(2026, 10, 20), "note": "肖家山村"},
    {"state": "now", "label": "乡镇审核", "date": date(2026, 10, 21), "note": "桃花江镇，还剩2个工作日"},
    {"state": "next", "label": "县级审批"},
    {"state": "next", "label": "发放到卡"},
    {"state": "next", "label": "办结"},
]
PAPERS = [
    {"state": "have", "label": "身份证复印件", "note": "10月12日收，2页", "url": "#main"},
    {"state": "have", "label": "费用清单", "note": "10月12日收，5页", "url": "#main"},
    {"state": "missing", "label": "出院小结", "note": "请到住院的医院病案室复印，11月9日前交到村里。"},
    {"state": "optional", "label": "护工收据"},
]
FACTS = [
    {"label": "申请人", "text": "曾㛃文", "note": "女，1958年生，失独家庭"},
    {
        "label": "身份证号",
        "kind": "masked",
        "masked": {
            "text": "990922********3143",
            "label": "身份证号",
            "url": "#",
            "field": "identity",
            "reasons": [("check", "当面核对证件"), ("bank", "核对银行卡")],
        },
    },
    {
        "label": "手机",
        "kind": "masked",
        "masked": {"text": "199****3710", "label": "手机", "url": "#", "field": "phone"},
    },
    {"label": "住址", "text": "益阳市桃江县桃花江镇肖家山村"},
    {"label": "住院", "text": "县人民医院（二级）", "note": "2026-09-02入院，2026-09-16出院，14天"},
    {"label": "失能等级", "text": "重度"},
    {
        "label": "收款账户",
        "kind": "masked",
        "masked": {"text": "**** 8023", "label": "收款账户", "url": ""},
        "note": "户名：曾㛃文，与申请人一致",
    },
    {"label": "申请日期", "kind": "date", "date": date(2026, 10, 12)},
    {"label": "应发金额", "kind": "money", "amount": Decimal("1820")},
    {"label": "备注", "text": ""},
]
EXPLANATION = {
    "lines": [
        {"text": "9月2日至9月16日住院，出院当天不算", "amount": None},
        {"text": "重度，每天130元 × 14天", "amount": Decimal("1820")},
        {"text": "全年上限60天，已用0天，本次没有扣减", "amount": Decimal("0")},
    ],
    "label": "应发金额",
    "total": Decimal("1820"),
    "terms": "依据：2026年7月1日起施行的示例县标准，以入院日为准。",
}
HISTORY = [
    {
        "at": datetime(2026, 10, 12, 9, 4, tzinfo=TZ),
        "what": "受理",
        "who": "周正",
        "office": "桃江县计生协",
        "why": "",
    },
    {
        "at": datetime(2026, 10, 20, 15, 37, tzinfo=TZ),
        "what": "村级核实：通过",
        "who": "石明远",
        "office": "桃花江镇肖家山村",
        "why": "10月19日下午入户，人在家，由妹妹护理，情况与申请一致。附照片3张。",
        "url": "#main",
    },
    {
        "at": datetime(2026, 10, 21, 8, 30, tzinfo=TZ),
        "what": "乡镇审核：领取",
        "who": "刘畅",
        "office": "桃花江镇计生协",
        "broken": True,
    },
]
DECISION: dict[str, Any] = {
    "url": "#",
    "key": "sample",
    "outcomes": [
        {"value": "pass", "label": "通过", "hint": "转县级审批，期限10个工作日。", "reasons": []},
        {
            "value": "send_back",
            "label": "退回村级重新核实",
            "hint": "退给肖家山村，重新计时。",
            "checked": True,
            "reasons": [
                {"value": "photo", "label": "照片看不清人或地点", "checked": True},
                {"value": "days", "label": "住院天数与出院小结不一致"},
                {"value": "carer", "label": "没有写清由谁护理"},
            ],
        },
        {
            "value": "refuse",
            "label": "不予通过",
            "hint": "申请人会收到书面理由和救济途径。",
            "reasons": [{"value": "level", "label": "医院等级不够"}],
        },
        {"value": "approve", "label": "直接批准", "missing": ["还缺出院小结。", "还没有村级核实的照片。"]},
    ],
}
REPORT = {
    "counts": [
        {"label": "共读到", "number": 129, "unit": "行"},
        {"label": "已接收", "number": 75, "unit": "行", "tone": "good"},
        {"label": "退回改正", "number": 54, "unit": "行", "tone": "bad", "url": "#main"},
        {"label": "合计金额", "amount": Decimal("124360")},
    ]
}
REPORT_ROWS = {
    "caption": "逐行结果",
    "rows": [
        {
            "cells": [
                {"label": "行", "kind": "number", "text": 7},
                {"label": "姓名", "text": "石秀兰", "header": True},
                {"label": "结果", "text": "已接收", "note": "HL-430922-2026-000004"},
                {"label": "天数", "kind": "number", "text": 10},
                {"label": "金额", "kind": "money", "amount": Decimal("1300")},
            ]
        },
        {
            "cells": [
                {"label": "行", "kind": "number", "text": 12},
                {"label": "姓名", "text": "彭大海", "header": True},
                {
                    "label": "结果",
                    "text": "身份证号被表格软件改成了近似数，末几位已丢失。请把这一列设成“文本”后重新填写。",
                },
                {"label": "天数", "kind": "number", "text": ""},
                {"label": "金额", "kind": "money", "amount": None},
            ]
        },
    ],
    "total": [
        {"text": "合计"},
        {},
        {},
        {"kind": "number", "text": 10, "label": "天数"},
        {"kind": "money", "amount": Decimal("1300"), "label": "金额"},
    ],
}
NOTICES = [
    {"level_tag": "info", "message": "这一步昨天由刘畅领取，今天转给了您。"},
    {
        "level_tag": "success",
        "message": "曾㛃文的案件已转县级审批。",
        "url": "#main",
        "action": "下一件：向䶮",
    },
    {
        "level_tag": "warning",
        "message": "这张照片在另一案件中用过。",
        "details": ["HL-430922-2026-000031，2026-09-30，肖家山村"],
    },
    {
        "level_tag": "error",
        "message": "这件案子已由周正先一步办理，您的决定没有生效。",
        "details": ["请刷新页面看最新情况。"],
    },
]


PHOTOS = [
    ("堂屋，申请人与妹妹", datetime(2026, 10, 19, 15, 2, tzinfo=TZ), "肖家山村，离住址约40米", ""),
    ("病床与轮椅", datetime(2026, 10, 19, 15, 4, tzinfo=TZ), "肖家山村", "这张照片在另一案件中用过"),
    ("出院小结第1页", None, "", ""),
]


def photos() -> list[dict[str, Any]]:
    return [
        {
            "url": "#",
            "thumb": static("nuanxin/seal.svg"),
            "alt": f"入户照片{number}",
            "caption": caption,
            "taken": taken,
            "place": place,
            "warning": warning,
        }
        for number, (caption, taken, place, warning) in enumerate(PHOTOS, start=1)
    ]


SAMPLE: dict[str, Any] = {
    "notices": NOTICES,
    "stages": [{"code": c, "word": w} for c, w in STAGES.items()],
    "deadlines": [
        deadline("left", 7, date(2026, 11, 11)),
        deadline("soon", 2, date(2026, 11, 4), False),
        deadline("today", 0, date(2026, 11, 2)),
        deadline("over", 2, date(2026, 10, 31), False),
        deadline("paused"),
        deadline("none"),
    ],
    "filters": {"form": FilterForm(), "clear_url": "#main"},
    "table": TABLE,
    "bulk": {"outcomes": [{"value": "pass", "label": "通过"}], "shown": 6},
    "pager": {"previous_url": "", "next_url": "#main", "text": "本页50件"},
    "no_rows": {
        "rows": [],
        "empty": {
            "message": "没有等您办的案件",
            "hint": "新案件到了会按期限排在这里。",
            "url": "#main",
            "action": "看全部案件",
        },
    },
    "report": REPORT,
    "report_rows": REPORT_ROWS,
    "facts": FACTS,
    "explanation": EXPLANATION,
    "papers": PAPERS,
    "photos": [],
    "history": HISTORY,
    "decision": DECISION,
    "refused": {
        "heading": "县级审批",
        "refused": ["您已经在乡镇审核过这件案子，同一件案子一个人只能有一种身份。"],
    },
    "steps": STEPS,
    "public": {
        "who": "曾㛃文，住院护理补贴，HL-430922-2026-000001",
        "answer": "您的申请，镇里正在审核。",
        "since": "从2026年10月21日开始，最迟11月4日办完。下一步由县里审批。",
        "notice": {
            "level_tag": "warning",
            "message": "还缺一份出院小结。请在11月9日前交到村里，过了这天要重新申请。",
        },
    },
    "slip": {
        "office": "桃江县计划生育协会",
        "number": "HL-430922-2026-000001",
        "code": "7KQ2-M9FD",
        "qr": "",
        "facts": [
            {"label": "申请人", "text": "曾㛃文"},
            {"label": "申请事项", "text": "住院护理补贴"},
            {"label": "受理日期", "kind": "long_date", "date": date(2026, 10, 12)},
            {"label": "最迟办结", "kind": "long_date", "date": date(2026, 12, 7)},
        ],
    },
}


def sample() -> dict[str, Any]:
    slip = SAMPLE["slip"] | {"qr": static("nuanxin/seal.svg")}
    return SAMPLE | {"photos": photos(), "slip": slip}


def patterns(request: HttpRequest) -> HttpResponse:
    face = FACES.get(request.GET.get("face", "desk"))
    if face is None:
        raise Http404
    contact = {"office": "桃江县计生协", "phone": "0737-0000000", "hours": "工作日 8:30—12:00，14:30—17:30"}
    context = {"face": face, "sample": sample(), "form": SampleForm({"carer": "a"}), "contact": contact}
    return render(request, "patterns.html", context)
