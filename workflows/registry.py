"""Every programme there is: each folder of `workflows/programmes/`, by its own word; and the logs brought in, by name.

A folder with a `programme.py` says what it is in Python; one with nothing but a `terms.yaml` is a standard programme
(`workflows.standard`); so is a page of terms written and published at the desk. A log's programme is found when one of
its cases asks for it. It is in no menu and nobody applies for it, so it is not among `programmes()`.

One that cannot be read is left out, and the others are there without it (`left_out`). A process that could read it
before goes on with what it read: cases are under way by it. Whether a process may start without it is another question
(`workflows.missing`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from workflows import programmes as _folder
from workflows.archived.programme import programme_of
from workflows.line_codes import NONE, Own
from workflows.outcomes import Outcome
from workflows.programme import Programme
from workflows.unreadable import LeftOut, Unreadable

WRITTEN, TERMS = "programme.py", "terms.yaml"
STANDARD = "workflows.standard.programme"
PUBLISHED = "workflows.standard.published"
"""By their names, as the folders are: what follows from a step asks the registry in its turn."""


class Programmes(dict[str, Programme]):
    """Slug -> programme. One of these never changes: what is found out about all of them is kept with it."""

    @functools.cached_property
    def consequential(self) -> frozenset[str]:
        """Names of outcomes by which days can be reserved or freed, which an applicant's other cases share."""
        steps = (step for programme in self.values() for flow in programme.flows for step in flow.steps())
        return frozenset(
            outcome.name for step in steps for outcome in step.outcomes.values() if _reaches_others(outcome)
        )


class TwoAlike(Unreadable):
    """Two programmes say the same slug or title, or begin their case numbers alike; the text names both."""


def programmes() -> Programmes:
    """Every programme people apply for, found by looking: a new one is one new folder and no line elsewhere.

    Those in Python come first, each sort in the order of their folders. `forget()` has it look again.
    """
    return _looked()[0]


def left_out() -> tuple[LeftOut, ...]:
    """What could not be read when this process last looked, in the order it was found."""
    return _looked()[1]


def forget() -> None:
    """Look again: a folder, or whatever another source reads, has changed."""
    _looked.cache_clear()


_last_read: dict[str, Programme] = {}
"""Slug -> the programme as this process last could read it."""


@functools.cache
def _looked() -> tuple[Programmes, tuple[LeftOut, ...]]:
    found, without = Programmes(), []
    for source in SOURCES:
        for one in source():
            programme = _last_read.get(one.slug) if isinstance(one, LeftOut) else one
            if isinstance(one, LeftOut):
                without.append(one)
            if programme is None:
                continue
            try:
                _check_alone(programme, found, titles=source is not on_pages)
            except TwoAlike as clash:
                without.append(LeftOut(programme.slug, str(clash)))
                continue
            found[programme.slug] = _last_read[programme.slug] = programme
    return found, tuple(without)


def in_python() -> Iterator[Programme | LeftOut]:
    """Folders that say what they are in a `programme.py`."""
    for folder in _folders(WRITTEN):
        try:
            programme: Programme = import_module(f"{_folder.__name__}.{folder.name}.programme").PROGRAMME
        except Unreadable as problem:
            yield LeftOut(folder.name, str(problem))
        else:
            yield programme


def as_terms() -> Iterator[Programme | LeftOut]:
    """Folders that hold a page of terms and no code. One that holds neither is told of: its page has another name."""
    yield from _without_a_page()
    build: Callable[[Path], Programme] = import_module(STANDARD).programme_in
    for folder in _folders(TERMS):
        if (folder / WRITTEN).exists():
            continue
        try:
            programme = build(folder)
        except Unreadable as problem:
            yield LeftOut(folder.name, str(problem))
        else:
            yield programme


def on_pages() -> Iterator[Programme | LeftOut]:
    """Pages of terms that were written here and published: they lie in the database."""
    yield from import_module(PUBLISHED).programmes()


SOURCES: tuple[Callable[[], Iterator[Programme | LeftOut]], ...] = (in_python, as_terms, on_pages)
"""Where programmes come from. A source is asked once, and again after `forget()`."""


def _reaches_others(outcome: Outcome) -> bool:
    return any(not getattr(consequence, "alone", False) for consequence in outcome.then)


def on_paper() -> dict[str, Programme]:
    """Those of which sheets are handed in, or somebody at the counter."""
    return {slug: found for slug, found in programmes().items() if found.on_paper}


def programme(slug: str) -> Programme:
    """Raises `KeyError` for a programme there is not."""
    known = programmes().get(slug)
    return programme_of(slug) if known is None else known


def codes_of(slug: str) -> Own:
    """What a programme says of the codes a line is refused with; nothing of its own for a sheet of none."""
    known = programmes().get(slug)
    return known.codes if known else NONE


def _folders(holding: str) -> Iterator[Path]:
    homes = sorted({home for place in _folder.__path__ for home in Path(place).glob(f"*/{holding}")})
    yield from (home.parent for home in sorted(homes, key=lambda home: home.parent.name))


def _without_a_page() -> Iterator[LeftOut]:
    for folder in sorted(home for place in _folder.__path__ for home in Path(place).iterdir() if home.is_dir()):
        names = {file.name for file in folder.iterdir()}
        misnamed = sorted(name for name in names if "yaml" in name.lower() or "yml" in name.lower())
        if misnamed and not {WRITTEN, TERMS} & names:
            yield LeftOut(folder.name, f"文件夹 {folder.name} 里没有 {TERMS}，有 {misnamed[0]}，请改名为 {TERMS}")


def _check_alone(programme: Programme, others: Mapping[str, Programme], *, titles: bool) -> None:
    """Pages are asked for a title of their own before they are published; one that was is not left out for it."""
    for other in others.values():
        if other.slug == programme.slug:
            raise TwoAlike(f"有两个项目都叫“{programme.slug}”（{other.title}、{programme.title}）")
        if other.number_prefix == programme.number_prefix:
            both = f"“{other.title}”和“{programme.title}”"
            raise TwoAlike(f"{both}的案号都以“{programme.number_prefix}”开头，请换一个 number_prefix")
        if titles and other.title == programme.title:
            raise TwoAlike(f"有两个项目都叫“{programme.title}”（{other.slug}、{programme.slug}），请换一个 title")
