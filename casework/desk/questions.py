"""What an outcome asks besides reasons and a note, as fields of a form; and what was answered, for the gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.models import BatchLine, Case, Evidence, WantedPaper
from workflows.outcomes import Outcome
from workflows.papers.wanted import ASKABLE, Line, line_of, still_wanted, told
from workflows.payments.coming_back import paid_lines
from workflows.questions import Answer, Question

BAD_DAY = gettext_lazy("看不懂这个日期，请照2026-11-02这样写")
BAD_MONEY = gettext_lazy("请填金额（元），最多两位小数，如1500.00")
LONGEST_LINE, LONGEST_WORDS = 200, 2000
MOST_RADIOS = 7
EMPTY = {"required": gettext_lazy("请填写这一项")}
Fields = dict[str, forms.Field]


class Asked(forms.Form):
    """The fields of one outcome; their names begin with its own, because several outcomes stand in one form."""

    # What is not chosen is not filled in, and a browser would insist.
    use_required_attribute = False

    def __init__(self, outcome: Outcome, case: Case, typed: QueryDict | None = None) -> None:
        super().__init__(typed, prefix=outcome.name)
        self.outcome = outcome
        self.fields.update(fields_of(outcome, case))

    def values(self) -> dict[str, Any]:
        """The answers under the questions' names. Ask `is_valid` first."""
        return answers_of(self.outcome, self.cleaned_data)

    def problems(self) -> list[str]:
        """What is wrong, each with the field it is about."""
        return [f"{self[name].label}：{line}" for name, lines in self.errors.items() for line in lines]


def asked_by(outcome: Outcome, case: Case, typed: QueryDict | None = None) -> Asked | None:
    """The fields of what an outcome asks about this case; None when it asks nothing."""
    return Asked(outcome, case, typed) if outcome.asks else None


def fields_of(outcome: Outcome, case: Case | None) -> Fields:
    """What an outcome asks about this case; without one, what it asks once of many (`questions.ALIKE`)."""
    found: Fields = {}
    for question in outcome.asks:
        found.update(FIELDS[question.answer](question, case))
    return found


