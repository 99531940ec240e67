"""The programme an administrator names on the command line."""

from __future__ import annotations

from contextlib import suppress

from django.core.management.base import CommandError

from workflows import missing, registry
from workflows.programme import Programme


def programme_named(slug: str, *, or_brought_in: bool = False) -> Programme:
    """Raises `CommandError`, naming the programmes there are. A log that was brought in (`replay-…`) is one too
    where `or_brought_in`: nobody applies for it, but its cases can be read."""
    known = registry.programmes()
    if or_brought_in and slug not in known:
        with suppress(KeyError):
            return registry.programme(slug)
    for one in registry.left_out():
        if one.slug == slug:
            raise CommandError(missing.sentence_of(one))
    if slug not in known:
        listed = "、".join(f"{name}（{programme.title}）" for name, programme in sorted(known.items()))
        raise CommandError(f"没有代码为“{slug}”的项目。现有：{listed}。")
    return known[slug]
