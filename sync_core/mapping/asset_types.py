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


def why_no_data_asset(type_name: str, ancestors: Collection[str] | None) -> str:
    """Return why entities of a type are left out, or an empty text for a data asset.

    `ancestors` are all its super types, None where Purview does not tell the type's definition: then only the name can
    speak, and a doubtful asset counts, since nothing may be lost.
    """
    lineage = {type_name, *(ancestors or ())}
    if type_name.startswith(OWN_PREFIX):
        return "made by this sync"
    if any(name.startswith(GLOSSARY_PREFIX) for name in lineage):
        return "a glossary object"
    for part in PARTS:
        if any(name.lower() == part or name.lower().endswith(f"_{part}") for name in lineage):
            return f"a {part}"
    if PROCESS in lineage or type_name.lower().endswith("_process"):
        return "a process"
    if ancestors is not None and DATA_SET not in lineage:
        return "not a DataSet by its type definition"
    return ""
