"""Data source groups, data sources and data sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

IGNORED_FIELD = "--ignore--"
"""Key of a column that is mapped to nothing. Source: docs/vendors/cluedin.md, 2.8."""

ENDPOINT_PROVIDER_ID = "742f9d66-8ef2-4544-8a90-41531a26cc59"
"""Provider of endpoint data sources. Source: docs/vendors/cluedin.md, 2.5."""


@dataclass(frozen=True)
class DataSourceSet:
    """A data source group."""

    id: int
    name: str
    author_id: str
    created_at: datetime
    visible_at: datetime

    @property
    def updated_at(self) -> datetime:
        """No operation changes a group."""
        return self.created_at


@dataclass(frozen=True)
class ConnectorConfiguration:
    """The configured integration that comes with a data source. Source: docs/vendors/cluedin.md, 2.5."""

    id: str
    account_display: str
    code_name: str
    name: str
    provider_id: str
    user_id: str
    user_name: str
    created_date: datetime
    account_id: str = ""
    active: bool = True
    auto_sync: bool = False
    failing_authentication: bool = False
    source_quality: int = 5
    supports_automatic_webhook_creation: bool = False
    supports_configuration: bool = True
    supports_webhooks: bool = False


@dataclass(frozen=True)
class DataSource:
    """A data source; `connector_configuration_id` is the upper-case spelling of the configuration's id."""

    id: int
    data_source_set_id: int
    name: str
    type: str
    author_id: str
    created_at: datetime
    visible_at: datetime
    connector_configuration: ConnectorConfiguration
    sql: dict[str, Any] | None = None
    file_name: str | None = None
    can_be_deleted: bool = True
    has_error: bool = False
    stopped: bool = False
    crashed_during_upload: bool = False

    @property
    def updated_at(self) -> datetime:
        """No operation changes a source."""
        return self.created_at

    @property
    def connector_configuration_id(self) -> str:
        """Upper case here, lower case in the configuration itself. Source: docs/vendors/cluedin.md, 2."""
        return self.connector_configuration.id.upper()


@dataclass(frozen=True)
class PropertyMapping:
    """Original column to vocabulary key: the only place where CluedIn tells this pair."""

    id: str
    original_field: str
    key: str
    column_type: str | None = None
    column_sub_type: str | None = None


@dataclass(frozen=True)
class DataSetStats:
    """What processing did to the records."""

    total: int
    successful: int
    failed: int
    bytes: int


@dataclass(frozen=True)
class DataSet:
    """A data set; its id is an upper-case GUID. `original_fields` is None until data arrives."""

    id: str
    data_source_id: int
    name: str
    type: str
    author_id: str
    created_at: datetime
    updated_at: datetime
    visible_at: datetime
    configuration: dict[str, Any] = field(default_factory=dict)
    original_fields: tuple[str, ...] | None = None
    field_mappings: tuple[PropertyMapping, ...] = ()
    annotation_id: int | None = None
    elastic_total: int = 0
    expected_total: int = 0
    failed_loading_total: int = 0
    file_size: int = 0
    error_type: str = ""
    touched: bool = False
    has_error: bool = False
    has_quarantine_data: bool = False
    is_bridge: bool = False

    @property
    def has_received_data(self) -> bool:
        """Whether any record has come."""
        return self.elastic_total > 0

    @property
    def current_loaded_size(self) -> int:
        """All that came is loaded."""
        return self.file_size
