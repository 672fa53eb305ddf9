"""The estate of Contoso: a believable account, with the term "Sync to CluedIn" on exactly 18 data assets."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from local.purview.admin.generation import DAY_MS
from local.purview.behaviour.collections import Collection
from local.purview.behaviour.model import Entity
from local.purview.estate.assets import BATCHES, Asset
from local.purview.estate.names import (
    COLLECTIONS,
    GLOSSARY_NAME,
    LAKE,
    POWER_BI,
    SECOND_GLOSSARY_NAME,
    SQL,
    SYNC_TERM,
)

if TYPE_CHECKING:
    from local.purview.simulator import Purview

STEWARD = "data-steward"
OLDEST_DAYS = 400


def build_estate(purview: "Purview", options: Mapping[str, Any]) -> dict[str, Any]:
    """Collections, assets, glossaries, assignments.

    Options: `same_term_in_second_glossary` (default false) adds a term of the same name to the second glossary, on two
    further assets. The account must be empty.

    Raises:
        ValueError: when the account holds anything.
    """
    if purview.catalog.entities:
        raise ValueError("the account is not empty: reset it before seeding")
    _build_collections(purview)
    assets = [asset for batch in BATCHES for asset in _build_batch(purview, list(batch()))]
    _spread_times(purview)
    _build_glossaries(purview, same_term=bool(options.get("same_term_in_second_glossary")))
    synced = [asset for asset in assets if asset.synced]
    _assign(purview, f"{SYNC_TERM}@{GLOSSARY_NAME}", *(asset.qualified_name for asset in synced))
    _assign_others(purview)
    if options.get("same_term_in_second_glossary"):
        further = (f"{SQL}/crm/dbo/Products", f"{LAKE}/raw/erp/suppliers.csv")
        _assign(purview, f"{SYNC_TERM}@{SECOND_GLOSSARY_NAME}", *further)
    return {"entities": len(purview.catalog.entities), "synced": [asset.qualified_name for asset in synced]}


def _build_collections(purview: "Purview") -> None:
    created_at = purview.clock.now().isoformat()
    for name, friendly_name, parent in COLLECTIONS:
        above = parent or purview.collections.root.name
        purview.collections.put(Collection(name, friendly_name, above, "", created_at))


def _build_batch(purview: "Purview", assets: list[Asset]) -> list[Asset]:
    """Write a batch as a scan would: each collection's assets in one call; references reach back within the batch."""
    for asset in assets:
        purview.entities.upsert([asset.body()], "ServiceAdmin", asset.collection)
    return assets


def _spread_times(purview: "Purview") -> None:
    """Let the assets have come over more than a year, the last one three days ago."""
    entities = list(purview.catalog.entities.values())
    now_ms = purview.clock.now_ms()
    for number, entity in enumerate(entities):
        age_days = 3 + (OLDEST_DAYS - 3) * (len(entities) - 1 - number) / (len(entities) - 1)
        entity.create_time = entity.update_time = now_ms - int(age_days * DAY_MS)
        entity.last_modified = 1


def _build_glossaries(purview: "Purview", *, same_term: bool) -> None:
    glossary = purview.glossary.create_glossary({"name": GLOSSARY_NAME}, STEWARD)
    second = purview.glossary.create_glossary({"name": SECOND_GLOSSARY_NAME}, STEWARD)
    _add_term(purview, glossary, SYNC_TERM, longDescription="Assets that CluedIn shall know.")
    customer = _add_term(purview, glossary, "Customer")
    _add_term(purview, glossary, "Address", parentTerm={"termGuid": customer.guid})
    _add_term(purview, glossary, "Personal data")
    _add_term(purview, glossary, "Not to be synced to CluedIn", status="Draft")
    _add_term(purview, second, "Revenue")
    _add_term(purview, second, "Customer")
    if same_term:
        _add_term(purview, second, SYNC_TERM)


def _add_term(purview: "Purview", glossary: Entity, name: str, **fields: Any) -> Entity:
    body = {"name": name, "status": "Approved", **fields, "anchor": {"glossaryGuid": glossary.guid}}
    return purview.glossary.create_term(body, STEWARD)


def _assign_others(purview: "Purview") -> None:
    """The sync term on two columns, which are no data assets; other terms here and there."""
    schema = f"{LAKE}/raw/crm/customers.csv#__tabular_schema"
    _assign(purview, f"{SYNC_TERM}@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers#Email", f"{schema}//full_name")
    _assign(purview, f"Customer@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers", f"{LAKE}/raw/crm/customers.csv")
    _assign(purview, f"Customer_Address@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers#City")
    _assign(purview, f"Personal data@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers#Email", f"{SQL}/crm/dbo/Customers")
    _assign(purview, f"Not to be synced to CluedIn@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Products")
    _assign(purview, f"Revenue@{SECOND_GLOSSARY_NAME}", f"{POWER_BI}/dashboards/41be")


def _assign(purview: "Purview", term: str, *qualified_names: str) -> None:
    """Assign without an update: in the estate these assignments are old."""
    found = purview.catalog.find("AtlasGlossaryTerm", term)
    if found is None:
        raise ValueError(f"the estate has no term {term}")
    for name in qualified_names:
        (entity,) = purview.catalog.named(name)
        updated_at, counter = entity.update_time, entity.last_modified
        purview.glossary.assign(found, [entity.guid], STEWARD)
        entity.update_time, entity.last_modified = updated_at, counter
