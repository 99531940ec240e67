"""Every programme there is: each folder of `workflows/programmes/`, by its own word."""

from __future__ import annotations

import functools
import pkgutil
from importlib import import_module

from workflows import programmes as _folder
from workflows.programme import Programme


@functools.cache
def programmes() -> dict[str, Programme]:
    """Slug -> programme, found by looking: a new programme is one new folder and no line elsewhere."""
    found = {}
    for module in pkgutil.iter_modules(_folder.__path__):
        if module.ispkg:
            programme: Programme = import_module(f"{_folder.__name__}.{module.name}.programme").PROGRAMME
            found[programme.slug] = programme
    return found


def programme(slug: str) -> Programme:
    """Raises `KeyError` for a programme there is not."""
    return programmes()[slug]
