"""The admin actions, over the same behaviour that the API uses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from local.cluedin.behaviour.data_sets import NewDataSet, count_records, create_data_set, receive_records
from local.cluedin.behaviour.data_sources import create_data_source, create_data_source_set
from local.cluedin.behaviour.mappings import EntityType, create_annotation, map_fields, unmap
from local.cluedin.behaviour.vocabularies import ensure_vocabulary
from local.cluedin.behaviour.webhook import compose_event
from local.cluedin.seed import ENGINEER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cluedin import model
    from local.cluedin.admin import bodies
    from local.cluedin.simulator import CluedIn
    from local.cluedin.store import Store
    from local.cluedin.switches import CluedInSwitches


Row = TypeVar("Row", "model.User", "model.DataSourceSet", "model.DataSource")


def add_group(cluedin: CluedIn, body: bodies.NewGroup) -> dict[str, Any]:
    """Make a group with its sources, seen at once: {id, source_ids}."""
    switches, author_id = _without_lag(cluedin), _find_user(cluedin.store, body.author)
    group = create_data_source_set(cluedin.store, switches, name=body.name, author_id=author_id)
    sources = [
        create_data_source(
            cluedin.store,
            switches,
            data_source_set_id=group.id,
            name=source.name,
            author_id=author_id,
            source_type=source.type,
        )
        for source in body.sources
    ]
    return {"id": group.id, "source_ids": [source.id for source in sources]}


def delete_group(cluedin: CluedIn, body: bodies.GroupAddress) -> dict[str, Any]:
    """Delete a group with all that is in it: {id}."""
    group = _find_group(cluedin.store, body.id, body.name)
    cluedin.store.remove_data_source_set(group.id)
    return {"id": group.id}


def set_up_anew(cluedin: CluedIn, body: bodies.Body) -> dict[str, Any]:
    """Delete every group, and count ids from 1 again: {}."""
    del body
    cluedin.store.set_up_anew()
    return {}


def add_source(cluedin: CluedIn, body: bodies.AddedSource) -> dict[str, Any]:
    """Make a source in a group, seen at once: {id}."""
    group = _find_group(cluedin.store, body.group_id, body.group)
    source = create_data_source(
        cluedin.store,
        _without_lag(cluedin),
        data_source_set_id=group.id,
        name=body.name,
        author_id=ENGINEER.id,
        source_type=body.type,
    )
    return {"id": source.id}


def load_data_set(cluedin: CluedIn, body: bodies.LoadedDataSet) -> dict[str, Any]:
    """Upload, map and process: {data_set_id, annotation_id, submission_id}."""
    store, switches = cluedin.store, _without_lag(cluedin)
    source = _find_source(store, body.data_source_id, body.group, body.source)
    wanted = NewDataSet(body.name, ENGINEER.id, configuration=_configure_endpoint(body))
    data_set = _upload(store, create_data_set(store, switches, source.id, wanted), body)
    if not body.mapping:
        return _report(data_set, None)
    data_set = _map(store, data_set, body)
    if not body.process:
        return _report(data_set, None)
    return _report(data_set, cluedin.process(data_set, failed=body.failed, calls_webhook=body.webhook))


def remap_data_set(cluedin: CluedIn, body: bodies.Remapping) -> dict[str, Any]:
    """Put a new mapping in place of the old one."""
    return _report(_map(cluedin.store, cluedin.store.data_set(body.data_set_id), body), None)


def unmap_data_set(cluedin: CluedIn, body: bodies.DataSetAddress) -> dict[str, Any]:
    """Drop the mapping."""
    return _report(unmap(cluedin.store, cluedin.store.data_set(body.data_set_id)), None)


def process_data_set(cluedin: CluedIn, body: bodies.Processing) -> dict[str, Any]:
    """Process, again or for the first time."""
    data_set = cluedin.store.data_set(body.data_set_id)
    return _report(data_set, cluedin.process(data_set, failed=body.failed, calls_webhook=body.webhook))


def send_event(cluedin: CluedIn, body: bodies.SentEvent) -> dict[str, Any]:
    """Call the webhook with an event that nothing caused: {delivery_ids}."""
    event_id = body.event_id or f"msg_{uuid4().hex}"
    payload = _compose(cluedin, body, event_id)
    deliveries = [cluedin.webhook.deliver(payload, delivery_id=event_id) for _ in range(body.times)]
    return {"delivery_ids": [delivery.id for delivery in deliveries]}


def _compose(cluedin: CluedIn, body: bodies.SentEvent, event_id: str) -> bytes:
    if body.body is not None:
        return body.body.encode()
    event = json.loads(compose_event(body.data_set_id, event_id, cluedin.clock.now()))
    return json.dumps(event | ({"processedAt": body.processed_at} if body.processed_at else {})).encode()


def _report(data_set: model.DataSet, submission: model.Submission | None) -> dict[str, Any]:
    return {
        "data_set_id": data_set.id,
        "annotation_id": data_set.annotation_id,
        "submission_id": None if submission is None else submission.id,
    }


def _upload(store: Store, data_set: model.DataSet, body: bodies.LoadedDataSet) -> model.DataSet:
    if body.rows:
        data_set = receive_records(store, data_set, body.rows, size_bytes=len(json.dumps(body.rows)))
    missing = max((body.records or 0) - len(body.rows), 0)
    fields = tuple(dict.fromkeys((*(data_set.original_fields or ()), *body.fields)))
    return count_records(store, data_set, missing, fields=fields) if missing or body.fields else data_set


def _map(store: Store, data_set: model.DataSet, body: bodies.Mapping) -> model.DataSet:
    name = body.entity_type_name or body.entity_type.rpartition("/")[2]
    prefixes = (key.rpartition(".")[0] for key in body.mapping.values() if "." in key)
    prefix = next(prefixes, name.lower())
    vocabulary = ensure_vocabulary(store, name=prefix.capitalize(), key_prefix=prefix)
    create_annotation(store, data_set, EntityType(body.entity_type, name), vocabulary)
    return map_fields(store, store.data_set(data_set.id), body.mapping)


def _configure_endpoint(body: bodies.LoadedDataSet) -> dict[str, Any]:
    """What the user interface sends. Source: docs/vendors/cluedin.md, 2.6."""
    name = body.entity_type_name or body.entity_type.rpartition("/")[2]
    return {
        "object": {"endPointName": body.name, "autoSubmit": False, "entityType": body.entity_type},
        "entityTypeConfiguration": {
            "new": False,
            "icon": "Circle",
            "entityType": body.entity_type,
            "displayName": name,
        },
    }


def _without_lag(cluedin: CluedIn) -> CluedInSwitches:
    """Other people's work is older than the test."""
    return cluedin.switches.model_copy(update={"read_after_create_lag_s": 0})


def _find_user(store: Store, username: str | None) -> str:
    if username is None:
        return ENGINEER.id
    return _only(f"user {username}", [user for user in store.users.values() if user.username == username]).id


def _find_group(store: Store, number: int | None, name: str | None) -> model.DataSourceSet:
    groups = store.data_source_sets.values()
    found = [group for group in groups if group.id == number or (number is None and group.name == name)]
    return _only(f"group {number or name!r}", found)


def _find_source(store: Store, number: int | None, group: str | None, name: str | None) -> model.DataSource:
    if number is not None:
        return _only(f"source {number}", [row for row in store.data_sources.values() if row.id == number])
    found = [
        row
        for row in store.data_sources.values()
        if name in (None, row.name) and group in (None, store.data_source_sets[row.data_source_set_id].name)
    ]
    return _only(f"source {name!r} in group {group!r}", found)


def _only(what: str, rows: Sequence[Row]) -> Row:
    if len(rows) != 1:
        raise ValueError(f"{what}: expected one, found {[row.id for row in rows]}")
    return rows[0]
