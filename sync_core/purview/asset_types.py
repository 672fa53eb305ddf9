"""Which types of Purview entities are data assets, the things that become data sources.

An asset's type is a DataSet by its type definition. Columns are DataSets too, as in Apache Atlas, and so are parts of
schemas: they belong to an asset and are none. Source: docs/vendors/purview.md, sections 2 and 3.
"""

from collections.abc import Collection

DATA_SET = "DataSet"
PROCESS = "Process"
GLOSSARY_PREFIX = "AtlasGlossary"
OWN_PREFIX = "cluedin_"  # what our lineage writes: finding it again would feed the sync with its own results
PARTS = ("column", "field", "schema")
NOT_A_DATA_SET = "not a DataSet by its type definition"
MOST_OF_A_KIND = 2  # DataSet and Process are one


def why_no_data_asset(type_name: str, ancestors: Collection[str], *, is_complete: bool) -> str:
    """Return why entities of a type are left out, or an empty text for a data asset.

    `ancestors` are its super types as far as they were read, `is_complete` says whether these are all. Where they are
    not, a doubtful asset counts, since nothing may be lost.
    """
    lineage = {type_name, *ancestors}
    if type_name.startswith(OWN_PREFIX):
        return "made by this sync"
    if any(name.startswith(GLOSSARY_PREFIX) for name in lineage):
        return "a glossary object"
    for part in PARTS:
        if any(_is_part(name, part) for name in lineage):
            return f"a {part}"
    if PROCESS in lineage or type_name.lower().endswith("_process"):
        return "a process"
    if is_complete and DATA_SET not in lineage:
        return NOT_A_DATA_SET
    return ""


def telling(ancestors: Collection[str]) -> list[str]:
    """Return those super types that decide, one of each kind: what is remembered of a type has a bound."""
    kinds = [
        [name for name in ancestors if name.startswith(GLOSSARY_PREFIX)],
        *([name for name in ancestors if _is_part(name, part)] for part in PARTS),
        [name for name in ancestors if name in {DATA_SET, PROCESS}],
    ]
    return sorted(
        {name for kind in kinds for name in sorted(kind, key=lambda name: (len(name), name))[:MOST_OF_A_KIND]}
    )


def _is_part(name: str, part: str) -> bool:
    return name.lower() == part or name.lower().endswith(f"_{part}")
