"""Relations and computed fields of data source groups, data sources and data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ariadne import ObjectType

from local.cluedin.behaviour import processing

if TYPE_CHECKING:
    from local.cluedin import model
    from local.cluedin.wire.namespace import Info

data_source_set = ObjectType("DataSourceSet")
data_source = ObjectType("DataSource")
data_set = ObjectType("DataSet")
connector_configuration = ObjectType("ConnectorConfiguration")


@data_source_set.field("author")
@data_source.field("author")
@data_set.field("author")
def author(row: model.DataSourceSet | model.DataSource | model.DataSet, info: Info) -> model.User | None:
    """Whoever the creator named."""
    return info.context.store.users.get(row.author_id)


@data_source_set.field("editors")
def editors(*_: object) -> list[str]:
    """Nobody edits but the author."""
    return []


@data_source_set.field("dataSources")
def sources_of_group(group: model.DataSourceSet, info: Info) -> list[model.DataSource]:
    """Sources that are seen by now."""
    return info.context.store.visible_sources_of(group.id)


@data_source.field("connectionStatus")
def connection_status(*_: object) -> dict[str, Any]:
    """Always connected. Source: sample in fact sheet 2.3."""
    return {"connected": True, "error_message": ""}


@data_source.field("fileMetadata")
def file_metadata(source: model.DataSource, _: Info) -> dict[str, Any] | None:
    """Null for all but files. Source: fact sheet 2.7."""
    if source.file_name is None:
        return None
    return {"file_name": source.file_name, "processing": False, "uploading": False, "uploaded_percentage": 100}


@data_source.field("dataSourceSet")
def group_of_source(source: model.DataSource, info: Info) -> model.DataSourceSet:
    """The group."""
    return info.context.store.data_source_sets[source.data_source_set_id]


@data_source.field("dataSets")
def data_sets_of_source(source: model.DataSource, info: Info) -> list[model.DataSet]:
    """Data sets that are seen by now."""
    return info.context.store.visible_data_sets_of(source.id)


@connector_configuration.field("connector")
def connector(row: model.ConnectorConfiguration, _: Info) -> dict[str, Any]:
    """The kind of integration."""
    return {"id": row.provider_id, "name": row.code_name}


@connector_configuration.field("users")
@connector_configuration.field("permissions")
@connector_configuration.field("webhooks")
def nothing(*_: object) -> list[Any]:
    """No sample shows any."""
    return []


@data_set.field("dataSource")
def source_of_data_set(row: model.DataSet, info: Info) -> model.DataSource:
    """The source."""
    return info.context.store.data_sources[row.data_source_id]


@data_set.field("annotation")
def annotation(row: model.DataSet, info: Info) -> model.EntityAnnotation | None:
    """The mapping; null until there is one."""
    return None if row.annotation_id is None else info.context.store.annotation(row.annotation_id)


@data_set.field("stats")
def stats(row: model.DataSet, info: Info) -> model.DataSetStats | None:
    """What the last processing did."""
    return processing.stats_of(info.context.store, row)


@data_set.field("filters")
@data_set.field("operations")
def no_rules(*_: object) -> list[Any]:
    """Clean-up steps are not simulated."""
    return []


def since_4_4() -> ObjectType:
    """Make the fields of data sets that came with 4.x. Source: fact sheet 2.8."""
    newer = ObjectType("DataSet")
    newer.set_field("isOwner", lambda row, info: row.author_id == info.context.user.id)
    newer.set_field("hasSubmissions", lambda row, info: bool(processing.submissions_of(info.context.store, row.id)))
    newer.set_field("canResetMapping", lambda row, _: row.annotation_id is not None)
    for name in _NEVER:
        newer.set_field(name, lambda *_: False)
    for name in ("externalTabs", "invalidKeys"):
        newer.set_field(name, nothing)
    return newer


_NEVER = (
    "editableIndex",
    "hasPendingRecordsApproval",
    "hasValidationMappingError",
    "hasValidationParsingError",
    "hasValidationProcessingError",
    "hasValidationStoringError",
    "hashCheck",
    "isDeleteInProgress",
    "logsRetentionEnabled",
    "submissionsRetentionEnabled",
)
TYPES = (data_source_set, data_source, data_set, connector_configuration)