def answers_of(outcome: Outcome, said: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered in those fields, for `perform(values=…)`."""
    return {question.name: VALUES[question.answer](question, said) for question in outcome.asks}


# -- the fields ----------------------------------------------------------------------------------------------------


def _day(question: Question, case: Case | None) -> Fields:
    field = forms.DateField(
        label=question.label,
        help_text=question.help,
        required=question.required,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={**EMPTY, "invalid": BAD_DAY},
    )
    if question.name == "asked_on":
        field.initial = localdate
    return {question.name: field}


def _papers(question: Question, case: Case | None) -> Fields:
    before = told(case) if case else []
    known = {paper.kind for paper in before}
    kinds = [(kind.value, kind.label) for kind in ASKABLE if kind.value not in known]
    waiting = _("、").join(paper.label for paper in before if not paper.answer)
    fields: Fields = {}
    if kinds:
        fields[f"{question.name}_kinds"] = forms.MultipleChoiceField(
            label=question.label,
            choices=kinds,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=question.help,
        )
    fields[f"{question.name}_words"] = forms.CharField(
        label=_("其他要补的，每行写一项"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写给申请人看，例如“出院小结第二页”。%(waiting)s")
        % {"waiting": _("以前告知、还没有补来的仍在清单里：%(papers)s。") % {"papers": waiting} if waiting else ""},
    )
    return fields


def _ticks(question: Question, case: Case | None) -> Fields:
    assert case is not None, "ticks name the papers of one case"
    return {
        f"{question.name}_{paper.pk}": forms.ChoiceField(
            label=paper.label,
            choices=WantedPaper.Answer.choices,
            widget=forms.RadioSelect,
            error_messages={"required": gettext_lazy("请核对：已补来，还是不再需要")},
        )
        for paper in still_wanted(case)
    }


def _payments(question: Question, case: Case | None) -> Fields:
    """Nothing where the case has been paid once: that one it must be."""
    assert case is not None, "payments are of one case"
    lines = paid_lines(case)
    if len(lines) < 2:
        return {}
    field = forms.TypedMultipleChoiceField(
        label=question.label,
        help_text=question.help,
        choices=[(line.pk, _payment(line)) for line in lines],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={**EMPTY, "invalid_choice": gettext_lazy("请从列出的里面选")},
    )
    return {question.name: field}


def _payment(line: BatchLine) -> str:
    words = {"batch": line.batch.number, "line": line.line_number, "amount": f"{line.amount:.2f}"}
    said = _("批次%(batch)s第%(line)d行，%(amount)s元") % words
    if not line.answered_on:
        return said
    arrived = _("%(day)s到账") % {"day": line.answered_on}
    return _("，").join((said, arrived))


def _money(question: Question, case: Case | None) -> Fields:
    field = forms.DecimalField(
        label=question.label,
        help_text=question.help,
        required=question.required,
        min_value=Decimal("0.00"),
        max_digits=12,
        decimal_places=2,
        error_messages={**EMPTY, "invalid": BAD_MONEY, "max_decimal_places": BAD_MONEY, "min_value": BAD_MONEY},
    )
    return {question.name: field}


def _number(question: Question, case: Case | None) -> Fields:
    field = forms.IntegerField(
        label=question.label,
        help_text=question.help,
        required=question.required,
        min_value=0,
        max_value=1_000_000,
        error_messages={**EMPTY, "invalid": gettext_lazy("请填整数")},
    )
    return {question.name: field}


def _choice(question: Question, case: Case | None) -> Fields:
    choices = list(question.choices) if question.required else [("", _("（不填）")), *question.choices]
    field = forms.ChoiceField(
        label=question.label,
        help_text=question.help,
        required=question.required,
        choices=choices,
        widget=forms.RadioSelect if len(choices) <= MOST_RADIOS else forms.Select,
        error_messages={"required": gettext_lazy("请选一项"), "invalid_choice": gettext_lazy("请从列出的里面选")},
    )
    return {question.name: field}


def _text(question: Question, case: Case | None) -> Fields:
    field = forms.CharField(
        label=question.label,
        help_text=question.help,
        required=question.required,
        max_length=LONGEST_LINE,
        error_messages={**EMPTY, "max_length": gettext_lazy("请写短一些，最多%(limit_value)d字")},
    )
    return {question.name: field}


def _words(question: Question, case: Case | None) -> Fields:
    field = forms.CharField(
        label=question.label,
        help_text=question.help,
        required=question.required,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={**EMPTY, "max_length": gettext_lazy("请写短一些，最多%(limit_value)d字")},
    )
    return {question.name: field}


FIELDS: Mapping[Answer, Callable[[Question, Case | None], Fields]] = {
    Answer.DAY: _day,
    Answer.PAPERS: _papers,
    Answer.TICKS: _ticks,
    Answer.PAYMENTS: _payments,
    Answer.MONEY: _money,
    Answer.NUMBER: _number,
    Answer.CHOICE: _choice,
    Answer.TEXT: _text,
    Answer.WORDS: _words,
}


# -- the answers ---------------------------------------------------------------------------------------------------


def _named_papers(question: Question, said: Mapping[str, Any]) -> list[Line]:
    kinds = [Line(kind=kind) for kind in said.get(f"{question.name}_kinds", ()) if kind in Evidence.Kind.values]
    words = [line_of(line) for line in said.get(f"{question.name}_words", "").splitlines() if line.strip()]
    return [*kinds, *words]


def _ticked(question: Question, said: Mapping[str, Any]) -> dict[int, str]:
    begins = f"{question.name}_"
    return {int(name.removeprefix(begins)): answer for name, answer in said.items() if name.startswith(begins)}


def _as_written(question: Question, said: Mapping[str, Any]) -> Any:
    return said.get(question.name)


VALUES: Mapping[Answer, Callable[[Question, Mapping[str, Any]], Any]] = {
    **dict.fromkeys((Answer.DAY, Answer.MONEY, Answer.NUMBER, Answer.CHOICE, Answer.TEXT, Answer.WORDS), _as_written),
    Answer.PAPERS: _named_papers,
    Answer.TICKS: _ticked,
    Answer.PAYMENTS: _as_written,
}
