"""The type definitions that every account has from the start, as far as this project meets them.

Source: docs/vendors/purview.md, sections 2, 3 and 5;
base and glossary types from Apache Atlas' models 0010 and 0011. The service has
several hundred more; attributes are those that scans fill most.
"""

from collections.abc import Iterator

from local.purview.builtin import base, fabric, glossary, power_bi, sql, storage
from local.purview.model import Json


def builtin_definitions() -> Iterator[Json]:
    """All of them as full definitions, supertypes before subtypes and ends before relationships."""
    for module in (base, glossary, storage, sql, fabric, power_bi):
        yield from module.DEFINITIONS
