"""What a data engineer does in CluedIn: load a data set into a data source, map it, and press Process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

from local.cluedin.driver import Driver
from local.purview.estate.names import SQL

SOURCE_TYPE = "azure_sql_table"
SOURCE = f"{SQL}/crm/dbo/Customers"
"""The data source, named by the qualified name of the asset that it stands for."""
LEFT_OUT = "--ignore--"
DATA_SET = "Customer master"
RECORDS = 1250
FAILED = 3
_WAIT_S = 60


@dataclass(frozen=True)
class FieldMapping:
    """What the columns of a data set become: records of an entity type, and their vocabulary keys."""

    entity_type: str
    keys: Mapping[str, str]

    @property
    def entity_type_name(self) -> str:
        """What people call the entity type."""
        return self.entity_type.rpartition("/")[2]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """The columns that were not left out, with their keys."""
        return [(column, key) for column, key in self.keys.items() if key != LEFT_OUT]


FIRST_MAPPING = FieldMapping(
    "/Account",
    {"CustomerId": "account.id", "FullName": "account.name", "Email": "account.email", "City": LEFT_OUT},
)
CHANGED_MAPPING = FieldMapping(
    "/Customer",
    {"CustomerId": "customer.id", "FullName": "customer.fullName", "Email": LEFT_OUT, "City": LEFT_OUT},
)

_LOADING = {
    "source": SOURCE,
    "name": DATA_SET,
    "fields": list(FIRST_MAPPING.keys),
    "records": RECORDS,
    "failed": FAILED,
    "mapping": dict(FIRST_MAPPING.keys),
    "entity_type": FIRST_MAPPING.entity_type,
}


def load(cluedin: Driver) -> None:
    """Upload, map and process a data set."""
    cluedin.act("/data-sets/load", **_LOADING)


def change_mapping(cluedin: Driver, data_set_id: str, mapping: FieldMapping) -> None:
    """Put another mapping in place of the one that is there."""
    body = {"mapping": dict(mapping.keys), "entity_type": mapping.entity_type}
    cluedin.act("/data-sets/map", data_set_id=data_set_id, **body)


def process(cluedin: Driver, data_set_id: str) -> None:
    """Press Process."""
    cluedin.act("/data-sets/process", data_set_id=data_set_id, failed=FAILED)


def wait_for_delivery(cluedin: Driver) -> dict[str, Any]:
    """Wait until CluedIn has called the webhook, and return its last delivery: {id, state, body, attempts}."""
    return cluedin.wait_for_deliveries(_WAIT_S)[-1]


def loading_command(cluedin_url: str) -> str:
    """Return a command line that loads, maps and processes the data set, for people to copy."""
    url = f"{cluedin_url}/_simulator/data-sets/load"
    return f"curl -H 'Content-Type: application/json' {url} -d {quote(json.dumps(_LOADING))}"
