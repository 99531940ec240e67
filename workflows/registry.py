"""Every programme there is: each folder of `workflows/programmes/`, by its own word; and the logs brought in, by name.

A log's programme is found when one of its cases asks for it. It is in no menu and nobody applies for it, so it is not
among `programmes()`.
"""

from __future__ import annotations

import functools
import pkgutil
from importlib import import_module

from workflows import programmes as _folder
from workflows.archived.programme import programme_of
from workflows.programme import Programme


@functools.cache
def programmes() -> dict[str, Programme]:
    """Slug -> programme people apply for, found by looking: a new one is one new folder and no line elsewhere."""
    found = {}
    for module in pkgutil.iter_modules(_folder.__path__):
        if module.ispkg:
            programme: Programme = import_module(f"{_folder.__name__}.{module.name}.programme").PROGRAMME
            found[programme.slug] = programme
    return found


def on_paper() -> dict[str, Programme]:
    """Those of which sheets are handed in, or somebody at the counter."""
    return {slug: found for slug, found in programmes().items() if found.on_paper}


def programme(slug: str) -> Programme:
    """Raises `KeyError` for a programme there is not."""
    known = programmes().get(slug)
    return programme_of(slug) if known is None else known
