"""Data sets: create, receive records, find."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from local.cluedin import model
from local.cluedin.behaviour.data_sources import visible_from
from local.cluedin.behaviour.names import fit_name
from local.cluedin.errors import bad_request, not_found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cluedin.store import Store
    from local.cluedin.switches import CluedInSwitches

MAX_ROWS = 100_000
"""Rows a request to the ingestion endpoint. Source: docs/vendors/cluedin.md, 3.3."""
MAX_COLUMNS = 490
"""Columns of a record. Source: docs/vendors/cluedin.md, 3.3."""
KEPT_ROWS = 1_000
"""Records kept per data set; more are counted only."""


@dataclass(frozen=True)
class NewDataSet:
    """What a caller says about a data set to make. Source: docs/vendors/cluedin.md, 2.6."""

    name: str | None
    author_id: str
    type: str = "endpoint"
    configuration: dict[str, Any] | None = None
    original_fields: tuple[str, ...] | None = None


def create_data_set(
    store: Store,
    switches: CluedInSwitches,
    data_source_id: object,
    wanted: NewDataSet,
) -> model.DataSet:
    """Create a data set in a source.

    Raises:
        ServiceError: 404 for an unknown source; 400 without a name; 500 for a name that is too long.
    """
    source = store.find_data_source(data_source_id)
    if source is None:
        raise not_found("data source", data_source_id)
    if not wanted.name:
        raise bad_request("name is required")
    now = store.now()
    data_set = model.DataSet(
        id=str(uuid4()).upper(),
        data_source_id=source.id,
        name=fit_name(wanted.name, switches),
        type=wanted.type,
        author_id=wanted.author_id,
        created_at=now,
        updated_at=now,
        visible_at=visible_from(store, switches),
        configuration={"DataSourceId": source.id, **(wanted.configuration or {})},
        original_fields=wanted.original_fields,
    )
    store.add_data_set(data_set)
    return data_set


def find_visible_data_set(store: Store, given: object) -> model.DataSet | None:
    """Find a data set by its id in any case; None when there is none or it is not seen yet."""
    data_set = store.data_sets.get(str(given).upper())
    return data_set if data_set is not None and store.is_visible(data_set) else None


def change_data_set(store: Store, data_set: model.DataSet, **changes: Any) -> model.DataSet:
    """Store a changed data set and its new time."""
    changed = replace(data_set, updated_at=store.now(), **changes)
    store.data_sets[changed.id] = changed
    return changed


def receive_records(
    store: Store,
    data_set: model.DataSet,
    records: Sequence[dict[str, Any]],
    *,
    size_bytes: int,
) -> model.DataSet:
    """Take records in at the ingestion endpoint; unknown fields become original fields.

    Raises:
        ServiceError: 400 for too many rows or columns. Source: docs/vendors/cluedin.md, 3.3.
    """
    if len(records) > MAX_ROWS:
        raise bad_request(f"at most {MAX_ROWS} rows a request, got {len(records)}")
    kept = store.rows[data_set.id]
    kept.extend(records[: max(KEPT_ROWS - len(kept), 0)])
    fields = _merge_fields(data_set.original_fields, records)
    return count_records(store, data_set, len(records), fields=fields, size_bytes=size_bytes)


def _merge_fields(known: tuple[str, ...] | None, records: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    fields = dict.fromkeys(known or ())
    for record in records:
        fields.update(dict.fromkeys(record))
    if len(fields) > MAX_COLUMNS:
        raise bad_request(f"at most {MAX_COLUMNS} columns, got {len(fields)}")
    return tuple(fields)


def count_records(
    store: Store,
    data_set: model.DataSet,
    records: int,
    *,
    fields: tuple[str, ...],
    size_bytes: int = 0,
) -> model.DataSet:
    """Add to the totals of a data set, with the columns it has by now."""
    return change_data_set(
        store,
        data_set,
        original_fields=fields,
        elastic_total=data_set.elastic_total + records,
        expected_total=data_set.expected_total + records,
        file_size=data_set.file_size + size_bytes,
        touched=True,
    )


def switch_auto_submit(store: Store, data_set: model.DataSet, *, enabled: bool) -> model.DataSet:
    """Process each batch of records as it comes, or wait for the button."""
    endpoint = {**data_set.configuration.get("object", {}), "autoSubmit": enabled}
    return change_data_set(store, data_set, configuration={**data_set.configuration, "object": endpoint})


def submits_itself(data_set: model.DataSet) -> bool:
    """Whether records are processed as they come."""
    return bool(data_set.configuration.get("object", {}).get("autoSubmit"))
