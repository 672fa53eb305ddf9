"""Several new assets get their groups and sources together, and whatever is odd with one stops no other."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from azure.storage.queue import TextBase64DecodePolicy

from sync_core.assets.asset_rows import PARTITION
from sync_core.assets.record import AssetStatus, Origin
from sync_core.discovery.plan import plan_assets
from sync_core.http.client import ATTEMPTS
from sync_core.jobs import backoff
from sync_core.jobs.backoff import FIRST_DELAY_S
from sync_core.jobs.message import MAX_ASSETS, AssetMessage, Member, asset_messages
from sync_core.jobs.together import Outcome
from sync_core.ledger import request_ledger
from sync_core.purview.asset import Asset
from sync_core.runs.run_log import RunLog
from tests.kit.bench import Bench
from tests.kit.lineage_bench import RecordingQueue

if TYPE_CHECKING:
    from sync_core.provisioning.create_data_source_group import CreateDataSourceGroup

CREATE_GROUP = "createDataSourceSet$"
CREATE_SOURCE = "createDataSource$"
LOOK = "dataSourceSets$"
NAMES = [f"file {number:02}.csv" for number in range(6)]


def add(bench: Bench, names: Sequence[str]) -> list[Member]:
    """Record assets as discovery does, and return what their message tells."""
    assets = [
        Asset(f"guid {name} {at}", "azure_sql_table", name, f"https://{at}/{name}", name)
        for at, name in enumerate(names)
    ]
    plan = plan_assets(assets, {}, now=datetime.now(UTC), run_id="run-1")
    added = {one.key: one for one in bench.app.assets.add(plan.new, datetime.now(UTC))}
    return [added[asset.key] for asset in assets]


def work_off(bench: Bench, members: Sequence[Member]) -> list[AssetMessage]:
    messages = list(asset_messages(members, "run-1"))
    for message in messages:
        bench.app.create_data_source_group.handle(message.to_json().encode())
    return messages


def settle(bench: Bench, members: Sequence[Member]) -> None:
    """Deliver what came back, once no one must wait any more, until all is done."""
    for _ in range(4):
        while bench.app.pauses.wait_s("cluedin"):
            time.sleep(0.2)
        for one in members:
            if bench.app.asset_jobs.load(one.key):
                bench.settle(one.key)
                bench.deliver(one.key)


def assert_all_have_their_own(bench: Bench, members: Sequence[Member]) -> None:
    records = [bench.record(one.key) for one in members]
    assert {record.status for record in records} == {AssetStatus.SYNCED}
    assert len({record.group_id for record in records}) == len({record.source_id for record in records}) == len(members)
    made = [name for _, sources in bench.groups() for name in sources]
    assert sorted(made) == sorted(record.qualified_name for record in records)
    assert len(bench.groups()) == len(members)


@pytest.fixture
def read(bench: Bench) -> Bench:
    """CluedIn was read as a whole before, and its author asked for."""
    bench.deliver(bench.add_asset("the first one"))
    bench.delete_group("the first one")
    return bench


@pytest.mark.parametrize("count", [2, MAX_ASSETS])
def test_assets_of_one_message_cost_three_requests_and_seven_storage_operations(read: Bench, count: int) -> None:
    members = add(read, [f"file {number}.csv" for number in range(count)])
    with request_ledger() as requests:
        (message,) = work_off(read, members)

    assert len(message.assets) == count
    assert requests["cluedin"] == 3
    assert requests["storage"] <= 9  # the first job, the throttle, the limit, a bucket; claim, name, group and end
    assert_all_have_their_own(read, members)
    record = read.record(members[0].key)
    assert (record.group_name, record.source_name) == (record.name, record.qualified_name)
    assert record.synced_request_id


def test_each_of_a_hundred_assets_costs_a_part_of_a_request_and_of_an_operation(read: Bench) -> None:
    members = add(read, [f"file {number}.csv" for number in range(100)])
    with request_ledger() as requests:
        messages = work_off(read, members)

    assert len(messages) == 5
    assert requests["cluedin"] <= 0.2 * len(members)
    assert requests["storage"] <= 0.5 * len(members)
    assert_all_have_their_own(read, members)


def test_files_of_one_name_get_groups_of_their_own(bench: Bench) -> None:
    members = add(bench, ["Account.csv"] * 4 + ["account.csv"])

    work_off(bench, members)

    settle(bench, members)
    assert_all_have_their_own(bench, members)
    assert "Account.csv" in [name for name, _ in bench.groups()]


def test_a_name_that_a_stranger_has_is_left_to_him(bench: Bench) -> None:
    bench.add_foreign_group(NAMES[0], "a stranger's")
    members = add(bench, NAMES)

    work_off(bench, members)

    settle(bench, members)
    assert (NAMES[0], ["a stranger's"]) in bench.groups()
    assert bench.record(members[0].key).group_name == f"{NAMES[0]} : https://0/{NAMES[0]}"


def test_what_stands_already_is_adopted(bench: Bench, amnesiac: Bench) -> None:
    work_off(bench, add(bench, NAMES))
    before = bench.groups()

    members = add(amnesiac, NAMES)
    work_off(amnesiac, members)
    settle(amnesiac, members)

    assert amnesiac.groups() == before
    assert_all_have_their_own(amnesiac, members)


def test_what_goes_alone_before_anything_was_asked_for_can_go_at_once(bench: Bench, amnesiac: Bench) -> None:
    work_off(bench, add(bench, NAMES))
    members = add(amnesiac, NAMES)

    work_off(amnesiac, members)
    for one in members:
        amnesiac.deliver(one.key)

    assert_all_have_their_own(amnesiac, members)


@pytest.mark.parametrize("sources", [(), (f"https://2/{NAMES[2]}",)], ids=["empty", "with the asset's source"])
def test_what_was_made_since_cluedin_was_read_as_a_whole_is_adopted(read: Bench, sources: Sequence[str]) -> None:
    read.add_foreign_group(NAMES[2], *sources)
    members = add(read, NAMES)

    work_off(read, members)

    settle(read, members)
    assert read.record(members[2].key).group_origin is Origin.ADOPTED
    assert_all_have_their_own(read, members)


LOST: list[dict[str, Any]] = [
    {"drop": "before"},
    {"drop": "after"},
    {"status": 503},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 500, "body": "no JSON"},
    {"status": 200, "body": {"data": None}},
    {"status": 200, "body": {"data": {}}},
    {"status": 200, "body": {"data": {"inbound": {"createDataSourceSet": 7}}}},
    {"status": 200, "body": {"data": {"a0": None, "a1": {}, "a2": {"createDataSourceSet": None}}}},
    {
        "status": 400,
        "body": {"errors": [{"message": "too complex", "extensions": {"code": "GRAPHQL_VALIDATION_FAILED"}}]},
    },
    {"status": 413},
]


@pytest.mark.faults
@pytest.mark.parametrize("effect", LOST, ids=lambda effect: str(effect)[:60])
@pytest.mark.parametrize("operation", [LOOK, CREATE_GROUP, CREATE_SOURCE])
def test_a_request_that_fails_makes_nothing_twice_and_loses_nothing(
    read: Bench, operation: str, effect: dict[str, Any]
) -> None:
    members = add(read, NAMES)
    read.cluedin_fault(operation, **effect)

    work_off(read, members)

    settle(read, members)
    assert_all_have_their_own(read, members)


def test_a_lost_answer_to_a_batch_is_found_by_the_names_that_were_meant(read: Bench) -> None:
    members = add(read, NAMES)
    read.cluedin_fault(CREATE_GROUP, drop="after")
    work_off(read, members)
    for one in members:
        read.app.assets.change(one.key, lambda record: record.model_copy(update={"name": f"renamed {record.name}"}))

    settle(read, members)

    assert_all_have_their_own(read, members)
    assert sorted(name for name, _ in read.groups()) == NAMES


@pytest.mark.parametrize("refused", ["group", "source"])
def test_one_that_is_refused_stops_no_other(read: Bench, refused: str) -> None:
    members = add(read, NAMES)
    name = NAMES[2] if refused == "group" else f"https://2/{NAMES[2]}"
    read.cluedin.patch_switches({"refused_names": [name, f"{NAMES[2]} : https://2/{NAMES[2]}"]})

    work_off(read, members)

    others = [one for one in members if one is not members[2]]
    assert {read.record(one.key).status for one in others} == {AssetStatus.SYNCED}
    settle(read, members)
    assert read.record(members[2].key).status is AssetStatus.FAILED
    assert len([name for name, sources in read.groups() if sources]) == len(others)


@pytest.mark.faults
@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_server_that_takes_fewer_calls_in_one_request_is_asked_for_fewer_from_then_on(read: Bench, most: int) -> None:
    read.cluedin.patch_switches({"operations_a_request": most})
    members = add(read, NAMES)
    work_off(read, members)
    settle(read, members)
    assert_all_have_their_own(read, members)
    for _ in range(3):  # half of them each time
        members += add(read, [f"{name} {len(members)}" for name in NAMES])
        work_off(read, members[-6:])
        settle(read, members[-6:])
    before = read.cluedin.log.since(0)

    later = add(read, ["another", "and one more", "and a last one"])
    work_off(read, later)

    refused = [one for one in read.cluedin.log.since(0)[len(before) :] if one.status == 400]
    assert refused == []
    assert_all_have_their_own(read, members + later)


def test_a_message_that_comes_twice_or_late_makes_nothing_twice(bench: Bench, rival: Bench) -> None:
    members = add(bench, NAMES)
    work_off(bench, members)

    work_off(rival, members)
    work_off(bench, members)

    assert_all_have_their_own(bench, members)


@pytest.mark.parametrize("number", [0, 3])
def test_one_that_changed_since_it_was_sent_is_read(bench: Bench, number: int) -> None:
    members = add(bench, NAMES)
    key = members[number].key
    bench.app.assets.change(key, lambda one: one.model_copy(update={"name": "another name"}))

    work_off(bench, members)

    settle(bench, members)
    assert bench.record(key).name == "another name"
    assert_all_have_their_own(bench, members)


def lose_record(bench: Bench, key: str) -> None:
    bench.app.assets.forget(key)


def damage_job(bench: Bench, key: str) -> None:
    bench.app.assets.table.merge({"PartitionKey": PARTITION, "RowKey": f"job:{key}", "state": "of another version"})


def take_name(bench: Bench, key: str) -> None:
    assert bench.app.groups.claim_name(bench.record(key).name, "another asset")


@pytest.mark.parametrize("number", [0, 3])
@pytest.mark.parametrize("befalls", [lose_record, damage_job, take_name])
def test_what_befalls_one_stops_no_other(bench: Bench, number: int, befalls: Callable[[Bench, str], None]) -> None:
    members = add(bench, NAMES)
    befalls(bench, members[number].key)

    work_off(bench, members)

    others = [one for one in members if one is not members[number]]
    settle(bench, others)
    assert {bench.record(one.key).status for one in others} == {AssetStatus.SYNCED}


def test_a_name_that_another_asset_took_meanwhile_is_not_used_twice(bench: Bench) -> None:
    members = add(bench, NAMES)
    take_name(bench, members[1].key)

    work_off(bench, members)

    settle(bench, members)
    assert_all_have_their_own(bench, members)
    assert bench.record(members[1].key).group_name == f"{NAMES[1]} : https://1/{NAMES[1]}"


class Broken:
    """A batch that meets a bug."""

    def limit(self) -> int:
        return MAX_ASSETS

    def tell(self, _: object) -> list[Member]:
        raise ZeroDivisionError

    def do(self, _: object) -> Outcome:
        raise ZeroDivisionError


def test_a_bug_in_a_batch_is_told_and_each_goes_alone(read: Bench) -> None:
    members = add(read, NAMES)
    (message,) = asset_messages(members, "run-1")

    with pytest.raises(ZeroDivisionError):
        replace(read.app.create_data_source_group, team=Broken()).handle(message.to_json().encode())

    assert {read.record(one.key).last_error_class for one in members} == {"bug"}
    settle(read, members)
    assert_all_have_their_own(read, members)


def test_a_batch_that_fails_counts_as_one_thing_and_three_in_a_row_as_the_service(read: Bench) -> None:
    members = add(read, [f"file {number}.csv" for number in range(9)])
    read.cluedin_fault(LOOK, times=None, status=503, headers={"Retry-After": "60"})
    waits = []
    for start in (0, 3, 6):
        work_off(read, members[start : start + 3])
        waits.append(read.app.pauses.wait_s("cluedin") > 0)

    assert waits == [False, False, True]


def test_while_a_service_wants_to_be_left_alone_all_come_again_together(bench: Bench) -> None:
    members = add(bench, NAMES)
    bench.app.pauses.note("cluedin", 60)

    work_off(bench, members)

    assert [bench.record(one.key).status for one in members] == [AssetStatus.QUEUED] * len(members)
    assert bench.calls() == {}
    client = bench.app.storage.queues.get_queue_client("asset-sync", message_decode_policy=TextBase64DecodePolicy())
    assert list(client.receive_messages()) == []  # it is hidden
    assert client.get_queue_properties().approximate_message_count == 1
    assert {bench.app.asset_jobs.load(one.key).job.sends for one in members} == {2}  # type: ignore[union-attr]


def test_those_that_a_service_asked_to_wait_come_again_together(read: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "MAX_REST_S", 0)
    members = add(read, [f"file {number}.csv" for number in range(MAX_ASSETS)])
    (message,) = asset_messages(members, "run-1")
    read.cluedin_fault(LOOK, times=ATTEMPTS, status=429, headers={"Retry-After": "0"})
    worker, queue = read.app.create_data_source_group, RecordingQueue()
    recording = replace(worker, work=replace(cast("CreateDataSourceGroup", worker.work), queue=queue))

    recording.handle(message.to_json().encode())

    ((again, delay_s),) = queue.put_back
    assert delay_s >= FIRST_DELAY_S
    assert set(again.sends.values()) == {2}
    assert all(read.record(one.key).throttled_since for one in members)
    assert {read.record(one.key).attempts for one in members} == {0}
    while read.app.pauses.wait_s("cluedin"):
        time.sleep(0.2)
    with request_ledger() as requests:
        worker.handle(again.to_json().encode())
    assert requests["cluedin"] == 3
    assert_all_have_their_own(read, members)


def test_those_that_are_woken_as_their_message_was_lost_are_made_together(read: Bench) -> None:
    members = add(read, [f"file {number}.csv" for number in range(2 * MAX_ASSETS)])
    queue = RecordingQueue()
    wake = replace(read.app.wake_jobs[0], queue=queue, clock=lambda: datetime.now(UTC) + timedelta(hours=1))
    wake.run(RunLog("run-2", wake.clock()))
    assert [len(message.sends) for message, _ in queue.put_back] == [MAX_ASSETS, MAX_ASSETS]

    with request_ledger() as requests:
        for message, _ in queue.put_back:
            read.app.create_data_source_group.handle(message.to_json().encode())

    assert requests["cluedin"] == 3 * 2
    assert requests["storage"] <= 3 * len(members)
    assert_all_have_their_own(read, members)


def test_of_those_that_a_message_only_names_one_that_was_tried_before_goes_alone(read: Bench) -> None:
    tried = add(read, NAMES[:2])
    read.cluedin_fault(CREATE_GROUP, drop="after")
    work_off(read, tried)  # their groups stand, and nobody heard of it
    for one in tried:
        read.settle(one.key)
    members = [*tried, *add(read, ["another", "and one more"])]

    read.app.create_data_source_group.handle(AssetMessage.of(*(one.key for one in members)).to_json().encode())

    assert_all_have_their_own(read, members)


@pytest.mark.parametrize("identifier", ["7/8", "7" * 1500], ids=["no such key", "too long"])
@pytest.mark.parametrize(
    ("operation", "mutation"), [(CREATE_GROUP, "createDataSourceSet"), (CREATE_SOURCE, "createDataSource")]
)
def test_an_id_that_storage_does_not_take_stops_no_other(
    read: Bench, operation: str, mutation: str, identifier: str
) -> None:
    members = add(read, NAMES[:3])
    ids = [read.app.cluedin.create_group(f"made for {one}").id for one in (0, 2)]
    data = {f"a{at}": {mutation: one} for at, one in enumerate((ids[0], identifier, ids[1]))}
    read.cluedin_fault(operation, status=200, body={"data": data})

    work_off(read, members)

    assert [read.record(one.key).status is AssetStatus.SYNCED for one in members] == [True, False, True]


@pytest.mark.parametrize("is_told", [True, False], ids=["told", "named"])
def test_an_asset_that_a_message_names_twice_is_made_once(read: Bench, *, is_told: bool) -> None:
    members = add(read, NAMES[:3])
    named = members if is_told else [Member(key=one.key) for one in members]

    read.app.create_data_source_group.handle(AssetMessage(assets=[*named, named[0]]).to_json().encode())

    assert_all_have_their_own(read, members)
