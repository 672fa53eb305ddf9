"""Whoever may name an asset reaches no further than that asset's own name."""

import json
import re
from pathlib import Path

import pytest

from local.stack import TERM
from sync_core.assets.record import AssetStatus
from sync_core.cluedin.batches import aliased
from sync_core.jobs.message import MAX_ASSETS
from sync_core.lineage.record import DataSetStatus
from tests.kit.estate import Estate, NewEstate
from tests.kit.lineage_bench import LineageBench
from tests.kit.scripted import Scripted
from tests.security.names import NAMES

# Apprise loads all its plugins at the first URL, and those use what Python deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

DOCUMENTS = Path("sync_core/cluedin/graphql")
IN_BATCHES = ("getAllDataSourceSet", "createDataSourceSet", "createDataSource")


def test_a_name_arrives_as_data_and_nothing_else_happens(hostile_estate: Estate) -> None:
    hostile = [(name, [f"https://x.example/{name}"]) for name in NAMES.values()]
    groups = hostile_estate.groups()
    assert [group for group in hostile if group not in groups] == []
    assert len(groups) == len(hostile) + 2
    assert {record.status for record in hostile_estate.records()} == {AssetStatus.SYNCED}
    again = hostile_estate.tick().counts
    assert not {name: count for name, count in again.items() if count and name in {"new", "changed", "queued"}}


def test_a_graphql_document_never_holds_a_name(hostile_estate: Estate) -> None:
    known = {path.read_text(encoding="utf-8") for path in DOCUMENTS.glob("*.graphql")}
    asked = [each for each in hostile_estate.cluedin.log.since(0) if each.path == "/graphql"]
    bodies = [json.loads(each.request_body or "") for each in asked]
    known |= {aliased(operation, count) for operation in IN_BATCHES for count in range(1, MAX_ASSETS + 1)}
    assert [body for body in bodies if body["query"] not in known] == []
    made = [body["variables"] for body in bodies if body["operationName"] == "createDataSourceSet"]
    assert {group["name"] for variables in made for group in variables.values()} > set(NAMES.values())


def test_status_tells_a_name_as_it_is_and_no_browser_takes_it_for_a_page(hostile_estate: Estate) -> None:
    for name in NAMES.values():
        answer = hostile_estate.app.status.answer({"search": f"https://x.example/{name}"})
        assert answer.media_type == "application/json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        (shown,) = json.loads(answer.body)["assets"]["items"]
        assert (shown["name"], shown["status"]) == (name, "synced")


def test_names_of_data_sets_and_columns_arrive_in_the_lineage_as_data(small_estate: Estate) -> None:
    estate = small_estate
    estate.sync()
    bench = LineageBench(estate.app, estate.cluedin, estate.purview, estate.storage, estate.clock)
    source_id = estate.record_of("Customers").source_id
    mapping = {name: f"key.{name}" for name in NAMES.values()}
    before = set(estate.purview.catalog.entities)
    data_set_id = bench.load(source_id, name=NAMES["json"], mapping=mapping, entity_type=f"/{NAMES['markup']}")
    record = bench.push(data_set_id)
    assert (record.status, record.name) == (DataSetStatus.PUSHED, NAMES["json"])
    graph = bench.graph()
    assert set(estate.purview.catalog.entities) - before == {entity.guid for entity in graph.own.values()}
    (mapped,) = [each for each in graph.own if each.endswith("/map")]
    assert dict(graph.pairs(mapped)) == mapping
    assert bench.push(data_set_id) == record


def test_no_document_is_put_together_from_parts() -> None:
    for path in DOCUMENTS.glob("*.graphql"):
        document = path.read_text(encoding="utf-8")
        assert not re.search(r"[%]\w|\{\}|\$\{", document), path.name
        assert len(re.findall(r"^(query|mutation)\b", document, re.MULTILINE)) == 1, path.name


def test_a_name_of_any_length_keeps_no_other_asset_from_being_synced(small_estate: Estate) -> None:
    for field in ("name", "qualifiedName"):
        small_estate.act("add_asset", **{"name": f"Endless {field}", "terms": [TERM], field: "n" * 40_000})
    small_estate.cluedin.patch_switches({"name_limit": 100_000})
    small_estate.add_foreign_group("g" * 40_000, "s" * 40_000)
    small_estate.sync()
    assert {small_estate.record_of(name).status for name in ("Orders", "Customers")} == {AssetStatus.SYNCED}
    rejected = [record for record in small_estate.records() if record.status is AssetStatus.REJECTED]
    assert len(rejected) == 2
    assert all("longer than" in record.reason for record in rejected)
    since = small_estate.purview.log.last_seq
    assert not small_estate.tick().counts.get("new")
    assert sum(small_estate.asked_of_purview(since).values()) == 1


def test_names_of_any_length_are_announced_in_a_message_that_fits(
    service: Scripted, new_small_estate: NewEstate
) -> None:
    estate = new_small_estate(NOTIFY_URLS=f"json://{service.url.removeprefix('http://')}")
    for number in range(30):
        estate.act(
            "add_asset", name=f"{number} " + "n" * 1_900, qualifiedName=f"https://x.example/{number}", terms=[TERM]
        )
    estate.sync()
    assert len(service.asked) == 2
    assert max(len(asked.body) for asked in service.asked) < 10_000
    assert len(estate.status()["notifications"]) == 2


@pytest.mark.parametrize("wild", ["literal", "like"])
def test_a_name_full_of_patterns_adopts_no_group_of_another(small_estate: Estate, wild: str) -> None:
    small_estate.cluedin.patch_switches({"search_wildcards": wild})
    small_estate.add_foreign_group("Payroll")
    small_estate.act("add_asset", name="%", qualifiedName="https://x.example/hostile", terms=[TERM])
    small_estate.sync()
    assert ("Payroll", []) in small_estate.groups()
    assert ("%", ["https://x.example/hostile"]) in small_estate.groups()
