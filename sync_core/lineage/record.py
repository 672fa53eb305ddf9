"""A data set of CluedIn as the lineage needs it, and what the sync remembers of it."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class DataSetStatus(StrEnum):
    """Where a data set stands on its way into Purview."""

    QUEUED = "queued"  # a delivery came, its lineage is to be written
    PUSHED = "pushed"  # its whole lineage stands in Purview
    NOT_MAPPED = "not_mapped"  # what exists of its lineage stands in Purview: it has no mapping
    NOT_FROM_PURVIEW = "not_from_purview"  # its data source is not one that we made; left alone
    UNKNOWN = "unknown"  # CluedIn knows no such data set
    FAILED = "failed"  # given up; a dead letter tells why


class DataSetRecord(BaseModel):
    """All that a later question about one data set needs.

    `fingerprint` is a hash of the lineage that was written: the same again writes nothing. `keys` are its vocabulary
    keys, so that the columns of a shared golden-records asset are known to belong to whom; `former_keys` are those that
    it no longer has and that are still to be taken out there, each as entity type, tab, key. `left_at` is when it was
    left alone last, because CluedIn does not know it or it comes from elsewhere.
    """

    model_config = ConfigDict(frozen=True)

    data_set_id: str
    status: DataSetStatus
    name: str = ""
    source_id: str = ""
    asset_key: str = ""
    asset_guid: str = ""
    asset_qualified_name: str = ""
    entity_type: str = ""
    keys: list[str] = Field(default_factory=list)
    former_keys: list[str] = Field(default_factory=list)
    guid: str = ""
    fingerprint: str = ""
    notes: list[str] = Field(default_factory=list)

    first_seen_at: datetime
    pushed_at: datetime | None = None
    pushed_run_id: str = ""
    pushed_requests: dict[str, int] = Field(default_factory=dict)
    reason: str = ""
    left_at: datetime | None = None
