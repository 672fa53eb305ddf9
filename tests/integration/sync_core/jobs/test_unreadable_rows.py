"""Purview's lists hold null where a row should be: the others are read, and nobody is missing by it."""

import pytest

from local.purview import Purview
from sync_core.assets.record import AssetStatus
from tests.integration.sync_core.discovery.terms.test_resolve_terms import make_term
from tests.kit.estate import Estate, NewEstate


def test_a_row_that_cannot_be_read_keeps_no_other_asset_from_its_group(small_estate: Estate) -> None:
    small_estate.purview.patch_switches({"unreadable_rows": ("Orders",)})

    small_estate.tick()

    assert [record.name for record in small_estate.records()] == ["Customers"]


def test_an_asset_whose_row_cannot_be_read_does_not_count_as_missing(small_estate: Estate) -> None:
    small_estate.tick()
    for record in small_estate.records():  # one after the other: the first one reads CluedIn as a whole
        small_estate.deliver(record.key)
    small_estate.purview.patch_switches({"unreadable_rows": ("Orders",)})

    run = small_estate.tick()

    assert any("assignments that cannot be read" in note for note in run.notes)
    assert small_estate.record_of("Orders").status is AssetStatus.SYNCED
    assert small_estate.record_of("Orders").absent == 0


@pytest.mark.parametrize("row", ["Customer", "Business Terms", "Marketing"])
def test_a_term_a_glossary_or_a_collection_that_cannot_be_read_stops_nothing(
    new_small_estate: NewEstate, purview: Purview, row: str
) -> None:
    make_term(purview, "Other", glossary="Business Terms")
    purview.patch_switches({"unreadable_rows": (row,)})
    estate = new_small_estate(SYNC_TERM="Sync to CluedIn", PURVIEW_COLLECTION="Contoso/MDM/CluedIn")

    estate.tick()

    assert sorted(record.name for record in estate.records()) == ["Customers", "Orders"]
    assert estate.app.collection.get().name == "clu3dn"
