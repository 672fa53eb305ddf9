"""What must hold of a lineage that stands in Purview: the exact chain, every column, and nothing beside it."""

from itertools import pairwise
from typing import Any

import requests

from local.demo import engineer
from local.demo.engineer import DATA_SET, FieldMapping
from local.demo.lineage import Lineage, fetch_lineage
from local.demo.stage import Stage
from local.stack import COLLECTION

COLLECTION_PATH = "Contoso/MDM/CluedIn"
OWN_TYPES = "cluedin_"
COUNTS = ("totalRecords", "successfulRecords", "failedRecords")
TYPES = (
    "azure_sql_table",
    "cluedin_ingest_process",
    "cluedin_data_set",
    "cluedin_map_process",
    "cluedin_clues",
    "cluedin_processing_pipeline",
    "cluedin_golden_records",
)


def check_calls(stage: Stage, delivery: dict[str, Any]) -> None:
    """CluedIn's connection test and its signed event were taken at the first attempt."""
    calls = [(attempt["method"], attempt["status"]) for attempt in delivery["attempts"]]
    stage.report.check(
        "its connection test is answered 200, the signed event 202",
        holds=calls == [("HEAD", requests.codes.ok), ("POST", requests.codes.accepted)],
        detail=", ".join(f"{method} {status}" for method, status in calls),
    )


def check_chain(stage: Stage, lineage: Lineage, mapping: FieldMapping) -> None:
    """Purview shows exactly the chain that this mapping gives."""
    names = (
        "Customers",
        "Ingest Data",
        DATA_SET,
        "Map to Entity",
        f"{DATA_SET} clues",
        "Processing Pipeline",
        mapping.entity_type_name,
    )
    stage.report.check(
        "it is one chain: asset, data set, clues, golden records, a process between each two",
        holds=lineage.is_one_chain and tuple(node.type_name for node in lineage.chain) == TYPES,
        detail=f"{len(lineage.nodes)} entities, {len(lineage.edges)} edges",
    )
    stage.report.check(
        f"each has its name, from '{names[0]}' to '{names[-1]}'",
        holds=tuple(node.name for node in lineage.chain) == names,
    )


def check_columns(stage: Stage, lineage: Lineage, mapping: FieldMapping) -> None:
    """The columns run as the mapping says, and the assets have no others."""
    columns, keys = list(mapping.keys), [key for _, key in mapping.kept]
    expected = [[(column, column) for column in columns], mapping.kept, [(key, key) for key in keys]]
    found = [process.column_pairs for process in lineage.processes]
    names = [asset.qualified_name for asset in lineage.assets]
    ends = [process.mapped_ends for process in lineage.processes]
    stage.report.check(
        f"the columns are those of CluedIn's mapping, one to one; {len(columns) - len(keys)} left out",
        holds=found == expected,
        detail=", ".join(f"{column} → {key}" for column, key in mapping.kept),
    )
    stage.report.check(
        "they run between the assets' qualified names, without which Purview draws none",
        holds=ends == [[pair] for pair in pairwise(names)],
    )
    held = [sorted(asset.columns) for asset in lineage.assets[1:]]
    stage.report.check(
        "each asset has exactly these columns", holds=held == [sorted(columns), sorted(keys), sorted(keys)]
    )


def check_data_set(stage: Stage, lineage: Lineage) -> None:
    """The data set tells its record counts, and all that the app wrote is in its collection."""
    counts = [node.facts.get(name) for node in lineage.assets[1:2] for name in COUNTS]
    stage.report.check(
        "the data set tells how many records were processed",
        holds=counts == [engineer.RECORDS, engineer.RECORDS - engineer.FAILED, engineer.FAILED],
        detail=counts,
    )
    path = stage.purview.fetch_collection_path(COLLECTION)
    collections = {node.collection for node in lineage.chain[1:]} | set(stage.purview.count_collections(OWN_TYPES))
    stage.report.check(
        f"all that the app wrote is in the collection {COLLECTION_PATH}, columns too",
        holds=path == COLLECTION_PATH and collections == {COLLECTION},
        detail=", ".join(sorted(collections)),
    )


def check_nothing_left(stage: Stage, before: Lineage, lineage: Lineage) -> None:
    """The changed mapping has updated what stood there, and left nothing behind."""
    kept = [node.guid for node in before.chain[:-1]] == [node.guid for node in lineage.chain[:-1]]
    stage.report.check("up to the golden records these are the same entities as before, updated", holds=kept)
    former = fetch_lineage(stage.purview, before.chain[-1].guid, "BOTH")
    stage.report.check(
        f"the golden records '{before.chain[-1].name}' have no lineage and no column any more",
        holds=not former.edges and not former.nodes[former.base].columns,
        detail=f"{len(former.edges)} edges",
    )
    counts = stage.purview.count_entities()
    processes = {name: counts.get(name, 0) for name in TYPES[1::2]}
    stage.report.check(
        "no process is left over", holds=set(processes.values()) == {1}, detail=f"{sum(processes.values())} processes"
    )
