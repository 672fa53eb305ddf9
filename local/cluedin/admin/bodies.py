"""The JSON bodies of the admin routes."""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Body(BaseModel):
    """An unknown member is an error, so that a test cannot ask for nothing by a typo."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NewSource(Body):
    """A data source of a group."""

    name: str
    type: str = "endpoint"


class NewGroup(Body):
    """POST /groups: a group as another user would make it, by default with one source of any number."""

    name: str
    author: str | None = None
    """Username; the engineer by default."""
    sources: tuple[NewSource, ...] = ()


class GroupAddress(Body):
    """POST /groups/delete: a group by id, or by a name that only one group has."""

    id: int | None = None
    name: str | None = None


class AddedSource(NewSource):
    """POST /sources: a source in an existing group."""

    group_id: int | None = None
    group: str | None = None


class Mapping(Body):
    """What the columns of a data set become. Columns that are not named stay unmapped."""

    mapping: dict[str, str] = {}
    """Original column to vocabulary key, or to "--ignore--"."""
    entity_type: str = "/Customer"
    entity_type_name: str | None = None
    """Shown name; by default the last part of the entity type."""


class LoadedDataSet(Mapping):
    """POST /data-sets/load: upload, map and process a data set in one go.

    The source is named by `data_source_id`, or by `source` (and `group` where several groups have one of that name).
    Records come as `rows`, or as their number only: `fields` and `records`. Without a `mapping` nothing is mapped and
    so nothing is processed.
    """

    data_source_id: int | None = None
    group: str | None = None
    source: str | None = None
    name: str
    fields: tuple[str, ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    records: int | None = Field(default=None, ge=0)
    failed: int = Field(default=0, ge=0)
    process: bool = True
    webhook: bool = True

    @model_validator(mode="after")
    def _maps_known_columns(self) -> Self:
        columns = {*self.fields, *(column for row in self.rows for column in row)}
        if unknown := set(self.mapping) - columns:
            raise ValueError(f"mapping names columns that neither fields nor rows have: {sorted(unknown)}")
        return self


class DataSetAddress(Body):
    """POST /data-sets/unmap."""

    data_set_id: str


class Remapping(Mapping):
    """POST /data-sets/map: a new mapping in place of the old one."""

    data_set_id: str


class Processing(Body):
    """POST /data-sets/process: the Process button; `webhook` false stands for a webhook that got lost."""

    data_set_id: str
    failed: int = Field(default=0, ge=0)
    webhook: bool = True


class SentEvent(Body):
    """POST /webhook/send: an event that nothing caused: a duplicate, an old one, a forged one."""

    data_set_id: str = ""
    event_id: str | None = None
    processed_at: str | None = None
    times: int = Field(default=1, ge=1, le=100)
    body: str | None = None
    """Sent as it is, in place of the composed one."""


class Wait(Body):
    """POST /deliveries/wait."""

    timeout_s: float = Field(default=10, ge=0, le=60)
