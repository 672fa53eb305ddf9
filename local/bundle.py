"""A bundle, as `python -m sync_core bundle` writes it: what it says, and its rows in tables of one's own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from azure.core.exceptions import AzureError
from azure.data.tables import EdmType, EntityProperty, TableServiceClient
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

INSTALLATION = "installation"  # whose state it is: here it is that of whoever opens it
# What an opened state is to be read with, as where it comes from.
SETTINGS = ("LINEAGE_ENABLED", "SYNC_ENABLED", "SYNC_SETTINGS_SOURCE", "SYNC_TERM", "SYNC_TERM_STORE")


class BundleError(ValueError):
    """The file is no bundle that this version reads."""


class Row(BaseModel):
    """A row of a table."""

    model_config = ConfigDict(frozen=True)

    partition: str
    key: str
    columns: dict[str, Any]


class Bundle(BaseModel):
    """What a bundle holds: `rows` by table, as the app stored them."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    format: Literal[1]
    version: str
    generated_at: str
    about: str
    settings: dict[str, Any]
    rows: dict[str, list[Row]]

    @property
    def app_settings(self) -> dict[str, str]:
        """The settings that decide what the state means."""
        found = {name: self.settings.get(name) for name in SETTINGS}
        return {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in found.items()
            if value is not None
        }


def read_bundle(path: Path) -> Bundle:
    """Read a bundle.

    Raises:
        BundleError: the file is none.
    """
    try:
        return Bundle.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise BundleError(f"{path} is no bundle that this version reads: {place}: {first['msg']}.") from error
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{path} is no bundle, as it is no JSON: {error}.") from error


def fill_tables(connection_string: str, bundle: Bundle) -> int:
    """Put a bundle's rows into tables, which are made; return how many there are.

    Raises:
        BundleError: the tables do not take one.
    """
    count = 0
    with TableServiceClient.from_connection_string(connection_string) as tables:
        for name, rows in bundle.rows.items():
            with _named(f"The bundle's table {name}"):
                table = tables.create_table_if_not_exists(name)
            for row in rows:
                if row.partition != INSTALLATION:
                    with _named(f"The bundle's row {row.key} of table {name}"):
                        table.upsert_entity(dict(_entity(row)))
                    count += 1
    return count


@contextmanager
def _named(what: str) -> Iterator[None]:
    try:
        yield
    except (AzureError, TypeError, ValueError) as error:
        first, *_ = str(error).splitlines() or [type(error).__name__]
        raise BundleError(f"{what} cannot be stored: {first}") from error


def _entity(row: Row) -> Iterator[tuple[str, Any]]:
    yield "PartitionKey", row.partition
    yield "RowKey", row.key
    for name, value in row.columns.items():
        yield name, _column(value)


def _column(value: Any) -> Any:
    match value:
        case {"type": "Edm.Int64", "value": text}:
            return EntityProperty(int(text), EdmType.INT64)
        case {"type": "Edm.DateTime", "value": text}:
            return datetime.fromisoformat(text)
        case _:
            return value
