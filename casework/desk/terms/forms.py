"""Terms as a form: the plain scheme, a fixed sum to people of the register by the standard road, as YAML."""

from __future__ import annotations

from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import RegisterEntry
from workflows.standard.published import LONGEST

EMPTY = {"required": gettext_lazy("请填写这一项")}
STEPS = (
    ("village", gettext_lazy("村级核实（10个工作日）"), {"days": 10, "findings": True}),
    ("township", gettext_lazy("乡镇审核（10个工作日）"), {"days": 10}),
)
TIMES = (
    ("once", gettext_lazy("一生一次")),
    ("year", gettext_lazy("每年一次")),
    ("quarter", gettext_lazy("每季一次")),
    ("month", gettext_lazy("每月一次")),
)
PER = (("person", gettext_lazy("每人")), ("household", gettext_lazy("每户")))


class PlainTermsForm(forms.Form):
    """What a plain scheme needs. `as_yaml` writes it out; everything else is written there by hand."""

    use_required_attribute = False

    slug = forms.SlugField(
        label=gettext_lazy("代码"), max_length=40, help_text=gettext_lazy("小写英文，如 winter_heating，以后不能改"),
        error_messages={**EMPTY, "invalid": gettext_lazy("只能用小写英文字母、数字和下划线")},
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("项目名称"), max_length=20, error_messages=EMPTY)
    number_prefix = forms.RegexField(
        r"^[A-Z]{2,4}$", label=gettext_lazy("案号开头"), help_text=gettext_lazy("2到4个大写字母，不能与别的项目相同"),
        error_messages={**EMPTY, "invalid": gettext_lazy("要写2到4个大写字母，如 QN")},
    )  # fmt: skip
    bank_memo = forms.CharField(label=gettext_lazy("银行摘要"), max_length=4, help_text=gettext_lazy("最多4个字"))
    fund = forms.CharField(label=gettext_lazy("从哪笔资金列支"), max_length=40, error_messages=EMPTY)
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("名册里哪几类家庭可以申请"), choices=RegisterEntry.Category.choices,
        widget=forms.CheckboxSelectMultiple, error_messages={"required": gettext_lazy("至少选一类")},
    )  # fmt: skip
    yuan = forms.DecimalField(
        label=gettext_lazy("每次补助（元）"), min_value=0, max_digits=9, decimal_places=2,
        error_messages={**EMPTY, "invalid": gettext_lazy("请填金额（元），最多两位小数，如1500.00")},
    )  # fmt: skip
    times = forms.ChoiceField(label=gettext_lazy("多久一次"), choices=TIMES)
    per = forms.ChoiceField(
        label=gettext_lazy("每人还是每户"),
        choices=(("person", gettext_lazy("每人")), ("household", gettext_lazy("每户"))),
    )
    steps = forms.MultipleChoiceField(
        label=gettext_lazy("除受理、县级审批和发放外，还要哪些环节"),
        choices=[(name, label) for name, label, _said in STEPS],
        widget=forms.CheckboxSelectMultiple, required=False, initial=["village", "township"],
    )  # fmt: skip
    in_force_from = forms.DateField(
        label=gettext_lazy("从哪天起施行"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={**EMPTY, "invalid": gettext_lazy("看不懂这个日期，请照2026-11-02这样写")},
    )  # fmt: skip
    source = forms.CharField(
        label=gettext_lazy("依据的文件"), max_length=120, error_messages=EMPTY,
        help_text=gettext_lazy("如 某县冬季取暖补助方案（2026年12月1日起施行），申请人看得到"),
    )  # fmt: skip

    def clean_slug(self) -> str:
        return str(self.cleaned_data["slug"]).replace("-", "_").lower()

    def as_yaml(self) -> str:
        """A page of terms with these answers. Ask `is_valid` first."""
        said = self.cleaned_data
        clause = said["source"]
        steps: dict[str, Any] = {"intake": {"days": 5, "clause": clause}}
        steps |= {name: {**more, "clause": clause} for name, _label, more in STEPS if name in said["steps"]}
        steps |= {"county": {"days": 10, "clause": clause}, "payment": {"days": 10, "clause": clause}}
        page = {
            "programme": said["slug"],
            **{name: said[name] for name in ("title", "number_prefix", "bank_memo", "fund")},
            "applicant": "person",
            "common": {
                "who": {"categories": said["categories"], "register_valid_on": "applied_on", "clause": clause},
                "how_often": {"times": said["times"], "per": said["per"], "clause": clause},
                "steps": steps,
            },
            "versions": [
                {
                    "in_force_from": said["in_force_from"],
                    "source": said["source"],
                    "amount": {"kind": "fixed", "yuan": f"{said['yuan']:.2f}", "clause": clause},
                }
            ],
        }
        return yaml.safe_dump(page, allow_unicode=True, sort_keys=False, width=110)


class TermsTextForm(forms.Form):
    """The page itself."""

    text = forms.CharField(
        label=gettext_lazy("方案（YAML）"), max_length=LONGEST, strip=False, error_messages=EMPTY,
        help_text=gettext_lazy("每一项能写什么，见说明文档“新增项目”。写错了会说是哪个版本的哪一项。"),
        widget=forms.Textarea(attrs={"rows": 28, "spellcheck": "false", "class": "code"}),
    )  # fmt: skip


def heading(published: bool) -> str:
    return _("改方案") if published else _("起草方案")
