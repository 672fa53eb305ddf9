"""An asset of Purview, and what the sync remembers of it."""

from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from sync_core.telemetry.traceparent import Traceparent


class AssetStatus(StrEnum):
    """Where an asset stands on its way into CluedIn."""

    QUEUED = "queued"  # its group and source are to be made: a message is on its way, or a worker is at it
    SYNCED = "synced"  # its group and source stand in CluedIn
    REJECTED = "rejected"  # Purview's own data does not allow it, e.g. no name
    FAILED = "failed"  # given up; a dead letter tells why
    RETIRED = "retired"  # it lost its term; nothing is deleted in CluedIn


class Origin(StrEnum):
    """How an asset came to its group or source."""

    CREATED = "created"
    ADOPTED = "adopted"


# Ticks come a minute apart, but one that was late is followed by the next at once: what lags behind the service's lists
# would be missing from both.
LOOKS_APART = timedelta(seconds=45)


class AssetRecord(BaseModel):
    """All that a later question about one asset needs: where it stands, why, since when, and by which run."""

    model_config = ConfigDict(frozen=True)

    key: str
    guid: str
    type_name: str
    name: str = ""
    qualified_name: str = ""
    display_text: str = ""
    collection_id: str = ""
    terms: list[str] = Field(default_factory=list)  # guids of the selected terms that showed it last
    fingerprint: str = ""
    status: AssetStatus

    first_seen_at: datetime
    first_seen_run_id: str
    refreshed_at: datetime
    queued_at: datetime | None = None
    queued_run_id: str = ""

    # The proof: what stands in CluedIn, how it came there, when, by which run and request.
    group_id: str = ""
    group_name: str = ""
    group_origin: Origin | None = None
    group_at: datetime | None = None
    source_id: str = ""
    source_name: str = ""
    source_origin: Origin | None = None
    synced_at: datetime | None = None
    synced_name: str = ""
    synced_run_id: str = ""
    synced_request_id: str = ""
    synced_requests: dict[str, int] = Field(default_factory=dict)
    synced_traceparent: Traceparent = None  # in whose trace, so that the lineage of its data sets can be linked with it

    # When it was proven that its group or source is gone from CluedIn: only then is another one made.
    gone_at: datetime | None = None

    # In how many complete snapshots in a row it was missing, and since when.
    absent: int = 0
    absent_since: datetime | None = None
    retired_at: datetime | None = None
    reason: str = ""

    def queued_again(self, now: datetime, run_id: str) -> "AssetRecord":
        """Return the record as it is when its group and source are to be made anew."""
        update = {"status": AssetStatus.QUEUED, "queued_at": now, "queued_run_id": run_id}
        return self.model_copy(update=update)

    @property
    def may_have_group(self) -> bool:
        """Whether it is to have a group; what lost its term or its name is mended in Purview."""
        return self.status not in {AssetStatus.REJECTED, AssetStatus.RETIRED}

    @property
    def is_renamed(self) -> bool:
        """Whether Purview shows another name than the group was made for; no public CluedIn call renames a group."""
        return bool(self.synced_name) and self.synced_name != self.name
