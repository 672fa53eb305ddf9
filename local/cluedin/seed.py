"""What an organization holds at the start: nothing, or what other people left there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from local.cluedin import model
from local.cluedin.behaviour.data_sets import NewDataSet, create_data_set, receive_records
from local.cluedin.behaviour.data_sources import create_data_source, create_data_source_set
from local.cluedin.behaviour.mappings import EntityType, create_annotation, map_all_fields
from local.cluedin.behaviour.processing import commit_data_set
from local.cluedin.behaviour.vocabularies import ensure_key, ensure_vocabulary

if TYPE_CHECKING:
    from local.cluedin.store import Store
    from local.cluedin.switches import CluedInSwitches

ORGANIZATION = model.Organization(
    id="5c6f1b0e-2f6b-4d0c-9a57-1f5f3a0f9c11",
    client_id="acme",
    organization_name="acme",
)
SERVICE_ACCOUNT = model.User(
    id="8f1d2a34-9b7c-4e21-8a53-6d2b7c90e4f5",
    username="purview-sync@acme.example",
    password="Simulated1!",
)
STEWARD = model.User(
    id="1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed",
    username="stella.steward@acme.example",
    password="",
    is_sso=True,
)
ENGINEER = model.User(
    id="6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b",
    username="emil.engineer@acme.example",
    password="Simulated2!",
)

Source = tuple[str, str]
"""Name and type of a data source."""

ESTATE: tuple[tuple[str, tuple[Source, ...]], ...] = (
    ("CRM exports", (("contacts-2023.csv", "file"), ("contacts-2024.csv", "file"))),
    ("Warehouse", (("dbo.Orders", "sql"),)),
    ("Imports", (("nightly", "endpoint"),)),
    ("Imports", ()),
    ("Finance", ()),
)
"""Groups of other people: files, a database, two groups of one name, and one that is empty."""


class Seed(BaseModel):
    """What to plant. `estate` adds other people's groups, a processed data set, vocabularies and streams."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Literal["empty", "estate"] = "empty"
    same_names: tuple[str, ...] = ("Account.csv", "Customer")
    """Estate: names of Purview assets for which somebody else has a group and a source of that name already."""
    empty_groups: tuple[str, ...] = ()
    """Names of groups without a source, such as somebody's half-made ones."""
    numbered_groups: int = Field(default=0, ge=0, le=100_000)
    """How many further groups "Group 00001".. with one source each, for tests of size."""


def plant(store: Store, switches: CluedInSwitches, seed: Seed) -> dict[str, int]:
    """Add a seed to a store, visible at once; returns how many of each kind there are then."""
    calm = switches.model_copy(
        update={
            "read_after_create_lag_s": 0,
            "duplicate_names": "allow",
            "name_too_long": "store",
            "processing_delay_s": 0,
        }
    )
    store.users.update({user.id: user for user in (STEWARD, ENGINEER)})
    if seed.name == "estate":
        _plant_estate(store, calm, seed.same_names)
    for name in seed.empty_groups:
        create_data_source_set(store, calm, name=name, author_id=STEWARD.id)
    for number in range(1, seed.numbered_groups + 1):
        _plant_group(store, calm, f"Group {number:05}", ((f"Source {number:05}", "endpoint"),))
    return count_rows(store)


def count_rows(store: Store) -> dict[str, int]:
    """How many of each kind there are."""
    return {
        "data_source_sets": len(store.data_source_sets),
        "data_sources": len(store.data_sources),
        "data_sets": len(store.data_sets),
        "vocabularies": len(store.vocabularies),
        "streams": len(store.streams),
    }


def _plant_estate(store: Store, switches: CluedInSwitches, same_names: tuple[str, ...]) -> None:
    for name, sources in ESTATE:
        _plant_group(store, switches, name, sources)
    for name in same_names:
        _plant_group(store, switches, name, ((name, "file"),))
    for key in ("user.name", "user.email", "user.city", "account.name", "account.number"):
        ensure_key(store, key)
    _plant_processed_data_set(store, switches)
    _plant_stream(store, "Account Golden Records", "Streaming", "/Account")
    _plant_stream(store, "Drafts", "New", "/Infrastructure/User")
    store.notifications.append(
        model.UserNotification(
            id=str(uuid4()),
            title="Data source created",
            description="Data source 'contacts-2024.csv' created",
            created=store.now(),
        )
    )


def _plant_group(store: Store, switches: CluedInSwitches, name: str, sources: tuple[Source, ...]) -> None:
    group = create_data_source_set(store, switches, name=name, author_id=ENGINEER.id)
    for source, source_type in sources:
        create_data_source(
            store,
            switches,
            data_source_set_id=group.id,
            name=source,
            author_id=ENGINEER.id,
            source_type=source_type,
            sql={"tables": [source]} if source_type == "sql" else None,
        )


def _plant_processed_data_set(store: Store, switches: CluedInSwitches) -> None:
    source = next(row for row in store.data_sources.values() if row.name == "nightly")
    wanted = NewDataSet(name="nightly users", author_id=ENGINEER.id)
    data_set = create_data_set(store, switches, source.id, wanted)
    rows = [{"name": "Ada", "email": "ada@acme.example"}, {"name": "Alan", "email": "alan@acme.example"}]
    data_set = receive_records(store, data_set, rows, size_bytes=96)
    vocabulary = ensure_vocabulary(store, name="User", key_prefix="user")
    create_annotation(store, data_set, EntityType("/Infrastructure/User", "User", "User"), vocabulary)
    data_set = map_all_fields(store, store.data_set(data_set.id), vocabulary)
    commit_data_set(store, switches, data_set)


def _plant_stream(store: Store, name: str, status: str, entity_type: str) -> None:
    stream = model.Stream(
        id=str(uuid4()),
        name=name,
        created_by=ENGINEER.id,
        created_at=store.now(),
        status=status,
        mode="Sync" if status == "Streaming" else None,
        container_name=name.replace(" ", "") if status == "Streaming" else None,
        condition={"objectTypeId": entity_type, "operator": "Equals", "rules": []},
    )
    store.streams[stream.id] = stream
