"""What there is in CluedIn, read from the simulator's state."""

from dataclasses import dataclass
from typing import Any

import requests


@dataclass(frozen=True)
class Source:
    """A data source."""

    id: int
    name: str
    type: str


@dataclass(frozen=True)
class Group:
    """A data source group with its sources."""

    id: int
    name: str
    sources: tuple[Source, ...]


def fetch_groups(url: str) -> list[Group]:
    """Read all groups, in the order of their making."""
    answer = requests.get(f"{url}/_simulator/state", timeout=30)
    answer.raise_for_status()
    state: dict[str, Any] = answer.json()
    return [
        Group(
            id=row["id"],
            name=row["name"],
            sources=tuple(
                Source(source["id"], source["name"], source["type"])
                for source in state["data_sources"]
                if source["data_source_set_id"] == row["id"]
            ),
        )
        for row in state["data_source_sets"]
    ]
