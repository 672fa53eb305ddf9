"""The inbound namespace: data source groups, data sources, data sets. Source: docs/vendors/cluedin.md, 2.3 to 2.8."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError

from local.cluedin.behaviour import data_sets, data_sources, mappings
from local.cluedin.errors import DATA_SOURCE_SERVICE, ServiceError, bad_request
from local.cluedin.wire.namespace import Call, Namespace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.cluedin import model
    from local.cluedin.store import Page

inbound = Namespace("Inbound")


@inbound.operation("dataSourceSets")
def list_groups(
    call: Call,
    *,
    page: int = 0,
    page_size: int = 10,
    search_name: str = "",
) -> Page[model.DataSourceSet]:
    """List groups."""
    return data_sources.list_data_source_sets(
        call.store,
        call.switches,
        page=page,
        page_size=page_size,
        search_name=search_name,
    )


@inbound.operation("dataSourceSetByName")
def find_group(call: Call, *, name: str) -> model.DataSourceSet | None:
    """Find a group by its exact name."""
    return data_sources.find_data_source_set_by_name(call.store, call.switches, name)


@inbound.operation("createDataSourceSet")
def create_group(call: Call, *, data_source_set: dict[str, Any] | None = None) -> int | str:
    """Create a group; answers its bare id."""
    wanted = data_source_set or {}
    group = data_sources.create_data_source_set(
        call.store,
        call.switches,
        name=wanted.get("name"),
        author_id=wanted.get("author") or call.user.id,
    )
    return group.id if call.switches.create_data_source_set_answer == "int" else str(group.id)


@inbound.operation("createDataSource")
def create_source(
    call: Call,
    *,
    data_source_set_id: str | None = None,
    data_source: dict[str, Any] | None = None,
) -> model.DataSource:
    """Create a source in a group."""
    wanted = data_source or {}
    return data_sources.create_data_source(
        call.store,
        call.switches,
        data_source_set_id=data_source_set_id,
        name=wanted.get("name"),
        author_id=wanted.get("author") or call.user.id,
        source_type=wanted.get("type") or "endpoint",
        sql=wanted.get("sql"),
    )


@inbound.operation("dataSource")
def find_source(call: Call, *, id: str) -> model.DataSource | None:  # noqa: A002 - the API's name
    """Find a source; null when there is none."""
    if call.switches.shown == "nothing":
        return None
    return data_sources.find_visible_data_source(call.store, id)


@inbound.operation("dataSet")
def find_data_set(call: Call, *, id: str) -> model.DataSet | None:  # noqa: A002 - the API's name
    """Find a data set; what an unknown id answers is a switch."""
    if call.switches.shown == "nothing":
        return None
    found = data_sets.find_visible_data_set(call.store, id)
    if found is not None or call.switches.missing_data_set == "null":
        return found
    match call.switches.missing_data_set:
        case "error":
            reason = f"data set {id} does not exist"
            raise ServiceError(HTTPStatus.NOT_FOUND, reason, f"{DATA_SOURCE_SERVICE}dataset/{id}")
        case "coded":
            raise GraphQLError("The request failed.", extensions={"code": "DATASET_NOT_FOUND"})
        case _:
            raise GraphQLError(f"Data set {id} could not be found")


@inbound.operation("createDataSets")
def create_data_sets(
    call: Call,
    *,
    data_source_id: str | None = None,
    data_sets: Sequence[dict[str, Any] | None] = (),
    existing_annotation_id: str | None = None,
    existing_data_set_id: str | None = None,
) -> list[model.DataSet]:
    """Create data sets; copying an existing mapping is not simulated."""
    if existing_annotation_id is not None or existing_data_set_id is not None:
        raise bad_request("existingAnnotationId and existingDataSetId are not simulated")
    return [_create_data_set(call, data_source_id, wanted or {}) for wanted in data_sets]


@inbound.operation("createDataSet")
def create_data_set(
    call: Call,
    *,
    data_source_id: str | None = None,
    data_set: dict[str, Any] | None = None,
) -> model.DataSet:
    """Create one data set: the older mutation."""
    return _create_data_set(call, data_source_id, data_set or {})


def _create_data_set(call: Call, data_source_id: str | None, wanted: dict[str, Any]) -> model.DataSet:
    if "original_fields" in wanted and wanted["original_fields"] is None:
        # The Toolkit's authors found out: null "will cause issues when hitting the database".
        # Source: docs/vendors/cluedin.md, 2.6.
        raise GraphQLError("Cannot read properties of null (reading 'map')")
    fields = wanted.get("original_fields")
    new = data_sets.NewDataSet(
        name=wanted.get("name"),
        author_id=wanted.get("author") or call.user.id,
        type=wanted.get("type") or "endpoint",
        configuration=wanted.get("configuration"),
        original_fields=None if fields is None else tuple(fields),
    )
    return data_sets.create_data_set(call.store, call.switches, data_source_id, new)


@inbound.operation("addAnnotationMappingToDataSet")
@inbound.operation("updateAnnotationMappingInDataSet")
def map_columns(call: Call, *, data_set_id: str, field_mappings: list[dict[str, Any]]) -> bool:
    """Map columns to keys or to `--ignore--`."""
    keys = {mapping["original_field"]: mapping["key"] for mapping in field_mappings}
    mappings.map_fields(call.store, call.store.data_set(data_set_id), keys)
    return True


@inbound.operation("deleteAnnotationMappingInDataSet")
def unmap_column(call: Call, *, data_set_id: str, property_id: str) -> bool:
    """Take a column out of the mapping."""
    mappings.unmap_property(call.store, call.store.data_set(data_set_id), property_id)
    return True


@inbound.operation("modifyDataSetAutoSubmit")
def switch_auto_submit(call: Call, *, data_set_id: str, auto_submit: bool = False) -> bool:
    """Process records as they come, or on the button only."""
    data_sets.switch_auto_submit(call.store, call.store.data_set(data_set_id), enabled=auto_submit)
    return True


@inbound.operation("commitDataSet")
def process(call: Call, *, data_set_id: str) -> bool:
    """Press the Process button; the webhook is called when processing is through."""
    call.cluedin.process(call.store.data_set(data_set_id))
    return True
