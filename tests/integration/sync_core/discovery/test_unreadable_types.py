"""A type that cannot be read, or is told oddly, keeps only its own assets waiting."""

from typing import Any

import pytest

from local.stack import TERM
from tests.integration.sync_core.discovery.unreadable import define_lineage, names, ticks
from tests.kit.estate import TYPES, Estate

pytestmark = pytest.mark.faults


def test_a_type_that_cannot_be_read_keeps_only_its_own_assets_waiting(three: Estate) -> None:
    three.act("add_asset", name="new.csv", typeName="azure_datalake_gen2_path", terms=[TERM])
    fault = three.unreadable("typedef/name/azure_datalake_gen2_path")

    run = three.tick()

    assert names(three) == ["Customers", "Orders", "Products"]
    assert run.counts["unreadable types"] == run.counts["waiting for their type"] == 1
    three.purview.faults.clear(fault)
    ticks(three, 3)
    assert "new.csv" in names(three)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "not found"},
        {"status": 404, "body": {"errorCode": "ATLAS-404-00-001", "errorMessage": "unknown type"}},
        {"status": 200, "body": {"name": "DataSet", "superTypes": []}},
        {"status": 200, "body": "<html>"},
        {"status": 500},
    ],
    ids=str,
)
@pytest.mark.parametrize("times", [1, 2, 6])
def test_odd_answers_about_a_super_type_are_not_believed(
    small_estate: Estate, answer: dict[str, Any], times: int
) -> None:
    small_estate.unreadable("typedef/name/azure_resource", times=times, **answer)
    define_lineage(small_estate.purview)
    small_estate.act("add_asset", name="odd", typeName="contoso_share", terms=[TERM])

    ticks(small_estate, 6, every_s=120)

    assert small_estate.record_of("odd")


def test_a_definition_that_once_lacked_its_super_types_is_believed_for_two_hours_at_most(small_estate: Estate) -> None:
    define_lineage(small_estate.purview)
    small_estate.act("add_asset", name="odd", typeName="contoso_share", terms=[TERM])
    bare = {"status": 200, "body": {"name": "contoso_share", "superTypes": []}}
    small_estate.unreadable("typedef/name/contoso_share", times=2, **bare)
    run = small_estate.tick()
    assert run.counts["left out: contoso_share, not a DataSet by its type definition"] == 1

    small_estate.clock.advance(2 * 3600)
    small_estate.tick()

    assert small_estate.record_of("odd")


def test_a_single_bare_definition_is_not_believed_at_all(small_estate: Estate) -> None:
    define_lineage(small_estate.purview)
    small_estate.act("add_asset", name="odd", typeName="contoso_share", terms=[TERM])
    bare = {"status": 200, "body": {"name": "contoso_share", "superTypes": []}}
    small_estate.unreadable("typedef/name/contoso_share", times=1, **bare)

    small_estate.tick()

    assert small_estate.record_of("odd")


def test_types_of_any_length_of_name_stop_nothing(small_estate: Estate) -> None:
    small_estate.purview_fault(TYPES, times=1, skip=1, status=404)
    name = "contoso_" + "x" * 900
    small_estate.purview.typedefs.create(
        {"entityDefs": [{"name": name, "superTypes": ["DataSet"]}]}, "app", ends_registered_before=False
    )
    small_estate.act("add_asset", name="long", typeName=name, terms=[TERM])

    small_estate.tick()

    assert small_estate.record_of("long")


def test_a_run_that_meets_any_number_of_types_can_be_recorded(small_estate: Estate) -> None:
    types = [{"name": f"contoso_{'x' * 60}_{number}_column", "superTypes": ["DataSet"]} for number in range(600)]
    small_estate.purview.typedefs.create({"entityDefs": types}, "app", ends_registered_before=False)
    for one in types:
        small_estate.act("add_asset", name=one["name"], typeName=one["name"], terms=[TERM])

    run = small_estate.tick()

    assert sum(count for name, count in run.counts.items() if name.startswith("left out: ")) == 600
    assert run.counts["new"] == 2
