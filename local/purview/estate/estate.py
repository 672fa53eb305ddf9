"""The estate of Contoso: a believable account, with the term "Sync to CluedIn" on exactly 18 data assets."""

from collections.abc import Mapping
from typing import Any

from local.purview.account import Account
from local.purview.behaviour.collections import Collection
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
from local.purview.model import DAY_MS, Entity

STEWARD = "data-steward"
OLDEST_DAYS = 400


def build_estate(account: Account, options: Mapping[str, Any]) -> dict[str, Any]:
    """Collections, assets, glossaries, assignments.

    Options: `same_term_in_second_glossary` (default false) adds a term of the same name to the second glossary, on two
    further assets. The account must be empty.

    Raises:
        ValueError: when the account holds anything.
    """
    if account.catalog.entities:
        raise ValueError("the account is not empty: reset it before seeding")
    _build_collections(account)
    assets = [asset for batch in BATCHES for asset in _build_batch(account, list(batch()))]
    _spread_times(account)
    _build_glossaries(account, same_term=bool(options.get("same_term_in_second_glossary")))
    synced = [asset for asset in assets if asset.synced]
    _assign(account, f"{SYNC_TERM}@{GLOSSARY_NAME}", *(asset.qualified_name for asset in synced))
    _assign_others(account)
    if options.get("same_term_in_second_glossary"):
        further = (f"{SQL}/crm/dbo/Products", f"{LAKE}/raw/erp/suppliers.csv")
        _assign(account, f"{SYNC_TERM}@{SECOND_GLOSSARY_NAME}", *further)
    return {"entities": len(account.catalog.entities), "synced": [asset.qualified_name for asset in synced]}


def _build_collections(account: Account) -> None:
    created_at = account.clock.now().isoformat()
    for name, friendly_name, parent in COLLECTIONS:
        above = parent or account.collections.root.name
        account.collections.put(Collection(name, friendly_name, above, "", created_at))


def _build_batch(account: Account, assets: list[Asset]) -> list[Asset]:
    """Write a batch as a scan would: each collection's assets in one call; references reach back within the batch."""
    for asset in assets:
        account.entities.upsert([asset.body()], "ServiceAdmin", asset.collection)
    return assets


def _spread_times(account: Account) -> None:
    """Let the assets have come over more than a year, the last one three days ago."""
    entities = list(account.catalog.entities.values())
    now_ms = account.clock.now_ms()
    for number, entity in enumerate(entities):
        age_days = 3 + (OLDEST_DAYS - 3) * (len(entities) - 1 - number) / (len(entities) - 1)
        entity.create_time = entity.update_time = now_ms - int(age_days * DAY_MS)
        entity.last_modified = 1


def _build_glossaries(account: Account, *, same_term: bool) -> None:
    glossary = account.glossary.create_glossary({"name": GLOSSARY_NAME}, STEWARD)
    second = account.glossary.create_glossary({"name": SECOND_GLOSSARY_NAME}, STEWARD)
    _add_term(account, glossary, SYNC_TERM, longDescription="Assets that CluedIn shall know.")
    customer = _add_term(account, glossary, "Customer")
    _add_term(account, glossary, "Address", parentTerm={"termGuid": customer.guid})
    _add_term(account, glossary, "Personal data")
    _add_term(account, glossary, "Not to be synced to CluedIn", status="Draft")
    _add_term(account, second, "Revenue")
    _add_term(account, second, "Customer")
    if same_term:
        _add_term(account, second, SYNC_TERM)


def _add_term(account: Account, glossary: Entity, name: str, **fields: Any) -> Entity:
    body = {"name": name, "status": "Approved", **fields, "anchor": {"glossaryGuid": glossary.guid}}
    return account.glossary.create_term(body, STEWARD)


def _assign_others(account: Account) -> None:
    """The sync term on two columns, which are no data assets; other terms here and there."""
    schema = f"{LAKE}/raw/crm/customers.csv#__tabular_schema"
    _assign(account, f"{SYNC_TERM}@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers#Email", f"{schema}//full_name")
    _assign(account, f"Customer@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers", f"{LAKE}/raw/crm/customers.csv")
    _assign(account, f"Customer_Address@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers#City")
    _assign(account, f"Personal data@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Customers#Email", f"{SQL}/crm/dbo/Customers")
    _assign(account, f"Not to be synced to CluedIn@{GLOSSARY_NAME}", f"{SQL}/crm/dbo/Products")
    _assign(account, f"Revenue@{SECOND_GLOSSARY_NAME}", f"{POWER_BI}/dashboards/41be")


def _assign(account: Account, term: str, *qualified_names: str) -> None:
    """Assign without an update: in the estate these assignments are old."""
    found = account.catalog.find("AtlasGlossaryTerm", term)
    if found is None:
        raise ValueError(f"the estate has no term {term}")
    for name in qualified_names:
        (entity,) = account.catalog.named(name)
        updated_at, counter = entity.update_time, entity.last_modified
        account.glossary.assign(found, [entity.guid], STEWARD)
        entity.update_time, entity.last_modified = updated_at, counter
