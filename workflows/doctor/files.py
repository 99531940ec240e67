"""Papers and sheets: each file lies in the store and opens with our keys, and a case's list of papers is what it has.

What lies in the store is sealed: a file that was altered, cut short or exchanged does not open. (The digest kept with a
paper is of the upload, which is not kept: what is kept is a clean picture made from it.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from casework.evidence.storage import NOT_FOUND, FileStore, StorageFailed
from casework.models import Case, Evidence, SheetImport
from workflows.doctor.finding import Examination, Finding, Kind, Scope, county_of
from workflows.papers.sheets import file_store

MISSING = Kind("file_missing", "材料文件在存储里找不到了", "请系统管理员从备份恢复 files 目录里的这个文件")
ALTERED = Kind(
    "file_altered",
    "材料文件打不开：被改动过，或密钥不对",
    "请系统管理员先核对密钥文件，再与备份里的同一文件比较；确被改动的，从备份恢复并告知审计员",
)
UNLISTED = Kind(
    "papers_apart",
    "案卷目录与材料对不上：目录里的材料没有了，或有材料不在目录里",
    "请停办这件案子，系统管理员核对数据库备份；签过字的案卷目录不自动改动，请告知审计员",
)
SAMPLE = 200
CASES_AT_A_TIME = 200


def find(scope: Scope) -> Iterator[Finding]:
    store = file_store()
    has_papers = Exists(Evidence.objects.filter(case=OuterRef("pk")))
    cases = Case.objects.filter(scope.inside()).filter(~Q(papers={}) | has_papers)
    rows = _some(scope, cases).order_by("pk").values_list("pk", "number", "division_id", "papers").iterator()
    while chunk := list(islice(rows, CASES_AT_A_TIME)):
        yield from _of_cases(chunk, store)
    sheets = _some(scope, SheetImport.objects.filter(scope.inside("county_id")))
    for pk, county, file in sheets.order_by("pk").values_list("pk", "county_id", "file").iterator():
        kind = _state_of(store, file)
        if kind is not None:
            yield Finding(kind, f"sheet:{pk}", county, f"导入{pk}的原表")


def _some(scope: Scope, rows: QuerySet[Any]) -> QuerySet[Any]:
    """All of them, or some two hundred that change from day to day, so that in time every one is looked at."""
    if scope.every_file:
        return rows
    every = max(1, rows.count() // SAMPLE)
    some: QuerySet[Any] = rows.annotate(turn=F("pk") % every).filter(turn=scope.day.toordinal() % every)
    return some


def _of_cases(chunk: Sequence[tuple[int, str, str, dict[str, list[str]]]], store: FileStore) -> Iterator[Finding]:
    kept: dict[int, list[tuple[str, str, str, str]]] = defaultdict(list)
    columns = ("case_id", "kind", "sha256", "file", "thumbnail")
    evidence = Evidence.objects.filter(case_id__in=[row[0] for row in chunk]).order_by("pk")
    for case, *paper in evidence.values_list(*columns):
        kept[case].append((paper[0], paper[1], paper[2], paper[3]))
    for pk, number, division, papers in chunk:
        county = county_of(division)
        listed = {(kind, digest) for kind, digests in papers.items() for digest in digests}
        there = {(kind, digest) for kind, digest, _, _ in kept[pk]}
        if listed != there:
            sentence = f"{number}：目录里有而找不到的{len(listed - there)}份，不在目录里的{len(there - listed)}份"
            yield Finding(UNLISTED, number, county, sentence)
        for kind, digest, *files in kept[pk]:
            label = Evidence.Kind(kind).label if kind in Evidence.Kind.values else kind
            for state in filter(None, (_state_of(store, file) for file in files)):
                yield Finding(state, number, county, f"{number}：{label}（{digest[:12]}）")
                break


def _state_of(store: FileStore, file: str) -> Kind | None:
    """What is wrong with a file; None when it opens."""
    try:
        store.get(file)
    except StorageFailed as problem:
        return MISSING if str(problem) == NOT_FOUND else ALTERED
    return None


FILES = Examination("files", "材料文件", find)
