"""A data set of CluedIn as the lineage needs it, and what the sync remembers of it."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from sync_core.lineage.processed import Processed


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

    `fingerprint` is a hash of the lineage that was written: the same again writes nothing. `keys` are its
    vocabulary keys, so that the columns of a shared golden-records asset are known to belong to whom, `fields` for
    each of them the columns that are mapped to it; `former_keys` are those that it no longer has and that are still
    to be taken out there, each as entity type, tab, key. `guids` are those of the chain by type, `key_guids` those
    of its columns of the golden records in the order of `keys`, `schema_guid` that of the schema that tells the
    source's columns: see `known_guids.py`. `left_at` is when it was left alone last, because CluedIn does not know
    it or it comes from elsewhere. `record_counts` are those of the push: `total`, `successful`, `failed`, each
    where CluedIn told it. `processed` are its numbers each time that they changed, the last ones at the end.
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
    fields: list[list[str]] = Field(default_factory=list)
    former_keys: list[str] = Field(default_factory=list)
    guid: str = ""
    guids: dict[str, str] = Field(default_factory=dict)
    key_guids: list[str] = Field(default_factory=list)
    schema_guid: str = ""
    fingerprint: str = ""
    notes: list[str] = Field(default_factory=list)
    record_counts: dict[str, int] = Field(default_factory=dict)

    first_seen_at: datetime
    pushed_at: datetime | None = None
    pushed_run_id: str = ""
    pushed_requests: dict[str, int] = Field(default_factory=dict)
    processed: list[Processed] = Field(default_factory=list)
    reason: str = ""
    left_at: datetime | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether CluedIn knew no such data set when it was asked last."""
        return self.status is DataSetStatus.UNKNOWN

    @property
    def columns_by_key(self) -> dict[str, list[str]]:
        """The columns that are mapped to each vocabulary key; none where they are not known."""
        unknown = list[list[str]]([] for _ in self.keys)
        return dict(zip(self.keys, [*self.fields, *unknown], strict=False))
