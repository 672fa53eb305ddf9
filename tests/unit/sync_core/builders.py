"""Values with defaults, so that a test names only what it is about."""

import dataclasses
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sync_core.assets import asset_rows
from sync_core.assets.asset_store import AssetStore
from sync_core.assets.listed import listed_of
from sync_core.assets.record import AssetRecord, AssetStatus
from sync_core.discovery.selection import Toggle
from sync_core.jobs.dead_letter import DeadLetter
from sync_core.jobs.job import Job, JobKind
from sync_core.jobs.job_store import JobStore
from sync_core.lineage.data_set_jobs import PARTITION as DATA_SETS
from sync_core.lineage.data_set_store import DataSetStore
from sync_core.lineage.processed import Processed
from sync_core.lineage.record import DataSetRecord, DataSetStatus
from sync_core.lineage.webhook.receipts import ReceiptStore
from sync_core.operations.dashboard.asset_table import to_table
from sync_core.operations.dashboard.next_steps import stuck_letters
from sync_core.operations.dashboard.view import Reading
from sync_core.operations.facts import Facts, Filter, Page
from sync_core.operations.portals import Portals
from sync_core.operations.status import parse_filter
from sync_core.purview.asset import Asset
from sync_core.runs.deferred import Deferred, Kind
from sync_core.runs.run import RunKind, RunOutcome, RunRecord
from sync_core.storage.table import Table

READ = frozenset({"table", "listed_at", "is_whole", "sources"})
PORTALS = Portals("https://contoso.purview.azure.com", "https://acme.cluedin.example")
NOW = datetime(2026, 3, 4, 5, 6, 7, 890123, tzinfo=UTC)


def make_asset(name: str = "Account.csv", **fields: Any) -> Asset:
    """An asset as Purview describes it."""
    described = {
        "guid": f"guid-of-{name}",
        "type_name": "azure_datalake_gen2_path",
        "name": name,
        "qualified_name": f"https://lake.example/raw/{name}",
        "display_text": name,
        "collection_id": "abc123",
    }
    return Asset(**{**described, **fields})


def make_record(name: str = "Account.csv", **fields: Any) -> AssetRecord:
    """The record of an asset that waits for its group; `key` follows from type and qualified name."""
    asset = make_asset(name)
    recorded = {
        "key": asset.key,
        "guid": asset.guid,
        "type_name": asset.type_name,
        "name": asset.name,
        "qualified_name": asset.qualified_name,
        "display_text": asset.display_text,
        "collection_id": asset.collection_id,
        "status": AssetStatus.QUEUED,
        "first_seen_at": NOW,
        "first_seen_run_id": "run-1",
        "refreshed_at": NOW,
        "queued_at": NOW,
        "queued_run_id": "run-1",
    }
    recorded |= fields
    texts = {one.name for one in dataclasses.fields(Asset)} - {"terms"}
    described = dataclasses.replace(asset, **{name: recorded[name] for name in texts})  # type: ignore[arg-type]
    return AssetRecord.model_validate({"fingerprint": described.fingerprint, **recorded})


def make_synced_record(name: str = "Account.csv", **fields: Any) -> AssetRecord:
    """The record of an asset whose group and source stand in CluedIn."""
    proof = {"group_id": "3", "group_name": name, "source_id": "1", "synced_at": NOW, "synced_name": name}
    return make_record(name, **{"status": AssetStatus.SYNCED, **proof, **fields})


def make_data_set(name: str = "Customer master", **fields: Any) -> DataSetRecord:
    """The record of a data set whose whole lineage stands in Purview."""
    recorded = {
        "data_set_id": "925268ec-8908-44e2-8d0c-d83fe50937d0",
        "status": DataSetStatus.PUSHED,
        "name": name,
        "asset_key": make_asset().key,
        "asset_qualified_name": make_asset().qualified_name,
        "entity_type": "/Infrastructure/Account",
        "keys": ["account.id", "account.name"],
        "fields": [["Id", "Number"], ["Name"]],
        "fingerprint": "of what stands",
        "processed": [Processed(at=NOW, total=100, successful=98, failed=2)],
        "first_seen_at": NOW,
        "pushed_at": NOW,
    }
    return DataSetRecord.model_validate({**recorded, **fields})


