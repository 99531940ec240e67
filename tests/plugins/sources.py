"""Which programmes there are in a test: those of folders.

What is published lies in the database, which most tests do not have when they ask. Tests of publishing put that source
back. Set when this module is imported, because some tests ask while they are imported themselves.
"""

from __future__ import annotations

from workflows import registry

FOLDERS = (registry.in_python, registry.as_terms)

registry.SOURCES = FOLDERS
