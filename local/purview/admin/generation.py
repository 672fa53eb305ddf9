"""Many assets at once, the same ones each time."""

import random
from collections.abc import Iterator
from uuid import UUID

from local.purview.admin.actions import SCANNER, find_collection, find_term
from local.purview.admin.unified import find_concept
from local.purview.builtin.glossary import ASSIGNMENT
from local.purview.model import DAY_MS, Entity, Json
from local.purview.simulator import Purview

KINDS = ("azure_datalake_gen2_path", "azure_sql_table", "fabric_lakehouse_table", "powerbi_dataset")
_QUALIFIED_NAMES = {
    "azure_datalake_gen2_path": "https://generated.dfs.core.windows.net/{prefix}/{number:07}.csv",
    "azure_sql_table": "mssql://generated.database.windows.net/{prefix}/dbo/T{number:07}",
    "fabric_lakehouse_table": "https://app.fabric.microsoft.com/groups/{prefix}/lakehouses/g/tables/dbo%252Ft{number:07}",
    "powerbi_dataset": "https://app.powerbi.com/groups/{prefix}/datasets/{number:07}",
}


def generate(purview: Purview, body: Json) -> Json:
    """`{"count", "prefix"?, "days"?: 365, "collection"?, "term"?, "linked"?, "tagged"?: count, "seed"?: 0}`.

    Create times are spread evenly over the last `days`; 0 days is now. The first `tagged` get the `term`, without that
    this counts as an update, and are linked with the catalog's term `linked`.
    """
    count, days = int(body["count"]), float(body.get("days", 365))
    collection = find_collection(purview, body.get("collection"))
    prefix = str(body.get("prefix", "generated"))
    rng = random.Random(f"{prefix} {int(body.get('seed', 0))}")  # noqa: S311 - reproducible on purpose
    guids = [str(UUID(int=rng.getrandbits(128), version=4)) for _ in range(count)]
    assets = list(_make(guids, prefix, collection, purview.clock.now_ms(), days))
    for asset in assets:
        if purview.catalog.named(asset.qualified_name):
            raise ValueError(f"assets with prefix {prefix!r} exist already: choose another prefix")
        purview.catalog.add(asset)
    if "term" in body:
        term, end = find_term(purview, body["term"]), purview.types.relation_end(ASSIGNMENT, is_end1=True)
        for asset in assets[: int(body.get("tagged", count))]:
            purview.catalog.connect(end, term.guid, asset.guid, now_ms=asset.create_time, by=SCANNER)
    if "linked" in body:
        concept = find_concept(purview, {"term": body["linked"]})
        for asset in assets[: int(body.get("tagged", count))]:
            purview.unified.link_entity(concept, asset, SCANNER)
    return {"count": count, "first": assets[0].qualified_name if assets else None}


def _make(guids: list[str], prefix: str, collection: str, now_ms: int, days: float) -> Iterator[Entity]:
    for number, guid in enumerate(guids):
        kind = KINDS[number % len(KINDS)]
        qualified_name = _QUALIFIED_NAMES[kind].format(prefix=prefix, number=number)
        created_ms = now_ms - int(days * DAY_MS * (len(guids) - 1 - number) / max(len(guids) - 1, 1))
        attributes = {"qualifiedName": qualified_name, "name": f"{prefix} {number:07}"}
        yield Entity(guid, kind, attributes, collection, created_ms, created_ms, SCANNER, SCANNER)
