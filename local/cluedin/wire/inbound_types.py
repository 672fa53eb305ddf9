"""Relations and computed fields of data source groups, data sources and data sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from ariadne import ObjectType
from graphql import GraphQLError

from local.cluedin.behaviour import processing

if TYPE_CHECKING:
    from local.cluedin import model
    from local.cluedin.store import Page
    from local.cluedin.switches import CluedInSwitches
    from local.cluedin.wire.namespace import Info

Named = TypeVar("Named", "model.DataSourceSet", "model.DataSource")

data_source_set = ObjectType("DataSourceSet")
paged_data_source_set = ObjectType("PagedDataSourceSet")
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
def sources_of_group(group: model.DataSourceSet, info: Info) -> list[model.DataSource | Exception | None]:
    """Sources that are seen by now."""
    return _shown(info.context.store.visible_sources_of(group.id), info.context.switches)


@paged_data_source_set.field("data")
def groups_of_page(page: Page[model.DataSourceSet], info: Info) -> list[model.DataSourceSet | Exception | None]:
    """The groups of a page."""
    return _shown(page.data, info.context.switches)


def _shown(rows: list[Named], switches: CluedInSwitches) -> list[Named | Exception | None]:
    """What the switches call unreadable becomes null; an error in its place is told beside the data, with its path."""
    failure = GraphQLError("Cannot read properties of undefined") if switches.unreadable_is_told else None
    return [failure if row.name in switches.unreadable else row for row in rows]


@data_source.field("connectionStatus")
def connection_status(*_: object) -> dict[str, Any]:
    """Always connected. Source: sample in docs/vendors/cluedin.md, 2.3."""
    return {"connected": True, "error_message": ""}


@data_source.field("fileMetadata")
def file_metadata(source: model.DataSource, _: Info) -> dict[str, Any] | None:
    """Null for all but files. Source: docs/vendors/cluedin.md, 2.7."""
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
@connector_configuration.field("webhooks")
def nothing(*_: object) -> list[Any]:
    """No sample shows any."""
    return []


def never(*_: object) -> bool:
    """No behaviour of the simulator makes it true."""
    return False


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


for _name in ("externalTabs", "invalidKeys"):
    data_set.set_field(_name, nothing)
for _name in (
    "hasValidationMappingError",
    "hasValidationParsingError",
    "hasValidationProcessingError",
    "isDeleteInProgress",
):
    data_set.set_field(_name, never)


def until_4_3() -> list[ObjectType]:
    """Make the fields that 4.4.0 lost."""
    older = ObjectType("DataSet")
    older.set_field("hasFailureInLoading", never)
    older.set_field("canBeDeleted", never)
    return [older]


def since_4_4() -> list[ObjectType]:
    """Make the fields that came by 4.4.0. Source: docs/vendors/cluedin.md, 2.8."""
    newer, configuration = ObjectType("DataSet"), ObjectType("ConnectorConfiguration")
    newer.set_field("isOwner", is_owner)
    newer.set_field("hasSubmissions", has_submissions)
    newer.set_field("canResetMapping", can_reset_mapping)
    for name in _NEVER:
        newer.set_field(name, never)
    for name in ("filters", "operations"):
        newer.set_field(name, nothing)
    configuration.set_field("permissions", nothing)
    return [newer, configuration]


def is_owner(row: model.DataSet, info: Info) -> bool:
    """Whether the caller made it."""
    return row.author_id == info.context.user.id


def has_submissions(row: model.DataSet, info: Info) -> bool:
    """Whether it was ever processed."""
    return bool(processing.submissions_of(info.context.store, row.id))


def can_reset_mapping(row: model.DataSet, _: Info) -> bool:
    """Whether it is mapped."""
    return row.annotation_id is not None


_NEVER = (
    "editableIndex",
    "hasPendingRecordsApproval",
    "hasValidationStoringError",
    "hashCheck",
    "logsRetentionEnabled",
    "sanitizeUnicodes",
    "submissionsRetentionEnabled",
)
TYPES = (paged_data_source_set, data_source_set, data_source, data_set, connector_configuration)
