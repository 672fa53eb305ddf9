"""What a CluedIn organization holds. Attributes are the API's names in snake case; integer-like ids are int."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

IGNORED_FIELD = "--ignore--"
"""Key of a column that is mapped to nothing. Source: fact sheet 2.8."""

ENDPOINT_PROVIDER_ID = "742f9d66-8ef2-4544-8a90-41531a26cc59"
"""Provider of endpoint data sources. Source: fact sheet 2.5."""


@dataclass(frozen=True)
class Organization:
    """The tenant; `client_id` is its sub-domain and the OAuth client id."""

    id: str
    client_id: str
    organization_name: str


@dataclass(frozen=True)
class User:
    """An account of the organization; single-sign-on users cannot use the password grant."""

    id: str
    username: str
    password: str
    roles: tuple[str, ...] = ("OrganizationAdmin",)
    is_sso: bool = False


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
    """The configured integration that comes with a data source. Source: fact sheet 2.5."""

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
        """Upper case here, lower case in the configuration itself. Source: fact sheet 2."""
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


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary; its keys are `key_prefix.name`."""

    vocabulary_id: str
    vocabulary_name: str
    key_prefix: str
    created_at: datetime
    is_active: bool = True
    is_dynamic: bool = True
    is_clued_in_core: bool = False
    is_provider: bool = False


@dataclass(frozen=True)
class VocabularyKey:
    """A vocabulary key such as `user.email`."""

    vocabulary_key_id: str
    vocabulary_id: str
    name: str
    display_name: str
    key: str
    data_type: str
    created_at: datetime
    is_visible: bool = True
    is_dynamic: bool = True
    is_clued_in_core: bool = False
    is_obsolete: bool = False
    is_provider: bool = False


@dataclass(frozen=True)
class PropertyAnnotation:
    """One mapped vocabulary key of a mapping."""

    vocab_key: str
    vocabulary_key: VocabularyKey
    use_as_entity_code: bool = False
    use_as_alias: bool = False


@dataclass(frozen=True)
class EntityAnnotation:
    """The mapping of a data set to an entity type."""

    id: int
    name: str
    entity_type: str
    icon: str
    display_name: str
    vocabulary_id: str
    author: str
    created_at: datetime
    updated_at: datetime
    annotation_properties: tuple[PropertyAnnotation, ...] = ()
    is_dynamic_vocab: bool = True
    name_key: str | None = None
    description_key: str | None = None
    origin_entity_code_key: str = "--auto-generated--"
    origin: str = "--data-source-name--"
    preview_image_key: str | None = None
    created_date_map: str | None = None
    modified_date_map: str | None = None
    culture_key: str | None = None
    version_key: str | None = None
    before_creating_clue: str | None = None
    before_sending_clue: str | None = None
    use_strict_edge_code: bool = False
    use_default_source_code: bool = False


class SubmissionStatus(StrEnum):
    """States of a processing log; the user interface shows these words, the raw ones are unconfirmed (2.10)."""

    IN_PROGRESS = "InProgress"
    FINISHED = "Finished"
    ABORTED = "Aborted"
    CANCELLED = "Cancelled"
    ERROR = "Error"


@dataclass(frozen=True)
class Submission:
    """One press of the Process button."""

    id: int
    data_set_id: str
    annotation_id: int | None
    created_at: datetime
    finishes_at: datetime
    total: int
    success: int
    failed: int

    @property
    def expected_total(self) -> int:
        """Everything is expected to be sent."""
        return self.total


@dataclass(frozen=True)
class GoldenRecord:
    """A processed record, as the server's search shows it."""

    id: str
    name: str
    entity_type: str
    origin_entity_code: str
    created_date: datetime
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """A stream of golden records to an export target; it does not name its data sets."""

    id: str
    name: str
    created_by: str
    created_at: datetime
    status: str = "New"
    mode: str | None = None
    container_name: str | None = None
    condition: dict[str, Any] = field(default_factory=dict)
    rules: tuple[dict[str, Any], ...] = ()
    number_of_records: int = 0


@dataclass(frozen=True)
class UserNotification:
    """A line under the bell of the user interface."""

    id: str
    title: str
    description: str
    created: datetime
    icon: str = "Integration"
    source: str = "Integrations - User"
    alert_type: str = "Info"
    is_new: bool = True


@dataclass(frozen=True)
class ApiToken:
    """A long-lived token made under Administration > API Tokens."""

    id: str
    name: str
    access_token: str
    expiry_date: datetime
