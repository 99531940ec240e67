"""The columns of a programme's application as fields of a form: what is sent is read like a line of a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from casework.models import Hospital
from casework.sheets.columns import Column
from workflows.programme import Programme

MOST_HOSPITALS = 300
BLANK = ("", gettext_lazy("请选一项"))


def fields_of(columns: Iterable[Column], programme: Programme) -> dict[str, forms.Field]:
    """Name -> field: a choice where the programme knows the words, a day where it is one, else a line."""
    words = {fact.name: fact.choices for fact in programme.facts if fact.choices}
    return {column.name: _field(column, list(words.get(column.name, {}).values())) for column in columns}


def hospitals_of(counties: Iterable[str]) -> QuerySet[Hospital, str]:
    """The names a field `hospital` offers."""
    return Hospital.objects.filter(county_id__in=counties).values_list("name", flat=True)[:MOST_HOSPITALS]


def _field(column: Column, words: list[str]) -> forms.Field:
    if words:
        # The words of the paper, not the codes.
        offered = [BLANK, *((word, word) for word in words)]
        return forms.ChoiceField(label=column.label, required=column.required, choices=offered)
    is_day = column.kind == "date"
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}) if is_day else forms.TextInput()
    widget.attrs["autocomplete"] = "off"
    if column.name == "hospital":
        widget.attrs["list"] = "hospitals"
    return forms.CharField(label=column.label, required=column.required, max_length=200, widget=widget)
