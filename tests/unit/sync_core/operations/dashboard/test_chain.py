"""Which part of a data set's lineage stands, as far as its record knows."""

import pytest

from sync_core.assets.listed import listed_of
from sync_core.lineage.record import DataSetStatus
from sync_core.operations.dashboard.chain import Node, entity_type_name, to_chain
from tests.unit.sync_core.builders import make_data_set, make_record


def test_a_mapped_data_set_has_the_whole_chain() -> None:
    chain = to_chain(make_data_set("Customer master"), listed_of(make_record("Customers", type_name="azure_sql_table")))
    assert chain is not None
    assert chain.nodes == (
        Node("azure_sql_table", "Customers", "source asset"),
        Node("cluedin_data_set", "Customer master", "data set"),
        Node("cluedin_clues", "Customer master clues", "2 vocabulary keys"),
        Node("cluedin_golden_records", "Account", "/Infrastructure/Account"),
    )
    assert chain.processes == ("Ingest Data", "Map to Entity", "Processing Pipeline")
    assert str(chain) == "Customers → Customer master → Customer master clues → Account"


def test_a_data_set_that_is_not_mapped_has_the_part_that_exists() -> None:
    chain = to_chain(
        make_data_set(status=DataSetStatus.NOT_MAPPED, entity_type="", keys=[]), listed_of(make_record("Customers"))
    )
    assert chain is not None
    assert str(chain) == "Customers → Customer master"
    assert chain.processes == ("Ingest Data",)


def test_a_source_that_is_not_recorded_is_told_by_its_qualified_name() -> None:
    chain = to_chain(make_data_set(asset_qualified_name="mssql://host/db/dbo/Customers"), None)
    assert chain is not None
    assert chain.nodes[0] == Node("source asset", "mssql://host/db/dbo/Customers")


@pytest.mark.parametrize("status", [DataSetStatus.QUEUED, DataSetStatus.NOT_FROM_PURVIEW, DataSetStatus.FAILED])
def test_nothing_is_drawn_that_is_not_known_to_stand(status: DataSetStatus) -> None:
    assert to_chain(make_data_set(status=status, fingerprint=""), listed_of(make_record())) is None


def test_what_was_written_before_a_failure_still_stands() -> None:
    assert to_chain(make_data_set(status=DataSetStatus.FAILED), listed_of(make_record())) is not None


def test_an_entity_type_is_called_by_its_last_part() -> None:
    assert [entity_type_name(each) for each in ("/Account", "/Infrastructure/User", "Odd", "/")] == [
        "Account",
        "User",
        "Odd",
        "/",
    ]
