"""What the tests of things that cannot be read share."""

from local.purview import Purview
from local.purview.admin.actions import find_term
from tests.kit.estate import Estate

SECOND = "Second@Glossary"


def names(estate: Estate) -> list[str]:
    return sorted(record.name for record in estate.records())


def guid_of(estate: Estate, name: str) -> str:
    return estate.purview.catalog.named(name)[0].guid


def ticks(estate: Estate, count: int, *, every_s: float = 60) -> None:
    for _ in range(count):
        estate.clock.advance(every_s)
        estate.tick()


def define_lineage(purview: Purview) -> None:
    """A type whose way up to DataSet leads over another one."""
    types = [
        {"name": "azure_resource", "superTypes": ["DataSet"]},
        {"name": "contoso_share", "superTypes": ["azure_resource"]},
    ]
    purview.typedefs.create({"entityDefs": types}, "app", ends_registered_before=False)


def list_of(purview: Purview, term: str) -> str:
    return f"{find_term(purview, term).guid}/assignedEntities"