def make_letter(work: str = "some work", queue: str = "asset-sync", **fields: Any) -> DeadLetter:
    """A dead letter that a person must see to."""
    recorded = {
        "id": work,
        "kind": JobKind.ASSET if queue == "asset-sync" else JobKind.DATA_SET,
        "queue": queue,
        "subject": work,
        "cause_class": "rejected",
        "cause": "CluedIn refused it.",
        "payload": "{}",
        "first_seen_at": NOW,
        "last_seen_at": NOW,
        "attempts": 1,
    }
    return DeadLetter.model_validate({**recorded, **fields})


def make_deferred(thing: str = "a-guid", kind: Kind = Kind.ASSET, **fields: Any) -> Deferred:
    """Something that could not be read just now."""
    told = {"kind": kind, "id": thing, "since": NOW, "looked_at": NOW, "next_look_at": NOW}
    return Deferred.model_validate({**told, **fields})


def make_job(key: str = make_asset().key, **fields: Any) -> Job:
    """The job of an asset that was just asked for."""
    return Job.model_validate({"kind": JobKind.ASSET, "key": key, "asked_at": NOW, "due_at": NOW, **fields})


def make_dead_job(key: str = make_asset().key, **fields: Any) -> Job:
    """A job that was refused."""
    return make_job(key, **fields).failed("CluedIn refused it.", "rejected", NOW).given_up("rejected", NOW)


def make_asset_store(table: Table) -> AssetStore:
    """The asset records and their jobs in one table."""
    return AssetStore(table, JobStore(table, asset_rows.PARTITION))


def make_data_set_store(table: Table) -> DataSetStore:
    """The data set records and their jobs in one table."""
    return DataSetStore(table, JobStore(table, DATA_SETS))


def make_receipt_store(table: Table) -> ReceiptStore:
    """The receipts beside those jobs."""
    data_sets = make_data_set_store(table)
    return ReceiptStore(data_sets.jobs, data_sets.load)


def make_run(**fields: Any) -> RunRecord:
    """A discovery that found nothing new."""
    recorded = {
        "run_id": "run-1",
        "kind": RunKind.DISCOVER,
        "started_at": NOW,
        "finished_at": NOW,
        "outcome": RunOutcome.SUCCEEDED,
        "requests": {"purview": 1, "storage": 8},
    }
    return RunRecord.model_validate({**recorded, **fields})


def make_reading(*assets: AssetRecord, wanted: Filter | None = None, **fields: Any) -> Reading:
    """What was read for the dashboard, and the table of these assets."""
    facts = make_facts(*assets, **{name: value for name, value in fields.items() if name not in READ})
    listed = [listed_of(asset) for asset in assets]
    table = to_table(listed, wanted or parse_filter({}), stuck_letters(facts))
    read = {
        "table": table,
        "listed_at": NOW,
        "is_whole": True,
        "sources": {make_record().key: listed_of(make_record())},
    }
    return Reading(facts, **{**read, **{name: value for name, value in fields.items() if name in READ}})


def make_facts(*assets: AssetRecord, **fields: Any) -> Facts:
    """What was read for the dashboard: these assets, and a quiet app."""
    read = {
        "generated_at": NOW,
        "counted_at": NOW,
        "toggle": Toggle(enabled=True, keywords="Sync to CluedIn"),
        "is_lineage_on": True,
        "counts": Counter(asset.status.value for asset in assets),
        "assets": Page(assets),
        "data_sets": Page(()),
        "runs": [make_run()],
    }
    return Facts(**{**read, **fields})
