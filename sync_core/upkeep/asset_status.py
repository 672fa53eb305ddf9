"""What people see on an asset in Purview: how its sync stands. Pure: the same facts give the same values.

All values are texts, and what does not hold any more is written as an empty one: a value that is left out would stay.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from sync_core.assets.record import AssetRecord
from sync_core.jobs.job import Job
from sync_core.lineage.record import DataSetRecord

GROUP = "CluedInSync"
LONGEST = 1000
ATTRIBUTES = {
    "syncState": "queued, synced, rejected, failed or retired",
    "reason": "why the asset is not synced, or what its work waits for",
    "dataSourceGroup": "the data source group in CluedIn",
    "cluedInLink": "the list of all data sources in CluedIn: look there for the group",
    "lastDataSet": "the data set whose lineage was written last",
    "lastDataSetAt": "when that was, in UTC",
    "records": "records of that data set",
    "recordsSuccessful": "records of it that were processed well",
    "recordsFailed": "records of it that were not",
}
COUNTS = {"records": "total", "recordsSuccessful": "successful", "recordsFailed": "failed"}


def group_definition() -> dict[str, Any]:
    """Return the definition of our attributes, applicable to all assets."""
    return {
        "category": "BUSINESS_METADATA",
        "name": GROUP,
        "description": "How the sync with CluedIn stands. Written by the sync.",
        "attributeDefs": [_attribute(name, told) for name, told in ATTRIBUTES.items()],
    }


def _attribute(name: str, told: str) -> dict[str, Any]:
    return {
        "name": name,
        "description": told,
        "typeName": "string",
        "cardinality": "SINGLE",
        "isOptional": True,
        "isUnique": False,
        "isIndexable": True,
        "options": {"applicableEntityTypes": '["DataSet"]', "maxStrLength": str(LONGEST)},
    }


VERSION = hashlib.sha256(json.dumps(group_definition(), sort_keys=True).encode()).hexdigest()[:16]


def to_status(record: AssetRecord, job: Job | None, data_set: DataSetRecord | None, link: str) -> dict[str, str]:
    """Return the values for one asset; `job` is its outstanding work, `data_set` the one that was pushed last."""
    values = {
        "syncState": record.status.value,
        "reason": (job.last_error if job else "") or record.reason,
        "dataSourceGroup": record.group_name,
        "cluedInLink": link if record.group_id else "",
        **dict.fromkeys(("lastDataSet", "lastDataSetAt", *COUNTS), ""),
        **(_of_data_set(data_set) if data_set else {}),
    }
    return {name: value[:LONGEST] for name, value in values.items()}


def _of_data_set(data_set: DataSetRecord) -> dict[str, str]:
    counts = data_set.record_counts
    return {
        "lastDataSet": data_set.name,
        "lastDataSetAt": f"{data_set.pushed_at:%Y-%m-%d %H:%M:%S}" if data_set.pushed_at else "",
        **{name: str(counts[counted]) for name, counted in COUNTS.items() if counted in counts},
    }


def hash_of(guid: str, values: Mapping[str, str]) -> str:
    """Return a hash by which the next run knows that these values stand on this asset."""
    return hashlib.sha256(json.dumps([VERSION, guid, values], sort_keys=True).encode()).hexdigest()[:16]


def hash_if_not_taken(found: str, day: date) -> str:
    """Return what is kept instead where Purview did not take the values: it holds on that day, in UTC."""
    return f"{found} not taken on {day}"


def is_settled(kept: str | None, found: str, day: date) -> bool:
    """Whether the values of a hash stand on the asset, or are not to be tried again on that day."""
    return kept in {found, hash_if_not_taken(found, day)}
